//! `vc+jwt` both ways with the tokens of SpruceID's `ssi`: what one signs the other verifies, and what was
//! changed neither does.
//!
//! This is `ssi`'s JWS under the header that VC-JOSE-COSE asks for. Its own `JoseVc` still writes the type of
//! a draft, `vc-ld+jwt`, which we refuse.

use batterypass::SigningKey;
use batterypass::credential::{
    CONTEXT, Securing, SignOptions, UNDEFINED_TERMS_CONTEXT, VerifyOptions, passport_credential,
    sign, verify,
};
use batterypass::passport::Passport;
use serde_json::{Value, json};
use ssi::JWK;
use ssi::claims::jws::{Header, decode_verify, encode_sign_custom_header};

const EXAMPLE: &[u8] = include_bytes!("../../../schemas/examples/lmt-ebike.json");

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32]).expect("a key")
}

fn private(key: &SigningKey) -> JWK {
    JWK::try_from(key.to_jwk()).expect("ssi reads our JWK")
}

fn public(key: &SigningKey) -> JWK {
    JWK::try_from(key.public_key().to_jwk()).expect("ssi reads our JWK")
}

fn now() -> VerifyOptions<'static> {
    VerifyOptions::at("2027-06-01T00:00:00Z".parse().expect("a time"))
}

/// A whole passport, complete but for the proof.
fn credential() -> Value {
    let passport = Passport::parse(EXAMPLE).expect("a passport");
    let mut credential = passport_credential(&passport).expect("a credential");
    credential["@context"] = json!([CONTEXT, UNDEFINED_TERMS_CONTEXT]);
    credential["issuer"] = key(7).public_key().did().as_str().into();
    credential
}

fn ours() -> String {
    let secured = sign(credential(), &key(7), &SignOptions::default()).expect("signs");
    secured.into_text().expect("a token")
}

fn theirs(typ: &str) -> String {
    let kid = key(7).public_key().did_url();
    let header = json!({ "alg": "ES256", "typ": typ, "cty": "vc", "kid": kid.as_str() });
    let header: Header = serde_json::from_value(header).expect("a header");
    let payload = credential().to_string();
    encode_sign_custom_header(&payload, &private(&key(7)), &header).expect("signs")
}

fn we_accept(token: &str) -> bool {
    verify(token, &now()).is_ok_and(|report| report.ok)
}

/// The token with a character of a part (header, payload, signature) made another: the one in the middle,
/// because a lenient reader ignores some bits of the last.
fn changed(token: &str, part: usize) -> String {
    let mut parts: Vec<String> = token.split('.').map(String::from).collect();
    let middle = parts[part].len() / 2;
    let is_a = parts[part].as_bytes()[middle] == b'A';
    parts[part].replace_range(middle..=middle, if is_a { "B" } else { "A" });
    parts.join(".")
}

#[test]
fn ours_to_theirs() {
    let token = ours();
    let (header, payload) = decode_verify(&token, &public(&key(7))).expect("verifies");
    assert_eq!(header.type_.as_deref(), Some("vc+jwt"));
    let report = verify(&token, &now()).expect("reads");
    assert!(report.ok, "{:?}", report.findings);
    let payload: Value = serde_json::from_slice(&payload).expect("JSON");
    assert_eq!(payload, report.claims);
}

#[test]
fn theirs_to_ours() {
    let report = verify(&theirs("vc+jwt"), &now()).expect("reads");
    assert!(report.ok, "{:?}", report.findings);
    assert_eq!(report.securing, Securing::VcJwt);
    assert_eq!(report.claims, credential());
    assert!(!we_accept(&theirs("vc-ld+jwt")));
}

#[test]
fn both_refuse_what_was_changed() {
    for token in [ours(), theirs("vc+jwt")] {
        for part in 0..3 {
            let token = changed(&token, part);
            assert!(decode_verify(&token, &public(&key(7))).is_err(), "{token}");
            assert!(!we_accept(&token), "{token}");
        }
    }
}

#[test]
fn both_refuse_the_key_of_another() {
    for token in [ours(), theirs("vc+jwt")] {
        assert!(decode_verify(&token, &public(&key(9))).is_err());
        let (other, mut options) = (key(9), now());
        options.issuer_key = Some(other.public_key());
        assert!(!verify(&token, &options).expect("reads").ok);
    }
}
