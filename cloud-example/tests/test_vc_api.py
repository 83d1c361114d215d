"""The W3C VC-API: what it issues verifies, what it is given is verified, exactly 200 or 400."""

from __future__ import annotations

import json
from typing import Any

import batterypass
import pytest
from batterypass import SigningKey, sign, sign_presentation, to_enveloped

from batterypass_cloud.client import make_proof
from batterypass_cloud.times import rfc3339
from cloudtest import LocalCloud

SUBJECT = {"id": "urn:uuid:5a1b6f52-1111-4c1e-9b42-000000000001", "name": "Example"}
CREDENTIAL = {"credentialSubject": SUBJECT}
EMBEDDED = ["ecdsa-jcs-2019", "ecdsa-rdfc-2019", "ecdsa-sd-2023"]
ENVELOPED = ["vc+jwt", "vc+cose", "vc+sd-jwt"]


def post(
    local: LocalCloud, path: str, body: dict[str, Any], key: SigningKey | None = None
) -> tuple[int, dict[str, Any]]:
    headers = {}
    if key is not None:
        proof = make_proof(key, "POST", local.base_url + path, at=local.now())
        headers["DPoP"] = proof
    answer = local.http.post(path, json=body, headers=headers)
    return answer.status_code, answer.json()


def issue(local: LocalCloud, credential: dict[str, Any] = CREDENTIAL, **options: Any) -> Any:
    body = {"credential": credential, "options": options}
    status, answer = post(local, "/credentials/issue", body, local.actors.operator)
    assert status == 201, answer
    return answer["verifiableCredential"]


def verify(local: LocalCloud, credential: Any, **options: Any) -> tuple[int, dict[str, Any]]:
    body = {"verifiableCredential": credential, "options": options}
    return post(local, "/credentials/verify", body)


@pytest.mark.parametrize("form", EMBEDDED + ENVELOPED)
def test_what_is_issued_verifies(local: LocalCloud, form: str) -> None:
    made = issue(local, securing=form)
    assert ("proof" in made) == (form in EMBEDDED)
    if form in EMBEDDED:
        assert made["proof"]["cryptosuite"] == form
    if form == "ecdsa-sd-2023":
        # A base proof is for deriving from; only what is derived is shown and verified.
        assert verify(local, made)[0] == 400
        body = {
            "verifiableCredential": made,
            "options": {"selectivePointers": ["/credentialSubject"]},
        }
        status, answer = post(local, "/credentials/derive", body)
        assert status == 201
        made = answer["verifiableCredential"]
    report = batterypass.verify(made, at=rfc3339(local.now()))
    assert report.ok and report.securing == form, report.findings
    status, answer = verify(local, made)
    assert (status, answer["verified"], answer["errors"]) == (200, True, [])
    assert answer["credential"]["credentialSubject"]["id"] == SUBJECT["id"]


def test_a_changed_credential_is_400_with_the_reason(local: LocalCloud) -> None:
    made = issue(local)
    made["credentialSubject"]["name"] = "Other"
    status, answer = verify(local, made)
    assert (status, answer["verified"], answer["code"]) == (400, False, "signature_invalid")
    assert answer["errors"][0]["path"] == "/verifiableCredential/proof/proofValue"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"verifiableCredential": None},
        {"verifiableCredential": []},
        {"verifiableCredential": {}},
        {"verifiableCredential": "x"},
        {"verifiableCredential": {"proof": {}}},
        {"verifiableCredential": {"proof": {}}, "options": 1},
        {"verifiableCredential": {"proof": {}}, "options": {"domain": 1}},
    ],
)
def test_what_cannot_be_read_is_400(local: LocalCloud, body: dict[str, Any]) -> None:
    status, answer = post(local, "/credentials/verify", body)
    assert (status, answer["verified"]) == (400, False)
    presented = {**body}
    if "verifiableCredential" in presented:
        presented["verifiablePresentation"] = presented.pop("verifiableCredential")
    status, answer = post(local, "/presentations/verify", presented)
    assert (status, answer["verified"]) == (400, False)


