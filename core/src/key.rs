//! P-256 keys, their RFC 7638 thumbprints and `did:key` names. No allocator needed.

use core::fmt;
use core::str::FromStr;

use base64ct::{Base64UrlUnpadded, Encoding};
use rand_core::TryCryptoRng;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::crypto::{self, Backend, Crypto, KEY_LEN, POINT_LEN, SIGNATURE_LEN};
use crate::error::{Error, ErrorCode, Result};

#[cfg(feature = "alloc")]
mod jwk;

/// The multicodec prefix of a compressed P-256 public key (`p256-pub`, 0x1200 as a varint).
const MULTICODEC_P256: [u8; 2] = [0x80, 0x24];
const DID_KEY_PREFIX: &str = "did:key:";
/// Bytes of the longest `did:key` of a P-256 key.
pub const DID_LEN: usize = 64;
/// Bytes of the longest Multikey of a P-256 key.
pub const MULTIKEY_LEN: usize = DID_LEN - DID_KEY_PREFIX.len();
/// Bytes of the longest DID URL of a P-256 key.
pub const URL_LEN: usize = DID_LEN + 1 + MULTIKEY_LEN;

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
    pub fn generate<R: TryCryptoRng + ?Sized>(rng: &mut R) -> Result<Self> {
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
        Self::generate(&mut getrandom::SysRng)
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
        encode_coordinate(self.x(), &mut x);
        encode_coordinate(self.y(), &mut y);
        Thumbprint(Backend.sha256(&[
            br#"{"crv":"P-256","kty":"EC","x":""#,
            &x,
            br#"","y":""#,
            &y,
            br#""}"#,
        ]))
    }

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
        encode_coordinate(&self.0, &mut text);
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
fn encode_coordinate(bytes: &[u8], text: &mut [u8; 43]) {
    // Cannot fail: the buffer has the exact length.
    let _ = Base64UrlUnpadded::encode(bytes, text);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prelude::*;

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_bytes(&[seed; 32]).unwrap()
    }

    #[test]
    fn did_round_trip() {
        let public = *key(7).public_key();
        let did = public.did();
        assert!(did.starts_with("did:key:zDn"), "{did}");
        assert_eq!(PublicKey::from_did(&did).unwrap(), public);
        assert_eq!(
            PublicKey::from_sec1(&public.to_sec1_compressed()).unwrap(),
            public
        );
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

    #[test]
    fn thumbprint_text() {
        let thumbprint = key(7).public_key().thumbprint();
        let mut text = heapless::String::<43>::new();
        core::fmt::write(&mut text, format_args!("{thumbprint}")).unwrap();
        assert_eq!(text.parse::<Thumbprint>().unwrap(), thumbprint);
        assert!(thumbprint.matches(&thumbprint.0) && !thumbprint.matches(&thumbprint.0[..31]));
        assert!("short".parse::<Thumbprint>().is_err());
    }
}
