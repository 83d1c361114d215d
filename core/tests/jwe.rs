//! JWE: round trips, the vectors of draft-ietf-jose-hpke-encrypt and RFC 7516, and what must be refused.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "std")]

mod common;
#[path = "jwe/refusals.rs"]
mod refusals;

use base64ct::{Base64UrlUnpadded, Encoding};
use batterypass::crypto::{Crypto, Portable};
use batterypass::envelope::MAX_RECIPIENTS;
use batterypass::jwe::{
    self, Algorithm, DecryptOptions, EncryptOptions, Encryption, Jwe, Serialization,
};
use batterypass::{ErrorCode, PublicKey, SigningKey};
use common::vectors;
use serde_json::{Value, json};

const FORMS: [Serialization; 3] = [
    Serialization::Compact,
    Serialization::General,
    Serialization::Flattened,
];
const ENCRYPTIONS: [Encryption; 2] = [Encryption::A128Gcm, Encryption::A256Gcm];

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32]).unwrap()
}

fn keys(seeds: core::ops::RangeInclusive<u8>) -> Vec<PublicKey> {
    seeds.map(|seed| *key(seed).public_key()).collect()
}

fn encode(bytes: impl AsRef<[u8]>) -> String {
    Base64UrlUnpadded::encode_string(bytes.as_ref())
}

fn decode(value: &Value) -> Vec<u8> {
    Base64UrlUnpadded::decode_vec(value.as_str().unwrap()).unwrap()
}

fn options(
    algorithm: Algorithm,
    encryption: Encryption,
    serialization: Serialization,
) -> EncryptOptions<'static> {
    EncryptOptions {
        algorithm,
        encryption,
        serialization,
        aad: if serialization == Serialization::Compact {
            b""
        } else {
            b"aad"
        },
        subject: Some("urn:example:1"),
        content_type: Some("json"),
        ..EncryptOptions::default()
    }
}

/// The code and path of a refusal.
fn refusal(text: impl AsRef<[u8]>) -> (ErrorCode, String) {
    let error = Jwe::parse(text.as_ref()).unwrap_err();
    (error.code(), error.path().to_owned())
}

#[test]
fn every_form_opens_for_every_recipient() {
    let mut cases = 0;
    for algorithm in Algorithm::ALL {
        for encryption in ENCRYPTIONS {
            for form in FORMS {
                let many = form == Serialization::General && !algorithm.is_for_one();
                let count = if many { MAX_RECIPIENTS as u8 } else { 1 };
                let options = options(algorithm, encryption, form);
                let text = jwe::encrypt(b"content", &keys(1..=count), &options).unwrap();
                for seed in 1..=count {
                    let opened = jwe::decrypt(&text, &key(seed), options.aad).unwrap();
                    assert_eq!(opened, b"content");
                }
                let other = jwe::decrypt(&text, &key(9), options.aad).unwrap_err();
                assert_eq!(other.code(), ErrorCode::RecipientUnknown);

                let parsed = Jwe::parse(text.as_bytes()).unwrap();
                assert_eq!(parsed.subject(), Some("urn:example:1"));
                assert_eq!(parsed.aad().unwrap(), options.aad);
                assert_eq!(parsed.recipients().len(), usize::from(count));
                let integrated = matches!(algorithm, Algorithm::Hpke0 | Algorithm::Hpke7);
                assert_eq!(parsed.encryption(), (!integrated).then_some(encryption));
                for (recipient, public) in parsed.recipients().iter().zip(keys(1..=count)) {
                    assert_eq!(recipient.algorithm(), algorithm);
                    let thumbprint = public.thumbprint().to_string();
                    assert_eq!(recipient.kid(), Some(thumbprint.as_str()));
                }
                cases += 1;
            }
        }
    }
    assert_eq!(cases, 36);
    assert!(Algorithm::Hpke7Ke.is_draft() && !Algorithm::EcdhEs.is_draft());
}

#[test]
fn nothing_repeats() {
    let seal = || jwe::encrypt(b"content", &keys(1..=1), &EncryptOptions::default()).unwrap();
    let (one, two): (Value, Value) = (
        serde_json::from_str(&seal()).unwrap(),
        serde_json::from_str(&seal()).unwrap(),
    );
    for path in [
        "/iv",
        "/ciphertext",
        "/tag",
        "/recipients/0/encrypted_key",
        "/recipients/0/header/epk/x",
    ] {
        assert!(one.pointer(path).is_some());
        assert_ne!(one.pointer(path), two.pointer(path), "{path}");
    }
}

