//! Embedded `ecdsa-jcs-2019` proofs: the W3C vector, what is refused, and every changed character.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "alloc")]

mod common;

use batterypass::credential::{Securing, SignOptions, VerifyOptions, sign, verify};
use batterypass::data_integrity::ProofOptions;
use batterypass::time::Timestamp;
use batterypass::{ErrorCode, PublicKey, SigningKey};
use common::{vector_bytes, vectors};
use serde_json::{Value, json};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32]).unwrap()
}

fn secured() -> Value {
    let credential = json!({
        "type": "ExampleCredential",
        "credentialSubject": { "id": "urn:example:1", "mass": 430.5, "name": "\u{20ac}" },
    });
    let options = SignOptions {
        proof: ProofOptions {
            created: Some(at("2027-02-18T00:00:00Z")),
            expires: Some(at("2028-02-18T00:00:00Z")),
            ..ProofOptions::default()
        },
        deterministic: true,
        ..SignOptions::securing(Securing::EcdsaJcs2019)
    };
    sign(credential, &key(7), &options)
        .unwrap()
        .into_json()
        .unwrap()
}

fn codes(value: &Value, when: &str) -> Vec<(ErrorCode, String)> {
    let report = verify(value, &VerifyOptions::at(at(when))).unwrap();
    assert_eq!(
        report.ok,
        report.findings.is_empty(),
        "{:?}",
        report.findings
    );
    report
        .findings
        .into_iter()
        .map(|finding| (finding.code, finding.path))
        .collect()
}

const WITHIN: &str = "2027-06-01T00:00:00Z";

/// VC-DI-ECDSA 1.0, test vectors for `ecdsa-jcs-2019` with P-256.
#[test]
fn w3c_vector() {
    let folder = "vc-di-ecdsa/ecdsa-jcs-2019-p256";
    let Some(signed) = vectors(&format!("{folder}/signedJCSECDSAP256.json")) else {
        return;
    };
    let pair = vectors("vc-di-ecdsa/p256KeyPair.json").unwrap();
    let multibase = |name: &str| {
        bs58::decode(pair[name].as_str().unwrap().strip_prefix('z').unwrap())
            .into_vec()
            .unwrap()
    };
    let public = PublicKey::from_sec1(&multibase("publicKeyMultibase")[2..]).unwrap();
    let options = VerifyOptions {
        issuer_key: Some(&public),
        ..VerifyOptions::at(at("2024-01-01T00:00:00Z"))
    };
    let report = verify(&signed, &options).unwrap();
    assert!(report.ok, "{:?}", report.findings);

    // RFC 6979 makes the same proof from the same secret; only the issuer of the vector is not its key.
    let secret =
        SigningKey::from_bytes(&multibase("secretKeyMultibase")[2..].try_into().unwrap()).unwrap();
    let hashes = vector_bytes(&format!("{folder}/combinedHashJCSECDSAP256.txt")).unwrap();
    let hashes = String::from_utf8(hashes).unwrap();
    let hashes = common::hex(&json!({ "hex": hashes.trim() }), "hex");
    let value = format!(
        "z{}",
        bs58::encode(secret.deterministic().sign(&hashes).unwrap()).into_string()
    );
    assert_eq!(signed["proof"]["proofValue"], value);
}

#[test]
fn proofs_hold_in_their_time() {
    assert_eq!(codes(&secured(), WITHIN), []);
    assert_eq!(secured(), secured());
    for (when, code, name) in [
        ("2027-02-17T23:59:59Z", ErrorCode::NotYetValid, "created"),
        ("2028-02-18T00:00:00Z", ErrorCode::Expired, "expires"),
    ] {
        assert_eq!(codes(&secured(), when), [(code, format!("/proof/{name}"))]);
    }
}

