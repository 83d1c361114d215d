//! P-256 for Cortex-M4 and M33 through `p256-cm4`: Emil Lenngren's P256-Cortex-M4 in Rust's own
//! assembly. What is not multiplication of a point is left to [`Portable`].
//!
//! Release 0.4.0 of `p256-cm4` has a fault in its multiplication modulo the group order: an LDM of one
//! register, which ARMv7-M calls unpredictable and QEMU refuses. Its `sign` and `verify` reach it;
//! nothing that is called here does, as the vectors of `firmware-example` prove by running. The nonce of
//! a signature is from `rfc6979`, the two multiplications modulo the order are `p256`'s, and verification
//! is [`Portable`]'s.
//!
//! The instructions that run do not depend on secrets, but addresses do: points are read from a table
//! of eight by bits of the scalar. Without a data cache, and from memory without wait states, all of
//! them take the same time; the book ("What it costs on a chip") says which chips that leaves out.

use p256::ecdsa::Signature;
use p256::elliptic_curve::Curve;
use p256::elliptic_curve::ops::Reduce;
use p256::{FieldBytes, NistP256};
use p256_cm4::SignPrecomp;
use rfc6979::KGenerator;
use sha2::Sha256;
use zeroize::{Zeroize, Zeroizing};

use super::portable::{Portable, Scalar, non_zero};
use super::{COMPRESSED_LEN, Crypto, KEY_LEN, POINT_LEN, SIGNATURE_LEN, TAG_LEN};
use crate::error::{ErrorCode, Result};

/// Assembly for Cortex-M4 and M33 where it pays; otherwise [`Portable`]. Without an allocator.
#[derive(Clone, Copy, Debug, Default)]
pub struct CortexM4;

/// A number of 256 bits as the assembly takes it: little endian.
type Limbs = [u32; 8];

impl Crypto for CortexM4 {
    type PrivateKey = Scalar;

    fn sha256(&self, parts: &[&[u8]]) -> [u8; KEY_LEN] {
        Portable.sha256(parts)
    }

    fn hkdf_extract(&self, salt: &[u8], ikm: &[&[u8]]) -> [u8; KEY_LEN] {
        Portable.hkdf_extract(salt, ikm)
    }

    fn hkdf_expand(&self, prk: &[u8; KEY_LEN], info: &[&[u8]], out: &mut [u8]) -> Result<()> {
        Portable.hkdf_expand(prk, info, out)
    }

    fn aes_gcm_seal(
        &self,
        key: &[u8],
        nonce: &[u8],
        aad: &[u8],
        buffer: &mut [u8],
    ) -> Result<[u8; TAG_LEN]> {
        Portable.aes_gcm_seal(key, nonce, aad, buffer)
    }

    fn aes_gcm_open(
        &self,
        key: &[u8],
        nonce: &[u8],
        aad: &[u8],
        buffer: &mut [u8],
        tag: &[u8; TAG_LEN],
    ) -> Result<()> {
        Portable.aes_gcm_open(key, nonce, aad, buffer, tag)
    }

    fn p256_private_key(&self, scalar: &[u8; KEY_LEN]) -> Result<Scalar> {
        Portable.p256_private_key(scalar)
    }

    fn p256_public_key(&self, key: &Scalar) -> Result<[u8; POINT_LEN]> {
        let (x, y) = multiply_base(key.scalar())?;
        let mut point = [4; POINT_LEN];
        point[1..=KEY_LEN].copy_from_slice(&x);
        point[KEY_LEN + 1..].copy_from_slice(&y);
        Ok(point)
    }

    fn p256_check_point(&self, point: &[u8; POINT_LEN]) -> Result<()> {
        let (mut x, mut y) = Default::default();
        // The first byte is looked at because the hybrid forms, 06 and 07, would pass too.
        if point[0] == 4 && p256_cm4::octet_string_to_point(&mut x, &mut y, point) {
            Ok(())
        } else {
            Err(ErrorCode::InvalidKey.into())
        }
    }

