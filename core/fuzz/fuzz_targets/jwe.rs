//! Any JWE that parses has one to eight recipients and does not decrypt, and neither does a real message
//! in any form and algorithm with changes.
#![no_main]

use batterypass::SigningKey;
use batterypass::envelope::MAX_RECIPIENTS;
use batterypass::jwe::{
    self, Algorithm, DecryptOptions, EncryptOptions, Encryption, Jwe, Serialization, UnknownHeaders,
};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    foreign(data);
    if let [form, algorithm, changes @ ..] = data {
        changed(usize::from(*form), usize::from(*algorithm), changes);
    }
});

fn foreign(data: &[u8]) {
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
}

/// A sealed message in which each three bytes change one byte.
fn changed(form: usize, algorithm: usize, changes: &[u8]) {
    let forms = [
        Serialization::Compact,
        Serialization::General,
        Serialization::Flattened,
    ];
    let encryptions = [Encryption::A128Gcm, Encryption::A256Gcm];
    let options = EncryptOptions {
        algorithm: Algorithm::ALL[algorithm % Algorithm::ALL.len()],
        encryption: encryptions[form / 3 % 2],
        serialization: forms[form % 3],
        ..EncryptOptions::default()
    };
    let key = SigningKey::from_bytes(&[7; 32]).unwrap();
    let text = jwe::encrypt(b"content", &[*key.public_key()], &options).unwrap();
    let mut bytes = text.clone().into_bytes();
    for change in changes.chunks_exact(3) {
        let at = usize::from(u16::from_be_bytes([change[0], change[1]])) % bytes.len();
        bytes[at] ^= change[2];
    }
    match jwe::decrypt_with(&bytes, &key, &DecryptOptions::default()) {
        Ok(opened) => assert_eq!(opened, b"content"),
        Err(_) => assert_ne!(bytes, text.as_bytes()),
    }
}
