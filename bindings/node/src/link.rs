//! Links of labels, and the pictures of them.

use batterypass::link::{PassportLink, Target, is_valid_id};
use batterypass::qr;
use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;
use serde::Deserialize;
use serde_json::json;

use crate::error::{OrThrow, invalid};
use crate::input::{options, word};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct LinkParts {
    gtin: Option<String>,
    serial: Option<String>,
    passport_id: Option<String>,
    key: Option<String>,
}

#[napi]
pub fn link_parse(text: String) -> napi::Result<String> {
    Ok(parts(&text.parse().or_throw()?))
}

#[napi]
pub fn link_build(base: String, given: String) -> napi::Result<String> {
    let given: LinkParts = options(&given).or_throw()?;
    let key = given.key.map(|key| word(&key, "/key"));
    let key = key.transpose().or_throw()?;
    let link = match (given.gtin, given.serial, given.passport_id) {
        (Some(gtin), Some(serial), None) => PassportLink::to_item(&base, &gtin, &serial, key),
        (None, None, Some(id)) => PassportLink::to_passport(&base, &id, key),
        _ => return Err(invalid("", "give gtin and serial, or passportId")),
    };
    Ok(parts(&link.or_throw()?))
}

fn parts(link: &PassportLink) -> String {
    let (gtin, serial, id) = match link.target() {
        Target::Item { gtin, serial } => (Some(gtin.to_string()), Some(serial), None),
        Target::Passport { id } => (None, None, Some(id)),
    };
    json!({
        "href": link.to_string(),
        "base": link.base(),
        "gtin": gtin,
        "serial": serial,
        "passportId": id,
        "key": link.key().map(ToString::to_string),
    })
    .to_string()
}

#[napi]
pub fn is_valid_passport_id(text: String) -> bool {
    is_valid_id(&text)
}

#[napi]
pub fn qr_svg(text: String) -> napi::Result<String> {
    qr::svg(&text).or_throw()
}

#[napi]
pub fn qr_png(text: String, scale: u32) -> napi::Result<Uint8Array> {
    let scale = usize::try_from(scale).unwrap_or(usize::MAX);
    qr::png(&text, scale).map(Uint8Array::from).or_throw()
}

#[napi]
pub fn qr_text(text: String) -> napi::Result<String> {
    qr::text(&text).or_throw()
}
