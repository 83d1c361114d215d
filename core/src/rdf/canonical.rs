//! RDF Dataset Canonicalization (RDFC-1.0) with SHA-256: one list of statements for all datasets that
//! differ in the names of their blank nodes only.
//!
//! The work is bounded: a dataset can be built so that telling its blank nodes apart takes time that
//! grows with the factorial of their number (RDFC-1.0 section 7.1).

use alloc::collections::BTreeMap;
use alloc::sync::Arc;

use super::Quad;
use crate::crypto::{Backend, Crypto};
use crate::error::{Error, ErrorCode, Result};
use crate::prelude::*;

/// How many steps may be spent on telling blank nodes apart: quads and orders looked at, labels copied.
/// Credentials need a few hundred; this many take about a second.
pub(crate) const MAX_STEPS: usize = 400_000;
/// How far blank nodes that look alike may be apart.
const MAX_DEPTH: usize = 100;

/// A canonicalised dataset.
#[derive(Debug)]
pub(crate) struct Canonical {
    /// The statements in canonical N-Quads, in code point order, each with its line feed.
    pub(crate) lines: Vec<String>,
    /// The canonical label (`c14n0`, ...) of each label of the input.
    pub(crate) labels: BTreeMap<Arc<str>, Arc<str>>,
}

/// Canonicalises a dataset without repeated statements.
///
/// # Errors
/// `too_complex` when the blank nodes cannot be told apart within [`MAX_STEPS`].
pub(crate) fn canonicalize(quads: &[Quad]) -> Result<Canonical> {
    let mut state = State::new(quads);
    state.label()?;
    let labels = state.issued.labels;
    let label = |name: &Arc<str>| labels.get(name).unwrap_or(name).clone();
    let mut lines: Vec<_> = quads.iter().map(|quad| quad.line(&label)).collect();
    lines.sort_unstable();
    Ok(Canonical { lines, labels })
}

type Hash = [u8; 32];

/// Gives out identifiers in the order in which they are asked for (section 4.5).
#[derive(Clone, Debug)]
struct Issuer {
    prefix: &'static str,
    labels: BTreeMap<Arc<str>, Arc<str>>,
    order: Vec<Arc<str>>,
}

impl Issuer {
    const fn new(prefix: &'static str) -> Self {
        Self {
            prefix,
            labels: BTreeMap::new(),
            order: Vec::new(),
        }
    }

    fn issue(&mut self, name: &Arc<str>) -> Arc<str> {
        if let Some(label) = self.labels.get(name) {
            return label.clone();
        }
        let label: Arc<str> = format!("{}{}", self.prefix, self.order.len()).into();
        self.labels.insert(name.clone(), label.clone());
        self.order.push(name.clone());
        label
    }
}

struct State<'q> {
    /// The quads in which each blank node stands.
    quads: BTreeMap<Arc<str>, Vec<&'q Quad>>,
    first: BTreeMap<Arc<str>, Hash>,
    issued: Issuer,
    steps: usize,
    depth: usize,
}

impl<'q> State<'q> {
    fn new(all: &'q [Quad]) -> Self {
        let mut quads = BTreeMap::<Arc<str>, Vec<&Quad>>::new();
        for quad in all {
            for (_, term) in quad.positions() {
                if let Some(label) = term.blank() {
                    let list = quads.entry(label.clone()).or_default();
                    // A blank node may stand twice in one quad, which counts once.
                    if !list.last().is_some_and(|last| core::ptr::eq(*last, quad)) {
                        list.push(quad);
                    }
                }
            }
        }
        let first = quads
            .iter()
            .map(|(name, quads)| (name.clone(), hash_first_degree(name, quads)))
            .collect();
        Self {
            quads,
            first,
            issued: Issuer::new("c14n"),
            steps: 0,
            depth: 0,
        }
    }

    /// The algorithm of section 4.4.3, steps 3 to 5.
    fn label(&mut self) -> Result<()> {
        let mut by_hash = BTreeMap::<Hash, Vec<Arc<str>>>::new();
        for (name, hash) in &self.first {
            by_hash.entry(*hash).or_default().push(name.clone());
        }
        for names in by_hash.values() {
            if let [name] = names.as_slice() {
                self.issued.issue(name);
            }
        }
        for names in by_hash.into_values().filter(|names| names.len() > 1) {
            let mut paths = Vec::new();
            for name in &names {
                if !self.issued.labels.contains_key(name) {
                    let mut issuer = Issuer::new("b");
                    issuer.issue(name);
                    paths.push(self.hash_n_degree(name, issuer)?);
                }
            }
            paths.sort_by_key(|(hash, _)| *hash);
            for (_, issuer) in paths {
                for name in &issuer.order {
                    self.issued.issue(name);
                }
            }
        }
        Ok(())
    }

