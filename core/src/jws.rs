//! JWS Compact Serialization (RFC 7515 section 3.1) with ES256.

mod base64url;

use serde_json::{Map, Value};

use crate::error::{Error, ErrorCode, Result};
use crate::json::{self, Limits};
use crate::key::SigningKey;
use crate::prelude::*;
use crate::report::Findings;

pub(crate) use base64url::{decode, decode_onto, encode, encode_onto};

/// The one algorithm: ECDSA on P-256 with SHA-256, `r || s` (RFC 7518 section 3.4).
pub(crate) const ES256: &str = "ES256";
const HEADER: &str = "RFC 7515 section 4.1";
/// A token this long is refused before it is decoded: [`Limits::DEFAULT`] in base64url, twice.
pub(crate) const MAX_TOKEN_LEN: usize = Limits::DEFAULT.bytes * 2;
const HEADER_LIMITS: Limits = Limits {
    bytes: 8192,
    depth: 8,
    values: 64,
};

/// A token taken apart. Nothing of it is verified.
#[derive(Debug)]
pub(crate) struct Compact<'t> {
    pub(crate) header: Map<String, Value>,
    pub(crate) payload: Vec<u8>,
    pub(crate) signature: Vec<u8>,
    /// The bytes that the signature covers.
    pub(crate) signing_input: &'t [u8],
}

impl<'t> Compact<'t> {
    /// Takes a token apart.
    ///
    /// # Errors
    /// `too_large`, `malformed_jwt`, `malformed_base64`, and those of [`json::parse`] for the header.
    pub(crate) fn parse(token: &'t str) -> Result<Self> {
        if token.len() > MAX_TOKEN_LEN {
            return Err(ErrorCode::TooLarge.into());
        }
        let malformed = || Error::new(ErrorCode::MalformedJwt);
        let (input, signature) = token.rsplit_once('.').ok_or_else(malformed)?;
        let (header, payload) = input.split_once('.').ok_or_else(malformed)?;
        // Only what is no base64url can have more dots.
        Self::from_parts(input, header, payload, signature).map_err(|error| {
            if payload.contains('.') {
                malformed()
            } else {
                error
            }
        })
    }

    fn from_parts(input: &'t str, header: &str, payload: &str, signature: &str) -> Result<Self> {
        let malformed = || Error::new(ErrorCode::MalformedJwt);
        let Value::Object(header) = json::parse_with(&decode(header)?, &HEADER_LIMITS)? else {
            return Err(malformed().because("the header is not an object"));
        };
        Ok(Self {
            header,
            payload: decode(payload)?,
            signature: decode(signature)?,
            signing_input: input.as_bytes(),
        })
    }
}

/// Signs a payload under a header.
///
/// # Errors
/// Those of [`SigningKey::sign`].
pub(crate) fn sign(header: &Value, payload: &[u8], key: &SigningKey) -> Result<String> {
    let header = header.to_string();
    let mut token = String::with_capacity((header.len() + payload.len()) * 4 / 3 + 96);
    encode_onto(header.as_bytes(), &mut token);
    token.push('.');
    encode_onto(payload, &mut token);
    let signature = key.sign(token.as_bytes())?;
    token.push('.');
    encode_onto(&signature, &mut token);
    Ok(token)
}

/// Refuses headers that change what is signed, or bring a key along.
pub(crate) fn check_extensions(header: &Map<String, Value>, place: &str, findings: &mut Findings) {
    // RFC 7797 changes the bytes that are signed; it is only safe together with `crit`.
    for name in ["crit", "b64"] {
        if header.contains_key(name) {
            let (path, detail) = (format!("{place}/{name}"), "no extension is supported");
            findings.error(ErrorCode::UnsupportedHeader, path, detail, HEADER);
        }
    }
    for name in ["jwk", "jku", "x5c", "x5u"] {
        if header.contains_key(name) {
            let (path, detail) = (
                format!("{place}/{name}"),
                "a token must not bring its own key",
            );
            let clause = "RFC 8725 section 3.10";
            findings.error(ErrorCode::KeyMismatch, path, detail, clause);
        }
    }
}

/// Compares a media type as RFC 7515 section 4.1.9 says: without regard to case, and with or without
/// `application/`.
pub(crate) fn is_media_type(value: &Value, expected: &str) -> bool {
    const PREFIX: &str = "application/";
    value.as_str().is_some_and(|text| {
        let short = match text.split_at_checked(PREFIX.len()) {
            Some((start, short)) if start.eq_ignore_ascii_case(PREFIX) => short,
            _ => text,
        };
        short.eq_ignore_ascii_case(expected)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refusal(token: &str) -> ErrorCode {
        Compact::parse(token).expect_err(token).code()
    }

    #[test]
    fn a_token_reads_back() {
        let key = SigningKey::from_bytes(&[7; 32]).expect("a key");
        let header = json!({ "alg": ES256 });
        let token = sign(&header, b"{}", &key).expect("signs");
        let compact = Compact::parse(&token).expect("reads");
        assert_eq!(Value::Object(compact.header), header);
        assert_eq!(compact.payload, b"{}");
        key.public_key()
            .verify(compact.signing_input, &compact.signature)
            .expect("verifies");
    }

    #[test]
    fn other_forms_are_refused() {
        for (token, code) in [
            ("", ErrorCode::MalformedJwt),
            ("e30", ErrorCode::MalformedJwt),
            ("e30.e30", ErrorCode::MalformedJwt),
            ("e30.e30.e30.e30", ErrorCode::MalformedJwt),
            // RFC 7516: a JWE has five parts.
            ("e30.e30.e30.e30.e30", ErrorCode::MalformedJwt),
            ("W10.e30.", ErrorCode::MalformedJwt),
            ("e30=.e30.", ErrorCode::MalformedBase64),
            ("e30.e3+.", ErrorCode::MalformedBase64),
            ("e30.e30.\n", ErrorCode::MalformedBase64),
            // The unused bits of the last character are not zero.
            ("e30.e31.", ErrorCode::MalformedBase64),
            (".e30.", ErrorCode::Truncated),
            ("eyJhIjoxLCJhIjoxfQ.e30.", ErrorCode::DuplicateKey),
        ] {
            assert_eq!(refusal(token), code, "{token}");
        }
        assert_eq!(refusal(&"a".repeat(MAX_TOKEN_LEN + 1)), ErrorCode::TooLarge);
    }
}
