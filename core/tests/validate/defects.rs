//! What is done instead of each defect of upstream's schemas that concerns documents. The numbers are
//! those of the book's page on validation.

use batterypass::ErrorCode;
use serde_json::json;

use super::*;

#[path = "defects/forms.rs"]
mod forms;

const GENERAL: &str = "/generalProductInformation";
const TECHNICAL: &str = "/performanceAndDurability/batteryTechicalProperties";
const CONDITION: &str = "/performanceAndDurability/batteryCondition";

/// The finding of one value that cannot be read as what it is.
fn refused(base: &str, name: &str, value: Value) {
    let path = format!("{base}/{name}");
    for profile in [Profile::Wire, Profile::Regulation] {
        let found = ev_with(&path, value.clone(), profile);
        assert!(
            found
                .iter()
                .any(|f| f.1 == "error" && f.2.starts_with(&path)),
            "{path} {value} {found:?}"
        );
    }
}

/// No finding in either profile.
fn accepted(base: &str, name: &str, value: Value) {
    let path = format!("{base}/{name}");
    for profile in [Profile::Wire, Profile::Regulation] {
        let found = ev_with(&path, value.clone(), profile);
        assert!(
            !found.iter().any(|f| f.2 == path),
            "{path} {value} {found:?}"
        );
    }
}

/// Readable, but not what the law can mean: a warning on the wire, an error by the regulation.
fn doubtful(base: &str, name: &str, value: Value, code: &str, at: &str) {
    let path = format!("{base}/{name}");
    for (profile, severity) in [(Profile::Wire, "warning"), (Profile::Regulation, "error")] {
        let found = ev_with(&path, value.clone(), profile);
        let expected = (code, severity, format!("{base}/{at}"));
        assert!(
            found.iter().any(|f| (f.0, f.1, f.2.clone()) == expected),
            "{expected:?} {found:?}"
        );
        let errors = found.iter().filter(|f| f.1 == "error").count();
        assert_eq!(errors == 0, profile == Profile::Wire, "{path} {found:?}");
    }
}

#[test]
fn d09_values_that_cannot_be() {
    doubtful(
        GENERAL,
        "batteryMass",
        json!(-1),
        "out_of_range",
        "batteryMass",
    );
    let soc = "stateOfCharge/stateOfChargeValue";
    doubtful(CONDITION, soc, json!(250), "out_of_range", soc);
    doubtful(
        TECHNICAL,
        "minimumVoltage",
        json!(900),
        "inconsistent",
        "nominalVoltage",
    );
    doubtful(
        TECHNICAL,
        "expectedNumberOfCycles",
        json!(1.5),
        "invalid_member",
        "expectedNumberOfCycles",
    );
    doubtful(
        "/circularity",
        "recycledContent/1/recycledMaterial",
        json!("Nickel"),
        "duplicate_value",
        "recycledContent/1/recycledMaterial",
    );
    doubtful(
        GENERAL,
        "manufacturingPlace/addressCountry",
        json!("XX"),
        "invalid_member",
        "manufacturingPlace/addressCountry",
    );
    doubtful(
        "/labels",
        "labels/0/labelingMeaning",
        json!({ "a": [1] }),
        "invalid_member",
        "labels/0/labelingMeaning",
    );
    doubtful(
        "/labels",
        "labels/0/labelingMeaning",
        json!({}),
        "invalid_member",
        "labels/0/labelingMeaning",
    );
    for country in ["DE", "DEU", "Germany"] {
        accepted(GENERAL, "manufacturingPlace/addressCountry", json!(country));
    }
    let found = ev_with(
        "/generalProductInformation/manufacturingPlace/addressCountry",
        json!("Allemagne"),
        Profile::Regulation,
    );
    assert!(
        found
            .iter()
            .any(|f| f.1 == "warning" && f.2.ends_with("addressCountry"))
    );
    let found = ev_with(
        "/generalProductInformation/warrantyPeriod",
        json!("P8Y"),
        Profile::Regulation,
    );
    assert!(found.contains(&(
        "unknown_member",
        "warning",
        "/generalProductInformation/warrantyPeriod".into()
    )));
    // An empty list says nothing; the law asks for the metals where the battery has them.
    let mut document = example(EV);
    set(&mut document, "/circularity/recycledContent", json!([]));
    let missing = report(&document, Profile::Regulation).findings;
    assert!(
        missing.iter().any(
            |f| f.code.as_str() == "missing_member" && f.path == "/circularity/recycledContent"
        )
    );
}

