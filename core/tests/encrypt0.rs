//! COSE_Encrypt0, and the one pair of calls for all formats.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "std")]

mod common;

use batterypass::envelope::{
    self, DecryptOptions, EncryptOptions, Encrypted, Envelope, Format, MAX_AAD, MAX_LEN,
    OpenOptions, Psk, SealOptions, encrypt0,
};
use batterypass::{ErrorCode, PublicKey, SigningKey};
use common::{Prepared, hex, vector_bytes};
use minicbor::Decoder;
use serde_json::json;

const AAD: &[u8] = b"urn:uuid:3f4c9a4e-8d1b-4f0e-9c7a-2b6d5e1f0a93";

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32]).unwrap()
}

fn keys(count: u8) -> Vec<PublicKey> {
    (1..=count).map(|seed| *key(seed).public_key()).collect()
}

fn bytes(text: &str) -> Vec<u8> {
    hex(&json!({ "hex": text }), "hex")
}

/// `kid` (2) and `d` (-4) of a COSE_Key; no key where its curve (-1) is not P-256.
fn cose_key(data: &[u8]) -> (Vec<u8>, Option<SigningKey>) {
    let mut d = Decoder::new(data);
    let (mut kid, mut secret, mut curve) = (Vec::new(), Vec::new(), 0);
    for _ in 0..d.map().unwrap().unwrap() {
        match d.i64().unwrap() {
            2 => kid = d.bytes().unwrap().to_vec(),
            -1 => curve = d.i64().unwrap(),
            -4 => secret = d.bytes().unwrap().to_vec(),
            _ => d.skip().unwrap(),
        }
    }
    let key = (curve == 1).then(|| SigningKey::from_bytes(&secret.try_into().unwrap()).unwrap());
    (kid, key)
}

/// The pre-shared key of RFC 9180 appendix A, which the draft's vectors use too.
const PSK: [u8; 32] = [
    0x02, 0x47, 0xfd, 0x33, 0xb9, 0x13, 0x76, 0x0f, 0xa1, 0xfa, 0x51, 0xe1, 0x89, 0x2d, 0x9f, 0x30,
    0x7f, 0xbe, 0x65, 0xeb, 0x17, 0x1e, 0x81, 0x32, 0xc2, 0xaf, 0x18, 0x55, 0x5a, 0x73, 0x8b, 0x82,
];

/// draft-ietf-cose-hpke, every example for P-256: COSE_Encrypt0 and COSE_Encrypt, each in base and PSK
/// mode.
#[test]
fn draft_ietf_cose_hpke() {
    let Some(text) = vector_bytes("cose-hpke/testvectors.txt") else {
        return;
    };
    let text = String::from_utf8(text).unwrap();
    let (mut recipient, mut external, mut counts) = ((Vec::new(), None), [false; 4], [0; 5]);
    for line in text.lines().map(str::trim) {
        if let Some((_, key)) = line.split_once("COSE_Key:") {
            recipient = cose_key(&bytes(key.trim_start_matches(':').trim()));
        } else if line.contains(" with ") {
            external = ["external aad", "external info", "external hpke aad", "+PSK"]
                .map(|text| line.contains(text));
        } else if let Some(message) = line.strip_prefix("Ciphertext: ") {
            let sealed = bytes(message);
            let (kid, Some(key)) = &recipient else {
                let error = Envelope::decode(&sealed).unwrap_err();
                assert_eq!(error.code(), ErrorCode::UnsupportedAlgorithm);
                counts[4] += 1;
                continue;
            };
            let pick = |external, bytes: &'static [u8]| if external { bytes } else { b"" };
            let [aad, info, hpke_aad, psk] = external;
            let options = OpenOptions {
                aad: pick(aad, b"external-aad"),
                kid: Some(kid),
                extra_info: pick(info, b"external-info"),
                recipient_aad: pick(hpke_aad, b"external-hpke-aad"),
                psk: psk.then_some(Psk(&PSK)),
            };
            let mut out = vec![0; sealed.len()];
            let opened = envelope::open_with(&sealed, key, &options, &mut out).unwrap();
            assert_eq!(opened, b"hpke test payload");
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
                    psk: Some(Psk(&[7; 32])),
                    ..options
                },
            ] {
                let error = envelope::open_with(&sealed, key, &wrong, &mut out).unwrap_err();
                assert_eq!(error.code(), ErrorCode::DecryptionFailed);
            }
            if psk {
                let without = OpenOptions {
                    psk: None,
                    ..options
                };
                let error = envelope::open_with(&sealed, key, &without, &mut out).unwrap_err();
                assert_eq!(error.code(), ErrorCode::UnsupportedHeader);
            }
            counts[usize::from(message.starts_with("d860")) * 2 + usize::from(psk)] += 1;
        }
    }
    assert_eq!(counts, [8, 8, 16, 16, 144]);
}

