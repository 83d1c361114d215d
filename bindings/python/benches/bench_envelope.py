"""Encrypt and decrypt 1 KiB, beside HPKE of cryptography and pyhpke: `make bench`.

The others seal one message with HPKE and know nothing of recipients. Ours write and read a COSE
envelope that names the recipient: `cose_encrypt0` is the same one HPKE message, `cose` encrypts
the content under a key of its own besides.
"""

import base64
import statistics
import time
from collections.abc import Callable
from typing import Any

import pytest
from batterypass import SigningKey, decrypt, encrypt
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric import ec
from pyhpke import AEADId, CipherSuite, KDFId, KEMId

CONTENT, INFO = bytes(range(256)) * 4, b"batterypass benchmark"
KEY = SigningKey.generate()
RECIPIENTS = [KEY.public_key]

CRYPTOGRAPHY = hpke.Suite(hpke.KEM.P256, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
SECRET = base64.urlsafe_b64decode(KEY.to_jwk()["d"] + "=")
PRIVATE = ec.derive_private_key(int.from_bytes(SECRET, "big"), ec.SECP256R1())
PUBLIC = PRIVATE.public_key()

PYHPKE = CipherSuite.new(KEMId.DHKEM_P256_HKDF_SHA256, KDFId.HKDF_SHA256, AEADId.AES256_GCM)
PYHPKE_PRIVATE = PYHPKE.kem.deserialize_private_key(SECRET)
PYHPKE_PUBLIC = PYHPKE.kem.deserialize_public_key(KEY.public_key.to_sec1())

COSE = encrypt(CONTENT, RECIPIENTS)
ENCRYPT0 = encrypt(CONTENT, RECIPIENTS, format="cose_encrypt0")
JWE = encrypt(CONTENT, RECIPIENTS, format="jwe")
THEIRS = CRYPTOGRAPHY.encrypt(CONTENT, PUBLIC, INFO)
PYHPKE_ENC, _CONTEXT = PYHPKE.create_sender_context(PYHPKE_PUBLIC, info=INFO)
PYHPKE_SEALED = _CONTEXT.seal(CONTENT)


def cose_encrypt() -> None:
    """COSE_Encrypt for one recipient."""
    encrypt(CONTENT, RECIPIENTS)


def cose_decrypt() -> None:
    """Open it."""
    decrypt(COSE, KEY)


def encrypt0_encrypt() -> None:
    """COSE_Encrypt0."""
    encrypt(CONTENT, RECIPIENTS, format="cose_encrypt0")


def encrypt0_decrypt() -> None:
    """Open it."""
    decrypt(ENCRYPT0, KEY)


def jwe_encrypt() -> None:
    """JWE, general JSON, ECDH-ES+A256KW."""
    encrypt(CONTENT, RECIPIENTS, format="jwe")


def jwe_decrypt() -> None:
    """Open it."""
    decrypt(JWE, KEY)


def cryptography_encrypt() -> None:
    """HPKE of cryptography."""
    CRYPTOGRAPHY.encrypt(CONTENT, PUBLIC, INFO)


def cryptography_decrypt() -> None:
    """Open it."""
    CRYPTOGRAPHY.decrypt(THEIRS, PRIVATE, INFO)


def pyhpke_encrypt() -> None:
    """HPKE of pyhpke."""
    _, context = PYHPKE.create_sender_context(PYHPKE_PUBLIC, info=INFO)
    context.seal(CONTENT)


def pyhpke_decrypt() -> None:
    """Open it."""
    PYHPKE.create_recipient_context(PYHPKE_ENC, PYHPKE_PRIVATE, info=INFO).open(PYHPKE_SEALED)


@pytest.mark.benchmark(group="envelope")
@pytest.mark.parametrize(
    "work",
    [
        cose_encrypt,
        cose_decrypt,
        encrypt0_encrypt,
        encrypt0_decrypt,
        jwe_encrypt,
        jwe_decrypt,
        cryptography_encrypt,
        cryptography_decrypt,
        pyhpke_encrypt,
        pyhpke_decrypt,
    ],
    ids=lambda work: work.__name__,
)
def bench_envelope(benchmark: Any, work: Callable[[], None]) -> None:
    """Each by itself."""
    benchmark(work)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (cose_encrypt, cryptography_encrypt),
        (cose_decrypt, cryptography_decrypt),
        (encrypt0_encrypt, cryptography_encrypt),
        (encrypt0_decrypt, cryptography_decrypt),
    ],
    ids=lambda work: work.__name__,
)
def bench_envelope_ratio(ours: Callable[[], None], theirs: Callable[[], None]) -> None:
    """Both in turns, so that whatever else the machine does is shared."""
    rounds: dict[Callable[[], None], list[float]] = {ours: [], theirs: []}
    for _ in range(40):
        for work, seconds in rounds.items():
            start = time.thread_time()
            for _ in range(100):
                work()
            seconds.append((time.thread_time() - start) / 100)
    own, other = (statistics.median(seconds) for seconds in rounds.values())
    print(f"\n{1 / own:,.0f}/s beside {1 / other:,.0f}/s: x{other / own:.2f}")  # noqa: T201
