//! Each of the 93 attributes, present and absent, in each of the four categories.

extern crate alloc;

use alloc::collections::BTreeMap;

use batterypass::attribute::{self, Attribute, Category, Guidance, Obligation};
use batterypass::report::{Finding, Severity};
use batterypass::validate::{Expectation, Profile, expectation, scope};
use serde_json::{Value, json};

use super::*;

/// A passport that gives every attribute, whatever the category.
fn everything(category: Category) -> Value {
    let mut document = example(EV);
    set(
        &mut document,
        "/generalProductInformation/batteryCategory",
        json!(category.as_str()),
    );
    document["carbonFootprint"] = json!({
        "batteryCarbonFootprint": 70,
        "carbonFootprintPerLifecycleStage": [
            { "lifecycleStage": "RawMaterialExtraction", "carbonFootprint": 48 },
            { "lifecycleStage": "MainProduction", "carbonFootprint": 20 },
            { "lifecycleStage": "Distribution", "carbonFootprint": 1.5 },
            { "lifecycleStage": "Recycling", "carbonFootprint": 0.5 }
        ],
        "carbonFootprintPerformanceClass": "B",
        "carbonFootprintStudy": "https://www.cells.example/footprint",
        "absoluteCarbonFootprint": 5145
    });
    document["supplyChainDueDiligence"] = json!({
        "supplyChainDueDiligenceReport": "https://www.cells.example/diligence",
        "thirdPartyAussurances": "https://www.cells.example/assurances",
        "supplyChainIndicies": 71
    });
    for subject in ["HazardousMaterial", "CarbonFootPrint", "ExtinguishingAgent"] {
        document["labels"]["labels"]
            .as_array_mut()
            .unwrap()
            .push(json!({
                "labelingSymbol": "https://www.cells.example/label.svg",
                "labelingMeaning": { "en": subject },
                "labelingSubject": subject
            }));
    }
    document
}

/// Removes an attribute wherever it stands.
fn without(attribute: &Attribute, document: &Value) -> Value {
    let mut document = document.clone();
    let mut paths: Vec<String> = attribute
        .find(&document)
        .into_iter()
        .map(|found| found.0)
        .collect();
    // From the last, so that an element's removal does not move the others.
    while let Some(path) = paths.pop() {
        remove(&mut document, &path);
    }
    document
}

fn of<'r>(report: &'r Report, attribute: &Attribute) -> Vec<&'r Finding> {
    let start = format!("attribute {} (", attribute.number);
    report
        .findings
        .iter()
        .filter(|finding| finding.detail.starts_with(&start))
        .collect()
}

#[test]
fn presence_and_absence_have_the_verdict_of_the_table() {
    let (mut cells, mut verdicts) = (0, BTreeMap::<&str, usize>::new());
    for category in Category::ALL {
        let present = everything(category);
        let with = report(&present, Profile::Regulation);
        for attribute in attribute::all() {
            cells += 1;
            assert!(attribute.is_in(&present), "{}", attribute.name);
            let absent = without(attribute, &present);
            assert!(!attribute.is_in(&absent), "{}", attribute.name);
            let without = report(&absent, Profile::Regulation);
            let verdict = |report: &Report| {
                of(report, attribute)
                    .first()
                    .map(|finding| (finding.code.as_str(), finding.severity))
            };
            // What the table says, read apart from the code that is under test.
            let obligation = attribute.obligation(category);
            let lapsed = attribute.from.is_some_and(|from| from <= "2027-02-18");
            let (present, absent) = match (obligation, attribute.guidance(category)) {
                (_, Some(Guidance::NotToBeFilled)) if !lapsed => {
                    (Some(("not_to_be_filled", Severity::Error)), None)
                }
                (Obligation::NotApplicable, _) => (Some(("not_applicable", Severity::Info)), None),
                (Obligation::Voluntary, _) => (None, None),
                (Obligation::Conditional, _) => (None, Some(("missing_member", Severity::Info))),
                (Obligation::Mandatory, Some(Guidance::Conditional))
                    if category != Category::Stationary
                        || attribute.obligation(Category::Industrial) == Obligation::Mandatory =>
                {
                    (None, Some(("missing_member", Severity::Info)))
                }
                (Obligation::Mandatory, _) if attribute.from.is_some() && !lapsed => (None, None),
                (Obligation::Mandatory, _) => (None, Some(("missing_member", Severity::Error))),
            };
            // The category itself is judged before the table can be read.
            if attribute.number == 9 {
                assert!(!without.ok);
            } else {
                assert_eq!(
                    verdict(&with),
                    present,
                    "{category:?} with {}",
                    attribute.name
                );
                assert_eq!(
                    verdict(&without),
                    absent,
                    "{category:?} without {}",
                    attribute.name
                );
            }
            let name = expectation(attribute, category, day()).as_str();
            *verdicts.entry(name).or_default() += 1;
        }
    }
    assert_eq!(cells, 93 * 4);
    assert_eq!(verdicts.values().sum::<usize>(), 93 * 4, "{verdicts:?}");
    assert!(verdicts["required"] > 150, "{verdicts:?}");
}

#[test]
fn the_calendar_counts() {
    let report_of = |day: &str| {
        let attribute = attribute::by_number(28).unwrap();
        expectation(attribute, Category::Ev, day.parse().unwrap())
    };
    assert_eq!(
        report_of("2027-02-18T00:00:00Z"),
        Expectation::NotToBeFilled
    );
    assert_eq!(
        report_of("2027-08-17T23:59:59Z"),
        Expectation::NotToBeFilled
    );
    assert_ne!(
        report_of("2027-08-18T00:00:00Z"),
        Expectation::NotToBeFilled
    );
}

#[test]
fn a_passport_is_owed_as_article_77_says() {
    let before = "2027-02-17T23:59:59Z".parse().unwrap();
    for (category, kwh, on, owed) in [
        (Category::Industrial, 2.0, day(), false),
        (Category::Industrial, 2.01, day(), true),
        (Category::Stationary, 2.0, day(), false),
        (Category::Stationary, 14.3, day(), true),
        (Category::Industrial, f64::NAN, day(), true),
        (Category::Lmt, 0.4, day(), true),
        (Category::Ev, 1.0, day(), true),
        (Category::Ev, 73.5, before, false),
        (Category::Lmt, 0.4, before, false),
    ] {
        let scope = scope(category, kwh, on);
        assert_eq!(scope.owed, owed, "{category:?} {kwh}");
        assert!(scope.reference.starts_with("Art. 77(1)") && !scope.reason.is_empty());
    }
    let passport = Passport::from_value(example(EV)).unwrap();
    let report = validate(&passport, Profile::Regulation, before);
    assert!(
        report
            .findings
            .iter()
            .any(|finding| finding.code.as_str() == "passport_not_owed")
    );
    assert!(report.ok);
}
