//! From a shared point to the content key: Concat KDF, AES Key Wrap and HPKE.

use zeroize::Zeroizing;

use super::Encryption;
use super::recipient::Recipient;
use crate::crypto::{Backend, Crypto, KEY_LEN};
use crate::error::{Error, ErrorCode, Result};
use crate::hpke::{self, Mode};
use crate::jwe::Algorithm;
use crate::key::{PublicKey, SigningKey};
use crate::prelude::*;

/// A content key; the first [`Encryption::key_len`] bytes count.
pub(super) type ContentKey = Zeroizing<[u8; KEY_LEN]>;

/// The key that ECDH-ES agrees on (RFC 7518 section 4.6.2): one round of Concat KDF (NIST SP 800-56A
/// section 5.8.1) over SHA-256, of which the first `len` bytes are the key.
pub(super) fn concat_kdf(
    shared: &[u8; KEY_LEN],
    algorithm: &str,
    apu: &[u8],
    apv: &[u8],
    len: usize,
) -> Result<ContentKey> {
    let length = |len: usize| {
        u32::try_from(len)
            .map(u32::to_be_bytes)
            .map_err(|_| Error::new(ErrorCode::TooLarge))
    };
    let mut key = Zeroizing::new(Backend.sha256(&[
        &1_u32.to_be_bytes(),
        shared,
        &length(algorithm.len())?,
        algorithm.as_bytes(),
        &length(apu.len())?,
        apu,
        &length(apv.len())?,
        apv,
        &length(len * 8)?,
    ]));
    key.iter_mut().skip(len).for_each(|byte| *byte = 0);
    Ok(key)
}

/// What ECDH-ES makes of one's own secret and the other's point: the content key of `ECDH-ES` itself,
/// the wrapping key of `ECDH-ES+A256KW`.
pub(super) fn ecdh_es<C: Crypto>(
    key: &SigningKey<C>,
    point: &PublicKey,
    algorithm: Algorithm,
    encryption: Encryption,
    [apu, apv]: [&[u8]; 2],
) -> Result<ContentKey> {
    let shared = key.agree(point.as_sec1())?;
    match algorithm {
        Algorithm::EcdhEs => {
            concat_kdf(&shared, encryption.as_str(), apu, apv, encryption.key_len())
        }
        _ => concat_kdf(&shared, algorithm.as_str(), apu, apv, KEY_LEN),
    }
}

/// The info of HPKE key encryption (draft-ietf-jose-hpke-encrypt, Recipient_structure), without extra
/// information.
pub(super) fn hpke_info(encryption: Encryption) -> Vec<u8> {
    [
        b"JOSE-HPKE rcpt\xff",
        encryption.as_str().as_bytes(),
        b"\xff",
    ]
    .concat()
}

/// Takes the content key out of a recipient; `false` with another key where it does not come out, so
/// that the content is always tried (RFC 7516 section 11.5): a wrong key costs what a changed message costs.
pub(super) fn content_key<C: Crypto>(
    key: &SigningKey<C>,
    recipient: &Recipient,
    encryption: Encryption,
) -> Result<(ContentKey, bool)> {
    let algorithm = recipient.algorithm;
    let parties = [&recipient.apu[..], &recipient.apv];
    let len = encryption.key_len();
    let mut content_key = ContentKey::default();
    let out = content_key.get_mut(..len).unwrap_or_default();
    let opened = match algorithm.aead() {
        None => {
            let agreed = ecdh_es(key, &recipient.ephemeral, algorithm, encryption, parties)?;
            if algorithm == Algorithm::EcdhEs {
                return Ok((agreed, true));
            }
            Backend.aes_key_unwrap(agreed.as_slice(), &recipient.encrypted_key, out)
        }
        Some(aead) => {
            let enc = recipient.ephemeral.as_sec1();
            let info = hpke_info(encryption);
            let mut context = hpke::setup_receiver(&Backend, enc, key, aead, Mode::Base, &info)?;
            match recipient.encrypted_key.split_last_chunk() {
                Some((sealed, tag)) if sealed.len() == len => {
                    out.copy_from_slice(sealed);
                    context.open(&[], out, tag)
                }
                _ => Err(ErrorCode::DecryptionFailed.into()),
            }
        }
    };
    Ok((content_key, opened.is_ok()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// RFC 7518 appendix C.
    #[test]
    fn key_agreement_of_rfc_7518() {
        let alice = json!({
            "kty": "EC", "crv": "P-256",
            "x": "gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0",
            "y": "SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps",
            "d": "0_NxaRPUMQoAJt50Gz8YiTr8gRTwyEaCumd-MToTmIo",
        });
        let bob = json!({
            "kty": "EC", "crv": "P-256",
            "x": "weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ",
            "y": "e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck",
            "d": "VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw",
        });
        let (alice, bob) = (
            SigningKey::from_jwk(&alice).unwrap(),
            SigningKey::from_jwk(&bob).unwrap(),
        );
        for (own, other) in [(&alice, &bob), (&bob, &alice)] {
            let key = ecdh_es(
                own,
                other.public_key(),
                Algorithm::EcdhEs,
                Encryption::A128Gcm,
                [b"Alice", b"Bob"],
            );
            assert_eq!(
                crate::jws::encode(&key.unwrap()[..16]),
                "VqqN6vgjbSBcIijNcacQGg"
            );
        }
    }
}
