//! DID documents, their keys by purpose and time, and `did:jwk`.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "alloc")]

use batterypass::did::{
    self, DidDocument, Documents, KeyMaterial, Relationship, Resolver, VerificationMethod, web,
};
use batterypass::time::Timestamp;
use batterypass::{Error, ErrorCode, PublicKey, SigningKey};
use serde_json::{Value, json};

const DID: &str = "did:web:maker.example";

fn key(seed: u8) -> PublicKey {
    *SigningKey::from_bytes(&[seed; 32]).unwrap().public_key()
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    time("2027-02-18T00:00:00Z")
}

fn multikey(id: &str, seed: u8) -> Value {
    json!({
        "id": id,
        "type": "Multikey",
        "controller": DID,
        "publicKeyMultibase": key(seed).multikey().as_str(),
    })
}

fn with_methods(methods: Value) -> Value {
    json!({ "id": DID, "verificationMethod": methods, "assertionMethod": ["#key-1"] })
}

fn found<'d>(document: &'d DidDocument, url: &str) -> &'d VerificationMethod {
    document
        .method(url, Relationship::AssertionMethod, now())
        .unwrap()
}

fn refused(document: &DidDocument, url: &str, relationship: Relationship) -> ErrorCode {
    document
        .method(url, relationship, now())
        .unwrap_err()
        .code()
}

#[test]
fn every_form_of_a_key() {
    let jwk = |kind| json!({ "id": "#key-1", "type": kind, "controller": DID, "publicKeyJwk": key(7).to_jwk() });
    for method in [
        multikey("#key-1", 7),
        multikey("did:web:maker.example#key-1", 7),
        jwk("JsonWebKey"),
        jwk("JsonWebKey2020"),
    ] {
        let value = with_methods(json!([method]));
        let document = DidDocument::parse(value.to_string().as_bytes()).unwrap();
        for url in ["#key-1", "did:web:maker.example#key-1"] {
            let method = found(&document, url);
            assert_eq!(method.key.p256(), Some(&key(7)));
            assert_eq!(method.id, "did:web:maker.example#key-1");
            assert_eq!(method.controller, DID);
        }
        assert_eq!(document.to_value(), value);
    }
}

/// RFC 8037 appendix A.2 and the multibase form of the same key.
#[test]
fn ed25519_in_both_forms() {
    let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
    let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": x });
    let from_jwk = KeyMaterial::from_jwk(&jwk).unwrap();
    let KeyMaterial::Ed25519(bytes) = from_jwk else {
        panic!("{from_jwk:?}");
    };
    assert_eq!(bytes[..4], [0xd7, 0x5a, 0x98, 0x01]);
    let text = format!(
        "z{}",
        bs58::encode([&[0xed, 0x01], &bytes[..]].concat()).into_string()
    );
    assert_eq!(KeyMaterial::from_multikey(&text).unwrap(), from_jwk);
}

#[test]
fn members_that_are_not_read_are_kept() {
    let value = json!({
        "@context": ["https://www.w3.org/ns/did/v1"],
        "id": DID,
        "alsoKnownAs": ["https://maker.example"],
        "controller": [DID, "did:web:group.example"],
        "service": [{ "id": "#status", "type": "Status", "serviceEndpoint": "https://maker.example/s" }],
        "verificationMethod": [{
            "id": "#key-1", "type": "SomethingNew2030", "controller": DID, "material": 1,
        }],
        "assertionMethod": ["#key-1"],
        "x": { "y": [1] },
    });
    let document = DidDocument::from_value(value.clone()).unwrap();
    assert_eq!(document.to_value(), value);
    assert_eq!(
        document.also_known_as().collect::<Vec<_>>(),
        ["https://maker.example"]
    );
    assert_eq!(
        document.controllers().collect::<Vec<_>>(),
        [DID, "did:web:group.example"]
    );
    assert_eq!(document.services(), value["service"].as_array().unwrap());
    assert_eq!(found(&document, "#key-1").key, KeyMaterial::Unsupported);
}

