//! HPKE (RFC 9180) with DHKEM(P-256, HKDF-SHA256), HKDF-SHA256 and AES-GCM: base and PSK mode, for one
//! message ([`seal`], [`open`]) or as a context. The feature `legacy-hpke-auth` adds the modes that the
//! successor of RFC 9180 removes.
//!
//! Sealing costs two scalar multiplications a recipient: one for the ephemeral key, one for ECDH.
//! Nothing is allocated; buffers and the random source are the caller's.

use zeroize::Zeroizing;

use crate::crypto::{self, Crypto, KEY_LEN, NONCE_LEN, POINT_LEN, Random, TAG_LEN};
use crate::error::{ErrorCode, Result};
use crate::key::{PublicKey, SigningKey};

#[cfg(feature = "legacy-hpke-auth")]
mod auth;
mod single;

#[cfg(feature = "legacy-hpke-auth")]
pub use auth::{setup_auth_receiver, setup_auth_sender};
pub use single::{Parameters, open, seal};

/// What the mode's number has added to it where the sender's key is proved (RFC 9180 section 5).
#[cfg(feature = "legacy-hpke-auth")]
const AUTH: u8 = 2;
const KEM_ID: u16 = 0x0010;
const KDF_ID: u16 = 0x0001;
const VERSION: &[u8] = b"HPKE-v1";
const KEM_SUITE: &[u8] = &[b'K', b'E', b'M', 0x00, 0x10];

/// The AEAD of a context (RFC 9180 section 7.3).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Aead {
    /// AES-128-GCM, 0x0001.
    Aes128Gcm,
    /// AES-256-GCM, 0x0002.
    Aes256Gcm,
    /// No encryption, only [`Context::export`], 0xFFFF.
    ExportOnly,
}

impl Aead {
    const fn id(self) -> u16 {
        match self {
            Self::Aes128Gcm => 1,
            Self::Aes256Gcm => 2,
            Self::ExportOnly => 0xffff,
        }
    }

    const fn key_len(self) -> usize {
        match self {
            Self::Aes128Gcm => 16,
            Self::Aes256Gcm => 32,
            Self::ExportOnly => 0,
        }
    }
}

/// The mode of a context (RFC 9180 section 5).
#[derive(Clone, Copy)]
pub enum Mode<'a> {
    /// Encryption to a public key.
    Base,
    /// The same, also authenticated by a pre-shared key of at least 32 bytes.
    Psk {
        /// The pre-shared key.
        psk: &'a [u8],
        /// Its name; not empty.
        psk_id: &'a [u8],
    },
}

impl core::fmt::Debug for Mode<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Base => "Base",
            Self::Psk { .. } => "Psk { .. }",
        })
    }
}

/// One end of an HPKE context. The sender's seals, the receiver's opens, both export.
pub struct Context<'c, C> {
    crypto: &'c C,
    aead: Aead,
    key: Zeroizing<[u8; KEY_LEN]>,
    base_nonce: [u8; NONCE_LEN],
    exporter_secret: Zeroizing<[u8; KEY_LEN]>,
    sequence: u64,
}

impl<C> core::fmt::Debug for Context<'_, C> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Context({:?}, sequence {})", self.aead, self.sequence)
    }
}

/// Makes a sender's context and the encapsulated key that the receiver needs (SetupS).
///
/// # Errors
/// `randomness_failed`; `invalid_argument` for a PSK that is too short or has no name.
pub fn setup_sender<'c, C: Crypto, R: Random + ?Sized>(
    crypto: &'c C,
    rng: &mut R,
    recipient: &PublicKey,
    aead: Aead,
    mode: Mode<'_>,
    info: &[u8],
) -> Result<([u8; POINT_LEN], Context<'c, C>)> {
    let (secret, enc) = crypto::generate(crypto, rng)?;
    let dh = Zeroizing::new(crypto.p256_ecdh(&secret, recipient.as_sec1())?);
    let shared = extract_and_expand(crypto, dh.as_slice(), &[&enc, recipient.as_sec1()])?;
    Ok((enc, key_schedule(crypto, &shared, aead, 0, mode, info)?))
}

