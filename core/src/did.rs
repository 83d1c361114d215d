//! Decentralised identifiers (W3C DID 1.0 and 1.1, Controlled Identifiers 1.0): who holds which key,
//! for which purpose, at which time.
//!
//! `did:key` and `did:jwk` hold their key in the name, so [`resolve`] needs no network for them. Every
//! other method, such as `did:web` of an organisation ([`web`]), goes to the caller's [`Resolver`]:
//! [`Documents`] where the documents are known beforehand.
//!
//! ```
//! use batterypass::SigningKey;
//! use batterypass::did::{self, KeyMaterial, Relationship};
//!
//! let device = SigningKey::from_bytes(&[7; 32])?;
//! let did = device.public_key().did();
//! let document = did::resolve(&did, None)?;
//! let url = format!("{did}#{}", device.public_key().multikey());
//! let at = "2027-02-18T00:00:00Z".parse()?;
//! let method = document.method(&url, Relationship::AssertionMethod, at)?;
//! assert_eq!(method.key, KeyMaterial::P256(*device.public_key()));
//! # Ok::<(), batterypass::Error>(())
//! ```

#[cfg(feature = "std")]
mod cache;
mod document;
mod material;
mod names;
pub mod web;

use crate::error::{Error, ErrorCode, Result};
use crate::prelude::*;

#[cfg(feature = "std")]
pub use cache::Cache;
pub use document::{DidDocument, Relationship, VerificationMethod};
pub use material::KeyMaterial;

/// The longest DID or DID URL that is read, in bytes.
pub const MAX_DID_LEN: usize = 2048;

/// Finds the document of a DID.
///
/// An implementation answers for the methods it knows; [`resolve`] checks that the answer is of the DID
/// that was asked for.
pub trait Resolver {
    /// Returns the document of a DID, which has no path, query or fragment.
    ///
    /// # Errors
    /// `did_not_resolved` when the document cannot be obtained; any other code of reading it.
    fn resolve(&self, did: &str) -> Result<DidDocument>;
}

/// Finds the document of a DID: `did:key` and `did:jwk` from the name itself, every other method from
/// `resolver`.
///
/// # Errors
/// `invalid_did` for what is no DID; `did_not_resolved` for other methods without a resolver;
/// `did_mismatch` when the resolver's document is of another DID; `unsupported_algorithm` for a
/// `did:key` or `did:jwk` of a key type that [`KeyMaterial`] does not have; `invalid_key`; for `did:jwk`
/// also `malformed_base64`, `private_key` and the errors of [`json::parse`](crate::json::parse); the
/// resolver's own errors.
pub fn resolve(did: &str, resolver: Option<&dyn Resolver>) -> Result<DidDocument> {
    match check(did)? {
        ("key", multikey) => names::key_document(did, multikey),
        ("jwk", text) => names::jwk_document(did, text),
        _ => {
            let unresolved =
                || Error::new(ErrorCode::DidNotResolved).because("no resolver was given");
            let document = resolver.ok_or_else(unresolved)?.resolve(did)?;
            if document.id() != did {
                return Err(Error::new(ErrorCode::DidMismatch).at("/id"));
            }
            Ok(document)
        }
    }
}

/// Reads the key in the name of a `did:key`, as [`resolve`] does, without making a document of it. Nothing
/// for other methods.
pub(crate) fn key_in_name(did: &str) -> Result<Option<KeyMaterial>> {
    match check(did)? {
        ("key", multikey) => names::key(multikey).map(Some),
        _ => Ok(None),
    }
}

/// Splits the DID URL of a verification method, `did:example:a#key-1`, at its fragment.
///
/// # Errors
/// `invalid_did` without a fragment, with a path or query, or for what is no DID URL.
pub fn split_url(url: &str) -> Result<(&str, &str)> {
    let (did, fragment) = url
        .split_once('#')
        .ok_or(Error::new(ErrorCode::InvalidDid))?;
    check(did)?;
    check_fragment(fragment)?;
    Ok((did, fragment))
}

/// A fixed set of documents, such as those of a test or of a configuration.
#[derive(Clone, Debug, Default)]
pub struct Documents(Vec<DidDocument>);

