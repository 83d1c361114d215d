//! Where random bytes and fresh keys come from.

use rand_core::TryCryptoRng;
use zeroize::Zeroizing;

use super::{Crypto, KEY_LEN, POINT_LEN};
use crate::error::{Error, ErrorCode, Result};

/// A source of random bytes and fresh keys: each [`TryCryptoRng`] is one, and so is `System`.
pub trait Random {
    /// Fills `out` with random bytes.
    ///
    /// # Errors
    /// `randomness_failed`.
    fn fill(&mut self, out: &mut [u8]) -> Result<()>;

    /// Makes a key pair: the private key and its public point.
    ///
    /// # Errors
    /// Those of [`generate`](super::generate).
    fn key_pair<C: Crypto + ?Sized>(
        &mut self,
        crypto: &C,
    ) -> Result<(C::PrivateKey, [u8; POINT_LEN])> {
        for _ in 0..8 {
            let mut scalar = Zeroizing::new([0; KEY_LEN]);
            self.fill(scalar.as_mut_slice())?;
            if let Ok(key) = crypto.p256_private_key(&scalar) {
                let point = crypto.p256_public_key(&key)?;
                return Ok((key, point));
            }
        }
        Err(ErrorCode::RandomnessFailed.into())
    }
}

impl<R: TryCryptoRng + ?Sized> Random for R {
    fn fill(&mut self, out: &mut [u8]) -> Result<()> {
        self.try_fill_bytes(out)
            .map_err(|_| Error::new(ErrorCode::RandomnessFailed))
    }
}

/// The operating system's random source. Keys come from the backend's own generator, where it has one
/// that the operating system seeds ([`Crypto::p256_generate`]).
///
/// With AWS-LC that saves one of three scalar multiplications of sealing: a scalar from outside is
/// multiplied twice when it is loaded, as a check. The generator takes some 25 milliseconds to start, once
/// in a process.
#[cfg(feature = "std")]
#[derive(Clone, Copy, Debug, Default)]
pub struct System;

#[cfg(feature = "std")]
impl Random for System {
    fn fill(&mut self, out: &mut [u8]) -> Result<()> {
        getrandom::SysRng.fill(out)
    }

    fn key_pair<C: Crypto + ?Sized>(
        &mut self,
        crypto: &C,
    ) -> Result<(C::PrivateKey, [u8; POINT_LEN])> {
        crypto
            .p256_generate()
            .unwrap_or_else(|| getrandom::SysRng.key_pair(crypto))
    }
}
