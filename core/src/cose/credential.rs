//! Credentials as `vc+cose` (VC-JOSE-COSE section 3.3): a COSE_Sign1 whose payload is the credential
//! as JSON. Needs no allocator.
//!
//! The protected header says alg, content type `application/vc`, type `application/vc+cose`, and the
//! `kid`: the bytes of the DID URL of the issuer's key.

use super::{Algorithm, Sign1, SignOptions, sign1};
use crate::crypto::Crypto;
use crate::error::{Error, ErrorCode, Result};
use crate::key::{SigningKey, URL_LEN};

/// What is secured.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Kind {
    /// A verifiable credential.
    Credential,
    /// A verifiable presentation.
    Presentation,
}

impl Kind {
    /// The type of the whole message (header 16).
    pub const fn typ(self) -> &'static str {
        match self {
            Self::Credential => "application/vc+cose",
            Self::Presentation => "application/vp+cose",
        }
    }

    /// The media type of the payload (header 3).
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Credential => "application/vc",
            Self::Presentation => "application/vp",
        }
    }
}

/// Bytes that a signed message is longer than its payload, at most, with the `did:key` URL as `kid`.
pub const OVERHEAD: usize = 100 + URL_LEN + 64;

/// Signs a credential or presentation, which is taken as it is, in the name of the key's `did:key`.
///
/// ```
/// use batterypass::SigningKey;
/// use batterypass::cose::Algorithm;
/// use batterypass::cose::credential::{self, Kind};
///
/// let key = SigningKey::from_bytes(&[7; 32])?;
/// let mut out = [0; 512];
/// let signed = credential::sign(b"{}", Kind::Credential, &key, Algorithm::Es256, &mut out)?;
/// let message = credential::decode(signed, Kind::Credential)?;
/// assert_eq!(message.verify(b"", key.public_key())?, b"{}");
/// # Ok::<(), batterypass::Error>(())
/// ```
///
/// # Errors
/// `buffer_too_small`; [`OVERHEAD`] more bytes than the payload are enough.
pub fn sign<'o, C: Crypto>(
    payload: &[u8],
    kind: Kind,
    key: &SigningKey<C>,
    algorithm: Algorithm,
    out: &'o mut [u8],
) -> Result<&'o [u8]> {
    let url = key.public_key().did_url();
    sign_as(payload, kind, &url, key, algorithm, out)
}

/// Signs as [`sign`] does, in the name of another DID: `key_url` is the DID URL of the key.
///
/// # Errors
/// `buffer_too_small`, also for a URL longer than about 190 bytes.
pub fn sign_as<'o, C: Crypto>(
    payload: &[u8],
    kind: Kind,
    key_url: &str,
    key: &SigningKey<C>,
    algorithm: Algorithm,
    out: &'o mut [u8],
) -> Result<&'o [u8]> {
    let options = SignOptions {
        aad: b"",
        algorithm,
        content_type: Some(kind.content_type()),
        kid: Some(key_url.as_bytes()),
        typ: Some(kind.typ()),
    };
    sign1(payload, key, &options, out)
}

/// Decodes a message of a kind. Nothing in it is to be believed before [`Sign1::verify`].
///
/// A content type may be absent; the type may not, so that no other kind of message passes for a
/// credential.
///
/// # Errors
/// Those of [`Sign1::decode`]; `missing_member` without a protected type; `invalid_member` for another
/// type or content type.
pub fn decode(data: &[u8], kind: Kind) -> Result<Sign1<'_>> {
    let message = Sign1::decode(data)?;
    let fault = |code, path| Err(Error::in_field(code, path));
    match message.typ() {
        None => return fault(ErrorCode::MissingMember, "/protected/typ"),
        Some(typ) if !typ.eq_ignore_ascii_case(kind.typ()) => {
            return fault(ErrorCode::InvalidMember, "/protected/typ");
        }
        Some(_) => {}
    }
    match message.content_type() {
        Some(content) if !content.eq_ignore_ascii_case(kind.content_type()) => {
            fault(ErrorCode::InvalidMember, "/protected/content_type")
        }
        _ => Ok(message),
    }
}

/// Returns the DID URL that a message names as its key. Unverified.
///
/// # Errors
/// `missing_member` without a `kid`; `invalid_did` for a `kid` that is no DID URL with a fragment, such
/// as a thumbprint.
pub fn key_url<'a>(message: &Sign1<'a>) -> Result<&'a str> {
    let fault = |code| Error::in_field(code, "/protected/kid");
    let kid = message
        .kid()
        .ok_or_else(|| fault(ErrorCode::MissingMember))?;
    match core::str::from_utf8(kid) {
        Ok(url) if url.starts_with("did:") && url.contains('#') => Ok(url),
        _ => Err(fault(ErrorCode::InvalidDid)),
    }
}