impl Documents {
    /// Makes an empty set.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a document; it replaces one of the same DID, which is returned.
    pub fn insert(&mut self, document: DidDocument) -> Option<DidDocument> {
        match self.0.iter_mut().find(|held| held.id() == document.id()) {
            Some(held) => Some(core::mem::replace(held, document)),
            None => {
                self.0.push(document);
                None
            }
        }
    }
}

impl FromIterator<DidDocument> for Documents {
    fn from_iter<I: IntoIterator<Item = DidDocument>>(documents: I) -> Self {
        let mut set = Self::new();
        for document in documents {
            set.insert(document);
        }
        set
    }
}

impl Resolver for Documents {
    fn resolve(&self, did: &str) -> Result<DidDocument> {
        let found = self.0.iter().find(|document| document.id() == did);
        found
            .cloned()
            .ok_or_else(|| Error::new(ErrorCode::DidNotResolved))
    }
}

/// Checks a DID against the grammar of DID 1.0 section 3.1. Returns its method and the rest.
pub(crate) fn check(did: &str) -> Result<(&str, &str)> {
    let invalid = || Error::new(ErrorCode::InvalidDid);
    if did.len() > MAX_DID_LEN {
        return Err(ErrorCode::TooLarge.into());
    }
    let rest = did.strip_prefix("did:").ok_or_else(invalid)?;
    let (method, specific) = rest.split_once(':').ok_or_else(invalid)?;
    let method_ok = !method.is_empty()
        && method
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let specific_ok = !specific.is_empty()
        && !specific.ends_with(':')
        && is_escaped(specific, |b| {
            b.is_ascii_alphanumeric() || b".-_:".contains(&b)
        });
    if method_ok && specific_ok {
        Ok((method, specific))
    } else {
        Err(invalid())
    }
}

/// Checks a non-empty URI fragment (RFC 3986 section 3.5).
fn check_fragment(fragment: &str) -> Result<()> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?".contains(&b);
    let len_ok = (1..=MAX_DID_LEN).contains(&fragment.len());
    if len_ok && is_escaped(fragment, plain) {
        Ok(())
    } else {
        Err(ErrorCode::InvalidDid.into())
    }
}

/// Whether a text is made of `plain` bytes and percent escapes.
fn is_escaped(text: &str, plain: impl Fn(u8) -> bool) -> bool {
    let mut bytes = text.bytes();
    while let Some(b) = bytes.next() {
        let escape = b == b'%'
            && bytes.next().is_some_and(|b| b.is_ascii_hexdigit())
            && bytes.next().is_some_and(|b| b.is_ascii_hexdigit());
        if !escape && !plain(b) {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammar_of_dids() {
        for did in [
            "did:a:b",
            "did:web:a.example%3A3000:b",
            "did:a1::x",
            "did:x:A-_.z%aF",
        ] {
            check(did).expect(did);
        }
        for did in [
            "",
            "did:",
            "did:a",
            "did:a:",
            "did::a",
            "did:A:b",
            "did:a:b:",
            "DID:a:b",
            "did:a:b/c",
            "did:a:b?c",
            "did:a:b#c",
            "did:a:b c",
            "did:a:%",
            "did:a:%4",
            "did:a:%4g",
            "did:a:\u{e9}",
            " did:a:b",
        ] {
            assert_eq!(check(did).expect_err(did).code(), ErrorCode::InvalidDid);
        }
        let long = format!("did:a:{}", "a".repeat(MAX_DID_LEN));
        assert_eq!(check(&long).expect_err("long").code(), ErrorCode::TooLarge);
    }

    #[test]
    fn urls_need_a_fragment() {
        assert_eq!(
            split_url("did:a:b#c/d?e").expect("a URL"),
            ("did:a:b", "c/d?e")
        );
        for url in [
            "did:a:b",
            "did:a:b#",
            "did:a:b#c#d",
            "did:a:b/c#d",
            "#c",
            "did:a:b#%",
        ] {
            assert_eq!(split_url(url).expect_err(url).code(), ErrorCode::InvalidDid);
        }
    }
}
