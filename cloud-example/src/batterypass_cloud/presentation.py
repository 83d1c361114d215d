"""A passport as an answer: JSON, the operator's credential, or a page, cut to the audience."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from starlette.responses import Response

from . import credentials, passports, records, views
from .access import Access, action_of, decide, session_cookie
from .authorize import Action, Audience, Reader, authorize
from .negotiate import HTML, JSON, VC_SD_JWT, conditional, entity_tag, negotiated
from .parts import Key, Part
from .passports import LabelKey
from .problems import Problem
from .services import Services

HISTORY = 300
"""How many records the chart shows."""


_DOCUMENT = "document"
"""The form of what is kept for this server's own use: all that the operator signed, as JSON."""


@dataclass(frozen=True)
class _Answer:
    part: Part
    audience: Audience
    label: LabelKey


@dataclass(frozen=True)
class _Cut:
    """What is needed to cut one passport inside one transaction."""

    connection: sqlite3.Connection
    services: Services
    access: Access
    deletions: int

    def credential(self) -> Part:
        """Return the operator's credential with what the reader may read disclosed."""
        reader = self.access.decision.reader
        passport = self.access.passport
        return self._kept(
            Key(passport.id, passport.version, reader, VC_SD_JWT),
            lambda: passport.credential_for(reader).encode(),
        )

    def document(self, label: LabelKey | None) -> Part:
        """Return the reader's view of the passport and its newest record, as JSON."""
        reader = self.access.decision.reader
        passport = self.access.passport
        said = None if label is None else label.value

        def make() -> bytes:
            full = passports.full_document(self.connection, passport, json.loads(self._signed()))
            document = passports.view(full, reader)
            if said is not None:
                document["batteryKey"] = said
            return _json(document)

        newest = records.newest_sequence(self.connection, passport.id)
        return self._kept(Key(passport.id, passport.version, reader, JSON, newest, said), make)

    def _signed(self) -> bytes:
        passport = self.access.passport
        now = self.services.now
        return self._kept(
            Key(passport.id, passport.version, Reader(Audience.OPERATOR), _DOCUMENT),
            lambda: _json(credentials.document(passport.checked(now))),
        ).body

    def _kept(self, key: Key, make: Callable[[], bytes]) -> Part:
        return self.services.parts.get(key, make, self.deletions)


def _json(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


async def present(
    request: Request,
    services: Services,
    passport_id: str,
    offered: Sequence[str],
    *,
    label: bool,
) -> Response:
    """Answer with a passport in the form that the caller prefers.

    With `label`, the link's `k` is compared with the battery's registered key. `Battery-Key` of the
    answer says how they compare; a machine gets 409 `link_key_mismatch` when they differ.
    """
    kind = negotiated(request, offered)
    actor = await services.authenticator.actor(request)
    action = action_of(request)
    given = request.query_params.get("k") if label else None
    cookie = session_cookie(request, services) if kind == HTML else None

    deletions = services.parts.deletions

    def answer(connection: sqlite3.Connection) -> _Answer:
        caller = actor
        if caller.anonymous and cookie:
            caller = services.sessions.actor(connection, cookie, passport_id)
        access = decide(connection, services, caller, action, passport_id)
        reader = access.decision.reader
        registry = services.registry(connection)
        found = passports.label_key(registry, passport_id, given, services.now)
        if kind == HTML:
            page = _page(connection, services, access, reader, found).encode()
            return _Answer(Part(page, entity_tag(page)), reader.audience, found)
        if not found.belongs:
            raise _label_mismatch(found)
        cut = _Cut(connection, services, access, deletions)
        part = cut.credential() if kind == VC_SD_JWT else cut.document(found if label else None)
        return _Answer(part, reader.audience, found)

    made = await services.database.read(answer)
    headers = {"Battery-Key": made.label.value} if label else {}
    media_type = f"{HTML}; charset=utf-8" if kind == HTML else kind
    return conditional(
        request, made.part.body, media_type, made.audience, headers, tag=made.part.tag
    )


def _label_mismatch(found: LabelKey) -> Problem:
    return Problem(
        409,
        "link_key_mismatch",
        "the key in the link is not this battery's key",
        path="/k",
        headers={"Battery-Key": found.value},
        members={"batteryKey": found.value},
    )


def _page(
    connection: sqlite3.Connection,
    services: Services,
    access: Access,
    reader: Reader,
    label: LabelKey,
) -> str:
    now = services.now
    passport = access.passport
    registry = services.registry(connection)
    facts = passports.facts(registry, passport, now)
    signed = passport.checked(now)
    live = authorize(access.actor, Action.STATUS_READ, facts).allowed
    return views.passport_page(
        document=passports.full_document(connection, passport, credentials.document(signed)),
        reader=reader,
        verification=passports.verification(registry, passport, signed, now),
        label=label,
        battery_key=next(iter(registry.battery_keys(passport.id)), None),
        newest=records.newest(connection, passport.id) if live else None,
        history=records.latest(connection, passport.id, HISTORY) if live else [],
        live=live,
        now=now,
    )


MACHINE_FIRST = (JSON, VC_SD_JWT, HTML)
PERSON_FIRST = (HTML, JSON, VC_SD_JWT)
