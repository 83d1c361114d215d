"""Both directions with other people's libraries: joserfc, pyhpke, cbor2 and cryptography."""

from __future__ import annotations

import base64
import json
import os
from typing import Any

import cbor2
import pytest
from batterypass import SigningKey, decrypt, encrypt, sign, verify
from conftest import PASSPORT_ID
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from joserfc import jws
from joserfc.errors import BadSignatureError
from joserfc.jwk import ECKey
from pyhpke import AEADId, CipherSuite, KDFId, KEMId

SUITE = CipherSuite.new(KEMId.DHKEM_P256_HKDF_SHA256, KDFId.HKDF_SHA256, AEADId.AES256_GCM)
COSE_ENCRYPT = 96
ALG, KID, CWT_CLAIMS, EK, IV = 1, 4, 15, -4, 5
A256GCM, HPKE_7_KE = 3, 53


def cbor(value: object) -> bytes:
    return cbor2.dumps(value, canonical=True)


def info(recipient_protected: bytes) -> bytes:
    return cbor(["HPKE Recipient", A256GCM, recipient_protected, b""])


def raw_thumbprint(key: SigningKey) -> bytes:
    return base64.urlsafe_b64decode(key.public_key.thumbprint + "=")


@pytest.mark.parametrize("subject", [None, PASSPORT_ID])
def test_pyhpke_opens_our_envelope(subject: str | None) -> None:
    keys = [SigningKey.generate() for _ in range(3)]
    sealed = encrypt(b"content", [key.public_key for key in keys], aad=b"aad", subject=subject)
    message = cbor2.loads(sealed)
    assert message.tag == COSE_ENCRYPT
    protected, unprotected, ciphertext, recipients = message.value
    claims = {} if subject is None else {CWT_CLAIMS: {2: subject}}
    assert cbor2.loads(protected) == {ALG: A256GCM, **claims}
    for key, recipient in zip(keys, recipients, strict=True):
        recipient_protected, recipient_unprotected, sealed_key = recipient
        assert cbor2.loads(recipient_protected) == {ALG: HPKE_7_KE, KID: raw_thumbprint(key)}
        private = SUITE.kem.deserialize_private_key(
            base64.urlsafe_b64decode(key.to_jwk()["d"] + "=")
        )
        context = SUITE.create_recipient_context(
            recipient_unprotected[EK], private, info=info(recipient_protected)
        )
        content_key = context.open(sealed_key)
        aad = cbor(["Encrypt", protected, b"aad"])
        assert AESGCM(content_key).decrypt(unprotected[IV], ciphertext, aad) == b"content"


def test_we_open_an_envelope_of_pyhpke() -> None:
    key, other = SigningKey.generate(), SigningKey.generate()
    content_key, iv = os.urandom(32), os.urandom(12)
    protected = cbor({ALG: A256GCM})
    recipients = []
    for recipient in (other, key):
        public = SUITE.kem.deserialize_public_key(recipient.public_key.to_sec1())
        recipient_protected = cbor({ALG: HPKE_7_KE, KID: raw_thumbprint(recipient)})
        ek, context = SUITE.create_sender_context(public, info=info(recipient_protected))
        recipients.append([recipient_protected, {EK: ek}, context.seal(content_key)])
    aad = cbor(["Encrypt", protected, b"aad"])
    ciphertext = AESGCM(content_key).encrypt(iv, b"theirs", aad)
    body = [protected, {IV: iv}, ciphertext, recipients]
    sealed = cbor2.dumps(cbor2.CBORTag(COSE_ENCRYPT, body))
    assert decrypt(sealed, key, aad=b"aad") == b"theirs"
    assert decrypt(sealed, other, aad=b"aad") == b"theirs"


def test_joserfc_verifies_our_credential(key: SigningKey) -> None:
    secured = sign({"credentialSubject": {"id": "urn:uuid:1"}}, key)
    public = ECKey.import_key(key.public_key.to_jwk())
    token = jws.deserialize_compact(secured, public, algorithms=["ES256"])
    assert token.headers() == {
        "alg": "ES256",
        "typ": "vc+jwt",
        "cty": "vc",
        "kid": f"{key.did}#{key.did.removeprefix('did:key:')}",
    }
    assert token.payload is not None
    assert json.loads(token.payload) == verify(secured).claims
    stranger = ECKey.import_key(SigningKey.generate().public_key.to_jwk())
    with pytest.raises(BadSignatureError):
        jws.deserialize_compact(secured, stranger, algorithms=["ES256"])


def test_we_verify_a_credential_of_joserfc(key: SigningKey) -> None:
    claims: dict[str, Any] = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": key.did,
        "credentialSubject": {"id": "urn:uuid:1", "name": "Prüfling"},
    }
    header = {
        "alg": "ES256",
        "typ": "vc+jwt",
        "kid": f"{key.did}#{key.did.removeprefix('did:key:')}",
    }
    private = ECKey.import_key(key.to_jwk())
    secured = jws.serialize_compact(header, json.dumps(claims).encode(), private)
    report = verify(secured)
    assert report.ok, report.findings
    assert report.claims == claims
    forger = ECKey.import_key(SigningKey.generate().to_jwk())
    forged = jws.serialize_compact(header, json.dumps(claims).encode(), forger)
    assert [f.code for f in verify(forged).findings] == ["signature_invalid"]
