from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, NoReturn, TypeAlias, final, overload

from .types import (
    Attribute,
    Change,
    Message,
    NotCarried,
    Purpose,
    Record,
    Report,
    VerifyReport,
)

_Data: TypeAlias = bytes | bytearray | memoryview
_Audience: TypeAlias = Literal["public", "authority", "legitimate_interest", "operator"]

__all__ = [
    "Envelope",
    "FrameDecoder",
    "Passport",
    "PassportLink",
    "PublicKey",
    "SigningKey",
    "__version__",
    "attributes",
    "decode_record",
    "decrypt",
    "encode_frame",
    "encode_record",
    "encrypt",
    "is_valid_passport_id",
    "purposes",
    "qr_png",
    "qr_svg",
    "qr_text",
    "sign",
    "sign_record",
    "signed_record_kid",
    "verify",
    "verify_record",
]

__version__: str

@final
class SigningKey:
    """A P-256 private key. It signs, and it opens envelopes that are addressed to it."""

    @staticmethod
    def generate() -> SigningKey:
        """Make a new key from the system's random source."""
    @staticmethod
    def from_pem(text: str) -> SigningKey:
        """Read a PKCS #8 private key in PEM."""
    @staticmethod
    def from_jwk(jwk: dict[str, Any]) -> SigningKey:
        """Read a private JWK."""
    def to_pem(self) -> str:
        """Write a PKCS #8 private key in PEM. The text is a secret."""
    def to_jwk(self) -> dict[str, Any]:
        """Write the private JWK. The dict is a secret."""
    @property
    def public_key(self) -> PublicKey:
        """The public key."""
    @property
    def did(self) -> str:
        """The key's `did:key`."""
    def __reduce__(self) -> NoReturn: ...

@final
class PublicKey:
    """A P-256 public key."""

    @staticmethod
    def from_did(did: str) -> PublicKey:
        """Read a `did:key`."""
    @staticmethod
    def from_jwk(jwk: dict[str, Any]) -> PublicKey:
        """Read a JWK; members beyond the public key are ignored."""
    @staticmethod
    def from_sec1(data: _Data) -> PublicKey:
        """Read a SEC 1 point of 33 or 65 bytes."""
    def to_sec1(self, *, compressed: bool = False) -> bytes:
        """Return the SEC 1 point, 65 bytes or, compressed, 33."""
    def to_jwk(self) -> dict[str, Any]:
        """Return the public JWK."""
    @property
    def did(self) -> str:
        """The key's `did:key`."""
    @property
    def thumbprint(self) -> str:
        """The RFC 7638 thumbprint, 43 characters of base64url."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class Passport:
    """A battery passport: header and submodels. Read-only; change the dict and parse it again."""

    @staticmethod
    def parse(document: str | _Data | dict[str, Any]) -> Passport:
        """Read a passport from JSON text or from a dict."""
    @property
    def id(self) -> str:
        """The passport's id, checked."""
    def to_json(self) -> str:
        """Return the passport as JSON text."""
    def to_dict(self) -> dict[str, Any]:
        """Return the passport as a dict."""
    def view(self, audience: _Audience, *, purpose: str | None = None) -> dict[str, Any]:
        """Return what an audience may read.

        With `legitimate_interest`, a purpose of `purposes()` narrows it to what serves the purpose.
        """
    @staticmethod
    def from_en18223(
        document: str | _Data | dict[str, Any],
    ) -> tuple[Passport, list[NotCarried]]:
        """Read a passport in either representation of EN 18223.

        Return also what of the document's elements a passport has no place for.
        """
    def to_en18223(
        self, representation: Literal["compressed", "full"] = "compressed"
    ) -> dict[str, Any]:
        """Return the passport in a representation of EN 18223."""
    def upgrade(self) -> tuple[Passport, list[Change]]:
        """Return the passport in the newest version of the data model, and the list of changes."""
    def validate(
        self,
        profile: Literal["regulation", "wire"] = "regulation",
        at: datetime | str | None = None,
    ) -> Report:
        """Validate the passport at a time, by default now."""
    def __eq__(self, other: object, /) -> bool: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class Envelope:
    """What an envelope shows without a key. Believe it only once the envelope is opened."""

    @staticmethod
    def parse(data: _Data) -> Envelope:
        """Read an envelope without opening it."""
    @property
    def subject(self) -> str | None:
        """Whom the content is about: for device records the passport id."""
    @property
    def recipients(self) -> list[str]:
        """The recipients' key thumbprints."""

