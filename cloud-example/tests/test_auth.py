"""Proofs of possession: what counts as one, and every way in which it does not."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from batterypass import SigningKey
from joserfc import jws
from joserfc.jwk import ECKey, OctKey

from batterypass_cloud.auth import check_proof, normal_url
from batterypass_cloud.client import make_proof
from batterypass_cloud.problems import Problem
from cloudtest import LocalCloud, Onboarded

URL = "https://cloud.example/v1/dpps/urn:uuid:1"
NOW = 1_800_000_000.0
KEY = SigningKey.generate()


def proof(*, header: dict[str, Any] | None = None, key: Any = None, **claims: Any) -> str:
    private = ECKey.import_key(dict(KEY.to_jwk()))
    head = {"typ": "dpop+jwt", "alg": "ES256", "jwk": private.as_dict(private=False)}
    body = {"jti": "1", "htm": "GET", "htu": URL, "iat": NOW, **claims}
    algorithms = ["ES256", "HS256", "ES384"]
    return jws.serialize_compact(
        {**head, **(header or {})}, json.dumps(body), key or private, algorithms
    )


def code_of(text: str, method: str = "GET", url: str = URL, now: float = NOW) -> str:
    with pytest.raises(Problem) as caught:
        check_proof(text, method, url, now)
    assert caught.value.status == 401
    assert caught.value.headers["WWW-Authenticate"].startswith("DPoP")
    return caught.value.code


def test_a_proof_names_its_key() -> None:
    found = check_proof(make_proof(KEY, "GET", URL, at=NOW), "GET", URL, NOW)
    assert found.thumbprint == KEY.public_key.thumbprint


@pytest.mark.parametrize("text", ["", "a", "a.b.c", "e30.e30.e30", "é.é.é", "." * 10, "x" * 5000])
def test_what_is_no_token(text: str) -> None:
    assert code_of(text) == "proof_malformed"


@pytest.mark.parametrize(
    "header",
    [
        {"typ": "JWT"},
        {"crit": ["exp"]},
        {"jwk": None},
        {"jwk": "x"},
        {"jwk": 7},
        {"jwk": {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}},
        {"jwk": {"kty": "oct", "k": "AA"}},
        {"jwk": dict(KEY.to_jwk())},
    ],
)
def test_headers_that_are_refused(header: dict[str, Any]) -> None:
    if "crit" in header or not isinstance(header.get("jwk", {}), dict):
        # A library would not sign this, so the header is put in by hand.
        head, body, signature = proof().split(".")
        members = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
        head = base64.urlsafe_b64encode(json.dumps({**members, **header}).encode()).decode()
        assert code_of(".".join([head.rstrip("="), body, signature])) == "proof_malformed"
    else:
        assert code_of(proof(header=header)) == "proof_malformed"


def test_other_algorithms_are_refused() -> None:
    secret = OctKey.import_key(b"0" * 32)
    assert code_of(proof(header={"alg": "HS256"}, key=secret)) == "proof_algorithm_refused"
    head = base64.urlsafe_b64encode(b'{"alg":"none","typ":"dpop+jwt"}').decode().rstrip("=")
    assert code_of(f"{head}.e30.") == "proof_algorithm_refused"


def test_a_proof_signed_by_another_key() -> None:
    other = ECKey.import_key(dict(SigningKey.generate().to_jwk()))
    assert code_of(proof(key=other)) == "proof_signature_invalid"


def test_every_part_is_signed() -> None:
    good = proof()
    head, body, signature = good.split(".")
    other = proof(jti="2").split(".")[1]
    assert code_of(f"{head}.{other}.{signature}") == "proof_signature_invalid"
    flipped = ("A" if signature[0] != "A" else "B") + signature[1:]
    assert code_of(f"{head}.{body}.{flipped}") == "proof_signature_invalid"


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"htm": "POST"}, "proof_wrong_request"),
        ({"htm": "get"}, "proof_wrong_request"),
        ({"htu": "https://other.example/v1/dpps/urn:uuid:1"}, "proof_wrong_request"),
        ({"htu": "https://cloud.example/v1/dpps/urn:uuid:2"}, "proof_wrong_request"),
        ({"htu": "http://cloud.example/v1/dpps/urn:uuid:1"}, "proof_wrong_request"),
        ({"htu": 1}, "proof_wrong_request"),
        ({"jti": ""}, "proof_malformed"),
        ({"jti": 7}, "proof_malformed"),
        ({"jti": "x" * 300}, "proof_malformed"),
        ({"iat": "now"}, "proof_malformed"),
        ({"iat": True}, "proof_malformed"),
        ({"iat": NOW - 301}, "proof_not_current"),
        ({"iat": NOW + 301}, "proof_not_current"),
        ({"iat": float("nan")}, "proof_not_current"),
        ({"iat": float("inf")}, "proof_not_current"),
    ],
)
def test_claims_that_are_refused(claims: dict[str, Any], code: str) -> None:
    assert code_of(proof(**claims)) == code


@pytest.mark.parametrize("iat", [NOW - 300, NOW, NOW + 300])
def test_five_minutes_of_skew_are_fine(iat: float) -> None:
    check_proof(proof(iat=iat), "GET", URL, NOW)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example", "https://a.example/"),
        ("https://A.example:443/x", "https://a.example/x"),
        ("http://a.example:80/x?q#f", "http://a.example/x"),
        ("https://a.example/urn%3Auuid%3a1", "https://a.example/urn:uuid:1"),
    ],
)
def test_spellings_of_one_address(one: str, other: str) -> None:
    assert normal_url(one) == normal_url(other) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example/x%2Fstatus", "https://a.example/x/status"),
        ("https://a.example/x%252F", "https://a.example/x%2F"),
        ("https://a.example:8443/", "https://a.example/"),
        ("https://a.example/X", "https://a.example/x"),
    ],
)
def test_different_addresses(one: str, other: str) -> None:
    assert normal_url(one) != normal_url(other)


@pytest.mark.parametrize("text", ["", "x", "ftp://a/", "https://u:p@a/", "https://a:99999/"])
def test_no_addresses(text: str) -> None:
    assert normal_url(text) is None


def test_a_proof_works_once(local: LocalCloud, battery: Onboarded) -> None:
    url = f"http://testserver/v1/dpps/{battery.id}/recipients"
    used = {"DPoP": make_proof(local.actors.operator, "GET", url, at=local.time)}
    assert local.http.get(url, headers=used).status_code == 200
    again = local.http.get(url, headers=used)
    assert (again.status_code, again.json()["code"]) == (401, "proof_replayed")
    assert "DPoP" in again.headers["WWW-Authenticate"]
    # Not even when the clock is set back far enough for the first use to be forgotten.
    local.time += 290
    assert local.client(local.actors.operator).recipients(battery.id)
    local.time -= 580
    assert local.http.get(url, headers=used).json()["code"] == "proof_replayed"


def test_keys_that_are_not_registered_or_revoked(local: LocalCloud, battery: Onboarded) -> None:
    url = f"http://testserver/v1/dpps/{battery.id}"

    def code(key: SigningKey) -> str:
        headers = {"DPoP": make_proof(key, "GET", url, at=local.time)}
        answer = local.http.get(url, headers=headers)
        assert answer.status_code == 401
        return str(answer.json()["code"])

    assert code(local.actors.stranger) == "key_unknown"
    thumbprint = local.actors.broker.public_key.thumbprint
    local.administer(lambda registry: registry.revoke(thumbprint, int(local.time)))
    assert code(local.actors.broker) == "key_revoked"


def test_a_bad_proof_is_never_anonymous(local: LocalCloud, battery: Onboarded) -> None:
    for value in ("", "nonsense"):
        answer = local.http.get(f"/v1/dpps/{battery.id}", headers={"DPoP": value})
        assert (answer.status_code, answer.json()["code"]) == (401, "proof_malformed")
    proofs = [("DPoP", "a"), ("DPoP", "b")]
    answer = local.http.get(f"/v1/dpps/{battery.id}", headers=proofs)
    assert answer.json()["code"] == "proof_malformed"


def test_a_proof_for_another_route_is_refused(local: LocalCloud, battery: Onboarded) -> None:
    url = f"http://testserver/v1/dpps/{battery.id}"
    headers = {"DPoP": make_proof(local.actors.operator, "GET", url, at=local.time)}
    answer = local.http.delete(url, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "proof_wrong_request")


def test_strangers_leave_nothing_in_the_table(local: LocalCloud, battery: Onboarded) -> None:
    url = f"http://testserver/v1/dpps/{battery.id}"
    database = local.app.state.services.database

    def rows() -> int:
        return int(
            database.read_now(lambda c: c.execute("SELECT count(*) FROM used_proofs").fetchone()[0])
        )

    before = rows()
    for _ in range(5):
        headers = {"DPoP": make_proof(SigningKey.generate(), "GET", url, at=local.time)}
        local.http.get(url, headers=headers)
    assert rows() == before
    local.time += 3600
    local.client(local.actors.operator).passport(battery.id)
    assert rows() == 1
