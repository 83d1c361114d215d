//! P-256 keys, their RFC 7638 thumbprints and `did:key` names. No allocator needed.

use core::fmt;

use zeroize::Zeroizing;

use crate::crypto::{self, Backend, Crypto, KEY_LEN, POINT_LEN, Random, SIGNATURE_LEN};
use crate::error::{Error, ErrorCode, Result};

mod did;
#[cfg(feature = "alloc")]
mod jwk;
mod thumbprint;

pub use did::{DID_LEN, MULTIKEY_LEN, URL_LEN};
pub use thumbprint::Thumbprint;

/// A P-256 private key with its public key.
///
/// It signs (ES256) and opens envelopes that are addressed to its public key. The secret is wiped
/// when the value is dropped and appears in no `Debug` output.
///
/// `C` keeps the key and computes with it: [`Backend`] unless something else is asked for, such as a
/// secure element ([`SigningKey::with_backend`]).
pub struct SigningKey<C: Crypto = Backend> {
    crypto: C,
    private: C::PrivateKey,
    public: PublicKey,
    deterministic: bool,
}

impl SigningKey {
    /// Makes a new key from a cryptographic random source.
    ///
    /// # Errors
    /// `randomness_failed` when the source fails: no key is made then.
    pub fn generate<R: Random + ?Sized>(rng: &mut R) -> Result<Self> {
        let (private, public) = crypto::generate(&Backend, rng)?;
        Ok(Self {
            crypto: Backend,
            private,
            public: PublicKey(public),
            deterministic: false,
        })
    }

    /// Makes a new key from the operating system's random source.
    ///
    /// # Errors
    /// `randomness_failed`.
    #[cfg(feature = "std")]
    pub fn random() -> Result<Self> {
        Self::generate(&mut crypto::System)
    }

    /// Reads a big-endian private scalar (SEC 1 section 2.3.6). Computes the public key: load once.
    ///
    /// # Errors
    /// `invalid_key` when it is zero or not below the group order.
    pub fn from_bytes(secret: &[u8; KEY_LEN]) -> Result<Self> {
        Self::with_backend(Backend, Backend.p256_private_key(secret)?)
    }

    /// Returns the big-endian private scalar.
    pub fn to_bytes(&self) -> Zeroizing<[u8; KEY_LEN]> {
        Zeroizing::new(*self.secret())
    }

    pub(crate) fn secret(&self) -> &[u8; KEY_LEN] {
        self.private.scalar()
    }
}

impl<C: Crypto> SigningKey<C> {
    /// Takes a private key that a backend keeps, and asks it for the public key. [`Crypto`] has an
    /// example with a secure element.
    ///
    /// # Errors
    /// `invalid_key` when the backend has no such key.
    pub fn with_backend(crypto: C, private: C::PrivateKey) -> Result<Self> {
        let public = PublicKey(crypto.p256_public_key(&private)?);
        Ok(Self {
            crypto,
            private,
            public,
            deterministic: false,
        })
    }

    /// The same key with signatures by RFC 6979: one message, one signature, whatever the backend.
    ///
    /// With AWS-LC it is several times slower and no safer: AWS-LC mixes the key and the digest into its
    /// random nonces. It is for vectors and for output that must repeat.
    #[must_use]
    pub fn deterministic(mut self) -> Self {
        self.deterministic = true;
        self
    }

    /// Whether [`SigningKey::deterministic`] made it.
    pub const fn is_deterministic(&self) -> bool {
        self.deterministic
    }

    /// Returns the public key.
    pub const fn public_key(&self) -> &PublicKey {
        &self.public
    }

    /// Signs a message: ES256 (`r || s`).
    ///
    /// The signature is by RFC 6979 with the portable backend and from [`SigningKey::deterministic`];
    /// AWS-LC and secure elements draw a random nonce, so that each call gives another one.
    ///
    /// # Errors
    /// Those of [`Crypto::p256_sign`]; a key that was loaded into memory causes none.
    pub fn sign(&self, message: &[u8]) -> Result<[u8; SIGNATURE_LEN]> {
        self.sign_parts(&[message])
    }

    /// Signs the concatenation of `parts`.
    pub(crate) fn sign_parts(&self, parts: &[&[u8]]) -> Result<[u8; SIGNATURE_LEN]> {
        let digest = self.crypto.sha256(parts);
        if self.deterministic {
            self.crypto.p256_sign_deterministic(&self.private, &digest)
        } else {
            self.crypto.p256_sign(&self.private, &digest)
        }
    }

    /// The shared secret with a public point (SEC 1 section 3.3.1).
    pub(crate) fn agree(&self, point: &[u8; POINT_LEN]) -> Result<Zeroizing<[u8; KEY_LEN]>> {
        self.crypto
            .p256_ecdh(&self.private, point)
            .map(Zeroizing::new)
    }
}

impl<C: Crypto + Clone> Clone for SigningKey<C> {
    fn clone(&self) -> Self {
        Self {
            crypto: self.crypto.clone(),
            private: self.private.clone(),
            ..*self
        }
    }
}

impl<C: Crypto> fmt::Debug for SigningKey<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey(thumbprint {})", self.public.thumbprint())
    }
}

/// A P-256 public key that was checked to lie on the curve.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct PublicKey([u8; POINT_LEN]);

