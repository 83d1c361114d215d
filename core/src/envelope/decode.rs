//! What can be seen of an envelope without a key.

use minicbor::Decoder;

use super::{
    A128GCM, A256GCM, HPKE_0_KE, HPKE_7_KE, MAX_LEN, MAX_RECIPIENTS, TAG_ENCRYPT, encrypt0,
};
use crate::cbor;
use crate::cose::Headers;
use crate::cose::header::{self, MAX_PROTECTED};
use crate::crypto::POINT_LEN;
use crate::error::{Error, ErrorCode, Result};
use crate::hpke::Aead;

/// A decoded envelope: what can be seen without a key.
#[derive(Clone, Copy, Debug)]
pub struct Envelope<'a> {
    pub(super) protected: &'a [u8],
    pub(super) algorithm: i64,
    subject: Option<&'a str>,
    pub(super) iv: &'a [u8],
    pub(super) ciphertext: &'a [u8],
    recipients: &'a [u8],
    recipient_count: u64,
    /// The only recipient of a COSE_Encrypt0.
    pub(super) integrated: Option<Recipient<'a>>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Recipient<'a> {
    pub(super) protected: &'a [u8],
    pub(super) kid: &'a [u8],
    pub(super) aead: Aead,
    pub(super) enc: &'a [u8; POINT_LEN],
    pub(super) sealed_key: &'a [u8],
    /// Set where HPKE is in its PSK mode.
    pub(super) psk_id: Option<&'a [u8]>,
}

impl<'a> Envelope<'a> {
    /// Decodes a COSE_Encrypt or COSE_Encrypt0, tagged or not, and checks the form of every recipient.
    ///
    /// # Errors
    /// `too_large`, `truncated`, `trailing_bytes`, `malformed_cbor`, `duplicate_key`,
    /// `unsupported_header`, `unsupported_algorithm`, `no_recipients`, `too_many_recipients`.
    pub fn decode(data: &'a [u8]) -> Result<Self> {
        if data.len() > MAX_LEN {
            return Err(ErrorCode::TooLarge.into());
        }
        let mut d = Decoder::new(data);
        if encrypt0::is_encrypt0(data) {
            return encrypt0::decode(d);
        }
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
            integrated: None,
        })
    }

    /// A COSE_Encrypt0 from its parts.
    pub(super) const fn integrated(
        protected: &'a [u8],
        headers: &Headers<'a>,
        ciphertext: &'a [u8],
        recipient: Recipient<'a>,
    ) -> Self {
        Self {
            protected,
            algorithm: 0,
            subject: headers.subject,
            iv: &[],
            ciphertext,
            recipients: &[],
            recipient_count: 0,
            integrated: Some(recipient),
        }
    }

    /// Whom the content is about: for device records the passport id. Believe it only once opened.
    pub const fn subject(&self) -> Option<&'a str> {
        self.subject
    }

    /// The `kid` of each recipient: key thumbprints in envelopes of this crate.
    pub fn recipients(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        self.parsed_recipients().map(|recipient| recipient.kid)
    }

    pub(super) fn parsed_recipients(&self) -> impl Iterator<Item = Recipient<'a>> + use<'a> {
        let mut decoder = Decoder::new(self.recipients);
        // `decode` has read all of them before, so none is left out here.
        let listed =
            (0..self.recipient_count).map_while(move |_| Recipient::decode(&mut decoder).ok());
        self.integrated.into_iter().chain(listed)
    }

    pub(super) const fn key_len(&self) -> usize {
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
        let sealed_key = d.bytes().map_err(cbor::error)?;
        Self::of(protected, &headers, aead, sealed_key)
    }

    /// A recipient by its headers.
    pub(super) fn of(
        protected: &'a [u8],
        headers: &Headers<'a>,
        aead: Aead,
        sealed_key: &'a [u8],
    ) -> Result<Self> {
        let malformed = || Error::new(ErrorCode::MalformedCbor);
        let kid = headers.kid.ok_or_else(malformed)?;
        let enc = headers
            .encapsulated_key
            .and_then(|enc| enc.try_into().ok())
            .ok_or_else(malformed)?;
        Ok(Self {
            protected,
            kid,
            aead,
            enc,
            sealed_key,
            psk_id: headers.psk_id,
        })
    }
}
