"""Content negotiation (RFC 9110 section 12.5.1) and conditional answers (section 13)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence

from starlette.requests import Request
from starlette.responses import Response

from .authorize import Audience
from .problems import Problem

JSON = "application/json"
VC = "application/vc"
VC_JWT = "application/vc+jwt"
VC_SD_JWT = "application/vc+sd-jwt"
HTML = "text/html"


def accepted(request: Request, offered: Sequence[str]) -> str | None:
    """Return the offered media type that the caller likes best, the first one on a tie."""
    header = ",".join(request.headers.getlist("accept")) or "*/*"
    ranges = [_media_range(part) for part in header.split(",") if part.strip()]
    best = max(offered, key=lambda kind: (_quality(kind, ranges), -offered.index(kind)))
    return best if _quality(best, ranges) > 0 else None


def negotiated(request: Request, offered: Sequence[str]) -> str:
    """Do the same as `accepted`. Raises `Problem` 406 `not_acceptable` when nothing fits."""
    kind = accepted(request, offered)
    if kind is None:
        raise Problem(406, "not_acceptable", f"this can be had as {', '.join(offered)}")
    return kind


def entity_tag(body: bytes) -> str:
    """Return the entity tag of a body: a hash of it, so that it changes exactly when that does."""
    return '"' + base64.urlsafe_b64encode(hashlib.sha256(body).digest()[:18]).decode() + '"'


def conditional(
    request: Request,
    body: bytes,
    media_type: str,
    audience: Audience,
    headers: Mapping[str, str] | None = None,
    *,
    tag: str | None = None,
) -> Response:
    """Answer with a body, or with 304 when the caller has it already.

    `tag` is the body's entity tag where it is known. What only some may read is never kept by
    shared caches.
    """
    tag = tag or entity_tag(body)
    scope = "public" if audience is Audience.PUBLIC else "private"
    fields = {
        "ETag": tag,
        "Vary": "Accept, DPoP, Cookie",
        "Cache-Control": f"{scope}, no-cache",
        **(headers or {}),
    }
    if _matches(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=fields)
    return Response(body, media_type=media_type, headers=fields)


def _matches(condition: str, tag: str) -> bool:
    known = {part.strip().removeprefix("W/") for part in condition.split(",")}
    return "*" in known or tag in known


def _media_range(text: str) -> tuple[str, float]:
    name, *parameters = (part.strip().lower() for part in text.split(";"))
    quality = 1.0
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "q":
            try:
                quality = min(max(float(value), 0.0), 1.0)
            except ValueError:
                quality = 0.0
    return name, quality


def _quality(kind: str, ranges: list[tuple[str, float]]) -> float:
    # The most specific range that fits decides, not the one with the highest weight.
    by_name: dict[str, float] = {}
    for name, quality in ranges:
        by_name.setdefault(name, quality)
    for name in (kind, kind.split("/")[0] + "/*", "*/*"):
        if name in by_name:
            return by_name[name]
    return 0.0
