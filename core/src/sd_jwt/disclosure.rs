use rand_core::TryCryptoRng;
use serde_json::{Value, json};

use super::MAX_TOKEN_LEN;
use crate::crypto::{self, Backend, Crypto};
use crate::error::{Error, ErrorCode, Result};
use crate::json::{self, Limits};
use crate::jws;
use crate::prelude::*;

/// Bytes of the salts that this crate writes: 128 bits, RFC 9901 section 9.3.
pub const SALT_LEN: usize = 16;

/// What stands behind one digest: an object's member (salt, name, value) or an array's element (salt,
/// value), RFC 9901 sections 4.2.1 and 4.2.2.
#[derive(Clone, Debug, PartialEq)]
pub struct Disclosure {
    text: String,
    salt: String,
    name: Option<String>,
    value: Value,
}

impl Disclosure {
    /// Makes the disclosure of a member, with a salt from a cryptographic random source.
    ///
    /// # Errors
    /// `randomness_failed`; `reserved_name` for the names `_sd` and `...`.
    pub fn member<R: TryCryptoRng + ?Sized>(
        name: impl Into<String>,
        value: Value,
        rng: &mut R,
    ) -> Result<Self> {
        let name = name.into();
        if is_reserved(&name) {
            return Err(ErrorCode::ReservedName.into());
        }
        Self::salted(Some(name), value, rng)
    }

    /// Makes the disclosure of an array element, with a salt from a cryptographic random source.
    ///
    /// # Errors
    /// `randomness_failed`.
    pub fn element<R: TryCryptoRng + ?Sized>(value: Value, rng: &mut R) -> Result<Self> {
        Self::salted(None, value, rng)
    }

    fn salted<R: TryCryptoRng + ?Sized>(
        name: Option<String>,
        value: Value,
        rng: &mut R,
    ) -> Result<Self> {
        let mut salt = [0; SALT_LEN];
        crypto::fill(rng, &mut salt)?;
        let salt = jws::encode(&salt);
        let array = match &name {
            Some(name) => json!([salt, name, value]),
            None => json!([salt, value]),
        };
        Ok(Self {
            text: jws::encode(array.to_string().as_bytes()),
            salt,
            name,
            value,
        })
    }

    /// Reads a disclosure. The text is kept as it is, because the digest is over it.
    ///
    /// # Errors
    /// `malformed_disclosure` unless it is base64url of an array of a salt, a name and a value, or of a
    /// salt and a value, where salt and name are strings; `too_large`, `too_deep`, `too_many_values`,
    /// `duplicate_key`, `wrong_encoding`.
    pub fn parse(text: &str) -> Result<Self> {
        Self::parse_within(text, &mut { Limits::DEFAULT.values })
    }

    /// Reads a disclosure of no more than `left` values, and takes what it has off them.
    pub(super) fn parse_within(text: &str, left: &mut usize) -> Result<Self> {
        if text.len() > MAX_TOKEN_LEN {
            return Err(ErrorCode::TooLarge.into());
        }
        let malformed = |detail: &str| Error::new(ErrorCode::MalformedDisclosure).because(detail);
        let bytes = jws::decode(text).map_err(|_| malformed("expected unpadded base64url"))?;
        let limits = Limits {
            values: *left,
            ..Limits::DEFAULT
        };
        let array = json::parse_with(&bytes, &limits).map_err(|error| match error.code() {
            ErrorCode::MalformedJson | ErrorCode::Truncated => malformed("expected JSON"),
            _ => error,
        })?;
        *left = left.saturating_sub(count(&array));
        let Value::Array(parts) = array else {
            return Err(malformed("expected an array"));
        };
        let mut parts = parts.into_iter();
        let (salt, name, value) = match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(salt), Some(name), Some(value), None) => (salt, Some(name), value),
            (Some(salt), Some(value), None, None) => (salt, None, value),
            _ => return Err(malformed("expected two or three elements")),
        };
        let text_of = |value: Value, detail| match value {
            Value::String(text) => Ok(text),
            _ => Err(malformed(detail)),
        };
        Ok(Self {
            text: text.into(),
            salt: text_of(salt, "expected a text as salt")?,
            name: name
                .map(|name| text_of(name, "expected a text as name"))
                .transpose()?,
            value,
        })
    }

    /// Returns the base64url text, as it was read or made.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the salt.
    pub fn salt(&self) -> &str {
        &self.salt
    }

    /// Returns the name of the member; `None` for an array element.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Returns the value, in which more may be hidden.
    pub const fn value(&self) -> &Value {
        &self.value
    }

    /// Returns the SHA-256 digest over the text, in base64url, RFC 9901 section 4.2.3.
    pub fn digest(&self) -> String {
        jws::encode(&Backend.sha256(&[self.text.as_bytes()]))
    }
}

/// Names that no disclosed member may have, RFC 9901 section 4.2.1.
pub(super) fn is_reserved(name: &str) -> bool {
    matches!(name, super::DIGESTS | super::ELEMENT)
}

/// Counts a value and all values in it. Recurses no deeper than what was parsed.
fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(elements) => elements.iter().map(count).sum(),
        Value::Object(members) => members.values().map(count).sum(),
        _ => 0,
    }
}
