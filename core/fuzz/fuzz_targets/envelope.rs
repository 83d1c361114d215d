//! Any envelope that decodes has one to eight recipients and does not open.
#![no_main]

use batterypass::SigningKey;
use batterypass::envelope::{self, Envelope, MAX_RECIPIENTS, OpenOptions};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Ok(parsed) = Envelope::decode(data) {
        let count = parsed.recipients().count();
        assert!((1..=MAX_RECIPIENTS).contains(&count));
        let key = SigningKey::from_bytes(&[7; 32]).unwrap();
        let options = OpenOptions {
            kid: parsed.recipients().next(),
            ..OpenOptions::default()
        };
        let mut out = vec![0; data.len()];
        assert!(envelope::open_with(data, &key, &options, &mut out).is_err());
    }
});
