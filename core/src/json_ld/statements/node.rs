//! Nodes: their name, types and properties, each of which is a statement.

use alloc::sync::Arc;

use serde_json::{Map, Value};

use super::{Place, Walk};
use crate::error::Result;
use crate::jcs;
use crate::json_ld::context::{Active, unsupported};
use crate::json_ld::iri::is_absolute;
use crate::json_ld::term::Term as Definition;
use crate::prelude::*;
use crate::rdf::{RDF_JSON, RDF_TYPE, Term};

impl Walk<'_> {
    /// A node object: its statements are made here, its term is returned.
    pub(super) fn node(
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

    /// The node that an expanded name stands for.
    pub(super) fn resource(
        &mut self,
        text: &str,
        iri: Option<Arc<str>>,
        place: &Place,
    ) -> Option<Term> {
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
            here.single = true;
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
