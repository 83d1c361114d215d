//! Reading the subject of a credential, and writing one.

use core::str::FromStr;

use serde_json::{Map, Value, json};

use super::{MAX_LISTED, TRUST_CONTEXT};
use crate::credential::CONTEXT;
use crate::did;
use crate::error::{Error, ErrorCode, Result};
use crate::link::is_valid_id;
use crate::prelude::*;
use crate::report::Findings;
use crate::time::Timestamp;

const SUBJECT: &str = "/credentialSubject";
const REFERENCE: &str = "batterypass credential types 1.0.0";

/// A credential type that can be read from claims, whoever signed them.
pub(super) trait Readable: Sized {
    /// The type's name.
    const TYPE: &'static str;
    /// The type of its subject.
    const SUBJECT_TYPE: &'static str;

    /// Reads; every rule that does not hold becomes a finding, and then nothing comes back.
    fn read(claims: &Value, findings: &mut Findings) -> Option<Self>;
}

/// Reads a credential or fails with the first finding.
pub(super) fn from_claims<T: Readable>(claims: &Value) -> Result<T> {
    let mut findings = Findings::default();
    if !has_type(claims, T::TYPE) {
        return Err(Error::new(ErrorCode::InvalidMember)
            .at("/type")
            .because(format!("expected {}", T::TYPE)));
    }
    let read = T::read(claims, &mut findings);
    findings.into_result()?;
    read.ok_or_else(|| ErrorCode::InvalidMember.into())
}

/// Makes the credential and reads it back, so that nothing leaves that could not be used.
pub(super) fn to_credential<T: Readable>(
    subject: Value,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
    issuer: Option<&str>,
) -> Result<Value> {
    let mut credential = Map::new();
    credential.insert("@context".into(), json!([CONTEXT, TRUST_CONTEXT]));
    credential.insert("type".into(), json!(["VerifiableCredential", T::TYPE]));
    if let Some(issuer) = issuer {
        credential.insert("issuer".into(), issuer.into());
    }
    for (name, time) in [("validFrom", from), ("validUntil", until)] {
        if let Some(time) = time {
            credential.insert(name.into(), time.to_string().into());
        }
    }
    let mut members = Map::new();
    if let Value::Object(subject) = subject {
        members.extend(subject.into_iter().filter(|(_, value)| !value.is_null()));
    }
    members.insert("type".into(), T::SUBJECT_TYPE.into());
    credential.insert("credentialSubject".into(), members.into());
    let credential = Value::Object(credential);
    from_claims::<T>(&credential)?;
    Ok(credential)
}

pub(super) fn has_type(claims: &Value, name: &str) -> bool {
    match claims.get("type") {
        Some(Value::Array(types)) => types.iter().any(|one| one == name),
        one => one.is_some_and(|one| one == name),
    }
}

/// A time of the credential itself, which VCDM's rules have checked.
pub(super) fn validity(claims: &Value, name: &str) -> Option<Timestamp> {
    claims.get(name)?.as_str()?.parse().ok()
}

/// Reads the time that a credential of this type must end at.
pub(super) fn end(claims: &Value, why: &str, findings: &mut Findings) -> Option<Timestamp> {
    let until = validity(claims, "validUntil");
    if until.is_none() {
        findings.error(ErrorCode::MissingMember, "/validUntil", why, REFERENCE);
    }
    until
}

/// The one subject of a credential.
pub(super) struct Subject<'v, 'f> {
    members: &'v Map<String, Value>,
    findings: &'f mut Findings,
}

impl<'v, 'f> Subject<'v, 'f> {
    pub(super) fn of(claims: &'v Value, findings: &'f mut Findings) -> Option<Self> {
        match claims.get("credentialSubject") {
            Some(Value::Object(members)) => Some(Self { members, findings }),
            _ => {
                let detail = "expected one subject";
                findings.error(ErrorCode::InvalidMember, SUBJECT, detail, REFERENCE);
                None
            }
        }
    }

    /// The subject of a type that has rules on it.
    pub(super) fn typed<T: Readable>(
        claims: &'v Value,
        findings: &'f mut Findings,
    ) -> Option<Self> {
        let mut subject = Self::of(claims, findings)?;
        if !subject
            .members
            .get("type")
            .is_some_and(|types| is_or_has(types, T::SUBJECT_TYPE))
        {
            let detail = format!("expected {}", T::SUBJECT_TYPE);
            subject.refuse(ErrorCode::InvalidMember, "type", detail);
        }
        Some(subject)
    }

