"""Device records: the one route that batteries use, through a gateway."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from ..bodies import read_body
from ..responses import RecordReceipt, body, problems
from ..services import ServicesDep

router = APIRouter(prefix="/v1/records", tags=["records"])
COSE = "application/cose"


@router.post(
    "",
    status_code=201,
    summary="Deliver a sealed device record",
    response_model=RecordReceipt,
    responses={
        200: {"description": "The same record was stored before.", "model": RecordReceipt},
        **problems(400, 401, 404, 408, 409, 410, 413, 415, 422, 503, 507),
    },
    openapi_extra=body(COSE, {"type": "string", "format": "binary"}),
)
async def submit(request: Request, services: ServicesDep) -> Response:
    """Take in one COSE_Encrypt envelope. 201 and 200 mean that the record is on disk.

    Nobody logs in here: the record inside is signed with the battery's registered key.
    """
    envelope = await read_body(request, COSE, services.settings.max_record_bytes)
    receipt = await services.ingest.submit(envelope)
    return JSONResponse(
        {
            "sequence": receipt.sequence,
            "status": "stored" if receipt.stored else "seen_before",
        },
        status_code=201 if receipt.stored else 200,
    )
