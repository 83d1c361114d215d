//! Documents of older versions: read without loss, upgraded with a list of changes, refused with a reason.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "alloc")]

mod common;

#[path = "upgrade/any.rs"]
mod any;

use batterypass::passport::Passport;
use batterypass::upgrade::{Change, ChangeKind, PerformanceVersion};
use batterypass::{ErrorCode, json};
use serde_json::{Value, json};

fn upgrade(document: &Value) -> Result<(Value, Vec<Change>), (ErrorCode, String)> {
    Passport::from_value(document.clone())
        .and_then(|passport| passport.upgrade())
        .map(|(passport, changes)| (passport.to_value().unwrap(), changes))
        .map_err(|error| (error.code(), error.path().to_string()))
}

fn performance(submodel: Value) -> Value {
    json!({ "performanceAndDurability": submodel })
}

/// Kind, old and new place of each change, without the name of the submodel.
fn told(changes: &[Change]) -> Vec<(ChangeKind, &str, Option<&str>)> {
    let short =
        |path: &'_ str| path.len() - path.replacen("/performanceAndDurability", "", 1).len();
    changes
        .iter()
        .map(|c| {
            (
                c.kind,
                &c.path[short(&c.path)..],
                c.to.as_deref().map(|to| &to[short(to)..]),
            )
        })
        .collect()
}

#[test]
fn upstreams_1_2_0_payload_is_read_and_upgraded() {
    let Some(text) = common::upstream("Performance-1.2.0.payload.json") else {
        return;
    };
    let payload = json::parse(&text).unwrap();
    let document = performance(payload.clone());
    let passport = Passport::from_value(document.clone()).unwrap();
    assert_eq!(
        passport.performance_version(),
        Some(PerformanceVersion::V1_2_0)
    );
    assert_eq!(passport.to_value().unwrap(), document);
    let text = passport.to_json().unwrap();
    assert_eq!(Passport::parse(text.as_bytes()).unwrap(), passport);

    let (new, changes) = upgrade(&document).unwrap();
    assert_eq!(
        told(&changes),
        [
            (
                ChangeKind::Moved,
                "/batteryCondition/powerFade",
                Some("/batteryTechicalProperties/powerFade")
            ),
            (
                ChangeKind::Moved,
                "/batteryCondition/roundTripEfficiencyFade",
                Some("/batteryTechicalProperties/roundTripEfficiencyFade")
            ),
            (
                ChangeKind::Moved,
                "/batteryCondition/roundTripEfficiencyat50PerCentCycleLife",
                Some("/batteryTechicalProperties/roundTripEfficiencyat50PerCentCycleLife")
            ),
            (
                ChangeKind::Moved,
                "/batteryCondition/remainingEnergy/remainingEnergyalue",
                Some("/batteryCondition/remainingEnergy/remainingEnergyValue")
            ),
            (
                ChangeKind::Moved,
                "/batteryCondition/evolutionOfSelfDischarge/evolutionOfSelfDischargeEntityValue",
                Some("/batteryCondition/evolutionOfSelfDischarge/evolutionOfSelfDischargeValue")
            ),
            (
                ChangeKind::Moved,
                "/batteryCondition/currentSelfDischargingRate/currentSelfDischargingRateEntity",
                Some(
                    "/batteryCondition/currentSelfDischargingRate/currentSelfDischargingRateValue"
                )
            ),
            (
                ChangeKind::Reshaped,
                "/batteryCondition/energyThroughput",
                Some("/batteryCondition/energyThroughput")
            ),
            (
                ChangeKind::Reshaped,
                "/batteryCondition/remainingPowerCapability",
                Some("/batteryCondition/remainingPowerCapability")
            ),
            (
                ChangeKind::Removed,
                "/batteryTechicalProperties/temperatureRangeIdleState",
                None
            ),
        ]
    );
    let range = &payload["batteryTechicalProperties"]["temperatureRangeIdleState"];
    assert_eq!(changes[8].removed.as_ref(), Some(range));

    // The newest payload has the same members, but for the two times and the range that 1.2.0 has not.
    let typed = Passport::from_value(new.clone()).unwrap();
    assert_eq!(
        typed.performance_version(),
        Some(PerformanceVersion::V1_2_1)
    );
    assert!(
        !format!("{typed:?}")
            .replace("extra: {}", "")
            .contains("extra: ")
    );
    let newest = json::parse(&common::upstream("Performance-1.2.1.payload.json").unwrap()).unwrap();
    let [mut ours, mut theirs] = [Vec::new(), Vec::new()];
    leaves(&new["performanceAndDurability"], "", &mut ours);
    leaves(&newest, "", &mut theirs);
    let missing: Vec<_> = theirs
        .iter()
        .map(|(path, _)| path)
        .filter(|path| !ours.iter().any(|(p, _)| p == *path))
        .collect();
    assert_eq!(
        missing,
        [
            "/batteryTechicalProperties/temperatureRangeIdleState/minimum",
            "/batteryTechicalProperties/temperatureRangeIdleState/maximum",
            "/batteryCondition/evolutionOfSelfDischarge/lastUpdate",
            "/batteryCondition/energyThroughput/lastUpdate",
        ]
    );
    assert_eq!(ours.len() + missing.len(), theirs.len());
    assert_eq!(upgrade(&new).unwrap(), (new, Vec::new()));
}

