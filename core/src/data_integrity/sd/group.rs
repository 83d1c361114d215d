//! The statements of a credential with names that tell nothing, and those that pointers select
//! (VC-DI-ECDSA 1.0 sections 3.4.2 to 3.4.17).

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::sync::Arc;

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Map, Value};

use super::select::select;
use crate::crypto::{Backend, Crypto};
use crate::error::{Error, ErrorCode, Result};
use crate::json_ld::{Contexts, Dropped, process};
use crate::prelude::*;
use crate::rdf::canonical::canonicalize;
use crate::rdf::{Quad, Term};

/// Starts the IRI that stands for a blank node while parts of a credential are selected.
const STAND_IN: &str = "urn:bnid:";

/// The keyed hash of each blank node's canonical label, by its label in the document.
pub(in crate::data_integrity) type Names = BTreeMap<Arc<str>, [u8; 32]>;

/// All statements of a credential.
#[derive(Debug)]
pub(in crate::data_integrity) struct Statements {
    /// Sorted, with blank nodes under their new names.
    pub(in crate::data_integrity) lines: Vec<String>,
    pub(in crate::data_integrity) names: Names,
    pub(in crate::data_integrity) dropped: Vec<Dropped>,
    /// The credential with an `@id` in each node, so that a part of it has the same blank nodes.
    placed: Map<String, Value>,
}

/// A part of the statements.
#[derive(Debug)]
pub(in crate::data_integrity) struct Selected {
    pub(in crate::data_integrity) indexes: BTreeSet<usize>,
    /// The same statements with the labels of the document.
    pub(in crate::data_integrity) quads: Vec<Quad>,
}

impl Statements {
    pub(in crate::data_integrity) fn new(
        document: &Map<String, Value>,
        hmac_key: &[u8; 32],
        contexts: &Contexts,
    ) -> Result<Self> {
        let processed = process(document, contexts)?;
        let stands_in = |term: &Term| matches!(term, Term::Iri(iri) if iri.starts_with(STAND_IN));
        let ours = |quad: &Quad| quad.positions().any(|(_, term)| stands_in(term));
        if processed.unplaced || processed.quads.iter().any(ours) {
            return Err(Error::new(ErrorCode::InvalidContext).because(
                "lists, graphs and blank node identifiers cannot be disclosed selectively",
            ));
        }
        let labels = canonicalize(&processed.quads)?.labels;
        let names = labels
            .into_iter()
            // HKDF-Extract is HMAC with the salt as its key (RFC 5869 section 2.2).
            .map(|(name, label)| (name, Backend.hkdf_extract(hmac_key, &[label.as_bytes()])))
            .collect();
        let mut placed = Value::Object(document.clone());
        for (path, label) in &processed.blanks {
            if let Some(node) = placed.pointer_mut(path).and_then(Value::as_object_mut) {
                node.insert("@id".into(), format!("{STAND_IN}{label}").into());
            }
        }
        Ok(Self {
            lines: lines(&processed.quads, &names),
            names,
            dropped: processed.dropped,
            placed: match placed {
                Value::Object(members) => members,
                _ => Map::new(),
            },
        })
    }

    /// The statements that come of what the pointers select.
    ///
    /// # Errors
    /// `invalid_argument` for a pointer to nothing, or to a part of a statement.
    pub(in crate::data_integrity) fn select(
        &self,
        pointers: &[&str],
        contexts: &Contexts,
    ) -> Result<Selected> {
        let mut selected = Selected {
            indexes: BTreeSet::new(),
            quads: Vec::new(),
        };
        let Some(part) = select(&self.placed, pointers)? else {
            return Ok(selected);
        };
        selected.quads = process(&part, contexts)?.quads;
        for quad in &mut selected.quads {
            restore(&mut quad.subject);
            restore(&mut quad.object);
            let line = self::line(quad, &self.names);
            let index = self.lines.binary_search(&line).map_err(|_| {
                Error::new(ErrorCode::InvalidArgument)
                    .because("the pointers select a part of a statement")
            })?;
            selected.indexes.insert(index);
        }
        Ok(selected)
    }

    /// The selected lines and the others.
    pub(in crate::data_integrity) fn split(
        &self,
        selected: &BTreeSet<usize>,
    ) -> (Vec<&str>, Vec<&str>) {
        split(&self.lines, selected)
    }
}

/// The selected lines and the others, each in their order.
pub(in crate::data_integrity) fn split<'l>(
    lines: &'l [String],
    selected: &BTreeSet<usize>,
) -> (Vec<&'l str>, Vec<&'l str>) {
    let (mut mandatory, mut others) = (Vec::new(), Vec::new());
    for (i, line) in lines.iter().enumerate() {
        let group = if selected.contains(&i) {
            &mut mandatory
        } else {
            &mut others
        };
        group.push(line.as_str());
    }
    (mandatory, others)
}

/// The sorted lines of the statements under the new names.
pub(in crate::data_integrity) fn lines(quads: &[Quad], names: &Names) -> Vec<String> {
    let mut lines: Vec<_> = quads.iter().map(|quad| line(quad, names)).collect();
    lines.sort_unstable();
    lines
}

fn line(quad: &Quad, names: &Names) -> String {
    quad.line(&|label| {
        names.get(label).map_or_else(
            || label.clone(),
            |hash| format!("u{}", Base64UrlUnpadded::encode_string(hash)).into(),
        )
    })
}

/// Makes the blank node again of the IRI that stood for it.
fn restore(term: &mut Term) {
    if let Term::Iri(iri) = term
        && let Some(label) = iri.strip_prefix(STAND_IN)
    {
        *term = Term::Blank(label.into());
    }
}
