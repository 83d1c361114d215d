//! COSE_Encrypt envelopes: the vectors of draft-ietf-cose-hpke and everything that must be refused.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "std")]

mod common;

use batterypass::envelope::{self, Envelope, OpenOptions, SealOptions};
use batterypass::{ErrorCode, SigningKey};
use common::{Prepared, hex, vectors};
use minicbor::Decoder;

const AAD: &[u8] = b"urn:uuid:3f4c9a4e-8d1b-4f0e-9c7a-2b6d5e1f0a93";

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32]).unwrap()
}

/// `kid` (2) and `d` (-4) of a COSE_Key.
fn cose_key(data: &[u8]) -> (Vec<u8>, SigningKey) {
    let mut d = Decoder::new(data);
    let (mut kid, mut secret) = (None, None);
    for _ in 0..d.map().unwrap().unwrap() {
        match d.i64().unwrap() {
            2 => kid = Some(d.bytes().unwrap().to_vec()),
            -4 => secret = Some(d.bytes().unwrap().try_into().unwrap()),
            _ => d.skip().unwrap(),
        }
    }
    (
        kid.unwrap(),
        SigningKey::from_bytes(&secret.unwrap()).unwrap(),
    )
}

#[test]
fn draft_ietf_cose_hpke() {
    let Some(cases) = vectors("cose-hpke/hpke-p256.json") else {
        return;
    };
    let cases = cases.as_array().unwrap();
    for case in cases {
        let pick = |name: &str, external: &'static [u8]| {
            if case[name] == "external" {
                external
            } else {
                &[]
            }
        };
        let (kid, key) = cose_key(&hex(case, "cose_key"));
        let sealed = hex(case, "ciphertext");
        let options = OpenOptions {
            aad: pick("aad", b"external-aad"),
            kid: Some(&kid),
            extra_info: pick("info", b"external-info"),
            recipient_aad: pick("hpke_aad", b"external-hpke-aad"),
            psk: None,
        };
        let mut out = vec![0; sealed.len()];
        let opened = envelope::open_with(&sealed, &key, &options, &mut out);
        assert_eq!(opened.unwrap(), b"hpke test payload", "{case}");

        for wrong in [
            OpenOptions {
                aad: b"other",
                ..options
            },
            OpenOptions {
                extra_info: b"other",
                ..options
            },
            OpenOptions {
                recipient_aad: b"other",
                ..options
            },
        ] {
            let error = envelope::open_with(&sealed, &key, &wrong, &mut out).unwrap_err();
            assert_eq!(error.code(), ErrorCode::DecryptionFailed);
        }
    }
    assert_eq!(cases.len(), 16);
}

fn sealed(recipients: &[u8]) -> Vec<u8> {
    let recipients: Vec<_> = recipients
        .iter()
        .map(|seed| *key(*seed).public_key())
        .collect();
    let options = SealOptions {
        aad: AAD,
        subject: Some("urn:example:1"),
    };
    envelope::seal_to_vec(b"secret state of charge", &recipients, &options).unwrap()
}

#[test]
fn each_recipient_opens_alone() {
    for count in 1..=envelope::MAX_RECIPIENTS as u8 {
        let seeds: Vec<u8> = (1..=count).collect();
        let sealed = sealed(&seeds);
        assert_eq!(
            sealed.len(),
            envelope::sealed_len(22, seeds.len(), Some("urn:example:1"))
        );
        for seed in &seeds {
            assert_eq!(
                envelope::open_to_vec(&sealed, &key(*seed), AAD).unwrap(),
                b"secret state of charge"
            );
        }
        let parsed = Envelope::decode(&sealed).unwrap();
        assert_eq!(parsed.subject(), Some("urn:example:1"));
        assert_eq!(parsed.recipients().count(), seeds.len());
        for (kid, seed) in parsed.recipients().zip(&seeds) {
            assert!(key(*seed).public_key().thumbprint().matches(kid));
        }
    }
}

