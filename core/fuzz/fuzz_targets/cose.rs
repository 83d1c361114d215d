//! No signature is accepted that the key did not make.
#![no_main]

use batterypass::SigningKey;
use batterypass::cose::Sign1;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Ok(message) = Sign1::decode(data) {
        let key = SigningKey::from_bytes(&[7; 32]).unwrap();
        assert!(message.verify(b"aad", key.public_key()).is_err());
    }
});
