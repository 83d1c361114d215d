//! No signature is accepted that the key did not make, over any bytes and over a real message with
//! changes.
#![no_main]

use batterypass::SigningKey;
use batterypass::cose::{Sign1, SignOptions, sign1};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let key = SigningKey::from_bytes(&[7; 32]).unwrap();
    if let Ok(message) = Sign1::decode(data) {
        assert!(message.verify(b"aad", key.public_key()).is_err());
    }
    let options = SignOptions {
        aad: b"aad",
        ..SignOptions::default()
    };
    let mut out = [0; 256];
    let signed = sign1(b"payload", &key, &options, &mut out).unwrap();
    let mut bytes = signed.to_vec();
    for change in data.chunks_exact(2) {
        let at = usize::from(change[0]) % bytes.len();
        bytes[at] ^= change[1];
    }
    if let Ok(message) = Sign1::decode(&bytes)
        && let Ok(payload) = message.verify(b"aad", key.public_key())
    {
        assert_eq!(payload, b"payload");
    }
});
