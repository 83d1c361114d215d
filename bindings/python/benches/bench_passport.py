"""Read and validate a passport, beside pydantic and jsonschema: `make bench`.

Pydantic's model has the shape of the very document: it checks names and types, no rule of the law.
"""

import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from batterypass import Passport
from jsonschema import Draft202012Validator
from pydantic import BaseModel, create_model

SCHEMAS = Path(__file__).parents[3] / "schemas"
EXAMPLE: dict[str, Any] = json.loads((SCHEMAS / "examples/lmt-ebike.json").read_bytes())
# Without the blanks for people, as it travels.
TEXT = json.dumps(EXAMPLE, separators=(",", ":"), ensure_ascii=False).encode()
DAY = "2027-02-18"


def shape(name: str, value: Any) -> Any:
    """Return the type of a value: a model for an object, whose members are all required."""
    if isinstance(value, dict):
        members = {member: (shape(member, inner), ...) for member, inner in value.items()}
        return create_model(name, **members)
    if isinstance(value, list):
        # Elements of one array have one shape, but optional members.
        if isinstance(value[0], dict):
            names = {member: inner for element in value for member, inner in element.items()}
            everywhere = set.intersection(*(set(element) for element in value))
            members = {
                member: (shape(member, inner), ...)
                if member in everywhere
                else (shape(member, inner) | None, None)
                for member, inner in names.items()
            }
            return list[create_model(name, **members)]  # type: ignore[misc]
        return list[shape(name, value[0])]  # type: ignore[misc]
    # A number that happens to be whole is a number.
    return float if type(value) in (int, float) else type(value)


MODEL: type[BaseModel] = shape("Passport", EXAMPLE)
SCHEMA = Draft202012Validator(json.loads((SCHEMAS / "passport.schema.json").read_bytes()))


def batterypass_regulation() -> None:
    """Read, and check against the law."""
    assert Passport.parse(TEXT).validate("regulation", at=DAY).ok


def batterypass_wire() -> None:
    """Read, and check against the data model."""
    assert Passport.parse(TEXT).validate("wire", at=DAY).ok


def batterypass_parse() -> None:
    """Read."""
    Passport.parse(TEXT)


def pydantic_from_bytes() -> None:
    """Read into models."""
    MODEL.model_validate_json(TEXT)


def jsonschema_from_bytes() -> None:
    """Read into a dict, and check it against our own schema."""
    assert SCHEMA.is_valid(json.loads(TEXT))


@pytest.mark.benchmark(group="passport")
@pytest.mark.parametrize(
    "work",
    [
        batterypass_regulation,
        batterypass_wire,
        batterypass_parse,
        pydantic_from_bytes,
        jsonschema_from_bytes,
    ],
    ids=lambda work: work.__name__,
)
def bench_passport(benchmark: Any, work: Callable[[], None]) -> None:
    """Each by itself."""
    benchmark(work)


def bench_ratio_to_pydantic() -> None:
    """Both in turns, so that whatever else the machine does is shared; the goal is 1."""
    rounds: dict[Callable[[], None], list[float]] = {
        batterypass_regulation: [],
        pydantic_from_bytes: [],
    }
    for _ in range(60):
        for work, seconds in rounds.items():
            start = time.thread_time()
            for _ in range(200):
                work()
            seconds.append((time.thread_time() - start) / 200)
    ours, theirs = (statistics.median(seconds) for seconds in rounds.values())
    print(f"\n{1 / ours:,.0f}/s beside {1 / theirs:,.0f}/s: x{theirs / ours:.2f}")  # noqa: T201
    assert ours <= theirs