#[test]
fn purposes() {
    use Relationship::{AssertionMethod, Authentication, KeyAgreement};
    let document = DidDocument::from_value(json!({
        "id": DID,
        "verificationMethod": [multikey("#key-1", 7), multikey("#key-2", 8)],
        "assertionMethod": ["#key-1", "did:web:other.example#key-1"],
        "authentication": [multikey("#key-3", 9)],
    }))
    .unwrap();
    assert_eq!(found(&document, "#key-1").key.p256(), Some(&key(7)));
    let embedded = document.method("#key-3", Authentication, now()).unwrap();
    assert_eq!(embedded.key.p256(), Some(&key(9)));
    for (url, purpose, code) in [
        ("#key-1", KeyAgreement, ErrorCode::MethodNotAuthorised),
        ("#key-2", AssertionMethod, ErrorCode::MethodNotAuthorised),
        // An embedded key serves the purpose it stands under and no other.
        ("#key-3", AssertionMethod, ErrorCode::MethodNotAuthorised),
        ("#key-4", AssertionMethod, ErrorCode::MethodNotFound),
        (
            "did:web:other.example#key-1",
            AssertionMethod,
            ErrorCode::DidMismatch,
        ),
        (DID, AssertionMethod, ErrorCode::InvalidDid),
        ("key-1", AssertionMethod, ErrorCode::InvalidDid),
        ("", AssertionMethod, ErrorCode::InvalidDid),
    ] {
        assert_eq!(refused(&document, url, purpose), code, "{url}");
    }
}

#[test]
fn another_controller() {
    let mut method = multikey("#key-1", 7);
    method["controller"] = json!("did:web:other.example");
    let document = DidDocument::from_value(with_methods(json!([method]))).unwrap();
    let code = refused(&document, "#key-1", Relationship::AssertionMethod);
    assert_eq!(code, ErrorCode::ControllerMismatch);
}

#[test]
fn keys_rotate() {
    let (planned, withdrawn) = (time("2028-01-01T00:00:00Z"), time("2027-06-01T00:00:00Z"));
    let keys = [
        web::DocumentKey::new("key-1", key(7))
            .expires(planned)
            .revoked(withdrawn),
        web::DocumentKey::new("key-2", key(8)).expires(planned),
        web::DocumentKey::new("seal-1", key(9)).for_purposes(&[Relationship::KeyAgreement]),
    ];
    let service =
        json!({ "id": "#s", "type": "Status", "serviceEndpoint": "https://maker.example/s" });
    let document = web::document(DID, &keys, core::slice::from_ref(&service)).unwrap();
    let document = DidDocument::parse(document.to_value().to_string().as_bytes()).unwrap();
    assert_eq!(document.services(), [service]);
    let state = |url: &str, at: &str| {
        let method = document.method(url, Relationship::AssertionMethod, time(at));
        method
            .map(|method| *method.key.p256().unwrap())
            .map_err(|error| error.code())
    };
    assert_eq!(
        state("#key-1", "2027-05-31T23:59:59.999999999Z"),
        Ok(key(7))
    );
    assert_eq!(
        state("#key-1", "2027-06-01T00:00:00Z"),
        Err(ErrorCode::KeyRevoked)
    );
    assert_eq!(state("#key-2", "2027-12-31T23:59:59Z"), Ok(key(8)));
    assert_eq!(
        state("#key-2", "2028-01-01T00:00:00Z"),
        Err(ErrorCode::KeyExpired)
    );
    assert_eq!(
        state("#seal-1", "2027-01-01T00:00:00Z"),
        Err(ErrorCode::MethodNotAuthorised)
    );

    let twice = [
        web::DocumentKey::new("key-1", key(7)),
        web::DocumentKey::new("key-1", key(8)),
    ];
    let error = web::document(DID, &twice, &[]).unwrap_err();
    assert_eq!(
        (error.code(), error.path()),
        (ErrorCode::DuplicateValue, "/verificationMethod/1/id")
    );
    for (did, fragment) in [("did:key:z6Mk", "a"), (DID, ""), (DID, "a#b"), (DID, "a b")] {
        let error =
            web::document(did, &[web::DocumentKey::new(fragment, key(7))], &[]).unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidDid, "{did} {fragment}");
    }
}

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

