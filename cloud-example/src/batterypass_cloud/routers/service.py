"""The service itself: health and the files of the pages."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import JSONResponse, Response

from ..problems import Problem
from ..responses import Health, problems
from ..services import ServicesDep
from ..views import STATIC

router = APIRouter(tags=["service"])


@router.get("/healthz", summary="Is the service up", response_model=Health, responses=problems(503))
async def health(services: ServicesDep) -> Response:
    """Answer 200 only when the database answers."""
    try:
        await services.database.read(lambda c: c.execute("SELECT count(*) FROM tombstones"))
    except Exception as error:
        raise Problem(503, "database_unavailable", "the database does not answer") from error
    return JSONResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})


@router.get(
    "/static/{name}",
    summary="Files of the pages",
    response_class=Response,
    responses={
        200: {
            "description": "The file.",
            "content": {
                "text/css": {"schema": {"type": "string"}},
                "image/svg+xml": {"schema": {"type": "string"}},
            },
        },
        **problems(404),
    },
)
async def static_file(name: Annotated[str, Path(max_length=64)]) -> Response:
    """Return the style sheet or the icon."""
    if name not in STATIC:
        raise Problem(404, "not_found", "there is nothing at this address")
    content, media_type = STATIC[name]
    return Response(content, media_type=media_type, headers={"Cache-Control": "max-age=3600"})
