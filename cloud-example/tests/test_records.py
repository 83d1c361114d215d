"""`POST /v1/records`: what is stored, what is refused, and with which status and code."""

from __future__ import annotations

import time
from typing import Any

import pytest
from batterypass import SigningKey, encrypt

from batterypass_cloud import records
from batterypass_cloud.problems import Problem
from cloudtest import LocalCloud, Onboarded, refusal, sample_passport
from device import TIME_UNSET, Device

COSE = {"Content-Type": "application/cose"}


def post(cloud: LocalCloud, envelope: bytes) -> tuple[int, str]:
    answer = cloud.http.post("/v1/records", content=envelope, headers=COSE)
    body = answer.json()
    return answer.status_code, body.get("code") or body["status"]


def stored(cloud: LocalCloud, passport_id: str) -> int:
    database = cloud.app.state.services.database
    return int(database.read_now(lambda c: records.count(c, passport_id)))


def test_a_record_is_stored_and_the_answer_names_its_sequence(
    local: LocalCloud, battery: Onboarded
) -> None:
    answer = local.http.post("/v1/records", content=battery.device.envelope(7), headers=COSE)
    assert answer.status_code == 201
    assert answer.json() == {"sequence": 7, "status": "stored"}
    assert stored(local, battery.id) == 1


def test_the_same_bytes_again_are_answered_as_before(local: LocalCloud, battery: Onboarded) -> None:
    envelope = battery.device.envelope(1)
    assert post(local, envelope) == (201, "stored")
    assert post(local, envelope) == (200, "seen_before")
    assert post(local, battery.device.envelope(2)) == (201, "stored")
    assert post(local, envelope) == (200, "seen_before")
    assert stored(local, battery.id) == 2


def test_an_old_record_sealed_anew_is_a_replay(local: LocalCloud, battery: Onboarded) -> None:
    # Only a recipient can try this; the battery itself sends the same envelope again.
    signed = battery.device.signed(3)
    assert post(local, battery.device.seal(signed)) == (201, "stored")
    assert post(local, battery.device.seal(signed)) == (409, "sequence_not_increasing")
    assert stored(local, battery.id) == 1


@pytest.mark.parametrize("sequence", [5, 4, 0])
def test_an_old_sequence_number_with_other_bytes_is_refused(
    local: LocalCloud, battery: Onboarded, sequence: int
) -> None:
    assert post(local, battery.device.envelope(5))[0] == 201
    other = battery.device.envelope(sequence, current_ma=1234)
    assert post(local, other) == (409, "sequence_not_increasing")
    assert stored(local, battery.id) == 1


COUNTERS = [name for name in records.FIELDS if name.endswith(("_events", "_throughput_wh"))] + [
    "capacity_throughput_mah",
    "full_cycles",
    "time_above_limit_min",
    "time_below_limit_min",
    "time_above_limit_charging_min",
    "time_below_limit_charging_min",
]


@pytest.mark.parametrize("counter", COUNTERS)
def test_counters_never_fall(local: LocalCloud, battery: Onboarded, counter: str) -> None:
    # Charging outside the limits is a part of the time outside them.
    whole = {counter.replace("_charging", ""): 100}
    assert post(local, battery.device.envelope(1, **{**whole, counter: 100}))[0] == 201
    fallen = local.http.post(
        "/v1/records", content=battery.device.envelope(2, **{**whole, counter: 99}), headers=COSE
    )
    assert (fallen.status_code, fallen.json()["code"]) == (422, "record_implausible")
    assert fallen.json()["path"] == f"/{counter}"
    assert post(local, battery.device.envelope(2, **{**whole, counter: 100}))[0] == 201


@pytest.mark.parametrize(("ahead", "status"), [(299, 201), (300, 201), (301, 422), (10**9, 422)])
def test_the_device_may_be_five_minutes_ahead(
    local: LocalCloud, battery: Onboarded, ahead: int, status: int
) -> None:
    envelope = battery.device.envelope(1, device_time_s=int(local.time) + ahead)
    answer = local.http.post("/v1/records", content=envelope, headers=COSE)
    assert answer.status_code == status
    if status == 422:
        assert answer.json()["path"] == "/device_time_s"


