//! The JSON-LD context in `schemas/context/trust.jsonld` is that of the code:
//! `UPDATE=1 cargo test --test trust`.

use std::path::Path;

use batterypass::trust::{TRUST_CONTEXT, context};
use serde_json::Value;

use super::world::*;

#[test]
fn the_file_is_that_of_the_code() {
    let text = serde_json::to_string_pretty(&context()).unwrap() + "\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas/context/trust.jsonld");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(found, text, "run UPDATE=1 cargo test --test trust");
}

/// What VCDM 2.0's own context defines.
const BASE: &[&str] = &["id", "type", "name", "VerifiableCredential"];

#[test]
fn every_member_and_type_is_a_term() {
    let context = context();
    let terms = context["@context"].as_object().unwrap();
    assert!(!context.to_string().contains("@vocab"));
    let known = |name: &str| BASE.contains(&name) || terms.contains_key(name);
    let mut names = 0;
    let drafts = cases()
        .into_iter()
        .flat_map(|case| case.support.into_iter().chain([case.target]));
    for draft in drafts {
        if draft.credential["type"][1] == "BatteryPassportCredential" {
            continue;
        }
        assert_eq!(draft.credential["@context"][1], TRUST_CONTEXT);
        let subject = draft.credential["credentialSubject"].as_object().unwrap();
        let types = draft.credential["type"].as_array().unwrap();
        let types = types.iter().chain([&subject["type"]]);
        let all = subject
            .keys()
            .map(String::as_str)
            .chain(types.filter_map(Value::as_str));
        for name in all {
            assert!(known(name), "{name}");
            names += 1;
        }
    }
    assert!(names > 100, "{names}");
}
