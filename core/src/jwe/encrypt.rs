//! Encryption for one to eight recipients.

use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use super::agree::{self, ContentKey};
use super::{Algorithm, Encryption, MAX_LEN, Serialization, content_aad};
use crate::crypto::{self, Backend, Crypto, NONCE_LEN, Random};
use crate::envelope::{MAX_AAD, MAX_RECIPIENTS};
use crate::error::{Error, ErrorCode, Result};
use crate::hpke::{self, Aead, Mode};
use crate::jws;
use crate::key::{PublicKey, SigningKey};
use crate::prelude::*;

/// How a JWE is made and what is bound to it.
#[derive(Clone, Copy, Debug, Default)]
pub struct EncryptOptions<'a> {
    /// The header `alg`, for every recipient.
    pub algorithm: Algorithm,
    /// The header `enc`; has no effect on `HPKE-0` and `HPKE-7`, which encrypt the content themselves.
    pub encryption: Encryption,
    /// The form of the text.
    pub serialization: Serialization,
    /// Bytes that are authenticated; a JWE carries them readable as its member `aad`.
    pub aad: &'a [u8],
    /// Whom the content is about, readable and authenticated: the protected header `sub` (RFC 7519
    /// section 5.3).
    pub subject: Option<&'a str>,
    /// The media type of the content: the protected header `cty`.
    pub content_type: Option<&'a str>,
    /// Agreement PartyUInfo, about the sender; for ECDH-ES only (RFC 7518 section 4.6.1.2).
    pub apu: &'a [u8],
    /// Agreement PartyVInfo, about the recipient; for ECDH-ES only (RFC 7518 section 4.6.1.3).
    pub apv: &'a [u8],
}

/// Encrypts for 1 to [`MAX_RECIPIENTS`] keys, each of which can decrypt alone, with the given random
/// source.
///
/// # Errors
/// `no_recipients`; `too_many_recipients`, also for a form or algorithm that is for one;
/// `invalid_argument` for AAD in the compact form, or for `apu` and `apv` without ECDH-ES; `too_large`
/// for an AAD over [`MAX_AAD`] bytes or a text over [`MAX_LEN`]; `randomness_failed`.
pub fn encrypt_with<R: Random + ?Sized>(
    rng: &mut R,
    plaintext: &[u8],
    recipients: &[PublicKey],
    options: &EncryptOptions<'_>,
) -> Result<String> {
    check(plaintext, recipients, options)?;
    let mut protected = Map::new();
    if !options.algorithm.is_integrated() {
        protected.insert("enc".into(), options.encryption.as_str().into());
    }
    for (name, value) in [("sub", options.subject), ("cty", options.content_type)] {
        if let Some(value) = value {
            protected.insert(name.into(), value.into());
        }
    }
    let mut content_key = ContentKey::default();
    let key = content_key
        .get_mut(..options.encryption.key_len())
        .unwrap_or_default();
    crypto::fill(rng, key)?;
    let mut sealed = Vec::with_capacity(recipients.len());
    for recipient in recipients {
        sealed.push(seal(rng, &mut content_key, recipient, options)?);
    }
    if options.serialization == Serialization::General {
        // Which algorithm HPKE is integrated by must be authenticated, in every form.
        if options.algorithm.is_integrated() {
            protected.insert("alg".into(), options.algorithm.as_str().into());
            sealed
                .iter_mut()
                .for_each(|one| drop(one.headers.remove("alg")));
        }
    } else if let Some(one) = sealed.first_mut() {
        protected.append(&mut one.headers);
    }
    let protected = jws::encode(Value::Object(protected).to_string().as_bytes());
    let aad = (!options.aad.is_empty()).then(|| jws::encode(options.aad));
    let content_aad = content_aad(&protected, aad.as_deref());
    let content = match sealed.first_mut().and_then(|one| one.context.take()) {
        Some(context) => integrated(context, plaintext, content_aad.as_bytes())?,
        None => {
            let key = content_key
                .get(..options.encryption.key_len())
                .unwrap_or_default();
            content(rng, key, plaintext, content_aad.as_bytes())?
        }
    };
    let text = write(options.serialization, protected, aad, sealed, &content);
    if text.len() > MAX_LEN {
        return Err(ErrorCode::TooLarge.into());
    }
    Ok(text)
}