/// draft-ietf-jose-hpke-encrypt: every example for P-256, in both of its forms.
#[test]
fn draft_ietf_jose_hpke() {
    let Some(cases) = vectors("jose-hpke/examples/jose-vectors.json") else {
        return;
    };
    let (mut opened, mut others) = (0, 0);
    for case in cases.as_array().unwrap() {
        let flattened = case["flattened"].to_string();
        let compact = case["compact"].as_str().unwrap();
        if case["jwk"]["crv"] != "P-256" {
            for text in [flattened.as_str(), compact] {
                assert_eq!(refusal(text).0, ErrorCode::UnsupportedAlgorithm);
                others += 1;
            }
            continue;
        }
        let key = SigningKey::from_jwk(&case["jwk"]).unwrap();
        let aad = decode(&case["flattened"]["aad"]);
        assert_eq!(aad, b"The Fellowship of the Ring");
        for (text, aad) in [(flattened.as_str(), &aad[..]), (compact, b"")] {
            let options = DecryptOptions {
                aad,
                kid: case["jwk"]["kid"].as_str(),
            };
            let plaintext = jwe::decrypt_with(text.as_bytes(), &key, &options).unwrap();
            assert!(plaintext.starts_with(b"You can trust us to stick with you"));
            let parsed = Jwe::parse(text.as_bytes()).unwrap();
            assert_eq!(
                Some(parsed.recipients()[0].algorithm().as_str()),
                case["alg"].as_str()
            );
            let wrong = DecryptOptions {
                aad: b"other",
                ..options
            };
            let error = parsed.decrypt(&key, &wrong).unwrap_err();
            assert_eq!(error.code(), ErrorCode::DecryptionFailed);
            opened += 1;
        }
    }
    assert_eq!((opened, others), (8, 24));
}

/// RFC 7516 appendix A: its algorithms are not ours, its content encryption and key wrap are.
#[test]
fn rfc_7516_appendix_a() {
    let a1 = "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ";
    let unsupported = |header: &str| refusal(format!("{header}...."));
    let algorithm = |path: &str| (ErrorCode::UnsupportedAlgorithm, path.to_owned());
    assert_eq!(unsupported(a1), algorithm("/protected/alg"));
    for header in [
        r#"{"alg":"RSA1_5","enc":"A128CBC-HS256"}"#,
        r#"{"alg":"A128KW","enc":"A128CBC-HS256"}"#,
        r#"{"alg":"dir","enc":"A256GCM"}"#,
        r#"{"alg":"none","enc":"A256GCM"}"#,
        r#"{"alg":"PBES2-HS256+A128KW","enc":"A256GCM","p2c":4096,"p2s":"AAAA"}"#,
        r#"{"alg":"ECDH-ES+A128KW","enc":"A256GCM"}"#,
        r#"{"alg":"ecdh-es","enc":"A256GCM"}"#,
    ] {
        let code = refusal(format!("{}....", encode(header))).0;
        let expected = if header.contains("p2c") {
            ErrorCode::UnsupportedHeader
        } else {
            ErrorCode::UnsupportedAlgorithm
        };
        assert_eq!(code, expected, "{header}");
    }

    let content_key = [
        177, 161, 244, 128, 84, 143, 225, 115, 63, 180, 3, 255, 107, 154, 212, 246, 138, 7, 110,
        91, 112, 46, 34, 105, 47, 130, 203, 46, 122, 234, 64, 252,
    ];
    let mut content = decode(&json!(
        "5eym8TW_c8SuK0ltJ3rpYIzOeDQz7TALvtu6UG9oMo4vpzs9tX_EFShS8iB7j6jiSdiwkIr3ajwQzaBtQD_A"
    ));
    let iv = decode(&json!("48V1_ALb6US04U3b"));
    let tag = decode(&json!("XFBoMYUZodetZdvTiFvSkQ")).try_into().unwrap();
    Portable
        .aes_gcm_open(&content_key, &iv, a1.as_bytes(), &mut content, &tag)
        .unwrap();
    assert_eq!(
        content,
        b"The true sign of intelligence is not knowledge but imagination."
    );

    let kek = decode(&json!("GawgguFyGrWKav7AX4VKUg"));
    let wrapped = decode(&json!(
        "6KB707dM9YTIgHtLvtgWQ8mKwboJW3of9locizkDTHzBC2IlrT1oOQ"
    ));
    let mut unwrapped = [0; 32];
    Portable
        .aes_key_unwrap(&kek, &wrapped, &mut unwrapped)
        .unwrap();
    assert_eq!(unwrapped[..4], [4, 211, 31, 197]);
}

/// One message in each form and algorithm, with every character changed, is refused.
#[test]
fn every_changed_character_is_refused() {
    for algorithm in Algorithm::ALL {
        for form in FORMS {
            let options = EncryptOptions {
                content_type: None,
                ..options(algorithm, Encryption::A256Gcm, form)
            };
            let text = jwe::encrypt(b"content", &keys(1..=1), &options).unwrap();
            jwe::decrypt(&text, &key(1), options.aad).unwrap();
            for i in 0..text.len() {
                let mut changed = text.clone().into_bytes();
                changed[i] = if changed[i] == b'A' { b'B' } else { b'A' };
                let opened = jwe::decrypt_with(
                    &changed,
                    &key(1),
                    &DecryptOptions {
                        aad: options.aad,
                        kid: None,
                    },
                );
                assert!(opened.is_err(), "{algorithm:?} {form:?} byte {i} of {text}");
            }
        }
    }
}

