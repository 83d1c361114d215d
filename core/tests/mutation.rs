//! No bit of a secured credential can be turned without notice: every one is, in every form. `vc+sd-jwt`,
//! with its disclosures and key binding, is swept in `sd_jwt/credential.rs`.
#![cfg(feature = "alloc")]

use batterypass::SigningKey;
use batterypass::credential::{
    PresentationOptions, Secured, Securing, Severity, SignOptions, VerifyOptions, sign,
    sign_presentation, to_enveloped, verify, verify_presentation,
};
use batterypass::data_integrity::ProofOptions;
use batterypass::report::Finding;
use serde_json::{Value, json};

const DOMAIN: &str = "https://cloud.example";
const CHALLENGE: &str = "n-0S6";

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32]).expect("a key")
}

fn now() -> VerifyOptions<'static> {
    VerifyOptions::at("2027-06-01T00:00:00Z".parse().expect("a time"))
}

/// Short, and still with every kind of JSON value: each character costs eight signature checks.
fn credential() -> Value {
    json!({
        "validFrom": "2027-02-18T00:00:00Z",
        "credentialSubject": {
            "id": "urn:uuid:1",
            "soh": 91.5,
            "cells": [96, "LFP", true, null],
        },
    })
}

fn issued(securing: Securing) -> Secured {
    sign(credential(), &key(7), &SignOptions::securing(securing)).expect("signs")
}

/// What a verification says of some bytes.
#[derive(Debug, PartialEq)]
enum Verdict {
    Accepted,
    /// Refused, with a reason.
    Refused,
    /// Refused, and nothing says why: a report must not be silent.
    Silent,
}

fn verdict(ok: bool, findings: &[Finding]) -> Verdict {
    match (ok, findings.iter().any(|f| f.severity == Severity::Error)) {
        (true, false) => Verdict::Accepted,
        (false, true) => Verdict::Refused,
        _ => Verdict::Silent,
    }
}

fn of_credential(bytes: &[u8]) -> Verdict {
    verify(bytes, &now()).map_or(Verdict::Refused, |report| {
        verdict(report.ok, &report.findings)
    })
}

fn of_presentation(bytes: &[u8]) -> Verdict {
    let mut options = now();
    options.domain = Some(DOMAIN);
    options.challenge = Some(CHALLENGE);
    verify_presentation(bytes, &options).map_or(Verdict::Refused, |report| {
        verdict(report.ok, &report.findings)
    })
}

/// Turns each bit of each byte and returns what was not refused.
fn turned(original: &[u8], check: fn(&[u8]) -> Verdict) -> Vec<Vec<u8>> {
    assert_eq!(check(original), Verdict::Accepted);
    let mut kept = Vec::new();
    let mut bytes = original.to_vec();
    for place in 0..bytes.len() {
        for bit in 0..8 {
            bytes[place] ^= 1 << bit;
            match check(&bytes) {
                Verdict::Refused => {}
                Verdict::Accepted => kept.push(bytes.clone()),
                Verdict::Silent => panic!("no reason given for {place}, bit {bit}"),
            }
            bytes[place] ^= 1 << bit;
        }
    }
    assert_eq!(bytes, original);
    kept
}

/// Asserts that no turned bit is accepted.
fn assert_none(original: &[u8], check: fn(&[u8]) -> Verdict) {
    let kept: Vec<String> = turned(original, check)
        .iter()
        .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
        .collect();
    assert!(kept.is_empty(), "accepted: {kept:#?}");
}

#[test]
fn every_bit_of_a_vc_jwt_counts() {
    assert_none(&issued(Securing::VcJwt).into_bytes(), of_credential);
}

#[test]
fn every_bit_of_a_vc_cose_counts() {
    assert_none(&issued(Securing::VcCose).into_bytes(), of_credential);
}

#[test]
fn every_bit_of_a_jcs_proof_and_its_document_counts() {
    let text = issued(Securing::EcdsaJcs2019).into_bytes();
    assert_none(&text, of_credential);
}

/// JSON has two ways to write some things. Turning a bit between them changes nothing that is signed.
#[test]
fn only_another_spelling_of_the_same_json_passes() {
    let mut credential = credential();
    credential["credentialSubject"] =
        json!({ "id": "urn:uuid:1", "capacity": 1e30, "note": "\u{1f}" });
    let options = SignOptions::securing(Securing::EcdsaJcs2019);
    let secured = sign(credential, &key(7), &options).expect("signs");
    let text = secured.into_bytes();
    let same: Value = serde_json::from_slice(&text).expect("JSON");
    let kept = turned(&text, of_credential);
    for other in &kept {
        let value: Value = serde_json::from_slice(other).expect("JSON");
        assert_eq!(value, same, "{}", String::from_utf8_lossy(other));
    }
    // `e` and `E` in the number, `f` and `F` in the escape.
    assert_eq!(kept.len(), 2);
}

/// The credential inside is short, because it was swept alone.
#[test]
fn every_bit_of_a_vp_jwt_counts() {
    let inner = json!({ "credentialSubject": { "id": "urn:1" } });
    let inner = sign(inner, &key(7), &SignOptions::default()).expect("signs");
    let options = PresentationOptions {
        proof: ProofOptions {
            domain: Some(DOMAIN),
            challenge: Some(CHALLENGE),
            ..ProofOptions::default()
        },
        ..PresentationOptions::default()
    };
    let presentation = json!({ "verifiableCredential": [to_enveloped(&inner)] });
    let shown = sign_presentation(presentation, &key(9), &options).expect("signs");
    assert_none(&shown.into_bytes(), of_presentation);
}

/// The embedded proofs over RDF.
#[cfg(feature = "ssi")]
mod rdf {
    use batterypass::credential::{Securing, SignOptions, derive, sign};
    use serde_json::{Value, json};

    use super::{assert_none, key, of_credential};

    fn issued(securing: Securing, mandatory: &[&str]) -> Value {
        let credential = json!({
            "credentialSubject": { "id": "urn:uuid:1", "soh": 91.5, "cells": ["A", true] },
        });
        let mut options = SignOptions::securing(securing);
        options.proof.mandatory = mandatory;
        let secured = sign(credential, &key(7), &options).expect("signs");
        secured.into_json().expect("a document")
    }

    #[test]
    fn every_bit_of_an_rdfc_proof_and_its_document_counts() {
        let text = issued(Securing::EcdsaRdfc2019, &[]).to_string();
        assert_none(text.as_bytes(), of_credential);
    }

    #[test]
    fn every_bit_of_a_derived_sd_proof_and_its_document_counts() {
        let issued = issued(Securing::EcdsaSd2023, &["/issuer"]);
        let shown = derive(&issued, &["/credentialSubject/soh"], None).expect("derives");
        assert_none(shown.to_string().as_bytes(), of_credential);
    }
}
