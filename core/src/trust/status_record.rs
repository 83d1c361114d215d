use serde_json::{Map, Value, json};

use super::read::{self, Readable, Subject};
use crate::credential::issuer_of;
use crate::error::{ErrorCode, Result};
use crate::key::PublicKey;
use crate::prelude::*;
use crate::record::Record;
use crate::report::Findings;
use crate::status_record::{SUBJECT_TYPE, TYPE};
use crate::time::Timestamp;

/// What a BMS measured, signed by itself. [`status_record`](crate::status_record) issues it without an
/// allocator.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct BatteryStatusRecord {
    /// The passport of the battery.
    pub passport_id: String,
    /// What was measured.
    pub record: Record,
    /// From when on it is valid.
    pub valid_from: Option<Timestamp>,
    /// Until when it is valid.
    pub valid_until: Option<Timestamp>,
}

impl BatteryStatusRecord {
    /// A record of one battery.
    pub fn new(passport_id: impl Into<String>, record: Record) -> Self {
        Self {
            passport_id: passport_id.into(),
            record,
            valid_from: None,
            valid_until: None,
        }
    }

    /// Makes the credential, to be signed by the BMS.
    ///
    /// # Errors
    /// `out_of_range` for a record that does not hold; `invalid_member`.
    pub fn to_credential(&self) -> Result<Value> {
        self.record.validate()?;
        let mut subject = json!({ "id": self.passport_id });
        if let (Value::Object(subject), Value::Object(fields)) = (
            &mut subject,
            serde_json::to_value(&self.record).unwrap_or_default(),
        ) {
            for (field, value) in fields {
                let value = match value {
                    Value::String(word) => word.to_ascii_lowercase().into(),
                    value => value,
                };
                subject.insert(to_camel(&field), value);
            }
        }
        read::to_credential::<Self>(subject, self.valid_from, self.valid_until, None)
    }

    /// Reads the claims of a credential. It says nothing about who signed them.
    ///
    /// # Errors
    /// The first rule that does not hold, with its path: `missing_member`, `invalid_member` for a
    /// record that lacks a member or has one of another type, `out_of_range`.
    pub fn from_claims(claims: &Value) -> Result<Self> {
        read::from_claims(claims)
    }
}

impl Readable for BatteryStatusRecord {
    const TYPE: &'static str = TYPE;
    const SUBJECT_TYPE: &'static str = SUBJECT_TYPE;

    fn read(claims: &Value, findings: &mut Findings) -> Option<Self> {
        if let Some(issuer) = issuer_of(claims)
            && PublicKey::from_did(issuer).is_err()
        {
            let detail = "expected the did:key of the BMS";
            findings.error(ErrorCode::InvalidDid, "/issuer", detail, TYPE);
        }
        let mut subject = Subject::typed::<Self>(claims, findings)?;
        let passport_id = subject.passport_id("id");
        let record = record(subject.members());
        match record.as_ref().map(Record::validate) {
            None => {
                let detail = "expected the members of a record, in their types";
                subject.refuse(ErrorCode::InvalidMember, "", detail);
            }
            Some(Err(error)) => {
                let name = to_camel(error.path().trim_start_matches('/'));
                subject.refuse(error.code(), &name, "the value is outside its range");
            }
            Some(Ok(())) => {}
        }
        Some(Self {
            passport_id: passport_id?,
            record: record?,
            valid_from: read::validity(claims, "validFrom"),
            valid_until: read::validity(claims, "validUntil"),
        })
    }
}

fn record(members: &Map<String, Value>) -> Option<Record> {
    let mut fields = Map::new();
    for (name, value) in members {
        if name == "timeQuality" {
            let word = value.as_str()?;
            let quality = ["Unset", "Gateway", "Synchronised"]
                .into_iter()
                .find(|quality| quality.to_ascii_lowercase() == word)?;
            fields.insert("time_quality".into(), quality.into());
        } else if !name.contains('_') {
            fields.insert(to_snake(name), value.clone());
        }
    }
    serde_json::from_value(Value::Object(fields)).ok()
}

fn to_camel(field: &str) -> String {
    let mut name = String::with_capacity(field.len());
    let mut upper = false;
    for c in field.chars() {
        match c {
            '_' => upper = true,
            c if upper => {
                name.push(c.to_ascii_uppercase());
                upper = false;
            }
            c => name.push(c),
        }
    }
    name
}

fn to_snake(name: &str) -> String {
    let mut field = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            field.push('_');
        }
        field.push(c.to_ascii_lowercase());
    }
    field
}
