"""Envelopes in both directions with pyhpke, cbor2 and cryptography."""

from __future__ import annotations

import base64
import os

import cbor2
import pytest
from batterypass import EncryptionError, SigningKey, decrypt, encrypt
from conftest import PASSPORT_ID
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from interop_table import cell
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


@cell("COSE_Encrypt", "PyPI pyhpke", "ours")
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
        changed = bytes([ciphertext[0] ^ 1]) + ciphertext[1:]
        with pytest.raises(InvalidTag):
            AESGCM(content_key).decrypt(unprotected[IV], changed, aad)


@cell("COSE_Encrypt", "PyPI pyhpke", "theirs")
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
    for envelope, aad in [(sealed, b"other"), (sealed[:-1] + bytes([sealed[-1] ^ 1]), b"aad")]:
        with pytest.raises(EncryptionError):
            decrypt(envelope, key, aad=aad)
