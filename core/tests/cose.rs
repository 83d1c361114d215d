//! COSE_Sign1 against the examples of the COSE working group, and credentials as `vc+cose`.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "alloc")]

mod common;

use batterypass::cose::credential::{self, Kind, OVERHEAD};
use batterypass::cose::{Algorithm, Sign1, SignOptions, sign1};
use batterypass::{ErrorCode, PublicKey, SigningKey};
use common::{hex, vectors};
use serde_json::Value;

const PASSED: [&str; 5] = [
    "ecdsa-examples/ecdsa-sig-01",
    "sign1-tests/sign-pass-01",
    "sign1-tests/sign-pass-02",
    "sign1-tests/sign-pass-03",
    "RFC8152/Appendix_C_2_1",
];
/// Broken ones, and whether they are refused when they are read or when they are verified.
const REFUSED: [(&str, ErrorCode); 9] = [
    ("sign1-tests/sign-fail-01", ErrorCode::MalformedCbor),
    ("sign1-tests/sign-fail-02", ErrorCode::SignatureInvalid),
    ("sign1-tests/sign-fail-03", ErrorCode::UnsupportedAlgorithm),
    ("sign1-tests/sign-fail-04", ErrorCode::UnsupportedAlgorithm),
    ("sign1-tests/sign-fail-06", ErrorCode::SignatureInvalid),
    ("sign1-tests/sign-fail-07", ErrorCode::SignatureInvalid),
    // P-384, P-521 and SHA-512.
    (
        "ecdsa-examples/ecdsa-sig-02",
        ErrorCode::UnsupportedAlgorithm,
    ),
    (
        "ecdsa-examples/ecdsa-sig-03",
        ErrorCode::UnsupportedAlgorithm,
    ),
    (
        "ecdsa-examples/ecdsa-sig-04",
        ErrorCode::UnsupportedAlgorithm,
    ),
];

struct Example {
    message: Vec<u8>,
    aad: Vec<u8>,
    plaintext: Vec<u8>,
    key: Value,
}

impl Example {
    fn read(name: &str) -> Option<Self> {
        let file = vectors(&format!("cose-examples/{name}.json"))?;
        Some(Self::from_file(&file))
    }

    fn from_file(file: &Value) -> Self {
        let signer = &file["input"]["sign0"];
        let plaintext = file["input"]["plaintext"].as_str().unwrap();
        Self {
            message: hex(&file["output"], "cbor"),
            aad: hex(signer, "external"),
            plaintext: plaintext.as_bytes().to_vec(),
            key: signer["key"].clone(),
        }
    }

    fn verify(&self) -> Result<Vec<u8>, ErrorCode> {
        let key = PublicKey::from_jwk(&self.key);
        let payload = Sign1::decode(&self.message)
            .and_then(|message| message.verify(&self.aad, &key?).map(<[u8]>::to_vec));
        payload.map_err(|error| error.code())
    }
}

#[test]
fn examples_of_the_working_group() {
    let mut count = 0;
    for name in PASSED {
        let Some(example) = Example::read(name) else {
            return;
        };
        assert_eq!(example.verify().as_ref(), Ok(&example.plaintext), "{name}");
        // Anything else that is signed, or sent, does not verify.
        let aad = [&example.aad[..], &[0]].concat();
        assert_eq!(
            Example {
                aad,
                ..Example::read(name).unwrap()
            }
            .verify(),
            Err(ErrorCode::SignatureInvalid)
        );
        count += 1;
    }
    for (name, code) in REFUSED {
        let example = Example::read(name).unwrap();
        assert_eq!(example.verify(), Err(code), "{name}");
        count += 1;
    }
    assert_eq!(count, 14);
}

/// The examples sign by RFC 6979 too, so our signature over the same structure is theirs, bit by bit.
#[test]
fn signatures_of_the_working_group() {
    let Some(example) = Example::read("sign1-tests/sign-pass-02") else {
        return;
    };
    let file = vectors("cose-examples/sign1-tests/sign-pass-02.json").unwrap();
    let to_be_signed = hex(&file["intermediates"], "ToBeSign_hex");
    let key = SigningKey::from_jwk(&example.key).unwrap();
    let signature = key.deterministic().sign(&to_be_signed).unwrap();
    let message = &example.message;
    assert_eq!(message[message.len() - 64..], signature);
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32]).unwrap()
}

