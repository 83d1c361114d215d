use serde_json::{Map, Value};

use super::sd;
use super::suite::contexts_or_bundled;
use crate::credential::Securing;
use crate::error::{Error, ErrorCode, Result};
use crate::json_ld::Contexts;
use crate::prelude::*;

/// Derives from a document with a base proof of `ecdsa-sd-2023` what a holder shows. Other proofs of the
/// document do not cover a part of it and are left away.
///
/// # Errors
/// `missing_member` at `/proof` without such a proof; those of [`sd::derive`].
pub(crate) fn derive(
    mut document: Map<String, Value>,
    selective: &[&str],
    contexts: Option<&Contexts>,
) -> Result<Map<String, Value>> {
    let proofs = match document.shift_remove("proof") {
        Some(Value::Array(proofs)) => proofs,
        proof => proof.into_iter().collect(),
    };
    let suite = Securing::EcdsaSd2023.as_str();
    let mut proof = proofs
        .into_iter()
        .filter_map(|proof| match proof {
            Value::Object(members) => Some(members),
            _ => None,
        })
        .find(|proof| proof.get("cryptosuite").and_then(Value::as_str) == Some(suite))
        .ok_or_else(|| {
            Error::new(ErrorCode::MissingMember)
                .at("/proof")
                .because(format!("there is no proof of {suite}"))
        })?;
    let value = proof.get("proofValue").and_then(Value::as_str);
    let value =
        value.ok_or_else(|| Error::new(ErrorCode::MissingMember).at("/proof/proofValue"))?;
    let contexts = contexts_or_bundled(contexts)?;
    let (mut shown, value) = sd::derive(&document, value, selective, contexts)?;
    proof.insert("proofValue".into(), value.into());
    shown.insert("proof".into(), Value::Object(proof));
    Ok(shown)
}
