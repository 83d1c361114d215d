//! Issuing.

use base64ct::{Base64UrlUnpadded, Encoding};
use batterypass::ErrorCode;
use batterypass::credential::{Secured, Securing, SignOptions, passport_credential, sign, verify};
use batterypass::passport::Passport;
use serde_json::{Value, json};

use super::common::*;

#[test]
fn what_is_missing_is_added_and_verifies() {
    let options = SignOptions {
        valid_from: Some(time("2027-01-01T00:00:00Z")),
        valid_until: Some(time("2028-01-01T00:00:00Z")),
        status: Some(&json!({ "type": "BitstringStatusListEntry" })),
        deterministic: true,
        ..SignOptions::default()
    };
    let jwt = sign(minimal(), &key(7), &options)
        .and_then(Secured::into_text)
        .expect("signs");
    let report = verify(&jwt, &now()).expect("reads");
    // There is a status, and nobody asked for it.
    let codes: Vec<_> = report.findings.iter().map(|f| f.code).collect();
    assert_eq!(codes, [ErrorCode::StatusNotChecked]);
    assert!(report.ok);
    assert_eq!(report.issuer, Some(did(7)));
    assert_eq!(report.securing, Securing::VcJwt);
    assert_eq!(
        report.claims.to_string(),
        json!({
            "@context": [
                "https://www.w3.org/ns/credentials/v2",
                "https://www.w3.org/ns/credentials/undefined-terms/v2"
            ],
            "type": ["VerifiableCredential"],
            "issuer": did(7),
            "validFrom": "2027-01-01T00:00:00Z",
            "validUntil": "2028-01-01T00:00:00Z",
            "credentialStatus": { "type": "BitstringStatusListEntry" },
            "credentialSubject": { "id": "urn:uuid:1", "name": "Example" }
        })
        .to_string()
    );
    let header =
        Base64UrlUnpadded::decode_vec(jwt.split('.').next().expect("a header")).expect("base64url");
    assert_eq!(
        serde_json::from_slice::<Value>(&header).expect("JSON"),
        good_header()
    );
    // RFC 6979: the same input gives the same token.
    assert_eq!(
        sign(minimal(), &key(7), &options)
            .and_then(Secured::into_text)
            .expect("signs"),
        jwt
    );
}

#[test]
fn a_passport_becomes_the_subject() {
    let passport =
        Passport::parse(br#"{"digitalProductPassportId":"urn:uuid:1","granularity":"item"}"#);
    let credential = passport_credential(&passport.expect("fits")).expect("has an id");
    let jwt = sign(credential, &key(7), &SignOptions::default())
        .and_then(Secured::into_text)
        .expect("signs");
    let report = verify(&jwt, &now()).expect("reads");
    assert!(report.ok);
    assert_eq!(
        report.claims["type"],
        json!(["VerifiableCredential", "BatteryPassportCredential"])
    );
    assert_eq!(
        report.claims["credentialSubject"],
        json!({ "id": "urn:uuid:1", "type": "BatteryPassport", "digitalProductPassportId": "urn:uuid:1", "granularity": "item" })
    );
    let error = passport_credential(&Passport::default()).expect_err("no id");
    assert_eq!(
        (error.code(), error.path()),
        (ErrorCode::MissingMember, "/digitalProductPassportId")
    );
}

#[test]
fn issuing_refuses_what_must_not_be_signed() {
    use ErrorCode::{InvalidArgument, InvalidMember, IssuerMismatch, MissingMember, WrongType};
    let refusal = |credential: Value, options: &SignOptions<'_>| {
        let error = sign(credential, &key(7), options).expect_err("must be refused");
        (error.code(), error.path().to_string())
    };
    let plain = SignOptions::default();
    let cases = [
        (json!([]), WrongType, ""),
        (json!({}), MissingMember, "/credentialSubject"),
        (
            json!({ "credentialSubject": {} }),
            InvalidMember,
            "/credentialSubject",
        ),
        (
            json!({ "credentialSubject": [] }),
            InvalidMember,
            "/credentialSubject",
        ),
        (
            with(minimal(), "issuer", json!("https://example.com")),
            IssuerMismatch,
            "/issuer",
        ),
        (
            with(minimal(), "issuer", json!({ "id": did(8) })),
            IssuerMismatch,
            "/issuer",
        ),
        (
            with(minimal(), "issuer", json!({ "name": "no id" })),
            InvalidMember,
            "/issuer",
        ),
        (
            with(
                minimal(),
                "@context",
                json!("https://www.w3.org/ns/credentials/v2"),
            ),
            InvalidMember,
            "/@context",
        ),
        (with(minimal(), "type", json!([1])), InvalidMember, "/type"),
        (
            with(minimal(), "id", json!("not a URL")),
            InvalidMember,
            "/id",
        ),
        (
            with(minimal(), "validFrom", json!("2027-01-01")),
            InvalidMember,
            "/validFrom",
        ),
        (with(minimal(), "vc", json!({})), InvalidMember, "/vc"),
    ];
    for (credential, code, path) in cases {
        assert_eq!(
            refusal(credential.clone(), &plain),
            (code, path.to_string()),
            "{credential}"
        );
    }
    let other = did(8);
    let foreign = SignOptions {
        issuer: Some(&other),
        ..SignOptions::default()
    };
    assert_eq!(refusal(minimal(), &foreign).0, IssuerMismatch);
    let late = SignOptions {
        valid_until: Some(time("2027-01-01T00:00:00Z")),
        ..SignOptions::default()
    };
    let dated = with(minimal(), "validUntil", json!("2026-01-01T00:00:00Z"));
    assert_eq!(
        refusal(dated, &late),
        (InvalidArgument, "/validUntil".into())
    );
    let begun = with(minimal(), "validFrom", json!("2028-01-01T00:00:00Z"));
    assert_eq!(refusal(begun, &late), (InvalidMember, "/validUntil".into()));
    // Saying the same twice is no contradiction.
    let own = did(7);
    let same = SignOptions {
        issuer: Some(&own),
        ..late
    };
    let agreeing = with(
        with(minimal(), "issuer", json!({ "id": own, "name": "Example" })),
        "validUntil",
        json!("2027-01-01T00:00:00Z"),
    );
    assert!(sign(agreeing, &key(7), &same).is_ok());
}
