"""Login links for browsers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from ..access import COOKIE, SECURE_COOKIE, permit
from ..bodies import read_members
from ..negotiate import JSON
from ..paths import encode_segment
from ..responses import SessionLink, body, problems
from ..services import ServicesDep
from ..sessions import SESSION_LIFETIME_S
from ..times import rfc3339

router = APIRouter(tags=["sessions"])
MAX_BODY = 4096
NO_STORE = {"Cache-Control": "no-store"}


@router.post(
    "/v1/sessions",
    status_code=201,
    summary="Ask for a login link",
    response_model=SessionLink,
    responses=problems(400, 401, 403, 404, 408, 410, 413, 415, 503, 507),
    openapi_extra=body(
        JSON,
        {
            "type": "object",
            "required": ["digitalProductPassportId"],
            "properties": {"digitalProductPassportId": {"type": "string"}},
        },
    ),
)
async def create(request: Request, services: ServicesDep) -> Response:
    """Return an address that opens one browser session for one passport's page.

    It works once and for ten minutes. Whoever has it reads what the caller may read: hand it to
    nobody.
    """
    (passport_id,) = await read_members(request, MAX_BODY, "digitalProductPassportId")
    access = await permit(request, services, passport_id)
    token = await services.sessions.login_link(access.actor, passport_id)
    return JSONResponse(
        {
            "url": f"{services.settings.base_url}/login/{token.text}",
            "expiresAt": rfc3339(token.expires_at),
        },
        status_code=201,
        headers=NO_STORE,
    )


@router.get(
    "/login/{token}",
    status_code=303,
    summary="Open a browser session",
    response_class=Response,
    responses={
        303: {
            "description": "The session is open; the passport's page is at Location.",
            "headers": {"Set-Cookie": {"schema": {"type": "string"}}},
        },
        **problems(404, 503, 507, html=True),
    },
)
async def open_session(
    services: ServicesDep, token: Annotated[str, Path(max_length=64)]
) -> Response:
    """Use up a login link, set the session's cookie and lead on to the page."""
    session = await services.sessions.open(token)
    response = RedirectResponse(
        f"/p/{encode_segment(session.passport_id)}", status_code=303, headers=NO_STORE
    )
    secure = services.settings.secure_cookies
    response.set_cookie(
        SECURE_COOKIE if secure else COOKIE,
        session.text,
        max_age=SESSION_LIFETIME_S,
        path="/",
        secure=secure,
        httponly=True,
        samesite="strict",
    )
    return response
