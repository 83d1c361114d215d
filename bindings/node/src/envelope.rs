//! Envelopes.

use alloc::sync::Arc;

use batterypass::envelope::{self, EncryptOptions, Encrypted, Format};
use batterypass::jwe::Jwe;
use batterypass::{Error, ErrorCode, Result, Thumbprint};
use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;
use serde_json::json;

use crate::answer::{Answer, Reply, reply};
use crate::error::{OrThrow, invalid};
use crate::input::{Document, bytes};
use crate::key::{Public, Signing};

#[napi]
pub fn encrypt(
    plaintext: Uint8Array,
    recipients: Vec<&Public>,
    format: String,
    aad: Uint8Array,
    subject: Option<String>,
    later: bool,
) -> napi::Result<Reply> {
    let detail = "expected cose, cose_encrypt0, jwe or jwe_compact";
    let format: Format = format.parse().map_err(|_| invalid("/format", detail))?;
    let keys: Vec<_> = recipients.into_iter().map(|key| **key).collect();
    let (plaintext, aad) = (plaintext.to_vec(), aad.to_vec());
    reply(later, move || {
        let options = EncryptOptions {
            format,
            aad: &aad,
            subject: subject.as_deref(),
        };
        Ok(match envelope::encrypt(&plaintext, &keys, &options)? {
            Encrypted::Bytes(bytes) => Answer::Bytes(bytes),
            Encrypted::Text(text) => Answer::Text(text),
        })
    })
}

#[napi]
pub fn decrypt(
    envelope: Document,
    key: &Signing,
    aad: Uint8Array,
    later: bool,
) -> napi::Result<Reply> {
    let (envelope, key, aad) = (bytes(envelope), Arc::clone(key), aad.to_vec());
    reply(later, move || {
        envelope::decrypt(&envelope, &key, &aad).map(Answer::Bytes)
    })
}

/// What an envelope shows without a key, as JSON.
#[napi]
pub fn envelope_parse(envelope: Document) -> napi::Result<String> {
    shown(&bytes(envelope)).or_throw()
}

fn shown(envelope: &[u8]) -> Result<String> {
    let (subject, recipients) = if matches!(envelope.first(), None | Some(0x80..)) {
        let envelope = envelope::Envelope::decode(envelope)?;
        let kids = envelope.recipients().map(|kid| kid.try_into().ok());
        let kids: Option<Vec<_>> = kids.map(|kid| kid.map(Thumbprint)).collect();
        (envelope.subject().map(ToOwned::to_owned), kids)
    } else {
        let jwe = Jwe::parse(envelope)?;
        let kids = jwe.recipients().iter();
        let kids = kids
            .map(|recipient| recipient.kid()?.parse().ok())
            .collect();
        (jwe.subject().map(ToOwned::to_owned), kids)
    };
    let detail = "a recipient is not named by a key thumbprint";
    let unknown = || Error::new(ErrorCode::RecipientUnknown).because(detail);
    let recipients: Vec<_> = recipients.ok_or_else(unknown)?;
    let names: Vec<_> = recipients.iter().map(ToString::to_string).collect();
    Ok(json!({ "subject": subject, "recipients": names }).to_string())
}
