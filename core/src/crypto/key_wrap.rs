//! AES Key Wrap (RFC 3394, NIST SP 800-38F "KW"), for backends that have none of their own.

use aes_kw::aes::cipher::{BlockCipherDecrypt, BlockCipherEncrypt, consts::U16};
use aes_kw::{AesKw, KeyInit, KwAes128, KwAes256};

use crate::error::{Error, ErrorCode, Result};

/// Bytes that wrapping adds: the integrity check value.
pub(super) const OVERHEAD: usize = 8;

pub(super) fn wrap(kek: &[u8], key: &[u8], out: &mut [u8]) -> Result<()> {
    if !is_key(key.len()) || out.len() != key.len() + OVERHEAD {
        return Err(ErrorCode::InvalidArgument.into());
    }
    match kek.len() {
        16 => wrap_with(KwAes128::new_from_slice(kek), key, out),
        32 => wrap_with(KwAes256::new_from_slice(kek), key, out),
        _ => Err(ErrorCode::InvalidArgument.into()),
    }
}

pub(super) fn unwrap(kek: &[u8], wrapped: &[u8], out: &mut [u8]) -> Result<()> {
    if !is_key(out.len()) || wrapped.len() != out.len() + OVERHEAD {
        return Err(ErrorCode::InvalidArgument.into());
    }
    match kek.len() {
        16 => unwrap_with(KwAes128::new_from_slice(kek), wrapped, out),
        32 => unwrap_with(KwAes256::new_from_slice(kek), wrapped, out),
        _ => Err(ErrorCode::InvalidArgument.into()),
    }
}

/// RFC 3394 section 2: at least two blocks of 64 bits.
const fn is_key(len: usize) -> bool {
    len >= 16 && len.is_multiple_of(8)
}

fn wrap_with<A, E>(cipher: Result<AesKw<A>, E>, key: &[u8], out: &mut [u8]) -> Result<()>
where
    A: BlockCipherEncrypt<BlockSize = U16>,
{
    let invalid = || Error::new(ErrorCode::InvalidArgument);
    let cipher = cipher.map_err(|_| invalid())?;
    cipher.wrap_key(key, out).map_err(|_| invalid())?;
    Ok(())
}

fn unwrap_with<A, E>(cipher: Result<AesKw<A>, E>, wrapped: &[u8], out: &mut [u8]) -> Result<()>
where
    A: BlockCipherDecrypt<BlockSize = U16>,
{
    let cipher = cipher.map_err(|_| Error::new(ErrorCode::InvalidArgument))?;
    if cipher.unwrap_key(wrapped, out).is_err() {
        out.fill(0);
        return Err(ErrorCode::DecryptionFailed.into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::ErrorCode;
    use crate::crypto::{Crypto, Portable};

    const KEK: [u8; 32] = {
        let mut kek = [0; 32];
        let mut i = 0;
        while i < 32 {
            kek[i] = i as u8;
            i += 1;
        }
        kek
    };

    /// RFC 3394 sections 4.1, 4.3 and 4.6.
    #[test]
    fn rfc_3394() {
        let data: [u8; 32] = [
            0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd,
            0xee, 0xff, 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b,
            0x0c, 0x0d, 0x0e, 0x0f,
        ];
        let by_128: [u8; 24] = [
            0x1f, 0xa6, 0x8b, 0x0a, 0x81, 0x12, 0xb4, 0x47, 0xae, 0xf3, 0x4b, 0xd8, 0xfb, 0x5a,
            0x7b, 0x82, 0x9d, 0x3e, 0x86, 0x23, 0x71, 0xd2, 0xcf, 0xe5,
        ];
        let by_256: [u8; 24] = [
            0x64, 0xe8, 0xc3, 0xf9, 0xce, 0x0f, 0x5b, 0xa2, 0x63, 0xe9, 0x77, 0x79, 0x05, 0x81,
            0x8a, 0x2a, 0x93, 0xc8, 0x19, 0x1e, 0x7d, 0x6e, 0x8a, 0xe7,
        ];
        let long: [u8; 40] = [
            0x28, 0xc9, 0xf4, 0x04, 0xc4, 0xb8, 0x10, 0xf4, 0xcb, 0xcc, 0xb3, 0x5c, 0xfb, 0x87,
            0xf8, 0x26, 0x3f, 0x57, 0x86, 0xe2, 0xd8, 0x0e, 0xd3, 0x26, 0xcb, 0xc7, 0xf0, 0xe7,
            0x1a, 0x99, 0xf4, 0x3b, 0xfb, 0x98, 0x8b, 0x9b, 0x7a, 0x02, 0xdd, 0x21,
        ];
        for (kek, key, expected) in [
            (&KEK[..16], &data[..16], &by_128[..]),
            (&KEK, &data[..16], &by_256),
            (&KEK, &data, &long),
        ] {
            let mut wrapped = [0; 40];
            let wrapped = &mut wrapped[..expected.len()];
            Portable.aes_key_wrap(kek, key, wrapped).unwrap();
            assert_eq!(wrapped, expected);
            let mut out = [0; 32];
            let out = &mut out[..key.len()];
            Portable.aes_key_unwrap(kek, wrapped, out).unwrap();
            assert_eq!(out, key);

            wrapped[3] ^= 1;
            let error = Portable.aes_key_unwrap(kek, wrapped, out).unwrap_err();
            assert_eq!(error.code(), ErrorCode::DecryptionFailed);
            assert!(out.iter().all(|byte| *byte == 0));
        }
    }

    #[test]
    fn other_lengths_are_refused() {
        for (kek, key, out) in [
            (24, 16, 24),
            (32, 8, 16),
            (32, 17, 25),
            (32, 16, 23),
            (32, 0, 8),
        ] {
            let wrapped = Portable.aes_key_wrap(&KEK[..kek], &[0; 32][..key], &mut [0; 40][..out]);
            assert_eq!(wrapped.unwrap_err().code(), ErrorCode::InvalidArgument);
            let opened = Portable.aes_key_unwrap(&KEK[..kek], &[0; 40][..out], &mut [0; 32][..key]);
            assert_eq!(opened.unwrap_err().code(), ErrorCode::InvalidArgument);
        }
    }
}
