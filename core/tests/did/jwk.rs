//! `did:jwk`, and methods that only a resolver knows.

use batterypass::did::{self, DidDocument, Documents, Relationship, Resolver, web};
use batterypass::{Error, ErrorCode, SigningKey};
use serde_json::{Value, json};

use super::common::*;

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