/// Encrypts with the operating system's randomness; see [`encrypt_with`].
///
/// # Errors
/// As [`encrypt_with`].
///
/// # Examples
/// ```
/// use batterypass::{SigningKey, jwe};
///
/// let (cloud, authority) = (SigningKey::random()?, SigningKey::random()?);
/// let recipients = [*cloud.public_key(), *authority.public_key()];
/// let options = jwe::EncryptOptions { aad: b"urn:example:1", ..Default::default() };
/// let text = jwe::encrypt(b"a record", &recipients, &options)?;
/// assert_eq!(jwe::decrypt(&text, &authority, b"urn:example:1")?, b"a record");
/// # Ok::<(), batterypass::Error>(())
/// ```
#[cfg(feature = "std")]
pub fn encrypt(
    plaintext: &[u8],
    recipients: &[PublicKey],
    options: &EncryptOptions<'_>,
) -> Result<String> {
    encrypt_with(&mut crypto::System, plaintext, recipients, options)
}

fn check(plaintext: &[u8], recipients: &[PublicKey], options: &EncryptOptions<'_>) -> Result<()> {
    let one = options.serialization != Serialization::General || options.algorithm.is_for_one();
    match recipients.len() {
        0 => return Err(ErrorCode::NoRecipients.into()),
        1 => {}
        2..=MAX_RECIPIENTS if !one => {}
        _ => return Err(ErrorCode::TooManyRecipients.into()),
    }
    let invalid = |path: &str, detail: &str| {
        let error = Error::new(ErrorCode::InvalidArgument);
        Err(error.at(path).because(detail))
    };
    if options.serialization == Serialization::Compact && !options.aad.is_empty() {
        return invalid("/aad", "a compact JWE has no place for it");
    }
    if options.algorithm.aead().is_some() && !(options.apu.is_empty() && options.apv.is_empty()) {
        return invalid("/apu", "party information belongs to ECDH-ES");
    }
    if options.aad.len() > MAX_AAD || plaintext.len() > MAX_LEN {
        return Err(ErrorCode::TooLarge.into());
    }
    Ok(())
}

/// What one recipient gets.
struct Sealed {
    headers: Map<String, Value>,
    encrypted_key: Vec<u8>,
    /// Only where HPKE encrypts the content.
    context: Option<hpke::Context<'static, Backend>>,
}

/// Makes a recipient's headers and encrypted key. `ECDH-ES` sets the content key instead.
fn seal<R: Random + ?Sized>(
    rng: &mut R,
    content_key: &mut ContentKey,
    recipient: &PublicKey,
    options: &EncryptOptions<'_>,
) -> Result<Sealed> {
    let mut headers = Map::new();
    headers.insert("alg".into(), options.algorithm.as_str().into());
    headers.insert("kid".into(), recipient.thumbprint().to_string().into());
    let (encrypted_key, context) = match options.algorithm.aead() {
        None => (
            agreed(rng, content_key, recipient, options, &mut headers)?,
            None,
        ),
        Some(aead) => {
            let info = if options.algorithm.is_integrated() {
                Vec::new()
            } else {
                agree::hpke_info(options.encryption)
            };
            let (enc, context) = sender(rng, recipient, aead, &info)?;
            if options.algorithm.is_integrated() {
                (enc.to_vec(), Some(context))
            } else {
                headers.insert("ek".into(), jws::encode(&enc).into());
                let key = content_key
                    .get(..options.encryption.key_len())
                    .unwrap_or_default();
                (integrated(context, key, &[])?.ciphertext, None)
            }
        }
    };
    Ok(Sealed {
        headers,
        encrypted_key,
        context,
    })
}

