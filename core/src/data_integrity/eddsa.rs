//! Ed25519 (RFC 8032), as far as `eddsa-rdfc-2022` needs it: verification.

use ed25519_dalek::{Signature, VerifyingKey};

use crate::error::{Error, ErrorCode, Result};

/// Verifies a signature, strictly: points of small order, for which signatures over any message can be
/// made, and `S` beyond the order of the group are refused.
///
/// # Errors
/// `invalid_key` when the bytes are no point or one of small order; `signature_invalid`.
pub(super) fn verify(key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> Result<()> {
    let key = VerifyingKey::from_bytes(key)
        .ok()
        .filter(|key| !key.is_weak())
        .ok_or(Error::new(ErrorCode::InvalidKey))?;
    key.verify_strict(message, &Signature::from_bytes(signature))
        .map_err(|_| Error::new(ErrorCode::SignatureInvalid))
}
