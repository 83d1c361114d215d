//! The examples of RFC 9901 appendix A, and the test cases of the reference implementation.

use alloc::collections::BTreeSet;

use batterypass::ErrorCode::KeyBindingMismatch;
use batterypass::crypto::{Crypto, Portable};
use batterypass::sd_jwt::{
    Disclosure, KeyBinding, KeyBindingOptions, Plan, SdJwt, VerifyOptions, conceal,
};
use batterypass::{PublicKey, SigningKey};
use serde_json::{Value, json};

use super::common::{Seeded, at, encode, errors};
use crate::common::{vector_bytes, vectors};

const CASES: [&str; 17] = [
    "array_data_types",
    "array_full_sd",
    "array_in_sd",
    "array_nested_in_plain",
    "array_none_disclosed",
    "array_of_nulls",
    "array_of_objects",
    "array_of_scalars",
    "array_recursive_sd",
    "array_recursive_sd_some_disclosed",
    "header_mod",
    "json_serialization_flattened",
    "json_serialization_general",
    "key_binding",
    "no_sd",
    "object_data_types",
    "recursions",
];

fn keys() -> Option<(PublicKey, SigningKey)> {
    let keys = vectors("sd-jwt-rfc9901/keys.json")?;
    let issuer = PublicKey::from_jwk(&keys["issuer"]).expect("a public key");
    let holder = SigningKey::from_jwk(&keys["holder"]).expect("a private key");
    Some((issuer, holder))
}

/// RFC 9901 sections 4.2.1, 4.2.2 and 4.2.3.
#[test]
fn disclosures_and_digests_of_the_text() {
    let text = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0";
    let disclosure = Disclosure::parse(text).unwrap();
    assert_eq!(disclosure.salt(), "_26bc4LT-ac6q2KI6cBW5es");
    assert_eq!(disclosure.name(), Some("family_name"));
    assert_eq!(disclosure.value(), "Möbius");
    assert_eq!(
        disclosure.digest(),
        "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"
    );
    let text = "WyJsa2x4RjVqTVlsR1RQVW92TU5JdkNBIiwgIkZSIl0";
    let disclosure = Disclosure::parse(text).unwrap();
    assert_eq!(
        (disclosure.name(), disclosure.value()),
        (None, &json!("FR"))
    );
    assert_eq!(
        disclosure.digest(),
        "w0I8EKcdCtUPkGCNUrfwVp2xEgNjtoIDlOxc9-PlOhs"
    );
}

#[test]
fn appendix_a() {
    let (Some(cases), Some((issuer, _))) =
        (vectors("sd-jwt-rfc9901/rfc9901-appendix-a.json"), keys())
    else {
        return;
    };
    let mut bound = 0;
    let mut disclosures = Vec::new();
    for case in cases.as_array().unwrap() {
        let name = case["name"].as_str().unwrap();
        let text = case["sd_jwt"].as_str().unwrap();
        let token: SdJwt = text.parse().unwrap();
        assert_eq!(token.to_string(), text, "{name}");
        let mut options = VerifyOptions::new(&issuer, at(1_748_537_244));
        if token.key_binding().is_some() {
            let asked = KeyBindingOptions::new("https://verifier.example.org", "1234567890");
            options.key_binding = Some(asked);
            bound += 1;
        }
        let report = token.verify(&options);
        assert!(report.ok, "{name}: {:?}", report.findings);
        assert_eq!(report.claims, case["expected"], "{name}");
        assert_eq!(token.claims().unwrap(), case["expected"], "{name}");
        disclosures.push(token.disclosures().len());
    }
    assert_eq!((disclosures.as_slice(), bound), (&[2, 6, 21, 4][..], 1));
}

/// A token of a test case. The files in JSON are a text within a text, and of a draft that did not have
/// the two members in `header` yet.
fn read(case: &str, file: &str) -> SdJwt {
    let path = |ending| format!("sd-jwt-rfc9901/testcases/{case}/{file}.{ending}");
    if !case.starts_with("json_") {
        let bytes = vector_bytes(&path("txt")).unwrap();
        let text = core::str::from_utf8(&bytes).unwrap().trim_end();
        let token: SdJwt = text.parse().unwrap();
        assert_eq!(token.to_string(), text);
        // The other form says the same.
        assert_eq!(SdJwt::from_json(&token.to_json()).unwrap(), token);
        return token;
    }
    let text = vectors(&path("json")).unwrap();
    let mut value: Value = serde_json::from_str(text.as_str().unwrap()).unwrap();
    let members = value.as_object_mut().unwrap();
    let mut header = json!({});
    for name in ["disclosures", "kb_jwt"] {
        if let Some(member) = members.remove(name) {
            header[name] = member;
        }
    }
    members.insert("header".into(), header);
    let token = SdJwt::parse_json(value.to_string().as_bytes()).unwrap();
    assert_eq!(token.to_json(), value);
    assert_eq!(token.to_string().parse::<SdJwt>().unwrap(), token);
    token
}

