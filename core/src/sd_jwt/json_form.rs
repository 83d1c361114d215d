//! The flattened JWS JSON Serialization: RFC 9901 section 8, RFC 7515 section 7.2.2.

use serde_json::{Map, Value, json};

use super::SdJwt;
use crate::error::{Error, ErrorCode, Result};
use crate::json;
use crate::jws::Compact;
use crate::prelude::*;

impl SdJwt {
    /// Reads the flattened JWS JSON Serialization, with the disclosures in `header.disclosures` and the
    /// key binding JWT in `header.kb_jwt`.
    ///
    /// # Errors
    /// Those of [`json::parse`]; `malformed_sd_jwt` with the path of a member that is missing or of
    /// another type; `duplicate_key` for a header that stands in both headers; those of
    /// [`SdJwt::parse`].
    pub fn parse_json(text: &[u8]) -> Result<Self> {
        Self::from_json(&json::parse(text)?)
    }

    /// Reads the flattened JWS JSON Serialization as [`SdJwt::parse_json`] does.
    ///
    /// # Errors
    /// As [`SdJwt::parse_json`].
    pub fn from_json(value: &Value) -> Result<Self> {
        let part = |name: &str| {
            let part = value.get(name).and_then(Value::as_str);
            part.ok_or_else(|| malformed(format!("/{name}"), "expected a text"))
        };
        let jwt = [part("protected")?, part("payload")?, part("signature")?].join(".");
        let none = Map::new();
        let header = match value.get("header") {
            None => &none,
            Some(Value::Object(header)) => header,
            Some(_) => return Err(malformed("/header", "expected an object")),
        };
        let disclosures = match header.get("disclosures") {
            None => Vec::new(),
            Some(Value::Array(texts)) => (texts.iter().enumerate())
                .map(|(i, text)| {
                    let path = || format!("/header/disclosures/{i}");
                    text.as_str()
                        .ok_or_else(|| malformed(path(), "expected a text"))
                })
                .collect::<Result<_>>()?,
            Some(_) => return Err(malformed("/header/disclosures", "expected a list of texts")),
        };
        let binding = match header.get("kb_jwt") {
            None => None,
            Some(Value::String(jwt)) => Some(jwt.as_str()),
            Some(_) => return Err(malformed("/header/kb_jwt", "expected a text")),
        };
        // RFC 7515 section 7.2.1: a header stands in one place.
        let protected = Compact::parse(&jwt)?.header;
        if let Some(name) = header.keys().find(|name| protected.contains_key(*name)) {
            return Err(Error::new(ErrorCode::DuplicateKey).at(format!("/header/{name}")));
        }
        Self::from_parts(&jwt, disclosures.into_iter(), binding)
    }

    /// Writes the flattened JWS JSON Serialization.
    pub fn to_json(&self) -> Value {
        // Taken apart by dots before, so there are three parts.
        let mut parts = self.jwt.split('.');
        let mut part = || Value::from(parts.next().unwrap_or_default());
        let (protected, payload, signature) = (part(), part(), part());
        let texts: Vec<_> = self.disclosures.iter().map(|d| d.as_str()).collect();
        let mut header = json!({ "disclosures": texts });
        if let Some(binding) = self.key_binding() {
            header["kb_jwt"] = binding.into();
        }
        json!({ "payload": payload, "protected": protected, "signature": signature, "header": header })
    }
}

fn malformed(path: impl Into<String>, detail: &str) -> Error {
    Error::new(ErrorCode::MalformedSdJwt)
        .at(path)
        .because(detail)
}
