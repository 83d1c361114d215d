"""Issuers whose DID does not carry their key: documents, resolvers, rotation."""

from __future__ import annotations

import json
import pickle
import threading
from typing import Any

import pytest
from batterypass import (
    BatteryPassError,
    DecodeError,
    DidDocument,
    DidKey,
    PublicKey,
    SigningKey,
    VerifyError,
    did_web_document,
    did_web_url,
    resolve_did,
    sign,
    verify,
)

DID = "did:web:maker.example"
METHOD = f"{DID}#key-1"
SUBJECT = {"credentialSubject": {"id": "urn:uuid:1"}}
AT = "2027-02-18T00:00:00Z"


def secured(key: SigningKey, method: str = METHOD) -> str:
    return sign(SUBJECT, key, issuer=DID, verification_method=method)


def codes(report: Any) -> list[tuple[str, str]]:
    return [(finding.code, finding.path) for finding in report.findings]


def test_documents_are_written_and_read(key: SigningKey) -> None:
    document = did_web_document(
        DID,
        [DidKey("key-1", key.public_key, ("assertionMethod",), expires="2028-01-01T00:00:00Z")],
        services=[{"id": f"{DID}#p", "type": "Passports", "serviceEndpoint": "https://a.example"}],
    )
    assert document.id == DID
    assert did_web_url(DID) == "https://maker.example/.well-known/did.json"
    (method,) = document.verification_methods
    assert (method.id, method.controller, method.key) == (METHOD, DID, key.public_key)
    assert (method.expires, method.revoked) == ("2028-01-01T00:00:00Z", None)
    assert document.to_dict()["service"][0]["type"] == "Passports"
    text = document.to_json()
    for form in (text, text.encode(), json.loads(text)):
        assert DidDocument.parse(form) == document
    assert pickle.loads(pickle.dumps(document)) == document  # noqa: S301
    assert repr(document) == f"<DidDocument {DID}>"


def test_a_key_is_for_a_purpose_and_a_time(key: SigningKey) -> None:
    keys = [DidKey("key-1", key.public_key, ("assertionMethod",), revoked=AT)]
    document = did_web_document(DID, keys)
    before = "2027-02-17T23:59:59Z"
    assert document.key("#key-1", at=before) == key.public_key
    assert document.key(METHOD, at=before, relationship="assertionMethod") == key.public_key
    for url, at, relationship, code in [
        ("#key-1", AT, "assertionMethod", "key_revoked"),
        ("#key-1", before, "authentication", "method_not_authorised"),
        ("#key-2", before, "assertionMethod", "method_not_found"),
        ("did:web:other.example#key-1", before, "assertionMethod", "did_mismatch"),
    ]:
        with pytest.raises(VerifyError) as caught:
            document.key(url, at=at, relationship=relationship)  # type: ignore[arg-type]
        assert caught.value.code == code
    with pytest.raises(BatteryPassError) as caught_argument:
        document.key("#key-1", at=before, relationship="signing")  # type: ignore[arg-type]
    assert caught_argument.value.code == "invalid_argument"


def test_bad_documents_name_the_member(key: SigningKey) -> None:
    bad: list[tuple[dict[str, Any], str, str]] = [
        ({}, "missing_member", "/id"),
        ({"id": "maker.example"}, "invalid_did", "/id"),
        ({"id": DID, "verificationMethod": 1}, "wrong_type", "/verificationMethod"),
    ]
    for document, code, path in bad:
        with pytest.raises(BatteryPassError) as caught:
            DidDocument.parse(document)
        assert (caught.value.code, caught.value.path) == (code, path)
    with pytest.raises(DecodeError):
        DidDocument.parse("{")
    twice = [DidKey("a", key.public_key), DidKey("a", key.public_key)]
    with pytest.raises(BatteryPassError) as caught:
        did_web_document(DID, twice)
    assert caught.value.code == "duplicate_value"
    with pytest.raises(BatteryPassError) as caught:
        did_web_url("did:web:127.0.0.1")
    assert caught.value.code == "invalid_did"


def test_names_that_carry_their_key_need_no_resolver(key: SigningKey) -> None:
    for did in (key.did, key.did_jwk, key.public_key.did_jwk):
        document = resolve_did(did)
        assert document.id == did
        assert document.verification_methods[0].key == key.public_key
    token = sign(SUBJECT, key, issuer=key.did_jwk, verification_method=f"{key.did_jwk}#0")
    report = verify(token)
    assert report.ok, report.findings
    assert report.issuer == key.did_jwk


