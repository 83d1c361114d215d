"""A passport as an answer: JSON, the operator's credential, or a page, cut to the audience."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Request
from starlette.responses import Response

from . import passports, records, views
from .access import Access, action_of, decide, session_cookie
from .authorize import Action, Audience, Reader, authorize
from .negotiate import HTML, JSON, VC_SD_JWT, conditional, negotiated
from .passports import LabelKey
from .problems import Problem
from .services import Services

HISTORY = 300
"""How many records the chart shows."""


@dataclass(frozen=True)
class _Answer:
    body: bytes
    audience: Audience
    label: LabelKey


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

    def answer(connection: sqlite3.Connection) -> _Answer:
        caller = actor
        if caller.anonymous and cookie:
            caller = services.sessions.actor(connection, cookie, passport_id)
        access = decide(connection, services, caller, action, passport_id)
        reader = access.decision.reader
        registry = services.registry(connection)
        found = passports.label_key(registry, passport_id, given, services.now)
        if kind == HTML:
            page = _page(connection, services, access, reader, found)
            return _Answer(page.encode(), reader.audience, found)
        if not found.belongs:
            raise Problem(
                409,
                "link_key_mismatch",
                "the key in the link is not this battery's key",
                path="/k",
                headers={"Battery-Key": found.value},
                members={"batteryKey": found.value},
            )
        if kind == VC_SD_JWT:
            part = access.passport.credential_for(reader)
            return _Answer(part.encode(), reader.audience, found)
        signed = access.passport.checked(services.now)
        full = passports.full_document(connection, access.passport, signed)
        document = passports.view(full, reader)
        if label:
            document["batteryKey"] = found.value
        body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
        return _Answer(body, reader.audience, found)

    made = await services.database.read(answer)
    headers = {"Battery-Key": made.label.value} if label else {}
    media_type = f"{HTML}; charset=utf-8" if kind == HTML else kind
    return conditional(request, made.body, media_type, made.audience, headers)


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
        document=passports.full_document(connection, passport, signed),
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
