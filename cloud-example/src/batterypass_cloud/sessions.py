"""Browser sessions for people who hold a registered key.

A browser cannot make proofs without JavaScript. The key holder asks for a login link with a proof,
opens it once, and gets a cookie that reads the page of one passport. It changes nothing: every
route that changes something asks for a proof.
"""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from dataclasses import dataclass

from .authorize import ANONYMOUS, Actor
from .problems import Problem
from .registry import RegistryFactory
from .storage import Database
from .times import Clock

LOGIN_LIFETIME_S = 600
SESSION_LIFETIME_S = 3600
TOKEN_BYTES = 16


@dataclass(frozen=True)
class Token:
    """A random secret, shown once to its holder, and when it ends."""

    text: str
    passport_id: str
    expires_at: int


class Sessions:
    """Makes, redeems and reads the tokens. The database holds their hashes only."""

    def __init__(self, database: Database, registry: RegistryFactory, clock: Clock) -> None:
        self._database = database
        self._registry = registry
        self._clock = clock

    async def login_link(self, actor: Actor, passport_id: str) -> Token:
        """Return a token that opens one session within ten minutes."""
        now = int(self._clock())
        return await self._database.write(
            lambda c: _issue(c, "login", actor, passport_id, now, LOGIN_LIFETIME_S)
        )

    async def open(self, text: str) -> Token:
        """Use up a login token and return the session's token.

        Raises `Problem` 404 `login_unknown` for a token that never was, is used or has expired;
        the three cannot be told apart.
        """
        now = int(self._clock())
        return await self._database.write(lambda c: self._redeem(c, text, now))

    def actor(self, connection: sqlite3.Connection, text: str | None, passport_id: str) -> Actor:
        """Return who a session cookie speaks for on this passport's page; anonymous if nobody."""
        if not text:
            return ANONYMOUS
        now = int(self._clock())
        row = connection.execute(
            "SELECT thumbprint FROM sessions WHERE token_hash = ? AND kind = 'session' "
            "AND passport_id = ? AND expires_at > ?",
            (_hash(text), passport_id, now),
        ).fetchone()
        if row is None:
            return ANONYMOUS
        role = self._registry(connection).role(row["thumbprint"], now)
        return ANONYMOUS if role is None else Actor(row["thumbprint"], role)

    def _redeem(self, connection: sqlite3.Connection, text: str, now: int) -> Token:
        row = connection.execute(
            "DELETE FROM sessions WHERE token_hash = ? AND kind = 'login' AND expires_at > ? "
            "RETURNING thumbprint, passport_id",
            (_hash(text), now),
        ).fetchone()
        role = None if row is None else self._registry(connection).role(row["thumbprint"], now)
        if role is None:
            raise Problem(404, "login_unknown", "this login link is not valid or has been used")
        actor = Actor(row["thumbprint"], role)
        return _issue(connection, "session", actor, row["passport_id"], now, SESSION_LIFETIME_S)


def _issue(
    connection: sqlite3.Connection,
    kind: str,
    actor: Actor,
    passport_id: str,
    now: int,
    lifetime: int,
) -> Token:
    connection.execute("DELETE FROM sessions WHERE expires_at <= ?", (now,))
    token = Token(secrets.token_urlsafe(TOKEN_BYTES), passport_id, now + lifetime)
    connection.execute(
        "INSERT INTO sessions VALUES (?, ?, ?, ?, ?)",
        (_hash(token.text), kind, actor.thumbprint, passport_id, token.expires_at),
    )
    return token


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