def test_bodies_are_read_strictly(local: LocalCloud) -> None:
    headers = {"content-type": "application/json"}
    text = json.dumps({"verifiableCredential": issue(local)})
    for changed, code in [
        (text[:-1], "body_invalid"),
        (text[:-1] + ',"verifiableCredential":{}}', "duplicate_key"),
        (text.replace('"Example"', "NaN"), "body_invalid"),
        ("[" * 100_000, "body_invalid"),
        ("[]", "body_invalid"),
    ]:
        answer = local.http.post("/credentials/verify", content=changed, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (400, code)
    answer = local.http.post("/credentials/verify", content=text)
    assert (answer.status_code, answer.json()["code"]) == (400, "media_type_unsupported")
    answer = local.http.post("/credentials/verify", content=" " * (2 << 20), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "body_too_large")


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"@context": "https://www.w3.org/ns/credentials/v2"}, "/@context"),
        ({"@context": ["https://example.com/other"]}, "/@context"),
        ({"type": "Other Type"}, "/type"),
        ({"type": 1}, "/type"),
        ({"id": "no url"}, "/id"),
        ({"issuer": {"name": "no id"}}, "/issuer"),
        ({"credentialSubject": {}}, "/credentialSubject"),
        ({"credentialSubject": []}, "/credentialSubject"),
        ({"credentialSubject": None}, "/credentialSubject"),
        ({"validFrom": "2027-02-18"}, "/validFrom"),
        (
            {"validFrom": "2027-02-18T00:00:00Z", "validUntil": "2026-01-01T00:00:00Z"},
            "/validUntil",
        ),
        ({"credentialStatus": {"id": "urn:x:1"}}, "/credentialStatus/type"),
        ({"credentialSchema": {"type": "JsonSchema"}}, "/credentialSchema/id"),
        ({"evidence": [{}]}, "/evidence/0/type"),
        ({"termsOfUse": "x"}, "/termsOfUse"),
        ({"refreshService": {}}, "/refreshService/type"),
        ({"name": 1}, "/name"),
        ({"description": {"@value": "x", "other": 1}}, "/description"),
        ({"relatedResource": [{"id": "urn:x:1"}]}, "/relatedResource/0"),
        ({"proof": {"type": "DataIntegrityProof"}}, "/proof"),
    ],
)
def test_what_vcdm_forbids_is_not_issued(
    local: LocalCloud, change: dict[str, Any], path: str
) -> None:
    body = {"credential": {**CREDENTIAL, **change}}
    status, answer = post(local, "/credentials/issue", body, local.actors.operator)
    assert 400 <= status < 500
    assert answer["path"].startswith(f"/credential{path}"), answer


def test_only_operators_have_credentials_issued(local: LocalCloud) -> None:
    body = {"credential": CREDENTIAL}
    assert post(local, "/credentials/issue", body)[0] == 401
    for key, expected in [
        (local.actors.operator, 201),
        (local.actors.other_operator, 201),
        (local.actors.authority, 403),
        (local.actors.broker, 403),
        (local.actors.stranger, 401),
    ]:
        assert post(local, "/credentials/issue", body, key)[0] == expected


def test_an_open_issuer_serves_everyone(tmp_path: Any) -> None:
    local = LocalCloud(tmp_path / "open", open_issuer=True)
    try:
        assert post(local, "/credentials/issue", {"credential": CREDENTIAL})[0] == 201
    finally:
        local.close()


def test_options_that_a_form_has_no_place_for_are_refused(local: LocalCloud) -> None:
    for options, path in [
        ({"securing": "vc+jwt", "domain": "a.example"}, "/proof/domain"),
        ({"mandatoryPointers": ["/issuer"]}, "/options/mandatoryPointers"),
        ({"securing": "none"}, "/options/securing"),
        ({"credentialStatus": {"statusPurpose": "x"}}, "/options/credentialStatus/statusPurpose"),
        ({"credentialStatus": {"type": "x"}}, "/options/credentialStatus"),
    ]:
        body = {"credential": CREDENTIAL, "options": options}
        status, answer = post(local, "/credentials/issue", body, local.actors.operator)
        assert status == 400 and answer["path"].endswith(path), answer


def test_domain_and_challenge_are_honoured(local: LocalCloud) -> None:
    made = issue(local, domain="cloud.example", challenge="n-0S6")
    assert (made["proof"]["domain"], made["proof"]["challenge"]) == ("cloud.example", "n-0S6")
    assert verify(local, made, domain="cloud.example", challenge="n-0S6")[0] == 200
    status, answer = verify(local, made, domain="other.example", challenge="n-0S6")
    assert (status, answer["code"]) == (400, "domain_mismatch")
    status, answer = verify(local, made, domain="cloud.example", challenge="other")
    assert (status, answer["code"]) == (400, "challenge_mismatch")


@pytest.mark.parametrize("form", ENVELOPED)
def test_domain_and_challenge_are_asked_of_tokens_too(local: LocalCloud, form: str) -> None:
    made = issue(local, securing=form)
    assert verify(local, made)[0] == 200
    for options, code in [
        ({"domain": "cloud.example"}, "domain_mismatch"),
        ({"challenge": "n-0S6"}, "challenge_mismatch"),
    ]:
        status, answer = verify(local, made, **options)
        assert (status, answer["verified"]) == (400, False)
        assert code in [error["code"] for error in answer["errors"]]


@pytest.mark.parametrize("form", ["vc+jwt", "vc+cose"])
def test_a_token_names_its_recipient_as_a_claim(local: LocalCloud, form: str) -> None:
    made = issue(local, {**CREDENTIAL, "aud": "cloud.example", "nonce": "n-0S6"}, securing=form)
    assert verify(local, made, domain="cloud.example", challenge="n-0S6")[0] == 200
    status, answer = verify(local, made, domain="other.example", challenge="n-0S6")
    assert (status, answer["code"]) == (400, "domain_mismatch")
    status, answer = verify(local, made, domain="cloud.example", challenge="other")
    assert (status, answer["code"]) == (400, "challenge_mismatch")


