//! Literals: scalars, value objects and text by language.

use serde_json::{Map, Value};

use super::{Place, Walk};
use crate::error::Result;
use crate::jcs;
use crate::json_ld::context::{Active, unsupported};
use crate::json_ld::iri::{is_absolute, is_keyword, is_language};
use crate::json_ld::term::Term as Definition;
use crate::json_ld::value;
use crate::prelude::*;
use crate::rdf::{RDF_JSON, Term};

impl Walk<'_> {
    /// Value expansion (section 5.3.2).
    pub(super) fn scalar(
        &mut self,
        scalar: &Value,
        active: &Active,
        term: Option<&Definition>,
        place: &Place,
    ) -> Option<Term> {
        let kind = term.and_then(|term| term.kind.as_deref());
        if kind == Some("@json") {
            return Some(Term::typed(jcs::to_string(scalar), RDF_JSON));
        }
        let Some(text) = scalar.as_str() else {
            let datatype = kind.filter(|kind| !is_keyword(kind));
            let literal = value::literal(scalar, datatype);
            if literal.is_none() {
                self.drop(&place.path, "the number has more digits than are signed");
            }
            return literal;
        };
        match kind {
            Some("@id") => self.resource(text, active.expand(text, false), place),
            Some("@vocab") => self.resource(text, active.expand(text, true), place),
            Some(datatype) if datatype != "@none" => {
                let literal = value::string(text, datatype);
                if literal.is_none() {
                    self.drop(
                        &place.path,
                        "the text is not the canonical form of its type",
                    );
                }
                literal
            }
            _ => {
                let direction = term.and_then(|term| term.direction);
                if direction.unwrap_or(active.direction) {
                    self.drop(&place.path, "a base direction is not signed");
                }
                let own = term.and_then(|term| term.language.clone());
                match own.unwrap_or_else(|| active.language.clone()) {
                    Some(tag) => self.tagged(text, &tag, place),
                    None => value::literal(scalar, None),
                }
            }
        }
    }

    fn tagged(&mut self, text: &str, tag: &str, place: &Place) -> Option<Term> {
        if is_language(tag) {
            return Some(Term::language(text, tag));
        }
        self.drop(&place.path, "the language is no language tag");
        None
    }

    /// A value object: `@value` with a type or a language.
    pub(super) fn value_object(
        &mut self,
        members: &Map<String, Value>,
        active: &Active,
        by_type: &Active,
        place: &Place,
    ) -> Result<Option<Term>> {
        let (mut content, mut kind, mut language) = (&Value::Null, None, None);
        for (name, value) in members {
            let here = place.child(name);
            match active.expand(name, true).as_deref() {
                Some("@value") => content = value,
                Some("@language") => language = Some(value),
                Some("@type") => {
                    let iri = value.as_str().and_then(|text| by_type.expand(text, true));
                    kind = iri.filter(|iri| &**iri == "@json" || is_absolute(iri));
                    if kind.is_none() {
                        self.drop(&here.path, "it is no absolute IRI");
                    }
                }
                _ if name == "@context" => {}
                Some("@direction") => self.drop(&here.path, "a base direction is not signed"),
                _ => self.drop(&here.path, "a value has no such member"),
            }
        }
        if kind.as_deref() == Some("@json") {
            return Ok(Some(Term::typed(jcs::to_string(content), RDF_JSON)));
        }
        if content.is_array() || content.is_object() {
            return Err(unsupported(&place.path, "a value that is no scalar"));
        }
        let literal = match (language, content.as_str(), &kind) {
            (Some(tag), Some(text), None) => {
                let tag = tag.as_str().unwrap_or_default().to_lowercase();
                return Ok(self.tagged(text, &tag, place));
            }
            (Some(_), ..) => return Err(unsupported(&place.path, "a language of what is no text")),
            (None, ..) => value::literal(content, kind.as_deref()),
        };
        if literal.is_none() {
            self.drop(&place.path, "the value is not signed as it is");
        }
        Ok(literal)
    }

    /// Text by language (section 5.1.2, step 13.7).
    pub(super) fn languages(
        &mut self,
        languages: &Map<String, Value>,
        active: &Active,
        place: &Place,
    ) -> Vec<Term> {
        let mut terms = Vec::new();
        if languages.is_empty() {
            self.drop(&place.path, "an empty object says nothing");
        }
        for (tag, texts) in languages {
            let here = place.child(tag);
            let none = active.expand(tag, true).as_deref() == Some("@none");
            for text in texts
                .as_array()
                .map_or(core::slice::from_ref(texts), Vec::as_slice)
            {
                let Some(text) = text.as_str() else {
                    self.drop(&here.path, "it is no text");
                    continue;
                };
                let term = if none {
                    value::literal(&text.into(), None)
                } else {
                    self.tagged(text, &tag.to_lowercase(), &here)
                };
                if let Some(term) = term {
                    if terms.contains(&term) {
                        self.drop(&here.path, "the same value stands twice");
                    }
                    terms.push(term);
                }
            }
        }
        terms
    }
}
