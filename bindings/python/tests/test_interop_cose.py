"""`vc+cose` with pycose."""

from __future__ import annotations

import base64
import json
from typing import Any

import cbor2
import pytest
from batterypass import SigningKey, sign, verify
from interop_table import cell
from pycose.algorithms import Es256
from pycose.headers import KID, ContentType
from pycose.headers import Algorithm as AlgorithmHeader
from pycose.keys.ec2 import EC2Key
from pycose.messages.sign1message import Sign1Message

TYP = 16


def pycose_key(key: SigningKey) -> EC2Key:
    jwk = key.to_jwk()
    x, y, d = (base64.urlsafe_b64decode(jwk[name] + "=") for name in "xyd")
    return EC2Key(crv="P_256", x=x, y=y, d=d)


def method(key: SigningKey) -> bytes:
    return f"{key.did}#{key.did.removeprefix('did:key:')}".encode()


def claims(key: SigningKey) -> dict[str, Any]:
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": key.did,
        "credentialSubject": {"id": "urn:uuid:1", "name": "Prüfling €", "mass": 430.5},
    }


@cell("vc+cose", "PyPI pycose", "ours")
def test_pycose_verifies_our_credential(key: SigningKey) -> None:
    secured = sign(claims(key), key, securing="vc+cose")
    message: Any = Sign1Message.decode(secured)
    assert message.phdr[AlgorithmHeader] is Es256
    assert (message.phdr[KID], message.phdr[ContentType]) == (method(key), "application/vc")
    message.key = pycose_key(key)
    assert message.verify_signature()
    assert json.loads(message.payload) == claims(key)
    message.payload = message.payload.replace(b"430.5", b"430.6")
    assert not message.verify_signature()
    message = Sign1Message.decode(secured)
    message.key = pycose_key(SigningKey.generate())
    assert not message.verify_signature()


@cell("vc+cose", "PyPI pycose", "theirs")
def test_we_verify_a_credential_of_pycose(key: SigningKey) -> None:
    headers = {
        AlgorithmHeader: Es256,
        ContentType: "application/vc",
        KID: method(key),
        TYP: "application/vc+cose",
    }

    def made_by(signer: SigningKey) -> bytes:
        message = Sign1Message(phdr=headers, payload=json.dumps(claims(key)).encode())
        message.key = pycose_key(signer)
        return bytes(message.encode())

    secured = made_by(key)
    report = verify(secured)
    assert (report.ok, report.findings, report.securing) == (True, [], "vc+cose")
    assert report.claims == claims(key)
    body = cbor2.loads(secured).value
    changed = cbor2.CBORTag(18, [*body[:2], body[2].replace(b"430.5", b"430.6"), body[3]])
    for forged in (cbor2.dumps(changed), made_by(SigningKey.generate())):
        assert [finding.code for finding in verify(forged).findings] == ["signature_invalid"]


@pytest.mark.parametrize("name", ["ES256", "ESP256"])
def test_the_algorithm_has_two_names(key: SigningKey, name: Any) -> None:
    secured = sign(claims(key), key, securing="vc+cose", cose_algorithm=name)
    assert cbor2.loads(cbor2.loads(secured).value[0])[1] == {"ES256": -7, "ESP256": -9}[name]
    assert verify(secured).ok
