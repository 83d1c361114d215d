//! `ecdsa-sd-2023`, selective disclosure of statements (VC-DI-ECDSA 1.0 sections 3.4 to 3.6).
//!
//! The issuer signs each statement that need not be shown with a key made for this one proof, and
//! vouches for that key. Names of blank nodes are keyed hashes, so that they tell nothing of what is not
//! shown. The holder derives a credential with some of the statements.

pub(super) mod group;
mod proof_value;
mod select;

use alloc::collections::BTreeSet;

use rand_core::TryCryptoRng;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use self::group::Statements;
use self::proof_value::{Base, Derived};
use super::rdfc::{hash_config, hash_lines};
use crate::crypto::fill;
use crate::error::{Error, ErrorCode, Result};
use crate::json_ld::{Contexts, process, report};
use crate::key::{PublicKey, SigningKey};
use crate::prelude::*;
use crate::rdf::canonical::canonicalize;
use crate::report::Findings;

/// The secrets of one base proof. Each proof needs its own, or its statements can be linked to those of
/// another.
pub(super) struct Secrets {
    /// Signs the statements.
    pub(super) proof_key: SigningKey,
    /// Names the blank nodes.
    pub(super) hmac_key: Zeroizing<[u8; 32]>,
}

impl Secrets {
    /// Makes them from a random source. `deterministic` is about the signatures of the proof key.
    ///
    /// # Errors
    /// `randomness_failed`.
    pub(super) fn generate<R: TryCryptoRng + ?Sized>(
        rng: &mut R,
        deterministic: bool,
    ) -> Result<Self> {
        let mut hmac_key = Zeroizing::new([0; 32]);
        fill(rng, hmac_key.as_mut_slice())?;
        let proof_key = SigningKey::generate(rng)?;
        Ok(Self {
            proof_key: if deterministic {
                proof_key.deterministic()
            } else {
                proof_key
            },
            hmac_key,
        })
    }
}

/// Returns the `proofValue` of a base proof, which is for the holder alone. `mandatory` are the JSON
/// Pointers of what every derived credential shows.
///
/// # Errors
/// As [`hash_data`](super::rdfc::hash_data); `unprocessed_term` for a claim that would not be signed;
/// `invalid_argument` for a pointer to nothing, or to a part of
/// a statement; `invalid_context` for a list, a graph or a blank node identifier.
pub(super) fn base(
    document: &Map<String, Value>,
    config: &Map<String, Value>,
    key: &SigningKey,
    secrets: &Secrets,
    mandatory: &[&str],
    contexts: &Contexts,
) -> Result<String> {
    let mut findings = Findings::default();
    let proof_hash = hash_config(document, config, contexts, "/proof", &mut findings)?;
    let statements = Statements::new(document, &secrets.hmac_key, contexts)?;
    report(&statements.dropped, "", &mut findings);
    findings.into_result()?;
    let shown = statements.select(mandatory, contexts)?.indexes;
    let (mandatory_lines, others) = statements.split(&shown);
    let public_key = proof_value::multikey(secrets.proof_key.public_key());
    let signatures: Result<Vec<_>> = others
        .into_iter()
        .map(|line| secrets.proof_key.sign(line.as_bytes()))
        .collect();
    let signed: [&[u8]; 3] = [&proof_hash, &public_key, &hash_lines(&mandatory_lines)];
    Base {
        base_signature: key.sign_parts(&signed)?,
        public_key,
        hmac_key: *secrets.hmac_key,
        signatures: signatures?,
        mandatory: mandatory.iter().map(ToString::to_string).collect(),
    }
    .encode()
}

