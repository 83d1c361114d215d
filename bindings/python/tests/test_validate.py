from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from batterypass import BatteryPassError, Finding, Passport, Report
from conftest import ROOT

DAY = "2027-02-18"
EXAMPLES = ["ev-battery", "lmt-ebike", "stationary-storage"]


def example_of(name: str) -> dict[str, Any]:
    text = (ROOT / f"schemas/examples/{name}.json").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    return document


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_are_valid(name: str) -> None:
    passport = Passport.parse(example_of(name))
    for report in (passport.validate(at=DAY), passport.validate("wire", DAY)):
        assert isinstance(report, Report)
        assert report.ok, report.findings
        assert all(finding.severity != "error" for finding in report.findings)
    assert passport.validate().ok


def test_every_finding_is_reported() -> None:
    document = example_of("lmt-ebike")
    technical = document["performanceAndDurability"]["batteryTechicalProperties"]
    technical["capacityThresholdForExhaustion"] = 60
    technical["minimumVoltage"] = 37
    document["performanceAndDurability"]["batteryCondition"]["stateOfCharge"][
        "stateOfChargeValue"
    ] = 250
    report = Passport.parse(document).validate(profile="regulation", at=DAY)
    assert not report.ok
    errors = {(f.code, f.path.rpartition("/")[2]) for f in report.findings if f.severity == "error"}
    assert errors == {
        ("not_to_be_filled", "capacityThresholdForExhaustion"),
        ("inconsistent", "nominalVoltage"),
        ("out_of_range", "stateOfChargeValue"),
    }
    for finding in report.findings:
        assert isinstance(finding, Finding)
        assert finding.reference
        assert finding.detail
    wire = Passport.parse(document).validate("wire", at=DAY)
    assert wire.ok
    assert {f.severity for f in wire.findings} == {"warning"}


def test_times_have_the_usual_forms() -> None:
    passport = Passport.parse(example_of("ev-battery"))
    expected = passport.validate(at=DAY)
    assert passport.validate(at="2027-02-18T00:00:00Z") == expected
    assert passport.validate(at=datetime(2027, 2, 18, tzinfo=UTC)) == expected
    early = passport.validate(at="2026-02-18")
    assert "in_the_future" in {finding.code for finding in early.findings}
    assert "passport_not_owed" in {finding.code for finding in early.findings}
    for at in ("2027-02", "tomorrow", "2027-02-30"):
        with pytest.raises(BatteryPassError) as caught:
            passport.validate(at=at)
        assert caught.value.code == "invalid_argument"
    with pytest.raises(BatteryPassError):
        passport.validate("law")  # type: ignore[arg-type]
