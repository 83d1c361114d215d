from __future__ import annotations

import copy
import pickle

import pytest
from batterypass import BatteryPassError, DecodeError, PublicKey, SigningKey

# RFC 7517 appendix A.1 has this public key, appendix A.2 the private one.
PUBLIC = {
    "kty": "EC",
    "crv": "P-256",
    "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
    "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
}
PRIVATE = {**PUBLIC, "d": "870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE"}


def test_round_trips() -> None:
    key = SigningKey.from_jwk(PRIVATE)
    assert key.to_jwk() == PRIVATE
    assert SigningKey.from_pem(key.to_pem()).to_jwk() == PRIVATE
    public = key.public_key
    assert public == PublicKey.from_jwk({**PRIVATE, "kid": "1", "use": "enc"})
    assert public.to_jwk() == PUBLIC
    assert public.did == key.did
    assert PublicKey.from_did(public.did) == public
    assert len(public.to_sec1()) == 65
    assert len(public.to_sec1(compressed=True)) == 33
    for point in (public.to_sec1(), public.to_sec1(compressed=True)):
        for data in (point, bytearray(point), memoryview(point)):
            assert PublicKey.from_sec1(data) == public
    assert {public: 1}[PublicKey.from_did(public.did)] == 1
    assert public != SigningKey.generate().public_key


def test_the_secret_is_in_no_text() -> None:
    key = SigningKey.from_jwk(PRIVATE)
    for text in (repr(key), str(key), f"{key}", repr([key])):
        assert PRIVATE["d"] not in text
        assert key.public_key.thumbprint in text
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(TypeError, match="secret"):
            pickle.dumps(key, protocol)
    with pytest.raises(TypeError, match="secret"):
        copy.deepcopy(key)
    assert not hasattr(key, "__dict__")


def test_public_keys_are_pickled(key: SigningKey) -> None:
    assert pickle.loads(pickle.dumps(key.public_key)) == key.public_key  # noqa: S301


def test_bad_keys_are_refused_with_code_and_path() -> None:
    with pytest.raises(DecodeError) as caught:
        SigningKey.from_jwk({**PRIVATE, "d": PUBLIC["x"]})
    assert (caught.value.code, caught.value.path) == ("invalid_key", "/d")
    assert PUBLIC["x"] not in str(caught.value)
    with pytest.raises(BatteryPassError) as missing:
        PublicKey.from_jwk({"kty": "EC", "crv": "P-256"})
    assert (missing.value.code, missing.value.path) == ("missing_member", "/x")
    for bad in (b"", b"\x04" + bytes(64), bytes(65)):
        with pytest.raises(DecodeError) as refused:
            PublicKey.from_sec1(bad)
        assert refused.value.code == "invalid_key"
    with pytest.raises(TypeError):
        PublicKey.from_sec1("text")  # type: ignore[arg-type]
