//! Rules across members.

use serde_json::json;

use super::*;

/// Sets values in the example of an electric vehicle battery; returns what the regulation profile finds
/// beyond the warranty, of which each example is told.
fn with(changes: &[(&str, Value)]) -> Vec<(&'static str, &'static str, String)> {
    let mut document = example(EV);
    for (pointer, value) in changes {
        set(&mut document, pointer, value.clone());
    }
    let mut found = findings(&document, Profile::Regulation);
    found.retain(|f| !f.2.ends_with("/warrentyPeriod"));
    found
}

fn error(code: &'static str, path: &str) -> (&'static str, &'static str, String) {
    (code, "error", path.into())
}

#[test]
fn status_and_predecessors_fit() {
    const STATUS: &str = "/generalProductInformation/batteryStatus";
    let earlier = json!(["urn:uuid:5b1e7f60-0000-4000-8000-000000000001"]);
    for status in ["Reused", "re-used", "Repurposed", "Remanufactured"] {
        assert_eq!(
            with(&[(STATUS, json!(status))]),
            [error("inconsistent", STATUS)]
        );
        assert_eq!(
            with(&[(STATUS, json!(status)), ("/predecessors", earlier.clone())]),
            []
        );
    }
    assert_eq!(
        with(&[("/predecessors", earlier.clone())]),
        [error("inconsistent", STATUS)]
    );
    assert_eq!(
        with(&[(STATUS, json!("Waste")), ("/predecessors", earlier)]),
        []
    );
    let own = example(EV)["digitalProductPassportId"].clone();
    let found = with(&[
        (STATUS, json!("Reused")),
        ("/predecessors", json!([own.clone(), own.clone()])),
    ]);
    for expected in [
        error("inconsistent", "/predecessors/0"),
        error("inconsistent", "/predecessors/1"),
        error("duplicate_value", "/predecessors/1"),
    ] {
        assert!(found.contains(&expected), "{found:?}");
    }
    assert_eq!(
        with(&[("/successor", own)]),
        [error("inconsistent", "/successor")]
    );
    let found = with(&[("/successor", json!("urn:uuid:2"))]);
    assert_eq!(found, [("inconsistent", "warning", "/dppStatus".into())]);
}

#[test]
fn dates_are_in_order_and_not_in_the_future() {
    const MADE: &str = "/generalProductInformation/manufacturingDate";
    const SERVICE: &str = "/generalProductInformation/puttingIntoService";
    const SOC: &str = "/performanceAndDurability/batteryCondition/stateOfCharge/lastUpdate";
    assert_eq!(
        with(&[(SERVICE, json!("2026-03-09T23:59:59Z"))]),
        [error("inconsistent", SERVICE)]
    );
    assert_eq!(
        with(&[(SERVICE, json!("2026-09-01T06:30:00.1Z"))]),
        [error("inconsistent", "/lastUpdate")]
    );
    let found = with(&[("/lastUpdate", json!("2027-02-18T00:00:01Z"))]);
    assert_eq!(found, [error("in_the_future", "/lastUpdate")]);
    assert_eq!(
        with(&[("/lastUpdate", json!("2027-02-18T01:00:00+01:00"))]),
        []
    );
    let found = with(&[(MADE, json!("2027-03"))]);
    assert!(found.contains(&error("in_the_future", MADE)), "{found:?}");
    let found = with(&[(SOC, json!("2026-09-02T00:00:00Z"))]);
    assert_eq!(found, [("inconsistent", "warning", SOC.into())]);
    assert_eq!(
        with(&[(SOC, json!("2026-03-01T00:00:00Z"))]),
        [error("inconsistent", SOC)]
    );
    let found = with(&[(SOC, json!("2027-09-02T00:00:00Z"))]);
    assert!(found.contains(&error("in_the_future", SOC)), "{found:?}");
    let event = "/performanceAndDurability/batteryCondition/negativeEvents/0/lastUpdate";
    assert_eq!(
        with(&[(event, json!("2025-03-01T00:00:00Z"))]),
        [error("inconsistent", event)]
    );
}

#[test]
fn voltages_and_temperatures_are_in_order() {
    let path = |name: &str| format!("/performanceAndDurability/batteryTechicalProperties/{name}");
    let found = with(&[(&path("maximumVoltage"), json!(349))]);
    assert_eq!(found, [error("inconsistent", &path("maximumVoltage"))]);
    let found = with(&[(&path("minimumVoltage"), json!(351))]);
    assert_eq!(found, [error("inconsistent", &path("nominalVoltage"))]);
    let found = with(&[(&path("temperatureRangeIdleState/minimum"), json!(61))]);
    assert_eq!(
        found,
        [error("inconsistent", &path("temperatureRangeIdleState"))]
    );
    let found = with(&[(&path("originalPowerCapability/1/atSoC"), json!(50))]);
    assert_eq!(
        found,
        [("missing_member", "warning", path("originalPowerCapability"))]
    );
}

#[test]
fn shares_and_masses_sum_up() {
    let found = with(&[(
        "/circularity/recycledContent/0/preConsumerShare",
        json!(96.1),
    )]);
    assert_eq!(
        found,
        [error("inconsistent", "/circularity/recycledContent/0")]
    );
    assert_eq!(
        with(&[("/circularity/recycledContent/0/preConsumerShare", json!(96))]),
        []
    );
    let path = "/materialComposition/batteryMaterials";
    let found = with(&[(&format!("{path}/0/batteryMaterialMass"), json!(430_000))]);
    assert_eq!(found, [error("inconsistent", path)]);
}

#[test]
fn identifiers_are_checked() {
    const ID: &str = "/uniqueProductIdentifier";
    let link = "https://id.cells.example/01/09520123456789/21/EXC96-7K3QV9M2";
    assert_eq!(with(&[(ID, json!(link))]), [error("invalid_gtin", ID)]);
    assert_eq!(with(&[(ID, json!("urn:example:EXC96-7K3QV9M2"))]), []);
    assert_eq!(with(&[(ID, json!("EXC96"))]), [error("invalid_member", ID)]);
    assert_eq!(
        with(&[("/granularity", json!("model"))]),
        [error("invalid_member", "/granularity")]
    );
    assert_eq!(with(&[("/granularity", json!("Item"))]), []);
    assert_eq!(
        with(&[("/digitalProductPassportId", json!("a b"))]),
        [error("invalid_member", "/digitalProductPassportId")]
    );
}

#[test]
fn every_finding_has_all_its_parts() {
    for profile in [Profile::Wire, Profile::Regulation] {
        let report = report(
            &json!({ "generalProductInformation": { "batteryCategory": "lmt", "batteryMass": -1 } }),
            profile,
        );
        assert!(!report.ok && !report.findings.is_empty());
        for finding in report.findings {
            assert!(
                !finding.detail.is_empty() && !finding.reference.is_empty(),
                "{finding:?}"
            );
            assert!(
                finding.path.is_empty() || finding.path.starts_with('/'),
                "{finding:?}"
            );
        }
    }
}