def test_a_clock_that_was_never_set_is_not_compared(local: LocalCloud, battery: Onboarded) -> None:
    envelope = battery.device.envelope(1, device_time_s=2**32, time_quality=TIME_UNSET)
    assert post(local, envelope) == (201, "stored")
    document = local.client(local.actors.operator).status(battery.id)
    assert document["measuredAt"] == document["receivedAt"]


def test_a_number_that_the_database_cannot_hold_is_refused(
    local: LocalCloud, battery: Onboarded
) -> None:
    fields = {"full_cycles": 1, "energy_throughput_wh": 1, "capacity_throughput_mah": 1}
    assert post(local, battery.device.envelope(2**63, **fields)) == (422, "record_implausible")


def test_an_unknown_passport(local: LocalCloud, battery: Onboarded) -> None:
    device = Device()
    device.passport_id, device.recipients = "urn:uuid:unknown", battery.device.recipients
    assert post(local, device.envelope(1)) == (404, "passport_unknown")


def test_a_key_that_nobody_registered(local: LocalCloud, battery: Onboarded) -> None:
    device = Device()
    device.passport_id, device.recipients = battery.id, battery.device.recipients
    assert post(local, device.envelope(1)) == (401, "device_key_unknown")


def test_a_key_registered_in_another_role(local: LocalCloud, battery: Onboarded) -> None:
    device = Device(local.actors.operator)
    device.passport_id, device.recipients = battery.id, battery.device.recipients
    assert post(local, device.envelope(1)) == (401, "device_key_unknown")


def test_the_key_of_another_battery(local: LocalCloud, battery: Onboarded) -> None:
    other = local.onboard()
    other.device.passport_id = battery.id
    assert post(local, other.device.envelope(1)) == (401, "device_key_foreign")
    assert stored(local, battery.id) == 0


def test_a_revoked_key(local: LocalCloud, battery: Onboarded) -> None:
    assert post(local, battery.device.envelope(1)) == (201, "stored")
    thumbprint = battery.device.public_key.thumbprint
    local.administer(lambda registry: registry.revoke(thumbprint, int(local.time) + 10))
    assert post(local, battery.device.envelope(2)) == (201, "stored")
    local.time += 10
    assert post(local, battery.device.envelope(3)) == (401, "device_key_revoked")
    # A clock that is set back does not make the record before it valid a second time.
    local.time -= 10
    assert post(local, battery.device.envelope(2, current_ma=1)) == (409, "sequence_not_increasing")


def test_what_changes_between_opening_and_storing_counts(
    local: LocalCloud, battery: Onboarded
) -> None:
    services, now = local.app.state.services, int(local.time)
    ingest, database = services.ingest, services.database
    envelope = battery.device.envelope(1)
    opened = database.read_now(lambda c: ingest._open(c, envelope, now))
    thumbprint = battery.device.public_key.thumbprint
    local.administer(lambda registry: registry.revoke(thumbprint, now))
    with pytest.raises(Problem) as revoked:
        database.write_now(lambda c: ingest._store(c, opened, now))
    assert revoked.value.code == "device_key_revoked"
    local.client(local.actors.operator).delete(battery.id)
    with pytest.raises(Problem) as deleted:
        database.write_now(lambda c: ingest._store(c, opened, now))
    assert deleted.value.code == "passport_deleted"


def test_a_record_for_another_passport_inside(local: LocalCloud, battery: Onboarded) -> None:
    signed = battery.device.signed(1, passport_id="urn:uuid:other")
    assert post(local, battery.device.seal(signed)) == (401, "signature_invalid")


def test_an_envelope_moved_to_another_passport(local: LocalCloud, battery: Onboarded) -> None:
    other = local.onboard()
    moved = battery.device.seal(battery.device.signed(1), subject=other.id, aad=battery.id)
    status, code = post(local, moved)
    assert (status, code) == (400, "decryption_failed")


def test_an_envelope_for_somebody_else(local: LocalCloud, battery: Onboarded) -> None:
    stranger = SigningKey.generate().public_key
    envelope = battery.device.seal(battery.device.signed(1), recipients=[stranger])
    assert post(local, envelope) == (400, "recipient_unknown")


def test_an_envelope_that_names_no_passport(local: LocalCloud, battery: Onboarded) -> None:
    sealed = encrypt(
        battery.device.signed(1), battery.device.recipients, aad=battery.id.encode(), format="cose"
    )
    assert isinstance(sealed, bytes)
    assert post(local, sealed) == (400, "subject_missing")


