//! Sealing: one encryption of the content, one of its key for each recipient.

use minicbor::data::Tag;
use zeroize::Zeroizing;

use super::{
    A256GCM, ENCRYPT, HPKE_7_KE, MAX_AAD, MAX_RECIPIENTS, MAX_STRUCTURE, TAG_ENCRYPT,
    encrypt_structure, recipient_structure,
};
use crate::cbor::{self, Writer};
use crate::cose::header::{self, MAX_PROTECTED};
use crate::crypto::{self, Backend, Crypto, KEY_LEN, NONCE_LEN, POINT_LEN, Random, TAG_LEN};
use crate::error::{Error, ErrorCode, Result};
use crate::hpke::{self, Aead, Mode};
use crate::key::PublicKey;
#[cfg(feature = "std")]
use crate::prelude::*;

/// What is bound to an envelope beside its plaintext.
#[derive(Clone, Copy, Debug, Default)]
pub struct SealOptions<'a> {
    /// Bytes that both sides know and that are authenticated, but not sent.
    pub aad: &'a [u8],
    /// Whom the content is about, readable and authenticated: a passport id (CWT claim `sub`,
    /// RFC 9597). It lets a gateway or a queue route the envelope without opening it.
    pub subject: Option<&'a str>,
}

/// Returns the exact length of an envelope for `plaintext_len` bytes.
pub fn sealed_len(plaintext_len: usize, recipients: usize, subject: Option<&str>) -> usize {
    let string = |len: usize| cbor::bytes_head(len, &mut [0; cbor::HEAD_LEN]).len() + len;
    let protected = 3 + subject.map_or(0, |subject| 3 + string(subject.len()));
    let recipient =
        1 + string(4 + 1 + string(KEY_LEN)) + 2 + string(POINT_LEN) + string(KEY_LEN + TAG_LEN);
    2 + 1
        + string(protected)
        + 2
        + string(NONCE_LEN)
        + string(plaintext_len + TAG_LEN)
        + 1
        + recipients * recipient
}

/// Encrypts `plaintext` for 1 to [`MAX_RECIPIENTS`] keys. Each can open it alone.
///
/// # Errors
/// `no_recipients`, `too_many_recipients`; `randomness_failed` (nothing is sealed then);
/// `too_large` for an AAD over [`MAX_AAD`] bytes or an over-long subject; `buffer_too_small`
/// (see [`sealed_len`]). On an error the buffer holds no plaintext.
pub fn seal<'o, R: Random + ?Sized>(
    rng: &mut R,
    plaintext: &[u8],
    recipients: &[PublicKey],
    options: &SealOptions<'_>,
    out: &'o mut [u8],
) -> Result<&'o [u8]> {
    match recipients.len() {
        0 => return Err(ErrorCode::NoRecipients.into()),
        1..=MAX_RECIPIENTS => {}
        _ => return Err(ErrorCode::TooManyRecipients.into()),
    }
    if options.aad.len() > MAX_AAD {
        return Err(ErrorCode::TooLarge.into());
    }
    // Checked first, so that no later step can fail with plaintext in the buffer.
    if out.len() < sealed_len(plaintext.len(), recipients.len(), options.subject) {
        return Err(ErrorCode::BufferTooSmall.into());
    }
    let mut scratch = [0; MAX_PROTECTED];
    let protected = header::encode_content(A256GCM, None, options.subject, &mut scratch)
        .map_err(|_| Error::new(ErrorCode::TooLarge))?;
    let mut key = Zeroizing::new([0; KEY_LEN]);
    let mut iv = [0; NONCE_LEN];
    crypto::fill(rng, key.as_mut_slice())?;
    crypto::fill(rng, &mut iv)?;

    let mut writer = Writer::new(out);
    writer.put(|e| {
        e.tag(Tag::new(TAG_ENCRYPT))?.array(4)?.bytes(protected)?;
        e.map(1)?.i64(header::LABEL_IV)?.bytes(&iv)?;
        Ok(())
    })?;
    writer.bytes_head(plaintext.len() + TAG_LEN)?;
    seal_content(&key, &iv, protected, options.aad, plaintext, &mut writer)?;
    writer.put(|e| e.array(recipients.len() as u64).map(|_| ()))?;
    for recipient in recipients {
        seal_key(rng, &key, recipient, &mut writer)?;
    }
    Ok(writer.finish())
}

fn seal_content(
    key: &[u8; KEY_LEN],
    iv: &[u8; NONCE_LEN],
    protected: &[u8],
    aad: &[u8],
    plaintext: &[u8],
    writer: &mut Writer<'_>,
) -> Result<()> {
    let mut scratch = [0; MAX_STRUCTURE];
    let aad = encrypt_structure(ENCRYPT, protected, aad, &mut scratch)?;
    let ciphertext = writer.reserve(plaintext.len())?;
    ciphertext.copy_from_slice(plaintext);
    let tag = Backend.aes_gcm_seal(key, iv, aad, ciphertext)?;
    writer.reserve(TAG_LEN)?.copy_from_slice(&tag);
    Ok(())
}

fn seal_key<R: Random + ?Sized>(
    rng: &mut R,
    key: &[u8; KEY_LEN],
    recipient: &PublicKey,
    writer: &mut Writer<'_>,
) -> Result<()> {
    let mut scratch = [0; 48];
    let protected = header::encode_recipient(HPKE_7_KE, &recipient.thumbprint().0, &mut scratch)?;
    let mut scratch = [0; 96];
    let info = recipient_structure(A256GCM, protected, &[], &mut scratch)?;
    let (enc, mut context) =
        hpke::setup_sender(&Backend, rng, recipient, Aead::Aes256Gcm, Mode::Base, info)?;
    let mut sealed = Zeroizing::new(*key);
    let tag = context.seal_aes256(&[], sealed.as_mut_slice())?;
    writer.put(|e| {
        e.array(3)?
            .bytes(protected)?
            .map(1)?
            .i64(header::LABEL_EK)?
            .bytes(&enc)?;
        Ok(())
    })?;
    writer.bytes_head(KEY_LEN + TAG_LEN)?;
    writer.reserve(KEY_LEN)?.copy_from_slice(sealed.as_slice());
    writer.reserve(TAG_LEN)?.copy_from_slice(&tag);
    Ok(())
}

/// Encrypts `plaintext` into a new vector, with the operating system's randomness.
///
/// ```
/// use batterypass::{SigningKey, envelope};
///
/// let (cloud, authority) = (SigningKey::random()?, SigningKey::random()?);
/// let recipients = [*cloud.public_key(), *authority.public_key()];
/// let options = envelope::SealOptions { aad: b"urn:example:1", ..Default::default() };
/// let sealed = envelope::seal_to_vec(b"a record", &recipients, &options)?;
/// assert_eq!(envelope::open_to_vec(&sealed, &authority, b"urn:example:1")?, b"a record");
/// # Ok::<(), batterypass::Error>(())
/// ```
///
/// # Errors
/// Those of [`seal`].
#[cfg(feature = "std")]
pub fn seal_to_vec(
    plaintext: &[u8],
    recipients: &[PublicKey],
    options: &SealOptions<'_>,
) -> Result<Vec<u8>> {
    let mut out = vec![0; sealed_len(plaintext.len(), recipients.len(), options.subject)];
    let len = seal(
        &mut crypto::System,
        plaintext,
        recipients,
        options,
        &mut out,
    )?
    .len();
    out.truncate(len);
    Ok(out)
}
