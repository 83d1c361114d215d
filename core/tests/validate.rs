//! Validation: the examples, each attribute in each category, each defect of upstream's that concerns
//! documents, and upstream's own schemas.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "alloc")]

mod common;

#[path = "validate/attributes.rs"]
mod attributes;
#[path = "validate/defects.rs"]
mod defects;
#[path = "validate/examples.rs"]
mod examples;
#[path = "validate/generator.rs"]
mod generator;
#[path = "validate/rules.rs"]
mod rules;
#[path = "validate/upstream.rs"]
mod upstream;

use batterypass::json;
use batterypass::passport::Passport;
use batterypass::report::Severity;
use batterypass::time::Timestamp;
use batterypass::validate::{Profile, Report, validate};
use generator::{remove, set};
use serde_json::Value;

const EV: &[u8] = include_bytes!("../../schemas/examples/ev-battery.json");
const LMT: &[u8] = include_bytes!("../../schemas/examples/lmt-ebike.json");
const STATIONARY: &[u8] = include_bytes!("../../schemas/examples/stationary-storage.json");

/// The day from which passports are owed.
fn day() -> Timestamp {
    "2027-02-18T00:00:00Z".parse().unwrap()
}

fn example(text: &[u8]) -> Value {
    json::parse(text).unwrap()
}

fn report(document: &Value, profile: Profile) -> Report {
    let passport = Passport::from_value(document.clone()).unwrap();
    validate(&passport, profile, day())
}

/// Code, severity and path of each finding that is no information.
fn findings(document: &Value, profile: Profile) -> Vec<(&'static str, &'static str, String)> {
    report(document, profile)
        .findings
        .into_iter()
        .filter(|finding| finding.severity > Severity::Info)
        .map(|finding| {
            (
                finding.code.as_str(),
                finding.severity.as_str(),
                finding.path,
            )
        })
        .collect()
}

/// The example of an electric vehicle battery with one value set, and what is then found.
fn ev_with(
    pointer: &str,
    value: Value,
    profile: Profile,
) -> Vec<(&'static str, &'static str, String)> {
    let mut document = example(EV);
    set(&mut document, pointer, value);
    findings(&document, profile)
}
