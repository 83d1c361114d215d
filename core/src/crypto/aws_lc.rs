//! The backend for hosts: AWS-LC, whose P-256, AES and SHA-2 are in assembly.

use alloc::sync::Arc;
use std::sync::OnceLock;

mod decompressed;

use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{self, ECDH_P256, PrivateKey};
use aws_lc_rs::digest::{self, Digest, SHA256};
use aws_lc_rs::encoding::{AsBigEndian, EcPrivateKeyBin};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Prk};
use aws_lc_rs::hmac::{self, HMAC_SHA256};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, UnparsedPublicKey,
};
use zeroize::Zeroizing;

use super::{
    COMPRESSED_LEN, Crypto, KEY_LEN, NONCE_LEN, POINT_LEN, Portable, SIGNATURE_LEN, TAG_LEN,
};
use crate::error::{Error, ErrorCode, Result};
use crate::prelude::*;

/// AWS-LC through `aws-lc-rs`: constant time, several times as fast as [`Portable`] on P-256.
///
/// Signatures have a random nonce, into which AWS-LC mixes the key and the digest. What `aws-lc-rs` has
/// no call for is done by [`Portable`]: RFC 6979, checks and decompression of points, and AES-GCM with
/// nonces of other lengths than 12 bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct AwsLc;

/// A private key that AWS-LC has loaded. Its memory is wiped when the last clone is dropped.
#[derive(Clone)]
pub struct AwsLcKey(Arc<Loaded>);

struct Loaded {
    scalar: Zeroizing<[u8; KEY_LEN]>,
    point: [u8; POINT_LEN],
    agreement: PrivateKey,
    /// The same key as the library wants it for signing; HPKE's ephemeral keys never need it.
    signing: OnceLock<EcdsaKeyPair>,
}

impl AwsLcKey {
    fn new(scalar: &[u8; KEY_LEN]) -> Option<Self> {
        let agreement = PrivateKey::from_private_key(&ECDH_P256, scalar).ok()?;
        Self::of(agreement, Zeroizing::new(*scalar))
    }

    fn generate() -> Option<Self> {
        let agreement = PrivateKey::generate(&ECDH_P256).ok()?;
        let scalar: EcPrivateKeyBin<'_> = agreement.as_be_bytes().ok()?;
        let scalar = Zeroizing::new(scalar.as_ref().try_into().ok()?);
        Self::of(agreement, scalar)
    }

    fn of(agreement: PrivateKey, scalar: Zeroizing<[u8; KEY_LEN]>) -> Option<Self> {
        let point = agreement.compute_public_key().ok()?;
        Some(Self(Arc::new(Loaded {
            scalar,
            point: point.as_ref().try_into().ok()?,
            agreement,
            signing: OnceLock::new(),
        })))
    }

    pub(crate) fn scalar(&self) -> &[u8; KEY_LEN] {
        &self.0.scalar
    }

    fn signing(&self) -> Result<&EcdsaKeyPair> {
        if let Some(key) = self.0.signing.get() {
            return Ok(key);
        }
        let key = EcdsaKeyPair::from_private_key_and_public_key(
            &ECDSA_P256_SHA256_FIXED_SIGNING,
            self.scalar(),
            &self.0.point,
        )
        .map_err(|_| Error::new(ErrorCode::InvalidKey))?;
        Ok(self.0.signing.get_or_init(|| key))
    }
}

impl core::fmt::Debug for AwsLcKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("AwsLcKey(..)")
    }
}

/// The length of what HKDF is asked for.
struct OutputLen(usize);

impl KeyType for OutputLen {
    fn len(&self) -> usize {
        self.0
    }
}

impl Crypto for AwsLc {
    type PrivateKey = AwsLcKey;

    fn sha256(&self, parts: &[&[u8]]) -> [u8; KEY_LEN] {
        let mut context = digest::Context::new(&SHA256);
        for part in parts {
            context.update(part);
        }
        array(context.finish().as_ref())
    }

    fn hkdf_extract(&self, salt: &[u8], ikm: &[&[u8]]) -> [u8; KEY_LEN] {
        // RFC 5869 section 2.2: HMAC under the salt. `hkdf::Salt` would take the pieces joined, and
        // keeps the result to itself.
        let mut context = hmac::Context::with_key(&hmac::Key::new(HMAC_SHA256, salt));
        for part in ikm {
            context.update(part);
        }
        array(context.sign().as_ref())
    }

    fn hkdf_expand(&self, prk: &[u8; KEY_LEN], info: &[&[u8]], out: &mut [u8]) -> Result<()> {
        Prk::new_less_safe(HKDF_SHA256, prk)
            .expand(info, OutputLen(out.len()))
            .and_then(|okm| okm.fill(out))
            .map_err(|_| Error::new(ErrorCode::InvalidArgument))
    }

