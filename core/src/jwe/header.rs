//! The JOSE header: the union of up to three places, in which a name stands once.

use serde_json::{Map, Value};

use super::UnknownHeaders;
use crate::error::{Error, ErrorCode, Result};
use crate::json::{self, Limits};
use crate::jws;
use crate::prelude::*;

/// Bounds on the protected header.
const LIMITS: Limits = Limits {
    bytes: 8192,
    depth: 8,
    values: 64,
};

/// What is understood, or has no bearing on the encryption (RFC 7516 section 4.1, RFC 7518 section
/// 4.6.1, RFC 7519 section 5.3, draft-ietf-jose-hpke-encrypt).
const KNOWN: [&str; 12] = [
    "alg", "enc", "kid", "typ", "cty", "epk", "apu", "apv", "ek", "iss", "sub", "aud",
];

/// Registered headers that change how a message is processed, or bring or point to a key. They are
/// refused in every case: to skip one would be to process the message in another way than its sender.
const REFUSED: [&str; 16] = [
    "b64", "crit", "iv", "jku", "jwk", "nonce", "p2c", "p2s", "psk_id", "tag", "url", "x5c", "x5t",
    "x5t#S256", "x5u", "zip",
];

/// One place of headers, with its JSON Pointer in the message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bucket<'a> {
    pub(super) place: &'a str,
    pub(super) members: &'a Map<String, Value>,
}

/// All the headers that hold for one recipient.
#[derive(Debug)]
pub(super) struct Headers<'a> {
    buckets: Vec<Bucket<'a>>,
}

impl<'a> Headers<'a> {
    /// Joins the places, the protected one first.
    ///
    /// # Errors
    /// `duplicate_key` for a name in two places, `unsupported_header`; with a path.
    pub(super) fn join(buckets: Vec<Bucket<'a>>, unknown: UnknownHeaders) -> Result<Self> {
        for (i, bucket) in buckets.iter().enumerate() {
            for name in bucket.members.keys() {
                let refuse = |code| Err(Error::new(code).at(bucket.path(name)));
                let earlier = buckets.iter().take(i);
                if earlier
                    .into_iter()
                    .any(|other| other.members.contains_key(name))
                {
                    return refuse(ErrorCode::DuplicateKey);
                }
                let known = KNOWN.contains(&name.as_str());
                let skipped =
                    unknown == UnknownHeaders::Ignore && !REFUSED.contains(&name.as_str());
                if !known && !skipped {
                    return refuse(ErrorCode::UnsupportedHeader);
                }
            }
        }
        Ok(Self { buckets })
    }

    /// The text of a header, with its place.
    ///
    /// # Errors
    /// `wrong_type` with a path.
    pub(super) fn text(&self, name: &str) -> Result<Option<(&'a str, String)>> {
        let Some((value, path)) = self.value(name) else {
            return Ok(None);
        };
        match value.as_str() {
            Some(text) => Ok(Some((text, path))),
            None => Err(Error::new(ErrorCode::WrongType).at(path)),
        }
    }

    /// The bytes of a header in base64url; empty where it is absent.
    ///
    /// # Errors
    /// `wrong_type`, `malformed_base64`; with a path.
    pub(super) fn bytes(&self, name: &str) -> Result<Vec<u8>> {
        match self.text(name)? {
            Some((text, path)) => jws::decode(text).map_err(|error| error.at(path)),
            None => Ok(Vec::new()),
        }
    }

    /// A header that must be there, in the given place where it stands in none.
    ///
    /// # Errors
    /// `missing_member` with a path.
    pub(super) fn required(&self, name: &str, place: &str) -> Result<(&'a Value, String)> {
        let missing = || Error::new(ErrorCode::MissingMember).at(format!("{place}/{name}"));
        self.value(name).ok_or_else(missing)
    }

    /// Refuses headers that the algorithm has no use for.
    ///
    /// # Errors
    /// `unsupported_header` with a path.
    pub(super) fn without(&self, names: &[&str]) -> Result<()> {
        match names.iter().find_map(|name| self.value(name)) {
            Some((_, path)) => Err(Error::new(ErrorCode::UnsupportedHeader)
                .at(path)
                .because("the algorithm has no such header")),
            None => Ok(()),
        }
    }

    /// Refuses a header outside the protected place, which is the first.
    ///
    /// # Errors
    /// `unsupported_header` with a path.
    pub(super) fn protected_only(&self, name: &str) -> Result<()> {
        let mut others = self.buckets.iter().skip(1);
        match others.find(|bucket| bucket.members.contains_key(name)) {
            Some(bucket) => Err(Error::new(ErrorCode::UnsupportedHeader)
                .at(bucket.path(name))
                .because("this header must be protected")),
            None => Ok(()),
        }
    }

    fn value(&self, name: &str) -> Option<(&'a Value, String)> {
        self.buckets.iter().find_map(|bucket| {
            let value = bucket.members.get(name)?;
            Some((value, bucket.path(name)))
        })
    }
}

impl Bucket<'_> {
    fn path(&self, name: &str) -> String {
        let mut path = String::from(self.place);
        json::push_token(&mut path, name);
        path
    }
}

/// Reads the protected header from its base64url text.
///
/// # Errors
/// `malformed_base64`, those of [`json::parse_with`] and `malformed_jwe` for another value than an
/// object; with a path.
pub(super) fn protected(text: &str) -> Result<Map<String, Value>> {
    const PLACE: &str = "/protected";
    // Refused before it is decoded: the text is a third longer than the bytes.
    if text.len() > LIMITS.bytes / 3 * 4 {
        return Err(Error::new(ErrorCode::TooLarge).at(PLACE));
    }
    let bytes = jws::decode(text).map_err(|error| error.at(PLACE))?;
    match json::parse_with(&bytes, &LIMITS) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(Error::new(ErrorCode::MalformedJwe)
            .at(PLACE)
            .because("the protected header is not an object")),
        // The text around it has its end, so a header that ends early is malformed, not truncated.
        Err(error) if error.code() == ErrorCode::Truncated => {
            Err(Error::new(ErrorCode::MalformedJson).at(PLACE))
        }
        Err(error) => Err(error.under(PLACE)),
    }
}
