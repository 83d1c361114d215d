//! The primitives that everything else is built from, behind one small trait.
//!
//! The formats of this crate need SHA-256, HKDF-SHA256 (RFC 5869), AES-GCM (NIST SP 800-38D) and
//! P-256 (FIPS 186-5, SEC 1). [`Crypto`] names them on plain byte strings, so that a backend can
//! be RustCrypto ([`Portable`]), AWS-LC (`AwsLc`, feature `aws-lc`), assembly for Cortex-M4 and M33
//! (`CortexM4`, feature `cortex-m4`), a crypto peripheral or a secure element.
//!
//! [`Backend`] is the one that everything in this crate uses unless it is told otherwise. What the
//! backends must agree on is in [`Crypto`].

#[cfg(feature = "aws-lc")]
mod aws_lc;
#[cfg(all(feature = "cortex-m4", target_arch = "arm", target_os = "none"))]
mod cortex_m4;
mod key_wrap;
mod portable;
mod random;

#[cfg(feature = "aws-lc")]
pub use aws_lc::{AwsLc, AwsLcKey};
#[cfg(all(feature = "cortex-m4", target_arch = "arm", target_os = "none"))]
pub use cortex_m4::CortexM4;
pub use portable::{Portable, Scalar};
pub use random::Random;
#[cfg(feature = "std")]
pub use random::System;

/// The backend of this build: `AwsLc` with the feature `aws-lc`, `CortexM4` on such a chip with the
/// feature `cortex-m4`, otherwise [`Portable`].
#[cfg(feature = "aws-lc")]
#[doc(no_inline)]
pub use aws_lc::AwsLc as Backend;
/// The backend of this build: `AwsLc` with the feature `aws-lc`, `CortexM4` on such a chip with the
/// feature `cortex-m4`, otherwise [`Portable`].
#[cfg(all(feature = "cortex-m4", target_arch = "arm", target_os = "none"))]
#[doc(no_inline)]
pub use cortex_m4::CortexM4 as Backend;
/// The backend of this build: `AwsLc` with the feature `aws-lc`, `CortexM4` on such a chip with the
/// feature `cortex-m4`, otherwise [`Portable`].
#[cfg(not(any(
    feature = "aws-lc",
    all(feature = "cortex-m4", target_arch = "arm", target_os = "none")
)))]
#[doc(no_inline)]
pub use portable::Portable as Backend;

use crate::error::Result;

/// Bytes of a P-256 private scalar, of a SHA-256 digest and of an HKDF-SHA256 key.
pub const KEY_LEN: usize = 32;
/// Bytes of an uncompressed SEC 1 point on P-256 (`04 || x || y`).
pub const POINT_LEN: usize = 65;
/// Bytes of a compressed SEC 1 point on P-256 (`02 || x` or `03 || x`).
pub const COMPRESSED_LEN: usize = 33;
/// Bytes of an ES256 signature (`r || s`, big endian).
pub const SIGNATURE_LEN: usize = 64;
/// Bytes of an AES-GCM tag.
pub const TAG_LEN: usize = 16;
/// Bytes of the AES-GCM nonces that this crate writes.
pub const NONCE_LEN: usize = 12;

