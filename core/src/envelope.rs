//! Sealed messages: COSE_Encrypt (RFC 9052) with an HPKE recipient each (draft-ietf-cose-hpke).
//!
//! The content is encrypted once with A256GCM under a fresh key. For each recipient that key is
//! sealed with HPKE-7-KE (DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM). HPKE-0-KE
//! (AES-128-GCM) is read too. The draft's algorithm ids are assumed, not registered yet.

use minicbor::Decoder;
use minicbor::data::Tag;
use rand_core::TryCryptoRng;
use zeroize::Zeroizing;

use crate::cbor::{self, Writer};
use crate::cose::Headers;
use crate::cose::header::{self, MAX_PROTECTED};
use crate::crypto::{self, Crypto, KEY_LEN, NONCE_LEN, POINT_LEN, Portable, TAG_LEN};
use crate::error::{Error, ErrorCode, Result};
use crate::hpke::{self, Aead, Mode};
use crate::key::{PublicKey, SigningKey};
#[cfg(feature = "alloc")]
use crate::prelude::*;

/// Most recipients of one envelope.
pub const MAX_RECIPIENTS: usize = 8;
/// Bytes of the longest external AAD.
pub const MAX_AAD: usize = 256;
/// Bytes of the longest envelope that is read: 1 MiB.
pub const MAX_LEN: usize = 1 << 20;

const TAG_ENCRYPT: u64 = 96;
const A128GCM: i64 = 1;
const A256GCM: i64 = 3;
/// draft-ietf-cose-hpke-27, assumed.
const HPKE_0_KE: i64 = 46;
/// draft-ietf-cose-hpke-27, assumed.
const HPKE_7_KE: i64 = 53;
/// Room for a structure that names headers and AAD, with its CBOR heads.
const MAX_STRUCTURE: usize = MAX_PROTECTED + MAX_AAD + 32;

/// What is bound to an envelope beside its plaintext.
#[derive(Clone, Copy, Debug, Default)]
pub struct SealOptions<'a> {
    /// Bytes that both sides know and that are authenticated, but not sent.
    pub aad: &'a [u8],
    /// Whom the content is about, readable and authenticated: a passport id (CWT claim `sub`,
    /// RFC 9597). It lets a gateway or a queue route the envelope without opening it.
    pub subject: Option<&'a str>,
}

/// What an opener expects beside the defaults of this crate.
#[derive(Clone, Copy, Debug, Default)]
pub struct OpenOptions<'a> {
    /// The bytes given as `aad` when sealing.
    pub aad: &'a [u8],
    /// The recipient's `kid`; by default the thumbprint of the opening key.
    pub kid: Option<&'a [u8]>,
    /// `recipient_extra_info` of draft-ietf-cose-hpke.
    pub extra_info: &'a [u8],
    /// The AAD of the HPKE layer.
    pub recipient_aad: &'a [u8],
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
pub fn seal<'o, R: TryCryptoRng + ?Sized>(
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
    let protected = header::encode_content(A256GCM, options.subject, &mut scratch)
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
    let aad = encrypt_structure(protected, aad, &mut scratch)?;
    let ciphertext = writer.reserve(plaintext.len())?;
    ciphertext.copy_from_slice(plaintext);
    let tag = Portable.aes_gcm_seal(key, iv, aad, ciphertext)?;
    writer.reserve(TAG_LEN)?.copy_from_slice(&tag);
    Ok(())
}

fn seal_key<R: TryCryptoRng + ?Sized>(
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
        hpke::setup_sender(&Portable, rng, recipient, Aead::Aes256Gcm, Mode::Base, info)?;
    let mut sealed = Zeroizing::new(*key);
    let tag = context.seal(&[], sealed.as_mut_slice())?;
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
        &mut getrandom::SysRng,
        plaintext,
        recipients,
        options,
        &mut out,
    )?
    .len();
    out.truncate(len);
    Ok(out)
}

/// Opens an envelope of this crate with one recipient's key into a new vector.
///
/// # Errors
/// Those of [`open_with`].
#[cfg(feature = "alloc")]
pub fn open_to_vec(envelope: &[u8], key: &SigningKey, aad: &[u8]) -> Result<Vec<u8>> {
    let mut out = vec![0; Envelope::decode(envelope)?.ciphertext.len()];
    let len = open(envelope, key, aad, &mut out)?.len();
    out.truncate(len);
    Ok(out)
}

