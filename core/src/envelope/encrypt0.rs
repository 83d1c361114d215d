//! COSE_Encrypt0 (RFC 9052 section 5.2): one recipient, whose HPKE encrypts the content itself.
//!
//! It is 72 bytes shorter than a COSE_Encrypt for one recipient. [`Envelope`] and
//! [`open`](super::open()) read both. Written is HPKE-7 (AES-256-GCM), read are HPKE-0 and HPKE-7.

use minicbor::Decoder;
use minicbor::data::Tag;

use super::decode::{Envelope, Recipient};
use super::open::{OpenOptions, split_tag};
use super::seal::SealOptions;
use super::{HPKE_0, HPKE_7, MAX_AAD, MAX_STRUCTURE, TAG_ENCRYPT0, encrypt_structure};
use crate::cbor::{self, Writer};
use crate::cose::Headers;
use crate::cose::header::{self, MAX_PROTECTED};
use crate::crypto::{Backend, Crypto, KEY_LEN, POINT_LEN, Random, TAG_LEN};
use crate::error::{Error, ErrorCode, Result};
use crate::hpke::{self, Aead, Mode, Parameters};
use crate::key::{PublicKey, SigningKey};

const CONTEXT: &str = "Encrypt0";

/// Returns the exact length of a COSE_Encrypt0 for `plaintext_len` bytes.
pub fn sealed_len(plaintext_len: usize, subject: Option<&str>) -> usize {
    let string = |len: usize| cbor::bytes_head(len, &mut [0; cbor::HEAD_LEN]).len() + len;
    let protected =
        4 + 1 + string(KEY_LEN) + subject.map_or(0, |subject| 3 + string(subject.len()));
    1 + 1 + string(protected) + 2 + string(POINT_LEN) + string(plaintext_len + TAG_LEN)
}

/// Encrypts `plaintext` for one key.
///
/// # Errors
/// `randomness_failed`; `too_large` for an AAD over [`MAX_AAD`] bytes or an over-long subject;
/// `buffer_too_small` (see [`sealed_len`]). On an error the buffer holds no plaintext.
///
/// # Examples
/// ```
/// use batterypass::SigningKey;
/// use batterypass::envelope::{self, SealOptions, encrypt0};
/// # #[cfg(feature = "std")] {
/// let (key, options) = (SigningKey::random()?, SealOptions::default());
/// let mut out = [0; 256];
/// let mut rng = batterypass::crypto::System;
/// let sealed = encrypt0::seal(&mut rng, b"a record", key.public_key(), &options, &mut out)?;
/// assert_eq!(sealed.len(), encrypt0::sealed_len(8, None));
/// assert_eq!(envelope::open(sealed, &key, b"", &mut [0; 256])?, b"a record");
/// # }
/// # Ok::<(), batterypass::Error>(())
/// ```
pub fn seal<'o, R: Random + ?Sized>(
    rng: &mut R,
    plaintext: &[u8],
    recipient: &PublicKey,
    options: &SealOptions<'_>,
    out: &'o mut [u8],
) -> Result<&'o [u8]> {
    if options.aad.len() > MAX_AAD {
        return Err(ErrorCode::TooLarge.into());
    }
    // Checked first, so that no later step can fail with plaintext in the buffer.
    if out.len() < sealed_len(plaintext.len(), options.subject) {
        return Err(ErrorCode::BufferTooSmall.into());
    }
    let kid = recipient.thumbprint().0;
    let mut scratch = [0; MAX_PROTECTED];
    let protected = header::encode_content(HPKE_7, Some(&kid), options.subject, &mut scratch)
        .map_err(|_| Error::new(ErrorCode::TooLarge))?;
    let mut scratch = [0; MAX_STRUCTURE];
    let aad = encrypt_structure(CONTEXT, protected, options.aad, &mut scratch)?;
    let (enc, mut context) =
        hpke::setup_sender(&Backend, rng, recipient, Aead::Aes256Gcm, Mode::Base, &[])?;

    let mut writer = Writer::new(out);
    writer.put(|e| {
        e.tag(Tag::new(TAG_ENCRYPT0))?.array(3)?.bytes(protected)?;
        e.map(1)?.i64(header::LABEL_EK)?.bytes(&enc)?;
        Ok(())
    })?;
    writer.bytes_head(plaintext.len() + TAG_LEN)?;
    let ciphertext = writer.reserve(plaintext.len())?;
    ciphertext.copy_from_slice(plaintext);
    let tag = context.seal(aad, ciphertext)?;
    writer.reserve(TAG_LEN)?.copy_from_slice(&tag);
    Ok(writer.finish())
}

/// Whether the bytes are a COSE_Encrypt0, by their tag or, without one, by their count of elements.
pub(super) fn is_encrypt0(data: &[u8]) -> bool {
    let mut d = Decoder::new(data);
    match d.clone().tag() {
        Ok(tag) => tag.as_u64() == TAG_ENCRYPT0,
        Err(_) => matches!(d.array(), Ok(Some(3))),
    }
}

/// Reads what can be seen without a key.
pub(super) fn decode<'a>(mut d: Decoder<'a>) -> Result<Envelope<'a>> {
    header::tag(&mut d, TAG_ENCRYPT0)?;
    cbor::array(&mut d, 3)?;
    let protected = d.bytes().map_err(cbor::error)?;
    if protected.len() > MAX_PROTECTED {
        return Err(ErrorCode::TooLarge.into());
    }
    let headers = Headers::decode(protected, &mut d)?;
    let aead = match headers.algorithm {
        Some(HPKE_7) => Aead::Aes256Gcm,
        Some(HPKE_0) => Aead::Aes128Gcm,
        _ => return Err(ErrorCode::UnsupportedAlgorithm.into()),
    };
    let recipient = Recipient::of(protected, &headers, aead, &[])?;
    let ciphertext = d.bytes().map_err(cbor::error)?;
    cbor::end(&d)?;
    Ok(Envelope::integrated(
        protected, &headers, ciphertext, recipient,
    ))
}

/// Opens the content into `out`, which has its length.
pub(super) fn open<C: Crypto>(
    key: &SigningKey<C>,
    envelope: &Envelope<'_>,
    recipient: &Recipient<'_>,
    options: &OpenOptions<'_>,
    mode: Mode<'_>,
    out: &mut [u8],
) -> Result<()> {
    let (ciphertext, tag) = split_tag(envelope.ciphertext)?;
    let mut scratch = [0; MAX_STRUCTURE];
    let parameters = Parameters {
        aead: recipient.aead,
        mode,
        info: options.extra_info,
        aad: encrypt_structure(CONTEXT, envelope.protected, options.aad, &mut scratch)?,
    };
    out.copy_from_slice(ciphertext);
    hpke::open(&Backend, recipient.enc, key, &parameters, out, tag)
}
