//! What must be refused, with its code and place.

use batterypass::ErrorCode;
use batterypass::envelope::MAX_AAD;
use batterypass::jwe::{
    self, Algorithm, DecryptOptions, EncryptOptions, Jwe, Serialization, UnknownHeaders,
};
use serde_json::{Value, json};

use super::common::Prepared;
use super::{encode, key, keys, refusal};

/// A general JWE that is right, to be made wrong in one place.
fn message() -> Value {
    let options = EncryptOptions {
        aad: b"aad",
        ..EncryptOptions::default()
    };
    let text = jwe::encrypt(b"content", &keys(1..=2), &options).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn refusals_have_their_code_and_place() {
    let point = json!({"kty": "EC", "crv": "P-256", "x": encode([1; 32]), "y": encode([1; 32])});
    let secret = key(3).to_jwk();
    let header = "/recipients/0/header";
    for (path, value, code, at) in [
        ("/zip", json!(1), ErrorCode::UnknownMember, "/zip"),
        ("/iv", json!(1), ErrorCode::WrongType, "/iv"),
        (
            "/iv",
            json!(encode([0; 11])),
            ErrorCode::MalformedJwe,
            "/iv",
        ),
        (
            "/iv",
            json!(encode([0; 16])),
            ErrorCode::MalformedJwe,
            "/iv",
        ),
        ("/iv", json!("="), ErrorCode::MalformedBase64, "/iv"),
        ("/tag", json!(encode([0; 15])), ErrorCode::Truncated, "/tag"),
        (
            "/tag",
            json!(encode([0; 17])),
            ErrorCode::MalformedJwe,
            "/tag",
        ),
        ("/aad", json!(""), ErrorCode::MalformedJwe, "/aad"),
        ("/aad", json!("a a"), ErrorCode::MalformedBase64, "/aad"),
        (
            "/protected",
            json!(""),
            ErrorCode::MalformedJson,
            "/protected",
        ),
        (
            "/protected",
            json!(encode("[]")),
            ErrorCode::MalformedJwe,
            "/protected",
        ),
        (
            "/protected",
            json!(encode("{}")),
            ErrorCode::MissingMember,
            "/protected/enc",
        ),
        (
            "/protected",
            json!(encode(r#"{"enc":1}"#)),
            ErrorCode::WrongType,
            "/protected/enc",
        ),
        (
            "/protected",
            json!(encode(r#"{"enc":"A192GCM"}"#)),
            ErrorCode::UnsupportedAlgorithm,
            "/protected/enc",
        ),
        (
            "/protected",
            json!(encode(r#"{"enc":"A256GCM","enc":"A256GCM"}"#)),
            ErrorCode::DuplicateKey,
            "/protected/enc",
        ),
        (
            "/protected",
            json!(encode(r#"{"enc":"A256GCM","zip":"DEF"}"#)),
            ErrorCode::UnsupportedHeader,
            "/protected/zip",
        ),
        (
            "/protected",
            json!(encode(r#"{"enc":"A256GCM","crit":["exp"],"exp":1}"#)),
            ErrorCode::UnsupportedHeader,
            "/protected/crit",
        ),
        (
            "/protected",
            json!(encode(format!(
                r#"{{"enc":"A256GCM","sub":"{}"}}"#,
                "x".repeat(9000)
            ))),
            ErrorCode::TooLarge,
            "/protected",
        ),
        // The same name in two places: protected and shared, protected and own, shared and own.
        (
            "/unprotected",
            json!({"enc": "A256GCM"}),
            ErrorCode::DuplicateKey,
            "/unprotected/enc",
        ),
        (
            "/recipients/0/header/enc",
            json!("A256GCM"),
            ErrorCode::DuplicateKey,
            "/recipients/0/header/enc",
        ),
        (
            "/unprotected",
            json!({"alg": "ECDH-ES"}),
            ErrorCode::DuplicateKey,
            "/recipients/0/header/alg",
        ),
        (
            "/unprotected",
            json!([]),
            ErrorCode::WrongType,
            "/unprotected",
        ),
        ("/recipients", json!([]), ErrorCode::NoRecipients, ""),
        (
            "/recipients",
            json!({}),
            ErrorCode::WrongType,
            "/recipients",
        ),
        (
            "/recipients/0",
            json!("x"),
            ErrorCode::WrongType,
            "/recipients/0",
        ),
        ("/header", json!({}), ErrorCode::MalformedJwe, ""),
        ("/encrypted_key", json!("AA"), ErrorCode::MalformedJwe, ""),
        (
            "/recipients/0/x~y",
            json!(1),
            ErrorCode::UnknownMember,
            "/recipients/0/x~0y",
        ),
        (
            "/recipients/0/header/alg",
            json!("ECDH-ES"),
            ErrorCode::MalformedJwe,
            "/recipients/0/encrypted_key",
        ),
        (
            "/recipients/0/header/alg",
            json!("A256KW"),
            ErrorCode::UnsupportedAlgorithm,
            "/recipients/0/header/alg",
        ),
        (
            "/recipients/0/header/alg",
            json!("HPKE-7"),
            ErrorCode::UnsupportedHeader,
            "/recipients/0/header/alg",
        ),
        (
            "/recipients/0/header/alg",
            json!("HPKE-7-KE"),
            ErrorCode::UnsupportedHeader,
            "/recipients/0/header/epk",
        ),
        (
            "/recipients/0/header/jku",
            json!("https://example.com"),
            ErrorCode::UnsupportedHeader,
            "/recipients/0/header/jku",
        ),
        (
            "/recipients/0/header/p2c",
            json!(1_000_000),
            ErrorCode::UnsupportedHeader,
            "/recipients/0/header/p2c",
        ),
        (
            "/recipients/0/header/ek",
            json!("AA"),
            ErrorCode::UnsupportedHeader,
            "/recipients/0/header/ek",
        ),
        (
            "/recipients/0/header/note",
            json!("x"),
            ErrorCode::UnsupportedHeader,
            "/recipients/0/header/note",
        ),
        (
            "/recipients/0/header/kid",
            json!(["x"]),
            ErrorCode::WrongType,
            "/recipients/0/header/kid",
        ),
        (
            "/recipients/0/header/apu",
            json!("="),
            ErrorCode::MalformedBase64,
            "/recipients/0/header/apu",
        ),
        (
            "/recipients/0/header/epk",
            point,
            ErrorCode::InvalidKey,
            "/recipients/0/header/epk",
        ),
        (
            "/recipients/0/header/epk",
            secret,
            ErrorCode::PrivateKey,
            "/recipients/0/header/epk/d",
        ),
        (
            "/recipients/0/header/epk/crv",
            json!("P-384"),
            ErrorCode::UnsupportedAlgorithm,
            "/recipients/0/header/epk/crv",
        ),
        (
            "/recipients/0/header/epk/y",
            json!("AA"),
            ErrorCode::MalformedBase64,
            "/recipients/0/header/epk/y",
        ),
        (
            "/recipients/0/encrypted_key",
            json!(encode([0; 24])),
            ErrorCode::MalformedJwe,
            "/recipients/0/encrypted_key",
        ),
    ] {
        let mut message = message();
        let (parent, name) = path.rsplit_once('/').unwrap();
        match message.pointer_mut(parent).unwrap() {
            Value::Array(list) => list[name.parse::<usize>().unwrap()] = value,
            other => other[name] = value,
        }
        assert_eq!(
            refusal(message.to_string()),
            (code, at.to_owned()),
            "{path}"
        );
    }
    for name in ["alg", "epk"] {
        let mut message = message();
        let own = message.pointer_mut(header).unwrap();
        own.as_object_mut().unwrap().remove(name).unwrap();
        let expected = (ErrorCode::MissingMember, format!("{header}/{name}"));
        assert_eq!(refusal(message.to_string()), expected);
    }
    let mut without = message();
    without
        .as_object_mut()
        .unwrap()
        .remove("ciphertext")
        .unwrap();
    let expected = (ErrorCode::MissingMember, "/ciphertext".to_owned());
    assert_eq!(refusal(without.to_string()), expected);
}

#[test]
fn limits() {
    assert_eq!(refusal(vec![b'a'; jwe::MAX_LEN + 1]).0, ErrorCode::TooLarge);
    assert_eq!(refusal("a.b.c.d.e.f").0, ErrorCode::MalformedJwe);
    assert_eq!(refusal([0xff; 9]).0, ErrorCode::MalformedJwe);
    let mut nine = message();
    let one = nine["recipients"][0].clone();
    nine["recipients"] = vec![one; 9].into();
    assert_eq!(refusal(nine.to_string()).0, ErrorCode::TooManyRecipients);
    let deep = format!(r#"{{"unprotected":{}1{}}}"#, "[".repeat(9), "]".repeat(9));
    assert_eq!(refusal(deep).0, ErrorCode::TooDeep);
    let many = format!(r#"{{"recipients":[{}1]}}"#, "1,".repeat(600));
    assert_eq!(refusal(many).0, ErrorCode::TooManyValues);
    assert_eq!(
        refusal(r#"{"iv":"a","iv":"a"}"#),
        (ErrorCode::DuplicateKey, "/iv".to_owned())
    );

    // Direct agreement for two would be agreement on two keys.
    let mut direct = message();
    for i in 0..2 {
        direct["recipients"][i]["header"]["alg"] = "ECDH-ES".into();
        let one = direct["recipients"][i].as_object_mut().unwrap();
        one.remove("encrypted_key").unwrap();
    }
    assert_eq!(refusal(direct.to_string()).0, ErrorCode::TooManyRecipients);
}

#[test]
fn unknown_headers_can_be_passed_over() {
    let mut message = message();
    message["recipients"][0]["header"]["note"] = "x".into();
    let text = message.to_string();
    let parsed = Jwe::parse_with(text.as_bytes(), UnknownHeaders::Ignore).unwrap();
    let options = DecryptOptions {
        aad: b"aad",
        kid: None,
    };
    assert_eq!(parsed.decrypt(&key(1), &options).unwrap(), b"content");
    for name in ["zip", "crit", "jwk", "p2c", "b64", "psk_id"] {
        let mut message = message.clone();
        message["recipients"][0]["header"][name] = "x".into();
        let error = Jwe::parse_with(message.to_string().as_bytes(), UnknownHeaders::Ignore);
        assert_eq!(error.unwrap_err().code(), ErrorCode::UnsupportedHeader);
    }
}

#[test]
fn what_cannot_be_encrypted() {
    let refuse = |count: u8, options: &EncryptOptions<'_>, rng: &mut Prepared| {
        jwe::encrypt_with(rng, b"content", &keys(1..=count), options)
            .unwrap_err()
            .code()
    };
    let rng = || Prepared(vec![7; 4096]);
    let plain = EncryptOptions::default();
    assert_eq!(refuse(0, &plain, &mut rng()), ErrorCode::NoRecipients);
    assert_eq!(refuse(9, &plain, &mut rng()), ErrorCode::TooManyRecipients);
    for (algorithm, serialization) in [
        (Algorithm::EcdhEs, Serialization::General),
        (Algorithm::Hpke0, Serialization::General),
        (Algorithm::EcdhEsA256Kw, Serialization::Compact),
        (Algorithm::EcdhEsA256Kw, Serialization::Flattened),
    ] {
        let options = EncryptOptions {
            algorithm,
            serialization,
            ..plain
        };
        assert_eq!(
            refuse(2, &options, &mut rng()),
            ErrorCode::TooManyRecipients
        );
    }
    let compact = EncryptOptions {
        serialization: Serialization::Compact,
        aad: b"aad",
        ..plain
    };
    assert_eq!(refuse(1, &compact, &mut rng()), ErrorCode::InvalidArgument);
    let parties = EncryptOptions {
        algorithm: Algorithm::Hpke7Ke,
        apu: b"Alice",
        ..plain
    };
    assert_eq!(refuse(1, &parties, &mut rng()), ErrorCode::InvalidArgument);
    let long = EncryptOptions {
        aad: &[0; MAX_AAD + 1],
        ..plain
    };
    assert_eq!(refuse(1, &long, &mut rng()), ErrorCode::TooLarge);
    for len in [0, 31, 32, 63, 64, 75] {
        let mut short = Prepared(vec![7; len]);
        assert_eq!(
            refuse(1, &plain, &mut short),
            ErrorCode::RandomnessFailed,
            "{len}"
        );
    }
    let large = vec![0; jwe::MAX_LEN / 4 * 3];
    let error = jwe::encrypt(&large, &keys(1..=1), &plain).unwrap_err();
    assert_eq!(error.code(), ErrorCode::TooLarge);
    let mebibyte = vec![7; 1 << 20];
    let text = jwe::encrypt(&mebibyte, &keys(1..=8), &plain).unwrap();
    assert_eq!(jwe::decrypt(&text, &key(8), b"").unwrap(), mebibyte);
}
