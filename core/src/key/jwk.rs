//! Keys as JWK (RFC 7517, RFC 7518 section 6.2) and as PKCS #8 PEM (RFC 5958, RFC 7468).

use base64ct::{Base64UrlUnpadded, Encoding};
use p256::pkcs8::{DecodePrivateKey, EncodePrivateKey, LineEnding};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::{PublicKey, SigningKey};
use crate::crypto::KEY_LEN;
use crate::error::{Error, ErrorCode, Result};
use crate::prelude::*;

impl SigningKey {
    /// Reads a PKCS #8 private key in PEM (`-----BEGIN PRIVATE KEY-----`).
    ///
    /// # Errors
    /// `invalid_key`.
    pub fn from_pem(pem: &str) -> Result<Self> {
        let key =
            p256::SecretKey::from_pkcs8_pem(pem).map_err(|_| Error::new(ErrorCode::InvalidKey))?;
        Self::from_bytes(&Zeroizing::new(key.to_bytes().into()))
    }

    /// Writes a PKCS #8 private key in PEM. The text is a secret.
    ///
    /// # Errors
    /// `invalid_key`; a key that was loaded cannot cause it.
    pub fn to_pem(&self) -> Result<Zeroizing<String>> {
        let invalid = |_| Error::new(ErrorCode::InvalidKey);
        let key = p256::SecretKey::from_slice(self.secret()).map_err(invalid)?;
        key.to_pkcs8_pem(LineEnding::LF)
            .map_err(|_| Error::new(ErrorCode::InvalidKey))
    }

    /// Reads a private JWK (`kty` EC, `crv` P-256, `d`, `x`, `y`).
    ///
    /// # Errors
    /// `missing_member`, `wrong_type`, `malformed_base64` with a path; `invalid_key` when `x` and `y`
    /// are not the public key of `d`.
    pub fn from_jwk(jwk: &Value) -> Result<Self> {
        let key = Self::from_bytes(&Zeroizing::new(coordinate(jwk, "d")?))?;
        if PublicKey::from_jwk(jwk)? != *key.public_key() {
            return Err(Error::new(ErrorCode::InvalidKey).at("/d"));
        }
        Ok(key)
    }

    /// Writes the private JWK. The value is a secret.
    pub fn to_jwk(&self) -> Value {
        let mut jwk = self.public_key().to_jwk();
        jwk["d"] = Base64UrlUnpadded::encode_string(self.secret()).into();
        jwk
    }
}

impl PublicKey {
    /// Reads a public JWK (`kty` EC, `crv` P-256, `x`, `y`); other members are ignored.
    ///
    /// # Errors
    /// `missing_member`, `wrong_type`, `malformed_base64`, `unsupported_algorithm` with a path;
    /// `invalid_key` for a point off the curve.
    pub fn from_jwk(jwk: &Value) -> Result<Self> {
        for (name, expected) in [("kty", "EC"), ("crv", "P-256")] {
            if member(jwk, name)? != expected {
                return Err(Error::new(ErrorCode::UnsupportedAlgorithm).at(format!("/{name}")));
            }
        }
        let mut point = [4; 65];
        point[1..33].copy_from_slice(&coordinate(jwk, "x")?);
        point[33..].copy_from_slice(&coordinate(jwk, "y")?);
        Self::from_sec1(&point)
    }

    /// Writes the public JWK.
    pub fn to_jwk(&self) -> Value {
        json!({
            "kty": "EC",
            "crv": "P-256",
            "x": Base64UrlUnpadded::encode_string(self.x()),
            "y": Base64UrlUnpadded::encode_string(self.y()),
        })
    }

    /// Returns the key's name as a `did:jwk`. The members are in the order of their names, so that one
    /// key has one such name here; other software may write another for the same key.
    pub fn did_jwk(&self) -> String {
        let mut jwk = self.to_jwk();
        jwk.sort_all_objects();
        let text = jwk.to_string();
        format!(
            "did:jwk:{}",
            Base64UrlUnpadded::encode_string(text.as_bytes())
        )
    }
}

fn member<'a>(jwk: &'a Value, name: &str) -> Result<&'a str> {
    let value = jwk
        .get(name)
        .ok_or_else(|| Error::new(ErrorCode::MissingMember).at(format!("/{name}")))?;
    value
        .as_str()
        .ok_or_else(|| Error::new(ErrorCode::WrongType).at(format!("/{name}")))
}

fn coordinate(jwk: &Value, name: &str) -> Result<[u8; KEY_LEN]> {
    let mut bytes = [0; KEY_LEN];
    match Base64UrlUnpadded::decode(member(jwk, name)?, &mut bytes) {
        Ok(decoded) if decoded.len() == KEY_LEN => Ok(bytes),
        _ => Err(Error::new(ErrorCode::MalformedBase64).at(format!("/{name}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pem_and_jwk_round_trip() {
        let key = SigningKey::from_bytes(&[7; 32]).unwrap();
        let pem = key.to_pem().unwrap();
        assert!(pem.starts_with("-----BEGIN PRIVATE KEY-----"));
        assert_eq!(
            SigningKey::from_pem(&pem).unwrap().public_key(),
            key.public_key()
        );
        assert_eq!(
            SigningKey::from_jwk(&key.to_jwk()).unwrap().to_bytes(),
            key.to_bytes()
        );
        assert!(key.public_key().to_jwk().get("d").is_none());
    }

    /// RFC 7517 appendix A.2, first key.
    #[test]
    fn rfc7517_private_key() {
        let jwk = json!({
            "kty": "EC", "crv": "P-256",
            "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
            "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
            "d": "870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE",
        });
        assert_eq!(SigningKey::from_jwk(&jwk).unwrap().to_jwk(), jwk);
    }

    #[test]
    fn bad_jwks_name_the_member() {
        let good = SigningKey::from_bytes(&[7; 32]).unwrap().to_jwk();
        for (name, value, code) in [
            ("kty", json!("OKP"), ErrorCode::UnsupportedAlgorithm),
            ("crv", json!("P-384"), ErrorCode::UnsupportedAlgorithm),
            ("x", json!(1), ErrorCode::WrongType),
            ("y", json!("AA"), ErrorCode::MalformedBase64),
            (
                "d",
                json!("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE"),
                ErrorCode::InvalidKey,
            ),
        ] {
            let mut jwk = good.clone();
            jwk[name] = value;
            let error = SigningKey::from_jwk(&jwk).unwrap_err();
            assert_eq!(
                (error.code(), error.path()),
                (code, format!("/{name}").as_str())
            );
        }
    }
}
