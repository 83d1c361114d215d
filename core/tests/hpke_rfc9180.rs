//! The RFC 9180 vectors for P-256, both directions: every base and PSK case and, with the feature
//! `legacy-hpke-auth`, every Auth and AuthPSK case.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

#[cfg(feature = "aws-lc")]
use batterypass::crypto::AwsLc;
use batterypass::crypto::{Crypto, Portable};
use batterypass::hpke::{self, Aead, Mode, Parameters};
use batterypass::{ErrorCode, SigningKey};
use common::{Prepared, hex, vectors};
use serde_json::Value;

fn key<C: Crypto + Copy>(crypto: &C, case: &Value, name: &str) -> SigningKey<C> {
    let scalar = hex(case, name).try_into().unwrap();
    SigningKey::with_backend(*crypto, crypto.p256_private_key(&scalar).unwrap()).unwrap()
}

fn run<C: Crypto + Copy>(crypto: &C, case: &Value) -> (usize, usize) {
    let aead = match case["aead_id"].as_u64() {
        Some(1) => Aead::Aes128Gcm,
        Some(2) => Aead::Aes256Gcm,
        Some(0xffff) => Aead::ExportOnly,
        other => panic!("aead {other:?}"),
    };
    let (psk, psk_id, info) = (hex(case, "psk"), hex(case, "psk_id"), hex(case, "info"));
    let mode_id = case["mode"].as_u64().unwrap();
    let mode = match mode_id {
        0 | 2 => Mode::Base,
        1 | 3 => Mode::Psk {
            psk: &psk,
            psk_id: &psk_id,
        },
        other => panic!("mode {other:?}"),
    };
    let recipient = key(crypto, case, "skRm");
    for (ikm, secret) in [("ikmE", "skEm"), ("ikmR", "skRm")] {
        let derived = hpke::derive_key_pair(crypto, &hex(case, ikm)).unwrap();
        assert_eq!(derived.to_bytes()[..], hex(case, secret));
    }

    let mut rng = Prepared(hex(case, "skEm"));
    let to = recipient.public_key();
    let (enc, mut sender, mut receiver);
    match mode_id {
        0 | 1 => {
            (enc, sender) = hpke::setup_sender(crypto, &mut rng, to, aead, mode, &info).unwrap();
            receiver = hpke::setup_receiver(crypto, &enc, &recipient, aead, mode, &info).unwrap();
        }
        #[cfg(feature = "legacy-hpke-auth")]
        _ => {
            let from = key(crypto, case, "skSm");
            (enc, sender) =
                hpke::setup_auth_sender(crypto, &mut rng, to, &from, aead, mode, &info).unwrap();
            let from = from.public_key();
            receiver = hpke::setup_auth_receiver(crypto, &enc, &recipient, from, aead, mode, &info)
                .unwrap();
        }
        #[cfg(not(feature = "legacy-hpke-auth"))]
        other => panic!("mode {other}"),
    }
    assert_eq!(enc[..], hex(case, "enc"));
    if mode_id < 2 && aead != Aead::ExportOnly {
        single_shot(
            crypto,
            case,
            &Parameters {
                aead,
                mode,
                info: &info,
                aad: b"",
            },
        );
    }

    let encryptions = case["encryptions"].as_array().unwrap();
    let (mut sequence, mut checked) = (0, 0);
    for (i, step) in encryptions.iter().enumerate() {
        // The file keeps the first twelve messages and those of sequence numbers 255 and 256.
        let wanted = if i < 12 { i } else { 255 + i - 12 };
        while sequence < wanted {
            let tag = sender.seal(b"", &mut []).unwrap();
            receiver.open(b"", &mut [], &tag).unwrap();
            sequence += 1;
        }
        let (aad, plaintext, expected) = (hex(step, "aad"), hex(step, "pt"), hex(step, "ct"));
        let mut buffer = plaintext.clone();
        let tag = sender.seal(&aad, &mut buffer).unwrap();
        assert_eq!([&buffer[..], &tag].concat(), expected);

        let mut wrong = tag;
        wrong[0] ^= 1;
        assert_eq!(
            receiver.open(&aad, &mut buffer, &wrong).unwrap_err().code(),
            ErrorCode::DecryptionFailed
        );
        receiver.open(&aad, &mut buffer, &tag).unwrap();
        assert_eq!(buffer, plaintext);
        sequence += 1;
        checked += 1;
    }
    if aead == Aead::ExportOnly {
        assert_eq!(
            sender.seal(b"", &mut []).unwrap_err().code(),
            ErrorCode::InvalidArgument
        );
        assert_eq!(
            receiver.open(b"", &mut [], &[0; 16]).unwrap_err().code(),
            ErrorCode::InvalidArgument
        );
    }

    let exports = case["exports"].as_array().unwrap();
    for export in exports {
        let mut sent = vec![0; export["L"].as_u64().unwrap() as usize];
        let mut received = sent.clone();
        sender
            .export(&hex(export, "exporter_context"), &mut sent)
            .unwrap();
        receiver
            .export(&hex(export, "exporter_context"), &mut received)
            .unwrap();
        assert_eq!(sent, hex(export, "exported_value"));
        assert_eq!(sent, received);
    }
    (checked, exports.len())
}