/// One set of cryptographic primitives.
///
/// All backends must give the same verdicts, the same plaintexts and the same error codes, and the
/// same signatures from [`Crypto::p256_sign_deterministic`]. Signatures of [`Crypto::p256_sign`] are
/// only promised to verify: a backend is free to choose their nonces at random.
///
/// # A secure element
///
/// A part that keeps its keys to itself implements the trait with a [`Crypto::PrivateKey`] that names
/// a slot. What it has no circuit for, it leaves to another backend. An accelerator that computes with
/// keys from memory keeps [`Scalar`] and leaves even less. The book ("What it costs on a chip") goes
/// through the usual parts.
///
/// ```
/// use batterypass::crypto::{COMPRESSED_LEN, Crypto, KEY_LEN, POINT_LEN, Portable, SIGNATURE_LEN, Scalar, TAG_LEN};
/// use batterypass::{ErrorCode, Result, SigningKey};
///
/// /// Stands for the driver of the part, with a P-256 key in each slot.
/// struct Element {
///     slots: [Scalar; 2],
/// }
///
/// /// A key in the part, or one that was made here for one message and is thrown away after it.
/// #[derive(Clone)]
/// enum Key {
///     Slot(usize),
///     Ephemeral(Scalar),
/// }
///
/// impl Element {
///     fn key<'a>(&'a self, key: &'a Key) -> Result<&'a Scalar> {
///         match key {
///             Key::Slot(number) => self.slots.get(*number).ok_or(ErrorCode::InvalidKey.into()),
///             Key::Ephemeral(scalar) => Ok(scalar),
///         }
///     }
/// }
///
/// impl Crypto for &Element {
///     type PrivateKey = Key;
///
///     fn p256_private_key(&self, scalar: &[u8; KEY_LEN]) -> Result<Key> {
///         Portable.p256_private_key(scalar).map(Key::Ephemeral)
///     }
///
///     fn p256_public_key(&self, key: &Key) -> Result<[u8; POINT_LEN]> {
///         Portable.p256_public_key(self.key(key)?)
///     }
///
///     fn p256_ecdh(&self, key: &Key, point: &[u8; POINT_LEN]) -> Result<[u8; KEY_LEN]> {
///         Portable.p256_ecdh(self.key(key)?, point)
///     }
///
///     fn p256_sign(&self, key: &Key, digest: &[u8; KEY_LEN]) -> Result<[u8; SIGNATURE_LEN]> {
///         Portable.p256_sign(self.key(key)?, digest)
///     }
///
///     // The part chooses its nonces itself, so the wish cannot be granted.
///     fn p256_sign_deterministic(&self, _: &Key, _: &[u8; KEY_LEN]) -> Result<[u8; SIGNATURE_LEN]> {
///         Err(ErrorCode::UnsupportedAlgorithm.into())
///     }
///
///     fn sha256(&self, parts: &[&[u8]]) -> [u8; KEY_LEN] {
///         Portable.sha256(parts)
///     }
/// #   fn hkdf_extract(&self, salt: &[u8], ikm: &[&[u8]]) -> [u8; KEY_LEN] {
/// #       Portable.hkdf_extract(salt, ikm)
/// #   }
/// #   fn hkdf_expand(&self, prk: &[u8; KEY_LEN], info: &[&[u8]], out: &mut [u8]) -> Result<()> {
/// #       Portable.hkdf_expand(prk, info, out)
/// #   }
/// #   fn aes_gcm_seal(&self, key: &[u8], nonce: &[u8], aad: &[u8], buffer: &mut [u8]) -> Result<[u8; TAG_LEN]> {
/// #       Portable.aes_gcm_seal(key, nonce, aad, buffer)
/// #   }
/// #   fn aes_gcm_open(&self, key: &[u8], nonce: &[u8], aad: &[u8], buffer: &mut [u8], tag: &[u8; TAG_LEN]) -> Result<()> {
/// #       Portable.aes_gcm_open(key, nonce, aad, buffer, tag)
/// #   }
/// #   fn p256_check_point(&self, point: &[u8; POINT_LEN]) -> Result<()> {
/// #       Portable.p256_check_point(point)
/// #   }
/// #   fn p256_decompress(&self, point: &[u8; COMPRESSED_LEN]) -> Result<[u8; POINT_LEN]> {
/// #       Portable.p256_decompress(point)
/// #   }
/// #   fn p256_verify(&self, point: &[u8; POINT_LEN], digest: &[u8; KEY_LEN], signature: &[u8; SIGNATURE_LEN]) -> Result<()> {
/// #       Portable.p256_verify(point, digest, signature)
/// #   }
///     // HKDF, AES-GCM, points and verification are left to `Portable` in the same way.
/// }
///
/// let element = Element {
///     slots: [Portable.p256_private_key(&[1; KEY_LEN])?, Portable.p256_private_key(&[2; KEY_LEN])?],
/// };
/// let device = SigningKey::with_backend(&element, Key::Slot(1))?;
/// let mut out = [0; 256];
/// let signed = batterypass::cose::sign1(b"a record", &device, &Default::default(), &mut out)?;
/// let message = batterypass::cose::Sign1::decode(signed)?;
/// assert_eq!(message.verify(b"", device.public_key())?, b"a record");
/// # Ok::<(), batterypass::Error>(())
/// ```
pub trait Crypto {
    /// A private key as the backend keeps it: a scalar that is wiped when it is dropped, a key that a
    /// library has loaded, the number of a slot. Shows no secret in `Debug`, if it has one.
    type PrivateKey: Clone;

    /// SHA-256 over the concatenation of `parts` (FIPS 180-4).
    fn sha256(&self, parts: &[&[u8]]) -> [u8; KEY_LEN];

    /// HKDF-Extract over the concatenation of `ikm` (RFC 5869 section 2.2).
    fn hkdf_extract(&self, salt: &[u8], ikm: &[&[u8]]) -> [u8; KEY_LEN];

    /// HKDF-Expand with the concatenation of `info` (RFC 5869 section 2.3).
    ///
    /// # Errors
    /// `invalid_argument` when `out` is longer than 255 digests.
    fn hkdf_expand(&self, prk: &[u8; KEY_LEN], info: &[&[u8]], out: &mut [u8]) -> Result<()>;

    /// Encrypts `buffer` in place with AES-128-GCM or AES-256-GCM, by the length of `key`.
    ///
    /// # Errors
    /// `invalid_argument` for a key that is not 16 or 32 bytes, or an unsupported nonce length.
    fn aes_gcm_seal(
        &self,
        key: &[u8],
        nonce: &[u8],
        aad: &[u8],
        buffer: &mut [u8],
    ) -> Result<[u8; TAG_LEN]>;

    /// Decrypts `buffer` in place; leaves it untouched when the tag does not match.
    ///
    /// # Errors
    /// `decryption_failed` when the tag does not match; `invalid_argument` as for sealing.
    fn aes_gcm_open(
        &self,
        key: &[u8],
        nonce: &[u8],
        aad: &[u8],
        buffer: &mut [u8],
        tag: &[u8; TAG_LEN],
    ) -> Result<()>;

