"""Parts of passports that the server keeps: the right one for each reader, new at once, bounded."""

from __future__ import annotations

import itertools
import json
import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from batterypass import SigningKey

from batterypass_cloud import credentials
from batterypass_cloud.authorize import Audience, Reader
from batterypass_cloud.negotiate import JSON, VC_SD_JWT
from batterypass_cloud.parts import OVERHEAD, Key, Parts
from cloudtest import LocalCloud, Onboarded, refusal
from test_disclosure import SAMPLE


@pytest.fixture
def example(local: LocalCloud) -> Onboarded:
    """Publish the example passport, which has values of every point of Annex XIII."""
    return local.onboard(json.loads(SAMPLE.read_text(encoding="utf-8")))


@pytest.fixture
def cuts(monkeypatch: pytest.MonkeyPatch) -> list[Reader]:
    """Note for whom a credential is cut."""
    made: list[Reader] = []
    part = credentials.part

    def noting(credential: str, reader: Reader) -> str:
        made.append(reader)
        return part(credential, reader)

    monkeypatch.setattr(credentials, "part", noting)
    return made


def key(number: int = 0, **changes: object) -> Key:
    values = {
        "passport_id": f"urn:{number}",
        "version": b"v",
        "reader": Reader(Audience.PUBLIC),
        "form": JSON,
    }
    return Key(**{**values, **changes})  # type: ignore[arg-type]


def test_a_part_is_cut_once_for_each_reader(
    local: LocalCloud, example: Onboarded, cuts: list[Reader]
) -> None:
    local.grant(example.id, purpose="repair")
    keys = (None, local.actors.operator, local.actors.authority, local.actors.broker)
    first = [local.client(who).credential(example.id) for who in keys]
    again = [local.client(who).credential(example.id) for who in keys]
    assert first == again and len(set(first)) == 4
    assert cuts == [
        Reader(Audience.PUBLIC),
        Reader(Audience.OPERATOR),
        Reader(Audience.AUTHORITY),
        Reader(Audience.LEGITIMATE_INTEREST, "repair"),
    ]


def test_what_is_kept_is_what_would_be_made(local: LocalCloud, example: Onboarded) -> None:
    services = local.app.state.services
    keeping, making = services.parts, Parts(0)
    keys = (None, local.actors.operator, local.actors.authority, local.actors.broker)
    asked = list(itertools.product(keys, (JSON, VC_SD_JWT))) * 2
    chance = random.Random(3)
    seen = set()
    for purpose in (None, "repair", "residual_value"):
        if purpose is not None:
            local.grant(example.id, purpose=purpose)
        for step in ("signed", "record"):
            if step == "record":
                local.client().submit_record(example.device.next_envelope())
            chance.shuffle(asked)
            for who, kind in asked:
                answers = []
                for parts in (keeping, making):
                    object.__setattr__(services, "parts", parts)
                    answer = local.client(who).get(example.id, accept=kind)
                    answers.append((answer.content, answer.headers["ETag"]))
                object.__setattr__(services, "parts", keeping)
                assert answers[0] == answers[1]
                seen.add(answers[0])
    # Credentials: the public, authority, operator, and the broker as one of them or by two grants.
    assert len({body for body, _ in seen if b"~" in body}) == 5
    assert making.used_bytes == 0 < keeping.used_bytes


def test_a_new_version_is_visible_at_once(local: LocalCloud, example: Onboarded) -> None:
    client = local.client()
    before = [client.get(example.id, accept=kind) for kind in (JSON, VC_SD_JWT)]
    document = {**example.passport, "lastUpdate": "2026-11-23T00:00:00Z"}
    issued = credentials.issue(
        document, local.actors.operator, example.device.public_key, at=local.now()
    )
    local.app.state.services.database.write_now(
        lambda c: c.execute(
            "UPDATE passports SET passport_credential = ? WHERE id = ?",
            (issued.passport, example.id),
        )
    )
    after = [client.get(example.id, accept=kind) for kind in (JSON, VC_SD_JWT)]
    for old, new in zip(before, after, strict=True):
        assert old.content != new.content and old.headers["ETag"] != new.headers["ETag"]
    assert after[0].json()["lastUpdate"] == "2026-11-23T00:00:00Z"
    assert after[1].text.split("~")[0] == issued.passport.split("~")[0]