#[test]
fn changed_members_are_refused() {
    type Case = (&'static str, Value, &'static [(ErrorCode, &'static str)]);
    let cases: [Case; 9] = [
        (
            "/credentialSubject/mass",
            json!(430.6),
            &[(ErrorCode::SignatureInvalid, "/proof/proofValue")],
        ),
        (
            "/proof/created",
            json!("2027-02-18T00:00:01Z"),
            &[(ErrorCode::SignatureInvalid, "/proof/proofValue")],
        ),
        (
            "/proof/created",
            json!("2027"),
            &[
                (ErrorCode::InvalidMember, "/proof/created"),
                (ErrorCode::SignatureInvalid, "/proof/proofValue"),
            ],
        ),
        (
            "/proof/proofValue",
            json!("z111"),
            &[(ErrorCode::SignatureMalformed, "/proof/proofValue")],
        ),
        (
            "/proof/cryptosuite",
            json!("eddsa-jcs-2022"),
            &[(ErrorCode::UnsupportedAlgorithm, "/proof/cryptosuite")],
        ),
        (
            "/proof/type",
            json!("Other"),
            &[(ErrorCode::UnsupportedAlgorithm, "/proof/type")],
        ),
        (
            "/proof/proofPurpose",
            json!("authentication"),
            &[
                (ErrorCode::InvalidMember, "/proof/proofPurpose"),
                (ErrorCode::SignatureInvalid, "/proof/proofValue"),
            ],
        ),
        (
            "/proof/verificationMethod",
            json!("did:key:zDn#zDn"),
            &[
                (ErrorCode::IssuerMismatch, "/proof/verificationMethod"),
                (ErrorCode::SignatureInvalid, "/proof/proofValue"),
            ],
        ),
        (
            "/@context/1",
            json!("https://example.com/other"),
            &[(ErrorCode::InvalidMember, "/@context")],
        ),
    ];
    for (path, value, expected) in cases {
        let mut changed = secured();
        *changed.pointer_mut(path).unwrap() = value;
        let expected: Vec<_> = expected
            .iter()
            .map(|(code, path)| (*code, (*path).to_string()))
            .collect();
        assert_eq!(codes(&changed, WITHIN), expected, "{path}");
    }
}

#[test]
fn another_issuer_is_refused() {
    let mut stolen = secured();
    stolen["issuer"] = json!(key(8).public_key().did().as_str());
    let found = codes(&stolen, WITHIN);
    assert!(
        found
            .iter()
            .any(|(code, _)| *code == ErrorCode::SignatureInvalid),
        "{found:?}"
    );
    let public = *key(8).public_key();
    let options = VerifyOptions {
        issuer_key: Some(&public),
        ..VerifyOptions::at(at(WITHIN))
    };
    assert!(!verify(&secured(), &options).unwrap().ok);
}

#[test]
fn what_cannot_be_read_is_an_error() {
    let refuse = |value: Value| {
        let error = verify(&value, &VerifyOptions::at(at(WITHIN))).unwrap_err();
        (error.code(), error.path().to_string())
    };
    assert_eq!(refuse(json!([])), (ErrorCode::WrongType, String::new()));
    assert_eq!(
        refuse(json!({})),
        (ErrorCode::MissingMember, "/proof".into())
    );
    assert_eq!(
        refuse(json!({ "proof": [] })),
        (ErrorCode::MissingMember, "/proof".into())
    );
    assert_eq!(
        refuse(json!({ "proof": [{}, 1] })),
        (ErrorCode::WrongType, "/proof/1".into())
    );
    let error = sign(
        secured(),
        &key(7),
        &SignOptions::securing(Securing::EcdsaJcs2019),
    )
    .unwrap_err();
    assert_eq!(
        (error.code(), error.path()),
        (ErrorCode::InvalidArgument, "/proof")
    );
}

/// No character of the secured text can be changed without notice, unless the JSON stays the same.
#[test]
fn every_changed_character_is_noticed() {
    let text = secured().to_string();
    let mut refused = 0;
    for (i, byte) in text
        .bytes()
        .enumerate()
        .filter(|(_, byte)| byte.is_ascii_alphanumeric())
    {
        let mut changed = text.clone().into_bytes();
        changed[i] = if byte == b'0' { b'1' } else { b'0' };
        let Ok(value) = serde_json::from_slice::<Value>(&changed) else {
            continue;
        };
        if value != secured() {
            let ok = verify(&value, &VerifyOptions::at(at(WITHIN))).is_ok_and(|report| report.ok);
            assert!(!ok, "byte {i} of {text}");
            refused += 1;
        }
    }
    assert!(refused > 400, "{refused}");
}
