"""Passports: publish, read, delete, and what belongs to one."""

from __future__ import annotations

import base64
import logging
import sqlite3
from typing import Annotated, Any

from batterypass import PublicKey
from fastapi import APIRouter, Path, Query, Request
from starlette.responses import JSONResponse, Response

from .. import credentials, passports, records
from ..access import action_of, decide, permit
from ..authorize import authorize
from ..bodies import read_members
from ..credentials import Credentials
from ..negotiate import HTML, JSON, VC_SD_JWT
from ..paths import encode_segment, segment
from ..presentation import MACHINE_FIRST, present
from ..problems import Problem
from ..registry import RegisteredKey
from ..responses import Published, body, problems
from ..services import ServicesDep

router = APIRouter(prefix="/v1/dpps", tags=["passports"])
log = logging.getLogger("batterypass.cloud")

PassportId = Annotated[str, Path(description="Passport id, percent-encoded.", max_length=1024)]
MAX_PAGE = 500
NO_STORE = {"Cache-Control": "private, no-store"}


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@router.post(
    "",
    status_code=201,
    summary="Publish a passport",
    response_model=Published,
    responses=problems(400, 401, 403, 408, 409, 410, 413, 415, 422, 503, 507),
    openapi_extra=body(
        JSON,
        {
            "type": "object",
            "required": ["passportCredential", "bmsProduction"],
            "properties": {
                "passportCredential": {
                    "type": "string",
                    "description": "The passport as vc+sd-jwt, with every disclosure.",
                },
                "bmsProduction": {
                    "type": "string",
                    "description": "The binding of the battery's key to the passport, as vc+jwt.",
                },
            },
        },
    ),
)
async def publish(request: Request, services: ServicesDep) -> Response:
    """Store an operator's passport and register the battery's key.

    The operator signs two credentials: the passport, in which everything that is not public is a
    disclosure, and the statement that binds the battery's key to it. They must verify, come from
    the caller, and belong together.
    """
    actor = await services.authenticator.actor(request)
    authorize(actor, action_of(request), None).require(actor)
    published = Credentials(
        *await read_members(
            request,
            services.settings.max_passport_bytes,
            "passportCredential",
            "bmsProduction",
        )
    )
    now = services.now

    def check(connection: sqlite3.Connection) -> credentials.Checked:
        caller = services.registry(connection).key(actor.thumbprint or "")
        if caller is None:
            raise Problem(401, "key_unknown", "the proof's key is not registered")
        return credentials.check(published, caller.did, now)

    checked = await services.database.read(check)
    await services.database.write(
        lambda c: passports.store(c, services.registry(c), actor, checked, published, now)
    )
    log.info("event=passport_published passport=%s", passports.short_hash(checked.passport_id))
    return JSONResponse(
        {"digitalProductPassportId": checked.passport_id},
        status_code=201,
        headers={"Location": f"/v1/dpps/{encode_segment(checked.passport_id)}"},
    )


@router.get(
    "/{passport_id}",
    summary="Read a passport",
    response_class=Response,
    responses={
        200: {
            "description": "The part of the passport that the caller may read.",
            "content": {
                JSON: {"schema": {"type": "object"}},
                VC_SD_JWT: {"schema": {"type": "string"}},
                HTML: {"schema": {"type": "string"}},
            },
        },
        304: {"description": "The caller has this already."},
        **problems(401, 404, 406, 410, 503, html=True),
    },
)
async def read(request: Request, services: ServicesDep, passport_id: PassportId) -> Response:
    """Return the current passport, cut to the caller's audience.

    JSON holds the newest record's values; `application/vc+sd-jwt` is what the operator signed, with
    the disclosures that the caller may read.
    """
    return await present(request, services, segment(passport_id), MACHINE_FIRST, label=False)


@router.delete(
    "/{passport_id}",
    status_code=204,
    summary="End a passport",
    response_class=Response,
    responses=problems(401, 403, 404, 410, 503, 507),
)
async def delete(request: Request, services: ServicesDep, passport_id: PassportId) -> Response:
    """Remove a passport and everything about its battery (Art. 77(8)); a tombstone stays.

    The answer comes when the freed space of the database has been overwritten.
    """
    access = await permit(request, services, segment(passport_id))

    def work(connection: sqlite3.Connection) -> None:
        again = decide(connection, services, access.actor, action_of(request), access.passport.id)
        passports.delete(connection, again.passport, access.actor, services.now)

    await services.database.write(work)
    services.parts.forget(access.passport.id)
    clean = await services.database.scrub()
    log.info(
        "event=passport_deleted passport=%s scrubbed=%s",
        passports.short_hash(access.passport.id),
        str(clean).lower(),
    )
    return Response(status_code=204)


