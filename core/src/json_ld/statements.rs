//! Expansion (JSON-LD 1.1 API section 5.1) and its statements (section 8.1) in one walk over the
//! document, which is what knows the place of each member.

mod literal;
mod node;
mod object;

use alloc::collections::BTreeMap;
use alloc::sync::Arc;

use serde_json::{Map, Value};

use super::Contexts;
use super::context::{Active, Mode, Processor, unsupported};
use super::term::Term as Definition;
use crate::error::{Error, ErrorCode, Result};
use crate::json::push_token;
use crate::prelude::*;
use crate::rdf::{Quad, Term};

/// The most statements of one document: fifty times a passport's.
pub(crate) const MAX_STATEMENTS: usize = 20_000;

const REDEFINED: &str = "a property that its own context redefines";

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
        single: false,
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
    /// Whether it is an item of an RDF list, or a graph, in which a set would not be one.
    single: bool,
}

impl Place {
    fn child(&self, token: &str) -> Self {
        let mut path = self.path.clone();
        push_token(&mut path, token);
        Self {
            path,
            graph: self.graph.clone(),
            single: false,
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
                let active = self.within_property(active, term, place)?;
                let term = self.scalar(scalar, &active, term, place);
                Ok(term.into_iter().collect())
            }
        }
    }

    /// The context of a property's values that are no nodes.
    fn within_property(
        &mut self,
        active: &Arc<Active>,
        term: Option<&Definition>,
        place: &Place,
    ) -> Result<Arc<Active>> {
        let Some((term, scoped)) = term.and_then(|term| Some((term, term.context.as_ref()?)))
        else {
            return Ok(active.clone());
        };
        let within = self
            .processor
            .enter(active, scoped, Mode::OF_PROPERTY, &place.path)?;
        // Processors differ in which of the two definitions then holds.
        let defined = within.terms.get(&term.name);
        if defined.is_none_or(|defined| **defined != *term) {
            return Err(unsupported(&place.path, REDEFINED));
        }
        Ok(within)
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
}
