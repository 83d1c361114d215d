//! One pair of calls for all formats: [`encrypt`] writes the one that is asked for, [`decrypt`]
//! recognises what it is given.

use core::str::FromStr;

use super::open::open_to_vec_with;
use super::{MAX_LEN, OpenOptions, SealOptions, encrypt0, seal, sealed_len};
#[cfg(feature = "std")]
use crate::crypto::System;
use crate::crypto::{Crypto, Random};
use crate::error::{Error, ErrorCode, Result};
use crate::jwe::{self, Algorithm, Serialization};
use crate::key::{PublicKey, SigningKey};
use crate::prelude::*;

/// What an envelope is written as.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Format {
    /// COSE_Encrypt with HPKE-7-KE, for one to eight recipients: bytes.
    #[default]
    Cose,
    /// COSE_Encrypt0 with HPKE-7, for one recipient: bytes.
    CoseEncrypt0,
    /// JWE, general JSON with ECDH-ES+A256KW and A256GCM, for one to eight recipients: text.
    Jwe,
    /// Compact JWE with ECDH-ES and A256GCM, for one recipient and without AAD: text.
    JweCompact,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 4] = [Self::Cose, Self::CoseEncrypt0, Self::Jwe, Self::JweCompact];

    /// Returns the name in all bindings: `cose`, `cose_encrypt0`, `jwe`, `jwe_compact`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cose => "cose",
            Self::CoseEncrypt0 => "cose_encrypt0",
            Self::Jwe => "jwe",
            Self::JweCompact => "jwe_compact",
        }
    }
}

impl FromStr for Format {
    type Err = Error;

    /// Reads the name that [`Format::as_str`] gives. Fails with `invalid_argument` for others.
    fn from_str(name: &str) -> Result<Self> {
        let mut formats = Self::ALL.into_iter();
        formats
            .find(|format| format.as_str() == name)
            .ok_or_else(|| {
                Error::new(ErrorCode::InvalidArgument)
                    .because("expected cose, cose_encrypt0, jwe or jwe_compact")
            })
    }
}

/// How an envelope is made and what is bound to it.
#[derive(Clone, Copy, Debug, Default)]
pub struct EncryptOptions<'a> {
    /// What it is written as.
    pub format: Format,
    /// Bytes that both sides know and that are authenticated. COSE does not send them, a JWE carries
    /// them readable; either way the opener says what it expects.
    pub aad: &'a [u8],
    /// Whom the content is about, readable and authenticated: a passport id.
    pub subject: Option<&'a str>,
}

/// An envelope, in bytes or text by its format.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Encrypted {
    /// COSE.
    Bytes(Vec<u8>),
    /// JWE.
    Text(String),
}

impl Encrypted {
    /// Borrows the bytes, of a text its UTF-8.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Text(text) => text.as_bytes(),
        }
    }

    /// Returns the bytes, of a text its UTF-8.
    pub fn into_bytes(self) -> Vec<u8> {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Text(text) => text.into_bytes(),
        }
    }
}

/// Encrypts `plaintext` for 1 to [`MAX_RECIPIENTS`](super::MAX_RECIPIENTS) keys with the given random
/// source. Each can decrypt alone.
///
/// # Errors
/// `no_recipients`; `too_many_recipients`, also for a second one in a format for one;
/// `invalid_argument` for AAD in a compact JWE; `too_large` for an AAD over
/// [`MAX_AAD`](super::MAX_AAD) bytes, an over-long subject, or an envelope that no reader takes;
/// `randomness_failed`.
pub fn encrypt_with<R: Random + ?Sized>(
    rng: &mut R,
    plaintext: &[u8],
    recipients: &[PublicKey],
    options: &EncryptOptions<'_>,
) -> Result<Encrypted> {
    let EncryptOptions {
        format,
        aad,
        subject,
    } = *options;
    let seal_options = SealOptions { aad, subject };
    let buffer = |len| match len {
        0..=MAX_LEN => Ok(vec![0; len]),
        _ => Err(Error::new(ErrorCode::TooLarge)),
    };
    let jwe_options = jwe::EncryptOptions {
        aad,
        subject,
        ..jwe::EncryptOptions::default()
    };
    match format {
        Format::Cose => {
            let mut out = buffer(sealed_len(plaintext.len(), recipients.len(), subject))?;
            let len = seal(rng, plaintext, recipients, &seal_options, &mut out)?.len();
            out.truncate(len);
            Ok(Encrypted::Bytes(out))
        }
        Format::CoseEncrypt0 => {
            let recipient = match recipients {
                [] => return Err(ErrorCode::NoRecipients.into()),
                [one] => one,
                _ => return Err(ErrorCode::TooManyRecipients.into()),
            };
            let mut out = buffer(encrypt0::sealed_len(plaintext.len(), subject))?;
            let len = encrypt0::seal(rng, plaintext, recipient, &seal_options, &mut out)?.len();
            out.truncate(len);
            Ok(Encrypted::Bytes(out))
        }
        Format::Jwe => {
            jwe::encrypt_with(rng, plaintext, recipients, &jwe_options).map(Encrypted::Text)
        }
        Format::JweCompact => {
            let options = jwe::EncryptOptions {
                algorithm: Algorithm::EcdhEs,
                serialization: Serialization::Compact,
                ..jwe_options
            };
            jwe::encrypt_with(rng, plaintext, recipients, &options).map(Encrypted::Text)
        }
    }
}

