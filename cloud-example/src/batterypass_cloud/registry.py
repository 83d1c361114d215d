"""Who holds which key, in which role, and who may read what.

`Registry` is what the rest of the server asks. `TableRegistry` answers from the server's own
database; a ledger will answer the same questions later. Every question about validity takes the
time as a parameter.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from batterypass import PublicKey, purposes

from .problems import Problem

POINTS: Mapping[str, frozenset[int]] = {
    purpose["name"]: frozenset(purpose["points"]) for purpose in purposes()
}
"""The purposes of legitimate interest (Art. 77(2)) and the points of Annex XIII that serve each."""

INDIVIDUAL_BATTERY = 4
"""The point of Annex XIII about the individual battery, to which its records belong."""


def opened(granted: Iterable[str]) -> frozenset[int]:
    """Return the points of Annex XIII that purposes open together."""
    return frozenset().union(*(POINTS.get(purpose, frozenset()) for purpose in granted))


class Role(StrEnum):
    """What a key may act as."""

    AUTHORITY = "authority"
    OPERATOR = "operator"
    DATA_BROKER = "data_broker"
    BMS = "bms"


class KeyState(StrEnum):
    """Whether a key counts at a given time."""

    UNKNOWN = "unknown"
    ACTIVE = "active"
    REVOKED = "revoked"


@dataclass(frozen=True)
class RegisteredKey:
    """A published public key."""

    thumbprint: str
    did: str
    sec1: bytes
    role: Role
    name: str
    passport_id: str | None
    """The passport whose records a BMS key signs; None for every other role."""
    registered_at: int
    revoked_at: int | None

    def state(self, at: int) -> KeyState:
        """Return the state at `at` (Unix seconds); revoked from the second of the revocation on."""
        if at < self.registered_at:
            return KeyState.UNKNOWN
        if self.revoked_at is not None and at >= self.revoked_at:
            return KeyState.REVOKED
        return KeyState.ACTIVE

    def public_key(self) -> PublicKey:
        """Return the key itself."""
        return PublicKey.from_sec1(self.sec1)


@dataclass(frozen=True)
class Grant:
    """The right of a data broker to read one passport for one purpose until a date."""

    id: int
    passport_id: str
    subject: str
    purpose: str
    created_at: int
    expires_at: int
    revoked_at: int | None

    @property
    def points(self) -> frozenset[int]:
        """The points of Annex XIII that serve its purpose; none where the law does not know it."""
        return opened([self.purpose])

    def active(self, at: int) -> bool:
        """Return whether the grant counts at `at`; it ends with the second that it names."""
        revoked = self.revoked_at is not None and at >= self.revoked_at
        return self.created_at <= at < self.expires_at and not revoked


class Registry(Protocol):
    """What the server asks about keys, roles and grants."""

    def key(self, thumbprint: str) -> RegisteredKey | None:
        """Return the published key with this thumbprint."""

    def key_state(self, thumbprint: str, at: int) -> KeyState:
        """Return the state of a key at a time."""

    def role(self, thumbprint: str, at: int) -> Role | None:
        """Return the role of a key that is active at a time."""

    def keys(self, role: Role | None = None) -> list[RegisteredKey]:
        """Return the published keys, of one role or all."""

    def battery_keys(self, passport_id: str) -> list[RegisteredKey]:
        """Return the BMS keys that this passport has or had, newest first."""

    def grants(self, passport_id: str | None = None) -> list[Grant]:
        """Return the grants for a passport or all, whether they still count or not."""

    def grantees(self, passport_id: str, at: int) -> dict[str, frozenset[str]]:
        """Return whom grants let read a passport at a time, and the purposes of these grants.

        By thumbprints of active keys; purposes that the law does not know are left out.
        """

    def register(
        self,
        key: PublicKey,
        role: Role,
        *,
        at: int,
        name: str = "",
        passport_id: str | None = None,
    ) -> RegisteredKey:
        """Publish a key. Raises `Problem` 409 `key_taken` when it is already published."""

    def revoke(self, thumbprint: str, at: int) -> None:
        """Revoke a key from `at` on. Raises `Problem` 404 `key_unknown`."""

    def grant(self, passport_id: str, subject: str, *, purpose: str, at: int, until: int) -> Grant:
        """Let a data broker read a passport. Raises `Problem` 404, 409 or 422 when it cannot."""

    def revoke_grant(self, grant_id: int, at: int) -> None:
        """End a grant. Raises `Problem` 404 `grant_unknown`."""


RegistryFactory = Callable[[sqlite3.Connection], Registry]
"""Opens the registry for one transaction of the server's database."""


