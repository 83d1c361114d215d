"""What holds for every answer: security headers, one log line, no internals in errors."""

from __future__ import annotations

import logging
import time
import traceback

from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .problems import MEDIA_TYPE, Problem

log = logging.getLogger("batterypass.cloud")

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""Sent with every answer. No page needs a script, and none loads anything from elsewhere."""
HSTS = "max-age=31536000"


class Guard:
    """Middleware around all routes.

    Log lines name the route's template, never the path: paths hold passport ids and login tokens.
    """

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        self._headers = {**HEADERS, "Strict-Transport-Security": HSTS} if https else HEADERS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 0

        async def guarded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message).update(self._headers)
            await send(message)

        try:
            await self._app(scope, receive, guarded)
        except Exception as error:
            # The message of the error may hold data; the place where it happened does not.
            place = traceback.extract_tb(error.__traceback__)[-1]
            log.error(
                "event=internal_error type=%s file=%s line=%s",
                type(error).__name__,
                place.filename.rsplit("/", 1)[-1],
                place.lineno,
            )
            if status == 0:
                problem = Problem(500, "internal_error", "the server failed; this is its fault")
                answer = JSONResponse(problem.document(), 500, media_type=MEDIA_TYPE)
                await answer(scope, receive, guarded)
        log.info(
            "event=request method=%s route=%s status=%d ms=%.1f",
            scope["method"],
            getattr(scope.get("route"), "path", "-"),
            status,
            (time.perf_counter() - started) * 1000,
        )
