//! A record with the signature of its device.

use super::{CONTENT_TYPE, MAX_LEN, Record};
use crate::cose::{self, Sign1, SignOptions};
use crate::crypto::Crypto;
use crate::error::{ErrorCode, Result};
use crate::key::{PublicKey, SigningKey};

/// Encodes and signs a record as the device of `passport_id`: COSE_Sign1, alg -9.
///
/// [`MAX_SIGNED_LEN`](super::MAX_SIGNED_LEN) bytes are always enough.
///
/// # Errors
/// `out_of_range` with the field's path; `buffer_too_small`.
pub fn sign<'o, C: Crypto>(
    record: &Record,
    passport_id: &str,
    key: &SigningKey<C>,
    out: &'o mut [u8],
) -> Result<&'o [u8]> {
    let mut scratch = [0; MAX_LEN];
    let options = SignOptions {
        aad: passport_id.as_bytes(),
        content_type: Some(CONTENT_TYPE),
        ..SignOptions::default()
    };
    cose::sign1(record.encode(&mut scratch)?, key, &options, out)
}

/// Verifies a signed record of `passport_id` against the device's registered key.
///
/// # Errors
/// Those of [`Sign1::decode`] and [`Record::decode`]; `key_mismatch` when the record names another
/// key; `signature_invalid`; `malformed_record` when the content is no record.
pub fn verify(signed: &[u8], passport_id: &str, key: &PublicKey) -> Result<Record> {
    let message = Sign1::decode(signed)?;
    if !message
        .kid()
        .is_some_and(|kid| key.thumbprint().matches(kid))
    {
        return Err(ErrorCode::KeyMismatch.into());
    }
    let payload = message.verify(passport_id.as_bytes(), key)?;
    if message.content_type() != Some(CONTENT_TYPE) {
        return Err(ErrorCode::MalformedRecord.into());
    }
    Record::decode(payload)
}
