//! Arguments in the forms that JavaScript gives them.

use base64ct::{Base64UrlUnpadded, Encoding};
use batterypass::Error;
use batterypass::credential::{Secured, SecuredRef};
use batterypass::time::Timestamp;
use napi::bindgen_prelude::{Either, Uint8Array};
use serde::Deserialize;
use serde::de::Error as _;
use serde_json::Value;

use crate::error::invalid_argument;

/// Text, or bytes. Bytes are copied: JavaScript could change them while a thread reads them.
pub(crate) type Document = Either<String, Uint8Array>;

/// Returns the bytes of a document of either form.
pub(crate) fn bytes(document: Document) -> Vec<u8> {
    match document {
        Either::A(text) => text.into_bytes(),
        Either::B(bytes) => bytes.to_vec(),
    }
}

/// A secured credential as a caller gives it.
#[derive(Debug)]
pub(crate) enum Given {
    Text(String),
    Bytes(Vec<u8>),
}

impl Given {
    pub(crate) fn as_ref(&self) -> SecuredRef<'_> {
        match self {
            Self::Text(text) => text.into(),
            Self::Bytes(bytes) => bytes.into(),
        }
    }
}

impl From<Document> for Given {
    fn from(document: Document) -> Self {
        match document {
            Either::A(text) => Self::Text(text),
            Either::B(bytes) => Self::Bytes(bytes.to_vec()),
        }
    }
}

impl From<Given> for Secured {
    fn from(given: Given) -> Self {
        match given {
            Given::Text(text) => Self::Text(text),
            Given::Bytes(bytes) => Self::Bytes(bytes),
        }
    }
}

/// Within options a secured credential is text, or `{"bytes": base64url}`.
impl<'de> Deserialize<'de> for Given {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Text(String),
            Bytes { bytes: String },
        }
        match Form::deserialize(deserializer)? {
            Form::Text(text) => Ok(Self::Text(text)),
            Form::Bytes { bytes } => Base64UrlUnpadded::decode_vec(&bytes)
                .map(Self::Bytes)
                .map_err(D::Error::custom),
        }
    }
}

/// Reads the options of a call from JSON. JavaScript's half has put them together.
pub(crate) fn options<'a, T: Deserialize<'a>>(text: &'a str) -> batterypass::Result<T> {
    serde_json::from_str(text).map_err(|error| invalid_argument("", &error.to_string()))
}

/// Reads a JSON document by the core's strict rules.
pub(crate) fn json(text: &str) -> batterypass::Result<Value> {
    batterypass::json::parse(text.as_bytes())
}

/// Reads a time by RFC 3339.
pub(crate) fn time(text: &str, path: &str) -> batterypass::Result<Timestamp> {
    text.parse()
        .map_err(|_| invalid_argument(path, "expected an RFC 3339 time or a Date"))
}

pub(crate) fn time_at(text: Option<&str>, path: &str) -> batterypass::Result<Option<Timestamp>> {
    text.map(|text| time(text, path)).transpose()
}

/// Reads a word of the core's lists.
pub(crate) fn word<T>(word: &str, path: &str) -> batterypass::Result<T>
where
    T: core::str::FromStr<Err = Error>,
{
    word.parse().map_err(|error: Error| error.at(path))
}

pub(crate) fn words<T>(names: &[String], path: &str) -> batterypass::Result<Vec<T>>
where
    T: core::str::FromStr<Err = Error>,
{
    names.iter().map(|name| word(name, path)).collect()
}
