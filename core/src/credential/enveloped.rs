use base64ct::{Base64, Encoding};
use serde_json::{Value, json};

use super::{CONTEXT, Secured, Securing};
use crate::error::{Error, ErrorCode, Result};
use crate::prelude::*;

/// Wraps a token or CBOR into JSON, so that it can stand in a presentation: an
/// `EnvelopedVerifiableCredential` with a `data:` URL (VCDM 2.0 section 4.13.1). A document with an
/// embedded proof is returned as it is.
pub fn to_enveloped(secured: &Secured) -> Value {
    let data = match secured {
        Secured::Json(value) => return value.clone(),
        Secured::Text(token) if token.contains('~') => format!("{},{token}", Securing::VcSdJwt),
        Secured::Text(token) => format!("{},{token}", Securing::VcJwt),
        Secured::Bytes(bytes) => {
            format!(
                "{};base64,{}",
                Securing::VcCose,
                Base64::encode_string(bytes)
            )
        }
    };
    json!({
        "@context": CONTEXT,
        "id": format!("data:application/{data}"),
        "type": "EnvelopedVerifiableCredential",
    })
}

/// Takes a token or CBOR out of an `EnvelopedVerifiableCredential` or `EnvelopedVerifiablePresentation`;
/// nothing for any other document.
///
/// # Errors
/// `invalid_member` at `/id` when that is no `data:` URL of a media type that this crate verifies;
/// `malformed_base64`.
pub fn from_enveloped(value: &Value) -> Result<Option<Secured>> {
    const TYPES: [&str; 2] = [
        "EnvelopedVerifiableCredential",
        "EnvelopedVerifiablePresentation",
    ];
    let is_enveloped = |name: &Value| TYPES.iter().any(|expected| name == expected);
    let found = match value.get("type") {
        Some(Value::Array(names)) => names.iter().any(is_enveloped),
        name => name.is_some_and(is_enveloped),
    };
    if !found {
        return Ok(None);
    }
    let invalid = || {
        Error::new(ErrorCode::InvalidMember)
            .at("/id")
            .because("expected a data: URL of a secured credential or presentation")
    };
    let id = value
        .get("id")
        .and_then(Value::as_str)
        .ok_or_else(invalid)?;
    let data = id.strip_prefix("data:application/").ok_or_else(invalid)?;
    let (media_type, data) = data.split_once(',').ok_or_else(invalid)?;
    match media_type {
        "vc+jwt" | "vp+jwt" | "vc+sd-jwt" | "vp+sd-jwt" => Ok(Some(Secured::Text(data.into()))),
        "vc+cose;base64" | "vp+cose;base64" => Base64::decode_vec(data)
            .map(|bytes| Some(Secured::Bytes(bytes)))
            .map_err(|_| Error::new(ErrorCode::MalformedBase64).at("/id")),
        _ => Err(invalid()),
    }
}