#[test]
fn d10_the_four_recycled_materials_are_each_known_once() {
    for material in ["Cobalt", "Nickel", "Lithium", "Lead"] {
        let found = ev_with(
            "/circularity/recycledContent",
            json!([{
                "preConsumerShare": 1, "recycledMaterial": material, "postConsumerShare": 2
            }]),
            Profile::Regulation,
        );
        assert!(!found.iter().any(|f| f.1 == "error"), "{found:?}");
    }
    refused(
        "/circularity",
        "recycledContent/0/recycledMaterial",
        json!("Gold"),
    );
}

#[test]
fn d11_ranges_are_stated() {
    for (base, path, value) in [
        (TECHNICAL, "expectedLifetime", json!(-5)),
        (TECHNICAL, "ratedCapacity", json!(0)),
        (TECHNICAL, "roundtripEfficiency", json!(101)),
        (
            CONDITION,
            "energyThroughput/energyThroughputValue",
            json!(-0.1),
        ),
        (
            CONDITION,
            "numberOfFullCycles/numberOfFullCyclesValue",
            json!(-1),
        ),
        ("/circularity", "renewableContent", json!(100.1)),
        (
            "/materialComposition",
            "batteryMaterials/0/batteryMaterialMass",
            json!(-1),
        ),
        (
            "/materialComposition",
            "hazardousSubstances/0/hazardousSubstanceConcentration",
            json!(101),
        ),
    ] {
        doubtful(base, path, value, "out_of_range", path);
    }
    // What upstream does bound stays bounded.
    refused(TECHNICAL, "temperatureRangeIdleState/maximum", json!(201));
    refused(TECHNICAL, "expectedLifetime", json!(40_000));
    refused(
        "/circularity",
        "recycledContent/0/preConsumerShare",
        json!(-1),
    );
}

#[test]
fn d13_and_d16_the_whole_has_a_header() {
    for name in [
        "digitalProductPassportId",
        "uniqueProductIdentifier",
        "granularity",
        "dppSchemaVersion",
        "dppStatus",
        "lastUpdate",
        "economicOperatorId",
    ] {
        let mut document = example(EV);
        remove(&mut document, &format!("/{name}"));
        let found = findings(&document, Profile::Regulation);
        assert!(
            found.contains(&("missing_member", "error", format!("/{name}"))),
            "{found:?}"
        );
        assert!(report(&document, Profile::Wire).ok);
    }
    refused("", "dppStatus", json!("published"));
}

#[test]
fn d14_a_lawful_passport_need_not_invent_data() {
    // What upstream requires of all categories and the law does not.
    let mut document = example(LMT);
    for name in [
        "ratedEnergy",
        "capacityThresholdForExhaustion",
        "initialSelfDischarge",
        "powerCapabilityRatio",
    ] {
        remove(&mut document, &format!("{TECHNICAL}/{name}"));
    }
    for name in [
        "remainingEnergy",
        "stateOfCertifiedEnergy",
        "currentSelfDischargingRate",
    ] {
        remove(&mut document, &format!("{CONDITION}/{name}"));
    }
    remove(
        &mut document,
        "/generalProductInformation/operatorInformation",
    );
    remove(&mut document, "/carbonFootprint");
    for profile in [Profile::Wire, Profile::Regulation] {
        assert!(
            report(&document, profile).ok,
            "{:?}",
            findings(&document, profile)
        );
    }
}

#[test]
fn d15_counts_of_events_are_kept_and_not_asked_for() {
    let mut document = example(LMT);
    set(
        &mut document,
        "/performanceAndDurability/batteryCondition/exampleDeepDischarges",
        json!(3),
    );
    assert!(report(&document, Profile::Regulation).ok);
    let kept = Passport::from_value(document.clone())
        .unwrap()
        .to_value()
        .unwrap();
    assert_eq!(kept, document);
}

