//! The rules of VCDM 2.0, one at a time.

use batterypass::ErrorCode;
use serde_json::{Value, json};

use super::common::*;

#[test]
fn the_structure_is_checked() {
    use ErrorCode::{InvalidMember, IssuerMismatch, MissingMember};
    const V2: &str = "https://www.w3.org/ns/credentials/v2";
    let cases = [
        ("@context", Value::Null, MissingMember, "/@context"),
        ("@context", json!([]), InvalidMember, "/@context"),
        (
            "@context",
            json!(["https://example.com", V2]),
            InvalidMember,
            "/@context",
        ),
        (
            "@context",
            json!(["https://www.w3.org/2018/credentials/v1"]),
            InvalidMember,
            "/@context",
        ),
        ("@context", json!([V2, 1]), InvalidMember, "/@context/1"),
        (
            "@context",
            json!([V2, "not a url"]),
            InvalidMember,
            "/@context/1",
        ),
        ("@context", json!([V2, V2]), InvalidMember, "/@context/1"),
        ("type", Value::Null, MissingMember, "/type"),
        ("type", json!("Other"), InvalidMember, "/type"),
        (
            "type",
            json!(["VerifiableCredential", ""]),
            InvalidMember,
            "/type",
        ),
        (
            "type",
            json!(["VerifiableCredential", {}]),
            InvalidMember,
            "/type",
        ),
        (
            "credentialSubject",
            Value::Null,
            MissingMember,
            "/credentialSubject",
        ),
        (
            "credentialSubject",
            json!("urn:x:1"),
            InvalidMember,
            "/credentialSubject",
        ),
        (
            "credentialSubject",
            json!([{ "a": 1 }, {}]),
            InvalidMember,
            "/credentialSubject/1",
        ),
        (
            "credentialSubject",
            json!({ "id": "x" }),
            InvalidMember,
            "/credentialSubject/id",
        ),
        ("id", json!(["urn:x:1"]), InvalidMember, "/id"),
        (
            "credentialStatus",
            json!({ "id": "urn:x:1" }),
            MissingMember,
            "/credentialStatus/type",
        ),
        (
            "credentialStatus",
            json!("urn:x:1"),
            InvalidMember,
            "/credentialStatus",
        ),
        (
            "credentialSchema",
            json!([{ "type": "JsonSchema" }]),
            MissingMember,
            "/credentialSchema/0/id",
        ),
        ("evidence", json!([]), InvalidMember, "/evidence"),
        (
            "termsOfUse",
            json!({ "type": 1 }),
            InvalidMember,
            "/termsOfUse/type",
        ),
        (
            "refreshService",
            json!({ "type": "a b" }),
            InvalidMember,
            "/refreshService/type",
        ),
        (
            "relatedResource",
            json!({ "id": "urn:x:1" }),
            InvalidMember,
            "/relatedResource",
        ),
        ("name", json!(1), InvalidMember, "/name"),
        (
            "description",
            json!({ "@value": "x", "x": 1 }),
            InvalidMember,
            "/description",
        ),
        (
            "description",
            json!({ "@value": "x", "@language": "not a language" }),
            InvalidMember,
            "/description",
        ),
        (
            "description",
            json!([{ "@value": "x", "@language": "ar", "@direction": "up" }]),
            InvalidMember,
            "/description",
        ),
        ("vp", json!({}), InvalidMember, "/vp"),
        ("iss", json!("https://example.com"), IssuerMismatch, "/iss"),
        ("jti", json!("urn:x:2"), InvalidMember, "/jti"),
        ("sub", json!("urn:x:2"), InvalidMember, "/sub"),
        ("exp", json!("2027"), InvalidMember, "/exp"),
    ];
    for (name, member, code, path) in cases {
        let report = check(&good_header(), &with(good_payload(), name, member.clone()));
        assert_eq!(errors(&report), [(code, path)], "{name} {member}");
        assert!(
            report
                .findings
                .iter()
                .all(|f| f.reference.contains("section"))
        );
    }
    for (name, member) in [
        ("type", json!("VerifiableCredential")),
        (
            "@context",
            json!([V2, { "@vocab": "https://example.com/" }]),
        ),
        (
            "issuer",
            json!({ "id": did(7), "name": [{ "@value": "Beispiel", "@language": "de" }] }),
        ),
        (
            "credentialSubject",
            json!([{ "a": 1 }, { "id": "urn:x:1" }]),
        ),
        (
            "credentialSchema",
            json!({ "id": "https://example.com/s", "type": "JsonSchema" }),
        ),
        (
            "relatedResource",
            json!([{ "id": "urn:x:1", "digestSRI": "sha384-11LCxR+6DimqGQVwqdQlPkQHegWNMpf6OlYw1b0BJiL5fCisrtMTtcg7uZDKp9qF" }]),
        ),
        ("iss", json!(did(7))),
        ("sub", json!("urn:uuid:1")),
        ("nbf", json!(1.5)),
    ] {
        let report = check(&good_header(), &with(good_payload(), name, member.clone()));
        assert!(report.ok, "{name} {member}: {:?}", report.findings);
    }
}

#[test]
fn every_finding_is_reported() {
    let header = json!({ "alg": "none", "crit": [], "kid": "x" });
    let payload =
        json!({ "issuer": did(7), "validUntil": "2026-01-01T00:00:00Z", "validFrom": "soon" });
    let report = check(&header, &payload);
    let codes: Vec<_> = errors(&report)
        .iter()
        .map(|(code, path)| format!("{} {path}", code.as_str()))
        .collect();
    assert_eq!(
        codes,
        [
            "unsupported_algorithm /protected/alg",
            "missing_member /protected/typ",
            "unsupported_header /protected/crit",
            "invalid_member /protected/kid",
            "missing_member /@context",
            "missing_member /type",
            "missing_member /credentialSubject",
            "invalid_member /validFrom",
            "expired /validUntil",
        ]
    );
}
