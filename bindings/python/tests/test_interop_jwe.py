"""JWE in both directions with three JOSE libraries, in every algorithm that they share with us."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

import joserfc.errors
import peers
import pytest
from batterypass import BatteryPassError, Envelope, SigningKey, decrypt, encrypt
from conftest import PASSPORT_ID
from interop_table import cell
from joserfc import jwe
from joserfc.jwk import ECKey
from jwcrypto.jwe import JWE, InvalidJWEData
from jwcrypto.jwk import JWK

if TYPE_CHECKING:
    from collections.abc import Callable

Object = dict[str, Any]
CONTENT = b"content"
DIRECT, WRAPPED = "ECDH-ES", "ECDH-ES+A256KW"
ENCRYPTIONS = ["A128GCM", "A256GCM"]
ALGORITHMS = [DIRECT, WRAPPED, *ENCRYPTIONS]


def joserfc_decrypt(sealed: str, key: Object) -> bytes:
    private = ECKey.import_key(key)
    if sealed.startswith("{"):
        # It asks for the key of every recipient, so it gets the message as it is for this one.
        message = json.loads(sealed)
        kid = SigningKey.from_jwk(key).public_key.thumbprint
        own = [one for one in message["recipients"] if one["header"]["kid"] == kid]
        message["recipients"] = own
        found = jwe.decrypt_json(message, private, algorithms=ALGORITHMS)
    else:
        found = jwe.decrypt_compact(sealed, private, algorithms=ALGORITHMS)  # type: ignore[assignment]
    assert found.plaintext is not None
    return found.plaintext


def joserfc_compact(alg: str, enc: str, key: Object) -> str:
    header = {"alg": alg, "enc": enc}
    public = ECKey.import_key(key)
    return jwe.encrypt_compact(header, CONTENT, public, algorithms=ALGORITHMS)


def joserfc_json(alg: str, enc: str, keys: list[Object], aad: bytes) -> str:
    message = jwe.GeneralJSONEncryption({"enc": enc}, CONTENT, None, aad)
    for key in keys:
        message.add_recipient({"alg": alg, "kid": key["kid"]}, ECKey.import_key(key))
    return json.dumps(jwe.encrypt_json(message, None, algorithms=ALGORITHMS))


def jwcrypto_decrypt(sealed: str, key: Object) -> bytes:
    token = JWE(algs=ALGORITHMS)
    token.deserialize(sealed, JWK(**key))
    payload: bytes = token.payload
    return payload


def jwcrypto_compact(alg: str, enc: str, key: Object) -> str:
    token = JWE(CONTENT, json.dumps({"alg": alg, "enc": enc}), algs=ALGORITHMS)
    token.add_recipient(JWK(**key))
    return str(token.serialize(compact=True))


def jwcrypto_json(alg: str, enc: str, keys: list[Object], aad: bytes) -> str:
    token = JWE(CONTENT, json.dumps({"enc": enc}), aad=aad, algs=ALGORITHMS)
    for key in keys:
        token.add_recipient(JWK(**key), header=json.dumps({"alg": alg, "kid": key["kid"]}))
    return str(token.serialize())


def jose_decrypt(sealed: str, key: Object) -> bytes:
    plaintext: str = peers.jose("decrypt", sealed=sealed, jwk=key)
    return plaintext.encode()


def jose_compact(alg: str, enc: str, key: Object) -> str:
    text = CONTENT.decode()
    return str(peers.jose("encryptCompact", header={"alg": alg, "enc": enc}, text=text, jwk=key))


def jose_json(alg: str, enc: str, keys: list[Object], aad: bytes) -> str:
    options = {"alg": alg, "enc": enc, "text": CONTENT.decode(), "aad": aad.decode()}
    return json.dumps(peers.jose("encryptJson", keys=keys, **options))


class Library(NamedTuple):
    """Decrypt with a private JWK; encrypt for one public JWK or several."""

    name: str
    decrypt: Callable[[str, Object], bytes]
    compact: Callable[[str, str, Object], str]
    json: Callable[[str, str, list[Object], bytes], str]
    refusal: type[Exception]


LIBRARIES = [
    Library(
        "PyPI joserfc",
        joserfc_decrypt,
        joserfc_compact,
        joserfc_json,
        joserfc.errors.JoseError,
    ),
    Library("PyPI jwcrypto", jwcrypto_decrypt, jwcrypto_compact, jwcrypto_json, InvalidJWEData),
    Library("npm jose", jose_decrypt, jose_compact, jose_json, peers.PeerError),
]


def each(form: str, direction: Any) -> pytest.MarkDecorator:
    params = [
        pytest.param(library, marks=cell(form, library.name, direction), id=library.name)
        for library in LIBRARIES
    ]
    return pytest.mark.parametrize("library", params)


def public(key: SigningKey) -> Object:
    return {**key.public_key.to_jwk(), "kid": key.public_key.thumbprint}


def changed(sealed: str) -> str:
    """Change the first character of the ciphertext."""
    if sealed.startswith("{"):
        message = json.loads(sealed)
        text = message["ciphertext"]
        message["ciphertext"] = ("B" if text[0] == "A" else "A") + text[1:]
        return json.dumps(message)
    parts = sealed.split(".")
    parts[3] = ("B" if parts[3][0] == "A" else "A") + parts[3][1:]
    return ".".join(parts)


@each(DIRECT, "ours")
def test_they_decrypt_our_compact_jwe(library: Library, key: SigningKey) -> None:
    sealed = encrypt(CONTENT, [key.public_key], format="jwe_compact")
    assert library.decrypt(sealed, key.to_jwk()) == CONTENT
    with pytest.raises(library.refusal):
        library.decrypt(changed(sealed), key.to_jwk())


@each(WRAPPED, "ours")
@pytest.mark.parametrize("aad", [b"", b"aad"])
def test_they_decrypt_our_json_jwe(library: Library, aad: bytes) -> None:
    keys = [SigningKey.generate() for _ in range(3)]
    sealed = encrypt(CONTENT, [key.public_key for key in keys], aad=aad, format="jwe")
    for key in keys:
        assert library.decrypt(sealed, key.to_jwk()) == CONTENT
        with pytest.raises(library.refusal):
            library.decrypt(changed(sealed), key.to_jwk())


@pytest.mark.parametrize("enc", ENCRYPTIONS)
@pytest.mark.parametrize(
    ("library", "alg"),
    [
        pytest.param(library, alg, marks=cell(alg, library.name, "theirs"), id=library.name + alg)
        for library in LIBRARIES
        for alg in (DIRECT, WRAPPED)
    ],
)
def test_we_decrypt_their_compact_jwe(
    library: Library, alg: str, enc: str, key: SigningKey
) -> None:
    sealed = library.compact(alg, enc, key.public_key.to_jwk())
    assert decrypt(sealed, key) == CONTENT
    for envelope, opener in [(changed(sealed), key), (sealed, SigningKey.generate())]:
        with pytest.raises(BatteryPassError) as caught:
            decrypt(envelope, opener)
        assert caught.value.code == "decryption_failed"


@each(WRAPPED, "theirs")
@pytest.mark.parametrize("enc", ENCRYPTIONS)
def test_we_decrypt_their_json_jwe(library: Library, enc: str) -> None:
    keys = [SigningKey.generate() for _ in range(3)]
    sealed = library.json(WRAPPED, enc, [public(key) for key in keys], b"aad")
    assert Envelope.parse(sealed).recipients == [key.public_key.thumbprint for key in keys]
    for key in keys:
        assert decrypt(sealed, key, aad=b"aad") == CONTENT
        for envelope, aad in [(sealed, b""), (changed(sealed), b"aad")]:
            with pytest.raises(BatteryPassError) as caught:
                decrypt(envelope, key, aad=aad)
            assert caught.value.code == "decryption_failed"
    with pytest.raises(BatteryPassError) as stranger:
        decrypt(sealed, SigningKey.generate(), aad=b"aad")
    assert stranger.value.code == "recipient_unknown"


def test_the_formats_are_one_pair(key: SigningKey) -> None:
    for form, kind in [
        ("cose", bytes),
        ("cose_encrypt0", bytes),
        ("jwe", str),
        ("jwe_compact", str),
    ]:
        sealed = encrypt(CONTENT, [key.public_key], format=form, subject=PASSPORT_ID)  # type: ignore[call-overload]
        assert type(sealed) is kind
        assert decrypt(sealed, key) == CONTENT
        envelope = Envelope.parse(sealed)
        assert envelope.subject == PASSPORT_ID
        assert envelope.recipients == [key.public_key.thumbprint]
        if kind is str:
            assert decrypt(sealed.encode(), key) == CONTENT
    with pytest.raises(BatteryPassError) as compact:
        encrypt(CONTENT, [key.public_key], aad=b"aad", format="jwe_compact")
    assert (compact.value.code, compact.value.path) == ("invalid_argument", "/aad")


@pytest.mark.parametrize("library", LIBRARIES, ids=lambda library: library.name)
def test_a_recipient_may_have_another_name(library: Library, key: SigningKey) -> None:
    named = {**key.public_key.to_jwk(), "kid": "the cloud"}
    sealed = library.json(WRAPPED, "A256GCM", [named], b"aad")
    assert decrypt(sealed, key, aad=b"aad", kid="the cloud") == CONTENT
    assert decrypt(sealed, key, aad=b"aad", kid=b"the cloud") == CONTENT
    for kid in (None, "another", b"\xff", key.public_key.thumbprint):
        with pytest.raises(BatteryPassError) as unknown:
            decrypt(sealed, key, aad=b"aad", kid=kid)
        assert unknown.value.code == "recipient_unknown"
    with pytest.raises(BatteryPassError) as wrong:
        decrypt(sealed, SigningKey.generate(), aad=b"aad", kid="the cloud")
    assert wrong.value.code == "decryption_failed"