@router.get(
    "/{passport_id}/status",
    summary="Read the newest device record",
    responses={
        200: {
            "description": "The newest record.",
            "content": {JSON: {"schema": {"type": "object"}}},
        },
        **problems(401, 403, 404, 410, 503),
    },
    response_class=JSONResponse,
)
async def status(request: Request, services: ServicesDep, passport_id: PassportId) -> Response:
    """Return the newest record, decoded and as the battery signed it.

    `signedRecord` is a COSE_Sign1 whose external data is the passport id; it verifies with the key
    in `device` alone, without trust in this server.
    """
    access = await permit(request, services, segment(passport_id))

    def load(connection: sqlite3.Connection) -> dict[str, Any]:
        record = records.newest(connection, access.passport.id)
        if record is None:
            raise Problem(404, "record_unknown", "no record has been received yet")
        key = services.registry(connection).key(record.device_key)
        return {
            "passportId": access.passport.id,
            **record.document(),
            "signedRecord": _b64(record.signed_record),
            "device": key.did if key else None,
        }

    return JSONResponse(await services.database.read(load), headers=NO_STORE)


@router.get(
    "/{passport_id}/records",
    summary="Read sealed device records",
    responses={
        200: {"description": "Envelopes.", "content": {JSON: {"schema": {"type": "object"}}}},
        **problems(400, 401, 403, 404, 410, 503),
    },
    response_class=JSONResponse,
)
async def sealed_records(
    request: Request,
    services: ServicesDep,
    passport_id: PassportId,
    after: Annotated[int, Query(ge=-1, le=2**63 - 1)] = -1,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 100,
) -> Response:
    """Return envelopes as received, oldest first; each recipient opens them with its own key.

    `after` is a sequence number; `next` is the one to go on with, or null at the end.
    """
    access = await permit(request, services, segment(passport_id))
    found = await services.database.read(
        lambda connection: records.page(connection, access.passport.id, after, limit + 1)
    )
    items = [
        {
            "sequence": record.sequence,
            "receivedAt": record.document()["receivedAt"],
            "envelope": _b64(record.envelope),
        }
        for record in found[:limit]
    ]
    more = items[-1]["sequence"] if len(found) > limit else None
    return JSONResponse(
        {"passportId": access.passport.id, "items": items, "next": more}, headers=NO_STORE
    )


@router.get(
    "/{passport_id}/recipients",
    summary="Read whom the battery seals to",
    responses={
        200: {"description": "Keys.", "content": {JSON: {"schema": {"type": "object"}}}},
        **problems(401, 403, 404, 409, 410, 503, 507),
    },
    response_class=JSONResponse,
)
async def recipients(request: Request, services: ServicesDep, passport_id: PassportId) -> Response:
    """Return the keys that the server's policy names: the cloud, authorities, brokers with a grant.

    From now on a record must name those of them that are mandatory.
    """
    access = await permit(request, services, segment(passport_id))
    now = services.now

    def work(connection: sqlite3.Connection) -> list[dict[str, str]]:
        again = decide(connection, services, access.actor, action_of(request), access.passport.id)
        registry = services.registry(connection)
        keys = services.recipients.of(registry, again.passport.id, now)
        passports.recipients_told(connection, again.passport.id, now)
        return [_recipient(key, registry.key(key.thumbprint)) for key in keys]

    keys = await services.database.write(work)
    log.info(
        "event=recipients passport=%s count=%d",
        passports.short_hash(access.passport.id),
        len(keys),
    )
    return JSONResponse({"recipients": keys}, headers=NO_STORE)


def _recipient(key: PublicKey, registered: RegisteredKey | None) -> dict[str, str]:
    return {
        # The cloud's own key is the only one that nobody registered.
        "role": registered.role.value if registered else "cloud",
        "name": registered.name if registered else "",
        "did": key.did,
        "thumbprint": key.thumbprint,
        "sec1": _b64(bytes(key.to_sec1())),
    }
