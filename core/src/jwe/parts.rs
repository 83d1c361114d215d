//! The two texts of a JWE, compact and JSON, as the same members.

use serde_json::{Map, Value};

use super::MAX_LEN;
use crate::error::{Error, ErrorCode, Result};
use crate::json::{self, Limits};
use crate::prelude::*;

/// Bounds on the JSON forms.
const LIMITS: Limits = Limits {
    bytes: MAX_LEN,
    depth: 8,
    values: 512,
};
/// JSON Pointer of the protected header.
pub(super) const PROTECTED: &str = "/protected";

/// The members of a JWE in text, from any form.
pub(super) struct Parts {
    pub(super) protected: String,
    pub(super) unprotected: Map<String, Value>,
    pub(super) recipients: Vec<Member>,
    pub(super) aad: Option<String>,
    pub(super) iv: String,
    pub(super) ciphertext: String,
    pub(super) tag: String,
}

impl Parts {
    pub(super) fn of_compact(text: &[u8]) -> Result<Self> {
        let malformed = || Error::new(ErrorCode::MalformedJwe);
        let text = core::str::from_utf8(text).map_err(|_| malformed())?;
        let mut parts = text.split('.');
        let mut next = || parts.next().ok_or(Error::new(ErrorCode::Truncated));
        let (protected, key, iv, ciphertext, tag) = (next()?, next()?, next()?, next()?, next()?);
        if parts.next().is_some() {
            return Err(malformed().because("a compact JWE has five parts"));
        }
        Ok(Self {
            protected: protected.into(),
            unprotected: Map::new(),
            recipients: vec![Member {
                headers: Map::new(),
                encrypted_key: key.into(),
                place: PROTECTED.into(),
            }],
            aad: None,
            iv: iv.into(),
            ciphertext: ciphertext.into(),
            tag: tag.into(),
        })
    }

    pub(super) fn of_json(text: &[u8]) -> Result<Self> {
        let Value::Object(mut members) = json::parse_with(text, &LIMITS)? else {
            return Err(ErrorCode::MalformedJwe.into());
        };
        let recipients = match members.remove("recipients") {
            Some(Value::Array(list)) => {
                if members.contains_key("header") || members.contains_key("encrypted_key") {
                    return Err(Error::new(ErrorCode::MalformedJwe)
                        .because("a JWE is either general or flattened (RFC 7516 section 7.2.2)"));
                }
                general(list)?
            }
            Some(_) => return Err(Error::new(ErrorCode::WrongType).at("/recipients")),
            None => vec![recipient(&mut members, "")?],
        };
        let unprotected = object(&mut members, "unprotected", "")?;
        let mut text = |name: &str| string(&mut members, name, "");
        let parts = Self {
            protected: text("protected")?.unwrap_or_default(),
            unprotected,
            recipients,
            aad: text("aad")?,
            iv: text("iv")?.unwrap_or_default(),
            ciphertext: text("ciphertext")?
                .ok_or_else(|| Error::new(ErrorCode::MissingMember).at("/ciphertext"))?,
            tag: text("tag")?.unwrap_or_default(),
        };
        nothing_left(&members, "")?;
        Ok(parts)
    }
}

/// What a message says for one recipient.
pub(super) struct Member {
    pub(super) headers: Map<String, Value>,
    pub(super) encrypted_key: String,
    /// JSON Pointer of the headers.
    pub(super) place: String,
}

/// The recipients of the general form.
fn general(list: Vec<Value>) -> Result<Vec<Member>> {
    list.into_iter()
        .enumerate()
        .map(|(i, value)| {
            let place = format!("/recipients/{i}");
            let Value::Object(mut members) = value else {
                return Err(Error::new(ErrorCode::WrongType).at(place));
            };
            let member = recipient(&mut members, &place)?;
            nothing_left(&members, &place)?;
            Ok(member)
        })
        .collect()
}

/// Takes a recipient's headers and encrypted key out of an object.
fn recipient(members: &mut Map<String, Value>, place: &str) -> Result<Member> {
    Ok(Member {
        headers: object(members, "header", place)?,
        encrypted_key: string(members, "encrypted_key", place)?.unwrap_or_default(),
        place: format!("{place}/header"),
    })
}

fn object(members: &mut Map<String, Value>, name: &str, place: &str) -> Result<Map<String, Value>> {
    match members.remove(name) {
        None => Ok(Map::new()),
        Some(Value::Object(object)) => Ok(object),
        Some(_) => Err(Error::new(ErrorCode::WrongType).at(format!("{place}/{name}"))),
    }
}

fn string(members: &mut Map<String, Value>, name: &str, place: &str) -> Result<Option<String>> {
    match members.remove(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Error::new(ErrorCode::WrongType).at(format!("{place}/{name}"))),
    }
}

fn nothing_left(members: &Map<String, Value>, place: &str) -> Result<()> {
    match members.keys().next() {
        None => Ok(()),
        Some(name) => {
            let mut path = String::from(place);
            json::push_token(&mut path, name);
            Err(Error::new(ErrorCode::UnknownMember).at(path))
        }
    }
}
