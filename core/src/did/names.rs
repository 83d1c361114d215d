//! Documents of the DIDs that hold their key in the name: `did:key` (W3C CCG, v0.9) and `did:jwk`.

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Value, json};

use super::document::{DidDocument, Relationship};
use super::material::KeyMaterial;
use crate::error::{Error, ErrorCode, Result};
use crate::json::{self, Limits};
use crate::prelude::*;

/// A JWK in a name: [`super::MAX_DID_LEN`] bounds its text.
const JWK_LIMITS: Limits = Limits {
    bytes: super::MAX_DID_LEN,
    depth: 4,
    values: 64,
};

/// Reads what follows `did:key:`.
pub(super) fn key(multikey: &str) -> Result<KeyMaterial> {
    match KeyMaterial::from_multikey(multikey) {
        Ok(KeyMaterial::Unsupported) => Err(ErrorCode::UnsupportedAlgorithm.into()),
        Ok(key) => Ok(key),
        Err(error) if multikey.starts_with('z') => Err(error),
        // It is no Multikey but something else, a version for example: there is no such name.
        Err(_) => Err(ErrorCode::InvalidDid.into()),
    }
}

pub(super) fn key_document(did: &str, multikey: &str) -> Result<DidDocument> {
    let relationships = match key(multikey)? {
        // Ed25519 only signs; no X25519 key is derived from it.
        KeyMaterial::Ed25519(_) => &Relationship::SIGNING[..],
        _ => &Relationship::ALL[..],
    };
    let method = json!({
        "id": format!("{did}#{multikey}"),
        "type": "Multikey",
        "controller": did,
        "publicKeyMultibase": multikey,
    });
    let contexts = json!([
        "https://www.w3.org/ns/did/v1",
        "https://w3id.org/security/multikey/v1"
    ]);
    document(did, contexts, method, relationships)
}

pub(super) fn jwk_document(did: &str, text: &str) -> Result<DidDocument> {
    let bytes =
        Base64UrlUnpadded::decode_vec(text).map_err(|_| Error::new(ErrorCode::MalformedBase64))?;
    let jwk = json::parse_with(&bytes, &JWK_LIMITS)?;
    if KeyMaterial::from_jwk(&jwk)? == KeyMaterial::Unsupported {
        return Err(ErrorCode::UnsupportedAlgorithm.into());
    }
    let signs = jwk["crv"] == "Ed25519";
    let relationships = match jwk.get("use").and_then(Value::as_str) {
        Some("enc") => &[Relationship::KeyAgreement][..],
        Some("sig") => &Relationship::SIGNING[..],
        _ if signs => &Relationship::SIGNING[..],
        _ => &Relationship::ALL[..],
    };
    let method = json!({
        "id": format!("{did}#0"),
        "type": "JsonWebKey2020",
        "controller": did,
        "publicKeyJwk": jwk,
    });
    let contexts = json!([
        "https://www.w3.org/ns/did/v1",
        "https://w3id.org/security/suites/jws-2020/v1",
    ]);
    document(did, contexts, method, relationships)
}

/// A document with one key.
fn document(
    did: &str,
    contexts: Value,
    method: Value,
    relationships: &[Relationship],
) -> Result<DidDocument> {
    let url = method["id"].clone();
    let mut document = json!({ "@context": contexts, "id": did, "verificationMethod": [method] });
    for relationship in relationships {
        document[relationship.as_str()] = json!([url]);
    }
    DidDocument::from_value(document)
}
