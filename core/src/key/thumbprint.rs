//! Thumbprints: what keys are called in headers and registries.

use core::fmt;
use core::str::FromStr;

use base64ct::{Base64UrlUnpadded, Encoding};
use subtle::ConstantTimeEq;

use crate::crypto::KEY_LEN;
use crate::error::{Error, ErrorCode, Result};

/// The RFC 7638 thumbprint of a key; 43 base64url characters as text.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Thumbprint(pub [u8; KEY_LEN]);

impl Thumbprint {
    /// Bytes of the text form.
    pub const TEXT_LEN: usize = 43;

    /// Compares with raw bytes, such as a COSE `kid`, in constant time.
    pub fn matches(&self, bytes: &[u8]) -> bool {
        self.0[..].ct_eq(bytes).into()
    }
}

impl fmt::Display for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0; Self::TEXT_LEN];
        encode(&self.0, &mut text);
        f.pad(core::str::from_utf8(&text).unwrap_or_default())
    }
}

impl FromStr for Thumbprint {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let mut bytes = [0; KEY_LEN];
        match Base64UrlUnpadded::decode(text, &mut bytes) {
            Ok(decoded) if decoded.len() == KEY_LEN => Ok(Self(bytes)),
            _ => Err(ErrorCode::MalformedBase64.into()),
        }
    }
}

/// base64url of 32 bytes, which is always 43 characters.
pub(super) fn encode(bytes: &[u8], text: &mut [u8; 43]) {
    // Cannot fail: the buffer has the exact length.
    let _ = Base64UrlUnpadded::encode(bytes, text);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::SigningKey;

    #[test]
    fn thumbprint_text() {
        let thumbprint = SigningKey::from_bytes(&[7; 32])
            .unwrap()
            .public_key()
            .thumbprint();
        let mut text = heapless::String::<43>::new();
        core::fmt::write(&mut text, format_args!("{thumbprint}")).unwrap();
        assert_eq!(text.parse::<Thumbprint>().unwrap(), thumbprint);
        assert!(thumbprint.matches(&thumbprint.0) && !thumbprint.matches(&thumbprint.0[..31]));
        assert!("short".parse::<Thumbprint>().is_err());
    }
}
