//! The model against upstream's own documents and against the list of 93 attributes.
#![cfg(feature = "alloc")]

use std::path::PathBuf;

use batterypass::access::{self, Audience, Point};
use batterypass::json;
use batterypass::link::PassportLink;
use batterypass::model::{self, GeneralProductInformation, PerformanceAndDurability};
use batterypass::passport::Passport;
use proptest::prelude::*;
use serde_json::{Value, json};

/// Reads a file of the folder that holds the vectors' folder. Says so where it is absent.
fn shared(name: &str) -> Option<Vec<u8>> {
    let vectors = std::env::var_os("BATTERYPASS_VECTORS").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/vectors")),
        PathBuf::from,
    );
    let file = vectors.join("..").join(name);
    std::fs::read(&file)
        .inspect_err(|error| eprintln!("not run: {}: {error}", file.display()))
        .ok()
}

fn leaves(value: &Value, path: String, found: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                leaves(member, format!("{path}.{name}"), found);
            }
        }
        Value::Array(elements) => {
            for element in elements {
                leaves(element, format!("{path}[]"), found);
            }
        }
        leaf => found.push((path, leaf.clone())),
    }
}

#[test]
fn upstream_payloads_survive_and_every_leaf_has_a_point() {
    let files = ["GeneralProductInformation-1.2.0", "Performance-1.2.1"];
    let [Some(general), Some(performance)] =
        files.map(|f| shared(&format!("upstream/{f}.payload.json")))
    else {
        return;
    };
    let general = json::parse(&general).expect("UTF-8 JSON");
    let performance = json::parse(&performance).expect("UTF-8 JSON");
    let document =
        json!({ "generalProductInformation": general, "performanceAndDurability": performance });
    let passport = Passport::from_value(document.clone()).expect("fits the model");

    let typed = passport.general_product_information.as_ref().expect("read");
    assert!(typed.extra.is_empty() && passport.extra.is_empty());
    let typed = passport.performance_and_durability.as_ref().expect("read");
    assert!(
        typed
            .battery_condition
            .as_ref()
            .expect("read")
            .extra
            .is_empty()
    );
    assert!(
        typed
            .battery_technical_properties
            .as_ref()
            .expect("read")
            .extra
            .is_empty()
    );
    assert_eq!(passport.to_value().expect("JSON"), document);

    let mut found = Vec::new();
    leaves(&document, String::new(), &mut found);
    let mut paths: Vec<&str> = found.iter().map(|(path, _)| &path[1..]).collect();
    paths.sort_unstable();
    paths.dedup();
    let unknown: Vec<_> = paths
        .iter()
        .filter(|path| access::point_of(path).is_none())
        .collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    assert_eq!(paths.len(), 25 + 60);
}

#[test]
fn points_agree_with_the_list_of_attributes() {
    let Some(text) = shared("facts/attributes.json") else {
        return;
    };
    let list = json::parse(&text).expect("JSON");
    let list = list["attributes"]
        .as_array()
        .or(list.as_array())
        .expect("a list");
    let mut checked = 0;
    for attribute in list {
        let prefix = match attribute["submodel"].as_str() {
            Some("GeneralProductInformation") => "generalProductInformation.",
            Some("Performance") => "performanceAndDurability.",
            _ => continue,
        };
        let Some(path) = attribute["schema_path"]
            .as_str()
            .filter(|path| !path.is_empty())
        else {
            continue;
        };
        let expected = match attribute["annex_xiii_point"].to_string().trim_matches('"') {
            "1" => Point::Public,
            "4" => Point::IndividualBattery,
            other => panic!("point {other} in these submodels"),
        };
        // The attribute is a leaf or everything below a container.
        let path = format!("{prefix}{path}");
        let below: Vec<String> = all_leaves()
            .into_iter()
            .filter(|leaf| {
                *leaf == path
                    || leaf
                        .strip_prefix(&path)
                        .is_some_and(|rest| rest.starts_with('.'))
            })
            .collect();
        assert!(!below.is_empty(), "{path}");
        for leaf in below {
            assert_eq!(access::point_of(&leaf), Some(expected), "{leaf}");
        }
        checked += 1;
    }
    assert_eq!(checked, 11 + 40);
}

fn all_leaves() -> Vec<String> {
    let files = ["GeneralProductInformation-1.2.0", "Performance-1.2.1"];
    let names = ["generalProductInformation", "performanceAndDurability"];
    let mut found = Vec::new();
    for (file, name) in files.into_iter().zip(names) {
        let text = shared(&format!("upstream/{file}.payload.json")).expect("lies beside the list");
        leaves(&json::parse(&text).expect("JSON"), name.into(), &mut found);
    }
    found.into_iter().map(|(path, _)| path).collect()
}