fn leaves(value: &Value, path: &str, found: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (name, member) in members {
                leaves(member, &format!("{path}/{name}"), found);
            }
        }
        Value::Array(elements) if !elements.is_empty() => {
            for (index, element) in elements.iter().enumerate() {
                leaves(element, &format!("{path}/{index}"), found);
            }
        }
        leaf => found.push((path.into(), leaf.clone())),
    }
}

/// Every member of PerformanceAndDurability 1.0.0, by its Turtle file.
fn version_1_0_0() -> Value {
    let time = "2024-05-01T10:00:00Z";
    json!({
        "generalProductInformation": {
            "productPassportIdentifier": "urn:bmwk:123456687678", "batteryWeight": 699,
            "manufacturerIdentification": "DE-1", "economicOperator": "DE-2", "batteryStatus": "Original"
        },
        "performanceAndDurability": {
            "powerCapability": {
                "originalPowerCapability": [{ "atSoC": 80.0, "powerCapabilityAt": 95.0 }],
                "remainingPowerCapability": [{
                    "remainingPowerCapabilityValue": { "atSoC": 80.0, "powerCapabilityAt": 90.0, "rPCLastUpdated": time },
                    "lastUpdate": time
                }],
                "powerCapabilityFade": 5.0, "maximumPermittedBatteryPower": 150.0, "powerCapabilityRatio": 2.0
            },
            "batteryLifetime": {
                "lifetimeReferenceTest": "https://example.com/test", "energyThroughput": 1200.5,
                "expectedNumberOfCycles": 1500, "cRate": 1.0, "capacityThroughput": 3000.0,
                "capacityThresholdExhaustion": 70.0, "soceThresholdForExhaustion": 65.0, "warrantyPeriod": 8.0,
                "putIntoService": "2024-02-01T00:00:00Z", "ratedCapacity": 180.0, "numberOfFullCycles": 12.0
            },
            "temperatureConditions": {
                "temperatureRangeIdleState": 45.0, "timeExtremeHighTemp": 10.0, "timeExtremeLowTemp": 20.0
            },
            "negativeEvents": [{ "negativeEvent": ["accident", "flood"] }],
            "technicalSpecification": {
                "stateOfCertifiedEnergy": 98.0, "ubeCertified": 75.0,
                "ubeRemaining": { "uBERemainingValue": 73.5, "lastUpdate": time },
                "initialSelfDischarge": 0.5,
                "remainingCapacity": { "remainingCapacityValue": 176.0, "lastUpdate": time },
                "capacityFade": { "capacityFadeValue": 2.0, "lastUpdate": time },
                "stateOfCharge": { "stateOfChargeValue": 50.0, "lastUpdate": time },
                "nominalVoltage": 400.0, "minimumVoltage": 300.0, "maximumVoltage": 450.0
            },
            "internalResistance": {
                "initialInternalResistancePack": 0.05,
                "currentInternalResistancePack": { "currentInternalResistanceValue": 0.06, "lastUpdate": time }
            },
            "roundtripEfficiency": {
                "@type": "RoundtripEfficiencyEntity", "initialSelfDischargingRate": 0.5,
                "currentSelfDischargingRate": { "currentSelfDischargingRateEntity": 0.7, "lastUpdate": time }
            },
            "dynamicAttribute": { "lastUpdate": time }
        }
    })
}

