//! Keys of a document: in every form, by purpose and by time.

use batterypass::ErrorCode;
use batterypass::did::{DidDocument, KeyMaterial, Relationship, web};
use serde_json::json;

use super::common::*;

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
