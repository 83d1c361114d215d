//! Every fault in every format: one table, one code for each fault.

#![allow(
    clippy::unwrap_in_result,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]
#![cfg(feature = "std")]

use base64ct::{Base64UrlUnpadded, Encoding};
use batterypass::envelope::{self, EncryptOptions, Format, MAX_LEN, OpenOptions};
use batterypass::jwe::{self, DecryptOptions, Serialization};
use batterypass::{Error, ErrorCode, PublicKey, SigningKey};
use minicbor::Decoder;
use serde_json::{Value, json};

const AAD: &[u8] = b"urn:example:1";

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Form {
    Encrypt,
    Encrypt0,
    Jwe(Serialization),
}

const FORMS: [Form; 5] = [
    Form::Encrypt,
    Form::Encrypt0,
    Form::Jwe(Serialization::General),
    Form::Jwe(Serialization::Flattened),
    Form::Jwe(Serialization::Compact),
];

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Fault {
    UnknownRecipient,
    WrongKey,
    WrongAad,
    ChangedContent,
    ChangedTag,
    ChangedKey,
    Truncated,
    Empty,
    Oversize,
    RepeatedHeader,
    NoRecipients,
    TrailingBytes,
}

use Fault::*;

/// Each fault with its code.
const TABLE: [(Fault, ErrorCode); 12] = [
    (UnknownRecipient, ErrorCode::RecipientUnknown),
    (WrongKey, ErrorCode::DecryptionFailed),
    (WrongAad, ErrorCode::DecryptionFailed),
    (ChangedContent, ErrorCode::DecryptionFailed),
    (ChangedTag, ErrorCode::DecryptionFailed),
    (ChangedKey, ErrorCode::DecryptionFailed),
    (Truncated, ErrorCode::Truncated),
    (Empty, ErrorCode::Truncated),
    (Oversize, ErrorCode::TooLarge),
    (RepeatedHeader, ErrorCode::DuplicateKey),
    (NoRecipients, ErrorCode::NoRecipients),
    (TrailingBytes, ErrorCode::TrailingBytes),
];

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32]).unwrap()
}

impl Form {
    /// A compact JWE has no place for AAD.
    fn aad(self) -> &'static [u8] {
        match self {
            Self::Jwe(Serialization::Compact) => b"",
            _ => AAD,
        }
    }

    fn seal(self, recipients: &[PublicKey]) -> Result<Vec<u8>, Error> {
        let cose = |format| {
            let options = EncryptOptions {
                format,
                aad: AAD,
                subject: None,
            };
            envelope::encrypt(b"content", recipients, &options).map(|sealed| sealed.into_bytes())
        };
        match self {
            Self::Encrypt => cose(Format::Cose),
            Self::Encrypt0 => cose(Format::CoseEncrypt0),
            Self::Jwe(serialization) => {
                let options = jwe::EncryptOptions {
                    serialization,
                    aad: self.aad(),
                    ..jwe::EncryptOptions::default()
                };
                jwe::encrypt(b"content", recipients, &options).map(String::into_bytes)
            }
        }
    }

    /// Opens as the recipient with the name of `named`.
    fn open(self, sealed: &[u8], key: &SigningKey, named: &SigningKey, aad: &[u8]) -> Error {
        let thumbprint = named.public_key().thumbprint();
        let opened = match self {
            Self::Jwe(_) => {
                let kid = thumbprint.to_string();
                let options = DecryptOptions {
                    aad,
                    kid: Some(&kid),
                };
                jwe::decrypt_with(sealed, key, &options)
            }
            _ => {
                let kid = Some(&thumbprint.0[..]);
                let options = OpenOptions {
                    aad,
                    kid,
                    ..OpenOptions::default()
                };
                let mut out = vec![0x55; sealed.len()];
                let opened = envelope::open_with(sealed, key, &options, &mut out);
                let opened = opened.map(<[u8]>::to_vec);
                let shown = out.windows(7).any(|bytes| bytes == b"content");
                assert!(opened.is_ok() || !shown);
                opened
            }
        };
        opened.unwrap_err()
    }
}

/// Where the content ends in a COSE message.
fn content_end(sealed: &[u8]) -> usize {
    let mut d = Decoder::new(sealed);
    d.tag().unwrap();
    d.array().unwrap();
    d.bytes().unwrap();
    d.skip().unwrap();
    d.bytes().unwrap();
    d.position()
}

/// The members of a JWE, whatever its form; back again by [`written`].
fn members(sealed: &[u8]) -> Value {
    let text = core::str::from_utf8(sealed).unwrap();
    if text.starts_with('{') {
        return serde_json::from_str(text).unwrap();
    }
    let names = ["protected", "encrypted_key", "iv", "ciphertext", "tag"];
    let members = names.into_iter().zip(text.split('.'));
    members
        .map(|(name, part)| (name.to_owned(), json!(part)))
        .collect()
}

