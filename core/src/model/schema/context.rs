//! The JSON-LD context: every term of the model by name, so that an unknown one is noticed.

use serde_json::{Map, Value, json};

use super::schemas;
use crate::credential::{PASSPORT_CREDENTIAL, PASSPORT_SUBJECT};
use crate::model::SPECIFICATIONS;
use crate::model::kinds::{EXTENSION_NAMESPACE, is_extension, is_time, is_uri};
use crate::prelude::*;

/// Namespace of the header, which upstream has no terms for.
const HEADER: &str = "urn:batterypass:dpp:1.0.0#";

/// Returns the JSON-LD 1.1 context of a passport.
///
/// It has no `@vocab`: a misspelt term stays undefined, so that Data Integrity refuses it. Each submodel
/// has a context of its own, because they share names (`lastUpdate`, `identifier`) that are not the
/// same property. Times and URIs are typed; the meaning of a label is text by language.
pub fn context() -> Value {
    let schemas = schemas();
    let objects_of = |name: &str| {
        let schema = schemas.iter().find(|(schema, _)| *schema == name);
        schema.map_or_else(Vec::new, |(_, schema)| objects(schema))
    };
    let mut terms = Map::new();
    terms.insert("@version".into(), json!(1.1));
    terms.insert("id".into(), "@id".into());
    terms.insert("type".into(), "@type".into());
    for class in [PASSPORT_SUBJECT, PASSPORT_CREDENTIAL] {
        terms.insert(class.into(), format!("{HEADER}{class}").into());
    }
    // The first object of the passport's schema is the passport; the others are its submodels'.
    for wire in objects_of("passport").into_iter().take(1).flatten() {
        let mut term = term(HEADER, wire);
        if let Some((_, aspect)) = SPECIFICATIONS.iter().find(|(name, _)| name == wire) {
            let mut scope = Map::new();
            let namespace = aspect.split_inclusive('#').next().unwrap_or_default();
            for wire in objects_of(&kebab(wire)).into_iter().flatten() {
                let namespace = if is_extension(wire) {
                    EXTENSION_NAMESPACE
                } else {
                    namespace
                };
                scope.insert(wire.clone(), self::term(namespace, wire));
            }
            term = json!({ "@id": format!("{HEADER}{wire}"), "@context": scope });
        }
        terms.insert(wire.clone(), term);
    }
    json!({ "@context": terms })
}

/// Returns the member names of each object of a schema, the root first.
fn objects(schema: &Value) -> Vec<Vec<&String>> {
    let definitions = schema["$defs"].as_object();
    core::iter::once(schema)
        .chain(definitions.into_iter().flat_map(Map::values))
        .filter_map(|object| object["properties"].as_object())
        .map(|properties| properties.keys().collect())
        .collect()
}

/// Returns the name of a submodel's schema: `carbonFootprint` is described in `carbon-footprint`.
fn kebab(wire: &str) -> String {
    let mut name = String::new();
    for c in wire.chars() {
        if c.is_ascii_uppercase() {
            name.push('-');
        }
        name.push(c.to_ascii_lowercase());
    }
    name
}

fn term(namespace: &str, wire: &str) -> Value {
    let iri = format!("{namespace}{wire}");
    let kind = match wire {
        _ if is_time(wire) => "http://www.w3.org/2001/XMLSchema#dateTime",
        "predecessors" | "successor" => "@id",
        "labelingMeaning" => return json!({ "@id": iri, "@container": "@language" }),
        _ if is_uri(wire) => "@id",
        _ => return iri.into(),
    };
    json!({ "@id": iri, "@type": kind })
}
