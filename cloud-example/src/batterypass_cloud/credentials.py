"""The three credentials of a published passport: making them, and checking them together.

The operator signs the full passport, its public part, and the statement that binds the battery's
key to the passport. All three are W3C Verifiable Credentials 2.0 as `vc+jwt`.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any

from batterypass import (
    BatteryPassError,
    Passport,
    PassportLink,
    PublicKey,
    SigningKey,
    VerifyReport,
    is_valid_passport_id,
    sign,
    verify,
)

from .problems import Problem, from_core
from .times import rfc3339

PASSPORT_TYPE = "BatteryPassportCredential"
PRODUCTION_TYPE = "BmsProduction"


@dataclass(frozen=True)
class Credentials:
    """The three credentials in their secured form."""

    public: str
    full: str
    production: str

    def document(self) -> dict[str, str]:
        """Return the body of `POST /v1/dpps`."""
        return {
            "publicCredential": self.public,
            "fullCredential": self.full,
            "bmsProduction": self.production,
        }


@dataclass(frozen=True)
class Checked:
    """What the three credentials say, once they have been checked against each other."""

    passport_id: str
    device: PublicKey
    gtin: str | None
    serial: str | None


def issue(
    passport: dict[str, Any], operator: SigningKey, device: PublicKey, *, at: float
) -> Credentials:
    """Sign the three credentials for a passport document and its battery's public key."""
    parsed = Passport.parse(passport)
    passport_id = parsed.to_dict()["digitalProductPassportId"]
    when = rfc3339(at)

    def signed(kind: str, subject: dict[str, Any]) -> str:
        # The SDK adds the contexts of VCDM 2.0.
        credential = {"type": ["VerifiableCredential", kind], "credentialSubject": subject}
        secured = sign(
            credential, operator, securing="vc+jwt", issuer=operator.did, valid_from=when
        )
        return str(secured)

    identity = {"id": passport_id, "type": "BatteryPassport"}
    return Credentials(
        public=signed(PASSPORT_TYPE, {**parsed.view("public"), **identity}),
        full=signed(PASSPORT_TYPE, {**parsed.to_dict(), **identity}),
        production=signed(
            PRODUCTION_TYPE,
            {"id": device.did, "type": "BatteryManagementSystem", "passportId": passport_id},
        ),
    )


def report(credential: str, now: float) -> VerifyReport:
    """Check one credential at a time. Raises `BatteryPassError` for one that cannot be read."""
    return verify(credential, at=rfc3339(now))


def subject(credential: str) -> dict[str, Any]:
    """Return the passport document inside a credential that has been checked before."""
    claims = json.loads(unb64(credential.split(".")[1]))
    return _document(_claims_subject(claims))


def unb64(text: str) -> bytes:
    """Return the bytes of base64url without padding, as JOSE and this server write them."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def check(credentials: Credentials, issuer: str, now: float) -> Checked:
    """Check that the three credentials verify, come from `issuer`, and belong together.

    Raises `Problem`: 400 or 422 with the SDK's codes for a credential that cannot be read or does
    not verify, 403 `issuer_not_caller`, 422 `credential_type_wrong`, `passport_id_invalid`,
    `passport_id_mismatch`, `public_view_mismatch` or `production_mismatch`.
    """
    public = _verified(credentials.public, "/publicCredential", PASSPORT_TYPE, issuer, now)
    full = _verified(credentials.full, "/fullCredential", PASSPORT_TYPE, issuer, now)
    production = _verified(credentials.production, "/bmsProduction", PRODUCTION_TYPE, issuer, now)
    passport_id = _passport_id(full, "/fullCredential")
    if _passport_id(public, "/publicCredential") != passport_id:
        raise Problem(
            422,
            "passport_id_mismatch",
            "the public and the full credential are of different passports",
            path="/publicCredential",
        )
    parsed = _parsed(full, "/fullCredential")
    public_view = Passport.parse(parsed.view("public")).to_dict()
    if _document(_parsed(public, "/publicCredential").to_dict()) != _document(public_view):
        raise Problem(
            422,
            "public_view_mismatch",
            "the public credential is not the public part of the full one",
            path="/publicCredential",
        )
    gtin, serial = product_of(parsed.to_dict())
    return Checked(passport_id, _device(production, passport_id), gtin, serial)


def _verified(credential: str, path: str, kind: str, issuer: str, now: float) -> dict[str, Any]:
    try:
        outcome = report(credential, now)
    except BatteryPassError as error:
        raise from_core(error, path=path, unverified=422) from error
    if not outcome.ok:
        finding = next(f for f in outcome.findings if f.severity == "error")
        raise Problem(422, finding.code, finding.detail, path=path + finding.path)
    if outcome.issuer != issuer:
        raise Problem(
            403, "issuer_not_caller", "the credential was issued by another key", path=path
        )
    if kind not in _types(outcome.claims):
        raise Problem(422, "credential_type_wrong", f"this must be a {kind}", path=f"{path}/type")
    return _claims_subject(outcome.claims)


def _types(claims: dict[str, Any]) -> list[Any]:
    types = claims.get("type")
    return types if isinstance(types, list) else [types]


def _claims_subject(claims: dict[str, Any]) -> dict[str, Any]:
    found = claims.get("credentialSubject")
    if not isinstance(found, dict):
        raise Problem(
            422, "invalid_member", "a credential needs one subject", path="/credentialSubject"
        )
    return found


def _document(credential_subject: dict[str, Any]) -> dict[str, Any]:
    # `id` and `type` belong to the credential, the rest is the passport.
    return {k: v for k, v in credential_subject.items() if k not in ("id", "type")}


def _passport_id(credential_subject: dict[str, Any], path: str) -> str:
    value = credential_subject.get("digitalProductPassportId")
    where = f"{path}/credentialSubject/digitalProductPassportId"
    # A dot segment would vanish from the passport's address.
    if not isinstance(value, str) or not is_valid_passport_id(value) or value in (".", ".."):
        raise Problem(
            422,
            "passport_id_invalid",
            "a passport id is 1 to 128 characters of visible ASCII, and not a dot segment",
            path=where,
        )
    if credential_subject.get("id") != value:
        raise Problem(
            422, "passport_id_mismatch", "the subject's id is not the passport's", path=where
        )
    return value


def _parsed(credential_subject: dict[str, Any], path: str) -> Passport:
    try:
        return Passport.parse(_document(credential_subject))
    except BatteryPassError as error:
        raise from_core(error, path=f"{path}/credentialSubject", unverified=422) from error


def _device(production: dict[str, Any], passport_id: str) -> PublicKey:
    path = "/bmsProduction/credentialSubject"
    if production.get("passportId") != passport_id:
        raise Problem(
            422, "production_mismatch", "the battery's key is for another passport", path=path
        )
    try:
        return PublicKey.from_did(str(production.get("id")))
    except BatteryPassError as error:
        raise from_core(error, path=f"{path}/id", unverified=422) from error


def product_of(document: dict[str, Any]) -> tuple[str | None, str | None]:
    """Return GTIN and serial number when the product identifier is a GS1 Digital Link."""
    try:
        link = PassportLink.parse(str(document.get("uniqueProductIdentifier")))
    except BatteryPassError:
        return None, None
    if link.gtin is None or link.serial is None:
        return None, None
    return link.gtin, link.serial
