"""Published passports: storing, finding, showing to an audience, deleting."""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from batterypass import Finding, Passport, VerifyReport

from . import condition, credentials, records
from .authorize import Actor, PassportFacts, Reader
from .credentials import Checked, Credentials
from .problems import Problem, passport_deleted, passport_unknown
from .registry import KeyState, Registry, Role
from .storage import id_hash, product_hash
from .times import rfc3339


class LabelKey(StrEnum):
    """What the key in a label's link (`k`) says about the battery."""

    REGISTERED = "registered"
    UNKNOWN = "unknown"
    REVOKED = "revoked"
    NOT_GIVEN = "not-given"

    @property
    def belongs(self) -> bool:
        """Whether the label may be shown as this battery's own."""
        return self in (LabelKey.REGISTERED, LabelKey.NOT_GIVEN)


@dataclass(frozen=True)
class StoredPassport:
    """A published passport as the database has it."""

    id: str
    operator: str
    credentials: Credentials
    created_at: int
    recipients_at: int
    """When the operator last asked whom the battery is to seal to."""

    @cached_property
    def version(self) -> bytes:
        """A digest of what the operator signed, as it is stored now."""
        return hashlib.sha256(self.credentials.passport.encode()).digest()

    def credential_for(self, reader: Reader) -> str:
        """Return the operator's credential with what a reader may read disclosed."""
        return credentials.part(self.credentials.passport, reader)

    def checked(self, now: float) -> VerifyReport:
        """Check the operator's credential now, not when it was stored, and return what it says."""
        return credentials.report(self.credentials.passport, now)


@dataclass(frozen=True)
class Verification:
    """What a check of the stored passport against the operator's key says right now."""

    ok: bool
    findings: list[Finding]
    issuer: str
    issuer_name: str
    key_state: KeyState


def find(connection: sqlite3.Connection, passport_id: str) -> StoredPassport:
    """Return a passport. Raises `Problem` 404 `passport_unknown` or 410 `passport_deleted`."""
    row = connection.execute("SELECT * FROM passports WHERE id = ?", (passport_id,)).fetchone()
    if row is not None:
        return StoredPassport(
            id=row["id"],
            operator=row["operator"],
            credentials=Credentials(row["passport_credential"], row["production_credential"]),
            created_at=row["created_at"],
            recipients_at=row["recipients_at"],
        )
    gone = connection.execute(
        "SELECT deleted_at FROM tombstones WHERE id_hash = ?", (id_hash(passport_id),)
    ).fetchone()
    raise passport_unknown() if gone is None else passport_deleted(rfc3339(gone["deleted_at"]))


def id_of_product(connection: sqlite3.Connection, gtin: str, serial: str) -> str:
    """Return the passport id of a trade item. Raises as `find` does.

    GTINs shorter than 14 digits are the same item with leading zeros (GS1 General Specifications).
    """
    gtin = gtin.rjust(14, "0")
    row = connection.execute(
        "SELECT id FROM passports WHERE gtin = ? AND serial = ?", (gtin, serial)
    ).fetchone()
    if row is not None:
        return str(row["id"])
    gone = connection.execute(
        "SELECT max(deleted_at) FROM tombstones WHERE product_hash = ?",
        (product_hash(gtin, serial),),
    ).fetchone()[0]
    raise passport_unknown() if gone is None else passport_deleted(rfc3339(gone))


def facts(registry: Registry, passport: StoredPassport, now: int) -> PassportFacts:
    """Return what decisions about a passport need to know."""
    return PassportFacts(passport.id, passport.operator, registry.grantees(passport.id, now))