#[test]
fn the_example_fits_the_model_with_nothing_left_over() {
    let text = include_bytes!("../../schemas/examples/ev-battery.json");
    let passport = Passport::parse(text).expect("fits the model");
    assert_eq!(
        passport.id().expect("an id"),
        "urn:uuid:8c4b6a0e-5d0f-4c58-9a7e-2f1b3c6d7e90"
    );
    let value = passport.to_value().expect("JSON");
    assert_eq!(value, json::parse(text).expect("JSON"));
    let product = passport
        .unique_product_identifier
        .as_deref()
        .expect("given");
    assert!(product.parse::<PassportLink>().is_ok());
    // Every leaf is known to the access table: what a legitimate interest lacks is the test report.
    let mut readable = value.clone();
    let labels = readable["labels"].as_object_mut().expect("an object");
    assert!(labels.shift_remove("resultOfTestReport").is_some());
    assert_eq!(
        access::view(value.clone(), Audience::LegitimateInterest),
        readable
    );
    assert_ne!(access::view(value.clone(), Audience::Public), value);
}

#[test]
fn unknown_members_and_words_survive() {
    let document = json!({
        "digitalProductPassportId": "urn:uuid:1",
        "granularity": "Item",
        "carbonFootprint": { "batteryCarbonFootprint": 64.5 },
        "generalProductInformation": {
            "batteryCategory": "flying",
            "warrentyPeriod": "--06",
            "operatorInformation": { "postalAddress": { "room": [1, { "a": null }] } }
        },
        "performanceAndDurability": { "batteryCondition": {
            "numberOfFullCycles": { "numberOfFullCyclesValue": 18446744073709551615_u64 },
            "stateOfCharge": { "stateOfChargeValue": 63.5, "method": "coulomb counting" }
        } }
    });
    let passport = Passport::from_value(document.clone()).expect("fits the model");
    assert_eq!(passport.to_value().expect("JSON"), document);
    let text = passport.to_json().expect("JSON");
    assert!(text.contains("18446744073709551615"), "{text}");
    assert_eq!(
        Passport::parse(text.as_bytes()).expect("reads back"),
        passport
    );
}

/// JSON with the model's own names in it, so that typed members are met.
fn documents() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<u64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[a-z.\\[\\]]{0,6}".prop_map(Value::from),
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
    ];
    let name = prop_oneof![
        Just("generalProductInformation".to_string()),
        Just("performanceAndDurability".to_string()),
        Just("batteryCondition".to_string()),
        Just("negativeEvents".to_string()),
        Just("negativeEvent".to_string()),
        Just("batteryStatus".to_string()),
        Just("batteryMass".to_string()),
        Just("predecessors".to_string()),
        Just("granularity".to_string()),
        "[a-z.\\[\\]~/]{0,4}",
    ];
    leaf.prop_recursive(5, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Tells whether `part` can be made of `whole` by leaving out members and elements only.
fn is_part(part: &Value, whole: &Value) -> bool {
    match (part, whole) {
        (Value::Object(part), Value::Object(whole)) => part
            .iter()
            .all(|(name, value)| whole.get(name).is_some_and(|member| is_part(value, member))),
        (Value::Array(part), Value::Array(whole)) => {
            let mut rest = whole.iter();
            part.iter()
                .all(|value| rest.any(|element| is_part(value, element)))
        }
        (part, whole) => part == whole,
    }
}

proptest! {
    #[test]
    fn what_fits_the_model_survives_it(document in documents()) {
        if let Ok(passport) = Passport::from_value(document.clone()) {
            prop_assert_eq!(&passport.to_value().expect("JSON"), &document);
        }
        let _ = model::from_value::<GeneralProductInformation>(document.clone());
        let _ = model::from_value::<PerformanceAndDurability>(document);
    }

    #[test]
    fn views_are_parts_and_hold_readable_leaves_only(document in documents()) {
        for audience in [Audience::Public, Audience::Authority, Audience::LegitimateInterest] {
            let view = access::view(document.clone(), audience);
            let allowed = view == json!({}) || is_part(&view, &document);
            prop_assert!(allowed);
            let mut found = Vec::new();
            leaves(&view, String::new(), &mut found);
            for (path, _) in found {
                let point = access::point_of(&path[1..]);
                prop_assert!(point.is_some_and(|point| audience.may_read(point)), "{path}");
            }
            prop_assert_eq!(access::view(view.clone(), audience), view);
        }
    }

    #[test]
    fn parsing_never_panics_and_agrees_with_serde(text in "[\\[\\]{}:,\"a-c0-9.eE+\\\\u -]{0,40}|\\PC{0,40}") {
        match json::parse(text.as_bytes()) {
            Ok(value) => prop_assert_eq!(serde_json::from_str::<Value>(&text).ok(), Some(value)),
            Err(error) => prop_assert!(
                error.code() == batterypass::ErrorCode::DuplicateKey || serde_json::from_str::<Value>(&text).is_err()
            ),
        }
    }
}