/// What a wrong key gets and what a changed message gets are the same.
#[test]
fn no_oracle() {
    for algorithm in Algorithm::ALL {
        let options = options(algorithm, Encryption::A256Gcm, Serialization::General);
        let text = jwe::encrypt(b"content", &keys(1..=1), &options).unwrap();
        let thumbprint = key(1).public_key().thumbprint().to_string();
        let open = |text: &str, seed: u8, aad: &[u8]| {
            let kid = Some(thumbprint.as_str());
            let options = DecryptOptions { aad, kid };
            let error = jwe::decrypt_with(text.as_bytes(), &key(seed), &options).unwrap_err();
            (error.code(), error.path().to_owned(), error.to_string())
        };
        let expected = open(&text, 2, b"aad");
        assert_eq!(expected.0, ErrorCode::DecryptionFailed);
        assert_eq!(open(&text, 1, b""), expected);
        assert_eq!(open(&text, 1, b"other"), expected);
        let message: Value = serde_json::from_str(&text).unwrap();
        let mut changed = 0;
        for path in ["/iv", "/ciphertext", "/tag", "/recipients/0/encrypted_key"] {
            // The encrypted key of integrated HPKE is a point, which is refused by itself.
            if message.pointer(path).is_none()
                || (options.algorithm.is_for_one() && path.ends_with("encrypted_key"))
            {
                continue;
            }
            let mut message = message.clone();
            let value = message.pointer_mut(path).unwrap();
            let mut bytes = decode(value);
            bytes[0] ^= 1;
            *value = encode(bytes).into();
            assert_eq!(open(&message.to_string(), 1, b"aad"), expected, "{path}");
            changed += 1;
        }
        assert!(changed >= 1);
    }
}

#[test]
fn a_recipient_without_a_name_is_tried() {
    let options = EncryptOptions::default();
    let text = jwe::encrypt(b"content", &keys(1..=3), &options).unwrap();
    let mut message: Value = serde_json::from_str(&text).unwrap();
    for i in 0..3 {
        let header = message["recipients"][i]["header"].as_object_mut().unwrap();
        header.remove("kid").unwrap();
    }
    let text = message.to_string();
    for seed in 1..=3 {
        assert_eq!(jwe::decrypt(&text, &key(seed), b"").unwrap(), b"content");
    }
    let error = jwe::decrypt(&text, &key(4), b"").unwrap_err();
    assert_eq!(error.code(), ErrorCode::DecryptionFailed);

    message["recipients"][1]["header"]["kid"] = "the authority".into();
    let text = message.to_string();
    let options = DecryptOptions {
        aad: b"",
        kid: Some("the authority"),
    };
    let opened = jwe::decrypt_with(text.as_bytes(), &key(2), &options);
    assert_eq!(opened.unwrap(), b"content");
}

#[test]
fn an_early_end_is_told() {
    for (algorithm, form) in [
        (Algorithm::EcdhEs, Serialization::Compact),
        (Algorithm::EcdhEsA256Kw, Serialization::Compact),
        (Algorithm::Hpke7Ke, Serialization::Compact),
        (Algorithm::EcdhEsA256Kw, Serialization::General),
        (Algorithm::EcdhEsA256Kw, Serialization::Flattened),
    ] {
        let options = options(algorithm, Encryption::A256Gcm, form);
        let text = jwe::encrypt(b"content", &keys(1..=1), &options).unwrap();
        for end in 0..text.len() {
            assert_eq!(refusal(&text[..end]).0, ErrorCode::Truncated, "{end}");
        }
    }
}

#[test]
fn party_information_counts() {
    let options = EncryptOptions {
        apu: b"Alice",
        apv: b"Bob",
        ..EncryptOptions::default()
    };
    let text = jwe::encrypt(b"content", &keys(1..=1), &options).unwrap();
    assert_eq!(jwe::decrypt(&text, &key(1), b"").unwrap(), b"content");
    let mut message: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(decode(&message["recipients"][0]["header"]["apv"]), b"Bob");
    message["recipients"][0]["header"]["apu"] = encode("Eve").into();
    let error = jwe::decrypt(&message.to_string(), &key(1), b"").unwrap_err();
    assert_eq!(error.code(), ErrorCode::DecryptionFailed);
}

proptest::proptest! {
    #[test]
    fn parsing_never_panics(data: Vec<u8>, header: String) {
        let _ = Jwe::parse(&data);
        let _ = Jwe::parse(format!("{}....", encode(header)).as_bytes());
    }
}
