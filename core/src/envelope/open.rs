//! Opening with the key of one recipient.

use zeroize::Zeroizing;

use super::decode::{Envelope, Recipient};
use super::{ENCRYPT, MAX_STRUCTURE, encrypt_structure, encrypt0, recipient_structure};
use crate::crypto::{Backend, Crypto, KEY_LEN, TAG_LEN};
use crate::error::{Error, ErrorCode, Result};
use crate::hpke::{self, Mode};
use crate::key::SigningKey;
#[cfg(feature = "alloc")]
use crate::prelude::*;

/// What an opener expects beside the defaults of this crate.
#[derive(Clone, Copy, Debug, Default)]
pub struct OpenOptions<'a> {
    /// The bytes given as `aad` when sealing.
    pub aad: &'a [u8],
    /// The recipient's `kid`; by default the thumbprint of the opening key.
    pub kid: Option<&'a [u8]>,
    /// `recipient_extra_info` of draft-ietf-cose-hpke; of a COSE_Encrypt0 the info of HPKE itself.
    pub extra_info: &'a [u8],
    /// The AAD of the HPKE layer; a COSE_Encrypt0 has none of its own.
    pub recipient_aad: &'a [u8],
    /// The pre-shared key that the sender must have used too (HPKE's PSK mode); by default none.
    pub psk: Option<Psk<'a>>,
}

/// A pre-shared key of at least 32 bytes. `Debug` does not show it.
#[derive(Clone, Copy)]
pub struct Psk<'a>(pub &'a [u8]);

impl core::fmt::Debug for Psk<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Psk(..)")
    }
}

/// The mode of HPKE that an envelope names; it must be the one that the opener has asked for.
pub(super) fn mode<'a>(recipient: &Recipient<'a>, options: &OpenOptions<'a>) -> Result<Mode<'a>> {
    match (recipient.psk_id, options.psk) {
        (None, None) => Ok(Mode::Base),
        (Some(psk_id), Some(Psk(psk))) => Ok(Mode::Psk { psk, psk_id }),
        (Some(_), None) => Err(ErrorCode::UnsupportedHeader.into()),
        (None, Some(_)) => Err(ErrorCode::DecryptionFailed.into()),
    }
}

/// Opens an envelope of this crate with one recipient's key into a new vector.
///
/// # Errors
/// Those of [`open_with`].
#[cfg(feature = "alloc")]
pub fn open_to_vec<C: Crypto>(envelope: &[u8], key: &SigningKey<C>, aad: &[u8]) -> Result<Vec<u8>> {
    let options = OpenOptions {
        aad,
        ..OpenOptions::default()
    };
    open_to_vec_with(envelope, key, &options)
}

/// [`open_with`] into a new vector.
#[cfg(feature = "alloc")]
pub(super) fn open_to_vec_with<C: Crypto>(
    envelope: &[u8],
    key: &SigningKey<C>,
    options: &OpenOptions<'_>,
) -> Result<Vec<u8>> {
    let parsed = Envelope::decode(envelope)?;
    let mut out = vec![0; parsed.ciphertext.len()];
    let len = open_parsed(&parsed, key, options, &mut out)?.len();
    out.truncate(len);
    Ok(out)
}

/// Opens an envelope of this crate with one recipient's key into `out`.
///
/// # Errors
/// Those of [`open_with`].
pub fn open<'o, C: Crypto>(
    envelope: &[u8],
    key: &SigningKey<C>,
    aad: &[u8],
    out: &'o mut [u8],
) -> Result<&'o [u8]> {
    open_with(
        envelope,
        key,
        &OpenOptions {
            aad,
            ..OpenOptions::default()
        },
        out,
    )
}

/// Opens an envelope, with everything that a foreign sender may choose.
///
/// # Errors
/// The errors of [`Envelope::decode`]; `recipient_unknown` when no recipient has the `kid`;
/// `unsupported_header` when the envelope needs a pre-shared key and none is given;
/// `buffer_too_small`; `decryption_failed` for a wrong key, a wrong AAD and a changed envelope alike.
pub fn open_with<'o, C: Crypto>(
    envelope: &[u8],
    key: &SigningKey<C>,
    options: &OpenOptions<'_>,
    out: &'o mut [u8],
) -> Result<&'o [u8]> {
    open_parsed(&Envelope::decode(envelope)?, key, options, out)
}

fn open_parsed<'o, C: Crypto>(
    envelope: &Envelope<'_>,
    key: &SigningKey<C>,
    options: &OpenOptions<'_>,
    out: &'o mut [u8],
) -> Result<&'o [u8]> {
    let thumbprint = key.public_key().thumbprint();
    let kid = options.kid.unwrap_or(&thumbprint.0);
    let recipient = envelope
        .parsed_recipients()
        .find(|recipient| recipient.kid == kid)
        .ok_or(Error::new(ErrorCode::RecipientUnknown))?;

    let mode = mode(&recipient, options)?;
    let (ciphertext, tag) = split_tag(envelope.ciphertext)?;
    let out = out
        .get_mut(..ciphertext.len())
        .ok_or(Error::new(ErrorCode::BufferTooSmall))?;
    if envelope.integrated.is_some() {
        return match encrypt0::open(key, envelope, &recipient, options, mode, out) {
            Ok(()) => Ok(out),
            Err(_) => {
                out.fill(0);
                Err(ErrorCode::DecryptionFailed.into())
            }
        };
    }
    // From here on every failure has the same code: no oracle tells a wrong key from a changed byte. Where
    // the content key does not come out, the content is tried all the same, so that it takes as long.
    let mut content_key = Zeroizing::new([0; KEY_LEN]);
    let content_key = &mut content_key[..envelope.key_len()];
    let found = open_key(key, envelope, &recipient, options, mode, content_key).is_ok();
    let mut scratch = [0; MAX_STRUCTURE];
    let aad = encrypt_structure(ENCRYPT, envelope.protected, options.aad, &mut scratch)?;
    out.copy_from_slice(ciphertext);
    let opened = Backend.aes_gcm_open(content_key, envelope.iv, aad, out, tag);
    if found && opened.is_ok() {
        return Ok(out);
    }
    out.fill(0);
    Err(ErrorCode::DecryptionFailed.into())
}

fn open_key<C: Crypto>(
    key: &SigningKey<C>,
    envelope: &Envelope<'_>,
    recipient: &Recipient<'_>,
    options: &OpenOptions<'_>,
    mode: Mode<'_>,
    content_key: &mut [u8],
) -> Result<()> {
    let mut scratch = [0; MAX_STRUCTURE];
    let info = recipient_structure(
        envelope.algorithm,
        recipient.protected,
        options.extra_info,
        &mut scratch,
    )?;
    let (sealed, tag) = split_tag(recipient.sealed_key)?;
    if sealed.len() != content_key.len() {
        return Err(ErrorCode::DecryptionFailed.into());
    }
    let mut context =
        hpke::setup_receiver(&Backend, recipient.enc, key, recipient.aead, mode, info)?;
    content_key.copy_from_slice(sealed);
    context.open(options.recipient_aad, content_key, tag)
}

pub(super) fn split_tag(data: &[u8]) -> Result<(&[u8], &[u8; TAG_LEN])> {
    data.split_last_chunk()
        .ok_or(Error::new(ErrorCode::Truncated))
}
