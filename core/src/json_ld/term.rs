//! Term definitions (JSON-LD 1.1 API section 4.2).

use alloc::sync::Arc;

use serde_json::Value;

use super::context::{Active, Processor, Scope, invalid};
use super::iri::{is_absolute, is_keyword, looks_like_keyword, split_compact};
use crate::error::Result;
use crate::prelude::*;

/// What a name means.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Term {
    pub(super) name: Arc<str>,
    /// The property, type or keyword; `None` where the name means nothing.
    pub(super) iri: Option<Arc<str>>,
    /// Whether the name may start compact IRIs.
    pub(super) prefix: bool,
    pub(super) protected: bool,
    pub(super) container: Container,
    pub(super) kind: Option<Arc<str>>,
    /// The language of strings, which may be no language.
    pub(super) language: Option<Option<Arc<str>>>,
    /// Whether strings have a base direction.
    pub(super) direction: Option<bool>,
    /// The context of what stands under the name.
    pub(super) context: Option<Value>,
    /// A part of the definition that this crate does not process; using the term is refused.
    pub(super) unsupported: Option<&'static str>,
}

/// How several values of a term are written.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Container {
    pub(super) list: bool,
    pub(super) language: bool,
    pub(super) graph: bool,
    set: bool,
}

/// Reads the definition of `name` from the local context. `None` for a name that JSON-LD ignores.
pub(super) fn create(
    processor: &mut Processor<'_>,
    active: &mut Active,
    name: &str,
    scope: &mut Scope<'_>,
) -> Result<Option<Term>> {
    let place = scope.at(name);
    let bad = |detail: &str| Err(invalid(&place, detail));
    let value = scope.local.get(name).cloned().unwrap_or_default();
    let simple = value.is_string();
    let mut members = match value {
        Value::Object(members) => members,
        value @ (Value::String(_) | Value::Null) => {
            [("@id".to_string(), value)].into_iter().collect()
        }
        _ => return bad("a definition is null, a string or an object"),
    };
    if name.is_empty() {
        return bad("a term has at least one character");
    }
    if is_keyword(name) {
        let may_be = |(key, value): (&String, &Value)| match key.as_str() {
            "@container" => value == "@set",
            "@protected" => true,
            _ => false,
        };
        if name != "@type" || simple || members.is_empty() || !members.iter().all(may_be) {
            return bad("a keyword cannot be redefined");
        }
    } else if looks_like_keyword(name) {
        return Ok(None);
    }

    let mut term = Term {
        name: name.into(),
        protected: scope.protected,
        ..Term::default()
    };
    let id = members.shift_remove("@id");
    if let Some(kind) = members.get("@type") {
        let Some(text) = kind.as_str() else {
            return bad("@type is no string");
        };
        let iri = processor.expand(active, text, scope)?.filter(|iri| {
            matches!(&**iri, "@id" | "@json" | "@none" | "@vocab") || is_absolute(iri)
        });
        if iri.is_none() {
            return bad("@type is no IRI");
        }
        term.kind = iri;
    }
    if members.contains_key("@reverse") {
        term.unsupported = Some("@reverse");
        return Ok(Some(term));
    }
    match id {
        Some(Value::Null) => {}
        Some(Value::String(text)) if text != name => {
            if looks_like_keyword(&text) && !is_keyword(&text) {
                return Ok(None);
            }
            let iri = processor.expand(active, &text, scope)?;
            let iri = iri.filter(|iri| is_keyword(iri) || is_blank(iri) || is_absolute(iri));
            let Some(iri) = iri.filter(|iri| &**iri != "@context") else {
                return bad("@id is no IRI");
            };
            let plain = !name.contains([':', '/']);
            if !plain && active.expand(name, true).as_ref() != Some(&iri) {
                return bad("the term looks like another IRI");
            }
            let delimited = |c| matches!(c, ':' | '/' | '?' | '#' | '[' | ']' | '@');
            term.prefix = plain && simple && (iri.ends_with(delimited) || is_blank(&iri));
            term.iri = Some(iri);
        }
        None | Some(Value::String(_)) => {
            term.iri = Some(own_iri(processor, active, name, scope)?);
        }
        Some(_) => return bad("@id is no string"),
    }
    for (key, value) in members {
        match key.as_str() {
            "@type" => {}
            "@protected" => match value {
                Value::Bool(protected) => term.protected = protected,
                _ => return bad("@protected is no boolean"),
            },
            "@container" => read_container(&mut term, &value, &place)?,
            "@context" => {
                processor.validate(active, &value, scope)?;
                term.context = Some(value);
            }
            "@language" => match value {
                Value::Null => term.language = Some(None),
                Value::String(tag) => term.language = Some(Some(tag.to_lowercase().into())),
                _ => return bad("@language is no string"),
            },
            "@direction" => term.direction = Some(!value.is_null()),
            "@prefix" => match value {
                Value::Bool(prefix) if !name.contains([':', '/']) => term.prefix = prefix,
                _ => return bad("@prefix is no boolean, or the term no prefix"),
            },
            "@nest" => term.unsupported = Some("@nest"),
            "@index" => term.unsupported = Some("@index"),
            _ => return bad("the definition has an unknown member"),
        }
    }
    Ok(Some(term))
}

fn is_blank(iri: &str) -> bool {
    iri.starts_with("_:")
}

/// The IRI of a term whose definition names none.
fn own_iri(
    processor: &mut Processor<'_>,
    active: &mut Active,
    name: &str,
    scope: &mut Scope<'_>,
) -> Result<Arc<str>> {
    if name == "@type" {
        return Ok(name.into());
    }
    if let Some((prefix, suffix)) = split_compact(name) {
        if scope.local.contains_key(prefix) {
            processor.define(active, prefix, scope)?;
        }
        let iri = active.terms.get(prefix).and_then(|term| term.iri.as_ref());
        return Ok(iri.map_or_else(|| name.into(), |iri| format!("{iri}{suffix}").into()));
    }
    match &active.vocab {
        Some(vocab) if !name.contains('/') => Ok(format!("{vocab}{name}").into()),
        _ => Err(invalid(&scope.at(name), "the term has no IRI")),
    }
}

fn read_container(term: &mut Term, value: &Value, place: &str) -> Result<()> {
    let list = value
        .as_array()
        .map_or(core::slice::from_ref(value), Vec::as_slice);
    for one in list {
        match one.as_str() {
            Some("@list") => term.container.list = true,
            Some("@set") => term.container.set = true,
            Some("@language") => term.container.language = true,
            Some("@graph") => term.container.graph = true,
            Some("@index") => term.unsupported = Some("@container @index"),
            Some("@id") => term.unsupported = Some("@container @id"),
            Some("@type") => term.unsupported = Some("@container @type"),
            _ => return Err(invalid(place, "@container is unknown")),
        }
    }
    let Container {
        list,
        language,
        graph,
        set,
    } = term.container;
    if usize::from(list) + usize::from(language) + usize::from(graph) > 1 || list && set {
        return Err(invalid(place, "@container contradicts itself"));
    }
    Ok(())
}
