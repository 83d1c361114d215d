from __future__ import annotations

from typing import Any

import pytest
from batterypass import Change, Passport, ValidationError

OLD: dict[str, Any] = {
    "digitalProductPassportId": "urn:uuid:1",
    "performanceAndDurability": {
        "batteryTechicalProperties": {"temperatureRangeIdleState": 45.5, "nominalVoltage": 48},
        "batteryCondition": {"energyThroughput": 1200, "powerFade": 3.5},
    },
}


def test_an_older_passport_is_upgraded_and_says_how() -> None:
    passport = Passport.parse(OLD)
    assert passport.to_dict() == OLD
    new, changes = passport.upgrade()
    assert passport.to_dict() == OLD
    assert new.to_dict() == {
        "digitalProductPassportId": "urn:uuid:1",
        "performanceAndDurability": {
            "batteryTechicalProperties": {"nominalVoltage": 48, "powerFade": 3.5},
            "batteryCondition": {"energyThroughput": {"energyThroughputValue": 1200}},
        },
    }
    assert [(change.kind, change.path.rsplit("/", 1)[1]) for change in changes] == [
        ("moved", "powerFade"),
        ("reshaped", "energyThroughput"),
        ("removed", "temperatureRangeIdleState"),
    ]
    assert all(isinstance(change, Change) and change.detail for change in changes)
    technical = "/performanceAndDurability/batteryTechicalProperties"
    assert changes[0].to == f"{technical}/powerFade"
    assert (changes[2].to, changes[2].removed) == (None, 45.5)
    assert new.upgrade() == (new, [])


def test_the_newest_version_is_left_alone(example: dict[str, Any]) -> None:
    passport = Passport.parse(example)
    assert passport.upgrade() == (passport, [])


def test_what_cannot_be_upgraded_says_why() -> None:
    condition: dict[str, Any] = {"remainingPowerCapability": [{}, {}]}
    passport = Passport.parse({"performanceAndDurability": {"batteryCondition": condition}})
    with pytest.raises(ValidationError) as caught:
        passport.upgrade()
    assert caught.value.code == "not_upgradable"
    path = "/performanceAndDurability/batteryCondition/remainingPowerCapability"
    assert caught.value.path == path
    assert caught.value.detail
