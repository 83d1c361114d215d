//! No token is accepted for a key that did not sign it.
#![no_main]

use batterypass::SigningKey;
use batterypass::credential::{VerifyOptions, verify};
use batterypass::time::Timestamp;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let key = SigningKey::from_bytes(&[7; 32]).unwrap();
    let at = Timestamp::from_unix(1_800_000_000).unwrap();
    let options = VerifyOptions {
        issuer_key: Some(key.public_key()),
        ..VerifyOptions::at(at)
    };
    if let Ok(report) = verify(text, &options) {
        assert!(!report.ok && !report.findings.is_empty());
    }
});
