//! What is done instead of each defect of upstream's schemas that concerns documents. The numbers are
//! those of the book's page on validation.

use batterypass::ErrorCode;
use serde_json::json;

use super::*;

#[path = "defects/forms.rs"]
mod forms;
#[path = "defects/values.rs"]
mod values;

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
