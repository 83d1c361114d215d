//! The elements of the full representation.

use serde_json::{Map, Number, Value, json};

use super::{NotCarried, REFERENCE, is_own, languages_to_list, list_to_languages};
use crate::attribute::tree::TREE;
use crate::attribute::{Node, Step};
use crate::error::{Error, ErrorCode, Result};
use crate::json::push_token;
use crate::model::kinds::{EXTENSION_NAMESPACE, is_extension, is_time, is_uri};
use crate::prelude::*;

const COLLECTION: &str = "DataElementCollection";
const SINGLE: &str = "SingleValuedDataElement";
const MULTI: &str = "MultiValuedDataElement";
const LANGUAGES: &str = "MultiLanguageDataElement";
const RESOURCE: &str = "RelatedResource";

/// The terms of a submodel from some place in it on: what the table of attributes knows there.
pub(super) struct Terms<'n> {
    namespace: &'n str,
    places: Vec<&'static [Node]>,
}

impl<'n> Terms<'n> {
    /// Returns the terms of a submodel by its aspect; `None` for an older version, whose members the
    /// table does not know.
    pub(super) fn of(submodel: &str, aspect: &'n str) -> Option<Self> {
        let (namespace, _) = aspect.split_at(aspect.find('#')? + 1);
        let newest = (crate::model::SPECIFICATIONS.iter()).any(|(_, newest)| *newest == aspect);
        let top = Self {
            namespace,
            places: Vec::from([TREE]),
        };
        top.after(|step| newest && *step == Step::Member(submodel))
    }

    /// Goes one step further; `None` where nothing is known.
    fn after(&self, allows: impl Fn(&Step<'static>) -> bool) -> Option<Self> {
        let nodes = self.places.iter().copied().flatten();
        let next = nodes.filter(|node| allows(&node.step));
        let places: Vec<_> = next.map(|node| node.children).collect();
        (!places.is_empty()).then_some(Self {
            namespace: self.namespace,
            places,
        })
    }

    fn member(&self, name: &str) -> Option<Self> {
        self.after(|step| *step == Step::Member(name))
    }

    fn elements(&self) -> Option<Self> {
        self.after(|step| matches!(step, Step::Elements | Step::Selected { .. }))
    }

    fn reference(&self, name: &str) -> String {
        let namespace = if is_extension(name) {
            EXTENSION_NAMESPACE
        } else {
            self.namespace
        };
        format!("{namespace}{name}")
    }
}

/// Makes the element of one member. Recurses as deep as the value, which its reader has bounded.
pub(super) fn export(
    id: &str,
    value: Value,
    path: &mut String,
    terms: Option<&Terms<'_>>,
) -> Result<Value> {
    if id == "labelingMeaning"
        && let Some(texts) = languages_to_list(&value)
    {
        return Ok(json!({ "elementId": id, "objectType": LANGUAGES, "value": texts }));
    }
    match value {
        Value::Object(members) => {
            if !members.is_empty() && are_indices(members.keys()) {
                return Err(refusal(path, "its members would read as a list"));
            }
            let members = members.into_iter().map(|(name, value)| {
                let terms = terms.and_then(|terms| terms.member(&name));
                (name, value, terms, true)
            });
            collection(id, members, path)
        }
        Value::Array(items) => match common_type(id, &items) {
            Some(kind) => Ok(json!({
                "elementId": id, "objectType": MULTI, "valueDataType": kind, "value": items
            })),
            None => {
                let items = items.into_iter().enumerate().map(|(index, item)| {
                    let terms = terms.and_then(Terms::elements);
                    (index.to_string(), item, terms, false)
                });
                collection(id, items, path)
            }
        },
        leaf => Ok(json!({
            "elementId": id, "objectType": SINGLE, "valueDataType": data_type(id, &leaf), "value": leaf
        })),
    }
}

/// Makes a collection of members: name, value, the terms below it, whether the name is one of them.
fn collection<'n>(
    id: &str,
    members: impl IntoIterator<Item = (String, Value, Option<Terms<'n>>, bool)>,
    path: &mut String,
) -> Result<Value> {
    let mut elements = Vec::new();
    let length = path.len();
    for (name, value, terms, named) in members {
        push_token(path, &name);
        let mut element = export(&name, value, path, terms.as_ref())?;
        if let (Some(terms), Some(element), true) = (&terms, element.as_object_mut(), named) {
            element.insert(REFERENCE.into(), terms.reference(&name).into());
        }
        elements.push(element);
        path.truncate(length);
    }
    Ok(json!({ "elementId": id, "objectType": COLLECTION, "elements": elements }))
}

/// The type that all values of a list have; `None` for a list of other things than values of one type.
fn common_type(id: &str, items: &[Value]) -> Option<&'static str> {
    if items
        .iter()
        .any(|item| item.is_object() || item.is_array() || item.is_null())
    {
        return None;
    }
    let first = items
        .first()
        .map_or("xsd:string", |item| data_type(id, item));
    items
        .iter()
        .all(|item| data_type(id, item) == first)
        .then_some(first)
}

fn data_type(id: &str, value: &Value) -> &'static str {
    match value {
        Value::Bool(_) => "xsd:boolean",
        Value::Number(number) if number.is_f64() => "xsd:double",
        Value::Number(_) => "xsd:integer",
        Value::String(_) if is_time(id) => "xsd:dateTime",
        Value::String(_) if is_uri(id) => "xsd:anyURI",
        _ => "xsd:string",
    }
}

