//! Presentations: signed by the holder for one recipient, with every credential verified.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "alloc")]

use batterypass::credential::{
    PresentationOptions, PresentationReport, Secured, Securing, SignOptions, VerifyOptions,
    from_enveloped, sign, sign_presentation, to_enveloped, verify, verify_presentation,
};
use batterypass::data_integrity::ProofOptions;
use batterypass::{ErrorCode, SigningKey};
use serde_json::{Value, json};

const FORMS: [Securing; 2] = [Securing::VcJwt, Securing::EcdsaJcs2019];

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32]).unwrap()
}

fn credential(securing: Securing) -> Secured {
    let subject = json!({ "id": key(8).public_key().did().as_str(), "role": "repairer" });
    let credential = json!({ "credentialSubject": subject });
    sign(credential, &key(7), &SignOptions::securing(securing)).unwrap()
}

fn options(securing: Securing) -> PresentationOptions<'static> {
    PresentationOptions {
        securing,
        verification_method: None,
        proof: ProofOptions {
            domain: Some("cloud.example"),
            challenge: Some("n-0S6"),
            created: Some("2027-05-31T23:59:00Z".parse().unwrap()),
            expires: Some("2027-06-01T00:01:00Z".parse().unwrap()),
            ..ProofOptions::default()
        },
        deterministic: false,
    }
}

fn shown(securing: Securing) -> Secured {
    let credentials = FORMS.map(|form| to_enveloped(&credential(form)));
    let presentation = json!({ "verifiableCredential": credentials });
    sign_presentation(presentation, &key(8), &options(securing)).unwrap()
}

fn asked() -> VerifyOptions<'static> {
    VerifyOptions {
        domain: Some("cloud.example"),
        challenge: Some("n-0S6"),
        ..VerifyOptions::at("2027-06-01T00:00:00Z".parse().unwrap())
    }
}

fn codes(report: &PresentationReport) -> Vec<(ErrorCode, &str)> {
    report
        .findings
        .iter()
        .map(|f| (f.code, f.path.as_str()))
        .collect()
}

#[test]
fn a_presentation_verifies_with_its_credentials() {
    for securing in FORMS {
        let report = verify_presentation(&shown(securing), &asked()).unwrap();
        assert!(report.ok, "{:?}", report.findings);
        assert_eq!(report.securing, securing);
        assert_eq!(
            report.holder.as_deref(),
            Some(key(8).public_key().did().as_str())
        );
        let forms: Vec<_> = report.credentials.iter().map(|c| c.securing).collect();
        assert_eq!(forms, FORMS);
        // As bytes, and wrapped once more.
        let bytes = shown(securing).into_bytes();
        assert!(verify_presentation(&bytes, &asked()).unwrap().ok);
    }
    let token = shown(Securing::VcJwt).into_text().unwrap();
    let wrapped = json!({
        "@context": "https://www.w3.org/ns/credentials/v2",
        "type": "EnvelopedVerifiablePresentation",
        "id": format!("data:application/vp+jwt,{token}"),
    });
    assert!(verify_presentation(&wrapped, &asked()).unwrap().ok);
}

#[test]
fn a_presentation_is_for_one_recipient_and_challenge() {
    for (securing, domain, challenge) in [
        (Securing::VcJwt, "/aud", "/nonce"),
        (Securing::EcdsaJcs2019, "/proof/domain", "/proof/challenge"),
    ] {
        let other = VerifyOptions {
            domain: Some("other.example"),
            challenge: Some("x"),
            ..asked()
        };
        let report = verify_presentation(&shown(securing), &other).unwrap();
        assert!(!report.ok);
        assert_eq!(
            codes(&report),
            [
                (ErrorCode::DomainMismatch, domain),
                (ErrorCode::ChallengeMismatch, challenge)
            ]
        );
        let late = VerifyOptions {
            at: "2027-06-01T00:01:00Z".parse().unwrap(),
            ..asked()
        };
        let report = verify_presentation(&shown(securing), &late).unwrap();
        assert!(report.findings.iter().any(|f| f.code == ErrorCode::Expired));
    }
}

#[test]
fn a_bad_credential_spoils_the_presentation() {
    let mut bad = credential(Securing::EcdsaJcs2019).into_json().unwrap();
    bad["credentialSubject"]["role"] = json!("authority");
    let presentation =
        json!({ "verifiableCredential": [to_enveloped(&credential(Securing::VcJwt)), bad] });
    let shown = sign_presentation(presentation, &key(8), &options(Securing::VcJwt)).unwrap();
    let report = verify_presentation(&shown, &asked()).unwrap();
    assert!(!report.ok && report.credentials[0].ok && !report.credentials[1].ok);
    assert_eq!(
        codes(&report),
        [(
            ErrorCode::SignatureInvalid,
            "/verifiableCredential/1/proof/proofValue"
        )]
    );
}

