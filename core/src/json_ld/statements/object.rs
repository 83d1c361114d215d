//! Objects: which contexts hold in them, and whether they are a node, a value, a set or a list.

use alloc::sync::Arc;

use serde_json::{Map, Value};

use super::{Place, Walk};
use crate::error::Result;
use crate::json_ld::context::{Active, Mode, unsupported};
use crate::json_ld::term::Term as Definition;
use crate::prelude::*;
use crate::rdf::{RDF_FIRST, RDF_NIL, RDF_REST, Term};

impl Walk<'_> {
    /// Expansion of an object (section 5.1.2, steps 7 to 15): a node, a value, a set or a list.
    pub(super) fn object(
        &mut self,
        members: &Map<String, Value>,
        active: &Arc<Active>,
        term: Option<&Definition>,
        place: &Place,
    ) -> Result<Vec<Term>> {
        let by_type = self.before_types(members, active, term, place)?;
        let active = self.after_types(members, &by_type, place)?;
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
            let (value, term) = (&members[name], unscoped.as_ref());
            return if wrapper == "@list" {
                self.list(value, &active, term, &inner)
                    .map(|list| vec![list])
            } else {
                self.values(value, &active, term, &inner)
            };
        }
        let node = self.node(members, &active, &by_type, place)?;
        Ok(vec![node])
    }

    /// The context in which the types of an object are read: without that of a type further out, with
    /// those of its property and its own.
    fn before_types(
        &mut self,
        members: &Map<String, Value>,
        active: &Arc<Active>,
        term: Option<&Definition>,
        place: &Place,
    ) -> Result<Arc<Active>> {
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
        Ok(active)
    }

    /// The context of everything else in an object: with those of its types, in the order of their names.
    fn after_types(
        &mut self,
        members: &Map<String, Value>,
        by_type: &Arc<Active>,
        place: &Place,
    ) -> Result<Arc<Active>> {
        let mut active = by_type.clone();
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
        Ok(active)
    }

    /// An RDF list of the values (section 8.3.2).
    pub(super) fn list(
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
}

/// The strings of a string or a list.
fn strings(value: &Value) -> impl Iterator<Item = &str> {
    let list = value
        .as_array()
        .map_or(core::slice::from_ref(value), Vec::as_slice);
    list.iter().filter_map(Value::as_str)
}
