//! Every submodel against upstream's payload and upstream's schema of the same version.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "alloc")]

mod common;

use batterypass::passport::Passport;
use batterypass::{ErrorCode, json};
use serde_json::{Value, json};

/// Member of the passport, upstream's file, number of leaves in upstream's payload.
const SUBMODELS: [(&str, &str, usize); 7] = [
    (
        "generalProductInformation",
        "GeneralProductInformation-1.2.0",
        25,
    ),
    ("carbonFootprint", "CarbonFootprint-1.2.0", 6),
    ("circularity", "Circularity-1.2.0", 20),
    ("materialComposition", "MaterialComposition-1.2.0", 15),
    ("performanceAndDurability", "Performance-1.2.1", 60),
    // One more than the table of leaves: the meaning of a label is a map by language.
    ("labels", "Labels-1.2.0", 5),
    (
        "supplyChainDueDiligence",
        "SupplyChainDueDiligence-1.2.0",
        3,
    ),
];

fn payload(file: &str) -> Option<Value> {
    let text = common::upstream(&format!("{file}.payload.json"))?;
    Some(json::parse(&text).expect("UTF-8 JSON"))
}

#[test]
fn payloads_survive_with_nothing_left_over() {
    let mut read = 0;
    for (member, file, count) in SUBMODELS {
        let Some(payload) = payload(file) else {
            continue;
        };
        let mut found: Vec<String> = Vec::new();
        paths(&payload, String::new(), &mut found);
        found.sort_unstable();
        found.dedup();
        assert_eq!(found.len(), count, "{file}");
        let document = json!({ member: payload });
        let passport = Passport::from_value(document.clone()).expect(file);
        assert_eq!(passport.to_value().unwrap(), document, "{file}");
        let text = passport.to_json().unwrap();
        assert_eq!(Passport::parse(text.as_bytes()).unwrap(), passport);
        // `Debug` shows each `extra`: none of them has a member.
        let debug = format!("{passport:?}");
        assert_eq!(
            debug.matches("extra: {}").count(),
            debug.matches("extra: ").count(),
            "{file}: {debug}"
        );
        read += 1;
    }
    assert!(read == 7 || read == 0, "{read} payloads");
}

fn paths(value: &Value, path: String, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                paths(member, format!("{path}/{name}"), found);
            }
        }
        Value::Array(elements) => {
            for element in elements {
                paths(element, format!("{path}/-"), found);
            }
        }
        _ => found.push(path),
    }
}

/// A member whose JSON type is wrong is refused where it stands: so each member is typed.
#[test]
fn every_leaf_is_typed() {
    let mut checked = 0;
    for (member, file, _) in SUBMODELS {
        let Some(payload) = payload(file) else {
            continue;
        };
        let mut found = Vec::new();
        pointers(&payload, String::new(), &mut found);
        for pointer in found {
            // Free by language, upstream too.
            if pointer.contains("/labelingMeaning/") {
                continue;
            }
            let mut wrong = payload.clone();
            *wrong.pointer_mut(&pointer).unwrap() = json!([null]);
            let error = Passport::from_value(json!({ member: wrong })).expect_err(&pointer);
            assert_eq!(error.code(), ErrorCode::WrongType);
            let expected = format!("/{member}{pointer}");
            assert!(
                error.path().starts_with(&expected),
                "{} {expected}",
                error.path()
            );
            checked += 1;
        }
    }
    let leaves: usize = SUBMODELS.iter().map(|(_, _, count)| count).sum();
    assert!(checked == leaves - 1 || checked == 0, "{checked} leaves");
}

fn pointers(value: &Value, path: String, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                pointers(member, format!("{path}/{name}"), found);
            }
        }
        Value::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                pointers(element, format!("{path}/{index}"), found);
            }
        }
        _ => found.push(path),
    }
}

/// The schema names every member of the model; each of them is typed here.
#[test]
fn the_members_are_those_of_the_schemas() {
    let mut checked = 0;
    for (member, file, _) in SUBMODELS {
        let (Some(schema), Some(payload)) = (
            common::upstream(&format!("{file}.schema.json")),
            payload(file),
        ) else {
            continue;
        };
        let schema = json::parse(&schema).expect("UTF-8 JSON");
        let mut names = Vec::new();
        properties(&schema, &mut names);
        names.sort_unstable();
        names.dedup();
        let mut present = Vec::new();
        members(&payload, &mut present);
        for name in names {
            assert!(present.contains(&name), "{member}: {name} is in no test");
            checked += 1;
        }
    }
    assert!(checked == 0 || checked > 100, "{checked} members");
}

fn properties(schema: &Value, names: &mut Vec<String>) {
    let Some(object) = schema.as_object() else {
        return;
    };
    for (name, value) in object {
        if name == "properties" {
            names.extend(value.as_object().unwrap().keys().cloned());
        }
        properties(value, names);
    }
}

fn members(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                names.push(name.clone());
                members(value, names);
            }
        }
        Value::Array(elements) => elements.iter().for_each(|value| members(value, names)),
        _ => {}
    }
}
