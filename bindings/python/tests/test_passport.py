from __future__ import annotations

import json
import math
import pickle
from typing import Any, Literal

import pytest
from batterypass import (
    BatteryPassError,
    DecodeError,
    NotCarried,
    Passport,
    ValidationError,
    purposes,
)


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


def test_the_example_survives_every_form(example: dict[str, Any]) -> None:
    text = json.dumps(example)
    passport = Passport.parse(example)
    assert passport.id == example["digitalProductPassportId"]
    assert passport.to_dict() == example
    assert json.loads(passport.to_json()) == example
    for form in (text, text.encode(), bytearray(text.encode()), memoryview(text.encode())):
        assert Passport.parse(form) == passport
    assert pickle.loads(pickle.dumps(passport)) == passport  # noqa: S301
    assert passport != Passport.parse({})
    assert passport.id in repr(passport)


def test_views_of_the_example(example: dict[str, Any]) -> None:
    passport = Passport.parse({**example, "internal": {"price": 1}})
    public = passport.view("public")
    assert "batteryCondition" not in public["performanceAndDurability"]
    assert "batteryStatus" not in public["generalProductInformation"]
    assert public["generalProductInformation"]["batteryMass"] == 430
    authority = passport.view("authority")
    assert "batteryCondition" not in authority["performanceAndDurability"]
    interest = passport.view("legitimate_interest")
    assert interest["performanceAndDurability"] == example["performanceAndDurability"]
    assert interest["generalProductInformation"] == example["generalProductInformation"]
    assert "resultOfTestReport" not in interest.get("labels", {})
    assert "internal" not in {**public, **authority, **interest}
    assert passport.view("operator") == passport.to_dict()


def test_values_are_exact() -> None:
    document: dict[str, list[Any]] = {
        "x": [2**63, -(2**63), 2**64 - 1, 0.1, 1e300, -0.0, True, False, None, "ü\u2028", {}]
    }
    values = Passport.parse(document).to_dict()["x"]
    assert values == document["x"]
    assert [type(value) for value in values] == [type(value) for value in document["x"]]
    assert math.copysign(1, values[5]) == -1
    assert list(Passport.parse({"z": 1, "a": 2}).to_dict()) == ["z", "a"]
    assert Passport.parse({"x": (1, 2)}).to_dict() == {"x": [1, 2]}


@pytest.mark.parametrize(
    ("value", "error", "code"),
    [
        (math.nan, ValueError, "malformed_json"),
        (math.inf, ValueError, "malformed_json"),
        pytest.param(10**400, OverflowError, "malformed_json", id="large"),
        pytest.param(-(10**5000), OverflowError, "malformed_json", id="huge"),
        ("\ud800", ValueError, "malformed_json"),
        ({"\ud800": 1}, ValueError, "malformed_json"),
        (b"bytes", TypeError, "wrong_type"),
        ({1: 1}, TypeError, "wrong_type"),
        (object(), TypeError, "wrong_type"),
        ({1, 2}, TypeError, "wrong_type"),
    ],
)
def test_what_json_cannot_hold_is_refused(value: object, error: type[Exception], code: str) -> None:
    with pytest.raises(error) as caught:
        Passport.parse({"x": [{}, {"a/b~": value}]})
    assert isinstance(caught.value, DecodeError)
    assert (caught.value.code, caught.value.path) == (code, "/x/1/a~1b~0")
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301
    assert (type(again), again.code, again.path) == (type(caught.value), code, "/x/1/a~1b~0")


@pytest.mark.parametrize(
    "number", [2**64, -(2**63) - 1, 2**64 + 2**11 + 1, 10**22 + 1, 10**308, -(10**300) + 7]
)
def test_integers_beyond_64_bits_read_as_in_text(number: int) -> None:
    of_dict = Passport.parse({"x": number}).to_dict()["x"]
    of_text = Passport.parse(json.dumps({"x": number})).to_dict()["x"]
    assert of_dict == of_text == float(number)
    assert type(of_dict) is type(of_text) is float


