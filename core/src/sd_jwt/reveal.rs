//! Putting disclosures back in their places: RFC 9901 section 7.1, steps 3 to 5.

use serde_json::{Map, Value};

use super::disclosure::is_reserved;
use super::{ALGORITHM, DIGESTS, Disclosure, ELEMENT, SHA_256};
use crate::error::{ErrorCode, Result};
use crate::json::{Limits, push_token};
use crate::prelude::*;
use crate::report::Findings;

pub(super) const PROCESSING: &str = "RFC 9901 section 7.1";

/// Levels below the claims themselves, as [`json::parse`](crate::json::parse) bounds a text.
pub(super) const DEPTH: usize = Limits::DEFAULT.depth - 1;

/// Puts disclosures back in the places of their digests and removes all digests.
///
/// # Errors
/// The first of: `unsupported_digest` unless `_sd_alg` is `sha-256` or absent; `duplicate_digest`;
/// `disclosure_unreferenced`; `disclosure_mismatch` for an element where a member is expected and the
/// other way round; `reserved_name`; `duplicate_key` where a member of that name is there already;
/// `duplicate_value` for a disclosure that is given twice; `invalid_member` for an `_sd` that is not a
/// list of texts or a placeholder with other members; `too_deep`. Paths below `/disclosures` say which
/// disclosure, others lead into the claims.
pub fn reveal(
    payload: &Map<String, Value>,
    disclosures: &[Disclosure],
) -> Result<Map<String, Value>> {
    let mut findings = Findings::default();
    let revealed = process(payload, disclosures, &mut findings);
    findings.into_result()?;
    Ok(revealed.claims)
}

/// The claims, and where each disclosure went.
#[derive(Debug)]
pub(crate) struct Revealed {
    pub(crate) claims: Map<String, Value>,
    /// One for each disclosure; `None` for one that has no place.
    pub(super) spots: Vec<Option<Spot>>,
}

/// Where a disclosure belongs.
#[derive(Clone, Debug)]
pub(super) struct Spot {
    /// JSON Pointer into the claims.
    pub(super) pointer: String,
    /// The disclosure in whose value the digest stands.
    pub(super) parent: Option<usize>,
}

/// Processes a payload and reports every rule that does not hold.
pub(crate) fn process(
    payload: &Map<String, Value>,
    disclosures: &[Disclosure],
    findings: &mut Findings,
) -> Revealed {
    match payload.get(ALGORITHM) {
        None => {}
        Some(Value::String(name)) if name == SHA_256 => {}
        Some(_) => {
            let (path, detail) = ("/_sd_alg", "expected sha-256");
            let clause = "RFC 9901 section 4.1.1";
            findings.error(ErrorCode::UnsupportedDigest, path, detail, clause);
        }
    }
    let mut index: Vec<_> = (disclosures.iter().map(Disclosure::digest).enumerate())
        .map(|(i, digest)| (digest, i))
        .collect();
    index.sort_unstable();
    let mut twins = BTreeSet::new();
    index.dedup_by(|(second, i), (first, _)| first == second && twins.insert(*i));
    for i in &twins {
        let (path, detail) = (format!("/disclosures/{i}"), "the disclosure is given twice");
        findings.error(ErrorCode::DuplicateValue, path, detail, PROCESSING);
    }
    let mut walk = Walk {
        disclosures,
        index,
        spots: vec![None; disclosures.len()],
        seen: BTreeSet::new(),
        pointer: String::new(),
        findings,
    };
    let mut claims = walk.object(payload, DEPTH, None);
    claims.shift_remove(ALGORITHM);
    walk.report_unreferenced(&twins);
    let spots = walk.spots;
    Revealed { claims, spots }
}

struct Walk<'a, 'f> {
    disclosures: &'a [Disclosure],
    /// Digests in order, each with the number of its disclosure.
    index: Vec<(String, usize)>,
    spots: Vec<Option<Spot>>,
    /// Every digest met so far.
    seen: BTreeSet<&'a str>,
    /// Where the walk is, in the claims.
    pointer: String,
    findings: &'f mut Findings,
}

