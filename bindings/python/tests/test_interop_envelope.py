"""COSE_Encrypt and COSE_Encrypt0 in both directions with three HPKE libraries.

The libraries have HPKE and AES-GCM; the COSE around it is written here from draft-ietf-cose-hpke,
with cbor2.
"""

from __future__ import annotations

import base64
import os
from typing import TYPE_CHECKING, Any, NamedTuple

import cbor2
import peers
import pytest
from batterypass import EncryptionError, SigningKey, decrypt, encrypt
from conftest import PASSPORT_ID
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from interop_table import cell
from pyhpke import AEADId, CipherSuite, KDFId, KEMId
from pyhpke.exceptions import OpenError

if TYPE_CHECKING:
    from collections.abc import Callable

    from batterypass import PublicKey

COSE_ENCRYPT0, COSE_ENCRYPT = 16, 96
ALG, KID, CWT_CLAIMS, EK, IV = 1, 4, 15, -4, 5
A256GCM, HPKE_7, HPKE_7_KE = 3, 45, 53
POINT_LEN = 65


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def cbor(value: object) -> bytes:
    return cbor2.dumps(value, canonical=True)


class Sealed(NamedTuple):
    ek: bytes
    ciphertext: bytes


PYHPKE = CipherSuite.new(KEMId.DHKEM_P256_HKDF_SHA256, KDFId.HKDF_SHA256, AEADId.AES256_GCM)


def pyhpke_seal(key: PublicKey, info: bytes, aad: bytes, plaintext: bytes) -> Sealed:
    public = PYHPKE.kem.deserialize_public_key(key.to_sec1())
    ek, context = PYHPKE.create_sender_context(public, info=info)
    return Sealed(ek, context.seal(plaintext, aad))


def pyhpke_open(key: SigningKey, info: bytes, aad: bytes, sealed: Sealed) -> bytes:
    private = PYHPKE.kem.deserialize_private_key(decode(key.to_jwk()["d"]))
    context = PYHPKE.create_recipient_context(sealed.ek, private, info=info)
    return context.open(sealed.ciphertext, aad)


CRYPTOGRAPHY = hpke.Suite(hpke.KEM.P256, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


def cryptography_seal(key: PublicKey, info: bytes, aad: bytes, plaintext: bytes) -> Sealed:
    # Its interface has no AAD; an envelope's recipient needs none.
    assert not aad
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key.to_sec1())
    message = CRYPTOGRAPHY.encrypt(plaintext, public, info)
    return Sealed(message[:POINT_LEN], message[POINT_LEN:])


def cryptography_open(key: SigningKey, info: bytes, aad: bytes, sealed: Sealed) -> bytes:
    assert not aad
    secret = int.from_bytes(decode(key.to_jwk()["d"]), "big")
    private = ec.derive_private_key(secret, ec.SECP256R1())
    return CRYPTOGRAPHY.decrypt(sealed.ek + sealed.ciphertext, private, info)


def npm_seal(key: PublicKey, info: bytes, aad: bytes, plaintext: bytes) -> Sealed:
    found = peers.hpke(
        "seal", jwk=key.to_jwk(), info=encode(info), aad=encode(aad), plaintext=encode(plaintext)
    )
    return Sealed(decode(found["enc"]), decode(found["ciphertext"]))


def npm_open(key: SigningKey, info: bytes, aad: bytes, sealed: Sealed) -> bytes:
    options = {"info": encode(info), "aad": encode(aad), "enc": encode(sealed.ek)}
    found = peers.hpke("open", jwk=key.to_jwk(), ciphertext=encode(sealed.ciphertext), **options)
    return decode(found)


class Library(NamedTuple):
    name: str
    seal: Callable[[PublicKey, bytes, bytes, bytes], Sealed]
    open: Callable[[SigningKey, bytes, bytes, Sealed], bytes]
    refusal: type[Exception]
    has_aad: bool = True


LIBRARIES = [
    Library("PyPI pyhpke", pyhpke_seal, pyhpke_open, OpenError),
    Library("PyPI cryptography", cryptography_seal, cryptography_open, InvalidTag, has_aad=False),
    Library("npm @hpke/core", npm_seal, npm_open, peers.PeerError),
]


def each(form: str, direction: Any, *, aad: bool = False) -> pytest.MarkDecorator:
    params = [
        pytest.param(library, marks=cell(form, library.name, direction), id=library.name)
        for library in LIBRARIES
        if library.has_aad or not aad
    ]
    return pytest.mark.parametrize("library", params)


def info(recipient_protected: bytes) -> bytes:
    return cbor(["HPKE Recipient", A256GCM, recipient_protected, b""])


def raw_thumbprint(key: SigningKey) -> bytes:
    return decode(key.public_key.thumbprint)


