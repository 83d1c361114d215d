from __future__ import annotations

import pickle
from dataclasses import replace
from typing import Any

import pytest
from batterypass import (
    BatteryPassError,
    DecodeError,
    EncryptionError,
    Envelope,
    Record,
    SigningKey,
    TimeQuality,
    ValidationError,
    VerifyError,
    decrypt,
    encrypt,
    sign_record,
    signed_record_kid,
    verify_record,
)
from conftest import PASSPORT_ID

FULL = Record(
    sequence=2**64 - 1,
    device_time_s=1_800_000_000,
    time_quality=TimeQuality.SYNCHRONISED,
    state_of_charge_permille=734,
    state_of_certified_energy_permille=962,
    remaining_capacity_mah=208_100,
    remaining_energy_wh=72_800,
    remaining_power_w=178_920,
    round_trip_efficiency_permille=952,
    self_discharge_ppm_per_month=19_000,
    internal_resistance_uohm=52_000,
    pack_voltage_mv=362_400,
    cell_voltage_min_mv=3769,
    cell_voltage_max_mv=3781,
    current_ma=-85_000,
    temperatures_ddegc=(271, -284, 266),
    time_above_limit_min=3,
    time_below_limit_min=4,
    time_above_limit_charging_min=1,
    time_below_limit_charging_min=2,
    full_cycles=213,
    energy_throughput_wh=31_950_000,
    capacity_throughput_mah=91_270_000,
    deep_discharge_events=5,
    overcharge_events=6,
    over_temperature_events=7,
    over_current_events=8,
    accident_events=9,
)


def test_records_round_trip() -> None:
    for record in (FULL, Record(sequence=0, device_time_s=0)):
        decoded = Record.decode(record.encode())
        assert decoded == record
        assert isinstance(decoded.time_quality, TimeQuality)
        assert isinstance(decoded.temperatures_ddegc, tuple)
        assert Record(**decoded.to_dict()) == record
        assert pickle.loads(pickle.dumps(record)) == record  # noqa: S301
    assert len(FULL.to_dict()) == 28
    assert FULL.to_dict()["time_quality"] == 2
    with pytest.raises(AttributeError):
        FULL.sequence = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("state_of_charge_permille", 1001, "out_of_range"),
        ("cell_voltage_min_mv", 1, "out_of_range"),
        ("temperatures_ddegc", (2001,), "out_of_range"),
        ("energy_throughput_wh", 10**15, "out_of_range"),
        ("round_trip_efficiency_permille", 1001, "out_of_range"),
        ("time_quality", 3, "out_of_range"),
        ("state_of_charge_permille", 70_000, "wrong_type"),
        ("full_cycles", -1, "wrong_type"),
        ("full_cycles", 1.5, "wrong_type"),
        ("sequence", "1", "wrong_type"),
    ],
)
def test_values_out_of_range_name_the_field(field: str, value: object, code: str) -> None:
    fields: dict[str, object] = {"sequence": 1, "device_time_s": 0, field: value}
    with pytest.raises(BatteryPassError) as caught:
        Record(**fields).encode()  # type: ignore[arg-type]
    assert (caught.value.code, caught.value.path) == (code, f"/{field}")
    assert isinstance(caught.value, ValidationError if code == "out_of_range" else DecodeError)


def test_arguments_of_records() -> None:
    with pytest.raises(TypeError):
        Record(sequence=1, device_time_s=0, speed=3)  # type: ignore[call-arg]
    with pytest.raises(BatteryPassError) as many:
        Record(sequence=1, device_time_s=0, temperatures_ddegc=(0,) * 9).encode()
    assert many.value.path.startswith("/temperatures_ddegc")
    with pytest.raises(DecodeError) as short:
        Record.decode(FULL.encode()[:-1])
    assert short.value.code == "truncated"
    with pytest.raises(DecodeError) as long:
        Record.decode(FULL.encode() + b"\0")
    assert long.value.code == "trailing_bytes"


def test_signed_records(key: SigningKey) -> None:
    signed = sign_record(FULL, key, passport_id=PASSPORT_ID)
    assert signed_record_kid(signed) == key.public_key.thumbprint
    assert verify_record(memoryview(signed), key.public_key, passport_id=PASSPORT_ID) == FULL
    with pytest.raises(VerifyError) as passport:
        verify_record(signed, key.public_key, passport_id="urn:uuid:another")
    assert passport.value.code == "signature_invalid"
    for i in range(len(signed)):
        changed = bytearray(signed)
        changed[i] ^= 1
        with pytest.raises(BatteryPassError):
            verify_record(changed, key.public_key, passport_id=PASSPORT_ID)


def test_envelopes() -> None:
    keys = [SigningKey.generate() for _ in range(8)]
    recipients = [key.public_key for key in keys]
    sealed = encrypt(b"content", recipients, aad=b"aad", subject=PASSPORT_ID)
    envelope = Envelope.parse(sealed)
    assert envelope.subject == PASSPORT_ID
    assert envelope.recipients == [key.thumbprint for key in recipients]
    for key in keys:
        assert decrypt(bytearray(sealed), key, aad=bytearray(b"aad")) == b"content"
    assert encrypt(b"content", recipients, aad=b"aad", subject=PASSPORT_ID) != sealed
    assert Envelope.parse(encrypt(b"", recipients[:1])).subject is None

    for wrong, code in (
        ((SigningKey.generate(), b"aad"), "recipient_unknown"),
        ((keys[0], b""), "decryption_failed"),
    ):
        with pytest.raises(EncryptionError) as caught:
            decrypt(sealed, wrong[0], aad=wrong[1])
        assert caught.value.code == code
    for count, code in ((0, "no_recipients"), (9, "too_many_recipients")):
        with pytest.raises(EncryptionError) as refused:
            encrypt(b"", (recipients * 2)[:count])
        assert refused.value.code == code
    with pytest.raises(BatteryPassError) as form:
        encrypt(b"", recipients, format="xml")  # type: ignore[call-overload]
    assert (form.value.code, form.value.path) == ("invalid_argument", "/format")
    with pytest.raises(TypeError):
        encrypt("text", recipients)  # type: ignore[call-overload]


