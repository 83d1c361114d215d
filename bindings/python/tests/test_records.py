from __future__ import annotations

import pickle

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
    pack_voltage_mv=362_400,
    cell_voltage_min_mv=3769,
    cell_voltage_max_mv=3781,
    current_ma=-85_000,
    temperatures_ddegc=(271, -284, 266),
    time_above_limit_min=1,
    time_below_limit_min=2,
    time_above_limit_charging_min=3,
    time_below_limit_charging_min=4,
    full_cycles=213,
    energy_throughput_wh=31_950_000,
    capacity_throughput_mah=91_270_000,
    internal_resistance_uohm=52_000,
    deep_discharge_events=5,
    overcharge_events=6,
    over_temperature_events=7,
)


def test_records_round_trip() -> None:
    for record in (FULL, Record(sequence=0, device_time_s=0)):
        decoded = Record.decode(record.encode())
        assert decoded == record
        assert isinstance(decoded.time_quality, TimeQuality)
        assert isinstance(decoded.temperatures_ddegc, tuple)
        assert Record(**decoded.to_dict()) == record
        assert pickle.loads(pickle.dumps(record)) == record  # noqa: S301
    assert len(FULL.to_dict()) == 22
    assert FULL.to_dict()["time_quality"] == 2
    with pytest.raises(AttributeError):
        FULL.sequence = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("state_of_charge_permille", 1001, "out_of_range"),
        ("cell_voltage_min_mv", 1, "out_of_range"),
        ("temperatures_ddegc", (2001,), "out_of_range"),
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