/// Makes the receiver's context from an encapsulated key (SetupR). The key's own backend does the key
/// agreement, `crypto` all that follows.
///
/// # Errors
/// `invalid_key` when `enc` is not a point on the curve; `invalid_argument` as for the sender.
pub fn setup_receiver<'c, C: Crypto, K: Crypto>(
    crypto: &'c C,
    enc: &[u8; POINT_LEN],
    key: &SigningKey<K>,
    aead: Aead,
    mode: Mode<'_>,
    info: &[u8],
) -> Result<Context<'c, C>> {
    let dh = key.agree(enc)?;
    let shared = extract_and_expand(crypto, dh.as_slice(), &[enc, key.public_key().as_sec1()])?;
    key_schedule(crypto, &shared, aead, 0, mode, info)
}

impl<C: Crypto> Context<'_, C> {
    /// Encrypts `buffer` in place and returns the tag. Each call uses the next nonce.
    ///
    /// # Errors
    /// `invalid_argument` for an export-only context or after 2^64 - 1 messages.
    pub fn seal(&mut self, aad: &[u8], buffer: &mut [u8]) -> Result<[u8; TAG_LEN]> {
        let nonce = self.nonce()?;
        let tag = self.crypto.aes_gcm_seal(self.key(), &nonce, aad, buffer)?;
        self.sequence += 1;
        Ok(tag)
    }

    /// [`Context::seal`] for a context that was made with [`Aead::Aes256Gcm`]. The length of the key is
    /// known when this is compiled, so that a firmware with no other AEAD carries no AES-128 (2 KB).
    pub(crate) fn seal_aes256(&mut self, aad: &[u8], buffer: &mut [u8]) -> Result<[u8; TAG_LEN]> {
        debug_assert_eq!(self.aead, Aead::Aes256Gcm);
        let nonce = self.nonce()?;
        let tag = self
            .crypto
            .aes_gcm_seal(self.key.as_slice(), &nonce, aad, buffer)?;
        self.sequence += 1;
        Ok(tag)
    }

    /// Decrypts `buffer` in place; a failed call leaves it and the sequence as they were.
    ///
    /// # Errors
    /// `decryption_failed`; `invalid_argument` as for sealing.
    pub fn open(&mut self, aad: &[u8], buffer: &mut [u8], tag: &[u8; TAG_LEN]) -> Result<()> {
        let nonce = self.nonce()?;
        self.crypto
            .aes_gcm_open(self.key(), &nonce, aad, buffer, tag)?;
        self.sequence += 1;
        Ok(())
    }

    /// Derives a secret for another use (RFC 9180 section 5.3).
    ///
    /// # Errors
    /// `invalid_argument` for more than 255 * 32 bytes.
    pub fn export(&self, exporter_context: &[u8], out: &mut [u8]) -> Result<()> {
        let suite = suite_id(self.aead);
        expand(
            self.crypto,
            &suite,
            &self.exporter_secret,
            b"sec",
            &[exporter_context],
            out,
        )
    }

    fn key(&self) -> &[u8] {
        &self.key[..self.aead.key_len()]
    }

    fn nonce(&self) -> Result<[u8; NONCE_LEN]> {
        if self.sequence == u64::MAX {
            return Err(ErrorCode::InvalidArgument.into());
        }
        let mut nonce = self.base_nonce;
        for (byte, sequence) in nonce[NONCE_LEN - 8..]
            .iter_mut()
            .zip(self.sequence.to_be_bytes())
        {
            *byte ^= sequence;
        }
        Ok(nonce)
    }
}

/// Derives a key pair from at least 32 bytes of key material (RFC 9180 section 7.1.3).
///
/// # Errors
/// `invalid_argument` for less material; `invalid_key` in the practically impossible case that no
/// candidate is a scalar.
pub fn derive_key_pair<C: Crypto>(crypto: &C, ikm: &[u8]) -> Result<SigningKey> {
    if ikm.len() < KEY_LEN {
        return Err(ErrorCode::InvalidArgument.into());
    }
    let prk = Zeroizing::new(extract(crypto, KEM_SUITE, &[], b"dkp_prk", ikm));
    for counter in 0..=u8::MAX {
        let mut candidate = Zeroizing::new([0; KEY_LEN]);
        expand(
            crypto,
            KEM_SUITE,
            &prk,
            b"candidate",
            &[&[counter]],
            candidate.as_mut_slice(),
        )?;
        if let Ok(key) = SigningKey::from_bytes(&candidate) {
            return Ok(key);
        }
    }
    Err(ErrorCode::InvalidKey.into())
}

