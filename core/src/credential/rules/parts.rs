//! Rules that credentials and presentations share.

use serde_json::{Map, Value};

use crate::credential::CONTEXT;
use crate::error::ErrorCode;
use crate::prelude::*;
use crate::report::Findings;
use crate::validate::is_language;

const CONTEXTS: &str = "VCDM 2.0 section 4.3";
const NAMES: &str = "VCDM 2.0 section 4.6";

/// The identifier of an issuer or holder: a text, or the `id` of an object.
pub(crate) fn id_of(entity: &Value) -> Option<&str> {
    match entity {
        Value::String(id) => Some(id),
        Value::Object(entity) => entity.get("id")?.as_str(),
        _ => None,
    }
}

/// Type names, of which one is the base type.
pub(super) fn check_types(
    types: Option<&Value>,
    base: &str,
    reference: &'static str,
    findings: &mut Findings,
) {
    let detail = || format!("expected {base}, alone or in a list of type names");
    match types {
        None => findings.error(ErrorCode::MissingMember, "/type", detail(), reference),
        Some(types) if !names(types).any(|name| name == Some(base)) || !are_type_names(types) => {
            findings.error(ErrorCode::InvalidMember, "/type", detail(), reference);
        }
        Some(_) => {}
    }
}

pub(super) fn check_contexts(contexts: Option<&Value>, findings: &mut Findings) {
    let Some(contexts) = contexts else {
        let detail = format!("expected a list that starts with {CONTEXT}");
        return findings.error(ErrorCode::MissingMember, "/@context", detail, CONTEXTS);
    };
    let list = contexts.as_array().map(Vec::as_slice).unwrap_or_default();
    if list.first().and_then(Value::as_str) != Some(CONTEXT) {
        let detail = format!("expected a list that starts with {CONTEXT}");
        findings.error(ErrorCode::InvalidMember, "/@context", detail, CONTEXTS);
    }
    for (i, context) in list.iter().enumerate() {
        let path = format!("/@context/{i}");
        match context {
            Value::Object(_) => {}
            Value::String(url) if is_url(url) => {
                if list[..i].contains(context) {
                    let detail = "the same context stands twice";
                    findings.error(ErrorCode::InvalidMember, path, detail, CONTEXTS);
                }
            }
            _ => {
                let detail = "expected a URL or an object";
                findings.error(ErrorCode::InvalidMember, path, detail, CONTEXTS);
            }
        }
    }
}

/// A text, or one or more language value objects.
pub(super) fn check_text(text: Option<&Value>, path: &str, findings: &mut Findings) {
    let good = match text {
        None | Some(Value::String(_)) => true,
        Some(Value::Array(values)) => !values.is_empty() && values.iter().all(is_language_value),
        Some(value) => is_language_value(value),
    };
    if !good {
        let detail = "expected a text or a language value object";
        findings.error(ErrorCode::InvalidMember, format!("/{path}"), detail, NAMES);
    }
}

/// VCDM 2.0 section 11.1: a value, and where given a language tag (BCP 47) and a base direction.
fn is_language_value(value: &Value) -> bool {
    value.as_object().is_some_and(|object| {
        object.get("@value").is_some_and(Value::is_string)
            && object.iter().all(|(name, member)| match name.as_str() {
                "@value" => true,
                "@language" => member.as_str().is_some_and(is_language),
                "@direction" => matches!(member.as_str(), Some("ltr" | "rtl")),
                _ => false,
            })
    })
}

pub(super) fn check_id(
    object: &Map<String, Value>,
    path: &str,
    reference: &'static str,
    findings: &mut Findings,
) {
    if object
        .get("id")
        .is_some_and(|id| !id.as_str().is_some_and(is_url))
    {
        let path = format!("{path}/id");
        findings.error(ErrorCode::InvalidMember, path, "expected a URL", reference);
    }
}

/// Lists a value, or the elements of a list, with their paths. An empty list is a finding.
pub(super) fn one_or_more<'v>(
    value: &'v Value,
    path: &str,
    findings: &mut Findings,
    reference: &'static str,
) -> Vec<(String, &'v Value)> {
    match value {
        Value::Array(list) => {
            if list.is_empty() {
                let detail = "the list is empty";
                findings.error(ErrorCode::InvalidMember, path, detail, reference);
            }
            list.iter()
                .enumerate()
                .map(|(i, element)| (format!("{path}/{i}"), element))
                .collect()
        }
        value => vec![(path.to_string(), value)],
    }
}

pub(super) fn names(types: &Value) -> impl Iterator<Item = Option<&str>> {
    let list = match types {
        Value::Array(list) => list.as_slice(),
        single => core::slice::from_ref(single),
    };
    list.iter().map(Value::as_str)
}

pub(super) fn are_type_names(types: &Value) -> bool {
    names(types).count() > 0
        && names(types).all(|name| {
            name.is_some_and(|name| !name.is_empty() && !name.contains(char::is_whitespace))
        })
}

/// A URL in the sense of VCDM 2.0: a scheme and something after it, no blanks.
pub(super) fn is_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
        && !rest.is_empty()
        && !rest.contains(|c: char| c.is_whitespace() || c.is_control())
}
