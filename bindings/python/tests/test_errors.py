from __future__ import annotations

import copy
import pickle

import batterypass
import pytest
from batterypass import (
    BatteryPassError,
    DecodeError,
    EncryptionError,
    Passport,
    SigningKey,
    ValidationError,
    VerifyError,
    decrypt,
    encrypt,
    sign,
    sign_record,
    verify_record,
)


def test_each_category_has_its_class(key: SigningKey) -> None:
    other = SigningKey.generate()
    record = batterypass.Record(sequence=1, device_time_s=0)
    signed = sign_record(record, key, passport_id="urn:x:1")
    with pytest.raises(DecodeError, match=r"^duplicate_key: .* /a/b$") as decode:
        Passport.parse('{"a":{"b":1,"b":2}}')
    assert (decode.value.code, decode.value.path) == ("duplicate_key", "/a/b")
    with pytest.raises(VerifyError) as verify:
        verify_record(signed, other.public_key, passport_id="urn:x:1")
    assert verify.value.code == "key_mismatch"
    with pytest.raises(ValidationError) as validation:
        sign({"credentialSubject": {}}, key)
    assert (validation.value.code, validation.value.path) == (
        "invalid_member",
        "/credentialSubject",
    )
    with pytest.raises(EncryptionError) as encryption:
        decrypt(encrypt(b"", [other.public_key]), key)
    assert encryption.value.code == "recipient_unknown"
    with pytest.raises(BatteryPassError) as usage:
        Passport.parse({}).view("everyone")  # type: ignore[arg-type]
    assert type(usage.value) is BatteryPassError
    assert usage.value.code == "invalid_argument"


@pytest.mark.parametrize(
    "kind", [BatteryPassError, DecodeError, EncryptionError, ValidationError, VerifyError]
)
def test_errors_are_pickled_and_copied(kind: type[BatteryPassError]) -> None:
    error = kind("too_deep", "/a", "nested too deep at /a")
    for other in (pickle.loads(pickle.dumps(error)), copy.copy(error)):  # noqa: S301
        assert type(other) is kind
        assert (other.code, other.path, other.detail) == ("too_deep", "/a", "nested too deep at /a")
        assert str(other) == "too_deep: nested too deep at /a"


def test_a_raised_error_is_pickled() -> None:
    with pytest.raises(DecodeError) as caught:
        Passport.parse('{"successor":1}')
    other = pickle.loads(pickle.dumps(caught.value))  # noqa: S301
    assert (other.code, other.path) == ("wrong_type", "/successor")
