use serde_json::{Map, Value};

use super::enveloped::from_enveloped;
use super::{Secured, SecuredRef, cose};
use crate::error::{Error, ErrorCode, Result};
use crate::json;
use crate::prelude::*;

/// A secured document, told apart by its outer shape. Nothing of it is verified.
pub(super) enum Shape<'a> {
    /// A token, with or without disclosures.
    Token(Cow<'a, str>),
    /// A COSE_Sign1.
    Message(Cow<'a, [u8]>),
    /// A document with its proofs inside.
    Document(Cow<'a, Map<String, Value>>),
}

impl<'a> Shape<'a> {
    /// Tells the shape; takes a token or CBOR out of the document that wraps it (VCDM 2.0 section 4.13).
    ///
    /// # Errors
    /// `malformed_cbor` for bytes that are neither CBOR nor text; `wrong_type` for JSON that is no object;
    /// the errors of [`json::parse`] and [`from_enveloped`].
    pub(super) fn of(secured: SecuredRef<'a>) -> Result<Self> {
        match secured {
            SecuredRef::Text(text) if text.starts_with('{') => {
                Self::of_json(Cow::Owned(json::parse(text.as_bytes())?))
            }
            SecuredRef::Text(text) => Ok(Self::Token(text.into())),
            SecuredRef::Bytes(bytes) if cose::is_message(bytes) => Ok(Self::Message(bytes.into())),
            SecuredRef::Bytes(bytes) => match core::str::from_utf8(bytes) {
                Ok(text) => Self::of(SecuredRef::Text(text)),
                Err(_) => Err(ErrorCode::MalformedCbor.into()),
            },
            SecuredRef::Json(value) => Self::of_json(Cow::Borrowed(value)),
        }
    }

    fn of_json(value: Cow<'a, Value>) -> Result<Self> {
        match from_enveloped(&value)? {
            // What is wrapped is never JSON again, so this goes one step deep.
            Some(Secured::Text(text)) => return Ok(Self::Token(text.into())),
            Some(Secured::Bytes(bytes)) => return Ok(Self::Message(bytes.into())),
            Some(Secured::Json(_)) | None => {}
        }
        match value {
            Cow::Borrowed(Value::Object(document)) => Ok(Self::Document(Cow::Borrowed(document))),
            Cow::Owned(Value::Object(document)) => Ok(Self::Document(Cow::Owned(document))),
            _ => Err(Error::new(ErrorCode::WrongType).because("expected an object")),
        }
    }
}
