//! Expansion (JSON-LD 1.1 API section 5.1) and its statements (section 8.1) in one walk over the
//! document, which is what knows the place of each member.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;

use serde_json::{Map, Value};

use super::Contexts;
use super::context::{Active, Mode, Processor, unsupported};
use super::iri::{is_absolute, is_keyword, is_language};
use super::term::Term as Definition;
use super::value;
use crate::error::{Error, ErrorCode, Result};
use crate::jcs;
use crate::json::push_token;
use crate::prelude::*;
use crate::rdf::{Quad, RDF_FIRST, RDF_JSON, RDF_NIL, RDF_REST, RDF_TYPE, Term};

/// The most statements of one document: fifty times a passport's.
pub(crate) const MAX_STATEMENTS: usize = 20_000;

/// A member that no statement, or not all of a statement, came of.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Dropped {
    pub(crate) path: String,
    pub(crate) detail: &'static str,
}

/// The statements of a document and what did not become one.
#[derive(Debug, Default)]
pub(crate) struct Processed {
    /// Sorted, each once.
    pub(crate) quads: Vec<Quad>,
    pub(crate) dropped: Vec<Dropped>,
    /// Where the nodes without an `id` stand, and their labels.
    pub(crate) blanks: Vec<(String, Arc<str>)>,
    /// Whether there are blank nodes that are no JSON object with a place: lists, graphs and nodes with
    /// a blank node identifier of their own.
    pub(crate) unplaced: bool,
}

/// Makes statements of a JSON-LD document.
///
/// # Errors
/// `unknown_context` and `invalid_context` with the path of the context or member; `too_many_values`.
pub(crate) fn process(document: &Map<String, Value>, contexts: &Contexts) -> Result<Processed> {
    let mut walk = Walk {
        processor: Processor::new(contexts),
        out: Processed::default(),
        labels: BTreeMap::new(),
        blanks: 0,
    };
    let place = Place {
        path: String::new(),
        graph: None,
    };
    walk.object(document, &Arc::default(), None, &place)?;
    let mut out = walk.out;
    out.quads.sort_unstable();
    out.quads.dedup();
    Ok(out)
}

/// Where a value stands: in the document, and in which graph.
#[derive(Clone, Debug)]
struct Place {
    path: String,
    graph: Option<Term>,
}

impl Place {
    fn child(&self, token: &str) -> Self {
        let mut path = self.path.clone();
        push_token(&mut path, token);
        Self {
            path,
            graph: self.graph.clone(),
        }
    }
}

struct Walk<'c> {
    processor: Processor<'c>,
    out: Processed,
    /// New labels of the blank node identifiers that the document has.
    labels: BTreeMap<Arc<str>, Arc<str>>,
    blanks: usize,
}

