//! `ecdsa-jcs-2019` with P-256, VC-DI-ECDSA 1.0 section 3.3: the canonical JSON (RFC 8785) is signed.

use serde_json::{Map, Value};

use crate::crypto::{Backend, Crypto, KEY_LEN};
use crate::error::{Error, ErrorCode, Result};
use crate::jcs;
use crate::prelude::*;

/// SHA-256 of the canonical proof options and of the canonical document (section 3.3.4).
pub(super) type HashData = [[u8; KEY_LEN]; 2];

/// Puts the document's contexts into the proof options, as section 3.3.1 says.
pub(super) fn take_contexts(config: &mut Map<String, Value>, document: &Map<String, Value>) {
    if let Some(contexts) = document.get("@context") {
        config.insert("@context".into(), contexts.clone());
    }
}

pub(super) fn hash_data(config: &Map<String, Value>, document: &Map<String, Value>) -> HashData {
    [config, document].map(|members| Backend.sha256(&[jcs::members_to_string(members).as_bytes()]))
}

/// The document as it was signed: with the contexts of the proof options (section 3.3.2).
///
/// # Errors
/// `invalid_member` when the document's contexts do not begin with those. Contexts that were added
/// behind them change nothing that was signed.
pub(super) fn signed_document<'d>(
    config: &Map<String, Value>,
    document: &'d Map<String, Value>,
) -> Result<Cow<'d, Map<String, Value>>> {
    let mut document = Cow::Borrowed(document);
    if let Some(contexts) = config.get("@context") {
        let own = document.get("@context");
        if !own.is_some_and(|own| list(own).starts_with(list(contexts))) {
            return Err(Error::new(ErrorCode::InvalidMember)
                .at("/@context")
                .because("the contexts do not begin with those of the proof"));
        }
        if own != Some(contexts) {
            document
                .to_mut()
                .insert("@context".into(), contexts.clone());
        }
    }
    Ok(document)
}

fn list(value: &Value) -> &[Value] {
    value
        .as_array()
        .map_or(core::slice::from_ref(value), Vec::as_slice)
}
