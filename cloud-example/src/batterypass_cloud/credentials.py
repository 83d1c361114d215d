"""The two credentials of a published passport: making them, checking them, cutting the first.

The operator signs the passport once, as a W3C Verifiable Credential 2.0 secured as `vc+sd-jwt`, in
which everything that is not public is a disclosure (RFC 9901): each audience gets its part, and the
signature holds for every part. A second credential, as `vc+jwt`, binds the battery's key to the
passport.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from batterypass import (
    BatteryPassError,
    Passport,
    PassportLink,
    PublicKey,
    SigningKey,
    VerifyReport,
    disclose,
    is_valid_passport_id,
    sign,
    verify,
)

from .authorize import Audience, Reader
from .problems import Problem, from_core
from .times import rfc3339

PASSPORT_TYPE = "BatteryPassportCredential"
PRODUCTION_TYPE = "BmsProduction"
PASSPORT_FORM = "vc+sd-jwt"
PRODUCTION_FORM = "vc+jwt"


@dataclass(frozen=True)
class Credentials:
    """The two credentials in their secured form."""

    passport: str
    """The passport with every disclosure."""
    production: str

    def document(self) -> dict[str, str]:
        """Return the body of `POST /v1/dpps`."""
        return {
            "passportCredential": self.passport,
            "bmsProduction": self.production,
        }


@dataclass(frozen=True)
class Checked:
    """What the credentials say, once they have been checked against each other."""

    passport_id: str
    device: PublicKey
    gtin: str | None
    serial: str | None


def issue(
    passport: dict[str, Any], operator: SigningKey, device: PublicKey, *, at: float
) -> Credentials:
    """Sign the credentials for a passport document and its battery's public key."""
    parsed = Passport.parse(passport)
    when = rfc3339(at)
    binding = {
        "type": ["VerifiableCredential", PRODUCTION_TYPE],
        "credentialSubject": {
            "id": device.did,
            "type": "BatteryManagementSystem",
            "passportId": parsed.id,
        },
    }
    # Decoys, so that the public part does not tell how much is hidden, or where.
    return Credentials(
        passport=sign(
            parsed,
            operator,
            securing="vc+sd-jwt",
            issuer=operator.did,
            valid_from=when,
            decoys=True,
        ),
        production=sign(binding, operator, securing="vc+jwt", issuer=operator.did, valid_from=when),
    )


def report(credential: str, now: float) -> VerifyReport:
    """Check one credential at a time. Raises `BatteryPassError` for one that cannot be read."""
    return verify(credential, at=rfc3339(now))


def document(outcome: VerifyReport) -> dict[str, Any]:
    """Return the passport document inside a passport credential, as far as it was disclosed."""
    return _document(_claims_subject(outcome.claims))


def part(credential: str, reader: Reader) -> str:
    """Return a passport credential with the disclosures that a reader may read and no others.

    The SDK compares the part with the reader's view before it gives it out. Raises
    `BatteryPassError`, such as `disclosure_too_wide` when no choice of disclosures gives that view.
    """
    return disclose(credential, audience=reader.audience.value, purpose=reader.purpose)


def unb64(text: str) -> bytes:
    """Return the bytes of base64url without padding, as JOSE and this server write them."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def check(credentials: Credentials, issuer: str, now: float) -> Checked:
    """Check that the credentials verify, come from `issuer`, belong together, and can be cut.

    Raises `Problem`: 400 or 422 with the SDK's codes for a credential that cannot be read or does
    not verify, 403 `issuer_not_caller`, 422 `credential_form_wrong`, `credential_type_wrong`,
    `passport_id_invalid`, `passport_id_mismatch`, `public_view_mismatch`, `disclosure_too_wide` or
    `production_mismatch`.
    """
    path = "/passportCredential"
    claims = _verified(credentials.passport, path, PASSPORT_FORM, PASSPORT_TYPE, issuer, now)
    production = _verified(
        credentials.production, "/bmsProduction", PRODUCTION_FORM, PRODUCTION_TYPE, issuer, now
    )
    if not credentials.passport.endswith("~"):
        # A key binding is of one presentation to one verifier, and soon out of date.
        raise Problem(422, "credential_form_wrong", "send it without a key binding", path=path)
    passport_id = _passport_id(claims, path)
    parsed = _parsed(claims, path)
    _check_parts(credentials.passport, path)
    gtin, serial = product_of(parsed.to_dict())
    return Checked(passport_id, _device(production, passport_id), gtin, serial)


def _check_parts(credential: str, path: str) -> None:
    """Check that each audience can be given exactly its view.

    This holds for the public only when all that is not public is hidden: what is signed in clear
    is in every part.
    """
    for audience in Audience:
        try:
            part(credential, Reader(audience))
        except BatteryPassError as error:
            if audience is Audience.PUBLIC and error.code == "disclosure_too_wide":
                raise Problem(
                    422,
                    "public_view_mismatch",
                    "the credential shows more than the public part without any disclosure",
                    path=path + error.path,
                ) from error
            raise from_core(error, path=path, unverified=422) from error


def _verified(
    credential: str, path: str, form: str, kind: str, issuer: str, now: float
) -> dict[str, Any]:
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
    if outcome.securing != form:
        raise Problem(422, "credential_form_wrong", f"this must be a {form}", path=path)
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
