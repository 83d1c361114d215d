//! Taking a JWE apart. Everything that can be checked without a key is checked here.

use serde_json::{Map, Value};

use super::header::{self, Bucket, Headers};
use super::parts::{Member, PROTECTED, Parts};
use super::recipient::Recipient;
use super::{Encryption, MAX_LEN};
use crate::crypto::{NONCE_LEN, TAG_LEN};
use crate::envelope::MAX_RECIPIENTS;
use crate::error::{Error, ErrorCode, Result};
use crate::jws;
use crate::prelude::*;

/// base64url characters of an AES-GCM tag.
const TAG_TEXT_LEN: usize = 22;

/// What happens to a header that this crate does not know.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum UnknownHeaders {
    /// The message is refused with `unsupported_header`: nothing that a sender says goes unheard.
    #[default]
    Refuse,
    /// It is passed over, as RFC 7516 section 4 asks of general software. Headers that are registered
    /// and would change the processing are refused all the same.
    Ignore,
}

/// A JWE taken apart. What it says is not to be believed before [`Jwe::decrypt`].
#[derive(Clone, Debug)]
pub struct Jwe {
    /// The protected header as it was sent.
    pub(super) protected: String,
    /// The external AAD as it was sent.
    pub(super) aad: Option<String>,
    /// `None` where HPKE encrypts the content itself.
    pub(super) encryption: Option<Encryption>,
    pub(super) recipients: Vec<Recipient>,
    pub(super) iv: [u8; NONCE_LEN],
    pub(super) ciphertext: Vec<u8>,
    pub(super) tag: [u8; TAG_LEN],
    subject: Option<String>,
}

impl Jwe {
    /// Reads a JWE in any of its three forms and refuses unknown headers.
    ///
    /// # Errors
    /// As [`Jwe::parse_with`].
    pub fn parse(text: &[u8]) -> Result<Self> {
        Self::parse_with(text, UnknownHeaders::Refuse)
    }

    /// Reads a JWE in any of its three forms (RFC 7516 section 7).
    ///
    /// # Errors
    /// `too_large`, `truncated`, `malformed_jwe`, `malformed_base64`, those of [`json::parse_with`](crate::json::parse_with);
    /// `missing_member`, `wrong_type`, `unknown_member`; `duplicate_key` also for a header in two places;
    /// `unsupported_header`, `unsupported_algorithm`; `no_recipients`, `too_many_recipients`;
    /// `invalid_key` for an ephemeral key off the curve, `private_key` for one with its secret. With a
    /// path where the message has one.
    pub fn parse_with(text: &[u8], unknown: UnknownHeaders) -> Result<Self> {
        if text.len() > MAX_LEN {
            return Err(ErrorCode::TooLarge.into());
        }
        let parts = match text.first() {
            None => return Err(ErrorCode::Truncated.into()),
            Some(b'{' | b' ' | b'\t' | b'\r' | b'\n') => Parts::of_json(text)?,
            Some(_) => Parts::of_compact(text)?,
        };
        parts.check(unknown)
    }

    /// Whom the content is about: the protected header `sub`. Believe it only once decrypted.
    pub fn subject(&self) -> Option<&str> {
        self.subject.as_deref()
    }

    /// How the content is encrypted; `None` where HPKE does it.
    pub const fn encryption(&self) -> Option<Encryption> {
        self.encryption
    }

    /// The recipients, in the order of the message.
    pub fn recipients(&self) -> &[Recipient] {
        &self.recipients
    }

    /// The external AAD that the message carries; empty where it carries none. Believe it only once
    /// decrypted.
    ///
    /// # Errors
    /// None for a message that was parsed.
    pub fn aad(&self) -> Result<Vec<u8>> {
        self.aad.as_deref().map_or(Ok(Vec::new()), jws::decode)
    }
}

impl Parts {
    fn check(self, unknown: UnknownHeaders) -> Result<Jwe> {
        match self.recipients.len() {
            0 => return Err(ErrorCode::NoRecipients.into()),
            1..=MAX_RECIPIENTS => {}
            _ => return Err(ErrorCode::TooManyRecipients.into()),
        }
        let protected = header::protected(&self.protected)?;
        let mut recipients = Vec::with_capacity(self.recipients.len());
        let mut encryption = None;
        for member in &self.recipients {
            let headers = Headers::join(self.buckets(&protected, member), unknown)?;
            let (recipient, enc) = Recipient::read(&headers, member)?;
            if recipient.algorithm.is_for_one() && self.recipients.len() > 1 {
                return Err(Error::new(ErrorCode::TooManyRecipients)
                    .because("the algorithm is for one recipient"));
            }
            recipients.push(recipient);
            encryption = enc;
        }
        if self.aad.as_deref() == Some("") {
            return Err(Error::new(ErrorCode::MalformedJwe).at("/aad"));
        }
        if let Some(aad) = &self.aad {
            jws::decode(aad).map_err(|error| error.at("/aad"))?;
        }
        let (iv, tag) = match encryption {
            Some(_) => (exact(&self.iv, "/iv")?, self.tag()?),
            None if self.iv.is_empty() && self.tag.is_empty() => ([0; NONCE_LEN], [0; TAG_LEN]),
            None => {
                return Err(Error::new(ErrorCode::MalformedJwe)
                    .because("nonce and tag belong to HPKE with this algorithm"));
            }
        };
        let subject = protected.get("sub").and_then(Value::as_str);
        Ok(Jwe {
            encryption,
            recipients,
            iv,
            ciphertext: jws::decode(&self.ciphertext).map_err(|error| error.at("/ciphertext"))?,
            tag,
            subject: subject.map(Into::into),
            protected: self.protected,
            aad: self.aad,
        })
    }

    fn buckets<'a>(
        &'a self,
        protected: &'a Map<String, Value>,
        own: &'a Member,
    ) -> Vec<Bucket<'a>> {
        let bucket = |place: &'a str, members| Bucket { place, members };
        vec![
            bucket(PROTECTED, protected),
            bucket("/unprotected", &self.unprotected),
            bucket(&own.place, &own.headers),
        ]
    }

    /// In the compact form the tag stands last, so a short one tells that the end is missing.
    fn tag(&self) -> Result<[u8; TAG_LEN]> {
        if self.tag.len() < TAG_TEXT_LEN {
            return Err(Error::new(ErrorCode::Truncated).at("/tag"));
        }
        exact(&self.tag, "/tag")
    }
}

/// Bytes of one length only.
fn exact<const N: usize>(text: &str, place: &str) -> Result<[u8; N]> {
    let bytes = jws::decode(text).map_err(|error| error.at(place))?;
    bytes.as_slice().try_into().map_err(|_| {
        let detail = format!("{} bytes, expected {N}", bytes.len());
        Error::new(ErrorCode::MalformedJwe)
            .at(place)
            .because(detail)
    })
}