#[test]
fn test_cases_of_the_reference_implementation() {
    let Some((issuer, holder)) = keys() else {
        return;
    };
    let (mut hidden, mut presented, mut bound) = (0, 0, 0);
    for case in CASES {
        let file =
            |name: &str| vectors(&format!("sd-jwt-rfc9901/testcases/{case}/{name}")).unwrap();
        let issued = read(case, "sd_jwt_issuance");
        assert_eq!(
            Value::Object(issued.payload().clone()),
            file("sd_jwt_payload.json"),
            "{case}"
        );
        let mut all = issued.claims().unwrap();
        for name in ["iss", "iat", "exp", "cnf"] {
            all.as_object_mut().unwrap().remove(name);
        }
        assert_eq!(all, file("user_claims.json"), "{case}");

        let presentation = read(case, "sd_jwt_presentation");
        let mut options = VerifyOptions::new(&issuer, at(1_795_455_900));
        options.typ = Some("example+sd-jwt");
        if presentation.key_binding().is_some() {
            let asked = KeyBindingOptions::new("https://example.com/verifier", "1234567890");
            options.key_binding = Some(asked);
            bound += 1;
        }
        let report = presentation.verify(&options);
        if case.starts_with("json_") {
            // Its key binding is over the JSON text, not over the compact form as RFC 9901 says.
            assert_eq!(
                errors(&report),
                [(KeyBindingMismatch, "/kb_jwt/sd_hash")],
                "{case}"
            );
            let payload = file("kb_jwt_payload.json");
            assert_eq!(
                payload["sd_hash"],
                hash_over_json(case, &presentation),
                "{case}"
            );
        } else {
            assert!(report.ok, "{case}: {:?}", report.findings);
        }
        assert_eq!(report.claims, file("verified_contents.json"), "{case}");

        // What the other implementation kept is what we keep for the same choice, parents included.
        let chosen = |text: &str| {
            let mut texts = presentation.disclosures().iter();
            texts.any(|disclosure| disclosure.as_str() == text)
        };
        let ours = issued
            .present(|place| chosen(place.disclosure.as_str()))
            .unwrap();
        let texts = |token: &SdJwt| {
            let texts = token.disclosures().iter().map(|d| d.as_str().to_owned());
            texts.collect::<BTreeSet<_>>()
        };
        assert_eq!(texts(&ours), texts(&presentation), "{case}");
        assert_eq!(ours.claims().unwrap(), report.claims, "{case}");
        if report.claims.get("cnf").is_some() {
            let binding = KeyBinding {
                audience: "https://example.com/verifier",
                nonce: "1234567890",
                issued_at: at(1_795_455_890),
            };
            let ours = ours.bind(&holder, &binding).unwrap();
            assert!(ours.verify(&options).ok, "{case}");
        }
        issue_again(case, &issued);
        hidden += issued.disclosures().len();
        presented += presentation.disclosures().len();
    }
    assert_eq!((hidden, presented, bound), (96, 57, 4));
}

/// The hash that the key bindings in JSON have.
fn hash_over_json(case: &str, presentation: &SdJwt) -> String {
    let path = format!("sd-jwt-rfc9901/testcases/{case}/sd_jwt_jws_part.json");
    let mut text = vectors(&path).unwrap().as_str().unwrap().to_owned();
    text.push('~');
    for disclosure in presentation.disclosures() {
        text.push_str(disclosure.as_str());
        text.push('~');
    }
    encode(&Portable.sha256(&[text.as_bytes()]))
}

/// Hides the same members and elements in the same claims: only salts and digests differ.
fn issue_again(case: &str, theirs: &SdJwt) {
    let places = theirs.places().unwrap();
    let plan = (places.iter().map(|(pointer, _)| pointer))
        .fold(Plan::new(), |plan, pointer| plan.hide(pointer.as_str()));
    let claims = theirs.claims().unwrap();
    let key = super::common::issuer();
    let ours = conceal(claims.clone(), &plan, &mut Seeded(2)).unwrap();
    let ours = ours.sign(&json!({}), &key).unwrap();
    assert_eq!(ours.claims().unwrap(), claims, "{case}");
    let shape = |token: &SdJwt| {
        let mut shape: Vec<_> = (token.places().unwrap().into_iter())
            .map(|(pointer, disclosure)| (pointer, blank(disclosure.value())))
            .collect();
        shape.sort_by(|a, b| a.0.cmp(&b.0));
        (shape, blank(&Value::Object(token.payload().clone())))
    };
    assert_eq!(shape(&ours), shape(theirs), "{case}");
}

/// The value with every digest blanked.
fn blank(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let blanked = members.iter().map(|(name, value)| {
                let value = match name.as_str() {
                    "_sd" => json!(value.as_array().unwrap().len()),
                    "..." => Value::Null,
                    _ => blank(value),
                };
                (name.clone(), value)
            });
            Value::Object(blanked.collect())
        }
        Value::Array(elements) => elements.iter().map(blank).collect(),
        scalar => scalar.clone(),
    }
}
