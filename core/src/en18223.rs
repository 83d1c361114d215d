//! Passports in the two JSON representations of EN 18223, for exchange with other systems.
//!
//! The *compressed* one is the passport document itself with `contentSpecificationIds`; languages are a
//! list of `value` and `language`. The *full* one describes itself: every member is an element with its
//! `objectType`; elements that the data model has a term for refer to it. Built after public implementations; where these differ, both are read:
//! `Item` and `item`, `elements` and `value` for the content of a collection, numbers as text.

use core::str::FromStr;

use serde_json::{Map, Value, json};

use crate::error::{Error, ErrorCode, Result};
use crate::model::SPECIFICATIONS;
use crate::model::kinds::EXTENSION_NAMESPACE;
use crate::passport::Passport;
use crate::prelude::*;
use crate::upgrade::{PerformanceVersion, is_1_0_0};

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

impl Representation {
    /// Returns the name in all bindings and in the EN 18222 interface: `compressed` or `full`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Compressed => "compressed",
            Self::Full => "full",
        }
    }
}

impl FromStr for Representation {
    type Err = Error;

    /// Reads the name that [`Representation::as_str`] gives. Fails with `invalid_argument` for others.
    fn from_str(name: &str) -> Result<Self> {
        match name {
            "compressed" => Ok(Self::Compressed),
            "full" => Ok(Self::Full),
            _ => Err(Error::new(ErrorCode::InvalidArgument).because("expected compressed or full")),
        }
    }
}

const IDS: &str = "contentSpecificationIds";
const ELEMENTS: &str = "elements";
const REFERENCE: &str = "dictionaryReference";

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
        .filter_map(|(name, _)| specification(passport, name, members.get(*name)?))
        .map(Value::from);
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
                let id = specification(passport, &name, &value);
                let terms = id.as_deref().and_then(|id| element::Terms::of(&name, id));
                let path = &mut format!("/{name}");
                let mut element = element::export(&name, value, path, terms.as_ref())?;
                if let (Some(element), Some(id)) = (element.as_object_mut(), id) {
                    element.insert(REFERENCE.into(), id.into());
                }
                elements.push(element);
            }
            document.insert(ELEMENTS.into(), elements.into());
        }
    }
    Ok(document.into())
}

/// What an element of an imported document says and the passport has no place for.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct NotCarried {
    /// JSON Pointer in the imported document.
    pub path: String,
    /// The value there.
    pub value: Value,
}

/// Reads a passport in either representation of EN 18223: it is full if it has `elements`. Returns also
/// what of its elements the passport does not carry.
///
/// Words of the header are read in any case and written in lower case. Content specification ids and
/// dictionary references of this model are dropped, since [`export`] writes them again; other ids are
/// kept. A RelatedResource becomes its URL: its content type, language and title are not carried, and
/// neither are foreign dictionary references.
///
/// # Errors
/// `missing_member`, `invalid_member` and `wrong_type` with the path in this document;
/// `duplicate_key` for two elements of one id; and `wrong_type` with the path in the passport for a
/// member that does not fit the model.
pub fn import(document: Value) -> Result<(Passport, Vec<NotCarried>)> {
    let mut lost = Vec::new();
    let Value::Object(mut members) = document else {
        return Passport::from_value(document).map(|passport| (passport, lost));
    };
    if let Some(elements) = members.shift_remove(ELEMENTS) {
        for (name, value) in element::import_all(elements, &mut "/elements".into(), &mut lost)? {
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
    Passport::from_value(members.into()).map(|passport| (passport, lost))
}

/// Returns the content specification id of a submodel, in the version that the passport has.
fn specification(passport: &Passport, name: &str, submodel: &Value) -> Option<String> {
    let (_, id) = SPECIFICATIONS.iter().find(|(member, _)| *member == name)?;
    Some(match passport.performance_version() {
        Some(version) if name == "performanceAndDurability" => {
            id.replace(PerformanceVersion::V1_2_1.as_str(), version.as_str())
        }
        _ if name == "labels" && is_1_0_0(name, submodel) => LABELS_1_0_0.into(),
        _ if is_1_0_0(name, submodel) => id.replace("1.2.0", "1.0.0"),
        _ => (*id).into(),
    })
}

/// The one aspect that had another name in 1.0.0 and whose versions can be told apart.
const LABELS_1_0_0: &str = "urn:samm:io.BatteryPass.Labels:1.0.0#Labels";

fn is_own(id: &str) -> bool {
    id.starts_with("urn:samm:io.BatteryPass.") || id.starts_with(EXTENSION_NAMESPACE)
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
