"""Every changed byte of an envelope or of the record inside is refused, and nothing is stored."""

from __future__ import annotations

import random

import pytest

from batterypass_cloud import records
from cloudtest import LocalCloud, Onboarded

COSE = {"Content-Type": "application/cose"}


def post(cloud: LocalCloud, envelope: bytes) -> int:
    return int(cloud.http.post("/v1/records", content=envelope, headers=COSE).status_code)


def test_every_byte_of_an_envelope_counts(local: LocalCloud, battery: Onboarded) -> None:
    # The unprotected parts of other recipients are theirs to check: here the cloud is the only one.
    cloud_key = local.app.state.services.key.public_key
    envelope = battery.device.seal(battery.device.signed(1), recipients=[cloud_key])
    chance = random.Random(1)
    accepted = []
    for position in range(len(envelope)):
        changed = bytearray(envelope)
        changed[position] ^= chance.randrange(1, 256)
        if post(local, bytes(changed)) in (200, 201):
            accepted.append(position)
    assert accepted == []
    assert post(local, envelope) == 201


@pytest.mark.parametrize("bit", [0, 3, 7])
def test_every_byte_of_a_signed_record_counts(
    local: LocalCloud, battery: Onboarded, bit: int
) -> None:
    signed = battery.device.signed(1)
    accepted = []
    for position in range(0, len(signed), 2):
        changed = bytearray(signed)
        changed[position] ^= 1 << bit
        if post(local, battery.device.seal(bytes(changed))) in (200, 201):
            accepted.append(position)
    assert accepted == []
    database = local.app.state.services.database
    assert database.read_now(lambda c: records.count(c, battery.id)) == 0


def test_envelopes_cut_short_or_made_longer(local: LocalCloud, battery: Onboarded) -> None:
    envelope = battery.device.envelope(1)
    for length in range(0, len(envelope), 7):
        assert post(local, envelope[:length]) == 400
    assert post(local, envelope + b"\x00") == 400
    assert post(local, envelope * 2) == 400


def test_random_bytes(local: LocalCloud) -> None:
    chance = random.Random(2)
    for _ in range(200):
        assert post(local, chance.randbytes(chance.randrange(1, 400))) == 400
