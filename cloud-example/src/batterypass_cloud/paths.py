"""Path segments that may hold anything, such as a passport id that is itself an address.

Servers decode `%2F` before routing, and `/v1/dpps/a%2Fstatus` would then be read as the status of
`a`. Here a path is decoded segment by segment, with `/` and `%` inside a segment kept escaped until
the segment is taken out.
"""

from __future__ import annotations

from urllib.parse import quote, unquote

from starlette.types import ASGIApp, Receive, Scope, Send


class SegmentPaths:
    """Middleware that hands the router a path whose segments cannot be confused."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] == "http":
            scope = {**scope, "path": routed_path(scope["raw_path"])}
        await self._app(scope, receive, send)


def routed_path(raw: bytes) -> str:
    """Return the canonical form of a raw path; equal for every spelling of the same segments."""
    return "/".join(_escape(unquote(part)) for part in raw.decode("latin-1").split("/"))


def segment(routed: str) -> str:
    """Return the text of one segment of a routed path."""
    return unquote(routed)


def encode_segment(text: str) -> str:
    """Return text as one segment of an address."""
    return quote(text, safe=":")


def _escape(text: str) -> str:
    return text.replace("%", "%25").replace("/", "%2F")