/// ECDH-ES: a fresh ephemeral key for each recipient.
fn agreed<R: Random + ?Sized>(
    rng: &mut R,
    content_key: &mut ContentKey,
    recipient: &PublicKey,
    options: &EncryptOptions<'_>,
    headers: &mut Map<String, Value>,
) -> Result<Vec<u8>> {
    let ephemeral = SigningKey::generate(rng)?;
    headers.insert("epk".into(), ephemeral.public_key().to_jwk());
    for (name, value) in [("apu", options.apu), ("apv", options.apv)] {
        if !value.is_empty() {
            headers.insert(name.into(), jws::encode(value).into());
        }
    }
    let key = agree::ecdh_es(
        &ephemeral,
        recipient,
        options.algorithm,
        options.encryption,
        [options.apu, options.apv],
    )?;
    if options.algorithm == Algorithm::EcdhEs {
        *content_key = key;
        return Ok(Vec::new());
    }
    let content_key = content_key
        .get(..options.encryption.key_len())
        .unwrap_or_default();
    let mut wrapped = vec![0; content_key.len() + 8];
    Backend.aes_key_wrap(key.as_slice(), content_key, &mut wrapped)?;
    Ok(wrapped)
}

type Sender = ([u8; crypto::POINT_LEN], hpke::Context<'static, Backend>);

fn sender<R: Random + ?Sized>(
    rng: &mut R,
    recipient: &PublicKey,
    aead: Aead,
    info: &[u8],
) -> Result<Sender> {
    hpke::setup_sender(&Backend, rng, recipient, aead, Mode::Base, info)
}

/// The encrypted content; nonce and tag are empty where HPKE encrypts it.
struct Content {
    iv: Vec<u8>,
    ciphertext: Vec<u8>,
    tag: Vec<u8>,
}

fn content<R: Random + ?Sized>(
    rng: &mut R,
    key: &[u8],
    plaintext: &[u8],
    aad: &[u8],
) -> Result<Content> {
    let mut iv = [0; NONCE_LEN];
    crypto::fill(rng, &mut iv)?;
    let mut ciphertext = plaintext.to_vec();
    let tag = Backend.aes_gcm_seal(key, &iv, aad, &mut ciphertext)?;
    Ok(Content {
        iv: iv.to_vec(),
        ciphertext,
        tag: tag.to_vec(),
    })
}

/// HPKE's single message: the ciphertext with the tag behind it.
fn integrated(
    mut context: hpke::Context<'_, Backend>,
    plaintext: &[u8],
    aad: &[u8],
) -> Result<Content> {
    let mut buffer = Zeroizing::new(plaintext.to_vec());
    let tag = context.seal(aad, &mut buffer)?;
    Ok(Content {
        iv: Vec::new(),
        ciphertext: [&buffer[..], &tag].concat(),
        tag: Vec::new(),
    })
}

fn write(
    serialization: Serialization,
    protected: String,
    aad: Option<String>,
    sealed: Vec<Sealed>,
    content: &Content,
) -> String {
    let [iv, ciphertext, tag] =
        [&content.iv, &content.ciphertext, &content.tag].map(|bytes| jws::encode(bytes));
    let mut keys = sealed
        .into_iter()
        .map(|one| (jws::encode(&one.encrypted_key), one.headers));
    if serialization == Serialization::Compact {
        let key = keys.next().unwrap_or_default().0;
        return [protected, key, iv, ciphertext, tag].join(".");
    }
    let mut message = Map::new();
    // RFC 7516 section 7.2.1: a member with an empty value is left out, all but the ciphertext.
    let put = |message: &mut Map<String, Value>, name: &str, text: String| {
        if !text.is_empty() {
            message.insert(name.into(), text.into());
        }
    };
    put(&mut message, "protected", protected);
    put(&mut message, "aad", aad.unwrap_or_default());
    if serialization == Serialization::General {
        let recipients = keys.map(|(key, headers)| {
            let mut one = Map::new();
            one.insert("header".into(), json!(headers));
            put(&mut one, "encrypted_key", key);
            Value::Object(one)
        });
        message.insert("recipients".into(), recipients.collect());
    } else {
        put(
            &mut message,
            "encrypted_key",
            keys.next().unwrap_or_default().0,
        );
    }
    put(&mut message, "iv", iv);
    message.insert("ciphertext".into(), ciphertext.into());
    put(&mut message, "tag", tag);
    Value::Object(message).to_string()
}
