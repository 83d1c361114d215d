//! `ecdsa-rdfc-2019` both ways with SpruceID's `ssi`: what one signs the other verifies, and what was
//! changed neither does.

use batterypass::SigningKey;
use batterypass::credential::{
    self, Securing, SignOptions, VerifyOptions, passport_credential, sign,
};
use batterypass::passport::Passport;
use futures::executor::block_on;
use serde_json::{Value, json};
use ssi::claims::VerificationParameters;
use ssi::claims::data_integrity::{AnySuite, CryptographicSuite, DataIntegrity, ProofOptions};
use ssi::claims::vc::v2::JsonCredential;
use ssi::dids::{AnyDidMethod, DIDKey, DIDResolver};
use ssi::jwk::JWK;
use ssi::verification_methods::SingleSecretSigner;

fn read(path: &str) -> Value {
    let path = format!("{}/../../schemas/{path}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).expect("a file")).expect("JSON")
}

/// Credentials without issuer: a small one, and parts of passports with their context written out,
/// because `ssi` knows its own contexts only.
///
/// Whole passports are left to the libraries that agree with each other on them: `ssi` 0.16 writes lists,
/// tabs, some doubles (93.6) and three blank nodes that look alike otherwise than JSON-LD 1.1 and RDFC-1.0
/// say, and panics on numbers with a negative exponent.
fn credentials() -> Vec<Value> {
    let mut all = vec![json!({
        "@context": ["https://www.w3.org/ns/credentials/v2", { "@vocab": "https://example.com/terms#" }],
        "id": "urn:uuid:1",
        "type": ["VerifiableCredential", "ExampleCredential"],
        "credentialSubject": {
            "id": "urn:example:1",
            "name": "\u{20ac} \"quoted\"\n",
            "mass": [430.5, 0.25, 12],
            "cells": [{ "serial": "A", "volts": 3.7 }, { "serial": "B", "volts": 3.7 }],
            "tested": true,
            "label": { "@value": "Zelle", "@language": "de" },
        },
    })];
    let context = read("context/passport.jsonld")["@context"].clone();
    for name in ["ev-battery", "lmt-ebike", "stationary-storage"] {
        let passport = read(&format!("examples/{name}.json")).to_string();
        let passport = Passport::parse(passport.as_bytes()).expect("a passport");
        let mut credential = passport_credential(&passport).expect("a credential");
        let subject = credential["credentialSubject"].as_object_mut();
        subject.expect("an object").retain(|name, value| {
            !value.is_object()
                || ["carbonFootprint", "generalProductInformation"].contains(&name.as_str())
        });
        credential["@context"] = json!(["https://www.w3.org/ns/credentials/v2", context]);
        all.push(credential);
    }
    all
}

fn ours(secured: &Value) -> bool {
    let at = "2099-01-01T00:00:00Z".parse().expect("a time");
    let report = credential::verify(secured, &VerifyOptions::at(at)).expect("can be read");
    report.ok
}

fn theirs(secured: &Value) -> bool {
    let resolver = AnyDidMethod::default().into_vm_resolver();
    let parameters = VerificationParameters::from_resolver(&resolver);
    let text = secured.to_string();
    let credential: DataIntegrity<JsonCredential, AnySuite> =
        serde_json::from_str(&text).expect("can be read");
    block_on(credential.verify(parameters))
        .expect("verification runs")
        .is_ok()
}

fn changed(secured: &Value) -> Value {
    let mut changed = secured.clone();
    changed["validUntil"] = "2100-01-01T00:00:00Z".into();
    changed
}

#[test]
fn ours_to_theirs() {
    let key = SigningKey::from_bytes(&[7; 32]).expect("a key");
    let options = SignOptions::securing(Securing::EcdsaRdfc2019);
    let mut count = 0;
    for credential in credentials() {
        let mut options = options.clone();
        options.proof.created = Some("2026-01-01T00:00:00Z".parse().expect("a time"));
        let secured = sign(credential, &key, &options).expect("signs");
        let secured = secured.into_json().expect("JSON");
        assert!(ours(&secured) && theirs(&secured), "{secured}");
        assert!(!ours(&changed(&secured)) && !theirs(&changed(&secured)));
        count += 1;
    }
    assert_eq!(count, 4);
}

#[test]
fn theirs_to_ours() {
    let key = JWK::generate_p256();
    let url = DIDKey::generate_url(&key).expect("a DID");
    let did = url.split('#').next().expect("a DID").to_string();
    let resolver = AnyDidMethod::default().into_vm_resolver();
    let signer = SingleSecretSigner::new(key).into_local();
    let mut count = 0;
    for mut credential in credentials() {
        credential["issuer"] = did.as_str().into();
        let credential: JsonCredential = serde_json::from_value(credential).expect("a credential");
        let options = ProofOptions::from_method(url.clone().into_iri().into());
        let secured = AnySuite::EcdsaRdfc2019.sign(credential, &resolver, &signer, options);
        let secured = block_on(secured).expect("signs");
        let secured = serde_json::to_value(&secured).expect("JSON");
        assert!(ours(&secured) && theirs(&secured), "{secured}");
        assert!(!ours(&changed(&secured)) && !theirs(&changed(&secured)));
        count += 1;
    }
    assert_eq!(count, 4);
}