fn sealed(subject: Option<&str>) -> Vec<u8> {
    let options = SealOptions { aad: AAD, subject };
    let mut out = vec![0; 512];
    let mut rng = Prepared(vec![7; 64]);
    let to = key(1);
    let sealed = encrypt0::seal(&mut rng, b"secret", to.public_key(), &options, &mut out);
    sealed.unwrap().to_vec()
}

#[test]
fn one_recipient_opens() {
    for subject in [None, Some("urn:example:1"), Some(&*"x".repeat(128))] {
        let sealed = sealed(subject);
        assert_eq!(sealed.len(), encrypt0::sealed_len(6, subject));
        assert_eq!(
            envelope::open_to_vec(&sealed, &key(1), AAD).unwrap(),
            b"secret"
        );
        // Without its tag it is the same message.
        assert_eq!(
            envelope::open_to_vec(&sealed[1..], &key(1), AAD).unwrap(),
            b"secret"
        );
        let parsed = Envelope::decode(&sealed).unwrap();
        assert_eq!(parsed.subject(), subject);
        let kids: Vec<_> = parsed.recipients().collect();
        assert_eq!(kids, [key(1).public_key().thumbprint().0]);
    }
    let longer = envelope::sealed_len(6, 1, None);
    assert_eq!(longer - encrypt0::sealed_len(6, None), 72);
}

#[test]
fn refusals_have_their_codes() {
    let code = |data: &[u8], seed, aad: &[u8]| {
        let error = envelope::open_to_vec(data, &key(seed), aad).unwrap_err();
        error.code()
    };
    let good = sealed(Some("urn:example:1"));
    assert_eq!(code(&good, 2, AAD), ErrorCode::RecipientUnknown);
    assert_eq!(code(&good, 1, b"other"), ErrorCode::DecryptionFailed);
    for end in 0..good.len() {
        assert_eq!(code(&good[..end], 1, AAD), ErrorCode::Truncated, "{end}");
    }
    assert_eq!(
        code(&[&good[..], &[0]].concat(), 1, AAD),
        ErrorCode::TrailingBytes
    );
    // [{1: 45, 1: 45}, {}, ''] and [{1: 45}, {1: 45}, '']
    for repeated in ["8347a201182d01182da040", "8344a101182da101182d40"] {
        assert_eq!(code(&bytes(repeated), 1, AAD), ErrorCode::DuplicateKey);
    }
    assert_eq!(
        code(&bytes("8344a1011835a040"), 1, AAD),
        ErrorCode::UnsupportedAlgorithm
    );

    // A wrong key that is named as the right one, and every flipped bit.
    let kid = key(1).public_key().thumbprint().0;
    let options = OpenOptions {
        aad: AAD,
        kid: Some(&kid),
        ..OpenOptions::default()
    };
    let mut out = [0; 512];
    let error = envelope::open_with(&good, &key(2), &options, &mut out).unwrap_err();
    assert_eq!(error.code(), ErrorCode::DecryptionFailed);
    assert!(out.iter().all(|byte| *byte == 0));
    for bit in 0..good.len() * 8 {
        let mut bad = good.clone();
        bad[bit / 8] ^= 1 << (bit % 8);
        assert!(
            envelope::open_to_vec(&bad, &key(1), AAD).is_err(),
            "bit {bit}"
        );
    }

    let seal = |options: &SealOptions<'_>, random, len| {
        let mut out = vec![0; len];
        let mut rng = Prepared(vec![7; random]);
        let to = key(1);
        let sealed = encrypt0::seal(&mut rng, b"secret", to.public_key(), options, &mut out);
        let code = sealed.unwrap_err().code();
        assert!(!out.windows(6).any(|bytes| bytes == b"secret"));
        code
    };
    let plain = SealOptions::default();
    let short = encrypt0::sealed_len(6, None) - 1;
    assert_eq!(seal(&plain, 32, short), ErrorCode::BufferTooSmall);
    assert_eq!(seal(&plain, 31, 512), ErrorCode::RandomnessFailed);
    let long = SealOptions {
        aad: &[0; MAX_AAD + 1],
        subject: None,
    };
    assert_eq!(seal(&long, 32, 512), ErrorCode::TooLarge);
    let subject = "x".repeat(300);
    let long = SealOptions {
        aad: b"",
        subject: Some(&subject),
    };
    assert_eq!(seal(&long, 32, 1024), ErrorCode::TooLarge);
}