def test_a_new_record_is_visible_at_once(local: LocalCloud, example: Onboarded) -> None:
    client = local.client(local.actors.operator)
    for cycles in (200, 201, 202):
        local.client().submit_record(example.device.next_envelope(full_cycles=cycles))
        answer = client.get(example.id)
        condition = answer.json()["performanceAndDurability"]["batteryCondition"]
        assert condition["numberOfFullCycles"]["numberOfFullCyclesValue"] == cycles
        tag = {"Accept": JSON, "If-None-Match": answer.headers["ETag"]}
        unchanged = local.http.get(f"/v1/dpps/{example.id}", headers=tag)
        # The public's part has another tag, and no number of cycles.
        assert unchanged.status_code == 200 and "numberOfFullCycles" not in unchanged.text


def test_the_label_is_part_of_the_answer(local: LocalCloud, example: Onboarded) -> None:
    client = local.client()
    own = example.device.public_key.thumbprint
    for _ in range(2):
        plain = client.passport(example.id)
        label = client.follow(f"/p/{example.id}?k={own}").json()
        without = client.follow(f"/p/{example.id}").json()
        assert "batteryKey" not in plain
        assert label == {**plain, "batteryKey": "registered"}
        assert without == {**plain, "batteryKey": "not-given"}
        wrong = SigningKey.generate().public_key.thumbprint
        assert refusal(client.follow, f"/p/{example.id}?k={wrong}")[0] == 409


def test_nothing_is_kept_of_a_deleted_passport(local: LocalCloud, example: Onboarded) -> None:
    parts = local.app.state.services.parts
    other = local.onboard()
    for battery in (example, other):
        for kind in (JSON, VC_SD_JWT):
            local.client(local.actors.operator).get(battery.id, accept=kind)
    both = parts.used_bytes
    local.client(local.actors.operator).delete(example.id)
    assert 0 < parts.used_bytes < both
    assert {kept.passport_id for kept in parts._kept} == {other.id}
    assert refusal(local.client().passport, example.id) == (410, "passport_deleted")


def test_who_read_before_a_deletion_keeps_nothing_after_it() -> None:
    parts = Parts(100_000)
    begun = parts.deletions
    parts.forget("urn:0")
    assert parts.get(key(0), lambda: b"late", begun).body == b"late"
    assert parts.used_bytes == 0

    def deleted_meanwhile() -> bytes:
        parts.forget("urn:0")
        return b"late"

    assert parts.get(key(0), deleted_meanwhile, parts.deletions).body == b"late"
    assert parts.used_bytes == 0
    parts.get(key(0), lambda: b"new", parts.deletions)
    assert parts.used_bytes == 3 + OVERHEAD


def test_memory_is_bounded() -> None:
    parts = Parts(10 * (OVERHEAD + 1000))
    for number in range(100):
        parts.get(key(number), lambda: bytes(1000), 0)
        # The first one is asked for again and again, so it stays.
        parts.get(key(0), lambda: bytes(1000), 0)
        assert parts.used_bytes <= 10 * (OVERHEAD + 1000)
    assert sorted(int(kept.passport_id[4:]) for kept in parts._kept) == [0, *range(91, 100)]
    parts.get(key(200), lambda: bytes(11 * (OVERHEAD + 1000)), 0)
    assert key(200) not in parts._kept and len(parts._kept) == 10
    for number in range(100):
        parts.forget(f"urn:{number}")
    assert (parts.used_bytes, len(parts._kept)) == (0, 0)


def test_every_part_of_a_key_counts() -> None:
    parts = Parts(1_000_000)
    interest = Audience.LEGITIMATE_INTEREST
    keys = [
        key(),
        key(1),
        key(version=b"w"),
        *(key(reader=Reader(audience)) for audience in Audience if audience != "public"),
        key(reader=Reader(interest, "repair")),
        key(reader=Reader(interest, "recycling")),
        key(form=VC_SD_JWT),
        key(record=1),
        key(record=2),
        key(label="registered"),
    ]
    for number, each in enumerate(keys):
        assert parts.get(each, lambda n=number: bytes([n]), 0).body == bytes([number])  # type: ignore[misc]
    for number, each in enumerate(keys):
        assert parts.get(each, lambda: b"other", 0).body == bytes([number])


def test_many_threads_share_it() -> None:
    parts = Parts(20 * (OVERHEAD + 8))

    def ask(number: int) -> bool:
        which = number % 37
        if number % 50 == 0:
            parts.forget(f"urn:{which}")
        body = which.to_bytes(8, "big")
        return parts.get(key(which), lambda: body, parts.deletions).body == body

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(ask, range(4000)))
    assert parts.used_bytes == sum(part.size for part in parts._kept.values()) <= 20 * 1032
