//! Handles of keys.

use alloc::sync::Arc;

use napi::bindgen_prelude::{External, Uint8Array};
use napi_derive::napi;

use crate::error::OrThrow;
use crate::input::json;

/// A private key; it never leaves its handle unless `keyToPem` or `keyToJwk` is called.
pub(crate) type Signing = External<Arc<batterypass::SigningKey>>;
/// A public key.
pub(crate) type Public = External<batterypass::PublicKey>;

fn handle(key: batterypass::SigningKey) -> Signing {
    External::new(Arc::new(key))
}

#[napi]
pub fn key_generate() -> napi::Result<Signing> {
    batterypass::SigningKey::random().map(handle).or_throw()
}

#[napi]
pub fn key_from_pem(text: String) -> napi::Result<Signing> {
    batterypass::SigningKey::from_pem(&text)
        .map(handle)
        .or_throw()
}

#[napi]
pub fn key_from_jwk(jwk: String) -> napi::Result<Signing> {
    let jwk = json(&jwk).or_throw()?;
    batterypass::SigningKey::from_jwk(&jwk)
        .map(handle)
        .or_throw()
}

#[napi]
pub fn key_to_pem(key: &Signing) -> napi::Result<String> {
    key.to_pem().map(|text| text.to_string()).or_throw()
}

#[napi]
pub fn key_to_jwk(key: &Signing) -> String {
    key.to_jwk().to_string()
}

#[napi]
pub fn key_public(key: &Signing) -> Public {
    External::new(*key.public_key())
}

#[napi]
pub fn public_from_did(did: String) -> napi::Result<Public> {
    batterypass::PublicKey::from_did(&did)
        .map(External::new)
        .or_throw()
}

#[napi]
pub fn public_from_jwk(jwk: String) -> napi::Result<Public> {
    let jwk = json(&jwk).or_throw()?;
    batterypass::PublicKey::from_jwk(&jwk)
        .map(External::new)
        .or_throw()
}

#[napi]
pub fn public_from_sec1(data: &[u8]) -> napi::Result<Public> {
    batterypass::PublicKey::from_sec1(data)
        .map(External::new)
        .or_throw()
}

#[napi]
pub fn public_to_sec1(key: &Public, compressed: bool) -> Uint8Array {
    if compressed {
        key.to_sec1_compressed().to_vec().into()
    } else {
        key.as_sec1().to_vec().into()
    }
}

#[napi]
pub fn public_to_jwk(key: &Public) -> String {
    key.to_jwk().to_string()
}

#[napi]
pub fn public_did(key: &Public) -> String {
    key.did().to_string()
}

#[napi]
pub fn public_did_jwk(key: &Public) -> String {
    key.did_jwk()
}

#[napi]
pub fn public_thumbprint(key: &Public) -> String {
    key.thumbprint().to_string()
}