@final
class PassportLink:
    """A link to a passport, as on a battery's label."""

    @staticmethod
    def parse(text: str) -> PassportLink:
        """Read a link."""
    @staticmethod
    def build(
        base: str,
        *,
        gtin: str | None = None,
        serial: str | None = None,
        passport_id: str | None = None,
        key: PublicKey | str | None = None,
    ) -> PassportLink:
        """Make a link: a GS1 Digital Link of `gtin` and `serial`, or one by `passport_id`."""
    @property
    def base(self) -> str:
        """Scheme, host, port and leading path."""
    @property
    def gtin(self) -> str | None:
        """The GTIN as 14 digits."""
    @property
    def serial(self) -> str | None:
        """The serial number."""
    @property
    def passport_id(self) -> str | None:
        """The passport id."""
    @property
    def key(self) -> str | None:
        """The thumbprint of the battery's key."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class FrameDecoder:
    """Finds messages in a byte stream."""

    def __new__(cls) -> FrameDecoder: ...
    def feed(self, data: _Data) -> list[Message]:
        """Take the next bytes of the stream and return the messages that they complete."""
    @property
    def dropped(self) -> int:
        """How many frames were dropped because they could not be read."""

@overload
def sign(
    credential: dict[str, Any] | Passport,
    key: SigningKey,
    *,
    securing: Literal["ecdsa-jcs-2019"],
    issuer: str | None = None,
    valid_from: datetime | str | None = None,
    valid_until: datetime | str | None = None,
    status: dict[str, Any] | None = None,
    deterministic: bool = False,
) -> dict[str, Any]: ...
@overload
def sign(
    credential: dict[str, Any] | Passport,
    key: SigningKey,
    *,
    securing: Literal["vc+jwt"] = "vc+jwt",
    issuer: str | None = None,
    valid_from: datetime | str | None = None,
    valid_until: datetime | str | None = None,
    status: dict[str, Any] | None = None,
    deterministic: bool = False,
) -> str:
    """Sign a credential (a dict) or a passport as a verifiable credential.

    `vc+jwt` gives text, `ecdsa-jcs-2019` the credential with an embedded proof made now.
    """

def verify(
    secured: str | dict[str, Any],
    *,
    at: datetime | str | None = None,
    issuer_key: PublicKey | None = None,
) -> VerifyReport:
    """Verify a secured credential offline and return every rule that does not hold.

    A `vc+jwt` as text, or a dict with an embedded `ecdsa-jcs-2019` proof.
    """

def encrypt(
    plaintext: _Data,
    recipients: Sequence[PublicKey],
    *,
    aad: _Data = b"",
    format: Literal["cose"] = "cose",
    subject: str | None = None,
) -> bytes:
    """Encrypt for one to eight recipients; each can open the envelope alone."""

def decrypt(envelope: _Data, key: SigningKey, *, aad: _Data = b"") -> bytes:
    """Open an envelope with one recipient's key."""

def encode_record(record: Record) -> bytes:
    """Encode the fields of a record."""

def decode_record(data: _Data) -> Record:
    """Decode a record."""

def sign_record(record: Record, key: SigningKey, *, passport_id: str) -> bytes:
    """Sign a record as the device of a passport: COSE_Sign1."""

def verify_record(data: _Data, public_key: PublicKey, *, passport_id: str) -> Record:
    """Verify a signed record against the device's registered key and return it."""

def signed_record_kid(data: _Data) -> str:
    """Return the thumbprint of the key that a signed record names. Not verified."""

def encode_frame(message: Message) -> bytes:
    """Encode one message as a frame."""

def qr_svg(text: str) -> str:
    """Draw a text as a QR code in SVG."""

def qr_png(text: str, *, scale: int = 8) -> bytes:
    """Draw a text as a QR code in PNG, `scale` pixels per module."""

def attributes() -> list[Attribute]:
    """Return the table of the 93 attributes, in the order of their numbers."""

def purposes() -> list[Purpose]:
    """Return the purposes of legitimate interest, Art. 77(2), and the points that serve each."""

def is_valid_passport_id(text: str) -> bool:
    """Tell whether a text can be a passport id: 1 to 128 characters of visible ASCII."""

def qr_text(text: str) -> str:
    """Draw a text as a QR code for a terminal."""
