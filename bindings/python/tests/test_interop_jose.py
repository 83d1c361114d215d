"""`vc+jwt` and `vp+jwt` with three JOSE libraries."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any, NamedTuple

import peers
import pytest
from batterypass import (
    SigningKey,
    sign,
    sign_presentation,
    to_enveloped,
    verify,
    verify_presentation,
)
from interop_table import cell
from joserfc import jws
from joserfc.errors import BadSignatureError
from joserfc.jwk import ECKey
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS, InvalidJWSSignature

if TYPE_CHECKING:
    from collections.abc import Callable

Object = dict[str, Any]


class Library(NamedTuple):
    """Sign header and payload with a private JWK; verify a token with a public one."""

    name: str
    sign: Callable[[Object, Object, Object], str]
    verify: Callable[[str, Object], tuple[Object, Object]]
    refusal: type[Exception]


def joserfc_sign(header: Object, payload: Object, jwk: Object) -> str:
    return jws.serialize_compact(header, json.dumps(payload).encode(), ECKey.import_key(jwk))


def joserfc_verify(token: str, jwk: Object) -> tuple[Object, Object]:
    opened = jws.deserialize_compact(token, ECKey.import_key(jwk), algorithms=["ES256"])
    return dict(opened.headers()), json.loads(opened.payload or b"")


def jwcrypto_sign(header: Object, payload: Object, jwk: Object) -> str:
    token = JWS(json.dumps(payload).encode())
    token.add_signature(JWK(**jwk), protected=json.dumps(header))
    return str(token.serialize(compact=True))


def jwcrypto_verify(token: str, jwk: Object) -> tuple[Object, Object]:
    opened = JWS()
    opened.allowed_algs = ["ES256"]
    opened.deserialize(token, JWK(**jwk))
    return dict(opened.jose_header), json.loads(opened.payload)


def jose_sign(header: Object, payload: Object, jwk: Object) -> str:
    return str(peers.jose("sign", header=header, payload=payload, jwk=jwk))


def jose_verify(token: str, jwk: Object) -> tuple[Object, Object]:
    opened = peers.jose("verify", token=token, jwk=jwk)
    return opened["header"], opened["payload"]


LIBRARIES = [
    Library("PyPI joserfc", joserfc_sign, joserfc_verify, BadSignatureError),
    Library("PyPI jwcrypto", jwcrypto_sign, jwcrypto_verify, InvalidJWSSignature),
    Library("npm jose", jose_sign, jose_verify, peers.PeerError),
]


def each(form: str, direction: Any) -> pytest.MarkDecorator:
    marked = [
        pytest.param(library, marks=cell(form, library.name, direction), id=library.name)
        for library in LIBRARIES
    ]
    return pytest.mark.parametrize("library", marked)


def method(key: SigningKey) -> str:
    return f"{key.did}#{key.did.removeprefix('did:key:')}"


def tampered(token: str) -> str:
    """Change one letter of a word in the payload."""
    header, payload, signature = token.split(".")
    text = base64.urlsafe_b64decode(payload + "==").replace(b"Verifiable", b"Variffable", 1)
    changed = base64.urlsafe_b64encode(text).rstrip(b"=").decode()
    assert changed != payload
    return f"{header}.{changed}.{signature}"


def codes(report: Any) -> set[str]:
    return {finding.code for finding in report.findings}


@each("vc+jwt", "ours")
def test_they_verify_our_credential(library: Library, key: SigningKey, example: Object) -> None:
    subject = {"id": "urn:uuid:1", "name": "Prüfling €", "passport": example}
    token = sign({"credentialSubject": subject}, key, valid_from="2026-01-01T00:00:00Z")
    header, payload = library.verify(token, key.public_key.to_jwk())
    assert header == {"alg": "ES256", "typ": "vc+jwt", "cty": "vc", "kid": method(key)}
    assert payload == verify(token).claims
    assert payload["credentialSubject"] == subject
    for token_, jwk in [
        (tampered(token), key.public_key.to_jwk()),
        (token, SigningKey.generate().public_key.to_jwk()),
    ]:
        with pytest.raises(library.refusal):
            library.verify(token_, jwk)


@each("vc+jwt", "theirs")
def test_we_verify_their_credential(library: Library, key: SigningKey) -> None:
    payload = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": key.did,
        "credentialSubject": {"id": "urn:uuid:1", "name": "Prüfling €", "mass": 430.5},
    }
    header = {"alg": "ES256", "typ": "vc+jwt", "cty": "vc", "kid": method(key)}
    token = library.sign(header, payload, key.to_jwk())
    report = verify(token)
    assert (report.ok, report.findings, report.claims) == (True, [], payload)
    assert "signature_invalid" in codes(verify(tampered(token)))
    forged = library.sign(header, payload, SigningKey.generate().to_jwk())
    assert codes(verify(forged)) == {"signature_invalid"}


@each("vp+jwt", "ours")
def test_they_verify_our_presentation(library: Library, key: SigningKey) -> None:
    credential = sign({"credentialSubject": {"id": key.did}}, SigningKey.generate())
    shown = sign_presentation(
        {"verifiableCredential": [to_enveloped(credential)]},
        key,
        domain="https://cloud.example",
        challenge="n-0S6",
    )
    header, payload = library.verify(shown, key.public_key.to_jwk())
    assert header == {"alg": "ES256", "typ": "vp+jwt", "cty": "vp", "kid": method(key)}
    assert (payload["aud"], payload["nonce"]) == ("https://cloud.example", "n-0S6")
    assert payload["verifiableCredential"][0]["id"].endswith(credential)
    with pytest.raises(library.refusal):
        library.verify(tampered(shown), key.public_key.to_jwk())


@each("vp+jwt", "theirs")
def test_we_verify_their_presentation(library: Library, key: SigningKey) -> None:
    issuer = SigningKey.generate()
    claims = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": issuer.did,
        "credentialSubject": {"id": key.did},
    }
    credential = library.sign(
        {"alg": "ES256", "typ": "vc+jwt", "kid": method(issuer)}, claims, issuer.to_jwk()
    )
    payload = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "holder": key.did,
        "verifiableCredential": [to_enveloped(credential)],
        "aud": ["https://other.example", "https://cloud.example"],
        "nonce": "n-0S6",
    }
    header = {"alg": "ES256", "typ": "vp+jwt", "kid": method(key)}
    asked: Any = {"domain": "https://cloud.example", "challenge": "n-0S6"}
    report = verify_presentation(library.sign(header, payload, key.to_jwk()), **asked)
    assert (report.ok, report.findings, report.holder) == (True, [], key.did)
    assert [one.claims for one in report.credentials] == [claims]
    forged = library.sign(header, payload, SigningKey.generate().to_jwk())
    assert codes(verify_presentation(forged, **asked)) == {"signature_invalid"}