/// The example of the did:jwk specification.
#[test]
fn did_jwk_of_the_specification() {
    let did = "did:jwk:eyJjcnYiOiJQLTI1NiIsImt0eSI6IkVDIiwieCI6ImFjYklRaXVNczNpOF91c3pFakoydHBUdFJNNEVVM3l6OTFQSDZDZEgyVjAiLCJ5IjoiX0tjeUxqOXZXTXB0bm1LdG00NkdxRHo4d2Y3NEk1TEtncmwyR3pIM25TRSJ9";
    let document = did::resolve(did, None).unwrap();
    let url = format!("{did}#0");
    let method = found(&document, &url);
    let key = method.key.p256().unwrap();
    assert_eq!(
        key.to_jwk()["x"],
        "acbIQiuMs3i8_uszEjJ2tpTtRM4EU3yz91PH6CdH2V0"
    );
    assert_eq!(key.did_jwk(), did);
    assert!(
        document
            .method(&url, Relationship::KeyAgreement, now())
            .is_ok()
    );
}

#[test]
fn did_jwk_by_use_and_type() {
    let name = |jwk: &Value| did_of(jwk.to_string().as_bytes());
    let with_use = |word: &str| {
        let mut jwk = key(7).to_jwk();
        jwk["use"] = json!(word);
        did::resolve(&name(&jwk), None).unwrap()
    };
    let (signs, seals) = (with_use("sig"), with_use("enc"));
    found(&signs, "#0");
    assert_eq!(
        refused(&signs, "#0", Relationship::KeyAgreement),
        ErrorCode::MethodNotAuthorised
    );
    assert_eq!(
        refused(&seals, "#0", Relationship::AssertionMethod),
        ErrorCode::MethodNotAuthorised
    );
    assert!(
        seals
            .method("#0", Relationship::KeyAgreement, now())
            .is_ok()
    );

    let secret = SigningKey::from_bytes(&[7; 32]).unwrap().to_jwk();
    let mut off_curve = key(7).to_jwk();
    off_curve["y"] = off_curve["x"].clone();
    let text = key(7).did_jwk();
    for (did, code) in [
        (name(&secret), ErrorCode::PrivateKey),
        (
            name(&json!({ "kty": "EC", "crv": "P-384", "x": "", "y": "" })),
            ErrorCode::UnsupportedAlgorithm,
        ),
        (name(&json!({ "crv": "P-256" })), ErrorCode::MissingMember),
        (name(&json!([])), ErrorCode::WrongType),
        (name(&off_curve), ErrorCode::InvalidKey),
        (
            did_of(br#"{"kty":"EC","kty":"EC"}"#),
            ErrorCode::DuplicateKey,
        ),
        (did_of(b"{}x"), ErrorCode::MalformedJson),
        (format!("{text}A"), ErrorCode::MalformedBase64),
        ("did:jwk:e31".into(), ErrorCode::MalformedBase64),
        (format!("{text}#0"), ErrorCode::InvalidDid),
    ] {
        assert_eq!(did::resolve(&did, None).unwrap_err().code(), code, "{did}");
    }
}

fn did_of(jwk: &[u8]) -> String {
    use base64ct::Encoding;
    format!(
        "did:jwk:{}",
        base64ct::Base64UrlUnpadded::encode_string(jwk)
    )
}

#[test]
fn other_methods_go_to_the_resolver() {
    struct Liar(DidDocument);
    impl Resolver for Liar {
        fn resolve(&self, _: &str) -> Result<DidDocument, Error> {
            Ok(self.0.clone())
        }
    }
    let document = web::document(DID, &[web::DocumentKey::new("key-1", key(7))], &[]).unwrap();
    let documents: Documents = [document.clone()].into_iter().collect();
    assert_eq!(did::resolve(DID, Some(&documents)).unwrap(), document);
    let code = |did: &str, resolver: Option<&dyn Resolver>| {
        did::resolve(did, resolver).unwrap_err().code()
    };
    assert_eq!(code(DID, None), ErrorCode::DidNotResolved);
    assert_eq!(
        code("did:web:other.example", Some(&documents)),
        ErrorCode::DidNotResolved
    );
    assert_eq!(
        code("did:web:other.example", Some(&Liar(document.clone()))),
        ErrorCode::DidMismatch
    );
    assert_eq!(code("no did", Some(&documents)), ErrorCode::InvalidDid);
    // A did:key is what it says, whatever a resolver claims.
    let name = key(9).did();
    let own = did::resolve(&name, Some(&Liar(document.clone()))).unwrap();
    assert_eq!(own.id(), name.as_str());

    let mut documents = documents;
    assert_eq!(documents.insert(document.clone()), Some(document));
}
