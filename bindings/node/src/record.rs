//! Device records. JSON carries a record's `sequence` as text, because it can pass 2^53.

use batterypass::cose::Sign1;
use batterypass::model::performance::BatteryTechnicalProperties;
use batterypass::passport::Passport as Core;
use batterypass::record::plausibility::{self, Options, Rates};
use batterypass::record::{self, FIELDS, MAX_LEN, MAX_SIGNED_LEN, Record};
use batterypass::{Error, ErrorCode, Result, Thumbprint, model};
use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;
use serde::Deserialize;
use serde_json::Value;

use crate::answer::{Answer, Reply, reply};
use crate::error::{OrThrow, invalid_argument};
use crate::input::{json, options, time, time_at};
use crate::key::{Public, Signing};
use crate::passport::Passport;
use crate::report;

/// The names of the fields in their order, so that JavaScript can tell them from misspelt ones.
#[napi]
pub fn record_fields() -> Vec<&'static str> {
    FIELDS.iter().map(|field| field.name).collect()
}

fn read(text: &str) -> Result<Record> {
    let mut fields = json(text)?;
    let sequence = fields["sequence"].as_str().map(str::parse::<u64>);
    let Some(Ok(sequence)) = sequence else {
        let detail = "expected a whole number of at most 64 bits";
        return Err(invalid_argument("/sequence", detail));
    };
    fields["sequence"] = sequence.into();
    model::from_value(fields)
}

fn write(record: &Record) -> String {
    let mut fields = serde_json::to_value(record).unwrap_or(Value::Null);
    fields["sequence"] = record.sequence.to_string().into();
    fields.to_string()
}

#[napi]
pub fn record_encode(fields: String) -> napi::Result<Uint8Array> {
    let mut out = [0; MAX_LEN];
    let record = read(&fields).or_throw()?;
    let bytes = record.encode(&mut out).or_throw()?;
    Ok(bytes.to_vec().into())
}

#[napi]
pub fn record_decode(data: &[u8]) -> napi::Result<String> {
    Record::decode(data).map(|record| write(&record)).or_throw()
}

#[napi]
pub fn record_sign(fields: String, key: &Signing, passport_id: String) -> napi::Result<Uint8Array> {
    let mut out = [0; MAX_SIGNED_LEN];
    let record = read(&fields).or_throw()?;
    let signed = record::sign(&record, &passport_id, key, &mut out).or_throw()?;
    Ok(signed.to_vec().into())
}

#[napi]
pub fn record_verify(data: &[u8], key: &Public, passport_id: String) -> napi::Result<String> {
    record::verify(data, &passport_id, key)
        .map(|record| write(&record))
        .or_throw()
}

/// Gives the thumbprint of the key that a signed record names. Not verified.
#[napi]
pub fn record_kid(data: &[u8]) -> napi::Result<String> {
    let message = Sign1::decode(data).or_throw()?;
    let kid = message.kid().and_then(|kid| kid.try_into().ok());
    let detail = "no key thumbprint in the header";
    let missing = || Error::new(ErrorCode::KeyMismatch).because(detail);
    kid.map(|kid| Thumbprint(kid).to_string())
        .ok_or_else(missing)
        .or_throw()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Check {
    received_at: Option<String>,
    max_current_ma: Option<u32>,
    max_power_w: Option<u32>,
}

#[napi]
pub fn record_check(
    fields: String,
    previous: Option<String>,
    given: String,
) -> napi::Result<String> {
    checked(&fields, previous.as_deref(), &given).or_throw()
}

fn checked(fields: &str, previous: Option<&str>, given: &str) -> Result<String> {
    let given: Check = options(given)?;
    let rates = match (given.max_current_ma, given.max_power_w) {
        (None, None) => None,
        (current, power) => Some(Rates {
            max_current_ma: current.unwrap_or(u32::MAX),
            max_power_w: power.unwrap_or(u32::MAX),
        }),
    };
    let options = Options {
        received_at: time_at(given.received_at.as_deref(), "/receivedAt")?,
        rates,
    };
    let previous = previous.map(read).transpose()?;
    let found = plausibility::check(&read(fields)?, previous.as_ref(), &options);
    Ok(report::of(found.ok(), &found.findings()).to_string())
}

#[napi]
pub fn record_to_condition(
    fields: String,
    ratings: Option<String>,
    received_at: String,
) -> napi::Result<String> {
    condition(&fields, ratings.as_deref(), &received_at).or_throw()
}

fn condition(fields: &str, ratings: Option<&str>, received_at: &str) -> Result<String> {
    let ratings = ratings.map(|text| model::from_value::<BatteryTechnicalProperties>(json(text)?));
    let ratings = ratings.transpose()?;
    let received_at = time(received_at, "/receivedAt")?;
    let condition = read(fields)?.to_condition(ratings.as_ref(), received_at);
    let value = serde_json::to_value(condition).unwrap_or(Value::Null);
    Ok(value.to_string())
}

/// Gives a new passport with what a record reports.
#[napi]
pub fn record_apply(
    fields: String,
    passport: &Passport,
    received_at: String,
) -> napi::Result<Reply> {
    let mut changed: Core = (***passport).clone();
    reply(false, move || {
        let received_at = time(&received_at, "/receivedAt")?;
        read(&fields)?.apply(&mut changed, received_at);
        Ok(Answer::Passport(changed.into(), String::new()))
    })
}