    fn p256_decompress(&self, point: &[u8; COMPRESSED_LEN]) -> Result<[u8; POINT_LEN]> {
        Portable.p256_decompress(point)
    }

    fn p256_ecdh(&self, key: &Scalar, point: &[u8; POINT_LEN]) -> Result<[u8; KEY_LEN]> {
        let ([4, x @ ..], y) = point.split_at(KEY_LEN + 1) else {
            return Err(ErrorCode::InvalidKey.into());
        };
        let scalar = Zeroizing::new(limbs(key.scalar()));
        let mut shared = [0; KEY_LEN];
        // Checks that the point is on the curve; `Scalar` is in range since it was made.
        if p256_cm4::ecdh_calc_shared_secret(&mut shared, &scalar, &limbs(x), &limbs(y)) {
            Ok(shared)
        } else {
            Err(ErrorCode::InvalidKey.into())
        }
    }

    fn p256_sign(&self, key: &Scalar, digest: &[u8; KEY_LEN]) -> Result<[u8; SIGNATURE_LEN]> {
        self.p256_sign_deterministic(key, digest)
    }

    /// ECDSA (FIPS 186-5 section 6.4.1) with the nonces of RFC 6979.
    fn p256_sign_deterministic(
        &self,
        key: &Scalar,
        digest: &[u8; KEY_LEN],
    ) -> Result<[u8; SIGNATURE_LEN]> {
        let secret = non_zero(key.scalar())?;
        let order = NistP256::ORDER;
        let mut nonces = KGenerator::<Sha256, _>::new(key.scalar(), digest, &[], order.as_ref());
        let reduce = |bytes| p256::Scalar::reduce(&FieldBytes::from(bytes));
        loop {
            let mut nonce = Zeroizing::new([0; KEY_LEN]);
            nonces.fill_next_k(nonce.as_mut_slice());
            let mut step = SignPrecomp::default();
            // Fails when r is zero, as the signature below does when s is: then the next nonce.
            if !p256_cm4::sign_step1(&mut step, &Zeroizing::new(limbs(nonce.as_slice()))) {
                continue;
            }
            let inverse = Zeroizing::new(reduce(bytes(&step.k_inv)));
            step.k_inv.zeroize();
            let r = reduce(bytes(&step.r));
            let s = *inverse * (reduce(*digest) + r * *secret);
            if let Ok(signature) = Signature::from_scalars(r, s) {
                return Ok(signature.to_bytes().into());
            }
        }
    }

    fn p256_verify(
        &self,
        point: &[u8; POINT_LEN],
        digest: &[u8; KEY_LEN],
        signature: &[u8; SIGNATURE_LEN],
    ) -> Result<()> {
        Portable.p256_verify(point, digest, signature)
    }
}

/// The coordinates of `scalar * G`.
fn multiply_base(scalar: &[u8; KEY_LEN]) -> Result<([u8; KEY_LEN], [u8; KEY_LEN])> {
    let scalar = Zeroizing::new(limbs(scalar));
    let (mut x, mut y) = Default::default();
    if p256_cm4::keygen(&mut x, &mut y, &scalar) {
        Ok((bytes(&x), bytes(&y)))
    } else {
        Err(ErrorCode::InvalidKey.into())
    }
}

/// Reads a big-endian number of up to 256 bits.
fn limbs(bytes: &[u8]) -> Limbs {
    let mut limbs = [0; 8];
    for (limb, bytes) in limbs.iter_mut().zip(bytes.rchunks(4)) {
        *limb = bytes
            .iter()
            .fold(0, |number, byte| number << 8 | u32::from(*byte));
    }
    limbs
}

/// Writes a big-endian number.
fn bytes(limbs: &Limbs) -> [u8; KEY_LEN] {
    let mut bytes = [0; KEY_LEN];
    for (bytes, limb) in bytes.rchunks_mut(4).zip(limbs) {
        bytes.copy_from_slice(&limb.to_be_bytes());
    }
    bytes
}
