//! No token is accepted for a key that did not sign it; what parses prints and parses to the same.
#![no_main]

use batterypass::SigningKey;
use batterypass::sd_jwt::{Disclosure, KeyBindingOptions, SdJwt, VerifyOptions};
use batterypass::time::Timestamp;

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(disclosure) = Disclosure::parse(text) {
        assert_eq!(disclosure.as_str(), text);
    }
    let token = match SdJwt::parse(text) {
        Ok(token) => {
            assert_eq!(token.to_string(), text);
            token
        }
        Err(_) => match SdJwt::parse_json(text.as_bytes()) {
            Ok(token) => token,
            Err(_) => return,
        },
    };
    assert_eq!(SdJwt::from_json(&token.to_json()).unwrap(), token);
    if let (Ok(claims), Ok(places)) = (token.claims(), token.places()) {
        for (pointer, _) in places {
            assert!(claims.pointer(&pointer).is_some());
        }
        assert_eq!(
            token.present(|_| true).unwrap().disclosures(),
            token.disclosures()
        );
        token
            .present(|place| place.pointer.len() % 2 == 0)
            .unwrap()
            .claims()
            .unwrap();
    }
    let key = SigningKey::from_bytes(&[7; 32]).unwrap();
    let at = Timestamp::from_unix(1_800_000_000).unwrap();
    let options = VerifyOptions {
        key_binding: Some(KeyBindingOptions::new("a", "n")),
        ..VerifyOptions::new(key.public_key(), at)
    };
    let report = token.verify(&options);
    assert!(!report.ok && !report.findings.is_empty());
});