/// Returns the credential that a holder shows, without its proof, and the `proofValue` for it.
/// `selective` are the JSON Pointers of what it shows beyond what the issuer demands.
///
/// # Errors
/// As [`base`]; `malformed_cbor` or `malformed_base64` when `value` is no base proof;
/// `signature_invalid` when it has not one signature for each statement; `invalid_argument` when
/// nothing is shown.
pub(super) fn derive(
    document: &Map<String, Value>,
    value: &str,
    selective: &[&str],
    contexts: &Contexts,
) -> Result<(Map<String, Value>, String)> {
    let base = Base::decode(value)?;
    let statements = Statements::new(document, &base.hmac_key, contexts)?;
    let demanded: Vec<&str> = base.mandatory.iter().map(String::as_str).collect();
    let pointers: Vec<&str> = [&demanded, selective].concat();
    let mandatory = statements.select(&demanded, contexts)?.indexes;
    let shown = statements.select(&pointers, contexts)?;
    let revealed = select::select(document, &pointers)?;
    let revealed = revealed
        .ok_or_else(|| Error::new(ErrorCode::InvalidArgument).because("nothing is selected"))?;

    let hidden: Vec<usize> = (0..statements.lines.len())
        .filter(|i| !mandatory.contains(i))
        .collect();
    if hidden.len() != base.signatures.len() {
        return Err(Error::new(ErrorCode::SignatureInvalid)
            .at("/proof/proofValue")
            .because("the proof has not one signature for each statement"));
    }
    let signatures = hidden
        .iter()
        .zip(base.signatures)
        .filter(|(i, _)| shown.indexes.contains(i))
        .map(|(_, signature)| signature)
        .collect();
    let mandatory = shown
        .indexes
        .iter()
        .enumerate()
        .filter(|(_, i)| mandatory.contains(i))
        .map(|(place, _)| place)
        .collect();
    let labels = canonicalize(&shown.quads)?.labels;
    let labels = labels.iter().filter_map(|(name, label)| {
        let number = label.strip_prefix("c14n")?.parse().ok()?;
        Some((number, *statements.names.get(name)?))
    });
    let derived = Derived {
        base_signature: base.base_signature,
        public_key: base.public_key,
        signatures,
        labels: labels.collect(),
        mandatory,
    };
    Ok((revealed, derived.encode()?))
}

/// Verifies a derived credential. `document` has no `proof`; `config` is the proof.
///
/// # Errors
/// `signature_invalid`; `invalid_member` for a base proof, which is not for verifiers;
/// `malformed_cbor`, `malformed_base64`, `trailing_bytes`, `truncated`; as
/// [`hash_data`](super::rdfc::hash_data).
pub(super) fn verify(
    document: &Map<String, Value>,
    config: &Map<String, Value>,
    value: &str,
    key: &PublicKey,
    contexts: &Contexts,
    place: &str,
    findings: &mut Findings,
) -> Result<()> {
    let invalid = || Error::new(ErrorCode::SignatureInvalid);
    let derived = Derived::decode(value)?;
    let proof_key = proof_value::public_key(&derived.public_key)?;
    let proof_hash = hash_config(document, config, contexts, place, findings)?;
    let processed = process(document, contexts)?;
    report(&processed.dropped, "", findings);
    let labels = canonicalize(&processed.quads)?.labels;
    // Two nodes under one name would be one node to the issuer and two to the reader.
    let names: BTreeSet<_> = derived.labels.values().collect();
    if names.len() != derived.labels.len() || labels.len() != derived.labels.len() {
        return Err(invalid());
    }
    let mut renamed = group::Names::new();
    for (name, label) in &labels {
        let number = label
            .strip_prefix("c14n")
            .and_then(|text| text.parse().ok());
        let number: u32 = number.ok_or_else(invalid)?;
        renamed.insert(
            name.clone(),
            *derived.labels.get(&number).ok_or_else(invalid)?,
        );
    }
    let lines = group::lines(&processed.quads, &renamed);
    let shown: BTreeSet<usize> = derived.mandatory.iter().copied().collect();
    if shown.last().is_some_and(|last| *last >= lines.len()) {
        return Err(invalid());
    }
    let (mandatory, others) = group::split(&lines, &shown);
    let signed: [&[u8]; 3] = [&proof_hash, &derived.public_key, &hash_lines(&mandatory)];
    key.verify_parts(&signed, &derived.base_signature)?;
    if others.len() != derived.signatures.len() {
        return Err(invalid());
    }
    for (line, signature) in others.into_iter().zip(&derived.signatures) {
        proof_key.verify(line.as_bytes(), signature)?;
    }
    Ok(())
}