def store(
    connection: sqlite3.Connection,
    registry: Registry,
    actor: Actor,
    checked: Checked,
    published: Credentials,
    now: int,
) -> None:
    """Store a checked passport and register its battery's key.

    Raises `Problem` 409 `passport_exists`, `product_taken` or `device_key_taken`, 410
    `passport_deleted`.
    """
    try:
        find(connection, checked.passport_id)
    except Problem as problem:
        if problem.code != "passport_unknown":
            raise
    else:
        raise Problem(409, "passport_exists", "a passport with this identifier is stored already")
    if registry.key(checked.device.thumbprint) is not None:
        raise Problem(
            409, "device_key_taken", "this battery key is already registered", path="/bmsProduction"
        )
    taken = connection.execute(
        "SELECT 1 FROM passports WHERE gtin = ? AND serial = ?", (checked.gtin, checked.serial)
    ).fetchone()
    if taken is not None:
        raise Problem(
            409,
            "product_taken",
            "another passport has this product identifier",
            path="/passportCredential/credentialSubject/uniqueProductIdentifier",
        )
    connection.execute(
        "INSERT INTO passports VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            checked.passport_id,
            actor.thumbprint,
            checked.gtin,
            checked.serial,
            published.passport,
            published.production,
            now,
            now,
        ),
    )
    registry.register(checked.device, Role.BMS, at=now, passport_id=checked.passport_id)


def recipients_told(connection: sqlite3.Connection, passport_id: str, now: int) -> None:
    """Note that the operator learns now whom the battery is to seal to."""
    connection.execute("UPDATE passports SET recipients_at = ? WHERE id = ?", (now, passport_id))


def delete(
    connection: sqlite3.Connection, passport: StoredPassport, actor: Actor, now: int
) -> None:
    """Remove a passport with everything that belongs to it and leave a tombstone (Art. 77(8)).

    Credentials, records, envelopes, grants, sessions and the battery's key go with the row. The
    freed pages are overwritten by `Database.scrub`, which the caller runs afterwards.
    """
    row = connection.execute(
        "SELECT gtin, serial FROM passports WHERE id = ?", (passport.id,)
    ).fetchone()
    product = None if row["gtin"] is None else product_hash(row["gtin"], row["serial"])
    connection.execute("DELETE FROM passports WHERE id = ?", (passport.id,))
    hashed = id_hash(passport.id)
    connection.execute(
        "INSERT INTO tombstones VALUES (?, ?, ?, ?)", (hashed, product, now, actor.thumbprint)
    )
    connection.execute("INSERT INTO pending_scrubs VALUES (?)", (hashed,))


def full_document(
    connection: sqlite3.Connection, passport: StoredPassport, signed: dict[str, Any]
) -> dict[str, Any]:
    """Return what the operator signed with the newest record merged in, everything included."""
    return condition.merge(signed, records.newest(connection, passport.id))


def view(document: dict[str, Any], reader: Reader) -> dict[str, Any]:
    """Return the part of a passport document that a reader may read."""
    return dict(Passport.parse(document).view(reader.audience.value, purpose=reader.purpose))


def verification(
    registry: Registry, passport: StoredPassport, outcome: VerifyReport, now: float
) -> Verification:
    """Say whether the operator's signature holds and is of the operator's registered key."""
    key = registry.key(passport.operator)
    state = registry.key_state(passport.operator, int(now))
    registered = key is not None and state is KeyState.ACTIVE and outcome.issuer == key.did
    return Verification(
        outcome.ok and registered,
        outcome.findings,
        outcome.issuer or "",
        key.name if key else "",
        state,
    )


def label_key(registry: Registry, passport_id: str, given: str | None, now: int) -> LabelKey:
    """Say what the key in a label's link is to this battery."""
    if given is None:
        return LabelKey.NOT_GIVEN
    for key in registry.battery_keys(passport_id):
        if key.thumbprint == given:
            active = key.state(now) is KeyState.ACTIVE
            return LabelKey.REGISTERED if active else LabelKey.REVOKED
    return LabelKey.UNKNOWN


def short_hash(passport_id: str) -> str:
    """Return what logs call a passport, so that a deleted one leaves no identifier in them."""
    return hashlib.sha256(passport_id.encode()).hexdigest()[:12]
