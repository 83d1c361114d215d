//! The holder's signature over a presentation.

use batterypass::ErrorCode;
use batterypass::sd_jwt::{
    KeyBinding, KeyBindingOptions, Plan, SdJwt, VerifyOptions, VerifyReport, conceal,
};
use serde_json::{Value, json};

use super::common::*;

fn binding() -> KeyBinding<'static> {
    KeyBinding {
        audience: "https://verifier.example",
        nonce: "n-1",
        issued_at: at(NOW),
    }
}

fn asked() -> KeyBindingOptions<'static> {
    KeyBindingOptions::new("https://verifier.example", "n-1")
}

fn check_bound(token: &SdJwt, asked: Option<KeyBindingOptions<'_>>, now: i64) -> VerifyReport {
    let key = issuer();
    let options = VerifyOptions {
        key_binding: asked,
        ..VerifyOptions::new(key.public_key(), at(now))
    };
    token.verify(&options)
}

#[test]
fn a_bound_presentation_verifies() {
    let part = token().disclose_paths(&["/address/street"]).unwrap();
    let bound = part.clone().bind(&holder(), &binding()).unwrap();
    for asked in [None, Some(asked())] {
        let report = check_bound(&bound, asked, NOW);
        assert_eq!(errors(&report), [], "{asked:?}");
    }
    let report = check_bound(&part, Some(asked()), NOW);
    assert_eq!(errors(&report), [(ErrorCode::KeyBindingMissing, "/kb_jwt")]);
    assert!(check_bound(&part, None, NOW).ok);
    // The header and the claims are those of RFC 9901 section 4.3.
    let parts: Vec<Value> = (bound.key_binding().unwrap().split('.').take(2))
        .map(|part| serde_json::from_slice(&decode(part)).unwrap())
        .collect();
    assert_eq!(parts[0], json!({ "alg": "ES256", "typ": "kb+jwt" }));
    let names: Vec<_> = parts[1].as_object().unwrap().keys().collect();
    assert_eq!(names, ["iat", "aud", "nonce", "sd_hash"]);
}

#[test]
fn audience_nonce_and_time_are_the_verifiers() {
    use ErrorCode::{ChallengeMismatch, DomainMismatch, Expired, NotYetValid};
    let bound = token().bind(&holder(), &binding()).unwrap();
    let at = |asked, now| check_bound(&bound, Some(asked), now);
    let other = |audience, nonce| KeyBindingOptions::new(audience, nonce);
    for (report, expected) in [
        (at(asked(), NOW - 60), vec![]),
        (at(asked(), NOW - 61), vec![(NotYetValid, "/kb_jwt/iat")]),
        (at(asked(), NOW + 300), vec![]),
        (at(asked(), NOW + 301), vec![(Expired, "/kb_jwt/iat")]),
        (
            at(other("https://verifier.example/", "n-1"), NOW),
            vec![(DomainMismatch, "/kb_jwt/aud")],
        ),
        (
            at(other("https://verifier.example", ""), NOW),
            vec![(ChallengeMismatch, "/kb_jwt/nonce")],
        ),
        (
            at(other("x", "x"), NOW + 301),
            vec![
                (DomainMismatch, "/kb_jwt/aud"),
                (ChallengeMismatch, "/kb_jwt/nonce"),
                (Expired, "/kb_jwt/iat"),
            ],
        ),
    ] {
        assert_eq!(errors(&report), expected);
    }
}

#[test]
fn the_binding_is_to_the_disclosures() {
    let whole = token().bind(&holder(), &binding()).unwrap();
    let part = token().disclose_paths(&["/secret"]).unwrap();
    let mixed = format!("{part}{}", whole.key_binding().unwrap());
    // A wrong binding never passes, asked for or not.
    for asked in [None, Some(asked())] {
        let report = check_bound(&mixed.parse().unwrap(), asked, NOW);
        let expected = [(ErrorCode::KeyBindingMismatch, "/kb_jwt/sd_hash")];
        assert_eq!(errors(&report), expected);
    }
    // Who presents a part of a bound token has to sign again.
    assert!(whole.present(|_| true).unwrap().key_binding().is_none());
    let again = part.bind(&holder(), &binding()).unwrap();
    let again = again.bind(&holder(), &binding()).unwrap();
    assert!(check_bound(&again, Some(asked()), NOW).ok);
}

/// A token with a binding of any header, claims and key.
fn with_binding(header: &Value, change: impl Fn(&mut Value), seed: u8) -> SdJwt {
    let bound = token().bind(&holder(), &binding()).unwrap();
    let payload = bound.key_binding().unwrap().split('.').nth(1).unwrap();
    let mut payload: Value = serde_json::from_slice(&decode(payload)).unwrap();
    change(&mut payload);
    let key = batterypass::SigningKey::from_bytes(&[seed; 32]).unwrap();
    let binding = jwt(header, &payload, &key);
    format!("{}{binding}", token()).parse().unwrap()
}

