"""The end of a passport: nothing answers, nothing stays."""

from __future__ import annotations

import random
import secrets
import sqlite3
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from batterypass_cloud import records
from batterypass_cloud.credentials import unb64
from batterypass_cloud.records import StoredRecord
from cloudtest import GTIN, LocalCloud, Onboarded, ProcessCloud, refusal, sample_passport


def test_every_route_of_a_deleted_passport_answers_410(
    local: LocalCloud, battery: Onboarded
) -> None:
    envelope = battery.device.next_envelope()
    local.client().submit_record(envelope)
    operator = local.client(local.actors.operator)
    operator.delete(battery.id)
    gone = (410, "passport_deleted")
    for key in (None, local.actors.operator, local.actors.authority, local.actors.broker):
        client = local.client(key)
        assert refusal(client.passport, battery.id) == gone
        assert refusal(client.credential, battery.id) == gone
        assert refusal(client.status, battery.id) == gone
        assert refusal(client.records, battery.id) == gone
        assert refusal(client.recipients, battery.id) == gone
        assert refusal(client.session_link, battery.id) == gone
        assert refusal(client.delete, battery.id) == gone
        assert refusal(client.follow, f"/p/{battery.id}") == gone
    serial = battery.passport["uniqueProductIdentifier"].rsplit("/", 1)[1]
    assert refusal(operator.follow, f"/01/{GTIN}/21/{serial}") == gone
    assert refusal(operator.submit_record, envelope) == gone
    assert refusal(operator.submit_record, battery.device.next_envelope()) == gone
    page = local.http.get(f"/p/{battery.id}", headers={"Accept": "text/html"})
    assert page.status_code == 410
    assert "has ended" in page.text


def test_a_deleted_passport_does_not_come_back(local: LocalCloud, battery: Onboarded) -> None:
    operator = local.client(local.actors.operator)
    operator.delete(battery.id)
    outcome = refusal(operator.publish_passport, battery.issued)
    assert outcome == (410, "passport_deleted")


def test_an_authority_may_end_a_passport(local: LocalCloud, battery: Onboarded) -> None:
    local.client(local.actors.authority).delete(battery.id)
    assert refusal(local.client().passport, battery.id)[0] == 410


def test_others_are_untouched(local: LocalCloud, battery: Onboarded) -> None:
    other = local.onboard()
    local.client().submit_record(other.device.envelope(1))
    local.client(local.actors.operator).delete(battery.id)
    assert local.client(local.actors.operator).status(other.id)["sequence"] == 1
    assert local.client().submit_record(other.device.envelope(2)) == "stored"


def test_a_tombstone_says_when_and_who_but_not_what(local: LocalCloud, battery: Onboarded) -> None:
    local.client(local.actors.authority).delete(battery.id)
    database = local.app.state.services.database
    rows = database.read_now(lambda c: c.execute("SELECT * FROM tombstones").fetchall())
    (row,) = (dict(row) for row in rows)
    assert row["deleted_at"] == int(local.time)
    assert row["deleted_by"] == local.actors.authority.public_key.thumbprint
    assert battery.id.encode() not in row["id_hash"]


def files_with(folder: Path, needle: bytes) -> list[str]:
    return [
        path.name for path in folder.iterdir() if path.is_file() and needle in path.read_bytes()
    ]


def test_no_byte_of_the_payload_stays_in_the_files(tmp_path: Path) -> None:
    cloud = LocalCloud(tmp_path / "data")
    try:
        leave_no_trace(cloud)
    finally:
        cloud.close()


def filling_of(credential: str) -> bytes:
    longest = max(credential.split("~")[1:], key=len)
    assert b'"stays' in unb64(longest)
    return longest[100:160].encode()


