//! The primitives that everything else is built from, behind one small trait.
//!
//! The formats of this crate need SHA-256, HKDF-SHA256 (RFC 5869), AES-GCM (NIST SP 800-38D) and
//! P-256 (FIPS 186-5, SEC 1). [`Crypto`] names them on plain byte strings, so that a backend can
//! be RustCrypto ([`Portable`]), an assembly library, a crypto peripheral or a secure element.

mod portable;

pub use portable::Portable;

use rand_core::TryCryptoRng;
use zeroize::Zeroizing;

use crate::error::{Error, ErrorCode, Result};

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
/// All backends must give the same verdicts, the same plaintexts and the same error codes. Secret
/// scalars are big endian; a backend that keeps its keys in hardware may treat the 32 bytes as a
/// slot handle of its own.
pub trait Crypto {
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

    /// The public point of a private scalar.
    ///
    /// # Errors
    /// `invalid_key` when the scalar is zero or not below the group order.
    fn p256_public_key(&self, secret: &[u8; KEY_LEN]) -> Result<[u8; POINT_LEN]>;

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

    /// ECDH: the x coordinate of `secret * point` (SEC 1 section 3.3.1).
    ///
    /// # Errors
    /// `invalid_key` for an invalid scalar or point.
    fn p256_ecdh(&self, secret: &[u8; KEY_LEN], point: &[u8; POINT_LEN]) -> Result<[u8; KEY_LEN]>;

    /// Deterministic ECDSA (RFC 6979, SHA-256) over a digest.
    ///
    /// # Errors
    /// `invalid_key` for an invalid scalar.
    fn p256_sign(
        &self,
        secret: &[u8; KEY_LEN],
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

/// Makes a key pair from a random source: the scalar and its public point.
///
/// # Errors
/// `randomness_failed` when the source fails, or returns no valid scalar in eight tries: one try in
/// 2^32 is out of range by chance, so such a source is broken.
pub fn generate<C: Crypto + ?Sized, R: TryCryptoRng + ?Sized>(
    crypto: &C,
    rng: &mut R,
) -> Result<(Zeroizing<[u8; KEY_LEN]>, [u8; POINT_LEN])> {
    for _ in 0..8 {
        let mut secret = Zeroizing::new([0; KEY_LEN]);
        fill(rng, secret.as_mut_slice())?;
        if let Ok(point) = crypto.p256_public_key(&secret) {
            return Ok((secret, point));
        }
    }
    Err(ErrorCode::RandomnessFailed.into())
}

/// Fills `out` with random bytes; an error of the source is an error of the call.
pub(crate) fn fill<R: TryCryptoRng + ?Sized>(rng: &mut R, out: &mut [u8]) -> Result<()> {
    rng.try_fill_bytes(out)
        .map_err(|_| Error::new(ErrorCode::RandomnessFailed))
}