#[test]
fn nothing_repeats() {
    assert_ne!(sealed(&[1]), sealed(&[1]));
}

#[test]
fn refusals_have_their_codes() {
    let code = |data: &[u8], seed, aad: &[u8]| {
        envelope::open_to_vec(data, &key(seed), aad)
            .unwrap_err()
            .code()
    };
    let good = sealed(&[1, 2]);
    assert_eq!(code(&good, 3, AAD), ErrorCode::RecipientUnknown);
    assert_eq!(code(&good, 1, b"other"), ErrorCode::DecryptionFailed);
    for end in 0..good.len() {
        assert_eq!(code(&good[..end], 1, AAD), ErrorCode::Truncated, "{end}");
    }
    assert_eq!(
        code(&[&good[..], &[0]].concat(), 1, AAD),
        ErrorCode::TrailingBytes
    );
    assert_eq!(
        code(&vec![0; envelope::MAX_LEN + 1], 1, AAD),
        ErrorCode::TooLarge
    );
    assert_eq!(
        envelope::open(&good, &key(1), AAD, &mut [0; 21])
            .unwrap_err()
            .code(),
        ErrorCode::BufferTooSmall
    );

    let recipients = [*key(1).public_key(); 9];
    let seal = |count, options, rng: &mut Prepared, len| {
        let mut out = vec![0; len];
        let code = envelope::seal(rng, b"secret", &recipients[..count], options, &mut out)
            .unwrap_err()
            .code();
        assert!(!out.windows(6).any(|bytes| bytes == b"secret"));
        code
    };
    let plain = SealOptions::default();
    let rng = || Prepared(vec![7; 1024]);
    assert_eq!(seal(0, &plain, &mut rng(), 4096), ErrorCode::NoRecipients);
    assert_eq!(
        seal(9, &plain, &mut rng(), 4096),
        ErrorCode::TooManyRecipients
    );
    assert_eq!(
        seal(1, &plain, &mut rng(), envelope::sealed_len(6, 1, None) - 1),
        ErrorCode::BufferTooSmall
    );
    for bytes in [0, 31, 43, 60] {
        let mut short = Prepared(vec![7; bytes]);
        assert_eq!(
            seal(1, &plain, &mut short, 4096),
            ErrorCode::RandomnessFailed,
            "{bytes}"
        );
    }
    let long = SealOptions {
        aad: &[0; envelope::MAX_AAD + 1],
        subject: None,
    };
    assert_eq!(seal(1, &long, &mut rng(), 4096), ErrorCode::TooLarge);
    let subject = "x".repeat(300);
    let long = SealOptions {
        aad: b"",
        subject: Some(&subject),
    };
    assert_eq!(seal(1, &long, &mut rng(), 4096), ErrorCode::TooLarge);
}

#[test]
fn every_flipped_bit_is_refused() {
    let good = sealed(&[1]);
    for bit in 0..good.len() * 8 {
        let mut bad = good.clone();
        bad[bit / 8] ^= 1 << (bit % 8);
        assert!(
            envelope::open_to_vec(&bad, &key(1), AAD).is_err(),
            "bit {bit}"
        );
    }
}

proptest::proptest! {
    #[test]
    fn decoding_never_panics(data: Vec<u8>) {
        let _ = Envelope::decode(&data);
        let _ = batterypass::cose::Sign1::decode(&data);
        let _ = batterypass::record::Record::decode(&data);
    }
}

/// The longest record for the most recipients fits into one message of the device link.
#[test]
fn the_link_takes_every_envelope() {
    let id = "x".repeat(128);
    let most = envelope::MAX_RECIPIENTS;
    let longest = envelope::sealed_len(batterypass::record::MAX_SIGNED_LEN, most, Some(&id));
    assert!(longest + 9 <= batterypass::frame::MAX_MESSAGE, "{longest}");
    assert_eq!(
        longest - envelope::sealed_len(batterypass::record::MAX_SIGNED_LEN, most - 1, Some(&id)),
        161
    );
}