/// Encrypts with the operating system's randomness; see [`encrypt_with`].
///
/// # Errors
/// As [`encrypt_with`].
///
/// # Examples
/// ```
/// use batterypass::SigningKey;
/// use batterypass::envelope::{self, EncryptOptions, Format};
///
/// let (cloud, authority) = (SigningKey::random()?, SigningKey::random()?);
/// let recipients = [*cloud.public_key(), *authority.public_key()];
/// for format in [Format::Cose, Format::Jwe] {
///     let options = EncryptOptions { format, aad: b"urn:example:1", subject: None };
///     let sealed = envelope::encrypt(b"a record", &recipients, &options)?;
///     let opened = envelope::decrypt(sealed.as_bytes(), &authority, b"urn:example:1")?;
///     assert_eq!(opened, b"a record");
/// }
/// # Ok::<(), batterypass::Error>(())
/// ```
#[cfg(feature = "std")]
pub fn encrypt(
    plaintext: &[u8],
    recipients: &[PublicKey],
    options: &EncryptOptions<'_>,
) -> Result<Encrypted> {
    encrypt_with(&mut System, plaintext, recipients, options)
}

/// What an opener expects beside the defaults of this crate.
#[derive(Clone, Copy, Debug, Default)]
pub struct DecryptOptions<'a> {
    /// The bytes that were given as `aad` when encrypting.
    pub aad: &'a [u8],
    /// The recipient's name, of a JWE its UTF-8; by default the thumbprint of the key.
    pub kid: Option<&'a [u8]>,
}

/// Decrypts an envelope of any format with one recipient's key; see [`decrypt_with`].
///
/// # Errors
/// As [`decrypt_with`].
pub fn decrypt<C: Crypto>(envelope: &[u8], key: &SigningKey<C>, aad: &[u8]) -> Result<Vec<u8>> {
    decrypt_with(envelope, key, &DecryptOptions { aad, kid: None })
}

/// Decrypts an envelope of any format with one recipient's key: COSE_Encrypt, COSE_Encrypt0, or a JWE
/// in any form and algorithm that [`jwe`](crate::jwe) reads.
///
/// # Errors
/// Those of [`Envelope::decode`](super::Envelope::decode) or [`Jwe::parse`](crate::jwe::Jwe::parse);
/// `recipient_unknown` when no recipient has that name; `decryption_failed` for a wrong key, a wrong AAD
/// and a changed envelope alike.
pub fn decrypt_with<C: Crypto>(
    envelope: &[u8],
    key: &SigningKey<C>,
    options: &DecryptOptions<'_>,
) -> Result<Vec<u8>> {
    let DecryptOptions { aad, kid } = *options;
    match envelope.first() {
        None => Err(ErrorCode::Truncated.into()),
        // A COSE message starts with a tag or an array, both above ASCII.
        Some(0x80..) => {
            let options = OpenOptions {
                aad,
                kid,
                ..OpenOptions::default()
            };
            open_to_vec_with(envelope, key, &options)
        }
        Some(_) => {
            let kid = kid.map(core::str::from_utf8).transpose();
            // What is no text names nobody, but a message that cannot be read is told first.
            let Ok(kid) = kid else {
                jwe::Jwe::parse(envelope)?;
                return Err(ErrorCode::RecipientUnknown.into());
            };
            jwe::decrypt_with(envelope, key, &jwe::DecryptOptions { aad, kid })
        }
    }
}
