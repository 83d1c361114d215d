//! Ranges, units and values that cannot be.

use serde_json::json;

use super::*;

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
