"""Embedded proofs, presentations and status lists with Digital Bazaar's libraries."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from batterypass import (
    SigningKey,
    StatusList,
    derive,
    sign,
    sign_presentation,
    status_entry,
    verify,
    verify_presentation,
)
from interop_table import cell
from peers import PeerError, digitalbazaar

Object = dict[str, Any]
LIST = "https://status.example/3"
V2 = "https://www.w3.org/ns/credentials/v2"
UNDEFINED = "https://www.w3.org/ns/credentials/undefined-terms/v2"


def library(suite: str) -> str:
    return f"npm @digitalbazaar/{suite}-cryptosuite"


def unsigned(key: SigningKey) -> Object:
    return {
        "@context": [V2, UNDEFINED],
        "type": ["VerifiableCredential", "ExampleCredential"],
        "issuer": key.did,
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {
            "id": "urn:uuid:3f4c9a4e-8d1b-4f0e-9c7a-2b6d5e1f0a93",
            "name": "Prüfling € \U0001f50b",
            "mass": 430.5,
            "cells": [0.25, 100000000000000000000.0, 0],
        },
    }


def theirs_of(key: SigningKey, suite: str, **options: Any) -> Object:
    issued: Object = digitalbazaar(
        "issue", credential=unsigned(key), jwk=key.to_jwk(), suite=suite, **options
    )
    return issued


def tampered(document: Object) -> Object:
    changed = copy.deepcopy(document)
    changed["credentialSubject"]["name"] = "Other"
    return changed


def codes(report: Any) -> set[str]:
    return {finding.code for finding in report.findings}


def assert_they_verify(document: Object, suite: str, **options: Any) -> Any:
    """Return what they read from status lists, where these were given."""
    verdict = digitalbazaar("verify", credential=document, suite=suite, **options)
    assert (verdict["verified"], verdict["reasons"]) == (True, [])
    return verdict.get("statuses")


def assert_they_refuse(document: Object, suite: str, reason: str, **options: Any) -> None:
    verdict = digitalbazaar("verify", credential=document, suite=suite, **options)
    assert not verdict["verified"]
    assert any(reason in one for one in verdict["reasons"]), verdict["reasons"]


SUITES = ["ecdsa-jcs-2019", "ecdsa-rdfc-2019"]


def each(direction: Any) -> pytest.MarkDecorator:
    marked = [pytest.param(s, marks=cell(s, library(s), direction), id=s) for s in SUITES]
    return pytest.mark.parametrize("suite", marked)


@each("ours")
def test_they_verify_our_proof(suite: Any, key: SigningKey) -> None:
    secured = sign(unsigned(key), key, securing=suite)
    assert_they_verify(secured, suite)
    assert_they_refuse(tampered(secured), suite, "Invalid signature")


@each("theirs")
def test_we_verify_their_proof(suite: Any, key: SigningKey) -> None:
    secured = theirs_of(key, suite)
    report = verify(secured)
    assert (report.ok, report.findings, report.issuer) == (True, [], key.did)
    assert (report.securing, report.claims) == (suite, unsigned(key))
    assert codes(verify(tampered(secured))) == {"signature_invalid"}


@each("ours")
def test_they_verify_our_presentation(suite: Any, key: SigningKey) -> None:
    issuer = SigningKey.generate()
    asked: Any = {"challenge": "n-0S6", "domain": "https://cloud.example"}
    shown = sign_presentation(
        {"verifiableCredential": [sign(unsigned(issuer), issuer, securing=suite)]},
        key,
        securing=suite,
        **asked,
    )
    verdict = digitalbazaar("verifyPresentation", presentation=shown, suite=suite, **asked)
    assert (verdict["verified"], verdict["reasons"]) == (True, [])
    other = digitalbazaar(
        "verifyPresentation", presentation=shown, suite=suite, **{**asked, "challenge": "x"}
    )
    assert not other["verified"]
    shown["verifiableCredential"][0]["credentialSubject"]["mass"] = 1
    changed = digitalbazaar("verifyPresentation", presentation=shown, suite=suite, **asked)
    assert not changed["verified"]


@each("theirs")
def test_we_verify_their_presentation(suite: Any, key: SigningKey) -> None:
    issuer = SigningKey.generate()
    asked: Any = {"challenge": "n-0S6", "domain": "https://cloud.example"}
    credentials = [theirs_of(issuer, suite)]
    shown = digitalbazaar(
        "present", credentials=credentials, jwk=key.to_jwk(), suite=suite, **asked
    )
    report = verify_presentation(shown, **asked)
    assert (report.ok, report.findings, report.holder) == (True, [], key.did)
    assert [one.issuer for one in report.credentials] == [issuer.did]
    assert codes(verify_presentation(shown, challenge="x")) == {"challenge_mismatch"}
    shown["verifiableCredential"][0]["credentialSubject"]["mass"] = 1
    assert codes(verify_presentation(shown, **asked)) == {"signature_invalid"}


def with_number(key: SigningKey, number: float) -> Object:
    credential = unsigned(key)
    credential["credentialSubject"]["mass"] = number
    return credential


@cell("ecdsa-jcs-2019", library("ecdsa-jcs-2019"), "ours")
@pytest.mark.parametrize("number", [1e-7, 5e-324, 1e21, 1 / 3, -0.0, 2**53, 1.7976931348623157e308])
def test_numbers_are_written_alike(number: float, key: SigningKey) -> None:
    secured = sign(with_number(key, number), key, securing="ecdsa-jcs-2019")
    assert_they_verify(secured, "ecdsa-jcs-2019")


def test_a_known_difference(key: SigningKey) -> None:
    """JavaScript's jsonld takes a number that prints without a point, 1e-7, for the integer 0.

    By JSON-LD 1.1 API section 8.2.2 it is a double. The page names it; here we notice when it ends.
    """
    for number, alike in [(0.000001, True), (1e-7, False)]:
        secured = sign(with_number(key, number), key, securing="ecdsa-rdfc-2019")
        verdict = digitalbazaar("verify", credential=secured, suite="ecdsa-rdfc-2019")
        assert verdict["verified"] is alike


POINTERS = ["/credentialSubject/mass"]


def part(key: SigningKey, *mandatory: str) -> Object:
    """Return what is shown of the credential: mandatory members, one more, ids and types."""
    whole = unsigned(key)
    subject = {name: whole["credentialSubject"][name] for name in ("id", "mass")}
    shown = {name: whole[name] for name in ("@context", "type", *mandatory)}
    return {**shown, "credentialSubject": subject}


@cell("ecdsa-sd-2023", library("ecdsa-sd-2023"), "ours")
def test_they_verify_and_derive_from_our_base_proof(key: SigningKey) -> None:
    suite = "ecdsa-sd-2023"
    # Issuer and times are always mandatory.
    base = sign(unsigned(key), key, securing="ecdsa-sd-2023")
    ours = derive(base, POINTERS)
    theirs = digitalbazaar("derive", credential=base, selectivePointers=POINTERS)
    for shown in (ours, theirs):
        unsecured = {name: shown[name] for name in shown if name != "proof"}
        assert unsecured == part(key, "issuer", "validFrom")
        assert_they_verify(shown, suite)
        assert verify(shown).ok
        changed = copy.deepcopy(shown)
        changed["credentialSubject"]["mass"] = 1
        assert_they_refuse(changed, suite, "Invalid signature")
        assert codes(verify(changed)) == {"signature_invalid"}


@cell("ecdsa-sd-2023", library("ecdsa-sd-2023"), "theirs")
def test_we_verify_and_derive_from_their_base_proof(key: SigningKey) -> None:
    base = theirs_of(key, "ecdsa-sd-2023", mandatoryPointers=["/issuer"])
    ours = derive(base, POINTERS)
    theirs = digitalbazaar("derive", credential=base, selectivePointers=POINTERS)
    for shown in (ours, theirs):
        report = verify(shown)
        assert (report.ok, report.findings, report.securing) == (True, [], "ecdsa-sd-2023")
        assert report.claims == part(key, "issuer")
        changed = copy.deepcopy(shown)
        changed["credentialSubject"]["mass"] = 1
        assert codes(verify(changed)) == {"signature_invalid"}
    assert_they_verify(ours, "ecdsa-sd-2023")


@cell("eddsa-rdfc-2022", library("eddsa-rdfc-2022"), "theirs")
def test_we_verify_their_ed25519_proof(key: SigningKey) -> None:
    credential = unsigned(key)
    del credential["issuer"]
    secured = digitalbazaar("issueEd25519", credential=credential)
    report = verify(secured)
    assert (report.ok, report.findings, report.securing) == (True, [], "eddsa-rdfc-2022")
    assert report.issuer is not None
    assert report.issuer.startswith("did:key:z6Mk")
    assert codes(verify(tampered(secured))) == {"signature_invalid"}


@cell("BitstringStatusList", "npm @digitalbazaar/vc-bitstring-status-list", "ours")
def test_they_read_our_status_list(key: SigningKey) -> None:
    suite: Any = "ecdsa-jcs-2019"
    listed = StatusList()
    for index in (0, 7, 94_567, 131_071):
        listed.set(index)
    indexes = [0, 1, 7, 8, 94_566, 94_567, 131_071]
    read = digitalbazaar("readList", encodedList=listed.encode(), indexes=indexes)
    assert read["length"] == 131_072
    assert read["values"] == [True, False, True, False, False, True, True]
    served = sign(listed.credential(LIST), key, securing=suite)
    for index, revoked in [(94_566, False), (94_567, True)]:
        entry = status_entry(LIST, index)
        secured = sign({**unsigned(key), "credentialStatus": entry}, key, securing=suite)
        documents = {LIST: served}
        statuses = assert_they_verify(secured, suite, documents=documents, lists=suite)
        assert statuses == [revoked]
    forged = sign(listed.credential(LIST), SigningKey.generate(), securing=suite)
    good = sign({**unsigned(key), "credentialStatus": status_entry(LIST, 1)}, key, securing=suite)
    for documents, reason in [
        ({LIST: forged}, "Issuers of the status list"),
        ({LIST: tampered(served)}, "not verified"),
        ({}, "Could not load"),
    ]:
        assert_they_refuse(good, suite, reason, documents=documents, lists=suite)


@cell("BitstringStatusList", "npm @digitalbazaar/vc-bitstring-status-list", "theirs")
def test_we_read_their_status_list(key: SigningKey) -> None:
    credential = digitalbazaar(
        "statusList", id=LIST, length=131_072, set=[0, 94_567], statusPurpose="revocation"
    )
    credential |= {"issuer": key.did}
    jwk, suite = key.to_jwk(), "ecdsa-jcs-2019"
    served = digitalbazaar("issue", credential=credential, jwk=jwk, suite=suite)
    listed = StatusList.decode(credential["credentialSubject"]["encodedList"])
    assert [listed.get(i) for i in (0, 1, 94_566, 94_567, 131_071)] == [1, 0, 0, 1, 0]
    for index, found in [(94_566, set()), (94_567, {"status_revoked"})]:
        secured = sign(unsigned(key), key, status=status_entry(LIST, index))
        assert codes(verify(secured, status={LIST: served})) == found
    secured = sign(unsigned(key), key, status=status_entry(LIST, 1))
    assert codes(verify(secured, status={LIST: tampered(served)})) == {"status_list_invalid"}


def test_their_no_is_an_answer(key: SigningKey) -> None:
    """The tests above rely on it: what a library refuses to do raises."""
    with pytest.raises(PeerError):
        digitalbazaar("issue", credential={}, jwk=key.to_jwk(), suite="ecdsa-jcs-2019")
    with pytest.raises(PeerError):
        digitalbazaar("no such command")
