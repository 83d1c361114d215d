"""The table of attributes against the data file that it is generated from."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any, get_type_hints

from batterypass import Attribute, Passport, attributes
from conftest import ROOT


def data() -> list[dict[str, Any]]:
    text = (ROOT / "schemas/attributes.json").read_text(encoding="utf-8")
    table: list[dict[str, Any]] = json.loads(text)["attributes"]
    return table


def test_the_table_is_that_of_the_data_file() -> None:
    expected = data()
    for attribute in expected:
        attribute["wire_unit"] = attribute.pop("wireUnit")
        attribute["applies_from"] = attribute.pop("from")
        # The guidance has no category for stationary batteries: they are industrial.
        attribute["guidance"]["stationary"] = attribute["guidance"]["industrial"]
    table = attributes()
    assert len(table) == 93
    assert table == expected
    names = set(get_type_hints(Attribute))
    assert all(set(attribute) == names for attribute in table)


def test_points_and_categories() -> None:
    table = attributes()
    assert Counter(attribute["point"] for attribute in table) == {1: 60, 2: 5, 3: 1, 4: 27}
    threshold = table[82]
    assert threshold["name"] == "Capacity threshold for exhaustion"
    assert threshold["obligation"]["lmt"] == "not_applicable"
    assert threshold["guidance"] == {
        "ev": "mandatory",
        "lmt": "not_to_be_filled",
        "industrial": "not_to_be_filled",
        "stationary": "not_to_be_filled",
    }


def test_each_call_gives_a_table_of_its_own() -> None:
    attributes().clear()
    attributes()[0]["paths"].clear()
    assert attributes()[0]["paths"]


def test_views_follow_the_table() -> None:
    passport = Passport.parse(
        {
            "labels": {"resultOfTestReport": "https://example.com/report"},
            "circularity": {
                "safetyMeasures": {
                    "extinguishingAgent": ["Class D"],
                    "safetyInstructions": "https://example.com/safety",
                }
            },
            "materialComposition": {
                "batteryMaterials": [
                    {"batteryMaterialName": "cobalt", "isCriticalRawMaterial": True},
                    {"batteryMaterialName": "iron", "isCriticalRawMaterial": False},
                ]
            },
        }
    )
    public = passport.view("public")
    assert public == {
        "circularity": {"safetyMeasures": {"extinguishingAgent": ["Class D"]}},
        "materialComposition": {
            "batteryMaterials": [{"batteryMaterialName": "cobalt", "isCriticalRawMaterial": True}]
        },
    }
    assert passport.view("authority") == passport.to_dict()
    interest = passport.view("legitimate_interest")
    assert "labels" not in interest
    assert interest["circularity"] == passport.to_dict()["circularity"]
