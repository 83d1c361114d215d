"""What can go wrong. Every error carries the stable code that all languages share."""

from __future__ import annotations

__all__ = [
    "BatteryPassError",
    "DecodeError",
    "EncryptionError",
    "JsonOverflowError",
    "JsonTypeError",
    "JsonValueError",
    "ValidationError",
    "VerifyError",
]


class BatteryPassError(Exception):
    """Base of all errors of this package; itself raised when a call was wrong.

    It never holds key material, plaintext or whole inputs.
    """

    code: str
    """The reason, such as `duplicate_key`. Frozen: compare with this, not with the text."""
    path: str
    """JSON Pointer (RFC 6901) of the offending member; empty for the whole input."""
    detail: str
    """What went wrong and where, in English, for people."""

    def __init__(self, code: str, path: str = "", detail: str = "") -> None:
        """Make an error with its code, path and detail."""
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.path = path
        self.detail = detail

    def __reduce__(self) -> tuple[type[BatteryPassError], tuple[str, str, str]]:
        """Keep code, path and detail when pickled."""
        return type(self), (self.code, self.path, self.detail)


class DecodeError(BatteryPassError):
    """The input is not a well-formed value of the expected format."""


class JsonValueError(DecodeError, ValueError):
    """A value in a dict that JSON cannot hold: NaN, an infinity, a lone surrogate."""


class JsonTypeError(DecodeError, TypeError):
    """A value in a dict of a type that JSON does not have, or a key that is no `str`."""


class JsonOverflowError(DecodeError, OverflowError):
    """An `int` in a dict that is larger than every JSON number that can be read."""


class VerifyError(BatteryPassError):
    """The input is well-formed, but a signature, an issuer or a time does not hold."""


class ValidationError(BatteryPassError):
    """The input is well-formed, but a rule on its content is broken."""


class EncryptionError(BatteryPassError):
    """Sealing or opening an envelope failed."""