impl Walk<'_> {
    /// The terms of one value: several of a list or set, none of what is dropped.
    fn values(
        &mut self,
        value: &Value,
        active: &Arc<Active>,
        term: Option<&Definition>,
        place: &Place,
    ) -> Result<Vec<Term>> {
        match value {
            Value::Null => {
                self.drop(&place.path, "null says nothing");
                Ok(Vec::new())
            }
            Value::Array(list) => {
                let mut terms = Vec::new();
                for (i, one) in list.iter().enumerate() {
                    let place = place.child(&i.to_string());
                    if one.is_array() {
                        self.drop(&place.path, "a list in a list loses its bounds");
                        continue;
                    }
                    for term in self.values(one, active, term, &place)? {
                        // A set holds each value once.
                        if terms.contains(&term) {
                            self.drop(&place.path, "the same value stands twice");
                        }
                        terms.push(term);
                    }
                }
                if list.is_empty() {
                    self.drop(&place.path, "an empty list says nothing");
                }
                Ok(terms)
            }
            Value::Object(members) => self.object(members, active, term, place),
            scalar => {
                let mut active = active.clone();
                if let Some(scoped) = term.and_then(|term| term.context.as_ref()) {
                    active =
                        self.processor
                            .enter(&active, scoped, Mode::OF_PROPERTY, &place.path)?;
                }
                let term = self.scalar(scalar, &active, term, place);
                Ok(term.into_iter().collect())
            }
        }
    }

    /// Value expansion (section 5.3.2).
    fn scalar(
        &mut self,
        scalar: &Value,
        active: &Active,
        term: Option<&Definition>,
        place: &Place,
    ) -> Option<Term> {
        let kind = term.and_then(|term| term.kind.as_deref());
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

    /// The node that an expanded name stands for.
    fn resource(&mut self, text: &str, iri: Option<Arc<str>>, place: &Place) -> Option<Term> {
        let iri = iri.unwrap_or_else(|| text.into());
        if let Some(label) = iri.strip_prefix("_:") {
            self.out.unplaced = true;
            if let Some(known) = self.labels.get(label) {
                return Some(Term::Blank(known.clone()));
            }
            let fresh = self.fresh();
            self.labels.insert(label.into(), fresh.clone());
            return Some(Term::Blank(fresh));
        }
        if is_absolute(&iri) {
            return Some(Term::Iri(iri));
        }
        self.drop(&place.path, "it is no absolute IRI");
        None
    }

    fn fresh(&mut self) -> Arc<str> {
        self.blanks += 1;
        format!("b{}", self.blanks - 1).into()
    }

    fn drop(&mut self, path: &str, detail: &'static str) {
        self.out.dropped.push(Dropped {
            path: path.into(),
            detail,
        });
    }

    fn state(
        &mut self,
        subject: &Term,
        predicate: &str,
        object: Term,
        place: &Place,
    ) -> Result<()> {
        if self.out.quads.len() >= MAX_STATEMENTS {
            return Err(Error::new(ErrorCode::TooManyValues)
                .at(place.path.as_str())
                .because(format!("more than {MAX_STATEMENTS} statements")));
        }
        self.out.quads.push(Quad {
            subject: subject.clone(),
            predicate: predicate.into(),
            object,
            graph: place.graph.clone(),
        });
        Ok(())
    }

    /// Expansion of an object (section 5.1.2, steps 7 to 15): a node, a value, a set or a list.
    fn object(
        &mut self,
        members: &Map<String, Value>,
        active: &Arc<Active>,
        term: Option<&Definition>,
        place: &Place,
    ) -> Result<Vec<Term>> {
        let mut active = active.clone();
        if let Some(previous) = active.previous.clone() {
            let names: Vec<_> = members
                .keys()
                .map(|name| active.expand(name, true))
                .collect();
            let is = |keyword| names.iter().flatten().any(|iri| &**iri == keyword);
            let reference = is("@id") && names.len() == 1;
            if !(is("@value") || reference) {
                active = previous;
            }
        }
        if let Some(scoped) = term.and_then(|term| term.context.as_ref()) {
            active = self
                .processor
                .enter(&active, scoped, Mode::OF_PROPERTY, &place.path)?;
        }
        if let Some(local) = members.get("@context") {
            let path = place.child("@context").path;
            active = self
                .processor
                .enter(&active, local, Mode::EMBEDDED, &path)?;
        }
        let by_type = active.clone();
        let mut types = Vec::new();
        for (name, value) in members {
            if by_type.expand(name, true).as_deref() == Some("@type") {
                types.extend(strings(value));
            }
        }
        types.sort_unstable();
        for name in &types {
            let scoped = by_type
                .terms
                .get(*name)
                .and_then(|term| term.context.as_ref());
            if let Some(scoped) = scoped {
                active = self
                    .processor
                    .enter(&active, scoped, Mode::OF_TYPE, &place.path)?;
            }
        }

        let keyword = |keyword: &str| {
            let is = |name: &&String| active.expand(name, true).as_deref() == Some(keyword);
            members.keys().find(is)
        };
        if keyword("@value").is_some() {
            let literal = self.value_object(members, &active, &by_type, place)?;
            return Ok(literal.into_iter().collect());
        }
        for wrapper in ["@set", "@list"] {
            let Some(name) = keyword(wrapper) else {
                continue;
            };
            if members
                .keys()
                .any(|other| other != name && other != "@context")
            {
                return Err(unsupported(&place.path, "a set or list with other members"));
            }
            let inner = place.child(name);
            let mut unscoped = term.cloned();
            if let Some(term) = &mut unscoped {
                term.context = None;
            }
            let value = &members[name];
            if wrapper == "@list" {
                return Ok(vec![self.list(
                    value,
                    &active,
                    unscoped.as_ref(),
                    &inner,
                )?]);
            }
            return self.values(value, &active, unscoped.as_ref(), &inner);
        }
        self.node(members, &active, &by_type, place)
            .map(|node| vec![node])
    }

    /// An RDF list of the values (section 8.3.2).
    fn list(
        &mut self,
        value: &Value,
        active: &Arc<Active>,
        term: Option<&Definition>,
        place: &Place,
    ) -> Result<Term> {
        let items = value
            .as_array()
            .map_or(core::slice::from_ref(value), Vec::as_slice);
        let mut terms = Vec::new();
        for (i, item) in items.iter().enumerate() {
            let place = place.child(&i.to_string());
            if item.is_array() {
                return Err(unsupported(&place.path, "a list in a list"));
            }
            terms.extend(self.values(item, active, term, &place)?);
        }
        self.out.unplaced = true;
        let mut rest = Term::iri(RDF_NIL);
        for term in terms.into_iter().rev() {
            let cell = Term::Blank(self.fresh());
            self.state(&cell, RDF_FIRST, term, place)?;
            self.state(&cell, RDF_REST, rest, place)?;
            rest = cell;
        }
        Ok(rest)
    }

    /// A value object: `@value` with a type or a language.
    fn value_object(
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

    /// A node object: its statements are made here, its term is returned.
    fn node(
        &mut self,
        members: &Map<String, Value>,
        active: &Arc<Active>,
        by_type: &Active,
        place: &Place,
    ) -> Result<Term> {
        let mut subject = None;
        for (name, value) in members {
            if active.expand(name, true).as_deref() == Some("@id") {
                let here = place.child(name);
                if subject.is_some() {
                    return Err(unsupported(&here.path, "a second id"));
                }
                match value.as_str() {
                    Some(text) => {
                        subject = self.resource(text, active.expand(text, false), &here);
                    }
                    None => self.drop(&here.path, "an id is text"),
                }
            }
        }
        let subject = subject.unwrap_or_else(|| {
            let label = self.fresh();
            self.out.blanks.push((place.path.clone(), label.clone()));
            Term::Blank(label)
        });
        for (name, value) in members {
            let here = place.child(name);
            match active.expand(name, true).as_deref() {
                _ if name == "@context" => {}
                Some("@id") => {}
                Some("@type") => self.types(&subject, value, by_type, &here)?,
                Some(keyword @ ("@graph" | "@included" | "@nest" | "@reverse")) => {
                    return Err(unsupported(&here.path, keyword));
                }
                Some(iri) if is_absolute(iri) => {
                    self.property(&subject, iri, name, value, active, &here)?;
                }
                _ => self.drop(&here.path, "the contexts do not define it"),
            }
        }
        Ok(subject)
    }

    fn types(
        &mut self,
        subject: &Term,
        value: &Value,
        by_type: &Active,
        place: &Place,
    ) -> Result<()> {
        let list = value.as_array().map(Vec::as_slice);
        if list.is_some_and(<[Value]>::is_empty) {
            self.drop(&place.path, "an empty list says nothing");
        }
        let mut seen = Vec::new();
        for (i, name) in list
            .unwrap_or(core::slice::from_ref(value))
            .iter()
            .enumerate()
        {
            let here = match list {
                Some(_) => place.child(&i.to_string()),
                None => place.clone(),
            };
            let Some(text) = name.as_str() else {
                self.drop(&here.path, "a type is text");
                continue;
            };
            if let Some(class) = self.resource(text, by_type.expand(text, true), &here) {
                if seen.contains(&class) {
                    self.drop(&here.path, "the same value stands twice");
                }
                seen.push(class.clone());
                self.state(subject, RDF_TYPE, class, &here)?;
            }
        }
        Ok(())
    }

    /// The statements of one property (section 5.1.2, steps 13.5 to 13.14).
    fn property(
        &mut self,
        subject: &Term,
        iri: &str,
        name: &str,
        value: &Value,
        active: &Arc<Active>,
        place: &Place,
    ) -> Result<()> {
        let term = active.terms.get(name).cloned();
        let term = term.as_deref();
        if let Some(part) = term.and_then(|term| term.unsupported) {
            return Err(unsupported(&place.path, part));
        }
        let container = term.map(|term| term.container).unwrap_or_default();
        let objects = if term.is_some_and(|term| term.kind.as_deref() == Some("@json")) {
            vec![Term::typed(jcs::to_string(value), RDF_JSON)]
        } else if container.graph {
            self.graphs(value, active, term, place)?
        } else if let (true, Value::Object(languages)) = (container.language, value) {
            self.languages(languages, active, place)
        } else if container.list && !self.is_list(value, active) {
            vec![self.list(value, active, term, place)?]
        } else {
            self.values(value, active, term, place)?
        };
        for object in objects {
            self.state(subject, iri, object, place)?;
        }
        Ok(())
    }

    fn is_list(&self, value: &Value, active: &Active) -> bool {
        value.as_object().is_some_and(|members| {
            let is_list = |name: &String| active.expand(name, true).as_deref() == Some("@list");
            members.keys().any(is_list)
        })
    }

    /// Text by language (section 5.1.2, step 13.7).
    fn languages(
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

    /// Each value in a graph of its own (section 5.1.2, step 13.12).
    fn graphs(
        &mut self,
        value: &Value,
        active: &Arc<Active>,
        term: Option<&Definition>,
        place: &Place,
    ) -> Result<Vec<Term>> {
        self.out.unplaced = true;
        let list = value.as_array().map(Vec::as_slice);
        if list.is_some_and(<[Value]>::is_empty) {
            self.drop(&place.path, "an empty list says nothing");
        }
        let mut names = Vec::new();
        for (i, one) in list
            .unwrap_or(core::slice::from_ref(value))
            .iter()
            .enumerate()
        {
            let mut here = match list {
                Some(_) => place.child(&i.to_string()),
                None => place.clone(),
            };
            if !one.is_object() || self.is_list(one, active) {
                self.drop(&here.path, "a graph holds nodes");
                continue;
            }
            let name = Term::Blank(self.fresh());
            here.graph = Some(name.clone());
            let before = self.out.quads.len();
            self.values(one, active, term, &here)?;
            if self.out.quads.len() == before {
                self.drop(&here.path, "an empty graph says nothing");
            }
            names.push(name);
        }
        Ok(names)
    }
}

/// The strings of a string or a list.
fn strings(value: &Value) -> impl Iterator<Item = &str> {
    let list = value
        .as_array()
        .map_or(core::slice::from_ref(value), Vec::as_slice);
    list.iter().filter_map(Value::as_str)
}