impl<'a> Walk<'a, '_> {
    fn value(&mut self, value: &'a Value, depth: usize, parent: Option<usize>) -> Value {
        match value {
            Value::Object(members) => match depth.checked_sub(1) {
                Some(depth) => Value::Object(self.object(members, depth, parent)),
                None => self.too_deep(),
            },
            Value::Array(elements) => match depth.checked_sub(1) {
                Some(depth) => Value::Array(self.array(elements, depth, parent)),
                None => self.too_deep(),
            },
            scalar => scalar.clone(),
        }
    }

    /// Each piece is bounded by its parser, but pieces nest in each other.
    fn too_deep(&mut self) -> Value {
        let detail = "the disclosures make the claims too deep";
        self.error(ErrorCode::TooDeep, detail);
        Value::Null
    }

    fn object(
        &mut self,
        members: &'a Map<String, Value>,
        depth: usize,
        parent: Option<usize>,
    ) -> Map<String, Value> {
        let mut out = Map::new();
        for (name, value) in members {
            if name == DIGESTS {
                continue;
            }
            let length = self.enter(name);
            if name == ELEMENT {
                self.error(
                    ErrorCode::ReservedName,
                    "the name stands for array elements only",
                );
            } else {
                let value = self.value(value, depth, parent);
                out.insert(name.clone(), value);
            }
            self.pointer.truncate(length);
        }
        match members.get(DIGESTS) {
            None => {}
            Some(Value::Array(digests)) if digests.iter().all(Value::is_string) => {
                for digest in digests.iter().filter_map(Value::as_str) {
                    self.member(digest, &mut out, depth, parent);
                }
            }
            Some(_) => {
                let length = self.enter(DIGESTS);
                self.error(ErrorCode::InvalidMember, "expected a list of texts");
                self.pointer.truncate(length);
            }
        }
        out
    }

    /// Puts the member behind a digest into its object.
    fn member(
        &mut self,
        digest: &'a str,
        out: &mut Map<String, Value>,
        depth: usize,
        parent: Option<usize>,
    ) {
        let Some((i, disclosure)) = self.find(digest) else {
            return;
        };
        let refusal = match disclosure.name() {
            None => Some((
                ErrorCode::DisclosureMismatch,
                "expected a member, found an array element",
            )),
            Some(name) if is_reserved(name) => {
                Some((ErrorCode::ReservedName, "no member may have this name"))
            }
            // What names the digest algorithm must not come from a disclosure.
            Some(ALGORITHM) if self.pointer.is_empty() => {
                Some((ErrorCode::ReservedName, "no member may have this name"))
            }
            Some(name) if out.contains_key(name) => Some((
                ErrorCode::DuplicateKey,
                "a member of this name is there already",
            )),
            Some(_) => None,
        };
        let length = self.enter(disclosure.name().unwrap_or(DIGESTS));
        self.settle(i, parent);
        if let Some((code, detail)) = refusal {
            self.refuse(i, code, detail);
        } else if let Some(name) = disclosure.name() {
            let value = self.value(disclosure.value(), depth, Some(i));
            out.insert(name.into(), value);
        }
        self.pointer.truncate(length);
    }

    fn array(&mut self, elements: &'a [Value], depth: usize, parent: Option<usize>) -> Vec<Value> {
        let mut out = Vec::new();
        for element in elements {
            let length = self.enter(&out.len().to_string());
            let value = match placeholder(element) {
                Placeholder::None => Some(self.value(element, depth, parent)),
                Placeholder::Digest(digest) => self.element(digest, depth, parent),
                Placeholder::Malformed => {
                    let detail = "expected a digest as the only member";
                    self.error(ErrorCode::InvalidMember, detail);
                    None
                }
            };
            self.pointer.truncate(length);
            out.extend(value);
        }
        out
    }

    /// Returns the element behind a digest, if it is disclosed.
    fn element(&mut self, digest: &'a str, depth: usize, parent: Option<usize>) -> Option<Value> {
        let (i, disclosure) = self.find(digest)?;
        self.settle(i, parent);
        if disclosure.name().is_some() {
            let detail = "expected an array element, found a member";
            self.refuse(i, ErrorCode::DisclosureMismatch, detail);
            return None;
        }
        Some(self.value(disclosure.value(), depth, Some(i)))
    }

    /// Finds the disclosure of a digest that was not met before.
    fn find(&mut self, digest: &'a str) -> Option<(usize, &'a Disclosure)> {
        if !self.seen.insert(digest) {
            let detail = "the digest stands in more than one place";
            self.error(ErrorCode::DuplicateDigest, detail);
            return None;
        }
        let found = self
            .index
            .binary_search_by(|(known, _)| known.as_str().cmp(digest))
            .ok()?;
        let (_, i) = self.index.get(found)?;
        Some((*i, self.disclosures.get(*i)?))
    }

    fn settle(&mut self, i: usize, parent: Option<usize>) {
        if let Some(spot) = self.spots.get_mut(i) {
            *spot = Some(Spot {
                pointer: self.pointer.clone(),
                parent,
            });
        }
    }

    fn report_unreferenced(&mut self, twins: &BTreeSet<usize>) {
        for (i, spot) in self.spots.iter().enumerate() {
            if spot.is_none() && !twins.contains(&i) {
                let detail = "no digest in the token stands for the disclosure";
                let path = format!("/disclosures/{i}");
                self.findings
                    .error(ErrorCode::DisclosureUnreferenced, path, detail, PROCESSING);
            }
        }
    }

    fn enter(&mut self, token: &str) -> usize {
        let length = self.pointer.len();
        push_token(&mut self.pointer, token);
        length
    }

    fn error(&mut self, code: ErrorCode, detail: &str) {
        self.findings
            .error(code, self.pointer.as_str(), detail, PROCESSING);
    }

    fn refuse(&mut self, i: usize, code: ErrorCode, detail: &str) {
        self.findings
            .error(code, format!("/disclosures/{i}"), detail, PROCESSING);
    }
}

enum Placeholder<'a> {
    /// The element is not hidden.
    None,
    Digest(&'a str),
    Malformed,
}

fn placeholder(element: &Value) -> Placeholder<'_> {
    let Some(members) = element.as_object() else {
        return Placeholder::None;
    };
    match members.get(ELEMENT) {
        None => Placeholder::None,
        Some(Value::String(digest)) if members.len() == 1 => Placeholder::Digest(digest),
        Some(_) => Placeholder::Malformed,
    }
}
