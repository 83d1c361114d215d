//! JWE (RFC 7516): the envelope of web stacks, as compact text or JSON, for one to eight recipients.
//!
//! Written and read are `ECDH-ES` and `ECDH-ES+A256KW` on P-256 (RFC 7518 section 4.6) and, marked as
//! draft, HPKE (draft-ietf-jose-hpke-encrypt-22): `HPKE-0`, `HPKE-7`, `HPKE-0-KE`, `HPKE-7-KE`. The
//! content is always AES-GCM. Everything else is refused, each thing by a code of its own.
//!
//! [`encrypt`] and [`decrypt`] are the whole interface of most callers; [`Jwe::parse`] shows what can
//! be seen without a key.

mod agree;
mod decrypt;
mod encrypt;
mod header;
mod parse;
mod parts;
mod recipient;

use crate::prelude::*;

pub use decrypt::{DecryptOptions, decrypt, decrypt_with};
#[cfg(feature = "std")]
pub use encrypt::encrypt;
pub use encrypt::{EncryptOptions, encrypt_with};
pub use parse::{Jwe, UnknownHeaders};
pub use recipient::Recipient;

use crate::hpke::Aead;

/// Bytes of the longest JWE that is read or written: 1 MiB of content and its text encoding.
pub const MAX_LEN: usize = 3 << 19;

/// How the content key comes to the recipient: the header `alg`.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Algorithm {
    /// `ECDH-ES`: the agreed key is the content key. One recipient. RFC 7518 section 4.6.
    EcdhEs,
    /// `ECDH-ES+A256KW`: the agreed key wraps the content key. RFC 7518 section 4.6.
    #[default]
    EcdhEsA256Kw,
    /// `HPKE-0`, a draft: HPKE with AES-128-GCM encrypts the content itself. One recipient.
    Hpke0,
    /// `HPKE-7`, a draft: HPKE with AES-256-GCM encrypts the content itself. One recipient.
    Hpke7,
    /// `HPKE-0-KE`, a draft: HPKE with AES-128-GCM encrypts the content key.
    Hpke0Ke,
    /// `HPKE-7-KE`, a draft: HPKE with AES-256-GCM encrypts the content key.
    Hpke7Ke,
}

impl Algorithm {
    /// All algorithms.
    pub const ALL: [Self; 6] = [
        Self::EcdhEs,
        Self::EcdhEsA256Kw,
        Self::Hpke0,
        Self::Hpke7,
        Self::Hpke0Ke,
        Self::Hpke7Ke,
    ];

    /// Returns the value of the header `alg`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::EcdhEs => "ECDH-ES",
            Self::EcdhEsA256Kw => "ECDH-ES+A256KW",
            Self::Hpke0 => "HPKE-0",
            Self::Hpke7 => "HPKE-7",
            Self::Hpke0Ke => "HPKE-0-KE",
            Self::Hpke7Ke => "HPKE-7-KE",
        }
    }

    /// Whether the name is a draft's: it may change before it is registered.
    pub const fn is_draft(self) -> bool {
        !matches!(self, Self::EcdhEs | Self::EcdhEsA256Kw)
    }

    /// Whether there can be one recipient only, because the content key is not carried.
    pub const fn is_for_one(self) -> bool {
        matches!(self, Self::EcdhEs | Self::Hpke0 | Self::Hpke7)
    }

    /// Whether HPKE encrypts the content: there is no `enc`, nonce or tag of its own then.
    const fn is_integrated(self) -> bool {
        matches!(self, Self::Hpke0 | Self::Hpke7)
    }

    const fn aead(self) -> Option<Aead> {
        match self {
            Self::EcdhEs | Self::EcdhEsA256Kw => None,
            Self::Hpke0 | Self::Hpke0Ke => Some(Aead::Aes128Gcm),
            Self::Hpke7 | Self::Hpke7Ke => Some(Aead::Aes256Gcm),
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|alg| alg.as_str() == name)
    }
}

/// How the content is encrypted: the header `enc`.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Encryption {
    /// `A128GCM`, RFC 7518 section 5.3.
    A128Gcm,
    /// `A256GCM`, RFC 7518 section 5.3.
    #[default]
    A256Gcm,
}

impl Encryption {
    /// Returns the value of the header `enc`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::A128Gcm => "A128GCM",
            Self::A256Gcm => "A256GCM",
        }
    }

    /// Bytes of the content key.
    const fn key_len(self) -> usize {
        match self {
            Self::A128Gcm => 16,
            Self::A256Gcm => 32,
        }
    }

    fn named(name: &str) -> Option<Self> {
        [Self::A128Gcm, Self::A256Gcm]
            .into_iter()
            .find(|enc| enc.as_str() == name)
    }
}

/// How a JWE is written down.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Serialization {
    /// Five parts with dots between them: one recipient, no external AAD (RFC 7516 section 7.1).
    Compact,
    /// JSON with a list of recipients (RFC 7516 section 7.2.1).
    #[default]
    General,
    /// JSON for one recipient (RFC 7516 section 7.2.2).
    Flattened,
}

/// The AAD of the content (RFC 7516 section 5.1 step 14): the protected header as it was sent and, where
/// there is one, the external AAD as it was sent.
fn content_aad(protected: &str, aad: Option<&str>) -> String {
    match aad {
        Some(aad) => format!("{protected}.{aad}"),
        None => protected.into(),
    }
}
