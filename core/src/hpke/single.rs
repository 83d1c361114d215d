//! One message and no context (RFC 9180 section 6.1).

use super::{Aead, Mode, setup_receiver, setup_sender};
use crate::crypto::{Crypto, POINT_LEN, Random, TAG_LEN};
use crate::error::Result;
use crate::key::{PublicKey, SigningKey};

/// What both ends of a single message agree on.
#[derive(Clone, Copy, Debug)]
pub struct Parameters<'a> {
    /// The AEAD.
    pub aead: Aead,
    /// The mode.
    pub mode: Mode<'a>,
    /// What binds the keys to their use.
    pub info: &'a [u8],
    /// What is authenticated beside the message.
    pub aad: &'a [u8],
}

/// Encrypts one message in place (SealBase, SealPSK); returns the encapsulated key and the tag.
///
/// # Errors
/// `randomness_failed`; `invalid_argument` as for [`setup_sender`] and for an export-only AEAD.
///
/// # Examples
/// ```
/// use batterypass::SigningKey;
/// # #[cfg(feature = "std")]
/// use batterypass::crypto::System;
/// use batterypass::crypto::Portable;
/// use batterypass::hpke::{self, Aead, Mode, Parameters};
/// # #[cfg(feature = "std")] {
/// let key = SigningKey::random()?;
/// let agreed = Parameters { aead: Aead::Aes256Gcm, mode: Mode::Base, info: b"", aad: b"id" };
/// let mut buffer = *b"a record";
/// let (enc, tag) = hpke::seal(&Portable, &mut System, key.public_key(), &agreed, &mut buffer)?;
/// hpke::open(&Portable, &enc, &key, &agreed, &mut buffer, &tag)?;
/// assert_eq!(&buffer, b"a record");
/// # }
/// # Ok::<(), batterypass::Error>(())
/// ```
pub fn seal<C: Crypto, R: Random + ?Sized>(
    crypto: &C,
    rng: &mut R,
    recipient: &PublicKey,
    parameters: &Parameters<'_>,
    buffer: &mut [u8],
) -> Result<([u8; POINT_LEN], [u8; TAG_LEN])> {
    let Parameters {
        aead, mode, info, ..
    } = *parameters;
    let (enc, mut context) = setup_sender(crypto, rng, recipient, aead, mode, info)?;
    Ok((enc, context.seal(parameters.aad, buffer)?))
}

/// Decrypts one message in place (OpenBase, OpenPSK); a failed call leaves the buffer as it was.
///
/// # Errors
/// `decryption_failed`; `invalid_key` when `enc` is not a point on the curve; `invalid_argument` as for
/// sealing.
pub fn open<C: Crypto, K: Crypto>(
    crypto: &C,
    enc: &[u8; POINT_LEN],
    key: &SigningKey<K>,
    parameters: &Parameters<'_>,
    buffer: &mut [u8],
    tag: &[u8; TAG_LEN],
) -> Result<()> {
    let Parameters {
        aead, mode, info, ..
    } = *parameters;
    setup_receiver(crypto, enc, key, aead, mode, info)?.open(parameters.aad, buffer, tag)
}