@pytest.mark.parametrize("content", [b"", b"\x00", b"{}", b"\xd8\x60\x84", b"\xff" * 500])
def test_bytes_that_are_no_envelope(local: LocalCloud, content: bytes) -> None:
    assert post(local, content)[0] == 400


def test_a_device_does_not_seal_to_jwe(local: LocalCloud, battery: Onboarded) -> None:
    sealed = encrypt(
        battery.device.signed(1), battery.device.recipients, aad=battery.id.encode(), format="jwe"
    )
    assert isinstance(sealed, str)
    assert post(local, sealed.encode()) == (400, "malformed_cbor")


def test_what_is_inside_must_be_a_signed_record(local: LocalCloud, battery: Onboarded) -> None:
    assert post(local, battery.device.seal(b"not a record"))[0] == 400


def test_a_truncated_record_is_refused(local: LocalCloud, battery: Onboarded) -> None:
    assert post(local, battery.device.envelope(1)[:-1])[0] == 400


def test_a_body_that_is_too_large(local: LocalCloud) -> None:
    assert post(local, b"\x00" * (8 * 1024 + 1)) == (413, "body_too_large")

    def chunks() -> Any:
        for _ in range(64):
            yield b"\x00" * 1024

    answer = local.http.post("/v1/records", content=chunks(), headers=COSE)
    assert answer.status_code == 413


@pytest.mark.parametrize("kind", ["application/json", "text/plain", ""])
def test_another_media_type(local: LocalCloud, battery: Onboarded, kind: str) -> None:
    answer = local.http.post(
        "/v1/records", content=battery.device.envelope(1), headers={"Content-Type": kind}
    )
    assert (answer.status_code, answer.json()["code"]) == (415, "media_type_unsupported")


def test_two_records_at_once_with_one_number_store_one(
    local: LocalCloud, battery: Onboarded
) -> None:
    import concurrent.futures

    envelopes = [battery.device.envelope(1, current_ma=n) for n in range(16)]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(lambda envelope: post(local, envelope), envelopes))
    assert sorted(outcomes) == [(201, "stored")] + [(409, "sequence_not_increasing")] * 15


def test_the_stored_record_is_what_was_sent(local: LocalCloud, battery: Onboarded) -> None:
    signed = battery.device.signed(9, remaining_capacity_mah=None)
    envelope = battery.device.seal(signed)
    assert post(local, envelope) == (201, "stored")
    database = local.app.state.services.database
    record = database.read_now(lambda c: records.newest(c, battery.id))
    assert record.envelope == envelope
    assert record.signed_record == signed
    assert record.fields["remaining_capacity_mah"] is None
    assert record.fields["temperatures_ddegc"] == [243, 251, 248, 256]
    assert record.fields["device_time_s"] <= time.time()


def test_a_refused_record_changes_nothing(local: LocalCloud, battery: Onboarded) -> None:
    assert post(local, battery.device.envelope(1))[0] == 201
    before = local.client(local.actors.operator).passport(battery.id)
    assert post(local, battery.device.envelope(2, full_cycles=0))[0] == 422
    assert local.client(local.actors.operator).passport(battery.id) == before


def test_problems_are_problem_documents(local: LocalCloud) -> None:
    answer = local.http.post("/v1/records", content=b"\x00", headers=COSE)
    assert answer.headers["content-type"] == "application/problem+json"
    document = answer.json()
    assert document["type"] == f"urn:batterypass:problem:{document['code']}"
    assert document["title"] == "Bad Request"
    assert document["status"] == 400
    assert set(document) == {"type", "title", "status", "detail", "code", "path"}


def test_a_passport_id_may_be_an_address(local: LocalCloud) -> None:
    passport = sample_passport(
        digitalProductPassportId="https://id.example.com/01/1?x=a%2Fb/status#c"
    )
    battery = local.onboard(passport)
    assert post(local, battery.device.envelope(1)) == (201, "stored")
    operator = local.client(local.actors.operator)
    assert operator.status(battery.id)["sequence"] == 1
    assert operator.passport(battery.id)["digitalProductPassportId"] == battery.id
    assert refusal(operator.status, battery.id + "/status") == (404, "passport_unknown")
