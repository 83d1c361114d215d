"""Errors on the wire: problem documents of RFC 9457."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from batterypass import (
    BatteryPassError,
    DecodeError,
    EncryptionError,
    ValidationError,
    VerifyError,
)

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:batterypass:problem:"
DPOP_CHALLENGE = 'DPoP algs="ES256"'
"""Value of `WWW-Authenticate` where a caller has to prove its key (RFC 9449 section 7.1)."""
RECORD_CHALLENGE = "BatteryRecord"
"""Value of `WWW-Authenticate` where the signature inside a device record was refused."""


class Problem(Exception):  # noqa: N818 (the name that RFC 9457 gives it)
    """An answer other than success: status, frozen code, one sentence, and where it applies.

    `code` is snake_case and stable. `path` is a JSON Pointer into what the caller sent, or empty.
    `detail` never holds a secret, an internal name or the caller's whole input.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        path: str = "",
        headers: Mapping[str, str] | None = None,
        members: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.detail = detail
        self.path = path
        self.headers = dict(headers or {})
        self.members = dict(members or {})
        if status == HTTPStatus.UNAUTHORIZED:
            self.headers.setdefault("WWW-Authenticate", DPOP_CHALLENGE)

    def document(self) -> dict[str, Any]:
        """Return the body of the answer."""
        return {
            "type": TYPE_PREFIX + self.code,
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "path": self.path,
            **self.members,
        }


def from_core(error: BatteryPassError, *, path: str = "", unverified: int = 401) -> Problem:
    """Turn an error of the SDK into a problem, with the SDK's own code.

    What cannot be read is 400. What can be read but does not verify is `unverified`: 401 where the
    signature is the sender's authentication, 422 where it is a property of the content.
    """
    where = path + error.path
    if isinstance(error, VerifyError):
        headers = {"WWW-Authenticate": RECORD_CHALLENGE} if unverified == 401 else {}
        return Problem(unverified, error.code, error.detail, path=where, headers=headers)
    if isinstance(error, (DecodeError, EncryptionError)):
        return Problem(400, error.code, error.detail, path=where)
    if isinstance(error, ValidationError):
        return Problem(422, error.code, error.detail, path=where)
    return Problem(400, error.code, error.detail, path=where)


def passport_unknown() -> Problem:
    """Return the answer for a passport that is not stored here."""
    return Problem(404, "passport_unknown", "no passport with this identifier is stored here")


def passport_deleted(deleted_at: str) -> Problem:
    """Return the answer for a passport that has ceased to exist (Art. 77(8))."""
    return Problem(
        410,
        "passport_deleted",
        "this passport has ceased to exist and its data has been removed",
        members={"deletedAt": deleted_at},
    )
