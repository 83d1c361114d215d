//! Documents that are refused, each with the member at fault.

use batterypass::ErrorCode;
use batterypass::did::DidDocument;
use serde_json::{Value, json};

use super::common::*;

/// Replaces the member at `path` (which must exist or be new in an object).
fn changed(path: &str, value: Value) -> Value {
    let mut document = with_methods(json!([multikey("#key-1", 7)]));
    document["controller"] = json!([DID]);
    let (parent, name) = path.rsplit_once('/').unwrap();
    let parent = document.pointer_mut(parent).unwrap();
    match parent {
        Value::Array(list) => list[name.parse::<usize>().unwrap()] = value,
        parent => parent[name] = value,
    }
    document
}

#[test]
fn bad_documents_name_the_member() {
    use ErrorCode::{
        DuplicateValue, Inconsistent, InvalidDid, InvalidKey, InvalidMember, MissingMember,
        PrivateKey, TooManyValues, WrongType,
    };
    let method = "/verificationMethod/0";
    let many = |value: Value| Value::Array(vec![value; 129]);
    let twice = multikey("did:web:maker.example#key-1", 8);
    let off_curve = format!(
        "z{}",
        bs58::encode([&[0x80, 0x24, 2], &[0xff; 32][..]].concat()).into_string()
    );
    let mut leaked = key(7).to_jwk();
    leaked["d"] = json!("AA");
    for (path, value, code, at) in [
        ("/id", json!(1), WrongType, "/id"),
        ("/id", json!("did:web"), InvalidDid, "/id"),
        ("/id", json!("did:web:a#b"), InvalidDid, "/id"),
        (
            "/verificationMethod",
            json!({}),
            WrongType,
            "/verificationMethod",
        ),
        (
            "/verificationMethod",
            many(json!(1)),
            TooManyValues,
            "/verificationMethod",
        ),
        ("/verificationMethod/0", json!("#key-1"), WrongType, method),
        (
            "/verificationMethod/0/id",
            json!("key-1"),
            InvalidDid,
            "/verificationMethod/0/id",
        ),
        (
            "/verificationMethod/0/id",
            json!(DID),
            InvalidDid,
            "/verificationMethod/0/id",
        ),
        (
            "/verificationMethod/0/controller",
            json!("x"),
            InvalidDid,
            "/verificationMethod/0/controller",
        ),
        (
            "/verificationMethod/0/type",
            json!(null),
            WrongType,
            "/verificationMethod/0/type",
        ),
        (
            "/verificationMethod/0/type",
            json!("JsonWebKey"),
            MissingMember,
            "/verificationMethod/0/publicKeyJwk",
        ),
        (
            "/verificationMethod/0/type",
            json!("Ed25519VerificationKey2020"),
            InvalidKey,
            "/verificationMethod/0/publicKeyMultibase",
        ),
        (
            "/verificationMethod/0/publicKeyMultibase",
            json!(1),
            WrongType,
            "/verificationMethod/0/publicKeyMultibase",
        ),
        (
            "/verificationMethod/0/publicKeyMultibase",
            json!("zz"),
            InvalidKey,
            "/verificationMethod/0/publicKeyMultibase",
        ),
        (
            "/verificationMethod/0/publicKeyMultibase",
            json!(off_curve),
            InvalidKey,
            "/verificationMethod/0/publicKeyMultibase",
        ),
        (
            "/verificationMethod/0/publicKeyJwk",
            key(7).to_jwk(),
            Inconsistent,
            "/verificationMethod/0/publicKeyMultibase",
        ),
        (
            "/verificationMethod/0/publicKeyJwk",
            leaked,
            PrivateKey,
            "/verificationMethod/0/publicKeyJwk/d",
        ),
        (
            "/verificationMethod/0/publicKeyJwk",
            json!({ "kty": "oct", "k": "AA" }),
            PrivateKey,
            "/verificationMethod/0/publicKeyJwk/k",
        ),
        (
            "/verificationMethod/0/secretKeyMultibase",
            json!("z"),
            PrivateKey,
            "/verificationMethod/0/secretKeyMultibase",
        ),
        (
            "/verificationMethod/0/expires",
            json!("2027"),
            InvalidMember,
            "/verificationMethod/0/expires",
        ),
        (
            "/verificationMethod/0/revoked",
            json!(2027),
            WrongType,
            "/verificationMethod/0/revoked",
        ),
        (
            "/assertionMethod",
            json!("#key-1"),
            WrongType,
            "/assertionMethod",
        ),
        (
            "/assertionMethod/0",
            json!(1),
            WrongType,
            "/assertionMethod/0",
        ),
        (
            "/assertionMethod/0",
            json!("key-1"),
            InvalidDid,
            "/assertionMethod/0",
        ),
        (
            "/assertionMethod/0",
            twice,
            DuplicateValue,
            "/assertionMethod/0/id",
        ),
        (
            "/assertionMethod",
            many(json!("#key-1")),
            TooManyValues,
            "/assertionMethod",
        ),
        ("/controller", json!([1]), WrongType, "/controller"),
        (
            "/controller",
            many(json!(DID)),
            TooManyValues,
            "/controller",
        ),
        ("/alsoKnownAs", json!([1]), WrongType, "/alsoKnownAs"),
        ("/service", json!({}), WrongType, "/service"),
    ] {
        let error = DidDocument::from_value(changed(path, value)).expect_err(path);
        assert_eq!((error.code(), error.path()), (code, at), "{path}");
    }
    for name in ["id", "type", "controller", "publicKeyMultibase"] {
        let mut method = multikey("#key-1", 7);
        method.as_object_mut().unwrap().shift_remove(name);
        let error = DidDocument::from_value(with_methods(json!([method]))).expect_err(name);
        let path = format!("/verificationMethod/0/{name}");
        assert_eq!((error.code(), error.path()), (MissingMember, path.as_str()));
    }
    assert_eq!(
        DidDocument::from_value(json!([])).unwrap_err().code(),
        WrongType
    );
}

#[test]
fn limits_of_the_text() {
    let code = |text: &str| DidDocument::parse(text.as_bytes()).unwrap_err().code();
    assert_eq!(code(&" ".repeat((256 << 10) + 1)), ErrorCode::TooLarge);
    assert_eq!(code(&"[".repeat(17)), ErrorCode::TooDeep);
    assert_eq!(
        code(r#"{"id":"did:a:b","id":"did:a:c"}"#),
        ErrorCode::DuplicateKey
    );
    // As many keys embedded, over all purposes, as may be listed.
    let embedded = |from: usize| -> Value {
        (from..from + 65)
            .map(|i| multikey(&format!("#k{i}"), 7))
            .collect()
    };
    let document =
        json!({ "id": DID, "assertionMethod": embedded(0), "authentication": embedded(65) });
    let error = DidDocument::from_value(document).unwrap_err();
    assert_eq!(
        (error.code(), error.path()),
        (ErrorCode::TooManyValues, "/authentication/63")
    );
}
