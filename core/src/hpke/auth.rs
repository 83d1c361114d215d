//! The modes Auth and AuthPSK (RFC 9180 sections 5.1.3 and 5.1.4), which also prove the sender's key.
//!
//! The successor of RFC 9180 removes them, and neither COSE nor JOSE uses them: hence the feature. Who
//! knows the recipient's private key can forge a message from any sender, so they do not replace a
//! signature.

use zeroize::Zeroizing;

use super::{AUTH, Aead, Context, Mode, extract_and_expand, key_schedule};
use crate::crypto::{self, Crypto, KEY_LEN, POINT_LEN, Random};
use crate::error::Result;
use crate::key::{PublicKey, SigningKey};

/// Makes a sender's context that proves the key `sender` (SetupAuthS; with a PSK mode, SetupAuthPSKS).
///
/// # Errors
/// As [`setup_sender`](super::setup_sender).
pub fn setup_auth_sender<'c, C: Crypto, K: Crypto, R: Random + ?Sized>(
    crypto: &'c C,
    rng: &mut R,
    recipient: &PublicKey,
    sender: &SigningKey<K>,
    aead: Aead,
    mode: Mode<'_>,
    info: &[u8],
) -> Result<([u8; POINT_LEN], Context<'c, C>)> {
    let (secret, enc) = crypto::generate(crypto, rng)?;
    let dh = both(
        &crypto.p256_ecdh(&secret, recipient.as_sec1())?,
        &*sender.agree(recipient.as_sec1())?,
    );
    let points: [&[u8]; 3] = [&enc, recipient.as_sec1(), sender.public_key().as_sec1()];
    let shared = extract_and_expand(crypto, dh.as_slice(), &points)?;
    let context = key_schedule(crypto, &shared, aead, AUTH, mode, info)?;
    Ok((enc, context))
}

/// Makes the receiver's context of a message that must come from `sender` (SetupAuthR, SetupAuthPSKR).
///
/// # Errors
/// As [`setup_receiver`](super::setup_receiver).
pub fn setup_auth_receiver<'c, C: Crypto, K: Crypto>(
    crypto: &'c C,
    enc: &[u8; POINT_LEN],
    key: &SigningKey<K>,
    sender: &PublicKey,
    aead: Aead,
    mode: Mode<'_>,
    info: &[u8],
) -> Result<Context<'c, C>> {
    let dh = both(&*key.agree(enc)?, &*key.agree(sender.as_sec1())?);
    let points: [&[u8]; 3] = [enc, key.public_key().as_sec1(), sender.as_sec1()];
    let shared = extract_and_expand(crypto, dh.as_slice(), &points)?;
    key_schedule(crypto, &shared, aead, AUTH, mode, info)
}

/// The two shared points of AuthEncap, one behind the other.
fn both(ephemeral: &[u8; KEY_LEN], fixed: &[u8; KEY_LEN]) -> Zeroizing<[u8; 2 * KEY_LEN]> {
    let mut dh = Zeroizing::new([0; 2 * KEY_LEN]);
    let (first, second) = dh.split_at_mut(KEY_LEN);
    first.copy_from_slice(ephemeral);
    second.copy_from_slice(fixed);
    dh
}