    fn aes_gcm_seal(
        &self,
        key: &[u8],
        nonce: &[u8],
        aad: &[u8],
        buffer: &mut [u8],
    ) -> Result<[u8; TAG_LEN]> {
        let nonce = <[u8; NONCE_LEN]>::try_from(nonce)
            .map_err(|_| Error::new(ErrorCode::InvalidArgument))?;
        let nonce = Nonce::assume_unique_for_key(nonce);
        let tag = cipher(key)?
            .seal_in_place_separate_tag(nonce, Aad::from(aad), buffer)
            .map_err(|_| Error::new(ErrorCode::TooLarge))?;
        Ok(array(tag.as_ref()))
    }

    fn aes_gcm_open(
        &self,
        key: &[u8],
        nonce: &[u8],
        aad: &[u8],
        buffer: &mut [u8],
        tag: &[u8; TAG_LEN],
    ) -> Result<()> {
        let Ok(short) = <[u8; NONCE_LEN]>::try_from(nonce) else {
            return Portable.aes_gcm_open(key, nonce, aad, buffer, tag);
        };
        let cipher = cipher(key)?;
        // AWS-LC decrypts first and wipes the buffer when the tag turns out wrong.
        let ciphertext = buffer.to_vec();
        let nonce = Nonce::assume_unique_for_key(short);
        match cipher.open_in_place_separate_tag(nonce, Aad::from(aad), tag, buffer) {
            Ok(_) => Ok(()),
            Err(_) => {
                buffer.copy_from_slice(&ciphertext);
                Err(ErrorCode::DecryptionFailed.into())
            }
        }
    }

    fn p256_private_key(&self, scalar: &[u8; KEY_LEN]) -> Result<AwsLcKey> {
        AwsLcKey::new(scalar).ok_or(Error::new(ErrorCode::InvalidKey))
    }

    fn p256_generate(&self) -> Option<Result<(AwsLcKey, [u8; POINT_LEN])>> {
        let key = AwsLcKey::generate().ok_or(Error::new(ErrorCode::RandomnessFailed));
        Some(key.map(|key| {
            let point = key.0.point;
            (key, point)
        }))
    }

    fn p256_public_key(&self, key: &AwsLcKey) -> Result<[u8; POINT_LEN]> {
        Ok(key.0.point)
    }

    fn p256_check_point(&self, point: &[u8; POINT_LEN]) -> Result<()> {
        Portable.p256_check_point(point)
    }

    fn p256_decompress(&self, point: &[u8; COMPRESSED_LEN]) -> Result<[u8; POINT_LEN]> {
        decompressed::find(point)
    }

    fn p256_ecdh(&self, key: &AwsLcKey, point: &[u8; POINT_LEN]) -> Result<[u8; KEY_LEN]> {
        let invalid = Error::new(ErrorCode::InvalidKey);
        let peer = agreement::UnparsedPublicKey::new(&ECDH_P256, uncompressed(point)?);
        agreement::agree(&key.0.agreement, peer, invalid, |shared| Ok(array(shared)))
    }

    fn p256_sign(&self, key: &AwsLcKey, digest: &[u8; KEY_LEN]) -> Result<[u8; SIGNATURE_LEN]> {
        let signature = key
            .signing()?
            .sign_digest(&import(digest)?)
            .map_err(|_| Error::new(ErrorCode::RandomnessFailed))?;
        Ok(array(signature.as_ref()))
    }

    fn p256_sign_deterministic(
        &self,
        key: &AwsLcKey,
        digest: &[u8; KEY_LEN],
    ) -> Result<[u8; SIGNATURE_LEN]> {
        Portable.p256_sign_deterministic(&Portable.p256_private_key(key.scalar())?, digest)
    }

    fn p256_verify(
        &self,
        point: &[u8; POINT_LEN],
        digest: &[u8; KEY_LEN],
        signature: &[u8; SIGNATURE_LEN],
    ) -> Result<()> {
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, uncompressed(point)?);
        if key.verify_digest(&import(digest)?, signature).is_ok() {
            return Ok(());
        }
        // The library has one error for everything: a bad point is told from a bad signature here.
        self.p256_check_point(point)?;
        Err(ErrorCode::SignatureInvalid.into())
    }
}

/// Lets only the form `04 || x || y` pass: the library reads others too, among them the hybrid ones of
/// X9.62 (`06`, `07`), which have the same length.
fn uncompressed(point: &[u8; POINT_LEN]) -> Result<&[u8; POINT_LEN]> {
    match point {
        [4, ..] => Ok(point),
        _ => Err(ErrorCode::InvalidKey.into()),
    }
}

fn cipher(key: &[u8]) -> Result<LessSafeKey> {
    let algorithm = match key.len() {
        16 => &AES_128_GCM,
        32 => &AES_256_GCM,
        _ => return Err(ErrorCode::InvalidArgument.into()),
    };
    UnboundKey::new(algorithm, key)
        .map(LessSafeKey::new)
        .map_err(|_| ErrorCode::InvalidArgument.into())
}

fn import(digest: &[u8; KEY_LEN]) -> Result<Digest> {
    Digest::import_less_safe(digest, &SHA256).map_err(|_| ErrorCode::InvalidArgument.into())
}

/// Copies what the library returns as a slice, although its length is fixed.
fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut out = [0; N];
    out.copy_from_slice(bytes);
    out
}
