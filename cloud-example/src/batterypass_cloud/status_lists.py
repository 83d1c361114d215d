"""Status lists of the credentials that the server issues: their tables, and the signed lists.

A position is drawn, a credential signed that names it, and only then is the position claimed: what
is refused uses up none, and no signature is made while the writer waits.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from batterypass import StatusList

from .problems import Problem

ENTRIES = 131_072
"""Positions of a list; the standard's smallest, so that a reader hides in a crowd."""
MAX_USED = ENTRIES // 2
"""Beyond this a new list is begun: free positions are found by chance."""
PURPOSES = ("revocation", "suspension")
LIFETIME_S = 24 * 3600
"""How long a signed list is valid."""
RENEW_S = LIFETIME_S // 2
"""How long a signed list is given out. Whoever gets it then can still keep it for a while."""


@dataclass(frozen=True)
class Place:
    """A position of a list."""

    number: int
    position: int
    purpose: str


def draw(connection: sqlite3.Connection, purpose: str) -> Place:
    """Draw a free position of the newest list for a purpose; of the next when that is half full.

    It is not taken by this: another caller may claim it first.
    """
    row = connection.execute(
        "SELECT number, used FROM status_lists WHERE purpose = ? ORDER BY number DESC LIMIT 1",
        (purpose,),
    ).fetchone()
    if row is not None and row["used"] < MAX_USED:
        number = int(row["number"])
    else:
        newest = connection.execute("SELECT coalesce(max(number), 0) FROM status_lists").fetchone()
        number = int(newest[0]) + 1
    taken = partial(_is_taken, connection, number)
    return Place(number, StatusList.random_index(ENTRIES, is_taken=taken), purpose)


def _is_taken(connection: sqlite3.Connection, number: int, position: int) -> bool:
    found = connection.execute(
        "SELECT 1 FROM status_entries WHERE list = ? AND position = ?", (number, position)
    ).fetchone()
    return found is not None


def claim(connection: sqlite3.Connection, place: Place, owner: str) -> bool:
    """Take a place for good; false when another credential has it, or the list, meanwhile."""
    if _is_taken(connection, place.number, place.position):
        return False
    connection.execute(
        "INSERT OR IGNORE INTO status_lists (number, purpose) VALUES (?, ?)",
        (place.number, place.purpose),
    )
    # Two purposes may have begun the same number at the same time.
    counted = connection.execute(
        "UPDATE status_lists SET used = used + 1 WHERE number = ? AND purpose = ?",
        (place.number, place.purpose),
    )
    if counted.rowcount == 0:
        return False
    connection.execute(
        "INSERT INTO status_entries (list, position, owner) VALUES (?, ?, ?)",
        (place.number, place.position, owner),
    )
    return True


def write(
    connection: sqlite3.Connection, number: int, position: int, owner: str, *, value: bool
) -> None:
    """Write a position. Only who had the credential issued may; a revocation is for good.

    Raises `Problem` 404 `status_entry_unknown` or 409 `revocation_is_final`.
    """
    row = connection.execute(
        "SELECT purpose, value FROM status_entries JOIN status_lists ON number = list "
        "WHERE list = ? AND position = ? AND owner = ?",
        (number, position, owner),
    ).fetchone()
    if row is None:
        # The same answer for the positions of others: it does not tell which are in use.
        raise Problem(404, "status_entry_unknown", "the caller has no credential at this position")
    if bool(row["value"]) == value:
        return
    if row["purpose"] == "revocation" and not value:
        raise Problem(409, "revocation_is_final", "a revoked credential stays revoked")
    connection.execute(
        "UPDATE status_entries SET value = ? WHERE list = ? AND position = ?",
        (int(value), number, position),
    )
    connection.execute("UPDATE status_lists SET version = version + 1 WHERE number = ?", (number,))


@dataclass(frozen=True)
class Contents:
    """A list as it stands."""

    number: int
    purpose: str
    bits: StatusList


Sign = Callable[[Contents, str, int], Any]
"""Signs a list in a form at a time."""


@dataclass(frozen=True)
class _Signed:
    version: int
    at: int
    text: Any

    def serves(self, version: int, now: int) -> bool:
        # A newer one than the caller's snapshot is nearer to the truth.
        return self.version >= version and self.at <= now < self.at + RENEW_S


class SignedLists:
    """The signed lists: each is signed once for each change and form, and again before it expires.

    What it says is of the caller's snapshot: the version of the list is read there each time, so a
    change that has been committed, by this process or another, is in the next answer.
    """

    def __init__(self, sign: Sign) -> None:
        self._sign = sign
        self._kept: dict[tuple[int, str], _Signed] = {}
        self._lock = threading.Lock()

    def get(self, connection: sqlite3.Connection, number: int, form: str, now: int) -> Any:
        """Return a signed list. Raises `Problem` 404 `status_list_unknown`."""
        row = connection.execute(
            "SELECT purpose, version FROM status_lists WHERE number = ?", (number,)
        ).fetchone()
        if row is None:
            raise Problem(404, "status_list_unknown", "there is no status list of this number")
        # Whoever comes while a list is being signed waits for it and signs none of its own.
        with self._lock:
            kept = self._kept.get((number, form))
            if kept is None or not kept.serves(row["version"], now):
                contents = Contents(number, row["purpose"], _bits(connection, number))
                kept = _Signed(row["version"], now, self._sign(contents, form, now))
                self._kept[number, form] = kept
        return kept.text


def _bits(connection: sqlite3.Connection, number: int) -> StatusList:
    bits = StatusList(ENTRIES)
    for row in connection.execute(
        "SELECT position FROM status_entries WHERE list = ? AND value = 1", (number,)
    ):
        bits.set(row["position"])
    return bits
