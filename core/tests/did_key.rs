//! did:key vectors of the W3C CCG (P-256).

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "alloc")]

mod common;

use batterypass::{ErrorCode, PublicKey};
use common::vectors;

#[test]
fn nist_curves() {
    let Some(cases) = vectors("did-key/nist-curves.json") else {
        return;
    };
    let (mut jwks, mut base58, mut other_curves) = (0, 0, 0);
    for (did, case) in cases.as_object().unwrap() {
        let method = &case["verificationMethod"];
        let key = match PublicKey::from_did(did) {
            Ok(key) => key,
            Err(error) => {
                assert_eq!(error.code(), ErrorCode::InvalidDid);
                assert_ne!(method["publicKeyJwk"]["crv"], "P-256");
                other_curves += 1;
                continue;
            }
        };
        assert_eq!(key.did().as_str(), did);
        if let Some(text) = method["publicKeyBase58"].as_str() {
            assert_eq!(
                bs58::decode(text.as_bytes())
                    .into_array_const::<33>()
                    .unwrap(),
                key.to_sec1_compressed()
            );
            base58 += 1;
        } else {
            assert_eq!(PublicKey::from_jwk(&method["publicKeyJwk"]).unwrap(), key);
            jwks += 1;
        }
    }
    assert_eq!((jwks, base58, other_curves), (2, 1, 4));
}
