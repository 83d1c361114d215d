//! What is done instead of each defect of upstream's schemas that concerns documents. The numbers are
//! those of the book's page on validation.

use serde_json::json;

use super::*;

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
fn d02_email_addresses_are_addresses() {
    accepted(
        GENERAL,
        "manufacturerInformation/emailAddress",
        json!("info@example.com"),
    );
    refused(
        GENERAL,
        "manufacturerInformation/emailAddress",
        json!("ww-@.-xyz"),
    );
    accepted(
        "/circularity",
        "sparePartSources/0/emailAddressOfSupplier",
        json!("spare+parts@example.com"),
    );
    refused(
        "/circularity",
        "sparePartSources/0/emailAddressOfSupplier",
        json!("..@x.com"),
    );
}

#[test]
fn d03_passport_identifiers_are_any_uri() {
    for id in [
        "urn:uuid:8c4b6a0e-5d0f-4c58-9a7e-2f1b3c6d7e90",
        "urn:epc:id:sgtin:952012.3456788.A",
        "did:web:example.com",
        "https://id.example.com/01/09520123456788/21/A1",
    ] {
        accepted(GENERAL, "batteryPassportIdentifier", json!(id));
    }
    refused(GENERAL, "batteryPassportIdentifier", json!("EXC96"));
}

#[test]
fn d04_times_are_whole_texts_of_days_that_exist() {
    for path in [
        "stateOfCharge/lastUpdate",
        "remainingPowerCapability/remainingPowerCapabilityValue/rPCLastUpdated",
    ] {
        refused(CONDITION, path, json!("zzz2025-08-08T16:19:26Zzzz"));
        refused(CONDITION, path, json!("2026-02-30T16:19:26Z"));
        doubtful(
            CONDITION,
            path,
            json!("2026-08-08T16:19:26"),
            "invalid_member",
            path,
        );
    }
    refused(
        GENERAL,
        "puttingIntoService",
        json!("on 2026-05-04T00:00:00Z"),
    );
}

#[test]
fn d05_a_warranty_is_a_period() {
    for period in ["2035-06", "P8Y", "P8Y6M"] {
        accepted(GENERAL, "warrentyPeriod", json!(period));
    }
    refused(GENERAL, "warrentyPeriod", json!("eight years"));
    refused(GENERAL, "warrentyPeriod", json!("x--06x"));
    let found = ev_with(
        "/generalProductInformation/warrentyPeriod",
        json!("--06"),
        Profile::Regulation,
    );
    assert_eq!(
        found,
        [(
            "invalid_member",
            "warning",
            "/generalProductInformation/warrentyPeriod".into()
        )]
    );
}

#[test]
fn d06_and_d07_registry_numbers_have_a_check_digit_and_no_blank() {
    let path = "batteryMaterials/0/batteryMaterialIdentifier";
    doubtful(
        "/materialComposition",
        path,
        json!("7439-93-9"),
        "check_digit",
        path,
    );
    refused("/materialComposition", path, json!("7439-93-2 "));
    refused(
        "/materialComposition",
        "hazardousSubstances/0/hazardousSubstanceIdentifier",
        json!("Ni"),
    );
}

#[test]
fn d08_links_of_documents_lead_to_the_web() {
    let path = "/labels/declarationOfConformity";
    let found = ev_with(path, json!("telnet://192.0.2.16:80/"), Profile::Regulation);
    assert!(
        found.contains(&("invalid_member", "warning", path.into())),
        "{found:?}"
    );
    assert!(ev_with(path, json!("telnet://192.0.2.16:80/"), Profile::Wire).is_empty());
    refused("/labels", "declarationOfConformity", json!("not a link"));
    // A count with 309 digits is refused when the text is read, since it is no number that JSON's readers share.
    let text = format!("{{\"x\":-{}}}", "9".repeat(310));
    assert!(json::parse(text.as_bytes()).is_err());
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
fn d17_and_d18_older_forms_are_refused_by_their_path() {
    // A passport of an older version is read as it is; `upgrade` makes it one of these.
    for (name, value) in [
        ("remainingPowerCapability", json!([])),
        ("energyThroughput", json!(12)),
    ] {
        let path = format!("{CONDITION}/{name}");
        for profile in [Profile::Wire, Profile::Regulation] {
            let found = ev_with(&path, value.clone(), profile);
            assert!(
                found.contains(&("wrong_type", "error", path.clone())),
                "{found:?}"
            );
        }
    }
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

#[test]
fn d24_months_and_the_words_of_the_law_are_read() {
    for date in ["2026-03", "2026-03-10", "2026-03-10T00:00:00Z"] {
        accepted(GENERAL, "manufacturingDate", json!(date));
    }
    refused(GENERAL, "manufacturingDate", json!("March 2026"));
    for status in [
        "original",
        "re-used",
        "repurposed",
        "remanufactured",
        "waste",
        "Waste",
    ] {
        let found = ev_with(
            "/generalProductInformation/batteryStatus",
            json!(status),
            Profile::Wire,
        );
        assert!(!found.iter().any(|f| f.0 == "unknown_word"), "{found:?}");
    }
    refused(GENERAL, "batteryStatus", json!("used"));
}

#[test]
fn d25_all_classes_of_hazard_are_known() {
    let path = "hazardousSubstances/0/hazardousSubstanceClass";
    for class in [
        "AcuteToxicity",
        "FlammableLiquids",
        "HazardousToTheAquaticEnvironment",
    ] {
        accepted("/materialComposition", path, json!(class));
    }
    refused("/materialComposition", path, json!("Nasty"));
}
