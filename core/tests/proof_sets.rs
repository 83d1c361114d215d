//! Several proofs on one document: sets, chains, recipients.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "alloc")]

use batterypass::credential::{Securing, SignOptions, VerifyOptions, add_proof, sign, verify};
use batterypass::data_integrity::ProofOptions;
use batterypass::{ErrorCode, SigningKey};
use serde_json::{Value, json};

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32]).unwrap()
}

fn options(proof: ProofOptions<'_>) -> SignOptions<'_> {
    SignOptions {
        proof,
        ..SignOptions::securing(Securing::EcdsaJcs2019)
    }
}

fn signed(proof: ProofOptions<'_>) -> Value {
    let credential = json!({ "credentialSubject": { "id": "urn:example:1", "mass": 430.5 } });
    sign(credential, &key(7), &options(proof))
        .unwrap()
        .into_json()
        .unwrap()
}

fn now() -> VerifyOptions<'static> {
    VerifyOptions::at("2027-06-01T00:00:00Z".parse().unwrap())
}

fn codes(value: &Value, options: &VerifyOptions<'_>) -> Vec<(ErrorCode, String)> {
    let report = verify(value, options).unwrap();
    assert_eq!(report.ok, report.findings.is_empty());
    let findings = report.findings.into_iter();
    findings.map(|f| (f.code, f.path)).collect()
}

#[test]
fn every_proof_of_a_set_must_hold() {
    let set = add_proof(
        signed(ProofOptions::default()),
        &key(8),
        &options(ProofOptions::default()),
    )
    .unwrap();
    assert_eq!(set["proof"].as_array().unwrap().len(), 2);
    assert_eq!(codes(&set, &now()), []);

    for i in 0..2 {
        let mut changed = set.clone();
        changed["proof"][i]["created"] = json!("2027-01-01T00:00:00Z");
        let path = format!("/proof/{i}/proofValue");
        assert_eq!(
            codes(&changed, &now()),
            [(ErrorCode::SignatureInvalid, path)]
        );
    }
    // A witness alone does not speak for the issuer.
    let mut alone = set.clone();
    alone["proof"].as_array_mut().unwrap().remove(0);
    let found = codes(&alone, &now());
    assert!(found.contains(&(
        ErrorCode::IssuerMismatch,
        "/proof/0/verificationMethod".into()
    )));
    // One that is known by name only is not counted as a witness either.
    let mut unknown = set;
    unknown["proof"][1]["cryptosuite"] = json!("example-2027");
    let path = "/proof/1/cryptosuite".to_string();
    assert_eq!(
        codes(&unknown, &now()),
        [(ErrorCode::UnsupportedAlgorithm, path)]
    );
}

#[test]
fn a_chain_covers_the_proofs_it_names() {
    let first = ProofOptions {
        id: Some("urn:example:proof-1"),
        ..ProofOptions::default()
    };
    let second = ProofOptions {
        previous: &["urn:example:proof-1"],
        ..ProofOptions::default()
    };
    let chain = add_proof(signed(first), &key(8), &options(second)).unwrap();
    assert_eq!(codes(&chain, &now()), []);

    // Another first proof, valid by itself, breaks what the second one covers.
    let mut replaced = chain.clone();
    let other = ProofOptions {
        created: Some("2027-01-01T00:00:00Z".parse().unwrap()),
        ..first
    };
    replaced["proof"][0] = signed(other)["proof"].clone();
    let path = "/proof/1/proofValue".to_string();
    assert_eq!(
        codes(&replaced, &now()),
        [(ErrorCode::SignatureInvalid, path)]
    );

    let mut removed = chain;
    removed["proof"][0]["id"] = json!("urn:example:proof-2");
    assert_eq!(
        codes(&removed, &now()),
        [
            (ErrorCode::SignatureInvalid, "/proof/0/proofValue".into()),
            (ErrorCode::InvalidMember, "/proof/1/previousProof".into()),
        ]
    );
    let error = add_proof(signed(ProofOptions::default()), &key(8), &options(second)).unwrap_err();
    assert_eq!(
        (error.code(), error.path()),
        (ErrorCode::InvalidMember, "/previousProof")
    );
}

#[test]
fn domain_and_challenge_are_compared() {
    let proof = ProofOptions {
        domain: Some("cloud.example"),
        challenge: Some("n-0S6"),
        ..ProofOptions::default()
    };
    let secured = signed(proof);
    let asked = |domain, challenge| VerifyOptions {
        domain: Some(domain),
        challenge: Some(challenge),
        ..now()
    };
    assert_eq!(codes(&secured, &asked("cloud.example", "n-0S6")), []);
    assert_eq!(
        codes(&secured, &asked("other.example", "n-0S6")),
        [(ErrorCode::DomainMismatch, "/proof/domain".into())]
    );
    assert_eq!(
        codes(&secured, &asked("cloud.example", "")),
        [(ErrorCode::ChallengeMismatch, "/proof/challenge".into())]
    );
    assert_eq!(
        codes(
            &signed(ProofOptions::default()),
            &asked("cloud.example", "n-0S6")
        )
        .len(),
        2
    );
    // A form without an embedded proof has no place for them, and does not drop them in silence.
    let options = SignOptions {
        proof,
        ..SignOptions::default()
    };
    let credential = json!({ "credentialSubject": { "id": "urn:example:1" } });
    let error = sign(credential, &key(7), &options).unwrap_err();
    assert_eq!(
        (error.code(), error.path()),
        (ErrorCode::InvalidArgument, "/proof/domain")
    );
}

#[test]
fn the_number_of_proofs_is_bounded() {
    let mut document = signed(ProofOptions::default());
    let more = options(ProofOptions::default());
    for _ in 1..8 {
        document = add_proof(document, &key(8), &more).unwrap();
    }
    assert_eq!(codes(&document, &now()), []);
    let error = add_proof(document.clone(), &key(8), &more).unwrap_err();
    assert_eq!(error.code(), ErrorCode::TooManyValues);
    let first = document["proof"][0].clone();
    document["proof"].as_array_mut().unwrap().push(first);
    assert_eq!(
        verify(&document, &now()).unwrap_err().code(),
        ErrorCode::TooManyValues
    );
    document["proof"] = json!([]);
    assert_eq!(
        verify(&document, &now()).unwrap_err().code(),
        ErrorCode::MissingMember
    );
    assert_eq!(
        add_proof(json!({}), &key(8), &SignOptions::default())
            .unwrap_err()
            .code(),
        ErrorCode::InvalidArgument
    );
}

/// The policy switch: a key that its own DID vouches for, but not the issuer's.
#[test]
fn an_unbound_issuer_is_refused_by_default() {
    let mut secured = signed(ProofOptions::default());
    let did = key(7).public_key().did();
    secured["issuer"] = json!("https://maker.example/");
    secured.as_object_mut().unwrap().remove("proof");
    let secured = add_proof(secured, &key(7), &options(ProofOptions::default())).unwrap();
    assert_eq!(
        codes(&secured, &now()),
        [(
            ErrorCode::IssuerMismatch,
            "/proof/verificationMethod".into()
        )]
    );
    let lenient = VerifyOptions {
        allow_unbound_issuer: true,
        ..now()
    };
    let report = verify(&secured, &lenient).unwrap();
    assert!(report.ok, "{did}: {:?}", report.findings);
    assert_eq!(report.findings.len(), 1);
    // It is still a signature by that key.
    let mut changed = secured;
    changed["credentialSubject"]["mass"] = json!(1);
    assert!(!verify(&changed, &lenient).unwrap().ok);
}
