//! The backend that runs everywhere: RustCrypto's p256, aes-gcm, hkdf and sha2.

use aes_gcm::AesGcm;
use aes_gcm::aead::array::ArraySize;
use aes_gcm::aead::consts::{U12, U16, U32};
use aes_gcm::aead::{AeadInOut, KeyInit, Nonce, Tag};
use aes_gcm::aes::cipher::{BlockCipherEncrypt, BlockSizeUser};
use aes_gcm::aes::{Aes128, Aes256};
use hkdf::{Hkdf, HkdfExtract};
use p256::ecdsa::signature::hazmat::PrehashVerifier;
use p256::ecdsa::{Signature, VerifyingKey};
use p256::elliptic_curve::point::AffineCoordinates;
use p256::elliptic_curve::sec1::ToSec1Point;
use p256::{AffinePoint, FieldBytes, NistP256, NonZeroScalar};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{COMPRESSED_LEN, Crypto, KEY_LEN, POINT_LEN, SIGNATURE_LEN, TAG_LEN};
use crate::error::{Error, ErrorCode, Result};

/// Pure Rust, constant time, without an allocator.
#[derive(Clone, Copy, Debug, Default)]
pub struct Portable;

/// A private scalar, wiped when it is dropped.
#[derive(Clone)]
pub struct Scalar(Zeroizing<[u8; KEY_LEN]>);

impl Scalar {
    pub(crate) fn scalar(&self) -> &[u8; KEY_LEN] {
        &self.0
    }
}

impl core::fmt::Debug for Scalar {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Scalar(..)")
    }
}

impl Crypto for Portable {
    type PrivateKey = Scalar;

    fn sha256(&self, parts: &[&[u8]]) -> [u8; KEY_LEN] {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update(part);
        }
        hash.finalize().into()
    }

    fn hkdf_extract(&self, salt: &[u8], ikm: &[&[u8]]) -> [u8; KEY_LEN] {
        let mut extract = HkdfExtract::<Sha256>::new(Some(salt));
        for part in ikm {
            extract.input_ikm(part);
        }
        extract.finalize().0.into()
    }

    fn hkdf_expand(&self, prk: &[u8; KEY_LEN], info: &[&[u8]], out: &mut [u8]) -> Result<()> {
        Hkdf::<Sha256>::from_prk(prk)
            .map_err(|_| Error::new(ErrorCode::InvalidArgument))?
            .expand_multi_info(info, out)
            .map_err(|_| Error::new(ErrorCode::InvalidArgument))
    }

    fn aes_gcm_seal(
        &self,
        key: &[u8],
        nonce: &[u8],
        aad: &[u8],
        buffer: &mut [u8],
    ) -> Result<[u8; TAG_LEN]> {
        match (key.len(), nonce.len()) {
            (32, 12) => seal::<Aes256, U12>(key, nonce, aad, buffer),
            (16, 12) => seal::<Aes128, U12>(key, nonce, aad, buffer),
            _ => Err(ErrorCode::InvalidArgument.into()),
        }
    }

    fn aes_gcm_open(
        &self,
        key: &[u8],
        nonce: &[u8],
        aad: &[u8],
        buffer: &mut [u8],
        tag: &[u8; TAG_LEN],
    ) -> Result<()> {
        // RFC 9053 asks for 12-byte nonces; the vectors of draft-ietf-cose-hpke carry nonces of the
        // key's length, so those are read too (SP 800-38D defines GCM for them), but never written.
        match (key.len(), nonce.len()) {
            (32, 12) => open::<Aes256, U12>(key, nonce, aad, buffer, tag),
            (32, 32) => open::<Aes256, U32>(key, nonce, aad, buffer, tag),
            (16, 12) => open::<Aes128, U12>(key, nonce, aad, buffer, tag),
            (16, 16) => open::<Aes128, U16>(key, nonce, aad, buffer, tag),
            _ => Err(ErrorCode::InvalidArgument.into()),
        }
    }

    fn p256_private_key(&self, scalar: &[u8; KEY_LEN]) -> Result<Scalar> {
        non_zero(scalar)?;
        Ok(Scalar(Zeroizing::new(*scalar)))
    }

    fn p256_public_key(&self, key: &Scalar) -> Result<[u8; POINT_LEN]> {
        let point =
            p256::PublicKey::from_secret_scalar(&non_zero(key.scalar())?).to_sec1_point(false);
        uncompressed(point.as_bytes())
    }

    fn p256_check_point(&self, point: &[u8; POINT_LEN]) -> Result<()> {
        affine(point).map(|_| ())
    }

    fn p256_decompress(&self, point: &[u8; COMPRESSED_LEN]) -> Result<[u8; POINT_LEN]> {
        // The first byte decides how many follow, so only the two compressed forms can pass.
        let key = p256::PublicKey::from_sec1_bytes(point)
            .map_err(|_| Error::new(ErrorCode::InvalidKey))?;
        uncompressed(key.to_sec1_point(false).as_bytes())
    }

    fn p256_ecdh(&self, key: &Scalar, point: &[u8; POINT_LEN]) -> Result<[u8; KEY_LEN]> {
        let shared = p256::ecdh::diffie_hellman(non_zero(key.scalar())?, affine(point)?);
        Ok((*shared.raw_secret_bytes()).into())
    }

    fn p256_sign(&self, key: &Scalar, digest: &[u8; KEY_LEN]) -> Result<[u8; SIGNATURE_LEN]> {
        self.p256_sign_deterministic(key, digest)
    }

    fn p256_sign_deterministic(
        &self,
        key: &Scalar,
        digest: &[u8; KEY_LEN],
    ) -> Result<[u8; SIGNATURE_LEN]> {
        // `ecdsa::SigningKey` would compute the public key again: on a Cortex-M4 as dear as signing.
        let (signature, _) = ecdsa::hazmat::sign_prehashed_rfc6979::<NistP256, Sha256>(
            &non_zero(key.scalar())?,
            digest,
            &[],
        );
        Ok(signature.to_bytes().into())
    }

    fn p256_verify(
        &self,
        point: &[u8; POINT_LEN],
        digest: &[u8; KEY_LEN],
        signature: &[u8; SIGNATURE_LEN],
    ) -> Result<()> {
        let key = VerifyingKey::from_affine(affine(point)?)
            .map_err(|_| Error::new(ErrorCode::InvalidKey))?;
        let signature = Signature::from_slice(signature)
            .map_err(|_| Error::new(ErrorCode::SignatureInvalid))?;
        key.verify_prehash(digest, &signature)
            .map_err(|_| Error::new(ErrorCode::SignatureInvalid))
    }
}