/// Opens an envelope of this crate with one recipient's key into `out`.
///
/// # Errors
/// Those of [`open_with`].
pub fn open<'o>(
    envelope: &[u8],
    key: &SigningKey,
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
/// `buffer_too_small`; `decryption_failed` for a wrong key, a wrong AAD and a changed envelope alike.
pub fn open_with<'o>(
    envelope: &[u8],
    key: &SigningKey,
    options: &OpenOptions<'_>,
    out: &'o mut [u8],
) -> Result<&'o [u8]> {
    let envelope = Envelope::decode(envelope)?;
    let thumbprint = key.public_key().thumbprint();
    let kid = options.kid.unwrap_or(&thumbprint.0);
    let recipient = envelope
        .parsed_recipients()
        .find(|recipient| recipient.kid == kid)
        .ok_or(Error::new(ErrorCode::RecipientUnknown))?;

    let (ciphertext, tag) = split_tag(envelope.ciphertext)?;
    let out = out
        .get_mut(..ciphertext.len())
        .ok_or(Error::new(ErrorCode::BufferTooSmall))?;
    // From here on every failure has the same code: no oracle tells a wrong key from a changed byte.
    let failed = |_| Error::new(ErrorCode::DecryptionFailed);
    let mut content_key = Zeroizing::new([0; KEY_LEN]);
    let content_key = &mut content_key[..envelope.key_len()];
    open_key(key, &envelope, &recipient, options, content_key).map_err(failed)?;
    let mut scratch = [0; MAX_STRUCTURE];
    let aad = encrypt_structure(envelope.protected, options.aad, &mut scratch)?;
    out.copy_from_slice(ciphertext);
    Portable
        .aes_gcm_open(content_key, envelope.iv, aad, out, tag)
        .map_err(|error| {
            out.fill(0);
            failed(error)
        })?;
    Ok(out)
}

fn open_key(
    key: &SigningKey,
    envelope: &Envelope<'_>,
    recipient: &Recipient<'_>,
    options: &OpenOptions<'_>,
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
    let mut context = hpke::setup_receiver(
        &Portable,
        recipient.enc,
        key,
        recipient.aead,
        Mode::Base,
        info,
    )?;
    content_key.copy_from_slice(sealed);
    context.open(options.recipient_aad, content_key, tag)
}

/// A decoded envelope: what can be seen without a key.
#[derive(Clone, Copy, Debug)]
pub struct Envelope<'a> {
    protected: &'a [u8],
    algorithm: i64,
    subject: Option<&'a str>,
    iv: &'a [u8],
    ciphertext: &'a [u8],
    recipients: &'a [u8],
    recipient_count: u64,
}

#[derive(Clone, Copy, Debug)]
struct Recipient<'a> {
    protected: &'a [u8],
    kid: &'a [u8],
    aead: Aead,
    enc: &'a [u8; POINT_LEN],
    sealed_key: &'a [u8],
}

impl<'a> Envelope<'a> {
    /// Decodes a COSE_Encrypt, tagged or not, and checks the form of every recipient.
    ///
    /// # Errors
    /// `too_large`, `truncated`, `trailing_bytes`, `malformed_cbor`, `duplicate_key`,
    /// `unsupported_header`, `unsupported_algorithm`, `no_recipients`, `too_many_recipients`.
    pub fn decode(data: &'a [u8]) -> Result<Self> {
        if data.len() > MAX_LEN {
            return Err(ErrorCode::TooLarge.into());
        }
        let mut d = Decoder::new(data);
        header::tag(&mut d, TAG_ENCRYPT)?;
        cbor::array(&mut d, 4)?;
        let protected = d.bytes().map_err(cbor::error)?;
        if protected.len() > MAX_PROTECTED {
            return Err(ErrorCode::TooLarge.into());
        }
        let headers = Headers::decode(protected, &mut d)?;
        let Some(algorithm @ (A128GCM | A256GCM)) = headers.algorithm else {
            return Err(ErrorCode::UnsupportedAlgorithm.into());
        };
        let iv = headers.iv.ok_or(Error::new(ErrorCode::MalformedCbor))?;
        let ciphertext = d.bytes().map_err(cbor::error)?;
        let recipient_count = match cbor::count(d.array())? {
            0 => return Err(ErrorCode::NoRecipients.into()),
            count if count <= MAX_RECIPIENTS as u64 => count,
            _ => return Err(ErrorCode::TooManyRecipients.into()),
        };
        let recipients = &data[d.position()..];
        for _ in 0..recipient_count {
            Recipient::decode(&mut d)?;
        }
        cbor::end(&d)?;
        Ok(Self {
            protected,
            algorithm,
            subject: headers.subject,
            iv,
            ciphertext,
            recipients,
            recipient_count,
        })
    }