fn options(format: Format) -> EncryptOptions<'static> {
    EncryptOptions {
        format,
        aad: if format == Format::JweCompact {
            b""
        } else {
            AAD
        },
        subject: Some("urn:example:1"),
    }
}

const fn most(format: Format) -> u8 {
    match format {
        Format::Cose | Format::Jwe => 8,
        _ => 1,
    }
}

#[test]
fn one_pair_for_all_formats() {
    for format in Format::ALL {
        assert_eq!(format.as_str().parse::<Format>().unwrap(), format);
        for count in 1..=most(format) {
            let options = options(format);
            let sealed = envelope::encrypt(b"content", &keys(count), &options).unwrap();
            let is_text = matches!(format, Format::Jwe | Format::JweCompact);
            assert_eq!(matches!(sealed, Encrypted::Text(_)), is_text);
            for seed in 1..=count {
                let opened = envelope::decrypt(sealed.as_bytes(), &key(seed), options.aad);
                assert_eq!(opened.unwrap(), b"content");
            }
            assert_eq!(sealed.clone().into_bytes(), sealed.as_bytes());
        }
    }
    assert_eq!(
        "xml".parse::<Format>().unwrap_err().code(),
        ErrorCode::InvalidArgument
    );
}

/// A recipient with another name than its thumbprint, as other senders give it.
#[test]
fn a_recipient_is_found_by_its_name() {
    let names = |format, name: &[u8]| {
        let sealed = envelope::encrypt(b"content", &keys(1), &options(format)).unwrap();
        let kid = key(1).public_key().thumbprint();
        let text = kid.to_string();
        let own = if name.is_empty() {
            let is_text = matches!(sealed, Encrypted::Text(_));
            Some(if is_text { text.as_bytes() } else { &kid.0[..] })
        } else {
            Some(name)
        };
        let wanted = DecryptOptions {
            aad: options(format).aad,
            kid: own,
        };
        envelope::decrypt_with(sealed.as_bytes(), &key(1), &wanted).map_err(|error| error.code())
    };
    for format in Format::ALL {
        assert_eq!(names(format, b"").unwrap(), b"content");
        for other in [&b"cloud"[..], &[0xff; 4]] {
            assert_eq!(names(format, other), Err(ErrorCode::RecipientUnknown));
        }
    }
}

/// The same mistake has the same code in every format.
#[test]
fn codes_are_equal_in_all_formats() {
    for format in Format::ALL {
        let EncryptOptions { aad, .. } = options(format);
        let refuse = |count, options: &EncryptOptions<'_>| {
            let error = envelope::encrypt(b"content", &keys(count), options).unwrap_err();
            error.code()
        };
        assert_eq!(refuse(0, &options(format)), ErrorCode::NoRecipients);
        let many = most(format) + 1;
        assert_eq!(refuse(many, &options(format)), ErrorCode::TooManyRecipients);
        if format != Format::JweCompact {
            let long = EncryptOptions {
                aad: &[0; MAX_AAD + 1],
                ..options(format)
            };
            assert_eq!(refuse(1, &long), ErrorCode::TooLarge);
        }
        let large = vec![0; 2 * MAX_LEN];
        let error = envelope::encrypt(&large, &keys(1), &options(format)).unwrap_err();
        assert_eq!(error.code(), ErrorCode::TooLarge);

        let sealed = envelope::encrypt(b"content", &keys(1), &options(format)).unwrap();
        let sealed = sealed.as_bytes();
        let code = |data: &[u8], seed, aad: &[u8]| {
            let error = envelope::decrypt(data, &key(seed), aad).unwrap_err();
            error.code()
        };
        assert_eq!(code(sealed, 2, aad), ErrorCode::RecipientUnknown);
        assert_eq!(code(sealed, 1, b"other"), ErrorCode::DecryptionFailed);
        for end in [0, 1, sealed.len() / 2, sealed.len() - 1] {
            assert_eq!(
                code(&sealed[..end], 1, aad),
                ErrorCode::Truncated,
                "{format:?} {end}"
            );
        }
        let mut large = sealed.to_vec();
        large.resize(2 * MAX_LEN, b'A');
        assert_eq!(code(&large, 1, aad), ErrorCode::TooLarge);
    }
}
