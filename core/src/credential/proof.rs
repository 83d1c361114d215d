//! Credentials with embedded proofs.

use rand_core::TryCryptoRng;
use serde_json::{Map, Value};

use super::key_discovery::KeyQuery;
use super::prepare::{method_url, signing_key};
use super::recipient::Opened;
use super::sign::system_rng;
use super::{Securing, SignOptions, VerifyOptions};
use crate::data_integrity::{self, ProofOptions, Signer};
use crate::did::Relationship;
use crate::error::{Error, ErrorCode, Result};
use crate::key::SigningKey;
use crate::prelude::*;
use crate::report::Findings;

/// Adds one more proof to a document that may have some already: by another key, in another suite, or
/// over earlier proofs ([`ProofOptions::previous`](data_integrity::ProofOptions)).
///
/// Changes nothing else, so that earlier proofs still hold. Of the options only `securing`,
/// `verification_method`, `proof` and `deterministic` have a meaning here.
///
/// # Errors
/// `wrong_type` when the document is no object; `invalid_argument` for a form that embeds no proof;
/// `invalid_member` at `/previousProof` when there is no such proof; `too_many_values` beyond 8 proofs; and
/// the errors of [`sign`](super::sign()) about keys and forms.
pub fn add_proof(document: Value, key: &SigningKey, options: &SignOptions<'_>) -> Result<Value> {
    let Value::Object(document) = document else {
        return Err(Error::new(ErrorCode::WrongType).because("expected an object"));
    };
    if !options.securing.is_embedded() {
        return Err(Error::new(ErrorCode::InvalidArgument)
            .at("/securing")
            .because("this securing form has no embedded proof"));
    }
    let key = &*signing_key(key, options.deterministic);
    let method = method_url(key, options.verification_method)?;
    attach(document, key, &method, options, &mut system_rng()).map(Value::Object)
}

/// Adds a proof of the issuer, or of a witness of the issuer, in the form that the options say.
///
/// # Errors
/// Those of [`data_integrity::add_proof`].
pub(super) fn attach<R: TryCryptoRng>(
    document: Map<String, Value>,
    key: &SigningKey,
    method: &str,
    options: &SignOptions<'_>,
    rng: &mut R,
) -> Result<Map<String, Value>> {
    let mandatory = mandatory(&document, options.securing, options.proof.mandatory);
    let signer = Signer {
        key,
        method,
        purpose: Relationship::AssertionMethod,
    };
    let proof = ProofOptions {
        mandatory: &mandatory,
        ..options.proof
    };
    data_integrity::add_proof(document, &signer, options.securing, &proof, rng)
}

/// What every derived credential shows: what the issuer chose, and the members without which nobody
/// could verify it. A holder who could leave out the status would show a revoked credential as a good one.
fn mandatory<'a>(
    document: &Map<String, Value>,
    securing: Securing,
    chosen: &[&'a str],
) -> Vec<&'a str> {
    const ALWAYS: [&str; 6] = [
        "/issuer",
        "/validFrom",
        "/validUntil",
        "/credentialStatus",
        "/credentialSchema",
        "/termsOfUse",
    ];
    let mut mandatory = chosen.to_vec();
    if securing == Securing::EcdsaSd2023 {
        let needed = ALWAYS
            .into_iter()
            .filter(|pointer| document.contains_key(&pointer[1..]) && !chosen.contains(pointer));
        mandatory.extend(needed);
    }
    mandatory
}

pub(super) fn open(
    document: Cow<'_, Map<String, Value>>,
    options: &VerifyOptions<'_>,
    findings: &mut Findings,
) -> Result<Opened> {
    open_of(document, KeyQuery::of_issuer, options, findings)
}

/// Opens a document that its issuer or holder signed, whom `query` names.
pub(super) fn open_of(
    document: Cow<'_, Map<String, Value>>,
    query: for<'q> fn(&'q Map<String, Value>, &'q VerifyOptions<'q>) -> KeyQuery<'q>,
    options: &VerifyOptions<'_>,
    findings: &mut Findings,
) -> Result<Opened> {
    let mut document = document.into_owned();
    let proof = document.shift_remove("proof");
    let query = query(&document, options);
    let verified = data_integrity::verify_proofs(&document, proof.as_ref(), &query, findings)?;
    Ok(Opened::new(
        // What stands here when the suite is unknown decides nothing: the proof does not hold then.
        verified.suite.unwrap_or(Securing::EcdsaJcs2019),
        document,
        verified.genuine,
        verified.recipients,
    ))
}