class TableRegistry:
    """The registry in the server's own database, inside the caller's transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def key(self, thumbprint: str) -> RegisteredKey | None:
        """See `Registry.key`."""
        row = self._db.execute("SELECT * FROM keys WHERE thumbprint = ?", (thumbprint,)).fetchone()
        return None if row is None else _key(row)

    def key_state(self, thumbprint: str, at: int) -> KeyState:
        """See `Registry.key_state`."""
        key = self.key(thumbprint)
        return KeyState.UNKNOWN if key is None else key.state(at)

    def role(self, thumbprint: str, at: int) -> Role | None:
        """See `Registry.role`."""
        key = self.key(thumbprint)
        return key.role if key is not None and key.state(at) is KeyState.ACTIVE else None

    def keys(self, role: Role | None = None) -> list[RegisteredKey]:
        """See `Registry.keys`."""
        rows = self._db.execute(
            "SELECT * FROM keys WHERE ?1 IS NULL OR role = ?1 ORDER BY registered_at, rowid",
            (None if role is None else role.value,),
        )
        return [_key(row) for row in rows]

    def battery_keys(self, passport_id: str) -> list[RegisteredKey]:
        """See `Registry.battery_keys`."""
        rows = self._db.execute(
            "SELECT * FROM keys WHERE passport_id = ? AND role = 'bms' ORDER BY rowid DESC",
            (passport_id,),
        )
        return [_key(row) for row in rows]

    def grants(self, passport_id: str | None = None) -> list[Grant]:
        """See `Registry.grants`."""
        rows = self._db.execute(
            "SELECT * FROM grants WHERE ?1 IS NULL OR passport_id = ?1 ORDER BY id", (passport_id,)
        )
        return [Grant(**dict(row)) for row in rows]

    def grantees(self, passport_id: str, at: int) -> dict[str, frozenset[str]]:
        """See `Registry.grantees`."""
        found: dict[str, frozenset[str]] = {}
        for grant in self.grants(passport_id):
            if (
                grant.points
                and grant.active(at)
                and self.role(grant.subject, at) is Role.DATA_BROKER
            ):
                found[grant.subject] = found.get(grant.subject, frozenset()) | {grant.purpose}
        return found

    def register(
        self,
        key: PublicKey,
        role: Role,
        *,
        at: int,
        name: str = "",
        passport_id: str | None = None,
    ) -> RegisteredKey:
        """See `Registry.register`."""
        if self.key(key.thumbprint) is not None:
            raise Problem(409, "key_taken", "this key is already registered")
        registered = RegisteredKey(
            thumbprint=key.thumbprint,
            did=key.did,
            sec1=bytes(key.to_sec1()),
            role=role,
            name=name,
            passport_id=passport_id,
            registered_at=at,
            revoked_at=None,
        )
        self._db.execute(
            "INSERT INTO keys VALUES (?, ?, ?, ?, ?, ?, ?, NULL)",
            (
                registered.thumbprint,
                registered.did,
                registered.sec1,
                role.value,
                name,
                passport_id,
                at,
            ),
        )
        return registered

    def revoke(self, thumbprint: str, at: int) -> None:
        """See `Registry.revoke`."""
        # An earlier revocation stands: nothing makes a key valid again for the time since.
        done = self._db.execute(
            "UPDATE keys SET revoked_at = min(coalesce(revoked_at, ?1), ?1) WHERE thumbprint = ?2",
            (at, thumbprint),
        )
        if done.rowcount == 0:
            raise Problem(404, "key_unknown", "no such key is registered")

    def grant(self, passport_id: str, subject: str, *, purpose: str, at: int, until: int) -> Grant:
        """See `Registry.grant`."""
        known = self._db.execute("SELECT 1 FROM passports WHERE id = ?", (passport_id,)).fetchone()
        if known is None:
            raise Problem(404, "passport_unknown", "no such passport is stored here")
        if self.role(subject, at) is not Role.DATA_BROKER:
            raise Problem(409, "not_a_data_broker", "a grant needs an active data broker's key")
        if purpose not in POINTS:
            known_purposes = ", ".join(POINTS)
            raise Problem(422, "purpose_unknown", f"a purpose is one of {known_purposes}")
        if until <= at:
            raise Problem(409, "grant_expired", "the grant would end before it begins")
        made = self._db.execute(
            "INSERT INTO grants (passport_id, subject, purpose, created_at, expires_at) "
            "VALUES (?, ?, ?, ?, ?)",
            (passport_id, subject, purpose, at, until),
        )
        return Grant(int(made.lastrowid or 0), passport_id, subject, purpose, at, until, None)

    def revoke_grant(self, grant_id: int, at: int) -> None:
        """See `Registry.revoke_grant`."""
        done = self._db.execute(
            "UPDATE grants SET revoked_at = min(coalesce(revoked_at, ?1), ?1) WHERE id = ?2",
            (at, grant_id),
        )
        if done.rowcount == 0:
            raise Problem(404, "grant_unknown", "no such grant")


def _key(row: sqlite3.Row) -> RegisteredKey:
    values = dict(row)
    return RegisteredKey(**{**values, "role": Role(values["role"])})