    pub(super) fn members(&self) -> &'v Map<String, Value> {
        self.members
    }

    pub(super) fn refuse(&mut self, code: ErrorCode, name: &str, detail: impl Into<String>) {
        let path = match name {
            "" => SUBJECT.into(),
            name => format!("{SUBJECT}/{name}"),
        };
        self.findings.error(code, path, detail, REFERENCE);
    }

    pub(super) fn missing(&mut self, name: &str, detail: &str) {
        self.refuse(ErrorCode::MissingMember, name, detail);
    }

    /// A text that must be there and not be empty.
    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        if !self.members.contains_key(name) {
            self.missing(name, "expected a text");
            return None;
        }
        self.optional_text(name)
    }

    /// A text that is not empty where it is there.
    pub(super) fn optional_text(&mut self, name: &str) -> Option<String> {
        match self.members.get(name)? {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            _ => {
                self.refuse(ErrorCode::InvalidMember, name, "expected a text");
                None
            }
        }
    }

    pub(super) fn did(&mut self, name: &str) -> Option<String> {
        let did = self.text(name)?;
        if did::check(&did).is_err() {
            self.refuse(ErrorCode::InvalidDid, name, "expected a DID");
            return None;
        }
        Some(did)
    }

    pub(super) fn passport_id(&mut self, name: &str) -> Option<String> {
        let id = self.text(name)?;
        if !is_valid_id(&id) {
            let detail = "expected 1 to 128 bytes of visible ASCII";
            self.refuse(ErrorCode::InvalidMember, name, detail);
            return None;
        }
        Some(id)
    }

    pub(super) fn time(&mut self, name: &str) -> Option<Timestamp> {
        let time = self.text(name)?.parse().ok();
        if time.is_none() {
            let detail = "expected a date and time with a zone, such as 2027-02-18T08:00:00Z";
            self.refuse(ErrorCode::InvalidMember, name, detail);
        }
        time
    }

    /// A member that is `true`, or is not there.
    pub(super) fn flag(&mut self, name: &str) -> bool {
        match self.members.get(name) {
            None => false,
            Some(Value::Bool(flag)) => *flag,
            Some(_) => {
                self.refuse(ErrorCode::InvalidMember, name, "expected true or false");
                false
            }
        }
    }

    /// A list of values that are each read by `read`; empty where it is absent.
    pub(super) fn list<T: PartialEq>(
        &mut self,
        name: &str,
        expected: &str,
        read: impl Fn(&Value) -> Option<T>,
    ) -> Vec<T> {
        let Some(member) = self.members.get(name) else {
            return Vec::new();
        };
        let Value::Array(values) = member else {
            self.refuse(ErrorCode::InvalidMember, name, "expected a list");
            return Vec::new();
        };
        if values.len() > MAX_LISTED {
            let detail = format!("{} values, the limit is {MAX_LISTED}", values.len());
            self.refuse(ErrorCode::TooManyValues, name, detail);
            return Vec::new();
        }
        let mut list = Vec::with_capacity(values.len());
        for (i, value) in values.iter().enumerate() {
            let place = format!("{name}/{i}");
            match read(value) {
                None => self.refuse(ErrorCode::UnknownWord, &place, expected),
                Some(one) => list.push(one),
            }
        }
        list
    }

    /// A list of words, at least one.
    pub(super) fn words<T: FromStr + PartialEq>(&mut self, name: &str) -> Vec<T> {
        let words = self.list(name, "not one of the known words", |value| {
            value.as_str()?.parse().ok()
        });
        if words.is_empty() {
            self.missing(name, "expected at least one");
        }
        words
    }

    /// A list of texts, which may be absent.
    pub(super) fn texts(&mut self, name: &str) -> Vec<String> {
        self.list(name, "expected a text", |value| {
            value
                .as_str()
                .filter(|text| !text.is_empty())
                .map(Into::into)
        })
    }
}

fn is_or_has(types: &Value, name: &str) -> bool {
    match types {
        Value::Array(types) => types.iter().any(|one| one == name),
        one => one == name,
    }
}
