//! Passports in the two JSON representations of EN 18223, for exchange with other systems.
//!
//! The *compressed* one is the passport document itself with `contentSpecificationIds`; languages are a
//! list of `value` and `language`. The *full* one describes itself: every member is an element with its
//! `objectType`. Built after public implementations; where these differ, both are read:
//! `Item` and `item`, `elements` and `value` for the content of a collection, numbers as text.

use serde_json::{Map, Value, json};

use crate::error::Result;
use crate::model::SPECIFICATIONS;
use crate::passport::Passport;
use crate::prelude::*;
use crate::upgrade::PerformanceVersion;

mod element;

/// A JSON representation of EN 18223.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Representation {
    /// Names and values only.
    Compressed,
    /// Self-describing elements.
    Full,
}

const IDS: &str = "contentSpecificationIds";
const ELEMENTS: &str = "elements";

/// Members of the header, in the order of the standard.
const HEADER: &[&str] = &[
    "digitalProductPassportId",
    "uniqueProductIdentifier",
    "granularity",
    "dppSchemaVersion",
    "dppStatus",
    "lastUpdate",
    "economicOperatorId",
    "facilityId",
];

/// Returns a passport in a representation of EN 18223.
///
/// # Errors
/// `invalid_member` with the path of a member that cannot be said: one called `elements` beside the
/// header, `contentSpecificationIds` that are no list, or an object whose members are called 0, 1 and so
/// on, which would read as a list.
pub fn export(passport: &Passport, representation: Representation) -> Result<Value> {
    let Value::Object(mut members) = passport.to_value()? else {
        return Ok(Value::Null);
    };
    if members.contains_key(ELEMENTS) {
        return Err(element::refusal("/elements", "the name is EN 18223's own"));
    }
    let mut document = Map::new();
    for name in HEADER {
        if let Some(value) = members.shift_remove(*name) {
            document.insert((*name).into(), value);
        }
    }
    let foreign = members.shift_remove(IDS);
    let own = SPECIFICATIONS
        .iter()
        .filter(|(name, _)| members.contains_key(*name))
        .map(|(name, _)| Value::from(specification(passport, name)));
    let ids: Vec<Value> = match foreign {
        Some(Value::Array(foreign)) => own.chain(foreign).collect(),
        Some(_) => {
            return Err(element::refusal(
                "/contentSpecificationIds",
                "expected a list",
            ));
        }
        None => own.collect(),
    };
    document.insert(IDS.into(), ids.into());
    match representation {
        Representation::Compressed => {
            for_each_meaning(&mut members, languages_to_list);
            document.append(&mut members);
        }
        Representation::Full => {
            let mut elements = Vec::new();
            for (name, value) in members {
                let mut element = element::export(&name, value, &mut format!("/{name}"))?;
                let id = specification(passport, &name);
                if let (Some(element), false) = (element.as_object_mut(), id.is_empty()) {
                    element.insert("dictionaryReference".into(), id.into());
                }
                elements.push(element);
            }
            document.insert(ELEMENTS.into(), elements.into());
        }
    }
    Ok(document.into())
}

/// Reads a passport in either representation of EN 18223: it is full if it has `elements`.
///
/// Words of the header are read in any case and written in lower case. Content specification ids of
/// this model are dropped, others kept. A RelatedResource becomes its URL.
///
/// # Errors
/// `missing_member`, `invalid_member` and `wrong_type` with the path in this document;
/// `duplicate_key` for two elements of one id; and `wrong_type` with the path in the passport for a
/// member that does not fit the model.
pub fn import(document: Value) -> Result<Passport> {
    let Value::Object(mut members) = document else {
        return Passport::from_value(document);
    };
    if let Some(elements) = members.shift_remove(ELEMENTS) {
        for (name, value) in element::import_all(elements, &mut "/elements".into())? {
            if members.insert(name.clone(), value).is_some() {
                return Err(element::twice(&format!("/elements/{name}")));
            }
        }
    } else {
        for_each_meaning(&mut members, list_to_languages);
    }
    for name in ["granularity", "dppStatus"] {
        if let Some(Value::String(word)) = members.get_mut(name) {
            word.make_ascii_lowercase();
        }
    }
    if let Some(Value::Array(ids)) = members.get_mut(IDS) {
        ids.retain(|id| !id.as_str().is_some_and(is_own));
        if ids.is_empty() {
            members.shift_remove(IDS);
        }
    }
    Passport::from_value(members.into())
}

/// Returns the content specification id of a submodel, in the version that the passport has.
fn specification(passport: &Passport, name: &str) -> String {
    let found = SPECIFICATIONS.iter().find(|(member, _)| *member == name);
    let id = found.map_or("", |(_, id)| id);
    match passport.performance_version() {
        Some(version) if name == "performanceAndDurability" => {
            id.replace(PerformanceVersion::V1_2_1.as_str(), version.as_str())
        }
        _ => id.into(),
    }
}

fn is_own(id: &str) -> bool {
    id.starts_with("urn:samm:io.BatteryPass.")
}

/// Visits the meaning of each label, the only text by language in the model.
fn for_each_meaning(members: &mut Map<String, Value>, change: fn(&Value) -> Option<Value>) {
    let labels = members
        .get_mut("labels")
        .and_then(|labels| labels.get_mut("labels"));
    for label in labels.and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(meaning) = label.get_mut("labelingMeaning")
            && let Some(changed) = change(meaning)
        {
            *meaning = changed;
        }
    }
}

fn languages_to_list(meaning: &Value) -> Option<Value> {
    let texts = meaning.as_object()?.iter();
    texts
        .map(|(language, text)| {
            text.is_string()
                .then(|| json!({ "value": text, "language": language }))
        })
        .collect()
}

fn list_to_languages(meaning: &Value) -> Option<Value> {
    let mut texts = Map::new();
    for text in meaning.as_array()? {
        let language = text.get("language")?.as_str()?;
        let twice = texts.insert(language.into(), text.get("value")?.clone());
        if twice.is_some() {
            return None;
        }
    }
    Some(texts.into())
}
