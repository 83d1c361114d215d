//! `vc+cose` and `vp+cose` through the one sign and the one verify.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "alloc")]

use batterypass::cose::credential::Kind;
use batterypass::cose::{Algorithm, Sign1, credential as bare, sign1};
use batterypass::credential::{
    PresentationOptions, Securing, Severity, SignOptions, VerifyOptions, sign, sign_presentation,
    to_enveloped, verify, verify_presentation,
};
use batterypass::data_integrity::ProofOptions;
use batterypass::did::{Documents, web};
use batterypass::{ErrorCode, SigningKey};
use serde_json::{Value, json};

const DID: &str = "did:web:maker.example";

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32]).unwrap()
}

fn now() -> VerifyOptions<'static> {
    VerifyOptions::at("2027-02-18T00:00:00Z".parse().unwrap())
}

fn credential() -> Value {
    json!({ "type": "ExampleCredential", "credentialSubject": { "id": "urn:example:1", "a": [1.5, "\u{e9}"] } })
}

fn signed(options: &SignOptions<'_>) -> Vec<u8> {
    let options = SignOptions {
        securing: Securing::VcCose,
        ..options.clone()
    };
    sign(credential(), &key(7), &options).unwrap().into_bytes()
}

/// What is found, errors only.
fn found(message: &[u8], options: &VerifyOptions<'_>) -> Vec<(ErrorCode, String)> {
    let report = verify(message, options).unwrap();
    assert_eq!(
        report.ok,
        report
            .findings
            .iter()
            .all(|finding| finding.severity != Severity::Error)
    );
    let errors = report
        .findings
        .into_iter()
        .filter(|finding| finding.severity == Severity::Error);
    errors.map(|finding| (finding.code, finding.path)).collect()
}

#[test]
fn both_names_of_the_algorithm() {
    for (algorithm, head) in [
        (None, [0xa4, 1, 0x26]),
        (Some(Algorithm::Es256), [0xa4, 1, 0x26]),
        (Some(Algorithm::Esp256), [0xa4, 1, 0x28]),
    ] {
        let options = SignOptions {
            cose_algorithm: algorithm,
            deterministic: true,
            ..SignOptions::default()
        };
        let message = signed(&options);
        assert_eq!(message, signed(&options), "deterministic");
        assert!(message.windows(3).any(|window| window == head));
        let report = verify(&message, &now()).unwrap();
        assert!(report.ok, "{:?}", report.findings);
        assert_eq!(report.findings, []);
        assert_eq!(report.securing, Securing::VcCose);
        assert_eq!(
            report.claims["credentialSubject"],
            credential()["credentialSubject"]
        );
        // Without its tag (RFC 9052 section 2) it is the same message.
        assert!(verify(&message[1..], &now()).unwrap().ok);
    }
    let options = SignOptions {
        cose_algorithm: Some(Algorithm::Es256),
        ..SignOptions::default()
    };
    let error = sign(credential(), &key(7), &options).unwrap_err();
    assert_eq!(
        (error.code(), error.path()),
        (ErrorCode::InvalidArgument, "/coseAlgorithm")
    );
}

#[test]
fn every_flipped_bit_and_every_cut_is_refused() {
    let message = signed(&SignOptions::default());
    let accepted = |bytes: &[u8]| verify(bytes, &now()).is_ok_and(|report| report.ok);
    assert!(accepted(&message));
    let mut copy = message.clone();
    for bit in 0..message.len() * 8 {
        copy[bit / 8] ^= 1 << (bit % 8);
        assert!(!accepted(&copy), "bit {bit}");
        copy[bit / 8] ^= 1 << (bit % 8);
    }
    for end in 0..message.len() {
        assert!(!accepted(&message[..end]), "{end}");
    }
    let error = verify(&[&message[..], &[0]].concat(), &now()).unwrap_err();
    assert_eq!(error.code(), ErrorCode::TrailingBytes);
}

#[test]
fn an_organisation_signs() {
    let url = format!("{DID}#key-1");
    let options = SignOptions {
        verification_method: Some(&url),
        ..SignOptions::default()
    };
    let message = signed(&options);
    let keys = [web::DocumentKey::new("key-1", *key(7).public_key())];
    let documents: Documents = [web::document(DID, &keys, &[]).unwrap()]
        .into_iter()
        .collect();
    let resolving = VerifyOptions {
        resolver: Some(&documents),
        ..now()
    };
    assert_eq!(found(&message, &resolving), []);
    assert_eq!(found(&message, &now())[0].0, ErrorCode::DidNotResolved);

    let stolen = [web::DocumentKey::new("key-1", *key(8).public_key())];
    let documents: Documents = [web::document(DID, &stolen, &[]).unwrap()]
        .into_iter()
        .collect();
    let resolving = VerifyOptions {
        resolver: Some(&documents),
        ..now()
    };
    assert_eq!(
        found(&message, &resolving),
        [(ErrorCode::SignatureInvalid, String::new())]
    );

    let long = format!("did:web:maker.example:{}#key-1", "a".repeat(300));
    let options = SignOptions {
        securing: Securing::VcCose,
        verification_method: Some(&long),
        ..SignOptions::default()
    };
    let error = sign(credential(), &key(7), &options).unwrap_err();
    assert_eq!(
        (error.code(), error.path()),
        (ErrorCode::InvalidArgument, "/verificationMethod")
    );
}