#[test]
fn header_claims_and_signature_are_checked() {
    use ErrorCode::{
        InvalidMember, KeyMismatch, MissingMember, NotYetValid, SignatureInvalid,
        UnsupportedAlgorithm, UnsupportedHeader, WrongType,
    };
    let good = json!({ "alg": "ES256", "typ": "kb+jwt" });
    let run = |token: &SdJwt| check_bound(token, Some(asked()), NOW);
    assert_eq!(errors(&run(&with_binding(&good, |_| {}, 8))), []);
    let report = run(&with_binding(&good, |_| {}, 9));
    assert_eq!(errors(&report), [(SignatureInvalid, "/kb_jwt")]);
    for (name, member, code) in [
        ("alg", json!("none"), UnsupportedAlgorithm),
        ("alg", json!("HS256"), UnsupportedAlgorithm),
        ("typ", json!("JWT"), InvalidMember),
        ("typ", Value::Null, InvalidMember),
        ("crit", json!(["x"]), UnsupportedHeader),
        ("jwk", holder().public_key().to_jwk(), KeyMismatch),
    ] {
        let mut header = good.clone();
        header[name] = member;
        let report = run(&with_binding(&header, |_| {}, 8));
        let path = format!("/kb_jwt/protected/{name}");
        assert_eq!(errors(&report), [(code, path.as_str())], "{header}");
    }
    for (name, member, code) in [
        ("aud", Value::Null, MissingMember),
        ("nonce", Value::Null, MissingMember),
        ("sd_hash", Value::Null, MissingMember),
        ("iat", Value::Null, MissingMember),
        ("aud", json!(["https://verifier.example"]), WrongType),
        ("nonce", json!(1), WrongType),
        ("sd_hash", json!([]), WrongType),
        ("iat", json!("now"), WrongType),
        ("nbf", json!(NOW + 1), NotYetValid),
        ("exp", json!(NOW), ErrorCode::Expired),
    ] {
        let change = |claims: &mut Value| match &member {
            Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
            member => claims[name] = member.clone(),
        };
        let report = run(&with_binding(&good, change, 8));
        let path = format!("/kb_jwt/{name}");
        assert_eq!(errors(&report), [(code, path.as_str())], "{name} {member}");
    }
}

fn issue(confirmation: &Value) -> SdJwt {
    let claims = json!({ "cnf": confirmation, "a": 1 });
    let concealed = conceal(claims, &Plan::new().hide("/a"), &mut Seeded(5)).unwrap();
    concealed.sign(&json!({}), &issuer()).unwrap()
}

#[test]
fn the_holder_is_the_one_that_the_claims_name() {
    use ErrorCode::{InvalidDid, KeyMismatch, MissingMember, WrongType};
    let did = holder().public_key().did().to_string();
    let fragment = &did["did:key:".len()..];
    for confirmation in [
        json!({ "jwk": holder().public_key().to_jwk() }),
        json!({ "kid": did }),
        json!({ "kid": format!("{did}#{fragment}") }),
    ] {
        let bound = issue(&confirmation).bind(&holder(), &binding()).unwrap();
        assert!(check_bound(&bound, Some(asked()), NOW).ok, "{confirmation}");
    }
    for (confirmation, code, path) in [
        (json!({}), MissingMember, "/cnf/jwk"),
        (json!("x"), MissingMember, "/cnf/jwk"),
        (
            json!({ "jwk": issuer().public_key().to_jwk() }),
            KeyMismatch,
            "/cnf",
        ),
        (
            json!({ "jwk": { "kty": "EC", "crv": 1 } }),
            WrongType,
            "/cnf/jwk/crv",
        ),
        (json!({ "kid": 1 }), InvalidDid, "/cnf/kid"),
        (
            json!({ "kid": "did:web:holder.example" }),
            InvalidDid,
            "/cnf/kid",
        ),
        (
            json!({ "kid": format!("{did}#other") }),
            InvalidDid,
            "/cnf/kid",
        ),
    ] {
        let token = issue(&confirmation);
        let error = token.clone().bind(&holder(), &binding()).unwrap_err();
        assert_eq!((error.code(), error.path()), (code, path), "{confirmation}");
        // Whoever binds it anyway is not believed.
        let good = token_bound_anyway(&token);
        let report = check_bound(&good, Some(asked()), NOW);
        let code = if code == KeyMismatch {
            ErrorCode::SignatureInvalid
        } else {
            code
        };
        assert_eq!(report.findings[0].code, code, "{confirmation}");
    }
    let token = raw(&json!({}), &[]);
    let error = token.clone().bind(&holder(), &binding()).unwrap_err();
    assert_eq!((error.code(), error.path()), (MissingMember, "/cnf"));
    let report = check_bound(&token_bound_anyway(&token), None, NOW);
    assert_eq!(errors(&report)[0], (MissingMember, "/cnf"));
}

fn token_bound_anyway(token: &SdJwt) -> SdJwt {
    let bound = self::token().bind(&holder(), &binding()).unwrap();
    format!("{token}{}", bound.key_binding().unwrap())
        .parse()
        .unwrap()
}
