//! Any JWE that parses has one to eight recipients and does not decrypt.
#![no_main]

use batterypass::SigningKey;
use batterypass::envelope::MAX_RECIPIENTS;
use batterypass::jwe::{DecryptOptions, Jwe, UnknownHeaders};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let strict = Jwe::parse(data).is_ok();
    let Ok(jwe) = Jwe::parse_with(data, UnknownHeaders::Ignore) else {
        assert!(!strict);
        return;
    };
    assert!((1..=MAX_RECIPIENTS).contains(&jwe.recipients().len()));
    let key = SigningKey::from_bytes(&[7; 32]).unwrap();
    let aad = jwe.aad().unwrap();
    for recipient in jwe.recipients() {
        let options = DecryptOptions {
            aad: &aad,
            kid: recipient.kid(),
        };
        assert!(jwe.decrypt(&key, &options).is_err());
    }
});
