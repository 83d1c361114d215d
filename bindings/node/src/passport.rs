//! Handles of passports.

use alloc::sync::Arc;

use batterypass::access::Reader;
use batterypass::en18223::{self, Representation};
use batterypass::passport::Passport as Core;
use batterypass::time::Timestamp;
use batterypass::validate::{Profile, validate};
use napi::bindgen_prelude::External;
use napi_derive::napi;
use serde_json::{Value, json};

use crate::answer::{Answer, Reply, reply};
use crate::error::OrThrow;
use crate::input::{Document, bytes, time, word};
use crate::report;

/// A battery passport.
pub(crate) type Passport = External<Arc<Core>>;

#[napi]
pub fn passport_parse(document: Document, later: bool) -> napi::Result<Reply> {
    let text = bytes(document);
    reply(later, move || {
        Ok(Answer::Passport(
            Arc::new(Core::parse(&text)?),
            String::new(),
        ))
    })
}

#[napi]
pub fn passport_from_en18223(document: Document, later: bool) -> napi::Result<Reply> {
    let text = bytes(document);
    reply(later, move || {
        let (passport, lost) = en18223::import(batterypass::json::parse(&text)?)?;
        let lost = lost
            .into_iter()
            .map(|one| json!({ "path": one.path, "value": one.value }));
        let lost = lost.collect::<Value>().to_string();
        Ok(Answer::Passport(Arc::new(passport), lost))
    })
}

#[napi]
pub fn passport_to_en18223(passport: &Passport, representation: String) -> napi::Result<String> {
    let representation: Representation = word(&representation, "/representation").or_throw()?;
    let document = en18223::export(passport, representation).or_throw()?;
    Ok(document.to_string())
}

#[napi]
pub fn passport_id(passport: &Passport) -> napi::Result<String> {
    passport.id().map(ToOwned::to_owned).or_throw()
}

#[napi]
pub fn passport_to_json(passport: &Passport) -> napi::Result<String> {
    passport.to_json().or_throw()
}

#[napi]
pub fn passport_view(
    passport: &Passport,
    audience: String,
    purpose: Option<String>,
) -> napi::Result<String> {
    let reader = Reader::named(&audience, purpose.as_deref()).or_throw()?;
    let value = passport.view_as(reader).or_throw()?;
    Ok(value.to_string())
}

#[napi]
pub fn passport_validate(
    passport: &Passport,
    profile: String,
    at: String,
    later: bool,
) -> napi::Result<Reply> {
    let profile: Profile = word(&profile, "/profile").or_throw()?;
    let day = Timestamp::from_day(&at).or_else(|_| time(&at, "/at"));
    let (passport, at) = (Arc::clone(passport), day.or_throw()?);
    reply(later, move || {
        let found = validate(&passport, profile, at);
        Ok(Answer::Text(
            report::of(found.ok, &found.findings).to_string(),
        ))
    })
}

#[napi]
pub fn passport_upgrade(passport: &Passport) -> napi::Result<Reply> {
    let passport = Arc::clone(passport);
    reply(false, move || {
        let (passport, changes) = passport.upgrade()?;
        let changes = changes.into_iter().map(|change| {
            json!({
                "path": change.path,
                "to": change.to,
                "kind": change.kind.as_str(),
                "detail": change.detail,
                "removed": change.removed,
            })
        });
        let changes = changes.collect::<Value>().to_string();
        Ok(Answer::Passport(Arc::new(passport), changes))
    })
}