/// The first message of a case, without a context.
fn single_shot<C: Crypto + Copy>(crypto: &C, case: &Value, parameters: &Parameters<'_>) {
    let recipient = key(crypto, case, "skRm");
    let first = &case["encryptions"][0];
    let aad = hex(first, "aad");
    let parameters = Parameters {
        aad: &aad,
        ..*parameters
    };
    let mut buffer = hex(first, "pt");
    let to = recipient.public_key();
    let mut rng = Prepared(hex(case, "skEm"));
    let (enc, tag) = hpke::seal(crypto, &mut rng, to, &parameters, &mut buffer).unwrap();
    assert_eq!(enc[..], hex(case, "enc"));
    assert_eq!([&buffer[..], &tag].concat(), hex(first, "ct"));
    let wrong = Parameters {
        info: b"other",
        ..parameters
    };
    let sealed = buffer.clone();
    let error = hpke::open(crypto, &enc, &recipient, &wrong, &mut buffer, &tag).unwrap_err();
    assert_eq!(error.code(), ErrorCode::DecryptionFailed);
    assert_eq!(buffer, sealed);
    hpke::open(crypto, &enc, &recipient, &parameters, &mut buffer, &tag).unwrap();
    assert_eq!(buffer, hex(first, "pt"));
}

#[test]
fn every_case() {
    cases(&Portable);
    #[cfg(feature = "aws-lc")]
    cases(&AwsLc);
}

fn cases<C: Crypto + Copy>(crypto: &C) {
    let auth = cfg!(feature = "legacy-hpke-auth");
    let mut counts = (0, 0, 0);
    for file in [
        "hpke-p256-sha256-aesgcm.json",
        "hpke-p256-sha256-exportonly.json",
    ] {
        let Some(cases) = vectors(&format!("rfc9180-hpke/{file}")) else {
            return;
        };
        for case in cases.as_array().unwrap() {
            // Modes 2 and 3 authenticate the sender's key; the successor of RFC 9180 removes them.
            if auth || matches!(case["mode"].as_u64(), Some(0 | 1)) {
                let (encryptions, exports) = run(crypto, case);
                counts = (counts.0 + 1, counts.1 + encryptions, counts.2 + exports);
            }
        }
    }
    let expected = if auth { (12, 112, 36) } else { (6, 56, 18) };
    assert_eq!(counts, expected);
}

#[test]
fn weak_psk_and_failing_source_are_refused() {
    let recipient = SigningKey::from_bytes(&[7; 32]).unwrap();
    let setup = |rng: &mut Prepared, mode| {
        hpke::setup_sender(
            &Portable,
            rng,
            recipient.public_key(),
            Aead::Aes256Gcm,
            mode,
            b"",
        )
        .map(|_| ())
        .unwrap_err()
        .code()
    };
    for mode in [
        Mode::Psk {
            psk: &[1; 31],
            psk_id: b"id",
        },
        Mode::Psk {
            psk: &[1; 32],
            psk_id: b"",
        },
    ] {
        assert_eq!(
            setup(&mut Prepared(vec![1; 32]), mode),
            ErrorCode::InvalidArgument
        );
    }
    assert_eq!(
        setup(&mut Prepared(vec![]), Mode::Base),
        ErrorCode::RandomnessFailed
    );
    assert_eq!(
        setup(&mut Prepared(vec![0xff; 1024]), Mode::Base),
        ErrorCode::RandomnessFailed
    );
}

/// A message from another sender, or none, does not open.
#[cfg(feature = "legacy-hpke-auth")]
#[test]
fn the_sender_is_proved() {
    let [to, from, other] = [7, 8, 9].map(|seed| SigningKey::from_bytes(&[seed; 32]).unwrap());
    let (aead, mode) = (Aead::Aes256Gcm, Mode::Base);
    let mut rng = Prepared(vec![1; 32]);
    let (enc, mut sender) =
        hpke::setup_auth_sender(&Portable, &mut rng, to.public_key(), &from, aead, mode, b"")
            .unwrap();
    let tag = sender.seal(b"", &mut []).unwrap();
    let code = |claimed: Option<&SigningKey>| {
        let receiver = match claimed {
            Some(claimed) => {
                let claimed = claimed.public_key();
                hpke::setup_auth_receiver(&Portable, &enc, &to, claimed, aead, mode, b"")
            }
            None => hpke::setup_receiver(&Portable, &enc, &to, aead, mode, b""),
        };
        let opened = receiver.unwrap().open(b"", &mut [], &tag);
        opened.map_err(|error| error.code())
    };
    assert_eq!(code(Some(&from)), Ok(()));
    assert_eq!(code(Some(&other)), Err(ErrorCode::DecryptionFailed));
    assert_eq!(code(None), Err(ErrorCode::DecryptionFailed));
}