def test_a_number_out_of_range_has_the_same_code_in_both_forms() -> None:
    number = 10**309
    for document in ({"x": [number]}, json.dumps({"x": [number]})):
        with pytest.raises(DecodeError) as caught:
            Passport.parse(document)
        assert (caught.value.code, caught.value.path) == ("malformed_json", "/x/0")


def test_a_purpose_narrows_what_legitimate_interest_sees(example: dict[str, Any]) -> None:
    passport = Passport.parse(example)
    names = [purpose["name"] for purpose in purposes()]
    assert names[0] == "repair"
    assert len(names) == 6
    for purpose in purposes():
        seen = passport.view("legitimate_interest", purpose=purpose["name"])
        assert ("generalProductInformation" in seen) is True
        assert ("batteryStatus" in seen["generalProductInformation"]) is (4 in purpose["points"])
        assert ("dismantlingAndRemovalInformation" in seen["circularity"]) is (
            2 in purpose["points"]
        )
        assert purpose["reference"].startswith("Art. 77(2)")
    for audience, name in (("legitimate_interest", "curiosity"), ("public", "repair")):
        with pytest.raises(BatteryPassError) as caught:
            passport.view(audience, purpose=name)  # type: ignore[arg-type]
        assert caught.value.code == "invalid_argument"


@pytest.mark.parametrize("representation", ["compressed", "full"])
def test_en18223_and_back(
    example: dict[str, Any], representation: Literal["compressed", "full"]
) -> None:
    passport = Passport.parse(example)
    document = passport.to_en18223(representation)
    assert ("elements" in document) is (representation == "full")
    for form in (document, json.dumps(document), json.dumps(document).encode()):
        assert Passport.from_en18223(form) == (passport, [])


def test_en18223_tells_what_it_does_not_carry() -> None:
    resource = {
        "elementId": "carbonFootprintStudy",
        "objectType": "RelatedResource",
        "contentType": "application/pdf",
        "url": "https://example.com/study.pdf",
    }
    document = {
        "elements": [
            {
                "elementId": "carbonFootprint",
                "objectType": "DataElementCollection",
                "elements": [resource],
            }
        ]
    }
    passport, not_carried = Passport.from_en18223(document)
    assert passport.to_dict() == {
        "carbonFootprint": {"carbonFootprintStudy": "https://example.com/study.pdf"}
    }
    assert not_carried == [NotCarried("/elements/0/elements/0/contentType", "application/pdf")]
    del resource["url"]
    with pytest.raises(ValidationError) as caught:
        Passport.from_en18223(document)
    assert (caught.value.code, caught.value.path) == (
        "missing_member",
        "/elements/0/elements/0/url",
    )
    with pytest.raises(BatteryPassError) as refused:
        passport.to_en18223("short")  # type: ignore[arg-type]
    assert refused.value.code == "invalid_argument"


def test_depth_is_bounded_in_both_forms() -> None:
    assert Passport.parse({"x": nested(63)}).to_dict() == {"x": nested(63)}
    loop: list[Any] = []
    loop.append(loop)
    deep = json.dumps({"x": nested(64)})
    for document in ({"x": nested(64)}, {"x": loop}, deep):
        with pytest.raises(DecodeError) as caught:
            Passport.parse(document)
        assert caught.value.code == "too_deep"


def test_errors_name_the_place(example: dict[str, Any]) -> None:
    example["performanceAndDurability"]["batteryCondition"]["negativeEvents"][0]["lastUpdate"] = 1
    with pytest.raises(DecodeError) as caught:
        Passport.parse(example)
    assert caught.value.code == "wrong_type"
    assert caught.value.path == (
        "/performanceAndDurability/batteryCondition/negativeEvents/0/lastUpdate"
    )
    with pytest.raises(DecodeError) as encoding:
        Passport.parse("{}".encode("utf-16"))
    assert encoding.value.code == "wrong_encoding"
    assert "UTF-16" in encoding.value.detail
    with pytest.raises(ValidationError) as no_id:
        _ = Passport.parse({}).id
    assert no_id.value.code == "missing_member"
    with pytest.raises(BatteryPassError):
        Passport.parse({}).view("")  # type: ignore[arg-type]
