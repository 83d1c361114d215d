//! Public keys as DID documents write them: Multikey and JSON Web Key.

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Map, Value};

use crate::error::{Error, ErrorCode, Result};
use crate::key::PublicKey;
use crate::prelude::*;

/// Multicodec varints of the key types that are read.
const P256_PUB: [u8; 2] = [0x80, 0x24];
const ED25519_PUB: [u8; 2] = [0xed, 0x01];
/// Base58 costs time with the square of its length; an RSA key of 4096 bits has 720 digits.
const MAX_MULTIKEY_LEN: usize = 1024;
/// Members of a JWK that are secret (RFC 7518 section 6).
const PRIVATE_MEMBERS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// The public key of a verification method.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum KeyMaterial {
    /// A point on P-256.
    P256(PublicKey),
    /// An Ed25519 public key (RFC 8032). Not checked to be a point on the curve.
    Ed25519([u8; 32]),
    /// A key of a type, or in a form, that is not read here.
    Unsupported,
}

impl KeyMaterial {
    /// Reads a Multikey (CID 1.0 section 2.2.2), `z` and base58btc: P-256 (0x1200) and Ed25519 (0xed).
    /// A key of another type is [`KeyMaterial::Unsupported`].
    ///
    /// # Errors
    /// `too_large`; `invalid_key` for another encoding, a wrong length or a point off the curve.
    pub fn from_multikey(text: &str) -> Result<Self> {
        let invalid = || Error::new(ErrorCode::InvalidKey);
        if text.len() > MAX_MULTIKEY_LEN {
            return Err(ErrorCode::TooLarge.into());
        }
        let digits = text.strip_prefix('z').ok_or_else(invalid)?;
        let bytes = bs58::decode(digits).into_vec().map_err(|_| invalid())?;
        if let Some(point) = bytes.strip_prefix(&P256_PUB) {
            // A Multikey holds the compressed point only.
            return match point.len() {
                33 => PublicKey::from_sec1(point).map(Self::P256),
                _ => Err(invalid()),
            };
        }
        match bytes.strip_prefix(&ED25519_PUB) {
            Some(key) => key.try_into().map(Self::Ed25519).map_err(|_| invalid()),
            None if bytes.len() > 2 => Ok(Self::Unsupported),
            None => Err(invalid()),
        }
    }

    /// Reads a public JWK: EC P-256 and OKP Ed25519 (RFC 8037). A key of another type is
    /// [`KeyMaterial::Unsupported`].
    ///
    /// # Errors
    /// `private_key` when the JWK holds a secret, whatever its type; `wrong_type`, `missing_member`,
    /// `malformed_base64`, `invalid_key` with a path.
    pub fn from_jwk(jwk: &Value) -> Result<Self> {
        let members = jwk.as_object().ok_or(Error::new(ErrorCode::WrongType))?;
        refuse_private(members, &PRIVATE_MEMBERS)?;
        let word = |name: &str| members.get(name).and_then(Value::as_str);
        match (word("kty"), word("crv")) {
            (Some("EC"), Some("P-256")) => PublicKey::from_jwk(jwk).map(Self::P256),
            (Some("OKP"), Some("Ed25519")) => ed25519(members).map(Self::Ed25519),
            (None, _) => Err(Error::new(ErrorCode::MissingMember).at("/kty")),
            _ => Ok(Self::Unsupported),
        }
    }

    /// Returns the P-256 key, the only type that signs in this crate.
    pub const fn p256(&self) -> Option<&PublicKey> {
        match self {
            Self::P256(key) => Some(key),
            _ => None,
        }
    }

    /// Reads the key of a verification method by its type (CID 1.0 section 2.2, DID 1.0 section 5.2).
    pub(super) fn of_method(members: &Map<String, Value>) -> Result<Self> {
        refuse_private(
            members,
            &[
                "privateKeyJwk",
                "privateKeyMultibase",
                "secretKeyJwk",
                "secretKeyMultibase",
            ],
        )?;
        // A secret in a JWK is refused even where the type of the method is not known.
        let jwk = members.get("publicKeyJwk");
        let jwk_key = jwk
            .map(Self::from_jwk)
            .transpose()
            .map_err(|error| error.under("/publicKeyJwk"))?;
        let multikey = members.get("publicKeyMultibase");
        if jwk.is_some() && multikey.is_some() {
            return Err(Error::new(ErrorCode::Inconsistent)
                .at("/publicKeyMultibase")
                .because("a verification method has one key in one form"));
        }
        let key = match super::document::string(members, "type")? {
            "JsonWebKey" | "JsonWebKey2020" => {
                jwk_key.ok_or_else(|| Error::new(ErrorCode::MissingMember).at("/publicKeyJwk"))?
            }
            kind @ ("Multikey" | "Ed25519VerificationKey2020") => {
                let path = "/publicKeyMultibase";
                let text = multikey.ok_or_else(|| Error::new(ErrorCode::MissingMember).at(path))?;
                let text = text.as_str();
                let text = text.ok_or_else(|| Error::new(ErrorCode::WrongType).at(path))?;
                match Self::from_multikey(text).map_err(|error| error.under(path))? {
                    Self::P256(_) if kind != "Multikey" => {
                        return Err(Error::new(ErrorCode::InvalidKey).at(path));
                    }
                    key => key,
                }
            }
            _ => Self::Unsupported,
        };
        Ok(key)
    }
}

fn refuse_private(members: &Map<String, Value>, names: &[&str]) -> Result<()> {
    match names.iter().find(|name| members.contains_key(**name)) {
        Some(name) => Err(Error::new(ErrorCode::PrivateKey).at(format!("/{name}"))),
        None => Ok(()),
    }
}

fn ed25519(jwk: &Map<String, Value>) -> Result<[u8; 32]> {
    let fault = |code| Error::new(code).at("/x");
    let text = jwk
        .get("x")
        .ok_or_else(|| fault(ErrorCode::MissingMember))?;
    let text = text.as_str().ok_or_else(|| fault(ErrorCode::WrongType))?;
    let mut key = [0; 32];
    match Base64UrlUnpadded::decode(text, &mut key) {
        Ok(decoded) if decoded.len() == 32 => Ok(key),
        _ => Err(fault(ErrorCode::MalformedBase64)),
    }
}
