//! One recipient: which headers its algorithm needs, and which it has no use for.

use super::header::Headers;
use super::parts::{Member, PROTECTED};
use super::{Algorithm, Encryption};
use crate::crypto::{POINT_LEN, TAG_LEN};
use crate::error::{Error, ErrorCode, Result};
use crate::jws;
use crate::key::PublicKey;
use crate::prelude::*;

/// One recipient of a [`Jwe`](super::Jwe).
#[derive(Clone, Debug)]
pub struct Recipient {
    pub(super) algorithm: Algorithm,
    pub(super) kid: Option<String>,
    /// The sender's ephemeral key: `epk`, `ek`, or the encrypted key of integrated HPKE.
    pub(super) ephemeral: PublicKey,
    pub(super) apu: Vec<u8>,
    pub(super) apv: Vec<u8>,
    /// The content key, wrapped; empty where it is not carried.
    pub(super) encrypted_key: Vec<u8>,
}

impl Recipient {
    /// How the content key comes to this recipient.
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The name of the recipient's key: a thumbprint in messages of this crate.
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }
}

impl Recipient {
    /// Reads what the algorithm of a recipient needs, and refuses what it has no use for.
    ///
    /// # Errors
    /// Those of [`Jwe::parse_with`](super::Jwe::parse_with) on headers.
    pub(super) fn read(
        headers: &Headers<'_>,
        member: &Member,
    ) -> Result<(Self, Option<Encryption>)> {
        let place = member.place.as_str();
        let algorithm = named(headers, "alg", place, Algorithm::named)?;
        let encryption = if algorithm.is_integrated() {
            // The name of the algorithm must be authenticated, and it is all that says how to decrypt.
            headers.protected_only("alg")?;
            headers.without(&["enc"])?;
            None
        } else {
            headers.protected_only("enc")?;
            Some(named(headers, "enc", PROTECTED, Encryption::named)?)
        };
        let key_place = place.strip_suffix("/header").unwrap_or_default();
        let key_place = format!("{key_place}/encrypted_key");
        let encrypted_key =
            jws::decode(&member.encrypted_key).map_err(|error| error.at(&*key_place))?;
        let ephemeral = match algorithm {
            Algorithm::EcdhEs | Algorithm::EcdhEsA256Kw => {
                headers.without(&["ek"])?;
                epk(headers, place)?
            }
            Algorithm::Hpke0Ke | Algorithm::Hpke7Ke => {
                headers.without(&["epk", "apu", "apv"])?;
                let (_, path) = headers.required("ek", place)?;
                point(&headers.bytes("ek")?).map_err(|error| error.at(path))?
            }
            Algorithm::Hpke0 | Algorithm::Hpke7 => {
                headers.without(&["epk", "apu", "apv", "ek"])?;
                point(&encrypted_key).map_err(|error| error.at(&*key_place))?
            }
        };
        let expected = match (algorithm, encryption) {
            (Algorithm::EcdhEs, _) => 0,
            (Algorithm::EcdhEsA256Kw, Some(enc)) => enc.key_len() + 8,
            (_, Some(enc)) => enc.key_len() + TAG_LEN,
            (_, None) => POINT_LEN,
        };
        if encrypted_key.len() != expected {
            return Err(Error::new(ErrorCode::MalformedJwe)
                .at(key_place)
                .because(format!(
                    "{} bytes, expected {expected}",
                    encrypted_key.len()
                )));
        }
        let recipient = Self {
            algorithm,
            kid: headers.text("kid")?.map(|(kid, _)| kid.into()),
            ephemeral,
            apu: headers.bytes("apu")?,
            apv: headers.bytes("apv")?,
            encrypted_key,
        };
        Ok((recipient, encryption))
    }
}

/// The value of `alg` or `enc`.
fn named<T>(
    headers: &Headers<'_>,
    name: &str,
    place: &str,
    known: impl Fn(&str) -> Option<T>,
) -> Result<T> {
    let (value, path) = headers.required(name, place)?;
    let refuse = |code| Error::new(code).at(path);
    match value.as_str().map(known) {
        Some(Some(value)) => Ok(value),
        Some(None) => Err(refuse(ErrorCode::UnsupportedAlgorithm)),
        None => Err(refuse(ErrorCode::WrongType)),
    }
}

/// The ephemeral key of ECDH-ES: a public JWK.
fn epk(headers: &Headers<'_>, place: &str) -> Result<PublicKey> {
    let (jwk, path) = headers.required("epk", place)?;
    if jwk.get("d").is_some() {
        return Err(Error::new(ErrorCode::PrivateKey).at(format!("{path}/d")));
    }
    PublicKey::from_jwk(jwk).map_err(|error| error.under(&path))
}

/// The encapsulated key of HPKE: an uncompressed point.
fn point(bytes: &[u8]) -> Result<PublicKey> {
    match bytes.try_into() {
        Ok(point) => PublicKey::from_sec1_uncompressed(point),
        Err(_) => Err(ErrorCode::InvalidKey.into()),
    }
}
