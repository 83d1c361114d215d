"""Reading request bodies within limits."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from starlette.requests import Request

from .problems import Problem

BODY_TIMEOUT_S = 30.0


async def read_body(request: Request, media_type: str, limit: int) -> bytes:
    """Return the body. Raises `Problem` 415, 413 or 408 before more than `limit` bytes are held."""
    given = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if given != media_type:
        raise Problem(
            415,
            "media_type_unsupported",
            f"send this as {media_type}",
            headers={"Accept": media_type},
        )
    declared = request.headers.get("content-length", "0")
    if declared.isdecimal() and int(declared) > limit:
        raise _too_large(limit)
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_TIMEOUT_S):
            async for chunk in request.stream():
                body += chunk
                if len(body) > limit:
                    raise _too_large(limit)
    except TimeoutError as error:
        raise Problem(408, "body_too_slow", "the body did not arrive in time") from error
    return bytes(body)


async def read_object(request: Request, limit: int) -> dict[str, Any]:
    """Return a JSON object, in which no member stands twice. Raises as `read_members`."""
    body = await read_body(request, "application/json", limit)
    try:
        document: Any = json.loads(body, object_pairs_hook=_unique, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Problem(400, "body_invalid", "the body is not JSON") from error
    if not isinstance(document, dict):
        raise Problem(400, "body_invalid", "the body is not a JSON object")
    return document


async def read_members(request: Request, limit: int, *names: str) -> list[str]:
    """Return string members of a JSON object. Raises as `read_body`, and 400 `body_invalid`."""
    document = await read_object(request, limit)
    for name in names:
        if not isinstance(document.get(name), str):
            raise Problem(400, "body_invalid", "a text member is missing", path=f"/{name}")
    return [document[name] for name in names]


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # Of two members with one name each reader might see another one.
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Problem(400, "duplicate_key", "a member stands twice")
    return members


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _too_large(limit: int) -> Problem:
    return Problem(
        413,
        "body_too_large",
        f"the body is larger than {limit} bytes",
        headers={"Connection": "close"},
    )
