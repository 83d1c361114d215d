"""Presentations, credentials wrapped into JSON, sets and chains of proofs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from batterypass import (
    BatteryPassError,
    SigningKey,
    VerifyError,
    add_proof,
    disclose,
    from_enveloped,
    sign,
    sign_presentation,
    to_enveloped,
    verify,
    verify_presentation,
)

if TYPE_CHECKING:
    from collections.abc import Callable

AT = "2027-02-18T00:00:00Z"
CREATED = "2027-02-01T00:00:00Z"
FORMS: dict[str, Any] = {"vc+jwt": str, "vc+cose": bytes, "ecdsa-jcs-2019": dict}
CLOUD, CHALLENGE = "https://cloud.example", "n-0S6"


def codes(report: Any) -> list[tuple[str, str]]:
    return [(finding.code, finding.path) for finding in report.findings]


def credential(issuer: SigningKey, holder: SigningKey, **options: Any) -> Any:
    return sign({"credentialSubject": {"id": holder.did}}, issuer, **options)


@pytest.mark.parametrize("securing", ["vc+jwt", "vc+cose", "ecdsa-jcs-2019"])
def test_a_holder_shows_credentials(key: SigningKey, securing: Any) -> None:
    issuer = SigningKey.generate()
    token = credential(issuer, key)
    document = credential(issuer, key, securing="ecdsa-jcs-2019", created=CREATED)
    shown: Any = sign_presentation(
        {"verifiableCredential": [to_enveloped(token), document]},
        key,
        securing=securing,
        domain=CLOUD,
        challenge=CHALLENGE,
        created=CREATED,
        expires="2027-03-01T00:00:00Z",
    )
    assert isinstance(shown, FORMS[securing])
    forms: list[Any] = [shown, to_enveloped(shown)]
    for form in forms:
        report = verify_presentation(form, at=AT, domain=CLOUD, challenge=CHALLENGE)
        assert report.ok, report.findings
        assert (report.holder, report.securing) == (key.did, securing)
        assert [one.securing for one in report.credentials] == ["vc+jwt", "ecdsa-jcs-2019"]
        assert [one.issuer for one in report.credentials] == [issuer.did] * 2
        assert "VerifiablePresentation" in report.claims["type"]
    replayed = verify_presentation(shown, at=AT, domain="https://a.example", challenge="other")
    assert not replayed.ok
    assert {code for code, _ in codes(replayed)} == {"domain_mismatch", "challenge_mismatch"}
    late = verify_presentation(shown, at="2027-03-01T00:00:01Z")
    assert [code for code, _ in codes(late)] == ["expired"]
    stranger = SigningKey.generate().public_key
    assert not verify_presentation(shown, at=AT, holder_key=stranger).ok
    assert verify_presentation(shown, at=AT, holder_key=key.public_key).ok


def test_a_bad_credential_spoils_the_presentation(key: SigningKey) -> None:
    issuer = SigningKey.generate()
    expired = credential(issuer, key, valid_until="2027-01-01T00:00:00Z")
    shown = sign_presentation({"verifiableCredential": [to_enveloped(expired)]}, key)
    report = verify_presentation(shown, at=AT)
    assert not report.ok
    assert codes(report) == [("expired", "/verifiableCredential/0/validUntil")]
    assert not report.credentials[0].ok
    with pytest.raises(VerifyError) as caught:
        sign_presentation({"holder": issuer.did}, key)
    assert (caught.value.code, caught.value.path) == ("issuer_mismatch", "/holder")


def test_wrapping_and_unwrapping(key: SigningKey) -> None:
    token = credential(SigningKey.generate(), key)
    wrapped = to_enveloped(token)
    assert wrapped["type"] == "EnvelopedVerifiableCredential"
    assert wrapped["id"] == f"data:application/vc+jwt,{token}"
    assert from_enveloped(wrapped) == token
    assert from_enveloped(to_enveloped(b"\xd2\x84")) == b"\xd2\x84"
    assert from_enveloped({"type": "VerifiableCredential"}) is None
    assert to_enveloped({"proof": {}}) == {"proof": {}}
    assert verify(wrapped).ok
    with pytest.raises(BatteryPassError) as caught:
        from_enveloped({**wrapped, "id": "https://a.example"})
    assert (caught.value.code, caught.value.path) == ("invalid_member", "/id")


def test_every_form_of_a_document_verifies(key: SigningKey) -> None:
    token = sign({"credentialSubject": {"id": "urn:uuid:1"}}, key)
    document = sign({"credentialSubject": {"id": "urn:uuid:1"}}, key, securing="ecdsa-jcs-2019")
    text = json.dumps(document)
    message = sign({"credentialSubject": {"id": "urn:uuid:1"}}, key, securing="vc+cose")
    assert message.startswith(b"\xd2\x84")
    for form in (
        message,
        memoryview(message),
        token,
        token.encode(),
        bytearray(token.encode()),
        document,
        text,
        text.encode(),
    ):
        report = verify(form)
        assert report.ok, report.findings


def test_sets_and_chains_of_proofs(key: SigningKey) -> None:
    other = SigningKey.generate()
    document = sign(
        {"credentialSubject": {"id": "urn:uuid:1"}},
        key,
        securing="ecdsa-jcs-2019",
        created=CREATED,
        proof_id="urn:uuid:first",
        domain=CLOUD,
        challenge=CHALLENGE,
    )
    assert document["proof"]["created"] == CREATED
    both = add_proof(
        document,
        key,
        created=CREATED,
        previous_proofs=["urn:uuid:first"],
        domain=CLOUD,
        challenge=CHALLENGE,
    )
    assert [proof["type"] for proof in both["proof"]] == ["DataIntegrityProof"] * 2
    assert both["proof"][0] == document["proof"]
    assert both["proof"][1]["previousProof"] in ("urn:uuid:first", ["urn:uuid:first"])
    report = verify(both, at=AT, domain=CLOUD, challenge=CHALLENGE)
    assert report.ok, report.findings
    # The second proof covers the first, so the first cannot be taken away.
    alone = {**both, "proof": both["proof"][1]}
    assert not verify(alone, at=AT).ok
    # A witness may sign beside the issuer, but not in its place.
    witnessed = add_proof(document, other, created=CREATED)
    assert verify(witnessed, at=AT).ok
    foreign = verify({**witnessed, "proof": witnessed["proof"][1]}, at=AT)
    assert "issuer_mismatch" in {code for code, _ in codes(foreign)}
    refused: list[tuple[Callable[[], Any], str]] = [
        (lambda: add_proof(document, key, previous_proofs=["urn:uuid:none"]), "invalid_member"),
        (lambda: add_proof(document, key, securing="vc+jwt"), "invalid_argument"),  # type: ignore[arg-type]
        (lambda: sign({"credentialSubject": {}}, key, domain=CLOUD), "invalid_argument"),
        (
            lambda: sign({"credentialSubject": {}}, key, cose_algorithm="ESP256"),
            "invalid_argument",
        ),
    ]
    for call, code in refused:
        with pytest.raises(BatteryPassError) as caught:
            call()
        assert caught.value.code == code


def addressed(securing: str, key: SigningKey, domain: str | None, challenge: str | None) -> Any:
    """Return a credential that its issuer, or with an SD-JWT its holder, made for a recipient."""
    body: dict[str, Any] = {"credentialSubject": {"id": "urn:uuid:1"}}
    said = {"domain": domain, "challenge": challenge}
    if securing == "vc+sd-jwt":
        issued = sign(body, key, securing="vc+sd-jwt", holder=key.public_key)
        if domain is None or challenge is None:
            return issued
        return disclose(issued, holder_key=key, aud=domain, nonce=challenge, at=AT)
    if securing in {"vc+jwt", "vc+cose"}:
        claims = {"aud": domain, "nonce": challenge}
        body |= {name: value for name, value in claims.items() if value is not None}
        said = {}
    options: dict[str, Any] = {"securing": securing, **said}
    if securing.startswith("ecdsa"):
        options["created"] = CREATED
    return sign(body, key, **options)


@pytest.mark.parametrize("securing", ["vc+jwt", "vc+cose", "vc+sd-jwt", "ecdsa-jcs-2019"])
def test_every_form_is_for_its_recipient(key: SigningKey, securing: str) -> None:
    mismatches = {"domain_mismatch", "challenge_mismatch"}
    asked: Any = {"at": AT, "domain": CLOUD, "challenge": CHALLENGE}
    absent = addressed(securing, key, None, None)
    wrong = addressed(securing, key, "https://other.example", "n-1")
    right = addressed(securing, key, CLOUD, CHALLENGE)
    for shown, refused in [(absent, True), (wrong, True), (right, False)]:
        forms: list[Any] = [shown, to_enveloped(shown)]
        for form in forms:
            assert verify(form, at=AT).ok
            report = verify(form, **asked)
            found = {code for code, _ in codes(report)} & mismatches
            assert (report.ok, found) == (not refused, mismatches if refused else set())
            for name, code in [("domain", "domain_mismatch"), ("challenge", "challenge_mismatch")]:
                report = verify(form, **{"at": AT, name: asked[name]})
                found = {code for code, _ in codes(report)} & mismatches
                assert (report.ok, found) == (not refused, {code} if refused else set())


def test_a_key_binding_has_an_age(key: SigningKey) -> None:
    shown = addressed("vc+sd-jwt", key, CLOUD, CHALLENGE)
    later: Any = {"at": "2027-02-18T00:10:00Z", "challenge": CHALLENGE}
    assert codes(verify(shown, **later)) == [("expired", "/kb_jwt/iat")]
    assert verify(shown, **later, key_binding_max_age=600).ok
    assert codes(verify(shown, **later, key_binding_max_age=599)) == [("expired", "/kb_jwt/iat")]
