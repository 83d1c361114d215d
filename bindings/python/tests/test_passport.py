from __future__ import annotations

import json
import math
import pickle
from typing import Any

import pytest
from batterypass import BatteryPassError, DecodeError, Passport, ValidationError


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
    ("value", "error"),
    [
        (math.nan, ValueError),
        (math.inf, ValueError),
        (2**64, OverflowError),
        (-(2**63) - 1, OverflowError),
        (b"bytes", TypeError),
        ({1: 1}, TypeError),
        (object(), TypeError),
        ({1, 2}, TypeError),
        ("\ud800", UnicodeEncodeError),
    ],
)
def test_what_json_cannot_hold_is_refused(value: object, error: type[Exception]) -> None:
    with pytest.raises(error):
        Passport.parse({"x": value})


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
