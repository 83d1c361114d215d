//! No envelope opens that was not sealed: any bytes, and a real message of each format with changes.
#![no_main]

use batterypass::SigningKey;
use batterypass::envelope::{
    self, EncryptOptions, Envelope, Format, MAX_RECIPIENTS, OpenOptions, Psk,
};

const AAD: &[u8] = b"aad";

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let key = SigningKey::from_bytes(&[7; 32]).unwrap();
    foreign(data, &key);
    if let Some((choice, changes)) = data.split_first() {
        let formats = Format::ALL;
        changed(formats[usize::from(*choice) % formats.len()], changes, &key);
    }
});

/// Any bytes, as COSE_Encrypt or COSE_Encrypt0 with every choice of the opener, and by the call that
/// recognises the format.
fn foreign(data: &[u8], key: &SigningKey) {
    assert!(envelope::decrypt(data, key, AAD).is_err());
    let Ok(parsed) = Envelope::decode(data) else {
        return;
    };
    let count = parsed.recipients().count();
    assert!((1..=MAX_RECIPIENTS).contains(&count));
    let mut out = vec![0; data.len()];
    for kid in parsed.recipients() {
        for psk in [None, Some(Psk(&[7; 32]))] {
            let options = OpenOptions {
                kid: Some(kid),
                psk,
                ..OpenOptions::default()
            };
            assert!(envelope::open_with(data, key, &options, &mut out).is_err());
        }
    }
}

/// A sealed message in which each three bytes change one byte.
fn changed(format: Format, changes: &[u8], key: &SigningKey) {
    let aad: &[u8] = if format == Format::JweCompact {
        b""
    } else {
        AAD
    };
    let options = EncryptOptions {
        format,
        aad,
        subject: Some("urn:example:1"),
    };
    let sealed = envelope::encrypt(b"content", &[*key.public_key()], &options).unwrap();
    let mut bytes = sealed.as_bytes().to_vec();
    for pair in changes.chunks_exact(3) {
        let at = usize::from(u16::from_be_bytes([pair[0], pair[1]])) % bytes.len();
        bytes[at] ^= pair[2];
    }
    match envelope::decrypt(&bytes, key, aad) {
        Ok(opened) => assert_eq!(opened, b"content"),
        Err(_) => assert_ne!(bytes, sealed.as_bytes()),
    }
}
