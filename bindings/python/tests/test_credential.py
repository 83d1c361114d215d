from __future__ import annotations

import json
import pickle
from dataclasses import FrozenInstanceError, asdict, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from batterypass import (
    BatteryPassError,
    DecodeError,
    Passport,
    SigningKey,
    VerifyError,
    sign,
    verify,
)

SUBJECT = {"credentialSubject": {"id": "urn:uuid:1", "name": "Example"}}


def test_sign_and_verify(key: SigningKey, example: dict[str, Any]) -> None:
    passport = Passport.parse(example)
    report = verify(sign(passport, key, issuer=key.did), issuer_key=key.public_key)
    assert report.ok
    assert report.findings == []
    assert report.issuer == key.did
    assert report.securing == "vc+jwt"
    assert report.claims["type"] == ["VerifiableCredential", "BatteryPassportCredential"]
    assert report.claims["credentialSubject"] == {
        "id": passport.id,
        "type": "BatteryPassport",
        **example,
    }


def test_claims_are_a_dict_once_they_are_read(key: SigningKey) -> None:
    credential = {"issuer": {"id": key.did}, "credentialSubject": {"n": [1, -2, 0.5, 2**63, "é"]}}
    for securing in ("vc+jwt", "vc+sd-jwt", "vc+cose", "ecdsa-jcs-2019"):
        secured = sign(credential, key, securing=securing)
        report = verify(secured, at="2027-02-18T00:00:00Z")
        copied = pickle.loads(pickle.dumps(report))  # noqa: S301
        replaced = replace(verify(secured, at="2027-02-18T00:00:00Z"), issuer=None)
        claims = report.claims
        assert claims is report.claims
        assert type(claims) is dict
        assert claims["credentialSubject"] == credential["credentialSubject"]
        assert [type(n) for n in claims["credentialSubject"]["n"]] == [int, int, float, int, str]
        assert asdict(report)["claims"] == copied.claims == replaced.claims == claims
        assert copied == report != replaced
        assert repr(claims) in repr(verify(secured, at="2027-02-18T00:00:00Z"))
        with pytest.raises(FrozenInstanceError):
            report.claims = {}  # type: ignore[misc]


def test_every_finding_arrives(key: SigningKey) -> None:
    other = SigningKey.generate()
    secured = sign(SUBJECT, key, valid_until="2027-01-01T00:00:00Z")
    header, payload, signature = secured.split(".")
    broken = f"{header}.{payload}.{'A' * len(signature)}"
    report = verify(broken, at="2027-01-01T00:00:01Z")
    assert not report.ok
    assert [(f.code, f.severity, f.path) for f in report.findings] == [
        ("signature_invalid", "error", ""),
        ("expired", "error", "/validUntil"),
    ]
    assert all(f.detail and "section" in f.reference for f in report.findings)
    report = verify(secured, at="2026-01-01T00:00:00Z", issuer_key=other.public_key)
    assert [f.code for f in report.findings] == ["key_mismatch"]


def test_times_have_two_forms(key: SigningKey) -> None:
    begin = datetime(2027, 2, 18, 9, tzinfo=timezone(timedelta(hours=1)))
    secured = sign(SUBJECT, key, valid_from=begin, valid_until="2027-02-18T09:00:00Z")
    report = verify(secured, at=begin)
    assert report.ok
    assert report.claims["validFrom"] == "2027-02-18T08:00:00Z"
    early = verify(secured, at=begin - timedelta(microseconds=1))
    assert [f.code for f in early.findings] == ["not_yet_valid"]
    for wrong in (datetime(2027, 2, 18), "2027-02-18", ""):  # noqa: DTZ001
        with pytest.raises(BatteryPassError) as caught:
            verify(secured, at=wrong)
        assert caught.value.code == "invalid_argument"
    with pytest.raises(TypeError):
        verify(secured, at=5)  # type: ignore[arg-type]


def test_the_clock_is_the_default(key: SigningKey) -> None:
    now = datetime.now(UTC)
    hour = timedelta(hours=1)
    assert verify(sign(SUBJECT, key, valid_from=now - hour, valid_until=now + hour)).ok
    assert not verify(sign(SUBJECT, key, valid_until=now - hour)).ok
    assert not verify(sign(SUBJECT, key, valid_from=now + hour)).ok


def test_arguments_are_checked(key: SigningKey) -> None:
    with pytest.raises(BatteryPassError) as securing:
        sign(SUBJECT, key, securing="none")  # type: ignore[call-overload]
    assert (securing.value.code, securing.value.path) == ("invalid_argument", "/securing")
    with pytest.raises(VerifyError) as issuer:
        sign(SUBJECT, key, issuer="did:web:maker.example")
    assert issuer.value.code == "issuer_mismatch"
    with pytest.raises(DecodeError) as token:
        verify("no token")
    assert token.value.code == "malformed_jwt"
    with pytest.raises(TypeError):
        sign(SUBJECT, key.public_key)  # type: ignore[call-overload]


def test_options_and_determinism(key: SigningKey) -> None:
    status = {"type": "BitstringStatusListEntry", "statusPurpose": "revocation"}
    first = sign(SUBJECT, key, status=status, deterministic=True)
    assert sign(json.loads(json.dumps(SUBJECT)), key, status=status, deterministic=True) == first
    other = sign(SUBJECT, key, status=status)
    assert other.rpartition(".")[0] == first.rpartition(".")[0]
    for token in (first, other):
        assert verify(token).claims["credentialStatus"] == status
