"""The addresses on labels: a scanned code leads here."""

from __future__ import annotations

import sqlite3
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from .. import passports
from ..negotiate import HTML, JSON, VC_SD_JWT
from ..paths import segment
from ..presentation import PERSON_FIRST, present
from ..responses import Responses, problems
from ..services import ServicesDep

router = APIRouter(tags=["labels"])

LabelKeyParameter = Annotated[
    str | None, Query(description="Thumbprint (RFC 7638) of the battery's key, from the label.")
]

_RESPONSES: Responses = {
    200: {
        "description": "The passport. `Battery-Key` says whether the label is this battery's.",
        "headers": {
            "Battery-Key": {
                "schema": {
                    "type": "string",
                    "enum": ["registered", "unknown", "revoked", "not-given"],
                }
            }
        },
        "content": {
            HTML: {"schema": {"type": "string"}},
            JSON: {"schema": {"type": "object"}},
            VC_SD_JWT: {"schema": {"type": "string"}},
        },
    },
    304: {"description": "The caller has this already."},
    **problems(400, 401, 404, 406, 409, 410, 503, html=True),
}


@router.get(
    "/p/{passport_id}",
    summary="Follow a label by passport id",
    response_class=Response,
    responses=_RESPONSES,
)
async def by_passport_id(
    request: Request,
    services: ServicesDep,
    passport_id: Annotated[str, Path(max_length=1024)],
    k: LabelKeyParameter = None,
) -> Response:
    """Return the passport that a label names, after a check of the label's key."""
    return await present(request, services, segment(passport_id), PERSON_FIRST, label=True)


@router.get(
    "/01/{gtin}/21/{serial}",
    summary="Follow a GS1 Digital Link",
    response_class=Response,
    responses=_RESPONSES,
)
async def by_product(
    request: Request,
    services: ServicesDep,
    gtin: Annotated[str, Path(max_length=64)],
    serial: Annotated[str, Path(max_length=64)],
    k: LabelKeyParameter = None,
) -> Response:
    """Do the same for a label with GTIN (AI 01) and serial number (AI 21)."""

    def find(connection: sqlite3.Connection) -> str:
        return passports.id_of_product(connection, segment(gtin), segment(serial))

    passport_id = await services.database.read(find)
    return await present(request, services, passport_id, PERSON_FIRST, label=True)
