//! What the suites `ecdsa-rdfc-2019` (VC-DI-ECDSA 1.0 section 3.2) and `eddsa-rdfc-2022` (VC-DI-EDDSA
//! 1.0 section 3.2) sign: the statements of the credential and of the proof's options.

use serde_json::{Map, Value};

use crate::crypto::{Backend, Crypto};
use crate::error::{Error, Result};
use crate::json_ld::{Contexts, process, report};
use crate::prelude::*;
use crate::rdf::canonical::canonicalize;
use crate::report::Findings;

/// Returns SHA-256 of the canonical options and SHA-256 of the canonical document, one behind the
/// other. What JSON-LD drops of either becomes a finding, those of the options below `place`.
///
/// `document` has only the proofs that this one covers; `config` is the proof.
///
/// # Errors
/// `unknown_context`, `invalid_context`, `too_many_values`, `too_deep`, `too_complex`.
pub(super) fn hash_data(
    document: &Map<String, Value>,
    config: &Map<String, Value>,
    contexts: &Contexts,
    place: &str,
    findings: &mut Findings,
) -> Result<[u8; 64]> {
    let config = hash_config(document, config, contexts, place, findings)?;
    let processed = process(document, contexts)?;
    report(&processed.dropped, "", findings);
    let lines = canonicalize(&processed.quads)?.lines;
    let mut hashes = [0; 64];
    hashes[..32].copy_from_slice(&config);
    hashes[32..].copy_from_slice(&hash_lines(&lines));
    Ok(hashes)
}

/// Returns SHA-256 of the proof's canonical options, read in the contexts of the document.
pub(super) fn hash_config(
    document: &Map<String, Value>,
    config: &Map<String, Value>,
    contexts: &Contexts,
    place: &str,
    findings: &mut Findings,
) -> Result<[u8; 32]> {
    let below = |error: Error| {
        let at_context = error.path().starts_with("/@context");
        let path = format!("{}{}", if at_context { "" } else { place }, error.path());
        error.at(path)
    };
    let mut config = config.clone();
    config.shift_remove("proofValue");
    if let Some(own) = document.get("@context") {
        config.insert("@context".into(), own.clone());
    }
    let processed = process(&config, contexts).map_err(below)?;
    report(&processed.dropped, place, findings);
    let lines = canonicalize(&processed.quads).map_err(below)?.lines;
    Ok(hash_lines(&lines))
}

pub(super) fn hash_lines<L: AsRef<[u8]>>(lines: &[L]) -> [u8; 32] {
    let parts: Vec<&[u8]> = lines.iter().map(AsRef::as_ref).collect();
    Backend.sha256(&parts)
}