pub(super) fn non_zero(scalar: &[u8; KEY_LEN]) -> Result<NonZeroScalar> {
    NonZeroScalar::from_repr(FieldBytes::from(*scalar))
        .into_option()
        .ok_or(Error::new(ErrorCode::InvalidKey))
}

/// Reads an uncompressed point by its coordinates: the general SEC 1 reader would bring the square
/// root of compressed points into every firmware.
fn affine(point: &[u8; POINT_LEN]) -> Result<AffinePoint> {
    let ([4, x @ ..], y) = point.split_at(KEY_LEN + 1) else {
        return Err(ErrorCode::InvalidKey.into());
    };
    let coordinate =
        |bytes| FieldBytes::try_from(bytes).map_err(|_| Error::new(ErrorCode::InvalidKey));
    AffinePoint::from_coordinates(&coordinate(x)?, &coordinate(y)?)
        .into_option()
        .ok_or(Error::new(ErrorCode::InvalidKey))
}

fn uncompressed(point: &[u8]) -> Result<[u8; POINT_LEN]> {
    point
        .try_into()
        .map_err(|_| Error::new(ErrorCode::InvalidKey))
}

/// A cipher with its key, and a nonce of the length that it wants.
type Keyed<'n, Aes, N> = (AesGcm<Aes, N>, &'n Nonce<AesGcm<Aes, N>>);

/// Makes the cipher of a key and takes the nonce as what it wants.
fn cipher<'n, Aes, N>(key: &[u8], nonce: &'n [u8]) -> Result<Keyed<'n, Aes, N>>
where
    Aes: BlockSizeUser<BlockSize = U16> + BlockCipherEncrypt + KeyInit,
    N: ArraySize,
{
    let invalid = || Error::new(ErrorCode::InvalidArgument);
    let cipher = AesGcm::new_from_slice(key).map_err(|_| invalid())?;
    Ok((cipher, nonce.try_into().map_err(|_| invalid())?))
}

fn seal<Aes, N>(key: &[u8], nonce: &[u8], aad: &[u8], buffer: &mut [u8]) -> Result<[u8; TAG_LEN]>
where
    Aes: BlockSizeUser<BlockSize = U16> + BlockCipherEncrypt + KeyInit,
    N: ArraySize,
{
    let (cipher, nonce) = cipher::<Aes, N>(key, nonce)?;
    let tag = cipher
        .encrypt_inout_detached(nonce, aad, buffer.into())
        .map_err(|_| Error::new(ErrorCode::TooLarge))?;
    Ok(tag.into())
}

fn open<Aes, N>(
    key: &[u8],
    nonce: &[u8],
    aad: &[u8],
    buffer: &mut [u8],
    tag: &[u8; TAG_LEN],
) -> Result<()>
where
    Aes: BlockSizeUser<BlockSize = U16> + BlockCipherEncrypt + KeyInit,
    N: ArraySize,
{
    let (cipher, nonce) = cipher::<Aes, N>(key, nonce)?;
    let tag: &Tag<AesGcm<Aes, N>> = tag.into();
    cipher
        .decrypt_inout_detached(nonce, aad, buffer.into(), tag)
        .map_err(|_| Error::new(ErrorCode::DecryptionFailed))
}
