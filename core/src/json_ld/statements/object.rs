//! Objects: which contexts hold in them, and whether they are a node, a value, a set or a list.

use alloc::sync::Arc;

use serde_json::{Map, Value};

use super::{Place, REDEFINED, Walk};
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
        let outer = active;
        let own_context = active.previous.is_some() || members.contains_key("@context");
        let by_type = self.before_types(members, active, term, place)?;
        let active = self.after_types(members, &by_type, place)?;
        let keyword = |keyword: &str| {
            let is = |name: &&String| active.expand(name, true).as_deref() == Some(keyword);
            members.keys().find(is)
        };
        if keyword("@value").is_some() {
            self.within_property(outer, term, place)?;
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
            self.within_property(outer, term, place)?;
            let inner = place.child(name);
            // There the property may mean something else, and processors differ in what then holds.
            if own_context {
                let what = "a set or list in a context of its own";
                return Err(unsupported(&place.path, what));
            }
            if wrapper == "@set" && place.single {
                return Err(unsupported(&place.path, "a set in a list or graph"));
            }
            let value = &members[name];
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
        let outer = active;
        let mut active = outer.clone();
        if let Some(previous) = outer.previous.clone() {
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
        if let Some((term, scoped)) = term.and_then(|term| Some((term, term.context.as_ref()?))) {
            let (path, mode) = (&place.path, Mode::OF_PROPERTY);
            let within = self.processor.enter(outer, scoped, mode, path)?;
            let defined = within.terms.get(&term.name);
            let again = defined.and_then(|term| term.context.as_ref());
            // After null nothing is left to go back to, or to tell apart.
            let reverted = !Arc::ptr_eq(&active, outer) && !scoped.is_null();
            // Processors differ in which of the two definitions they take the context from.
            if again.map_or(reverted, |again| again != scoped) {
                return Err(unsupported(path, REDEFINED));
            }
            active = self.processor.enter(&active, scoped, mode, path)?;
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
            let place = Place {
                single: true,
                ..place.child(&i.to_string())
            };
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
