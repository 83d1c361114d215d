//! Credentials with embedded proofs.

use serde_json::{Map, Value};

use super::key_discovery::KeyQuery;
use super::prepare::{method_url, signing_key};
use super::sign::system_rng;
use super::verify::{Opened, VerifyOptions};
use super::{Securing, SignOptions, rules};
use crate::data_integrity::{self, Signer};
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
    let signer = Signer {
        key,
        method: &method,
        purpose: Relationship::AssertionMethod,
    };
    data_integrity::add_proof(
        document,
        &signer,
        options.securing,
        &options.proof,
        &mut system_rng(),
    )
    .map(Value::Object)
}

pub(super) fn open(
    document: &Map<String, Value>,
    options: &VerifyOptions<'_>,
    findings: &mut Findings,
) -> Result<Opened> {
    let query = KeyQuery {
        controller: rules::issuer_id(document),
        path: "/issuer",
        relationship: Relationship::AssertionMethod,
        options,
    };
    let verified = data_integrity::verify_proofs(document, &query, findings)?;
    Ok(Opened {
        // What stands here when the suite is unknown decides nothing: the proof does not hold then.
        securing: verified.suite.unwrap_or(Securing::EcdsaJcs2019),
        claims: verified.document,
        genuine: verified.genuine,
    })
}