RATINGS = {"ratedMaximumPower": 180, "initialSelfDischarge": 1.8}
RECEIVED = "2027-01-15T08:05:00Z"


def test_the_condition_of_a_record() -> None:
    condition = FULL.to_condition(received_at=RECEIVED, ratings=RATINGS)
    measured = "2027-01-15T08:00:00Z"

    def value(name: str) -> object:
        assert condition[name]["lastUpdate"] == measured
        return condition[name][f"{name}Value"]

    assert value("stateOfCharge") == 73.4
    assert value("stateOfCertifiedEnergy") == 96.2
    assert value("remainingCapacity") == 208.1  # Ah, not kWh
    assert value("remainingEnergy") == 72.8
    assert value("energyThroughput") == 31950
    assert value("capacityThroughput") == 91270
    assert value("numberOfFullCycles") == 213
    assert value("currentSelfDischargingRate") == 1.9
    assert value("evolutionOfSelfDischarge") == 0.1
    power = condition["remainingPowerCapability"]["remainingPowerCapabilityValue"]
    assert power == {"atSoC": 73.4, "powerCapabilityAt": 99.4, "rPCLastUpdated": measured}
    assert condition["temperatureInformation"]["timeExtremeLowTempCharging"] == 2
    again = Record.from_condition(condition, ratings=RATINGS).to_dict()
    kept = {name: value for name, value in again.items() if value == FULL.to_dict()[name]}
    assert len(kept) == 20, set(again) - set(kept)

    nothing = Record(sequence=1, device_time_s=5)
    assert nothing.to_condition(received_at=RECEIVED) == {
        "stateOfCharge": {"stateOfChargeValue": 0, "lastUpdate": RECEIVED},
        "numberOfFullCycles": {"numberOfFullCyclesValue": 0, "lastUpdate": RECEIVED},
    }
    with pytest.raises(ValidationError) as caught:
        Record.from_condition({})
    assert (caught.value.code, caught.value.path) == (
        "missing_member",
        "/stateOfCharge/stateOfChargeValue",
    )


def test_a_record_is_put_into_a_passport() -> None:
    document = {
        "lastUpdate": "2026-09-01T06:30:00Z",
        "ours": [1],
        "performanceAndDurability": {
            "batteryTechicalProperties": RATINGS,
            "batteryCondition": {
                "capacityFade": {"capacityFadeValue": 0.9},
                "negativeEvents": [
                    {"negativeEvent": "Flooded"},
                    {"negativeEvent": "Accidents counted by the battery: 2"},
                ],
            },
        },
    }
    before = pickle.dumps(document)
    changed = FULL.apply(document, received_at=RECEIVED)
    assert pickle.dumps(document) == before
    assert (changed["lastUpdate"], changed["ours"]) == ("2027-01-15T08:00:00Z", [1])
    condition = changed["performanceAndDurability"]["batteryCondition"]
    assert condition["capacityFade"] == {"capacityFadeValue": 0.9}
    assert [event["negativeEvent"] for event in condition["negativeEvents"]] == [
        "Flooded",
        "Over-temperatures counted by the battery: 7",
        "Over-currents counted by the battery: 8",
        "Accidents counted by the battery: 9",
    ]
    later = {**document, "lastUpdate": "2028-01-01T00:00:00Z"}
    assert FULL.apply(later)["lastUpdate"] == "2028-01-01T00:00:00Z"


def test_plausibility() -> None:
    def codes(record: Record, previous: Record | None = None, **options: Any) -> list[Any]:
        report = record.check(previous, **options)
        assert report.ok == all(f.severity != "error" for f in report.findings)
        return [(f.code, f.path) for f in report.findings]

    second = replace(FULL, sequence=8, device_time_s=FULL.device_time_s + 3600)
    first = replace(FULL, sequence=7)
    assert codes(second, first, received_at="2027-01-15T09:00:00Z") == []
    fallen = replace(second, full_cycles=212, accident_events=None)
    assert codes(fallen, first) == [
        ("counter_fell", "/full_cycles"),
        ("counter_fell", "/accident_events"),
    ]
    assert codes(first, second) == [
        ("sequence_not_increasing", "/sequence"),
        ("time_fell", "/device_time_s"),
    ]
    assert codes(second, received_at=RECEIVED) == [("in_the_future", "/device_time_s")]
    in_kwh = replace(FULL, energy_throughput_wh=31_950)
    assert codes(in_kwh) == [("doubtful_unit", "/energy_throughput_wh")]
    assert in_kwh.check().ok
    fast = replace(second, capacity_throughput_mah=91_270_000 + 220_000)
    assert codes(fast, first) == []
    limits = {"max_current_ma": 210_000, "max_power_w": 180_000}
    assert codes(fast, first, **limits) == [("rate_impossible", "/capacity_throughput_mah")]
