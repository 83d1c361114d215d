use serde_json::Value;

use super::Contexts;
use super::statements::{Dropped, process};
use crate::error::{Error, ErrorCode, Result};
use crate::prelude::*;
use crate::rdf::canonical;
use crate::report::{Finding, Findings};

const EXPANSION: &str = "JSON-LD 1.1 API section 5.1";

/// The statements of a document.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Canonical {
    /// The lines of the canonical N-Quads (RDFC-1.0), each with its line feed.
    pub lines: Vec<String>,
    /// What is in none of them: `unprocessed_term` with the place of each member.
    pub unprocessed: Vec<Finding>,
}

/// Returns the canonical statements of a JSON-LD document: what an RDF suite signs of it.
///
/// ```
/// use batterypass::json_ld::{Contexts, canonicalize};
/// use serde_json::json;
///
/// let document = json!({
///     "@context": { "name": "https://schema.org/name" },
///     "@id": "urn:uuid:1", "name": "Example", "mass": 430.5,
/// });
/// let canonical = canonicalize(&document, Contexts::bundled()?)?;
/// assert_eq!(canonical.lines, ["<urn:uuid:1> <https://schema.org/name> \"Example\" .\n"]);
/// assert_eq!(canonical.unprocessed[0].path, "/mass");
/// # Ok::<(), batterypass::Error>(())
/// ```
///
/// # Errors
/// `wrong_type` when the document is no object; `unknown_context`, `invalid_context`, `too_deep` and
/// `too_many_values` with the path; `too_complex`.
pub fn canonicalize(document: &Value, contexts: &Contexts) -> Result<Canonical> {
    let members = document
        .as_object()
        .ok_or_else(|| Error::new(ErrorCode::WrongType).because("expected an object"))?;
    let processed = process(members, contexts)?;
    let mut findings = Findings::default();
    report(&processed.dropped, "", &mut findings);
    Ok(Canonical {
        lines: canonical::canonicalize(&processed.quads)?.lines,
        unprocessed: findings.0,
    })
}

/// Reports what no statement came of.
pub(crate) fn report(dropped: &[Dropped], below: &str, findings: &mut Findings) {
    for Dropped { path, detail } in dropped {
        let path = format!("{below}{path}");
        findings.error(ErrorCode::UnprocessedTerm, path, *detail, EXPANSION);
    }
}