fn extract_and_expand<C: Crypto>(
    crypto: &C,
    dh: &[u8],
    points: &[&[u8]],
) -> Result<Zeroizing<[u8; KEY_LEN]>> {
    let prk = Zeroizing::new(extract(crypto, KEM_SUITE, &[], b"eae_prk", dh));
    let mut shared = Zeroizing::new([0; KEY_LEN]);
    expand(
        crypto,
        KEM_SUITE,
        &prk,
        b"shared_secret",
        points,
        shared.as_mut_slice(),
    )?;
    Ok(shared)
}

fn key_schedule<'c, C: Crypto>(
    crypto: &'c C,
    shared: &[u8; KEY_LEN],
    aead: Aead,
    auth: u8,
    mode: Mode<'_>,
    info: &[u8],
) -> Result<Context<'c, C>> {
    let (mode_id, psk, psk_id): (u8, &[u8], &[u8]) = match mode {
        Mode::Base => (0, &[], &[]),
        Mode::Psk { psk, psk_id } if psk.len() >= KEY_LEN && !psk_id.is_empty() => (1, psk, psk_id),
        Mode::Psk { .. } => return Err(ErrorCode::InvalidArgument.into()),
    };
    let suite = suite_id(aead);
    let psk_id_hash = extract(crypto, &suite, &[], b"psk_id_hash", psk_id);
    let info_hash = extract(crypto, &suite, &[], b"info_hash", info);
    let secret = Zeroizing::new(extract(crypto, &suite, shared, b"secret", psk));
    let context: [&[u8]; 3] = [&[auth + mode_id], &psk_id_hash, &info_hash];

    let mut new = Context {
        crypto,
        aead,
        key: Zeroizing::new([0; KEY_LEN]),
        base_nonce: [0; NONCE_LEN],
        exporter_secret: Zeroizing::new([0; KEY_LEN]),
        sequence: 0,
    };
    if aead != Aead::ExportOnly {
        expand(
            crypto,
            &suite,
            &secret,
            b"key",
            &context,
            &mut new.key[..aead.key_len()],
        )?;
        expand(
            crypto,
            &suite,
            &secret,
            b"base_nonce",
            &context,
            &mut new.base_nonce,
        )?;
    }
    expand(
        crypto,
        &suite,
        &secret,
        b"exp",
        &context,
        new.exporter_secret.as_mut_slice(),
    )?;
    Ok(new)
}

const fn suite_id(aead: Aead) -> [u8; 10] {
    let [k0, k1] = KEM_ID.to_be_bytes();
    let [d0, d1] = KDF_ID.to_be_bytes();
    let [a0, a1] = aead.id().to_be_bytes();
    [b'H', b'P', b'K', b'E', k0, k1, d0, d1, a0, a1]
}

/// LabeledExtract (RFC 9180 section 4).
fn extract<C: Crypto>(
    crypto: &C,
    suite: &[u8],
    salt: &[u8],
    label: &[u8],
    ikm: &[u8],
) -> [u8; KEY_LEN] {
    crypto.hkdf_extract(salt, &[VERSION, suite, label, ikm])
}

/// LabeledExpand (RFC 9180 section 4) with up to three pieces of info.
fn expand<C: Crypto>(
    crypto: &C,
    suite: &[u8],
    prk: &[u8; KEY_LEN],
    label: &[u8],
    info: &[&[u8]],
    out: &mut [u8],
) -> Result<()> {
    let Ok(len) = u16::try_from(out.len()) else {
        return Err(ErrorCode::InvalidArgument.into());
    };
    let piece = |i: usize| info.get(i).copied().unwrap_or_default();
    crypto.hkdf_expand(
        prk,
        &[
            &len.to_be_bytes(),
            VERSION,
            suite,
            label,
            piece(0),
            piece(1),
            piece(2),
        ],
        out,
    )
}
