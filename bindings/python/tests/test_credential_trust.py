"""Chains of trust, from an accreditation to a grant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from batterypass import (
    Anchor,
    BatteryPassError,
    Passport,
    PassportFacts,
    Record,
    SigningKey,
    Trust,
    access_grant,
    add_proof,
    battery_status_record,
    bms_production,
    operator_accreditation,
    processor_authorisation,
    responsibility_transfer,
    sign,
    verify,
)

if TYPE_CHECKING:
    from collections.abc import Callable

AT = "2027-06-01T00:00:00Z"
UNTIL = "2028-01-01T00:00:00Z"
OPERATOR, SUCCESSOR = "https://id.example/417/9520123000011", "https://id.example/417/2"
PASSPORT = Passport.parse(
    {
        "digitalProductPassportId": "urn:uuid:1",
        "economicOperatorId": OPERATOR,
        "generalProductInformation": {"batteryCategory": "ev"},
    }
)
FACTS = PassportFacts("urn:uuid:1", OPERATOR, category="ev")


@pytest.fixture
def authority() -> SigningKey:
    return SigningKey.generate()


def accredited(
    authority: SigningKey, operator: SigningKey, operator_id: str = OPERATOR, **options: Any
) -> str:
    roles: Any = ["manufacturer"]
    given = operator_accreditation(
        operator.did, operator_id, roles=roles, categories=["ev"], **options
    )
    return sign(given, authority)


def codes(report: Any) -> list[tuple[str, str]]:
    return [(finding.code, finding.path) for finding in report.findings]


def test_a_passport_leads_to_an_anchor(authority: SigningKey, key: SigningKey) -> None:
    passport = sign(PASSPORT, key)
    accreditation = accredited(authority, key, valid_until=UNTIL, name="Cells Ltd")
    trust = Trust([authority.did], support=[accreditation, "no token"])
    assert repr(trust) == "<Trust in 1 anchors, with 2 credentials>"
    report = verify(passport, at=AT, trust=trust)
    assert report.ok, report.findings
    (link,) = report.chain
    assert (link.kind, link.ok, link.findings) == ("OperatorAccreditation", True, [])
    assert (link.issuer, link.subject) == (authority.did, key.did)
    assert (link.valid_from, link.valid_until) == (None, UNTIL)
    assert verify(passport, at=AT).chain == []
    # An anchor needs nobody above it.
    assert verify(passport, at=AT, trust=Trust([key.did])).chain == []

    late = verify(passport, at="2028-01-01T00:00:01Z", trust=trust)
    assert not late.ok
    assert ("expired", "/trust/0/validUntil") in codes(late)
    assert ("untrusted_issuer", "/issuer") in codes(late)
    for wrong in (
        Trust([SigningKey.generate().did], support=[accreditation]),
        Trust([authority.did]),
        Trust([], support=[accreditation]),
        Trust([Anchor(authority.did, roles=("importer",))], support=[accreditation]),
        Trust([authority.did], support=[accreditation], roles=["importer"]),
    ):
        assert "untrusted_issuer" in {code for code, _ in codes(verify(passport, trust=wrong))}


def test_delegates_records_and_grants(authority: SigningKey, key: SigningKey) -> None:
    delegate, device, reader = (SigningKey.generate() for _ in range(3))
    authorisation = sign(
        processor_authorisation(
            delegate.did, actions=["write"], passports=[PASSPORT.id], valid_until=UNTIL
        ),
        key,
    )
    production = sign(bms_production(device.public_key, PASSPORT.id, serial_number="A-1"), key)
    grant = sign(
        access_grant(reader.did, "repair", passports=[PASSPORT.id], valid_until=UNTIL),
        key,
        securing="ecdsa-jcs-2019",
    )
    support: list[Any] = [authorisation, production, grant, accredited(authority, key)]
    trust = Trust([authority.did], support=support, passport=PASSPORT)

    report = verify(sign(PASSPORT, delegate), at=AT, trust=trust)
    assert report.ok, report.findings
    assert [link.kind for link in report.chain] == [
        "ProcessorAuthorisation",
        "OperatorAccreditation",
    ]
    record = Record(sequence=1, device_time_s=1_800_000_000, state_of_charge_permille=734)
    measured = sign(battery_status_record(PASSPORT.id, record), device, securing="vc+cose")
    report = verify(measured, at=AT, trust=trust)
    assert report.ok, report.findings
    assert report.claims["credentialSubject"]["stateOfChargePermille"] == 734
    assert verify(grant, at=AT, trust=trust).ok
    forged = sign(battery_status_record(PASSPORT.id, record), delegate)
    assert not verify(forged, at=AT, trust=trust).ok

    for passport in (PASSPORT, FACTS):
        asked: list[tuple[str, Any, bool]] = [
            (key.did, "store", True),
            (delegate.did, "write", True),
            (delegate.did, "store", False),
            (reader.did, "read", False),
        ]
        for actor, action, allowed in asked:
            assert trust.authorises(actor, action, passport, at=AT) is allowed
        assert trust.grant_covers(reader.did, "repair", 2, passport, at=AT)
        assert not trust.grant_covers(reader.did, "repair", 3, passport, at=AT)
        assert not trust.grant_covers(delegate.did, "repair", 2, passport, at=AT)
        assert not trust.grant_covers(reader.did, "repair", 2, passport, at="2029-01-01T00:00:00Z")
    other = PassportFacts("urn:uuid:2", OPERATOR)
    assert not trust.authorises(delegate.did, "write", other, at=AT)


def test_responsibility_passes_on(authority: SigningKey, key: SigningKey) -> None:
    successor = SigningKey.generate()
    transfer = responsibility_transfer(
        (key.did, OPERATOR), (successor.did, SUCCESSOR), passports=[PASSPORT.id], effective=AT
    )
    half = sign(transfer, key, securing="ecdsa-jcs-2019", created=AT)
    whole = add_proof(half, successor, created=AT)
    support = [accredited(authority, key), accredited(authority, successor, SUCCESSOR)]
    trust = Trust([authority.did], support=support)
    assert verify(whole, at=AT, trust=trust).ok
    assert "not_countersigned" in {code for code, _ in codes(verify(half, at=AT, trust=trust))}
    informed = Trust([authority.did], support=[*support, whole])
    passport = sign(PASSPORT, key)
    assert verify(passport, at="2027-05-31T23:59:59Z", trust=informed).ok
    assert not verify(passport, at=AT, trust=informed).ok


def test_wrong_words_are_refused(key: SigningKey) -> None:
    device = key.public_key
    wrong: Any = "none"
    refused: list[tuple[Callable[[], Any], str]] = [
        (lambda: Trust([Anchor(key.did, roles=(wrong,))]), "unknown_word"),
        (lambda: Trust([], roles=[wrong]), "unknown_word"),
        (lambda: Trust([], passport=PassportFacts("a", "b", category=wrong)), "invalid_argument"),
        (
            lambda: operator_accreditation(key.did, OPERATOR, roles=[], categories=["ev"]),
            "missing_member",
        ),
        (
            lambda: processor_authorisation(key.did, actions=["read"], valid_until=UNTIL),
            "missing_member",
        ),
        (
            lambda: access_grant(key.did, wrong, passports=["urn:uuid:1"], valid_until=UNTIL),
            "invalid_argument",
        ),
        (
            lambda: access_grant(
                key.did, "repair", passports=["urn:uuid:1"], points=[3], valid_until=UNTIL
            ),
            "grant_scope",
        ),
        (lambda: bms_production(device, ""), "invalid_member"),
        (lambda: Trust([]).authorises(key.did, wrong, PASSPORT), "unknown_word"),
    ]
    for call, code in refused:
        with pytest.raises(BatteryPassError) as caught:
            call()
        assert caught.value.code == code
    with pytest.raises(TypeError):
        Trust([5])  # type: ignore[list-item]
    with pytest.raises(TypeError):
        verify(sign(PASSPORT, key), trust=key.did)  # type: ignore[arg-type]
