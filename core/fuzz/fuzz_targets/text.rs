//! Links, DIDs and thumbprints: what parses prints and parses to the same value.
#![no_main]

use batterypass::{PublicKey, Thumbprint, link::PassportLink};

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(link) = text.parse::<PassportLink>() {
        assert_eq!(link.to_string().parse::<PassportLink>().unwrap(), link);
    }
    if let Ok(key) = PublicKey::from_did(text) {
        assert_eq!(key.did().as_str(), text);
    }
    if let Ok(thumbprint) = text.parse::<Thumbprint>() {
        assert_eq!(thumbprint.to_string(), text);
    }
});