#[test]
fn headers_that_are_refused() {
    let good = signed(&SignOptions::default());
    let payload = Sign1::decode(&good)
        .unwrap()
        .verify(b"", key(7).public_key())
        .unwrap();
    let url = key(7).public_key().did_url();
    let options = batterypass::cose::SignOptions {
        typ: Some("application/vc+cose"),
        kid: Some(url.as_bytes()),
        ..Default::default()
    };
    let resigned = |options: batterypass::cose::SignOptions<'_>, seed: u8| {
        let mut out = vec![0; payload.len() + 400];
        let message = sign1(payload, &key(seed), &options, &mut out).unwrap();
        found(message, &now())
    };
    assert_eq!(resigned(options, 7), []);
    let with = |code, path: &str| vec![(code, path.to_string())];
    let other = key(8).public_key().did_url();
    for (changed, seed, expected) in [
        (
            batterypass::cose::SignOptions {
                typ: None,
                ..options
            },
            7,
            with(ErrorCode::MissingMember, "/protected/typ"),
        ),
        (
            batterypass::cose::SignOptions {
                typ: Some("application/vp+cose"),
                ..options
            },
            7,
            with(ErrorCode::InvalidMember, "/protected/typ"),
        ),
        (
            batterypass::cose::SignOptions {
                aad: b"something else",
                ..options
            },
            7,
            with(ErrorCode::SignatureInvalid, ""),
        ),
        (options, 8, with(ErrorCode::SignatureInvalid, "")),
        (
            batterypass::cose::SignOptions {
                kid: Some(other.as_bytes()),
                ..options
            },
            7,
            with(ErrorCode::IssuerMismatch, "/protected/kid"),
        ),
    ] {
        assert_eq!(resigned(changed, seed), expected);
    }
    // A thumbprint does not say who holds the key.
    let nameless = resigned(
        batterypass::cose::SignOptions {
            kid: None,
            ..options
        },
        7,
    );
    assert_eq!(nameless.len(), 1);
    assert_eq!(nameless[0].1, "/protected/kid");
}

#[test]
fn a_certificate_in_the_message_is_refused() {
    let good = signed(&SignOptions::default());
    // The empty unprotected header stands right after the protected one.
    let url = key(7).public_key().did_url();
    let end = good
        .windows(19)
        .position(|window| window == b"application/vc+cose")
        .unwrap()
        + 19;
    assert_eq!(good[end], 0xa0);
    assert!(end > url.len());
    let message = [&good[..end], &[0xa1, 0x18, 33, 0x41, 0], &good[end + 1..]].concat();
    assert_eq!(
        found(&message, &now()),
        [(ErrorCode::KeyMismatch, "/protected/x5chain".to_string())]
    );
}

#[test]
fn what_cannot_be_read() {
    let code = |payload: &[u8]| {
        let mut out = [0; 512];
        let message = bare::sign(
            payload,
            Kind::Credential,
            &key(7),
            Algorithm::Es256,
            &mut out,
        );
        verify(message.unwrap(), &now()).unwrap_err().code()
    };
    assert_eq!(code(b"[]"), ErrorCode::WrongType);
    assert_eq!(code(b"{\"a\":1,\"a\":2}"), ErrorCode::DuplicateKey);
    assert_eq!(code(b"{\"a\":"), ErrorCode::Truncated);
    assert_eq!(code(b"{\"a\":\"\xff\"}"), ErrorCode::WrongEncoding);
    for bytes in [&b"\xff"[..], b"\xd2", b"\x84", b"\xd8\x62\x84"] {
        verify(bytes, &now()).unwrap_err();
    }
}

#[test]
fn presentations() {
    let inner = sign(
        credential(),
        &key(7),
        &SignOptions::securing(Securing::VcCose),
    )
    .unwrap();
    let options = PresentationOptions {
        securing: Securing::VcCose,
        proof: ProofOptions {
            domain: Some("https://cloud.example"),
            challenge: Some("n-0S6"),
            ..ProofOptions::default()
        },
        ..PresentationOptions::default()
    };
    let shown = json!({ "verifiableCredential": [to_enveloped(&inner)] });
    let shown = sign_presentation(shown, &key(8), &options).unwrap();
    let asked = VerifyOptions {
        domain: Some("https://cloud.example"),
        challenge: Some("n-0S6"),
        ..now()
    };
    let report = verify_presentation(&shown, &asked).unwrap();
    assert!(report.ok, "{:?}", report.findings);
    assert_eq!(
        report.holder.as_deref(),
        Some(key(8).public_key().did().as_str())
    );
    assert_eq!(report.credentials[0].securing, Securing::VcCose);

    let again = VerifyOptions {
        challenge: Some("n-0S7"),
        ..asked
    };
    let report = verify_presentation(&shown, &again).unwrap();
    assert!(!report.ok);
    assert_eq!(report.findings[0].code, ErrorCode::ChallengeMismatch);
    // One does not pass for the other.
    let report = verify(&shown, &now()).unwrap();
    assert!(
        report
            .findings
            .iter()
            .any(|finding| finding.path == "/protected/typ")
    );
    let report = verify_presentation(&inner, &now()).unwrap();
    assert!(
        report
            .findings
            .iter()
            .any(|finding| finding.path == "/protected/typ")
    );
}