impl PublicKey {
    /// Reads a SEC 1 point, compressed (33 bytes) or uncompressed (65 bytes).
    ///
    /// # Errors
    /// `invalid_key` for another form, a point off the curve or the point at infinity.
    pub fn from_sec1(point: &[u8]) -> Result<Self> {
        if let Ok(point) = point.try_into() {
            return Self::from_sec1_uncompressed(point);
        }
        let point = point
            .try_into()
            .map_err(|_| Error::new(ErrorCode::InvalidKey))?;
        Backend.p256_decompress(point).map(Self)
    }

    /// Reads an uncompressed SEC 1 point. For firmware that never meets a compressed one, this costs
    /// 2 KiB of flash less than [`PublicKey::from_sec1`].
    ///
    /// # Errors
    /// `invalid_key` for another form or a point off the curve.
    pub fn from_sec1_uncompressed(point: &[u8; POINT_LEN]) -> Result<Self> {
        Backend.p256_check_point(point)?;
        Ok(Self(*point))
    }

    /// Returns the uncompressed SEC 1 point.
    pub const fn to_sec1(&self) -> [u8; POINT_LEN] {
        self.0
    }

    /// Borrows the uncompressed SEC 1 point.
    pub const fn as_sec1(&self) -> &[u8; POINT_LEN] {
        &self.0
    }

    /// Returns the compressed SEC 1 point.
    pub fn to_sec1_compressed(&self) -> [u8; 33] {
        let mut out = [0; 33];
        out[0] = 2 | (self.0[POINT_LEN - 1] & 1);
        out[1..].copy_from_slice(self.x());
        out
    }

    /// Verifies an ES256 signature (`r || s`) over a message.
    ///
    /// # Errors
    /// `signature_invalid`; `signature_malformed` for one that is not 64 bytes long, such as DER.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<()> {
        self.verify_parts(&[message], signature)
    }

    /// Verifies a signature over the concatenation of `parts`.
    pub(crate) fn verify_parts(&self, parts: &[&[u8]], signature: &[u8]) -> Result<()> {
        let signature: &[u8; SIGNATURE_LEN] = signature
            .try_into()
            .map_err(|_| Error::new(ErrorCode::SignatureMalformed))?;
        Backend.p256_verify(&self.0, &Backend.sha256(parts), signature)
    }

    /// Returns the JWK thumbprint (RFC 7638, SHA-256).
    pub fn thumbprint(&self) -> Thumbprint {
        let mut x = [0; 43];
        let mut y = [0; 43];
        thumbprint::encode(self.x(), &mut x);
        thumbprint::encode(self.y(), &mut y);
        Thumbprint(Backend.sha256(&[
            br#"{"crv":"P-256","kty":"EC","x":""#,
            &x,
            br#"","y":""#,
            &y,
            br#""}"#,
        ]))
    }

    fn x(&self) -> &[u8] {
        &self.0[1..33]
    }

    fn y(&self) -> &[u8] {
        &self.0[33..]
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.did())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prelude::*;

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_bytes(&[seed; 32]).unwrap()
    }

    #[test]
    fn bad_dids_and_points() {
        for did in [
            "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
            "did:web:a",
            "did:key:z",
            "",
        ] {
            assert_eq!(
                PublicKey::from_did(did).unwrap_err().code(),
                ErrorCode::InvalidDid,
                "{did}"
            );
        }
        let mut point = key(7).public_key().to_sec1();
        point[64] ^= 1;
        assert_eq!(
            PublicKey::from_sec1(&point).unwrap_err().code(),
            ErrorCode::InvalidKey
        );
        assert_eq!(
            PublicKey::from_sec1(&[0]).unwrap_err().code(),
            ErrorCode::InvalidKey
        );
        assert_eq!(
            SigningKey::from_bytes(&[0; 32]).unwrap_err().code(),
            ErrorCode::InvalidKey
        );
        assert_eq!(
            SigningKey::from_bytes(&[0xff; 32]).unwrap_err().code(),
            ErrorCode::InvalidKey
        );
    }

    #[test]
    fn sign_and_verify() {
        let signature = key(7).sign(b"message").unwrap();
        let repeated = || key(7).deterministic().clone().sign(b"message").unwrap();
        assert_eq!(repeated(), repeated());
        assert_eq!(repeated() == signature, !cfg!(feature = "aws-lc"));
        key(7).public_key().verify(b"message", &repeated()).unwrap();
        key(7).public_key().verify(b"message", &signature).unwrap();
        for (other, message, signature, code) in [
            (
                key(8),
                &b"message"[..],
                &signature[..],
                ErrorCode::SignatureInvalid,
            ),
            (key(7), b"massage", &signature, ErrorCode::SignatureInvalid),
            (
                key(7),
                b"message",
                &signature[..63],
                ErrorCode::SignatureMalformed,
            ),
        ] {
            let error = other.public_key().verify(message, signature).unwrap_err();
            assert_eq!(error.code(), code);
        }
    }

    #[test]
    #[cfg(feature = "alloc")]
    fn debug_shows_no_secret() {
        let text = format!("{:?}", key(0x5a));
        assert!(!text.contains("5a5a") && !text.contains("90, 90"), "{text}");
    }
}