#[test]
fn d17_and_d18_an_older_version_is_one_finding() {
    // Names and shapes that 1.2.1 has not, one at a time and all of 1.0.0.
    for (place, value, version) in [
        (
            "batteryCondition/remainingPowerCapability",
            json!([]),
            "1.2.0",
        ),
        ("batteryCondition/energyThroughput", json!(12), "1.2.0"),
        ("batteryCondition/powerFade", json!(1), "1.2.0"),
        (
            "technicalSpecification",
            json!({ "ratedCapacity": 210 }),
            "1.0.0",
        ),
    ] {
        let path = "/performanceAndDurability";
        let mut document = example(EV);
        set(&mut document, &format!("{path}/{place}"), value);
        for profile in [Profile::Wire, Profile::Regulation] {
            let report = report(&document, profile);
            let (code, severity) = (ErrorCode::UnsupportedVersion, Severity::Error);
            let [found] = (report.findings.iter())
                .filter(|finding| finding.path.starts_with(path))
                .collect::<Vec<_>>()[..]
            else {
                panic!("{:?}", report.findings);
            };
            assert_eq!(
                (found.code, found.severity, found.path.as_str()),
                (code, severity, path)
            );
            assert!(found.detail.contains(version) && found.detail.contains("upgrade()"));
            assert!(!report.ok);
            assert_eq!(
                report
                    .findings
                    .iter()
                    .filter(|f| f.severity == severity)
                    .count(),
                1
            );
        }
    }
    // What is beside it is judged as ever.
    let mut document = example(EV);
    set(&mut document, &format!("{CONDITION}/powerFade"), json!(1));
    set(
        &mut document,
        &format!("{GENERAL}/manufacturingDate"),
        json!("x"),
    );
    let found = findings(&document, Profile::Regulation);
    let errors = found.iter().filter(|f| f.1 == "error").count();
    assert_eq!(errors, 2, "{found:?}");
}

#[test]
fn d19_either_member_gives_the_ratio_of_power_and_energy() {
    for left in ["cRate", "powerCapabilityRatio"] {
        let mut document = example(EV);
        remove(&mut document, &format!("{TECHNICAL}/{left}"));
        assert!(report(&document, Profile::Regulation).ok && report(&document, Profile::Wire).ok);
    }
}

#[test]
fn d20_one_fact_in_two_places_must_agree() {
    let found = ev_with(
        "/generalProductInformation/productIdentifier",
        json!("OTHER-1"),
        Profile::Regulation,
    );
    assert!(
        found.contains(&(
            "inconsistent",
            "warning",
            "/generalProductInformation/productIdentifier".into()
        )),
        "{found:?}"
    );
}

#[test]
fn d21_and_d22_other_units_are_noticed() {
    for path in [
        // 73.5 kWh is not the capacity that is left, 180 000 is watts, 115 200 too.
        (
            CONDITION,
            "remainingCapacity/remainingCapacityValue",
            json!(73_500),
        ),
        (
            CONDITION,
            "remainingEnergy/remainingEnergyValue",
            json!(72_800),
        ),
        (TECHNICAL, "ratedEnergy", json!(73_500)),
        (TECHNICAL, "ratedMaximumPower", json!(180_000)),
        (
            TECHNICAL,
            "originalPowerCapability/0/powerCapabilityAt",
            json!(180_000),
        ),
    ] {
        let pointer = format!("{}/{}", path.0, path.1);
        let found = ev_with(&pointer, path.2, Profile::Regulation);
        assert!(
            found
                .iter()
                .any(|f| f.0 == "doubtful_unit" && f.2 == pointer),
            "{pointer} {found:?}"
        );
    }
    let mut document = example(EV);
    document["carbonFootprint"] = json!({
        "batteryCarbonFootprint": 70,
        "carbonFootprintPerLifecycleStage": [
            { "lifecycleStage": "RawMaterialExtraction", "carbonFootprint": 70 },
            { "lifecycleStage": "MainProduction", "carbonFootprint": 20 },
            { "lifecycleStage": "Distribution", "carbonFootprint": 2 },
            { "lifecycleStage": "Recycling", "carbonFootprint": 8 }
        ]
    });
    let path = "/carbonFootprint/carbonFootprintPerLifecycleStage".to_string();
    assert!(findings(&document, Profile::Wire).contains(&("doubtful_unit", "warning", path)));
}

#[test]
fn d23_a_finding_names_the_unit() {
    let mut document = example(EV);
    set(
        &mut document,
        "/generalProductInformation/batteryMass",
        json!(-1),
    );
    let report = report(&document, Profile::Regulation);
    assert!(
        report
            .findings
            .iter()
            .any(|f| f.detail == "expected more than 0 kilograms")
    );
}