@pytest.mark.parametrize("form", ["vc+jwt", "ecdsa-jcs-2019"])
def test_presentations(local: LocalCloud, form: str) -> None:
    holder = SigningKey.generate()
    when = rfc3339(local.now())
    credentials = [issue(local, securing=each) for each in ("vc+jwt", "ecdsa-jcs-2019")]
    made = sign_presentation(  # type: ignore[call-overload]
        {"verifiableCredential": credentials},
        holder,
        securing=form,
        domain="cloud.example",
        challenge="n-0S6",
        created=when,
    )
    shown = (
        made
        if isinstance(made, dict)
        else {
            "@context": "https://www.w3.org/ns/credentials/v2",
            "type": "EnvelopedVerifiablePresentation",
            "id": f"data:application/vp+jwt,{made}",
        }
    )
    body = {
        "verifiablePresentation": shown,
        "options": {"domain": "cloud.example", "challenge": "n-0S6"},
    }
    status, answer = post(local, "/presentations/verify", body)
    assert (status, answer["verified"], answer["holder"]) == (200, True, holder.did)
    body["options"] = {"domain": "cloud.example", "challenge": "other"}
    status, answer = post(local, "/presentations/verify", body)
    assert (status, answer["code"]) == (400, "challenge_mismatch")
    # A credential in it that does not hold spoils it.
    bad = json.loads(json.dumps(credentials[1]))
    bad["credentialSubject"]["name"] = "Other"
    made = sign_presentation(
        {"verifiableCredential": [bad]}, holder, securing="ecdsa-jcs-2019", created=when
    )
    status, answer = post(local, "/presentations/verify", {"verifiablePresentation": made})
    assert status == 400
    assert answer["path"].startswith("/verifiablePresentation/verifiableCredential/0/proof")


@pytest.mark.parametrize("purpose", ["revocation", "suspension"])
def test_a_status_is_given_changed_and_seen(local: LocalCloud, purpose: str) -> None:
    made = issue(
        local, credentialStatus={"type": "BitstringStatusListEntry", "statusPurpose": purpose}
    )
    other = issue(local, credentialStatus={"statusPurpose": purpose})
    entry = made["credentialStatus"]
    assert entry["statusListCredential"] == other["credentialStatus"]["statusListCredential"]
    assert entry["statusListIndex"] != other["credentialStatus"]["statusListIndex"]
    assert verify(local, made)[0] == 200

    def change(value: bool, key: SigningKey) -> int:
        body = {"credentialStatus": entry, "status": value}
        return post(local, "/credentials/status", body, key)[0]

    # Nobody else, and nobody learns whether the position is in use.
    assert change(True, local.actors.other_operator) == 404
    assert change(True, local.actors.operator) == 200
    status, answer = verify(local, made)
    code = {"revocation": "status_revoked", "suspension": "status_suspended"}[purpose]
    assert (status, answer["code"]) == (400, code)
    assert verify(local, other)[0] == 200
    assert change(False, local.actors.operator) == (409 if purpose == "revocation" else 200)
    assert (verify(local, made)[0] == 200) == (purpose == "suspension")


def test_status_lists_are_signed_and_verify_elsewhere(local: LocalCloud) -> None:
    made = issue(local, credentialStatus={})
    url = made["credentialStatus"]["statusListCredential"]
    path = url.removeprefix(local.base_url)
    for accept in ("application/vc", "application/vc+jwt"):
        answer = local.http.get(path, headers={"Accept": accept})
        assert answer.status_code == 200
        assert answer.headers["content-type"].split(";")[0] == accept
        report = batterypass.verify(made, at=rfc3339(local.now()), status={url: answer.content})
        assert report.ok, report.findings
    assert local.http.get("/status/999").status_code == 404
    assert local.http.get("/status/0").status_code == 400


def test_lists_of_others_are_not_fetched(local: LocalCloud) -> None:
    """The server would otherwise call addresses that strangers choose."""
    key = SigningKey.generate()
    status = batterypass.status_entry("https://lists.example/1", 7)
    made = sign(
        CREDENTIAL, key, securing="ecdsa-jcs-2019", status=status, created=rfc3339(local.now())
    )
    code, answer = verify(local, made)
    assert (code, answer["code"]) == (400, "status_unavailable")


def test_a_derived_part_hides_the_rest(local: LocalCloud) -> None:
    credential = {"credentialSubject": {**SUBJECT, "secret": "hidden-value"}}
    for form in ("ecdsa-sd-2023", "vc+sd-jwt"):
        made = issue(local, credential, securing=form)
        body = {
            "verifiableCredential": made,
            "options": {"selectivePointers": ["/credentialSubject/name"]},
        }
        status, answer = post(local, "/credentials/derive", body)
        assert status == 201, answer
        part = answer["verifiableCredential"]
        if form == "ecdsa-sd-2023":
            assert "hidden-value" not in json.dumps(part)
        status, answer = verify(local, part)
        assert (status, answer["verified"]) == (200, True), answer
    jws = to_enveloped(sign(CREDENTIAL, SigningKey.generate()))
    status, answer = post(local, "/credentials/derive", {"verifiableCredential": jws})
    assert 400 <= status < 500
