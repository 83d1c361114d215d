//! The schemas and the context in `schemas/` are generated from the types:
//! `UPDATE=1 cargo test --features schemars --test schemas`.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "schemars")]

mod common;
#[path = "validate/generator.rs"]
mod generator;
#[path = "schemas/upstream.rs"]
mod upstream;

use std::path::PathBuf;

use batterypass::json;
use batterypass::model::schema;
use serde_json::Value;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../schemas")
}

fn compare(file: &str, value: &Value) {
    let text = serde_json::to_string_pretty(value).unwrap() + "\n";
    let path = folder().join(file);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &text).unwrap();
    }
    assert_eq!(
        std::fs::read_to_string(&path).unwrap_or_default(),
        text,
        "{file}: run UPDATE=1 cargo test --features schemars --test schemas"
    );
}

#[test]
fn the_files_are_those_of_the_types() {
    let schemas = schema::schemas();
    assert_eq!(schemas.len(), 8);
    for (name, schema) in &schemas {
        compare(&format!("{name}.schema.json"), schema);
    }
    compare("context/passport.jsonld", &schema::context());
    // The copy that goes into the crate: a package holds its own folder only.
    let copy = "../core/src/json_ld/contexts/passport.jsonld";
    compare(copy, &schema::context());
    // No file is left over from a schema that is gone.
    let files = std::fs::read_dir(folder()).unwrap();
    let found = files.filter(|file| {
        let name = file.as_ref().unwrap().file_name();
        name.to_string_lossy().ends_with(".schema.json")
    });
    assert_eq!(found.count(), schemas.len());
}

const OURS: [&str; 2] = [
    "/batteryCondition/numberOfDeepDischargeEvents",
    "/batteryCondition/numberOfOverchargeEvents",
];

/// Members, words and required members against upstream's schema of the same version.
#[test]
fn the_schemas_know_what_upstreams_know() {
    let mut compared = 0;
    for (name, file) in [
        (
            "general-product-information",
            "GeneralProductInformation-1.2.0",
        ),
        ("carbon-footprint", "CarbonFootprint-1.2.0"),
        ("circularity", "Circularity-1.2.0"),
        ("material-composition", "MaterialComposition-1.2.0"),
        ("performance-and-durability", "Performance-1.2.1"),
        ("labels", "Labels-1.2.0"),
        (
            "supply-chain-due-diligence",
            "SupplyChainDueDiligence-1.2.0",
        ),
    ] {
        let Some(text) = common::upstream(&format!("{file}.schema.json")) else {
            continue;
        };
        let theirs = json::parse(&text).unwrap();
        let schemas = schema::schemas();
        let ours = &schemas.iter().find(|(n, _)| *n == name).unwrap().1;
        let [mut our_paths, mut their_paths] = [Vec::new(), Vec::new()];
        walk(ours, ours, "", &mut our_paths);
        walk(&theirs, &theirs, "", &mut their_paths);
        // Upstream has no member for the events of Annex VII Part B(4) (D15): these are ours.
        let all = our_paths.len();
        our_paths.retain(|member| !OURS.iter().any(|ours| member.path.starts_with(ours)));
        let extended = name == "performance-and-durability";
        assert_eq!(
            all - our_paths.len(),
            if extended { 6 } else { 0 },
            "{name}"
        );
        our_paths.sort();
        their_paths.sort();
        let names = |paths: &[Member]| paths.iter().map(|m| m.path.clone()).collect::<Vec<_>>();
        assert_eq!(names(&our_paths), names(&their_paths), "{name}");
        for (our, their) in our_paths.iter().zip(&their_paths) {
            // Whole cycles are the law's wish; upstream's `number` accepts 1.5 of them.
            let same = our.kind == their.kind
                || our.path == "/batteryTechicalProperties/expectedNumberOfCycles";
            assert!(same, "{name}{}: {} {}", our.path, our.kind, their.kind);
            // The law knows more hazard classes than upstream's three (D25).
            let open = our.path == "/hazardousSubstances[]/hazardousSubstanceClass";
            assert!(
                our.words == their.words || open && our.words.is_empty(),
                "{name}{}",
                our.path
            );
            assert!(
                !our.required || their.required,
                "{name}{} is optional upstream",
                our.path
            );
            compared += 1;
        }
    }
    assert!(
        compared == 0 || compared == 30 + 7 + 27 + 20 + 81 + 6 + 3,
        "{compared} members"
    );
}

#[derive(Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Member {
    path: String,
    kind: String,
    words: Vec<String>,
    required: bool,
}

/// Collects every member below an object, through references.
fn walk(root: &Value, schema: &Value, path: &str, found: &mut Vec<Member>) {
    let schema = resolve(root, schema);
    if schema["type"] == "array" {
        return walk(root, &schema["items"], &format!("{path}[]"), found);
    }
    // Upstream extends an object by listing it beside its own members.
    for part in schema["allOf"].as_array().into_iter().flatten() {
        walk(root, part, path, found);
    }
    let Some(properties) = schema["properties"].as_object() else {
        return;
    };
    for (name, member) in properties {
        let resolved = resolve(root, member);
        let mut words: Vec<String> = resolved["enum"]
            .as_array()
            .map(|words| {
                words
                    .iter()
                    .map(|word| word.as_str().unwrap().to_owned())
                    .collect()
            })
            .unwrap_or_default();
        words.sort();
        words.dedup();
        let path = format!("{path}/{name}");
        let required = schema["required"]
            .as_array()
            .is_some_and(|r| r.contains(&Value::from(name.as_str())));
        let kind = resolved["type"].as_str().unwrap_or("object").to_owned();
        found.push(Member {
            path: path.clone(),
            kind,
            words,
            required,
        });
        walk(root, member, &path, found);
    }
}

fn resolve<'v>(root: &'v Value, schema: &'v Value) -> &'v Value {
    if let Some(reference) = schema["$ref"].as_str() {
        return resolve(root, root.pointer(&reference[1..]).unwrap());
    }
    match schema["allOf"].as_array() {
        Some(all) if schema.get("properties").is_none() => resolve(root, &all[0]),
        _ => schema,
    }
}

/// Every member of the examples and of upstream's payloads is a term in the place where it stands.
#[test]
fn the_context_defines_every_term() {
    let context = schema::context();
    assert!(!context.to_string().contains("@vocab"));
    let mut terms = 0;
    for example in std::fs::read_dir(folder().join("examples")).unwrap() {
        let path = example.unwrap().path();
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            let passport = json::parse(&std::fs::read(&path).unwrap()).unwrap();
            terms += defined(&passport, &context["@context"], None);
        }
    }
    assert!(terms > 50, "{terms} terms");
}

fn defined(value: &Value, scope: &Value, outer: Option<&Value>) -> usize {
    match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, member)| {
                let term = scope.get(name).or_else(|| outer?.get(name));
                let term = term.unwrap_or_else(|| panic!("{name} is no term"));
                match (term.get("@context"), term.get("@container")) {
                    (_, Some(_)) => 1,
                    (Some(inner), _) => 1 + defined(member, inner, Some(scope)),
                    _ => 1 + defined(member, scope, outer),
                }
            })
            .sum(),
        Value::Array(elements) => elements.iter().map(|e| defined(e, scope, outer)).sum(),
        _ => 0,
    }
}
