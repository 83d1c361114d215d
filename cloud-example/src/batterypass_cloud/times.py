"""Time as the server uses it: Unix seconds inside, RFC 3339 in UTC outside."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], float]
"""Returns the current Unix time. A parameter everywhere, so that tests can set it."""

MAX_SKEW_S = 300
"""How far a caller's or a battery's clock may run ahead of or behind the server's."""


def rfc3339(at: float) -> str:
    """Format Unix seconds as `2027-02-18T08:00:00Z`."""
    return datetime.fromtimestamp(int(at), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_rfc3339(text: str) -> float:
    """Return the Unix seconds of a date-time with a zone. Raises `ValueError` otherwise."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a date-time needs a zone")
    return moment.timestamp()
