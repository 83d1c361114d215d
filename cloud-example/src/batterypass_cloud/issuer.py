"""The server as an issuer of credentials of its own.

Passports are signed by their operators, never here. What the server signs are credentials that a
registered operator asks it for through the W3C VC-API, and the status lists that belong to them.
"""

from __future__ import annotations

import sqlite3
from typing import Any

from batterypass import SigningKey, sign, status_entry

from . import status_lists
from .problems import Problem
from .status_lists import Contents, Place, SignedLists
from .storage import Database
from .times import rfc3339

LIST_TTL_S = 300
"""For how long verifiers may keep a status list before they ask again."""
ATTEMPTS = 8
"""How often another position is drawn when someone else was faster."""


class Issuer:
    """Signs with the server's issuer key."""

    def __init__(self, key: SigningKey, base_url: str) -> None:
        self.key = key
        self._base_url = base_url
        self._lists = SignedLists(self._sign_list)

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

    async def issue(
        self,
        database: Database,
        credential: dict[str, Any],
        form: str,
        now: float,
        *,
        owner: str,
        purpose: str | None,
        **options: Any,
    ) -> Any:
        """Sign a credential for an owner, with a place in a status list where a purpose is given.

        A credential that is refused has no place. Raises `BatteryPassError` for what VCDM forbids.
        """
        if purpose is None:
            return await database.compute(lambda: self.sign(credential, form, now, **options))
        for _ in range(ATTEMPTS):
            place = await database.read(lambda c: status_lists.draw(c, purpose))
            made = await database.compute(self._signing(credential, form, now, place, options))
            if await database.write(lambda c, p=place: status_lists.claim(c, p, owner)):  # type: ignore[misc]
                return made
        raise Problem(503, "storage_busy", "the status lists are busy; try again")

    def _signing(
        self,
        credential: dict[str, Any],
        form: str,
        now: float,
        place: Place,
        options: dict[str, Any],
    ) -> Any:
        url = self.list_url(place.number)
        entry = status_entry(url, place.position, place.purpose)  # type: ignore[arg-type]
        return lambda: self.sign(credential, form, now, status=entry, **options)

    def sign(self, credential: dict[str, Any], securing: str, now: float, **options: Any) -> Any:
        """Sign a credential in a form, dated by the server's clock where the form has a date."""
        created = rfc3339(now) if securing.startswith("ecdsa-") else None
        return sign(  # type: ignore[call-overload]
            credential, self.key, securing=securing, created=created, **options
        )

    def status_list(
        self, connection: sqlite3.Connection, number: int, form: str, now: float
    ) -> str | dict[str, Any]:
        """Return a status list as it stands, signed. Raises `Problem` 404 `status_list_unknown`."""
        signed: str | dict[str, Any] = self._lists.get(connection, number, form, int(now))
        return signed

    def _sign_list(self, contents: Contents, form: str, now: int) -> Any:
        credential = contents.bits.credential(
            self.list_url(contents.number),
            purpose=contents.purpose,  # type: ignore[arg-type]
            ttl_ms=LIST_TTL_S * 1000,
        )
        until = rfc3339(now + status_lists.LIFETIME_S)
        return self.sign(credential, form, now, valid_from=rfc3339(now), valid_until=until)