fn written(members: &Value, form: Serialization) -> Vec<u8> {
    if form != Serialization::Compact {
        return members.to_string().into_bytes();
    }
    let names = ["protected", "encrypted_key", "iv", "ciphertext", "tag"];
    names
        .map(|name| members[name].as_str().unwrap())
        .join(".")
        .into_bytes()
}

fn flip_text(value: &mut Value) {
    let mut bytes = Base64UrlUnpadded::decode_vec(value.as_str().unwrap()).unwrap();
    bytes[0] ^= 1;
    *value = Base64UrlUnpadded::encode_string(&bytes).into();
}

/// The message with the fault in it; `None` where the format has no such thing.
fn spoiled(form: Form, fault: Fault, good: &[u8]) -> Option<Vec<u8>> {
    let mut bad = good.to_vec();
    match (fault, form) {
        (UnknownRecipient | WrongKey | WrongAad, _) => {}
        (Truncated, _) => bad.truncate(good.len() - 1),
        (Empty, _) => bad.clear(),
        (Oversize, _) => bad.resize(2 * MAX_LEN, b'A'),
        // A JSON text with more behind it is no JSON text: `malformed_json`, as everywhere.
        (TrailingBytes, Form::Jwe(_)) => return None,
        (TrailingBytes, _) => bad.push(0),
        (_, Form::Jwe(serialization)) => {
            let mut message = members(good);
            let general = serialization == Serialization::General;
            match fault {
                ChangedContent => flip_text(&mut message["ciphertext"]),
                ChangedTag => flip_text(&mut message["tag"]),
                ChangedKey if general => flip_text(&mut message["recipients"][0]["encrypted_key"]),
                ChangedKey => flip_text(&mut message["encrypted_key"]),
                NoRecipients if general => message["recipients"] = json!([]),
                NoRecipients => return None,
                _ => {
                    let text = message["protected"].as_str().unwrap();
                    let header = Base64UrlUnpadded::decode_vec(text).unwrap();
                    let header = String::from_utf8(header).unwrap();
                    let twice = header.replacen('{', r#"{"enc":"A256GCM","#, 1);
                    message["protected"] =
                        Base64UrlUnpadded::encode_string(twice.as_bytes()).into();
                }
            }
            bad = written(&message, serialization);
        }
        (ChangedContent, _) => bad[content_end(good) - 17] ^= 1,
        (ChangedTag, _) => bad[content_end(good) - 1] ^= 1,
        (ChangedKey, Form::Encrypt) => *bad.last_mut().unwrap() ^= 1,
        // HPKE encrypts the content itself: there is no key to change, and the recipient is the message.
        (ChangedKey | NoRecipients, Form::Encrypt0) => return None,
        (NoRecipients, _) => {
            bad.truncate(content_end(good));
            bad.push(0x80);
        }
        (RepeatedHeader, _) => {
            // The unprotected map has one entry: {5: iv} or {-4: ek}.
            let mut d = Decoder::new(good);
            d.tag().unwrap();
            d.array().unwrap();
            d.bytes().unwrap();
            let start = d.position();
            d.skip().unwrap();
            let entry = good[start + 1..d.position()].to_vec();
            assert_eq!(good[start], 0xa1);
            bad[start] = 0xa2;
            bad.splice(d.position()..d.position(), entry);
        }
    }
    Some(bad)
}

#[test]
fn every_fault_in_every_format() {
    let (right, wrong) = (key(1), key(2));
    let mut cases = 0;
    for form in FORMS {
        let good = form.seal(&[*right.public_key()]).unwrap();
        assert_eq!(
            envelope::decrypt(&good, &right, form.aad()).unwrap(),
            b"content"
        );
        let mut closed = Vec::new();
        for (fault, code) in TABLE {
            let Some(bad) = spoiled(form, fault, &good) else {
                continue;
            };
            let (key, named, aad) = match fault {
                UnknownRecipient => (&wrong, &wrong, form.aad()),
                WrongKey => (&wrong, &right, form.aad()),
                WrongAad => (&right, &right, &b"other"[..]),
                _ => (&right, &right, form.aad()),
            };
            let error = form.open(&bad, key, named, aad);
            assert_eq!(error.code(), code, "{form:?} {fault:?} {error}");
            if code == ErrorCode::DecryptionFailed {
                closed.push((error.path().to_owned(), error.to_string()));
            }
            cases += 1;
        }
        // No oracle: the refusals of what does not decrypt cannot be told from each other.
        assert!(closed.len() >= 4);
        assert!(closed.iter().all(|error| *error == closed[0]), "{form:?}");
    }
    assert_eq!(cases, 53);
}

#[test]
fn nobody_is_no_recipient_in_every_format() {
    for form in FORMS {
        assert_eq!(form.seal(&[]).unwrap_err().code(), ErrorCode::NoRecipients);
        let code = form.seal(&[*key(1).public_key(); 9]).unwrap_err().code();
        assert_eq!(code, ErrorCode::TooManyRecipients);
    }
}
