//! What VCDM 2.0 asks of a credential, without looking at how it is secured.

use serde_json::{Map, Value};

use crate::error::ErrorCode;
use crate::prelude::*;
use crate::report::Findings;
use crate::time::Timestamp;

mod claims;
mod parts;
mod presentation;
mod related;

pub(super) use claims::check_times;
pub(super) use parts::id_of;
use parts::{
    are_type_names, check_contexts, check_id, check_text, check_types, is_url, one_or_more,
};
pub(super) use presentation::check as check_presentation;

const IDENTIFIERS: &str = "VCDM 2.0 section 4.4";
const TYPES: &str = "VCDM 2.0 section 4.5";
const ISSUER: &str = "VCDM 2.0 section 4.7";
const SUBJECT: &str = "VCDM 2.0 section 4.8";
const VALIDITY: &str = "VCDM 2.0 section 4.9";
const STATUS: &str = "VCDM 2.0 section 4.10";
const SCHEMAS: &str = "VCDM 2.0 section 4.11";
const EXTENSIONS: &str = "VCDM 2.0 sections 5.4 to 5.6";

/// Members that hold one or more objects, each with a type; whether an `id` is needed as well.
const TYPED_OBJECTS: &[(&str, bool, &str)] = &[
    ("credentialStatus", false, STATUS),
    ("credentialSchema", true, SCHEMAS),
    ("refreshService", false, EXTENSIONS),
    ("termsOfUse", false, EXTENSIONS),
    ("evidence", false, EXTENSIONS),
];

/// Checks the structure. With a time given, also that the credential is valid then.
pub(super) fn check(
    credential: &Map<String, Value>,
    at: Option<Timestamp>,
    findings: &mut Findings,
) {
    check_contexts(credential.get("@context"), findings);
    check_types(
        credential.get("type"),
        "VerifiableCredential",
        TYPES,
        findings,
    );
    check_id(credential, "", IDENTIFIERS, findings);
    check_issuer(credential.get("issuer"), findings);
    check_subjects(credential.get("credentialSubject"), findings);
    check_validity(credential, at, findings);
    for (name, id_needed, reference) in TYPED_OBJECTS {
        check_typed_objects(credential, name, *id_needed, reference, findings);
    }
    related::check(credential.get("relatedResource"), findings);
    for name in ["name", "description"] {
        check_text(credential.get(name), name, findings);
    }
    claims::check(credential, at, findings);
}

/// Returns the issuer's identifier, in whichever of its two forms it stands.
pub(super) fn issuer_id(credential: &Map<String, Value>) -> Option<&str> {
    id_of(credential.get("issuer")?)
}

/// Returns the issuer's identifier of a credential that may be anything.
pub(crate) fn issuer_of(credential: &Value) -> Option<&str> {
    issuer_id(credential.as_object()?)
}

/// Returns the holder's identifier of a presentation, in whichever of its two forms it stands.
pub(super) fn holder_id(presentation: &Map<String, Value>) -> Option<&str> {
    id_of(presentation.get("holder")?)
}

fn check_issuer(issuer: Option<&Value>, findings: &mut Findings) {
    const DETAIL: &str = "expected a URL, or an object with a URL as its id";
    match issuer {
        None => findings.error(ErrorCode::MissingMember, "/issuer", DETAIL, ISSUER),
        Some(Value::String(id)) if is_url(id) => {}
        Some(Value::Object(object)) if object.contains_key("id") => {
            check_id(object, "/issuer", ISSUER, findings);
            for name in ["name", "description"] {
                check_text(object.get(name), &format!("issuer/{name}"), findings);
            }
        }
        Some(_) => findings.error(ErrorCode::InvalidMember, "/issuer", DETAIL, ISSUER),
    }
}

fn check_subjects(subjects: Option<&Value>, findings: &mut Findings) {
    const PATH: &str = "/credentialSubject";
    const DETAIL: &str = "expected an object with claims, or a list of them";
    let Some(subjects) = subjects else {
        return findings.error(ErrorCode::MissingMember, PATH, DETAIL, SUBJECT);
    };
    for (path, subject) in one_or_more(subjects, PATH, findings, SUBJECT) {
        match subject.as_object() {
            Some(subject) if !subject.is_empty() => check_id(subject, &path, SUBJECT, findings),
            _ => findings.error(ErrorCode::InvalidMember, path, DETAIL, SUBJECT),
        }
    }
}

fn check_validity(credential: &Map<String, Value>, at: Option<Timestamp>, findings: &mut Findings) {
    let mut time = |name: &str| {
        let value = credential.get(name)?;
        let time = value
            .as_str()
            .and_then(|text| text.parse::<Timestamp>().ok());
        if time.is_none() {
            let detail = "expected a date and time with a zone, such as 2027-02-18T08:00:00Z";
            findings.error(
                ErrorCode::InvalidMember,
                format!("/{name}"),
                detail,
                VALIDITY,
            );
        }
        time
    };
    let (from, until) = (time("validFrom"), time("validUntil"));
    if let (Some(from), Some(until)) = (from, until)
        && until < from
    {
        let detail = "validUntil is before validFrom";
        findings.error(ErrorCode::InvalidMember, "/validUntil", detail, VALIDITY);
    }
    let Some(at) = at else { return };
    if let Some(from) = from.filter(|from| at < *from) {
        let detail = format!("valid from {from}, checked at {at}");
        findings.error(ErrorCode::NotYetValid, "/validFrom", detail, VALIDITY);
    }
    if let Some(until) = until.filter(|until| at > *until) {
        let detail = format!("valid until {until}, checked at {at}");
        findings.error(ErrorCode::Expired, "/validUntil", detail, VALIDITY);
    }
}

fn check_typed_objects(
    credential: &Map<String, Value>,
    name: &str,
    id_needed: bool,
    reference: &'static str,
    findings: &mut Findings,
) {
    let Some(value) = credential.get(name) else {
        return;
    };
    for (path, object) in one_or_more(value, &format!("/{name}"), findings, reference) {
        let Some(object) = object.as_object() else {
            findings.error(
                ErrorCode::InvalidMember,
                path,
                "expected an object",
                reference,
            );
            continue;
        };
        match object.get("type") {
            Some(types) if are_type_names(types) => {}
            Some(_) => {
                let path = format!("{path}/type");
                findings.error(
                    ErrorCode::InvalidMember,
                    path,
                    "expected a type name",
                    reference,
                );
            }
            None => {
                let path = format!("{path}/type");
                findings.error(
                    ErrorCode::MissingMember,
                    path,
                    "expected a type name",
                    reference,
                );
            }
        }
        if id_needed && !object.contains_key("id") {
            let path = format!("{path}/id");
            findings.error(ErrorCode::MissingMember, path, "expected a URL", reference);
        }
        check_id(object, &path, reference, findings);
    }
}
