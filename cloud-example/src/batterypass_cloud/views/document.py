"""A passport document as rows of a page, and what the reader does not see of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ..authorize import Audience
from .labels import HEADER, SPELT_OUT, SUBMODELS, WORDS, label, spelt_out


@dataclass(frozen=True)
class Row:
    """One line of a section: a value, or a heading with rows under it, or a table."""

    label: str
    text: str = ""
    unit: str = ""
    note: str = ""
    href: str = ""
    rows: list[Row] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    table: list[list[Row]] = field(default_factory=list)


@dataclass(frozen=True)
class Section:
    """One submodel."""

    title: str
    anchor: str
    rows: list[Row]
    chapters: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class Hidden:
    """What one group of readers may see that this reader does not."""

    readers: str
    items: list[str]


CHAPTER = 7
"""From how many rows on a group is set as a chapter of its section."""

READERS = {
    (Audience.LEGITIMATE_INTEREST,): (
        "People with a legitimate interest, such as repairers and recyclers, with a grant"
    ),
    (Audience.AUTHORITY,): "Notified bodies, market surveillance authorities and the Commission",
    (Audience.AUTHORITY, Audience.LEGITIMATE_INTEREST): (
        "Authorities, and people with a legitimate interest, with a grant"
    ),
    (): "The responsible operator",
}


def sections(shown: Mapping[str, Any]) -> list[Section]:
    """Return the sections of a page, one for each submodel that has something to show."""
    found = [
        _section(title, name, shown[name])
        for name, title in SUBMODELS.items()
        if isinstance(shown.get(name), dict) and shown[name]
    ]
    header = {k: v for k, v in shown.items() if k not in SUBMODELS}
    return [*found, _section(HEADER, "passport", header)]


def hidden(
    full: Mapping[str, Any],
    shown: Mapping[str, Any],
    views: Mapping[Audience, Mapping[str, Any]],
) -> list[Hidden]:
    """Return what the reader does not see, by who may: the names of attributes, never values."""
    visible = set(_leaves(shown))
    readable = {audience: set(_leaves(part)) for audience, part in views.items()}
    groups: dict[tuple[Audience, ...], list[str]] = {}
    for path in _leaves(full):
        if path in visible:
            continue
        readers = tuple(audience for audience in views if path in readable[audience])
        names = groups.setdefault(readers, [])
        name = _attribute(path)
        if name not in names:
            names.append(name)
    return [Hidden(text, groups[who]) for who, text in READERS.items() if who in groups]


def text_of(name: str, value: Any) -> str:
    """Return a single value as a person reads it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return f"{value:,.6g}" if abs(value) < 1e6 else f"{value:,.0f}"
    text = str(value)
    if name in WORDS:
        return WORDS[name].get(text, text)
    if name in SPELT_OUT:
        return spelt_out(text)
    return _date(text) or text


def _date(text: str) -> str | None:
    if len(text) < 10 or text[4:5] != "-" or text[7:8] != "-":
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC)
    if (moment.hour, moment.minute, moment.second) == (0, 0, 0):
        return f"{moment.day} {moment:%B %Y}"
    zone = " UTC" if moment.tzinfo is not None else ""
    return f"{moment.day} {moment:%B %Y, %H:%M:%S}{zone}"


def _section(title: str, anchor: str, members: Mapping[str, Any]) -> Section:
    # Large groups, such as the technical properties, get the whole width under a heading.
    rows = _rows(members)
    large = [row for row in rows if len(row.rows) >= CHAPTER]
    return Section(title, anchor, [row for row in rows if row not in large], large)


def _rows(members: Mapping[str, Any]) -> list[Row]:
    return [_row(name, value) for name, value in members.items()]


def _row(name: str, value: Any) -> Row:
    called = label(name)
    if isinstance(value, dict):
        if f"{name}Value" in value and not isinstance(value[f"{name}Value"], dict):
            # The data model's form of a dynamic value: the number and when it held.
            note = f"on {text_of('', value['lastUpdate'])}" if "lastUpdate" in value else ""
            number = text_of(name, value[f"{name}Value"])
            return Row(called.text, number, called.unit, note)
        if {"streetAddress", "postalCode", "addressCountry"} >= value.keys():
            parts = ("streetAddress", "postalCode", "addressCountry")
            return Row(called.text, ", ".join(str(value[p]) for p in parts if p in value))
        if value.keys() == {"minimum", "maximum"}:
            low, high = (text_of(name, value[end]) for end in ("minimum", "maximum"))
            return Row(called.text, f"{low} to {high}", label("minimum").unit)
        return Row(called.text, rows=_rows(value))
    if isinstance(value, list):
        return _list(name, value)
    return Row(called.text, text_of(name, value), called.unit, href=_href(name, value))


def _list(name: str, values: list[Any]) -> Row:
    called = label(name)
    if not all(isinstance(value, dict) for value in values):
        return Row(called.text, ", ".join(text_of(name, value) for value in values), called.unit)
    names = list(dict.fromkeys(key for value in values for key in value))
    nested = any(isinstance(cell, (dict, list)) for value in values for cell in value.values())
    if nested or len(names) > 4:
        return Row(called.text, rows=[Row(str(n), rows=_rows(v)) for n, v in enumerate(values, 1)])
    table = [[_row(key, value.get(key, "")) for key in names] for value in values]
    return Row(called.text, columns=[label(key).text for key in names], table=table)


def _href(name: str, value: Any) -> str:
    text = str(value)
    if name in ("emailAddress", "emailAddressOfSupplier") and "@" in text:
        return f"mailto:{text}"
    # Only these schemes: a signed document could hold `javascript:` as well.
    return text if text.startswith(("https://", "http://")) else ""


def _leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if isinstance(value, Mapping):
        for name, member in value.items():
            yield from _leaves(member, (*path, name))
    elif isinstance(value, list):
        for member in value:
            yield from _leaves(member, (*path, "[]"))
    else:
        yield path


def _attribute(path: tuple[str, ...]) -> str:
    names = [name for name in path if name != "[]"]
    if names[0] not in SUBMODELS:
        return label(names[0]).text
    if len(names) == 1:
        return SUBMODELS[names[0]]
    if names[1] in ("batteryTechicalProperties", "batteryCondition") and len(names) > 2:
        return label(names[2]).text
    return label(names[1]).text