#[test]
fn credentials_and_presentations() {
    let payload = br#"{"@context":["https://www.w3.org/ns/credentials/v2"]}"#;
    let key = key(7);
    for (algorithm, head) in [
        (Algorithm::Es256, [0xa4, 1, 0x26]),
        (Algorithm::Esp256, [0xa4, 1, 0x28]),
    ] {
        let mut out = [0; 53 + OVERHEAD];
        assert_eq!(payload.len() + OVERHEAD, out.len());
        let signed =
            credential::sign(payload, Kind::Credential, &key, algorithm, &mut out).unwrap();
        assert!(signed.windows(3).any(|window| window == head));
        let message = credential::decode(signed, Kind::Credential).unwrap();
        assert_eq!(message.typ(), Some("application/vc+cose"));
        assert_eq!(message.content_type(), Some("application/vc"));
        assert_eq!(
            credential::key_url(&message).unwrap(),
            key.public_key().did_url().as_str()
        );
        assert_eq!(message.verify(b"", key.public_key()).unwrap(), payload);
        let error = credential::decode(signed, Kind::Presentation).unwrap_err();
        assert_eq!(
            (error.code(), error.path()),
            (ErrorCode::InvalidMember, "/protected/typ")
        );
    }
    let mut out = [0; 400];
    let url = "did:web:maker.example#key-1";
    let signed = credential::sign_as(
        payload,
        Kind::Presentation,
        url,
        &key,
        Algorithm::Es256,
        &mut out,
    );
    let message = credential::decode(signed.unwrap(), Kind::Presentation).unwrap();
    assert_eq!(credential::key_url(&message).unwrap(), url);

    let mut small = [0; 100];
    let error = credential::sign(
        payload,
        Kind::Credential,
        &key,
        Algorithm::Es256,
        &mut small,
    );
    assert_eq!(error.unwrap_err().code(), ErrorCode::BufferTooSmall);
}

#[test]
fn other_messages_are_no_credentials() {
    let key = key(7);
    let refusal = |options: SignOptions<'_>| {
        let mut out = [0; 400];
        let signed = sign1(b"{}", &key, &options, &mut out).unwrap();
        let message = credential::decode(signed, Kind::Credential)
            .and_then(|message| credential::key_url(&message).map(str::len));
        let error = message.unwrap_err();
        (error.code(), error.path().to_string())
    };
    let typ = Some("application/vc+cose");
    let url = key.public_key().did_url();
    let good = SignOptions {
        typ,
        kid: Some(url.as_bytes()),
        ..SignOptions::default()
    };
    for (options, code, path) in [
        (
            SignOptions { typ: None, ..good },
            ErrorCode::MissingMember,
            "/protected/typ",
        ),
        (
            SignOptions {
                typ: Some("application/cwt"),
                ..good
            },
            ErrorCode::InvalidMember,
            "/protected/typ",
        ),
        (
            SignOptions {
                content_type: Some("application/json"),
                ..good
            },
            ErrorCode::InvalidMember,
            "/protected/content_type",
        ),
        // A thumbprint names a key, but not who holds it.
        (
            SignOptions { kid: None, ..good },
            ErrorCode::InvalidDid,
            "/protected/kid",
        ),
        (
            SignOptions {
                kid: Some(b"\xff"),
                ..good
            },
            ErrorCode::InvalidDid,
            "/protected/kid",
        ),
    ] {
        assert_eq!(refusal(options), (code, path.to_string()));
    }
}

/// RFC 9596: a type that is not protected says nothing.
#[test]
fn an_unprotected_type_does_not_count() {
    let key = key(7);
    let protected = [0xa1, 0x01, 0x26];
    let structure = [&b"\x84\x6aSignature1\x43"[..], &protected, b"\x40\x42{}"].concat();
    let signature = key.sign(&structure).unwrap();
    let header = [b"\xa1\x10\x73".as_slice(), b"application/vc+cose"].concat();
    let message = [
        &b"\xd2\x84\x43"[..],
        &protected,
        &header,
        b"\x42{}\x58\x40",
        &signature,
    ]
    .concat();
    let decoded = Sign1::decode(&message).unwrap();
    assert_eq!(decoded.verify(b"", key.public_key()).unwrap(), b"{}");
    assert_eq!(decoded.typ(), None);
    let error = credential::decode(&message, Kind::Credential).unwrap_err();
    assert_eq!(error.code(), ErrorCode::MissingMember);
}
