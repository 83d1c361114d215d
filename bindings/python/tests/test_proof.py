"""Embedded `ecdsa-jcs-2019` proofs, in both directions with rfc8785, base58 and cryptography."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import base58
import pytest
import rfc8785
from batterypass import BatteryPassError, Passport, SigningKey, sign, verify
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256

CREDENTIAL: dict[str, Any] = {
    "type": ["VerifiableCredential", "ExampleCredential"],
    "credentialSubject": {"id": "urn:example:1", "mass": 430.5, "text": "€ \n \U0001f50b"},
}


def hash_data(secured: dict[str, Any]) -> bytes:
    document = {name: value for name, value in secured.items() if name != "proof"}
    config = {name: value for name, value in secured["proof"].items() if name != "proofValue"}
    return b"".join(hashlib.sha256(rfc8785.dumps(part)).digest() for part in (config, document))


def public_key(key: SigningKey) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicKey.from_encoded_point(
        ec.SECP256R1(), bytes(key.public_key.to_sec1())
    )


def private_key(key: SigningKey) -> ec.EllipticCurvePrivateKey:
    secret = base64.urlsafe_b64decode(key.to_jwk()["d"] + "=")
    return ec.derive_private_key(int.from_bytes(secret), ec.SECP256R1())


def test_others_verify_our_proof(key: SigningKey, example: dict[str, Any]) -> None:
    for credential in (CREDENTIAL, Passport.parse(example)):
        secured = sign(credential, key, securing="ecdsa-jcs-2019")
        value = base58.b58decode(secured["proof"]["proofValue"].removeprefix("z"))
        signature = encode_dss_signature(int.from_bytes(value[:32]), int.from_bytes(value[32:]))
        public_key(key).verify(signature, hash_data(secured), ec.ECDSA(SHA256()))
        secured["credentialSubject"]["id"] = "urn:example:2"
        with pytest.raises(InvalidSignature):
            public_key(key).verify(signature, hash_data(secured), ec.ECDSA(SHA256()))


def test_we_verify_the_proof_of_others(key: SigningKey) -> None:
    contexts = ["https://www.w3.org/ns/credentials/v2"]
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": "ecdsa-jcs-2019",
        "created": "2026-11-01T12:00:00Z",
        "verificationMethod": f"{key.did}#{key.did.removeprefix('did:key:')}",
        "proofPurpose": "assertionMethod",
        "@context": contexts,
    }
    secured: dict[str, Any] = {"@context": contexts, "issuer": key.did, **CREDENTIAL}
    secured["proof"] = proof
    r, s = decode_dss_signature(private_key(key).sign(hash_data(secured), ec.ECDSA(SHA256())))
    value = r.to_bytes(32) + s.to_bytes(32)
    secured["proof"] = {**proof, "proofValue": "z" + base58.b58encode(value).decode()}
    report = verify(secured, at="2027-02-18T00:00:00Z", issuer_key=key.public_key)
    assert report.ok, report.findings
    assert (report.securing, report.issuer) == ("ecdsa-jcs-2019", key.did)
    assert "proof" not in report.claims

    secured["credentialSubject"] = {"id": "urn:example:2"}
    report = verify(secured, at="2027-02-18T00:00:00Z")
    assert [finding.code for finding in report.findings] == ["signature_invalid"]


def test_what_is_no_secured_credential(key: SigningKey) -> None:
    with pytest.raises(BatteryPassError) as caught:
        verify(CREDENTIAL)
    assert (caught.value.code, caught.value.path) == ("missing_member", "/proof")
    with pytest.raises(TypeError):
        verify(5)  # type: ignore[arg-type]
    with pytest.raises(BatteryPassError) as caught:
        sign(sign(CREDENTIAL, key, securing="ecdsa-jcs-2019"), key, securing="ecdsa-jcs-2019")
    assert caught.value.path == "/proof"