    /// Wraps `key` with AES-128 or AES-256, by the length of `kek`, into `out`, which is 8 bytes longer
    /// (RFC 3394, NIST SP 800-38F "KW").
    ///
    /// # Errors
    /// `invalid_argument` for a `kek` that is not 16 or 32 bytes, a `key` that is not a multiple of 8
    /// bytes or less than 16, or an `out` of another length.
    fn aes_key_wrap(&self, kek: &[u8], key: &[u8], out: &mut [u8]) -> Result<()> {
        key_wrap::wrap(kek, key, out)
    }

    /// Unwraps what [`Crypto::aes_key_wrap`] wrapped into `out`, which is 8 bytes shorter.
    ///
    /// # Errors
    /// `decryption_failed`, with zeros in `out`; `invalid_argument` as for wrapping.
    fn aes_key_unwrap(&self, kek: &[u8], wrapped: &[u8], out: &mut [u8]) -> Result<()> {
        key_wrap::unwrap(kek, wrapped, out)
    }

    /// Loads a big-endian private scalar (SEC 1 section 2.3.6). A backend that keeps its keys in
    /// hardware needs this for ephemeral ones: HPKE makes one for each recipient.
    ///
    /// # Errors
    /// `invalid_key` when the scalar is zero or not below the group order.
    fn p256_private_key(&self, scalar: &[u8; KEY_LEN]) -> Result<Self::PrivateKey>;

    /// Makes a key pair with the backend's own random generator, which the operating system seeds;
    /// `None` where the backend has no such generator. `System` (feature `std`) asks for it.
    ///
    /// # Errors
    /// `randomness_failed`.
    fn p256_generate(&self) -> Option<Result<(Self::PrivateKey, [u8; POINT_LEN])>> {
        None
    }

    /// The public point of a private key.
    ///
    /// # Errors
    /// `invalid_key` when there is no such key, such as an empty slot.
    fn p256_public_key(&self, key: &Self::PrivateKey) -> Result<[u8; POINT_LEN]>;

    /// Checks that an uncompressed point (`04 || x || y`) is on the curve.
    ///
    /// # Errors
    /// `invalid_key` when it is not.
    fn p256_check_point(&self, point: &[u8; POINT_LEN]) -> Result<()>;

    /// Uncompresses a point (`02 || x` or `03 || x`). A method of its own: it costs a square root,
    /// and a firmware that reads uncompressed points only does not carry it.
    ///
    /// # Errors
    /// `invalid_key` when there is no such point on the curve.
    fn p256_decompress(&self, point: &[u8; COMPRESSED_LEN]) -> Result<[u8; POINT_LEN]>;

    /// ECDH: the x coordinate of `key * point` (SEC 1 section 3.3.1).
    ///
    /// # Errors
    /// `invalid_key` for an invalid point, or when there is no such key.
    fn p256_ecdh(&self, key: &Self::PrivateKey, point: &[u8; POINT_LEN]) -> Result<[u8; KEY_LEN]>;

    /// ECDSA over a digest, in the way that is the fastest for the backend.
    ///
    /// # Errors
    /// `invalid_key` when there is no such key; `randomness_failed` when the backend draws the nonce
    /// and cannot.
    fn p256_sign(
        &self,
        key: &Self::PrivateKey,
        digest: &[u8; KEY_LEN],
    ) -> Result<[u8; SIGNATURE_LEN]>;

    /// Deterministic ECDSA (RFC 6979, SHA-256) over a digest: the same bytes from every backend.
    ///
    /// # Errors
    /// `invalid_key` when there is no such key; `unsupported_algorithm` when the backend draws its
    /// nonces itself and has no other way.
    fn p256_sign_deterministic(
        &self,
        key: &Self::PrivateKey,
        digest: &[u8; KEY_LEN],
    ) -> Result<[u8; SIGNATURE_LEN]>;

    /// Verifies an ECDSA signature over a digest. Low and high `s` are both accepted.
    ///
    /// # Errors
    /// `signature_invalid`; `invalid_key` when the point is not on the curve.
    fn p256_verify(
        &self,
        point: &[u8; POINT_LEN],
        digest: &[u8; KEY_LEN],
        signature: &[u8; SIGNATURE_LEN],
    ) -> Result<()>;
}

/// Makes a key pair from a random source: the private key and its public point.
///
/// # Errors
/// `randomness_failed` when the source fails, or returns no valid scalar in eight tries: one try in
/// 2^32 is out of range by chance, so such a source is broken.
pub fn generate<C: Crypto + ?Sized, R: Random + ?Sized>(
    crypto: &C,
    rng: &mut R,
) -> Result<(C::PrivateKey, [u8; POINT_LEN])> {
    rng.key_pair(crypto)
}

/// Fills `out` with random bytes; an error of the source is an error of the call.
pub(crate) fn fill<R: Random + ?Sized>(rng: &mut R, out: &mut [u8]) -> Result<()> {
    rng.fill(out)
}
