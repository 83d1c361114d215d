//! did:key vectors of the W3C CCG (P-256).

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "alloc")]

mod common;

use batterypass::did::{self, KeyMaterial, Relationship};
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
                // P-384 and P-521 are told apart from what is no key at all.
                let error = did::resolve(did, None).unwrap_err();
                assert_eq!(error.code(), ErrorCode::UnsupportedAlgorithm);
                other_curves += 1;
                continue;
            }
        };
        assert_eq!(key.did().as_str(), did);
        resolves(did, key, &case["didDocument"]);
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

/// Our document of a name, and the one of the vectors, give the same key under the same URL.
fn resolves(did: &str, key: PublicKey, theirs: &serde_json::Value) {
    let url = format!("{did}#{}", key.multikey());
    let at = "2027-02-18T00:00:00Z".parse().unwrap();
    let ours = did::resolve(did, None).unwrap();
    for relationship in Relationship::ALL {
        let method = ours.method(&url, relationship, at).unwrap();
        assert_eq!(method.key, KeyMaterial::P256(key));
    }
    let theirs = did::DidDocument::from_value(theirs.clone()).unwrap();
    assert_eq!(theirs.id(), did);
    let method = theirs
        .method(&url, Relationship::AssertionMethod, at)
        .unwrap();
    // `publicKeyBase58` of older documents is not read.
    let known = [KeyMaterial::P256(key), KeyMaterial::Unsupported];
    assert!(known.contains(&method.key), "{method:?}");
}

/// Ed25519: the example of the did:key specification, and its key as RFC 8032 bytes.
#[test]
fn ed25519() {
    let did = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK";
    let document = did::resolve(did, None).unwrap();
    let url = format!("{did}#z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK");
    let at = "2027-02-18T00:00:00Z".parse().unwrap();
    let method = document
        .method(&url, Relationship::AssertionMethod, at)
        .unwrap();
    let KeyMaterial::Ed25519(key) = method.key else {
        panic!("{method:?}");
    };
    let multikey = bs58::encode([&[0xed, 0x01], &key[..]].concat()).into_string();
    assert_eq!(format!("did:key:z{multikey}"), did);
    // It signs only.
    let error = document
        .method(&url, Relationship::KeyAgreement, at)
        .unwrap_err();
    assert_eq!(error.code(), ErrorCode::MethodNotAuthorised);
}

#[test]
fn bad_names() {
    let multikey = |bytes: &[u8]| format!("did:key:z{}", bs58::encode(bytes).into_string());
    let off_curve = [&[0x80, 0x24, 0x02], &[0xff; 32][..]].concat();
    let uncompressed = [&[0x80, 0x24, 0x04][..], &[1; 64]].concat();
    for (did, code) in [
        (multikey(&off_curve), ErrorCode::InvalidKey),
        (multikey(&off_curve[..34]), ErrorCode::InvalidKey),
        (multikey(&uncompressed), ErrorCode::InvalidKey),
        (multikey(&[0xed, 0x01, 1, 2]), ErrorCode::InvalidKey),
        (multikey(&[0x80, 0x24]), ErrorCode::InvalidKey),
        // secp256k1
        (
            multikey(&[&[0xe7, 0x01][..], &[2; 33]].concat()),
            ErrorCode::UnsupportedAlgorithm,
        ),
        ("did:key:z".into(), ErrorCode::InvalidKey),
        ("did:key:z0".into(), ErrorCode::InvalidKey),
        ("did:key:uAA".into(), ErrorCode::InvalidDid),
        ("did:key:1.1:z6Mk".into(), ErrorCode::InvalidDid),
        (
            format!("did:key:z{}", "1".repeat(1100)),
            ErrorCode::TooLarge,
        ),
    ] {
        assert_eq!(did::resolve(&did, None).unwrap_err().code(), code, "{did}");
    }
}