    /// Whom the content is about: for device records the passport id. Believe it only once opened.
    pub const fn subject(&self) -> Option<&'a str> {
        self.subject
    }

    /// The `kid` of each recipient: key thumbprints in envelopes of this crate.
    pub fn recipients(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        self.parsed_recipients().map(|recipient| recipient.kid)
    }

    fn parsed_recipients(&self) -> impl Iterator<Item = Recipient<'a>> + use<'a> {
        let mut decoder = Decoder::new(self.recipients);
        // `decode` has read all of them before, so none is left out here.
        (0..self.recipient_count).map_while(move |_| Recipient::decode(&mut decoder).ok())
    }

    const fn key_len(&self) -> usize {
        if self.algorithm == A128GCM { 16 } else { 32 }
    }
}

impl<'a> Recipient<'a> {
    fn decode(d: &mut Decoder<'a>) -> Result<Self> {
        cbor::array(d, 3)?;
        let protected = d.bytes().map_err(cbor::error)?;
        if protected.len() > MAX_PROTECTED {
            return Err(ErrorCode::TooLarge.into());
        }
        let headers = Headers::decode(protected, d)?;
        let aead = match headers.algorithm {
            Some(HPKE_7_KE) => Aead::Aes256Gcm,
            Some(HPKE_0_KE) => Aead::Aes128Gcm,
            _ => return Err(ErrorCode::UnsupportedAlgorithm.into()),
        };
        let malformed = || Error::new(ErrorCode::MalformedCbor);
        let kid = headers.kid.ok_or_else(malformed)?;
        let enc = headers
            .encapsulated_key
            .and_then(|enc| enc.try_into().ok())
            .ok_or_else(malformed)?;
        let sealed_key = d.bytes().map_err(cbor::error)?;
        Ok(Self {
            protected,
            kid,
            aead,
            enc,
            sealed_key,
        })
    }
}

fn split_tag(data: &[u8]) -> Result<(&[u8], &[u8; TAG_LEN])> {
    data.split_last_chunk()
        .ok_or(Error::new(ErrorCode::Truncated))
}

/// The Enc_structure of the content (RFC 9052 section 5.3).
fn encrypt_structure<'o>(protected: &[u8], aad: &[u8], out: &'o mut [u8]) -> Result<&'o [u8]> {
    structure(out, |e| {
        e.array(3)?.str("Encrypt")?.bytes(protected)?.bytes(aad)?;
        Ok(())
    })
}

/// The Recipient_structure that HPKE takes as info (draft-ietf-cose-hpke section 3.1.2).
fn recipient_structure<'o>(
    content_algorithm: i64,
    protected: &[u8],
    extra_info: &[u8],
    out: &'o mut [u8],
) -> Result<&'o [u8]> {
    structure(out, |e| {
        e.array(4)?
            .str("HPKE Recipient")?
            .i64(content_algorithm)?
            .bytes(protected)?
            .bytes(extra_info)?;
        Ok(())
    })
}

fn structure(
    out: &mut [u8],
    write: impl FnOnce(
        &mut minicbor::Encoder<&mut Writer<'_>>,
    ) -> Result<(), minicbor::encode::Error<cbor::Full>>,
) -> Result<&[u8]> {
    let mut writer = Writer::new(out);
    writer
        .put(write)
        .map_err(|_| Error::new(ErrorCode::TooLarge))?;
    Ok(writer.finish())
}