def flipped(data: bytes, at: int = -1) -> bytes:
    changed = bytearray(data)
    changed[at] ^= 1
    return bytes(changed)


@each("COSE_Encrypt", "ours")
@pytest.mark.parametrize("subject", [None, PASSPORT_ID])
def test_they_open_our_envelope(library: Library, subject: str | None) -> None:
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
        wrapped = Sealed(recipient_unprotected[EK], sealed_key)
        content_key = library.open(key, info(recipient_protected), b"", wrapped)
        aad = cbor(["Encrypt", protected, b"aad"])
        assert AESGCM(content_key).decrypt(unprotected[IV], ciphertext, aad) == b"content"
        with pytest.raises(InvalidTag):
            AESGCM(content_key).decrypt(unprotected[IV], flipped(ciphertext), aad)
        for other, changed in [(b"", wrapped), (None, wrapped._replace(ciphertext=bytes(48)))]:
            context = info(recipient_protected) if other is None else other
            with pytest.raises(library.refusal):
                library.open(key, context, b"", changed)


@each("COSE_Encrypt", "theirs")
def test_we_open_their_envelope(library: Library) -> None:
    key, other = SigningKey.generate(), SigningKey.generate()
    content_key, iv = os.urandom(32), os.urandom(12)
    protected = cbor({ALG: A256GCM})
    recipients = []
    for recipient in (other, key):
        recipient_protected = cbor({ALG: HPKE_7_KE, KID: raw_thumbprint(recipient)})
        wrapped = library.seal(recipient.public_key, info(recipient_protected), b"", content_key)
        recipients.append([recipient_protected, {EK: wrapped.ek}, wrapped.ciphertext])
    aad = cbor(["Encrypt", protected, b"aad"])
    ciphertext = AESGCM(content_key).encrypt(iv, b"theirs", aad)
    body = [protected, {IV: iv}, ciphertext, recipients]
    sealed = cbor2.dumps(cbor2.CBORTag(COSE_ENCRYPT, body))
    assert decrypt(sealed, key, aad=b"aad") == b"theirs"
    assert decrypt(sealed, other, aad=b"aad") == b"theirs"
    body[2] = flipped(ciphertext, 0)
    changed = cbor2.dumps(cbor2.CBORTag(COSE_ENCRYPT, body))
    for envelope, aad in [(sealed, b"other"), (flipped(sealed), b"aad"), (changed, b"aad")]:
        with pytest.raises(EncryptionError) as caught:
            decrypt(envelope, key, aad=aad)
        assert caught.value.code == "decryption_failed"


@each("COSE_Encrypt0", "ours", aad=True)
@pytest.mark.parametrize("subject", [None, PASSPORT_ID])
def test_they_open_our_encrypt0(library: Library, subject: str | None, key: SigningKey) -> None:
    sealed = encrypt(
        b"content", [key.public_key], aad=b"aad", format="cose_encrypt0", subject=subject
    )
    message = cbor2.loads(sealed)
    assert message.tag == COSE_ENCRYPT0
    protected, unprotected, ciphertext = message.value
    claims = {} if subject is None else {CWT_CLAIMS: {2: subject}}
    assert cbor2.loads(protected) == {ALG: HPKE_7, KID: raw_thumbprint(key), **claims}
    content = Sealed(unprotected[EK], ciphertext)
    aad = cbor(["Encrypt0", protected, b"aad"])
    assert library.open(key, b"", aad, content) == b"content"
    for other, changed in [
        (cbor(["Encrypt0", protected, b""]), content),
        (aad, content._replace(ciphertext=flipped(ciphertext))),
    ]:
        with pytest.raises(library.refusal):
            library.open(key, b"", other, changed)


@each("COSE_Encrypt0", "theirs", aad=True)
@pytest.mark.parametrize("kid", [None, b"the cloud"])
def test_we_open_their_encrypt0(library: Library, kid: bytes | None, key: SigningKey) -> None:
    protected = cbor({ALG: HPKE_7, KID: kid or raw_thumbprint(key)})
    aad = cbor(["Encrypt0", protected, b"aad"])
    content = library.seal(key.public_key, b"", aad, b"theirs")
    body = [protected, {EK: content.ek}, content.ciphertext]
    sealed = cbor2.dumps(cbor2.CBORTag(COSE_ENCRYPT0, body))
    assert decrypt(sealed, key, aad=b"aad", kid=kid) == b"theirs"
    for envelope, aad in [(sealed, b"other"), (flipped(sealed), b"aad")]:
        with pytest.raises(EncryptionError) as caught:
            decrypt(envelope, key, aad=aad, kid=kid)
        assert caught.value.code == "decryption_failed"
