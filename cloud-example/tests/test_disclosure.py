"""No answer to the public holds a value that is not public, in whatever form it hides there."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from batterypass import Passport, SigningKey

from batterypass_cloud.client import CloudError
from batterypass_cloud.negotiate import VC_SD_JWT
from cloudtest import LocalCloud, Onboarded

SAMPLE = Path(__file__).resolve().parents[2] / "schemas/examples/ev-battery.json"
BASE64URL = re.compile(rb"[A-Za-z0-9_-]{12,}")
NUMBER = 761_000_000


def leaves(
    value: Any, path: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Return every single value of a document with its path."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield from leaves(member, (*path, name))
    elif isinstance(value, list):
        for number, member in enumerate(value):
            yield from leaves(member, (*path, number))
    else:
        yield path, value


def paths(value: Any) -> set[tuple[str, ...]]:
    """Return the paths of a document's values; a view may have shorter arrays."""
    return {tuple("[]" if isinstance(s, int) else s for s in path) for path, _ in leaves(value)}


def marked_passport() -> tuple[dict[str, Any], list[bytes]]:
    """Return the example passport with values, where it is not public, that stand nowhere else."""
    document = json.loads(SAMPLE.read_text(encoding="utf-8"))
    document["ourOwn"] = {"note": "own", "list": ["first", 2]}
    public = paths(Passport.parse(document).view("public"))
    marks: list[bytes] = []
    for number, (path, value) in enumerate(list(leaves(document))):
        if tuple("[]" if isinstance(s, int) else s for s in path) in public:
            continue
        mark: Any
        if isinstance(value, bool):
            continue
        if isinstance(value, int | float):
            mark = NUMBER + number
        else:
            mark = f"urn:hidden:{number:04d}:mark"
        parent = document
        for step in path[:-1]:
            parent = parent[step]
        parent[path[-1]] = mark
        marks.append(str(mark).encode())
    return document, marks


def forms(body: bytes) -> bytes:
    """Return a body with every part of it that is base64url, decoded, to any depth."""
    found = [body]
    for text in BASE64URL.findall(body):
        try:
            decoded = base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4))
        except binascii.Error:
            continue
        found.append(forms(decoded))
    return b"\n".join(found)


def found_in(answer: httpx.Response, marks: list[bytes]) -> list[bytes]:
    head = "\n".join(f"{name}: {value}" for name, value in answer.headers.items()).encode()
    # Pages write numbers with separators.
    text = forms(head + b"\n" + answer.content)
    text += text.replace(b",", b"")
    return [mark for mark in marks if mark in text]


@pytest.fixture
def marked(local: LocalCloud) -> tuple[Onboarded, list[bytes]]:
    """Publish a passport whose hidden values can be recognised, and a record."""
    document, marks = marked_passport()
    battery = local.onboard(document)
    local.client().submit_record(
        battery.device.envelope(1, energy_throughput_wh=987_654_321, full_cycles=54_321)
    )
    warm(local, battery)
    return battery, [*marks, b"987654.321", b"54321"]


def warm(local: LocalCloud, battery: Onboarded) -> None:
    """Let everyone who may read more than the public do so: what the server kept is then theirs."""
    local.grant(battery.id)
    local.grant(battery.id, purpose="repair")
    for key in (local.actors.operator, local.actors.authority, local.actors.broker):
        for kind in ("application/json", VC_SD_JWT, "text/html"):
            assert local.client(key).get(battery.id, accept=kind).content
    assert local.app.state.services.parts.used_bytes > 100_000


def test_the_search_finds_what_it_looks_for(
    local: LocalCloud, marked: tuple[Onboarded, list[bytes]]
) -> None:
    battery, marks = marked
    assert len(marks) > 80
    operator = local.client(local.actors.operator)
    # The record is no part of what the operator signed, but of JSON.
    signed = found_in(operator.get(battery.id, accept=VC_SD_JWT), marks)
    assert signed == marks[:-2]
    found = found_in(operator.get(battery.id), marks)
    # The record has replaced some values of the battery's condition.
    assert marks[-1] in found and marks[-2] in found and len(found) > 60


@pytest.mark.parametrize("caller", ["anonymous", "stranger", "other operator", "battery"])
def test_no_answer_to_the_public_holds_a_hidden_value(
    local: LocalCloud, marked: tuple[Onboarded, list[bytes]], caller: str
) -> None:
    battery, marks = marked
    keys: dict[str, SigningKey] = {
        "other operator": local.actors.other_operator,
        "battery": battery.device.key,
        "stranger": local.actors.stranger,
    }
    client = local.client(keys.get(caller))
    thumbprint = battery.device.public_key.thumbprint
    passport, label = f"/v1/dpps/{battery.id}", f"/p/{battery.id}"
    product = httpx.URL(battery.passport["uniqueProductIdentifier"]).path
    requests = [
        *[
            ("GET", path, accept)
            for path in (passport, label, f"{label}?k={thumbprint}", f"{label}?k=x", product)
            for accept in ("application/json", VC_SD_JWT, "text/html", "application/vc+jwt", "*/*")
        ],
        *[
            ("GET", f"{passport}/{part}", "application/json")
            for part in ("status", "records", "recipients")
        ],
        ("GET", "/openapi.json", "*/*"),
        ("GET", "/status/1", "*/*"),
        ("DELETE", passport, "*/*"),
        ("POST", "/v1/sessions", "*/*"),
    ]
    answers: list[httpx.Response] = []
    local.http.event_hooks["response"].append(answers.append)
    read = 0
    for method, path, accept in requests:
        body = {"json": {"digitalProductPassportId": battery.id}} if method == "POST" else {}
        try:
            client.request(method, path, headers={"Accept": accept}, **body)
            read += 1
        except CloudError as error:
            assert error.status in (401, 403, 404, 406, 409)
    assert len(answers) == len(requests)
    # A key that nobody registered is refused, not taken for the public; the description is open.
    assert read == (1 if caller == "stranger" else 19)
    for answer in answers:
        assert found_in(answer, marks) == [], f"{answer.request.method} {answer.request.url}"
    if caller != "stranger":
        parts = [a.text for a in answers if a.headers["content-type"] == VC_SD_JWT]
        assert parts and all(part.count("~") == 1 for part in parts)
