//! Keys, tokens and shorthands.

use base64ct::{Base64UrlUnpadded, Encoding};
use batterypass::credential::{Finding, Severity, VerifyOptions, VerifyReport, verify};
use batterypass::time::Timestamp;
use batterypass::{ErrorCode, SigningKey};
use serde_json::{Value, json};

pub(super) fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32]).expect("a key")
}

pub(super) fn did(seed: u8) -> String {
    key(seed).public_key().did().to_string()
}

pub(super) fn kid(seed: u8) -> String {
    format!("{}#{}", did(seed), &did(seed)["did:key:".len()..])
}

pub(super) fn time(text: &str) -> Timestamp {
    text.parse().expect(text)
}

pub(super) fn now() -> VerifyOptions<'static> {
    VerifyOptions::at(time("2027-06-01T00:00:00Z"))
}

pub(super) fn minimal() -> Value {
    json!({ "credentialSubject": { "id": "urn:uuid:1", "name": "Example" } })
}

/// A token with any header and payload, rightly signed by key 7.
pub(super) fn token(header: &Value, payload: &Value) -> String {
    token_of(&header.to_string(), &payload.to_string())
}

pub(super) fn token_of(header: &str, payload: &str) -> String {
    let [header, payload] =
        [header, payload].map(|text| Base64UrlUnpadded::encode_string(text.as_bytes()));
    let input = format!("{header}.{payload}");
    let signature = key(7).sign(input.as_bytes()).expect("signs");
    format!("{input}.{}", Base64UrlUnpadded::encode_string(&signature))
}

pub(super) fn good_header() -> Value {
    json!({ "alg": "ES256", "typ": "vc+jwt", "cty": "vc", "kid": kid(7) })
}

pub(super) fn good_payload() -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": did(7),
        "credentialSubject": { "id": "urn:uuid:1" }
    })
}

pub(super) fn with(mut value: Value, name: &str, member: Value) -> Value {
    match member {
        Value::Null => {
            value.as_object_mut().expect("an object").remove(name);
        }
        member => value[name] = member,
    }
    value
}

pub(super) fn errors(report: &VerifyReport) -> Vec<(ErrorCode, &str)> {
    let is_error = |f: &&Finding| f.severity == Severity::Error;
    report
        .findings
        .iter()
        .filter(is_error)
        .map(|f| (f.code, f.path.as_str()))
        .collect()
}

pub(super) fn check(header: &Value, payload: &Value) -> VerifyReport {
    verify(&token(header, payload), &now()).expect("can be read")
}