    fn step(&mut self, cost: usize) -> Result<()> {
        self.steps += cost;
        if self.steps > MAX_STEPS || self.depth > MAX_DEPTH {
            return Err(Error::new(ErrorCode::TooComplex));
        }
        Ok(())
    }

    /// The algorithm of section 4.7.3.
    fn hash_related(
        &self,
        related: &Arc<str>,
        quad: &Quad,
        issuer: &Issuer,
        position: char,
    ) -> Hash {
        let mut input = String::from(position);
        if position != 'g' {
            input.push('<');
            input.push_str(&quad.predicate);
            input.push('>');
        }
        let issued = self.issued.labels.get(related);
        if let Some(label) = issued.or_else(|| issuer.labels.get(related)) {
            input.push_str("_:");
            input.push_str(label);
        } else if let Some(hash) = self.first.get(related) {
            push_hex(hash, &mut input);
        }
        sha256(&input)
    }

    /// The algorithm of section 4.8.3.
    fn hash_n_degree(&mut self, name: &Arc<str>, mut issuer: Issuer) -> Result<(Hash, Issuer)> {
        let mut related = BTreeMap::<Hash, Vec<Arc<str>>>::new();
        for quad in self.quads.get(name).cloned().unwrap_or_default() {
            self.step(1)?;
            for (position, term) in quad.positions() {
                if let Some(other) = term.blank().filter(|other| *other != name) {
                    let hash = self.hash_related(other, quad, &issuer, position);
                    related.entry(hash).or_default().push(other.clone());
                }
            }
        }
        let mut data = String::new();
        for (hash, mut names) in related {
            push_hex(&hash, &mut data);
            let mut chosen: Option<(String, Issuer)> = None;
            names.sort_unstable();
            loop {
                if let Some(better) = self.path(&names, &issuer, chosen.as_ref())? {
                    chosen = Some(better);
                }
                if !next_permutation(&mut names) {
                    break;
                }
            }
            if let Some((path, best)) = chosen {
                data.push_str(&path);
                issuer = best;
            }
        }
        Ok((sha256(&data), issuer))
    }

    /// The path of one order of the related blank nodes, unless the chosen one is shorter or comes first.
    fn path(
        &mut self,
        order: &[Arc<str>],
        issuer: &Issuer,
        chosen: Option<&(String, Issuer)>,
    ) -> Result<Option<(String, Issuer)>> {
        let worse =
            |path: &String| chosen.is_some_and(|(best, _)| path.len() >= best.len() && path > best);
        self.step(1 + issuer.order.len())?;
        let mut issuer = issuer.clone();
        let mut path = String::new();
        let mut recursion = Vec::new();
        for name in order {
            path.push_str("_:");
            if let Some(label) = self.issued.labels.get(name) {
                path.push_str(label);
            } else {
                if !issuer.labels.contains_key(name) {
                    recursion.push(name.clone());
                }
                path.push_str(&issuer.issue(name));
            }
            if worse(&path) {
                return Ok(None);
            }
        }
        for name in recursion {
            self.depth += 1;
            let (hash, after) = self.hash_n_degree(&name, issuer.clone())?;
            self.depth -= 1;
            path.push_str("_:");
            path.push_str(&issuer.issue(&name));
            path.push('<');
            push_hex(&hash, &mut path);
            path.push('>');
            issuer = after;
            if worse(&path) {
                return Ok(None);
            }
        }
        let better = chosen.is_none_or(|(best, _)| path < *best);
        Ok(better.then_some((path, issuer)))
    }
}

/// The algorithm of section 4.6.3.
fn hash_first_degree(name: &Arc<str>, quads: &[&Quad]) -> Hash {
    let label = |other: &Arc<str>| Arc::from(if other == name { "a" } else { "z" });
    let mut lines: Vec<_> = quads.iter().map(|quad| quad.line(&label)).collect();
    lines.sort_unstable();
    sha256(&lines.concat())
}

fn sha256(text: &str) -> Hash {
    Backend.sha256(&[text.as_bytes()])
}

fn push_hex(hash: &Hash, out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    for byte in hash {
        out.push(char::from(HEX[usize::from(byte >> 4)]));
        out.push(char::from(HEX[usize::from(byte & 15)]));
    }
}

/// Goes to the next order of the names; returns false after the last one.
fn next_permutation(names: &mut [Arc<str>]) -> bool {
    let Some(i) = names.windows(2).rposition(|pair| pair[0] < pair[1]) else {
        return false;
    };
    let Some(j) = names.iter().rposition(|name| *name > names[i]) else {
        return false;
    };
    names.swap(i, j);
    names[i + 1..].reverse();
    true
}
