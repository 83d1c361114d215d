//! The names of a public key: Multikey and `did:key`.

use super::PublicKey;
use crate::error::{Error, ErrorCode, Result};

/// The multicodec prefix of a compressed P-256 public key (`p256-pub`, 0x1200 as a varint).
const MULTICODEC_P256: [u8; 2] = [0x80, 0x24];
const DID_KEY_PREFIX: &str = "did:key:";
/// Bytes of the longest `did:key` of a P-256 key.
pub const DID_LEN: usize = 64;
/// Bytes of the longest Multikey of a P-256 key.
pub const MULTIKEY_LEN: usize = DID_LEN - DID_KEY_PREFIX.len();
/// Bytes of the longest DID URL of a P-256 key.
pub const URL_LEN: usize = DID_LEN + 1 + MULTIKEY_LEN;

impl PublicKey {
    /// Returns the key as a Multikey (CID 1.0 section 2.2.2): multicodec `p256-pub`, base58btc. It is
    /// also the fragment of the key's `did:key` URL.
    pub fn multikey(&self) -> heapless::String<MULTIKEY_LEN> {
        let mut code = [0; 35];
        code[..2].copy_from_slice(&MULTICODEC_P256);
        code[2..].copy_from_slice(&self.to_sec1_compressed());
        let mut digits = [0; MULTIKEY_LEN - 1];
        let mut text = heapless::String::new();
        // 35 bytes are at most 48 base58 digits: neither step can run out of room.
        if let Ok(len) = bs58::encode(code).onto(&mut digits[..])
            && let Ok(digits) = core::str::from_utf8(&digits[..len])
        {
            let _ = text.push('z').and_then(|()| text.push_str(digits));
        }
        text
    }

    /// Reads a Multikey of a P-256 key.
    ///
    /// # Errors
    /// `invalid_did` for another key type or encoding; `invalid_key` for a bad point.
    pub fn from_multikey(text: &str) -> Result<Self> {
        let digits = text
            .strip_prefix('z')
            .ok_or(Error::new(ErrorCode::InvalidDid))?;
        let mut code = [0; 35];
        let len = bs58::decode(digits)
            .onto(&mut code[..])
            .map_err(|_| Error::new(ErrorCode::InvalidDid))?;
        match code.strip_prefix(&MULTICODEC_P256) {
            Some(point) if len == code.len() => Self::from_sec1(point),
            _ => Err(ErrorCode::InvalidDid.into()),
        }
    }

    /// Returns the key's name as a `did:key` (multicodec `p256-pub`, base58btc).
    pub fn did(&self) -> heapless::String<DID_LEN> {
        let mut did = heapless::String::new();
        // Cannot fail: the lengths add up.
        let _ = did
            .push_str(DID_KEY_PREFIX)
            .and_then(|()| did.push_str(&self.multikey()));
        did
    }

    /// Returns the DID URL of the key: its `did:key`, whose one fragment repeats the key.
    pub fn did_url(&self) -> heapless::String<URL_LEN> {
        let mut url = heapless::String::new();
        // Cannot fail: the lengths add up.
        let _ = url
            .push_str(&self.did())
            .and_then(|()| url.push('#'))
            .and_then(|()| url.push_str(&self.multikey()));
        url
    }

    /// Reads a `did:key` of a P-256 key; a fragment is not allowed.
    ///
    /// # Errors
    /// `invalid_did` for another method, key type or encoding; `invalid_key` for a bad point.
    pub fn from_did(did: &str) -> Result<Self> {
        let multikey = did
            .strip_prefix(DID_KEY_PREFIX)
            .ok_or(Error::new(ErrorCode::InvalidDid))?;
        Self::from_multikey(multikey)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::SigningKey;

    #[test]
    fn did_round_trip() {
        let public = *SigningKey::from_bytes(&[7; 32]).unwrap().public_key();
        let did = public.did();
        assert!(did.starts_with("did:key:zDn"), "{did}");
        assert_eq!(PublicKey::from_did(&did).unwrap(), public);
        assert_eq!(
            PublicKey::from_sec1(&public.to_sec1_compressed()).unwrap(),
            public
        );
    }
}
