//! Decryption with the key of one recipient.

use super::parse::Jwe;
use super::recipient::Recipient;
use super::{agree, content_aad};
use crate::crypto::{Backend, Crypto};
use crate::error::{ErrorCode, Result};
use crate::hpke::{self, Mode};
use crate::key::SigningKey;
use crate::prelude::*;

/// What a reader expects beside the defaults of this crate.
#[derive(Clone, Copy, Debug, Default)]
pub struct DecryptOptions<'a> {
    /// The external AAD that the message must carry; empty for none.
    pub aad: &'a [u8],
    /// The recipient's `kid`; by default the thumbprint of the key.
    pub kid: Option<&'a str>,
}

/// Decrypts a JWE in any form with one recipient's key.
///
/// # Errors
/// Those of [`Jwe::parse`] and [`Jwe::decrypt`].
pub fn decrypt_with<C: Crypto>(
    text: &[u8],
    key: &SigningKey<C>,
    options: &DecryptOptions<'_>,
) -> Result<Vec<u8>> {
    Jwe::parse(text)?.decrypt(key, options)
}

/// Decrypts a JWE whose recipient is named by its thumbprint; see [`decrypt_with`].
///
/// # Errors
/// As [`decrypt_with`].
pub fn decrypt<C: Crypto>(text: &str, key: &SigningKey<C>, aad: &[u8]) -> Result<Vec<u8>> {
    decrypt_with(text.as_bytes(), key, &DecryptOptions { aad, kid: None })
}

impl Jwe {
    /// Decrypts the content with one recipient's key.
    ///
    /// A recipient is found by its `kid`. One without a `kid` may be anybody, so each of those is tried
    /// where no name fits.
    ///
    /// # Errors
    /// `recipient_unknown` when no recipient can be meant; `decryption_failed` for a wrong key, a wrong
    /// AAD and a changed message alike.
    pub fn decrypt<C: Crypto>(
        &self,
        key: &SigningKey<C>,
        options: &DecryptOptions<'_>,
    ) -> Result<Vec<u8>> {
        let thumbprint = key.public_key().thumbprint().to_string();
        let kid = options.kid.unwrap_or(&thumbprint);
        let named = |wanted| self.recipients.iter().filter(move |r| r.kid() == wanted);
        let mut candidates: Vec<_> = named(Some(kid)).collect();
        if candidates.is_empty() {
            candidates = named(None).collect();
        }
        if candidates.is_empty() {
            return Err(ErrorCode::RecipientUnknown.into());
        }
        if self.aad()? != options.aad {
            return Err(ErrorCode::DecryptionFailed.into());
        }
        let aad = content_aad(&self.protected, self.aad.as_deref());
        candidates
            .into_iter()
            .find_map(|recipient| self.open(recipient, key, aad.as_bytes()).ok())
            .ok_or_else(|| ErrorCode::DecryptionFailed.into())
    }

    fn open<C: Crypto>(
        &self,
        recipient: &Recipient,
        key: &SigningKey<C>,
        aad: &[u8],
    ) -> Result<Vec<u8>> {
        let mut content = self.ciphertext.clone();
        if let Some(encryption) = self.encryption {
            let (content_key, opened) = agree::content_key(key, recipient, encryption)?;
            let content_key = content_key.get(..encryption.key_len()).unwrap_or_default();
            Backend.aes_gcm_open(content_key, &self.iv, aad, &mut content, &self.tag)?;
            // A key that did not come out has cost the same until here.
            return match opened {
                true => Ok(content),
                false => Err(ErrorCode::DecryptionFailed.into()),
            };
        }
        let (Some(aead), Some((_, tag))) = (
            recipient.algorithm.aead(),
            self.ciphertext.split_last_chunk(),
        ) else {
            return Err(ErrorCode::DecryptionFailed.into());
        };
        content.truncate(self.ciphertext.len() - tag.len());
        let enc = recipient.ephemeral.as_sec1();
        let mut context = hpke::setup_receiver(&Backend, enc, key, aead, Mode::Base, &[])?;
        context.open(aad, &mut content, tag)?;
        Ok(content)
    }
}