#[test]
fn version_1_0_0_is_read_and_upgraded() {
    let document = version_1_0_0();
    let passport = Passport::from_value(document.clone()).unwrap();
    assert_eq!(
        passport.performance_version(),
        Some(PerformanceVersion::V1_0_0)
    );
    assert_eq!(passport.to_value().unwrap(), document);

    let time = "2024-05-01T10:00:00Z";
    let (new, changes) = upgrade(&document).unwrap();
    let expected = json!({
        "generalProductInformation": {
            "batteryPassportIdentifier": "urn:bmwk:123456687678", "batteryMass": 699,
            "manufacturerInformation": { "identifier": "DE-1" }, "operatorInformation": { "identifier": "DE-2" },
            "batteryStatus": "Original", "puttingIntoService": "2024-02-01T00:00:00Z"
        },
        "performanceAndDurability": {
            "batteryTechicalProperties": {
                "originalPowerCapability": [{ "atSoC": 80.0, "powerCapabilityAt": 95.0 }],
                "ratedMaximumPower": 150.0, "powerCapabilityRatio": 2.0, "ratedEnergy": 75.0,
                "expectedNumberOfCycles": 1500, "initialSelfDischarge": 0.5, "ratedCapacity": 180.0,
                "initialInternalResistance": [{ "ohmicResistance": 0.05, "batteryComponent": "pack" }],
                "cRate": 1.0, "nominalVoltage": 400.0, "minimumVoltage": 300.0, "maximumVoltage": 450.0,
                "capacityThresholdForExhaustion": 70.0, "lifetimeReferenceTest": "https://example.com/test",
                "powerFade": 5.0, "soceThresholdForExhaustion": 65.0, "warrantyPeriod": 8.0
            },
            "batteryCondition": {
                "energyThroughput": { "energyThroughputValue": 1200.5, "lastUpdate": time },
                "capacityThroughput": { "capacityThroughputValue": 3000.0, "lastUpdate": time },
                "numberOfFullCycles": { "numberOfFullCyclesValue": 12.0, "lastUpdate": time },
                "stateOfCertifiedEnergy": { "stateOfCertifiedEnergyValue": 98.0, "lastUpdate": time },
                "capacityFade": { "capacityFadeValue": 2.0, "lastUpdate": time },
                "remainingEnergy": { "remainingEnergyValue": 73.5, "lastUpdate": time },
                "remainingCapacity": { "remainingCapacityValue": 176.0, "lastUpdate": time },
                "negativeEvents": [
                    { "negativeEvent": "accident", "lastUpdate": time }, { "negativeEvent": "flood", "lastUpdate": time }
                ],
                "temperatureInformation": {
                    "timeExtremeHighTemp": 10.0, "timeExtremeLowTemp": 20.0, "lastUpdate": time
                },
                "remainingPowerCapability": {
                    "remainingPowerCapabilityValue": { "atSoC": 80.0, "powerCapabilityAt": 90.0, "rPCLastUpdated": time },
                    "lastUpdate": time
                },
                "currentSelfDischargingRate": { "currentSelfDischargingRateValue": 0.7, "lastUpdate": time },
                "stateOfCharge": { "stateOfChargeValue": 50.0, "lastUpdate": time },
                "currentInternalResistancePack": { "currentInternalResistanceValue": 0.06, "lastUpdate": time }
            }
        }
    });
    assert_eq!(new, expected);
    let of_kind = |kind| {
        changes
            .iter()
            .filter(|c| c.kind == kind)
            .map(|c| c.path.rsplit('/').next().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        of_kind(ChangeKind::Kept),
        [
            "soceThresholdForExhaustion",
            "warrantyPeriod",
            "currentInternalResistancePack"
        ]
    );
    assert_eq!(
        of_kind(ChangeKind::Removed),
        [
            "lastUpdate",
            "initialSelfDischarge",
            "@type",
            "temperatureRangeIdleState"
        ]
    );
    assert!(
        changes
            .iter()
            .all(|c| (c.kind == ChangeKind::Removed) == c.removed.is_some())
    );
    assert_eq!(upgrade(&new).unwrap(), (new, Vec::new()));
}

#[test]
fn what_has_no_place_is_refused_with_its_path() {
    let condition = |member: Value| performance(json!({ "batteryCondition": member }));
    let technical = |member: Value| performance(json!({ "batteryTechicalProperties": member }));
    let value = json!({ "remainingPowerCapabilityValue": { "atSoC": 80, "powerCapabilityAt": 1 } });
    for (document, path) in [
        (
            condition(json!({ "remainingPowerCapability": [value, value] })),
            "/batteryCondition/remainingPowerCapability",
        ),
        (
            technical(json!({ "temperatureRangeIdleState": [1, 2, 3] })),
            "/batteryTechicalProperties/temperatureRangeIdleState",
        ),
        (
            performance(
                json!({ "batteryTechicalProperties": { "powerFade": 1 }, "batteryCondition": { "powerFade": 2 } }),
            ),
            "/batteryCondition/powerFade",
        ),
        (
            performance(
                json!({ "batteryTechicalProperties": 1, "batteryCondition": { "powerFade": 2 } }),
            ),
            "/batteryCondition/powerFade",
        ),
        (
            performance(json!({ "batteryLifetime": { "energyThroughput": "much" } })),
            "/batteryLifetime/energyThroughput",
        ),
        (
            performance(json!({ "batteryLifetime": 8 })),
            "/batteryLifetime",
        ),
        (
            performance(json!({ "negativeEvents": {} })),
            "/negativeEvents",
        ),
        (
            performance(json!({ "negativeEvents": [{ "negativeEvent": ["a", "b"], "place": 1 }] })),
            "/negativeEvents/0",
        ),
        (
            performance(json!({
                "technicalSpecification": { "initialSelfDischarge": 1 },
                "roundtripEfficiency": { "initialSelfDischargingRate": 2 }
            })),
            "/technicalSpecification/initialSelfDischarge",
        ),
    ] {
        let expected = (
            ErrorCode::NotUpgradable,
            format!("/performanceAndDurability{path}"),
        );
        assert_eq!(upgrade(&document), Err(expected), "{document}");
    }
    // What never fitted is named where it ends up.
    assert_eq!(
        upgrade(&performance(
            json!({ "batteryCondition": { "powerFade": "much" } })
        )),
        Err((
            ErrorCode::WrongType,
            "/performanceAndDurability/batteryTechicalProperties/powerFade".into()
        ))
    );
}

#[test]
fn bounds_are_put_in_order_and_an_empty_list_goes() {
    let document = performance(json!({
        "batteryTechicalProperties": { "temperatureRangeIdleState": [60, -20.0] },
        "batteryCondition": { "remainingPowerCapability": [] }
    }));
    let (new, changes) = upgrade(&document).unwrap();
    let expected = json!({
        "batteryTechicalProperties": { "temperatureRangeIdleState": { "minimum": -20.0, "maximum": 60 } },
        "batteryCondition": {}
    });
    assert_eq!(new, performance(expected));
    assert_eq!(changes.len(), 2);
}

#[test]
fn the_newest_version_comes_back_unchanged() {
    let text = include_bytes!("../../schemas/examples/ev-battery.json");
    let passport = Passport::parse(text).unwrap();
    assert_eq!(passport.upgrade().unwrap(), (passport, Vec::new()));
    assert_eq!(Passport::default().performance_version(), None);
}