def leave_no_trace(cloud: LocalCloud) -> None:
    """Interleave batteries, so that SQLite moves rows between pages; delete every second one."""
    chance = secrets.SystemRandom()
    batteries: list[Onboarded] = []
    for _ in range(8):
        filling = "stays" + secrets.token_hex(chance.randrange(100, 3000))
        batteries.append(cloud.onboard(sample_passport(ourOwn={"canary": filling})))
    client = cloud.client()
    sent: dict[str, list[bytes]] = {battery.id: [] for battery in batteries}
    for _ in range(200):
        battery = chance.choice(batteries)
        signed = battery.device.signed(battery.device.sequence + 1)
        battery.device.sequence += 1
        envelope = battery.device.seal(signed)
        client.submit_record(envelope)
        sent[battery.id] += [signed, envelope]
    operator = cloud.client(cloud.actors.operator)
    link = operator.session_link(batteries[0].id)
    cloud.http.get(link)
    folder = cloud.settings.data
    for battery in batteries[::2]:
        canaries = [
            battery.id.encode(),
            # The signature, the last disclosure, and the middle of the random filling.
            battery.issued.passport.split("~")[0][-60:].encode(),
            battery.issued.passport[-60:].encode(),
            filling_of(battery.issued.passport),
            battery.issued.production[-60:].encode(),
            battery.device.public_key.to_sec1(),
            battery.device.public_key.thumbprint.encode(),
            *(message[-48:] for message in sent[battery.id]),
        ]
        assert files_with(folder, canaries[0]), "the test must be able to find what it looks for"
        operator.delete(battery.id)
        for canary in canaries:
            assert files_with(folder, bytes(canary)) == []
    for battery in batteries[1::2]:
        assert operator.credential(battery.id) == battery.issued.passport
        assert len(operator.records(battery.id, limit=500)) * 2 == len(sent[battery.id])


def test_pages_that_sqlite_rebalanced_keep_nothing(local: LocalCloud) -> None:
    """Fail without the rewriting of the file: `secure_delete` alone leaves copies behind."""
    chance = random.Random(5)
    batteries = [local.onboard() for _ in range(20)]
    database = local.app.state.services.database
    template = dict.fromkeys(records.FIELDS, 1) | {"temperatures_ddegc": [1]}
    canaries = {battery.id: chance.randbytes(24) for battery in batteries}

    def fill(connection: sqlite3.Connection, numbers: range) -> None:
        for number in numbers:
            battery = chance.choice(batteries)
            content = canaries[battery.id] * chance.randrange(2, 30)
            record = StoredRecord(number, number, content, content, "", template)
            records.insert(connection, battery.id, record)

    for start in range(0, 2000, 10):
        database.write_now(partial(fill, numbers=range(start, start + 10)))
    operator = local.client(local.actors.operator)
    left = []
    for battery in batteries[:10]:
        operator.delete(battery.id)
        left += files_with(local.settings.data, canaries[battery.id])
        left += files_with(local.settings.data, battery.id.encode())
    assert left == []


def test_a_deletion_that_was_cut_short_is_finished_at_the_next_start(
    cloud: ProcessCloud, onboarded: Onboarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    from batterypass_cloud import passports
    from batterypass_cloud.authorize import Actor
    from batterypass_cloud.registry import Role
    from batterypass_cloud.storage import Database

    cloud.client().submit_record(onboarded.device.next_envelope())
    cloud.kill()
    # What a crash between the commit and the overwriting leaves behind.
    database = Database(cloud.settings.database)
    actor = Actor(cloud.actors.operator.public_key.thumbprint, Role.OPERATOR)

    def work(connection: Any) -> None:
        passport = passports.find(connection, onboarded.id)
        passports.delete(connection, passport, actor, int(cloud.now()))

    database.write_now(work)
    needle = onboarded.issued.passport[-60:].encode()
    assert files_with(cloud.settings.data, needle)
    del database
    cloud.start()
    assert files_with(cloud.settings.data, needle) == []
    assert refusal(cloud.client().passport, onboarded.id)[0] == 410
