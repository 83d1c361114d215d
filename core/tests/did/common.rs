//! Keys, documents and shorthands.

use batterypass::did::{DidDocument, Relationship, VerificationMethod};
use batterypass::time::Timestamp;
use batterypass::{ErrorCode, PublicKey, SigningKey};
use serde_json::{Value, json};

pub(super) const DID: &str = "did:web:maker.example";

pub(super) fn key(seed: u8) -> PublicKey {
    *SigningKey::from_bytes(&[seed; 32]).unwrap().public_key()
}

pub(super) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(super) fn now() -> Timestamp {
    time("2027-02-18T00:00:00Z")
}

pub(super) fn multikey(id: &str, seed: u8) -> Value {
    json!({
        "id": id,
        "type": "Multikey",
        "controller": DID,
        "publicKeyMultibase": key(seed).multikey().as_str(),
    })
}

pub(super) fn with_methods(methods: Value) -> Value {
    json!({ "id": DID, "verificationMethod": methods, "assertionMethod": ["#key-1"] })
}

pub(super) fn found<'d>(document: &'d DidDocument, url: &str) -> &'d VerificationMethod {
    document
        .method(url, Relationship::AssertionMethod, now())
        .unwrap()
}

pub(super) fn refused(document: &DidDocument, url: &str, relationship: Relationship) -> ErrorCode {
    document
        .method(url, relationship, now())
        .unwrap_err()
        .code()
}
