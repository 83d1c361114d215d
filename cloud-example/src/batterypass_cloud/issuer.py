"""The server as an issuer of credentials of its own, and the status lists that belong to them.

Passports are signed by their operators, never here. What the server signs are credentials that a
registered operator asks it for through the W3C VC-API.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable
from typing import Any

from batterypass import SigningKey, StatusList, sign, status_entry

from .problems import Problem
from .times import rfc3339

ENTRIES = 131_072
"""Positions of a list; the standard's smallest, so that a reader hides in a crowd."""
MAX_USED = ENTRIES // 2
"""Beyond this a new list is begun: free positions are found by chance."""
PURPOSES = ("revocation", "suspension")
TTL_S = 300
LIST_LIFETIME_S = 24 * 3600

Entropy = Callable[[int], int]


class Issuer:
    """Signs with the server's issuer key."""

    def __init__(self, key: SigningKey, base_url: str) -> None:
        self.key = key
        self._base_url = base_url

    @property
    def did(self) -> str:
        """The issuer that its credentials name."""
        return self.key.did

    def list_url(self, number: int) -> str:
        """Return the address of a status list."""
        return f"{self._base_url}/status/{number}"

    def list_number(self, url: str) -> int | None:
        """Return the number of a list of this server, by its address."""
        prefix = f"{self._base_url}/status/"
        digits = url.removeprefix(prefix)
        if digits == url or not digits.isdecimal() or len(digits) > 9:
            return None
        return int(digits)

    def allocate(self, connection: sqlite3.Connection, owner: str, purpose: str) -> dict[str, Any]:
        """Give out a free position and return the `credentialStatus` that names it."""
        number, position = allocate(connection, owner, purpose)
        return status_entry(self.list_url(number), position, purpose)  # type: ignore[arg-type]

    def sign(self, credential: dict[str, Any], securing: str, now: float, **options: Any) -> Any:
        """Sign a credential in a form, dated by the server's clock where the form has a date."""
        created = rfc3339(now) if securing.startswith("ecdsa-") else None
        return sign(  # type: ignore[call-overload]
            credential, self.key, securing=securing, created=created, **options
        )

    def list_credential(
        self, connection: sqlite3.Connection, number: int, now: float, securing: str
    ) -> str | dict[str, Any]:
        """Sign a status list as it stands. Raises `Problem` 404 `status_list_unknown`."""
        rows = connection.execute(
            "SELECT position, purpose, value FROM status_entries WHERE list = ?", (number,)
        ).fetchall()
        if not rows:
            raise Problem(404, "status_list_unknown", "there is no status list of this number")
        bits = StatusList(ENTRIES)
        for row in rows:
            if row["value"]:
                bits.set(row["position"])
        credential = bits.credential(
            self.list_url(number), purpose=rows[0]["purpose"], ttl_ms=TTL_S * 1000
        )
        signed: str | dict[str, Any] = self.sign(
            credential,
            securing,
            now,
            valid_from=rfc3339(now),
            valid_until=rfc3339(now + LIST_LIFETIME_S),
        )
        return signed


def allocate(
    connection: sqlite3.Connection, owner: str, purpose: str, below: Entropy = secrets.randbelow
) -> tuple[int, int]:
    """Take a random free position of a list for a purpose; the next list when one is half full."""
    row = connection.execute(
        "SELECT list, count(*) AS used FROM status_entries WHERE purpose = ? "
        "GROUP BY list ORDER BY list DESC LIMIT 1",
        (purpose,),
    ).fetchone()
    if row is not None and row["used"] < MAX_USED:
        number = row["list"]
    else:
        number = connection.execute(
            "SELECT coalesce(max(list), 0) + 1 FROM status_entries"
        ).fetchone()[0]
    while True:
        position = below(ENTRIES)
        inserted = connection.execute(
            "INSERT OR IGNORE INTO status_entries (list, position, purpose, owner) "
            "VALUES (?, ?, ?, ?)",
            (number, position, purpose, owner),
        )
        if inserted.rowcount == 1:
            return int(number), position


def set_status(
    connection: sqlite3.Connection, number: int, position: int, owner: str, *, value: bool
) -> None:
    """Write a position. Only who had the credential issued may; a revocation is for good.

    Raises `Problem` 404 `status_entry_unknown` or 409 `revocation_is_final`.
    """
    row = connection.execute(
        "SELECT purpose, value FROM status_entries WHERE list = ? AND position = ? AND owner = ?",
        (number, position, owner),
    ).fetchone()
    if row is None:
        # The same answer for the positions of others: it does not tell which are in use.
        raise Problem(404, "status_entry_unknown", "the caller has no credential at this position")
    if row["purpose"] == "revocation" and row["value"] and not value:
        raise Problem(409, "revocation_is_final", "a revoked credential stays revoked")
    connection.execute(
        "UPDATE status_entries SET value = ? WHERE list = ? AND position = ?",
        (int(value), number, position),
    )
