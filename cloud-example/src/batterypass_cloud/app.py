"""The application factory."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from . import __version__, views
from .authorize import ROUTES
from .guard import Guard
from .negotiate import HTML, accepted
from .paths import SegmentPaths
from .problems import MEDIA_TYPE, Problem
from .responses import ProblemDocument
from .routers import credentials, dpps, records, resolver, service, sessions
from .services import Services, open_services
from .settings import Settings
from .times import Clock

log = logging.getLogger("batterypass.cloud")
SCRUB_INTERVAL_S = 60.0
PAGES = ("/v1/dpps/{passport_id}", "/p/{passport_id}", "/01/{gtin}/21/{serial}", "/login/{token}")
"""Routes that a browser opens; their errors are pages too where the caller prefers that."""


def create_app(settings: Settings, *, clock: Clock = time.time) -> FastAPI:
    """Build the server for one data directory.

    `clock` returns the Unix time and is the only one that decisions use.
    Raises `SettingsError` when the directory was not initialised.
    """
    services = open_services(settings, clock)

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        scrubber = asyncio.create_task(_scrub_forever(services))
        try:
            yield
        finally:
            scrubber.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await scrubber
            await asyncio.to_thread(services.database.close)

    app = FastAPI(
        title="batterypass reference cloud",
        version=__version__,
        summary="Receives sealed battery records and serves each audience its view of a passport.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.state.services = services
    for module in (dpps, records, resolver, sessions, credentials, service):
        app.include_router(module.router)
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(HTTPException, _http_exception)
    app.add_exception_handler(RequestValidationError, _invalid_parameter)
    app.add_middleware(Guard, https=settings.secure_cookies)
    app.add_middleware(SegmentPaths)
    _describe_problems(app)
    check_policy(app)
    return app


def check_policy(app: FastAPI) -> None:
    """Raise `RuntimeError` for a route without a policy entry, or an entry without a route."""
    served = {
        (method, context.path)
        for context in iter_route_contexts(app.routes)
        for method in (context.methods or {"ANY"}) - {"HEAD"}
    }
    if served != set(ROUTES):
        raise RuntimeError(f"routes and policy differ: {sorted(served ^ set(ROUTES))}")


async def _scrub_forever(services: Services) -> None:
    """Try deletions again whose freed pages could not be overwritten at once."""
    while True:
        await asyncio.sleep(SCRUB_INTERVAL_S)
        if not await services.database.scrub():
            log.warning("event=scrub_pending")


def _describe_problems(app: FastAPI) -> None:
    build = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = build()
            components = schema.setdefault("components", {}).setdefault("schemas", {})
            components["ProblemDocument"] = ProblemDocument.model_json_schema()
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)  # noqa: S101 (the handler is registered for this type)
    headers = {"Cache-Control": "no-store", **error.headers}
    route = request.scope.get("route")
    if route is None or getattr(route, "path", None) in PAGES:
        headers["Vary"] = "Accept, DPoP, Cookie"
        if request.method == "GET" and accepted(request, (MEDIA_TYPE, HTML)) == HTML:
            page = views.problem_page(error)
            return Response(page, error.status, headers, media_type=f"{HTML}; charset=utf-8")
    return JSONResponse(error.document(), error.status, headers, media_type=MEDIA_TYPE)


def _http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 (see above)
    status = HTTPStatus(error.status_code)
    code = "not_found" if status == HTTPStatus.NOT_FOUND else status.name.lower()
    detail = "there is nothing at this address" if code == "not_found" else status.description
    return _problem(request, Problem(status, code, detail or status.phrase, headers=error.headers))


def _invalid_parameter(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 (see above)
    where = "/".join(str(part) for part in error.errors()[0]["loc"][1:])
    problem = Problem(400, "parameter_invalid", "a parameter is out of range", path=f"/{where}")
    return _problem(request, problem)
