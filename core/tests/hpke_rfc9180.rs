//! The RFC 9180 vectors for P-256: every base and PSK case, both directions.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

#[cfg(feature = "aws-lc")]
use batterypass::crypto::AwsLc;
use batterypass::crypto::{Crypto, Portable};
use batterypass::hpke::{self, Aead, Mode};
use batterypass::{ErrorCode, SigningKey};
use common::{Prepared, hex, vectors};
use serde_json::Value;

fn run<C: Crypto + Copy>(crypto: &C, case: &Value) -> (usize, usize) {
    let aead = match case["aead_id"].as_u64() {
        Some(1) => Aead::Aes128Gcm,
        Some(2) => Aead::Aes256Gcm,
        Some(0xffff) => Aead::ExportOnly,
        other => panic!("aead {other:?}"),
    };
    let (psk, psk_id, info) = (hex(case, "psk"), hex(case, "psk_id"), hex(case, "info"));
    let mode = match case["mode"].as_u64() {
        Some(0) => Mode::Base,
        Some(1) => Mode::Psk {
            psk: &psk,
            psk_id: &psk_id,
        },
        other => panic!("mode {other:?}"),
    };
    let scalar = hex(case, "skRm").try_into().unwrap();
    let recipient = crypto.p256_private_key(&scalar).unwrap();
    let recipient = SigningKey::with_backend(*crypto, recipient).unwrap();
    for (ikm, secret) in [("ikmE", "skEm"), ("ikmR", "skRm")] {
        let derived = hpke::derive_key_pair(crypto, &hex(case, ikm)).unwrap();
        assert_eq!(derived.to_bytes()[..], hex(case, secret));
    }

    let mut rng = Prepared(hex(case, "skEm"));
    let (enc, mut sender) =
        hpke::setup_sender(crypto, &mut rng, recipient.public_key(), aead, mode, &info).unwrap();
    assert_eq!(enc[..], hex(case, "enc"));
    let mut receiver = hpke::setup_receiver(crypto, &enc, &recipient, aead, mode, &info).unwrap();

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

#[test]
fn base_and_psk_cases() {
    cases(&Portable);
    #[cfg(feature = "aws-lc")]
    cases(&AwsLc);
}

fn cases<C: Crypto + Copy>(crypto: &C) {
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
            if matches!(case["mode"].as_u64(), Some(0 | 1)) {
                let (encryptions, exports) = run(crypto, case);
                counts = (counts.0 + 1, counts.1 + encryptions, counts.2 + exports);
            }
        }
    }
    assert_eq!(counts, (6, 56, 18));
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