def test_resolvers_have_many_forms(key: SigningKey) -> None:
    document = did_web_document(DID, [DidKey("key-1", key.public_key)])
    token = secured(key)
    asked: list[tuple[str, int]] = []

    def function(did: str) -> dict[str, Any]:
        asked.append((did, threading.get_ident()))
        return document.to_dict()

    resolvers: list[Any] = [
        {DID: document},
        {DID: document.to_dict()},
        {DID: document.to_json()},
        {DID: document.to_json().encode()},
        {DID: document}.get,
        function,
    ]
    for resolver in resolvers:
        report = verify(token, at=AT, resolver=resolver)
        assert report.ok, report.findings
        assert report.issuer == DID
        assert resolve_did(DID, resolver=resolver) == document
    assert asked == [(DID, threading.get_ident())] * 2
    with pytest.raises(TypeError):
        verify(token, resolver=5)  # type: ignore[arg-type]


def test_a_resolver_that_fails_is_a_finding(key: SigningKey) -> None:
    token = secured(key)

    def raising(error: BaseException) -> Any:
        def resolver(_did: str) -> dict[str, Any]:
            raise error

        return resolver

    other = did_web_document("did:web:other.example", [DidKey("key-1", key.public_key)])
    for resolver, code in [
        (None, "did_not_resolved"),
        ({}, "did_not_resolved"),
        (lambda _did: None, "did_not_resolved"),
        (lambda _did: 5, "did_not_resolved"),
        (lambda _did: "{", "truncated"),
        (lambda _did: {"id": 1}, "wrong_type"),
        (raising(OSError("no route")), "did_not_resolved"),
        (raising(BatteryPassError("too_large", "/x", "cut off")), "too_large"),
        (raising(BatteryPassError("of somebody else")), "did_not_resolved"),
        ({DID: other}, "did_mismatch"),
    ]:
        report = verify(token, at=AT, resolver=resolver)
        assert not report.ok
        assert codes(report) == [(code, "/issuer")], code
    assert "no route" in verify(token, resolver=raising(OSError("no route"))).findings[0].detail
    with pytest.raises(VerifyError) as caught:
        resolve_did(DID, resolver=raising(ValueError()))
    assert caught.value.code == "did_not_resolved"
    # What ends the program is no reason why there is no document.
    for interrupt in (KeyboardInterrupt(), SystemExit(3)):
        with pytest.raises(type(interrupt)):
            verify(token, resolver=raising(interrupt))
    assert not verify(token).ok


def test_rotation_keeps_what_was_signed_before(key: SigningKey) -> None:
    successor = SigningKey.generate()
    document = did_web_document(
        DID,
        [
            DidKey("key-1", key.public_key, revoked="2027-06-01T00:00:00Z"),
            DidKey("key-2", successor.public_key),
        ],
    )
    resolver = {DID: document}
    old, new = secured(key), secured(successor, f"{DID}#key-2")
    assert verify(old, at="2027-05-31T23:59:59Z", resolver=resolver).ok
    report = verify(old, at="2027-06-01T00:00:00Z", resolver=resolver)
    assert codes(report) == [("key_revoked", "/issuer")]
    assert verify(new, at="2027-06-01T00:00:00Z", resolver=resolver).ok
    # Signed by the new key under the name of the old one.
    forged = verify(secured(successor), at=AT, resolver=resolver)
    assert codes(forged) == [("signature_invalid", "")]


def test_a_foreign_key_is_refused_unless_asked_for(key: SigningKey) -> None:
    token = sign(SUBJECT, key)
    header, payload, _ = token.split(".")
    assert header
    assert payload
    credential = {**SUBJECT, "issuer": DID}
    with pytest.raises(VerifyError) as caught:
        sign(credential, key)
    assert caught.value.code == "issuer_mismatch"
    document = did_web_document(DID, [DidKey("key-1", key.public_key)])
    given: PublicKey = key.public_key
    assert verify(secured(key), issuer_key=given).ok
    assert verify(secured(key), issuer_key=given, resolver={DID: document}).ok
    stranger = SigningKey.generate().public_key
    assert codes(verify(secured(key), issuer_key=stranger)) == [("signature_invalid", "")]