/// Reads the elements of a collection.
pub(super) fn import_all(
    elements: Value,
    path: &mut String,
    lost: &mut Vec<NotCarried>,
) -> Result<Map<String, Value>> {
    let Value::Array(elements) = elements else {
        return Err(Error::new(ErrorCode::WrongType)
            .at(path.as_str())
            .because("expected a list"));
    };
    let mut members = Map::new();
    let length = path.len();
    for (index, element) in elements.into_iter().enumerate() {
        push_token(path, &index.to_string());
        let (id, value) = import(element, path, lost)?;
        if members.insert(id, value).is_some() {
            return Err(twice(path));
        }
        path.truncate(length);
    }
    Ok(members)
}

fn import(
    element: Value,
    path: &mut String,
    lost: &mut Vec<NotCarried>,
) -> Result<(String, Value)> {
    let Value::Object(mut element) = element else {
        return Err(Error::new(ErrorCode::WrongType)
            .at(path.as_str())
            .because("expected an object"));
    };
    let text = |name: &str| match element.get(name) {
        Some(Value::String(text)) => Ok(text.clone()),
        Some(_) => Err(Error::new(ErrorCode::WrongType)
            .at(format!("{path}/{name}"))
            .because("expected a string")),
        None => Err(Error::new(ErrorCode::MissingMember).at(format!("{path}/{name}"))),
    };
    let id = text("elementId")?;
    let value = match text("objectType")?.as_str() {
        COLLECTION => {
            let name = if element.contains_key("elements") {
                "elements"
            } else {
                "value"
            };
            let length = path.len();
            push_token(path, name);
            let members = import_all(take(&mut element, name, path)?, path, lost)?;
            path.truncate(length);
            if !members.is_empty() && are_indices(members.keys()) {
                members.into_iter().map(|(_, item)| item).collect()
            } else {
                members.into()
            }
        }
        SINGLE => {
            let kind = element
                .get("valueDataType")
                .and_then(Value::as_str)
                .map(ToString::to_string);
            typed(take(&mut element, "value", path)?, kind.as_deref(), path)?
        }
        MULTI => {
            let kind = element
                .get("valueDataType")
                .and_then(Value::as_str)
                .map(ToString::to_string);
            match take(&mut element, "value", path)? {
                Value::Array(items) => items
                    .into_iter()
                    .map(|item| typed(item, kind.as_deref(), path))
                    .collect::<Result<_>>()?,
                _ => return Err(refusal(path, "its value is no list")),
            }
        }
        LANGUAGES => {
            let texts = take(&mut element, "value", path)?;
            list_to_languages(&texts)
                .ok_or_else(|| refusal(path, "its value is no list of value and language"))?
        }
        RESOURCE => take(&mut element, "url", path)?,
        _ => {
            return Err(refusal(
                &format!("{path}/objectType"),
                "it is none of EN 18223",
            ));
        }
    };
    for (name, value) in element {
        if !is_told(&name, &value) {
            let mut path = path.clone();
            push_token(&mut path, &name);
            lost.push(NotCarried { path, value });
        }
    }
    Ok((id, value))
}

/// Whether a member of an element is in what was made of it, or in what an export makes of that.
fn is_told(name: &str, value: &Value) -> bool {
    match name {
        "elementId" | "objectType" | "valueDataType" => true,
        REFERENCE => value.as_str().is_some_and(is_own),
        _ => false,
    }
}

fn take(element: &mut Map<String, Value>, name: &str, path: &str) -> Result<Value> {
    element
        .shift_remove(name)
        .ok_or_else(|| Error::new(ErrorCode::MissingMember).at(format!("{path}/{name}")))
}

/// Reads numbers and truth values that another system wrote as text.
fn typed(value: Value, kind: Option<&str>, path: &str) -> Result<Value> {
    let (Value::String(text), Some(kind)) = (&value, kind) else {
        return Ok(value);
    };
    let read = match kind.strip_prefix("xsd:").or(kind.strip_prefix("xs:")) {
        Some("boolean") => text.parse().ok().map(Value::Bool),
        Some("integer" | "int" | "long" | "short" | "nonNegativeInteger") => {
            text.parse::<i64>().ok().map(Value::from)
        }
        Some("double" | "float" | "decimal") => {
            let number = text.parse().ok();
            number.and_then(Number::from_f64).map(Value::Number)
        }
        _ => return Ok(value),
    };
    read.ok_or_else(|| {
        Error::new(ErrorCode::WrongType)
            .at(format!("{path}/value"))
            .because("it is not of its valueDataType")
    })
}

/// Whether names are 0, 1, 2 and so on: how the items of a list are called.
fn are_indices<'n>(names: impl Iterator<Item = &'n String>) -> bool {
    names
        .enumerate()
        .all(|(index, name)| *name == index.to_string())
}

pub(super) fn refusal(path: &str, why: &'static str) -> Error {
    Error::new(ErrorCode::InvalidMember).at(path).because(why)
}

pub(super) fn twice(path: &str) -> Error {
    Error::new(ErrorCode::DuplicateKey).at(path)
}