#[test]
fn a_credential_is_no_presentation_and_the_reverse() {
    let token = credential(Securing::VcJwt).into_text().unwrap();
    let report = verify_presentation(&token, &asked()).unwrap();
    assert!(!report.ok && codes(&report).contains(&(ErrorCode::InvalidMember, "/protected/typ")));
    let report = verify(&shown(Securing::VcJwt), &asked()).unwrap();
    assert!(!report.ok);
    // The purpose of the proof tells them apart where there is no header.
    let report = verify(&shown(Securing::EcdsaJcs2019), &asked()).unwrap();
    let purpose = |f: &&batterypass::credential::Finding| f.path == "/proof/proofPurpose";
    assert!(!report.ok && report.findings.iter().any(|f| purpose(&f)));
}

#[test]
fn only_the_holder_signs_and_the_structure_is_checked() {
    let refused = |presentation: Value, options: &PresentationOptions<'_>| {
        let error = sign_presentation(presentation, &key(8), options).unwrap_err();
        (error.code(), error.path().to_string())
    };
    let plain = PresentationOptions::default();
    let at = |path: &str| path.to_string();
    assert_eq!(refused(json!([]), &plain), (ErrorCode::WrongType, at("")));
    assert_eq!(
        refused(json!({ "holder": "did:web:a.example" }), &plain),
        (ErrorCode::IssuerMismatch, at("/holder"))
    );
    let token = credential(Securing::VcJwt).into_text().unwrap();
    assert_eq!(
        refused(json!({ "verifiableCredential": [token] }), &plain),
        (ErrorCode::InvalidMember, at("/verifiableCredential/0"))
    );
    let many = vec![json!({}); 33];
    assert_eq!(
        refused(json!({ "verifiableCredential": many }), &plain),
        (ErrorCode::TooManyValues, at("/verifiableCredential"))
    );
    let sd = PresentationOptions {
        securing: Securing::VcSdJwt,
        ..plain
    };
    assert_eq!(
        refused(json!({}), &sd),
        (ErrorCode::UnsupportedAlgorithm, at("/securing"))
    );
    // Signed by someone else than the named holder.
    let mut stolen = shown(Securing::EcdsaJcs2019).into_json().unwrap();
    stolen["holder"] = json!(key(9).public_key().did().as_str());
    let report = verify_presentation(&stolen, &asked()).unwrap();
    assert!(codes(&report).contains(&(ErrorCode::IssuerMismatch, "/proof/verificationMethod")));
}

#[test]
fn enveloped_documents_are_strict() {
    let wrap = |id: &str| json!({ "type": "EnvelopedVerifiableCredential", "id": id });
    assert_eq!(from_enveloped(&json!({ "type": "Other" })).unwrap(), None);
    for id in [
        "",
        "data:,x",
        "data:text/plain,x",
        "https://example.com",
        "data:application/vc+jwt",
    ] {
        let error = from_enveloped(&wrap(id)).unwrap_err();
        assert_eq!(
            (error.code(), error.path()),
            (ErrorCode::InvalidMember, "/id"),
            "{id}"
        );
    }
    let error = from_enveloped(&wrap("data:application/vc+cose;base64,!")).unwrap_err();
    assert_eq!(error.code(), ErrorCode::MalformedBase64);
    let bytes = Secured::Bytes(vec![0xd2, 1]);
    assert_eq!(from_enveloped(&to_enveloped(&bytes)).unwrap(), Some(bytes));
}

/// A document with its own proof is no token, also when it is wrapped as one.
#[test]
fn json_is_not_wrapped_as_a_token() {
    let embedded = credential(Securing::EcdsaJcs2019).into_json().unwrap();
    assert!(verify(&embedded, &asked_nothing()).unwrap().ok);
    for kind in ["vc+jwt", "vc+sd-jwt"] {
        let wrapped = json!({
            "type": "EnvelopedVerifiableCredential",
            "id": format!("data:application/{kind},{embedded}"),
        });
        let error = verify(&wrapped, &asked_nothing()).unwrap_err();
        assert_eq!(error.code(), ErrorCode::MalformedJwt);
    }
}

fn asked_nothing() -> VerifyOptions<'static> {
    VerifyOptions::at("2027-06-01T00:00:00Z".parse().unwrap())
}
