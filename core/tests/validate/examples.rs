use batterypass::attribute;
use batterypass::report::Severity;
use batterypass::validate::{Expectation, Profile, expectation};
use serde_json::json;

use super::*;

const ALL: [(&str, &[u8]); 3] = [("ev", EV), ("lmt", LMT), ("stationary", STATIONARY)];

#[test]
fn are_valid_in_both_profiles() {
    for (name, text) in ALL {
        let document = example(text);
        assert_eq!(
            document["generalProductInformation"]["batteryCategory"],
            name
        );
        for profile in [Profile::Wire, Profile::Regulation] {
            let report = report(&document, profile);
            let doubts: Vec<_> = report
                .findings
                .iter()
                .filter(|finding| finding.severity > Severity::Info)
                .collect();
            assert!(report.ok, "{name} {doubts:#?}");
            // The one thing to mend is upstream's warranty, which cannot say how long (D05).
            let paths: Vec<&str> = doubts.iter().map(|finding| finding.path.as_str()).collect();
            let expected: &[&str] = match profile {
                Profile::Regulation => &["/generalProductInformation/warrentyPeriod"],
                _ => &[],
            };
            assert_eq!(paths, expected, "{name} {doubts:#?}");
        }
    }
}

#[test]
fn hold_every_required_attribute_and_all_seven_submodels() {
    for (name, text) in ALL {
        let document = example(text);
        let category = name.parse().unwrap();
        for attribute in attribute::all() {
            let required = expectation(attribute, category, day()) == Expectation::Required;
            if required {
                assert!(attribute.is_in(&document), "{name}: {}", attribute.name);
            }
        }
        for submodel in [
            "generalProductInformation",
            "carbonFootprint",
            "circularity",
            "materialComposition",
            "performanceAndDurability",
            "labels",
            "supplyChainDueDiligence",
        ] {
            assert!(document[submodel].is_object(), "{name}: {submodel}");
        }
    }
}

#[test]
fn an_e_bike_is_not_asked_for_what_only_vehicles_owe() {
    let mut document = example(LMT);
    assert!(report(&document, Profile::Regulation).ok);
    let path = "/performanceAndDurability/batteryTechicalProperties/capacityThresholdForExhaustion";
    set(&mut document, path, json!(60));
    let expected = ("not_to_be_filled", "error", path.to_string());
    assert!(findings(&document, Profile::Regulation).contains(&expected));
    assert!(report(&document, Profile::Wire).ok);
}

#[test]
fn what_cannot_be_told_without_a_category_is_not_guessed() {
    let mut document = example(EV);
    remove(&mut document, "/generalProductInformation/batteryCategory");
    let found = findings(&document, Profile::Regulation);
    let path = "/generalProductInformation/batteryCategory".to_string();
    assert!(
        found.contains(&("missing_member", "error", path)),
        "{found:?}"
    );
}

#[test]
fn an_empty_passport_lacks_all() {
    let report = report(&json!({}), Profile::Regulation);
    assert!(!report.ok);
    let header = ["/digitalProductPassportId", "/lastUpdate", "/dppStatus"];
    for path in header {
        assert!(
            report.findings.iter().any(|finding| finding.path == path),
            "{path}"
        );
    }
    assert!(super::report(&json!({}), Profile::Wire).ok);
}
