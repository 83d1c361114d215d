from __future__ import annotations

import pickle
import struct
import zlib

import pytest
from batterypass import (
    BatteryPassError,
    DecodeError,
    PassportLink,
    SigningKey,
    is_valid_passport_id,
    qr_png,
    qr_svg,
    qr_text,
)


def test_links(key: SigningKey) -> None:
    thumbprint = key.public_key.thumbprint
    link = PassportLink.build(
        "https://id.example.com", gtin="9520123456788", serial="A/1", key=thumbprint
    )
    assert str(link) == f"https://id.example.com/01/09520123456788/21/A%2F1?k={thumbprint}"
    assert (link.base, link.gtin, link.serial) == (
        "https://id.example.com",
        "09520123456788",
        "A/1",
    )
    assert (link.passport_id, link.key) == (None, thumbprint)
    same = PassportLink.build(
        "https://id.example.com/", gtin="09520123456788", serial="A/1", key=key.public_key
    )
    assert same == link == PassportLink.parse(str(link))
    assert hash(same) == hash(link)
    assert pickle.loads(pickle.dumps(link)) == link  # noqa: S301

    plain = PassportLink.build("http://127.0.0.1:8000", passport_id="urn:uuid:1")
    assert str(plain) == "http://127.0.0.1:8000/p/urn:uuid:1"
    assert (plain.passport_id, plain.gtin, plain.serial, plain.key) == (
        "urn:uuid:1",
        None,
        None,
        None,
    )
    assert plain != link


def test_bad_links() -> None:
    for text, code in (
        ("https://a.example/", "invalid_link"),
        ("http://a.example/p/x", "invalid_link"),
        ("https://a.example/01/09520123456789/21/a", "invalid_gtin"),
    ):
        with pytest.raises(DecodeError) as caught:
            PassportLink.parse(text)
        assert caught.value.code == code
    for arguments in (
        {},
        {"gtin": "9520123456788"},
        {"serial": "1"},
        {"gtin": "9520123456788", "serial": "1", "passport_id": "x"},
    ):
        with pytest.raises(BatteryPassError) as refused:
            PassportLink.build("https://a.example", **arguments)
        assert refused.value.code == "invalid_argument"
    with pytest.raises(BatteryPassError):
        PassportLink.build("https://a.example", passport_id="x", key="short")
    with pytest.raises(TypeError):
        PassportLink.build("https://a.example", passport_id="x", key=1)  # type: ignore[arg-type]


def test_qr_codes() -> None:
    assert qr_svg("x").startswith("<svg ")
    assert qr_text("x").count("\n") == 15
    png = qr_png("x", scale=3)
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", png[16:24]) == (87, 87)
    length = int.from_bytes(png[33:37])
    assert len(zlib.decompress(png[41 : 41 + length])) == 87 * (1 + 11)
    assert len(qr_png("x")) > len(qr_png("x", scale=1))
    with pytest.raises(BatteryPassError) as scale:
        qr_png("x", scale=0)
    assert scale.value.code == "invalid_argument"
    with pytest.raises(DecodeError) as large:
        qr_svg("a" * 3000)
    assert large.value.code == "too_large"


def test_passport_ids() -> None:
    for good in ("a", "urn:uuid:1", "!~", "x" * 128):
        assert is_valid_passport_id(good)
        assert PassportLink.build("https://id.example.com", passport_id=good).passport_id == good
    for bad in ("", "a b", "\u00fc", "a\n", "x" * 129):
        assert not is_valid_passport_id(bad)
        with pytest.raises(BatteryPassError):
            PassportLink.build("https://id.example.com", passport_id=bad)
