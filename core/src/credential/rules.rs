//! What VCDM 2.0 asks of a credential, without looking at how it is secured.

use serde_json::{Map, Value};

use super::CONTEXT;
use crate::error::ErrorCode;
use crate::prelude::*;
use crate::report::Findings;
use crate::time::Timestamp;

const CONTEXTS: &str = "VCDM 2.0 section 4.3";
const IDENTIFIERS: &str = "VCDM 2.0 section 4.4";
const TYPES: &str = "VCDM 2.0 section 4.5";
const NAMES: &str = "VCDM 2.0 section 4.6";
const ISSUER: &str = "VCDM 2.0 section 4.7";
const SUBJECT: &str = "VCDM 2.0 section 4.8";
const VALIDITY: &str = "VCDM 2.0 section 4.9";
const STATUS: &str = "VCDM 2.0 section 4.10";
const SCHEMAS: &str = "VCDM 2.0 section 4.11";
const RELATED: &str = "VCDM 2.0 section 5.3";
const EXTENSIONS: &str = "VCDM 2.0 sections 5.4 to 5.6";
const JWT_CLAIMS: &str = "VC-JOSE-COSE section 3.1.3";

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
    check_types(credential.get("type"), findings);
    check_id(credential, "", IDENTIFIERS, findings);
    check_issuer(credential.get("issuer"), findings);
    check_subjects(credential.get("credentialSubject"), findings);
    check_validity(credential, at, findings);
    for (name, id_needed, reference) in TYPED_OBJECTS {
        check_typed_objects(credential, name, *id_needed, reference, findings);
    }
    check_related_resources(credential.get("relatedResource"), findings);
    for name in ["name", "description"] {
        check_text(credential.get(name), name, findings);
    }
    check_jwt_claims(credential, at, findings);
}

/// Returns the issuer's identifier, in whichever of its two forms it stands.
pub(super) fn issuer_id(credential: &Map<String, Value>) -> Option<&str> {
    match credential.get("issuer")? {
        Value::String(id) => Some(id),
        Value::Object(issuer) => issuer.get("id")?.as_str(),
        _ => None,
    }
}

fn check_contexts(contexts: Option<&Value>, findings: &mut Findings) {
    let Some(contexts) = contexts else {
        let detail = format!("expected a list that starts with {CONTEXT}");
        return findings.error(ErrorCode::MissingMember, "/@context", detail, CONTEXTS);
    };
    let list = contexts.as_array().map(Vec::as_slice).unwrap_or_default();
    if list.first().and_then(Value::as_str) != Some(CONTEXT) {
        let detail = format!("expected a list that starts with {CONTEXT}");
        findings.error(ErrorCode::InvalidMember, "/@context", detail, CONTEXTS);
    }
    for (i, context) in list.iter().enumerate() {
        let path = format!("/@context/{i}");
        match context {
            Value::Object(_) => {}
            Value::String(url) if is_url(url) => {
                if list[..i].contains(context) {
                    let detail = "the same context stands twice";
                    findings.error(ErrorCode::InvalidMember, path, detail, CONTEXTS);
                }
            }
            _ => {
                let detail = "expected a URL or an object";
                findings.error(ErrorCode::InvalidMember, path, detail, CONTEXTS);
            }
        }
    }
}

fn check_types(types: Option<&Value>, findings: &mut Findings) {
    const DETAIL: &str = "expected VerifiableCredential, alone or in a list of type names";
    match types {
        None => findings.error(ErrorCode::MissingMember, "/type", DETAIL, TYPES),
        Some(types) if !names(types).any(|name| name == Some("VerifiableCredential")) => {
            findings.error(ErrorCode::InvalidMember, "/type", DETAIL, TYPES);
        }
        Some(types) if !are_type_names(types) => {
            findings.error(ErrorCode::InvalidMember, "/type", DETAIL, TYPES);
        }
        Some(_) => {}
    }
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

fn check_related_resources(resources: Option<&Value>, findings: &mut Findings) {
    let Some(resources) = resources else { return };
    for (path, resource) in one_or_more(resources, "/relatedResource", findings, RELATED) {
        let complete = resource.get("id").is_some()
            && ["digestSRI", "digestMultibase"]
                .iter()
                .any(|name| resource.get(name).is_some_and(Value::is_string));
        match resource.as_object() {
            Some(object) if complete => check_id(object, &path, RELATED, findings),
            _ => {
                let detail = "expected an object with an id and a digest";
                findings.error(ErrorCode::InvalidMember, path, detail, RELATED);
            }
        }
    }
}

/// A text, or one or more language value objects.
fn check_text(text: Option<&Value>, path: &str, findings: &mut Findings) {
    let is_language_value = |value: &Value| {
        value.as_object().is_some_and(|object| {
            object.get("@value").is_some_and(Value::is_string)
                && object
                    .keys()
                    .all(|name| matches!(name.as_str(), "@value" | "@language" | "@direction"))
        })
    };
    let good = match text {
        None | Some(Value::String(_)) => true,
        Some(Value::Array(values)) => !values.is_empty() && values.iter().all(is_language_value),
        Some(value) => is_language_value(value),
    };
    if !good {
        let detail = "expected a text or a language value object";
        findings.error(ErrorCode::InvalidMember, format!("/{path}"), detail, NAMES);
    }
}

/// JWT claims may stand beside the credential's own members, but must not contradict them.
fn check_jwt_claims(
    credential: &Map<String, Value>,
    at: Option<Timestamp>,
    findings: &mut Findings,
) {
    for name in ["vc", "vp"] {
        if credential.contains_key(name) {
            let detail = "the credential is the payload, not a claim in it";
            findings.error(
                ErrorCode::InvalidMember,
                format!("/{name}"),
                detail,
                JWT_CLAIMS,
            );
        }
    }
    let subject = credential
        .get("credentialSubject")
        .and_then(|s| s.get("id"));
    let own = [
        ("iss", issuer_id(credential), ErrorCode::IssuerMismatch),
        (
            "jti",
            credential.get("id").and_then(Value::as_str),
            ErrorCode::InvalidMember,
        ),
        (
            "sub",
            subject.and_then(Value::as_str),
            ErrorCode::InvalidMember,
        ),
    ];
    for (name, expected, code) in own {
        if credential
            .get(name)
            .is_some_and(|claim| claim.as_str() != expected)
        {
            let detail = "contradicts the credential's own member";
            findings.error(code, format!("/{name}"), detail, JWT_CLAIMS);
        }
    }
    for (name, code) in [("nbf", ErrorCode::NotYetValid), ("exp", ErrorCode::Expired)] {
        let Some(claim) = credential.get(name) else {
            continue;
        };
        let path = format!("/{name}");
        let Some(seconds) = claim.as_f64() else {
            let detail = "expected seconds since 1970";
            findings.error(ErrorCode::InvalidMember, path, detail, JWT_CLAIMS);
            continue;
        };
        // Exact for every Timestamp: its seconds are below 2^53.
        let now = at.map(|at| at.unix() as f64);
        if now.is_some_and(|now| {
            if name == "nbf" {
                now < seconds
            } else {
                now >= seconds
            }
        }) {
            let detail = "the token is not valid at the time of the check";
            findings.error(code, path, detail, "RFC 7519 section 4.1");
        }
    }
}

fn check_id(
    object: &Map<String, Value>,
    path: &str,
    reference: &'static str,
    findings: &mut Findings,
) {
    if object
        .get("id")
        .is_some_and(|id| !id.as_str().is_some_and(is_url))
    {
        let path = format!("{path}/id");
        findings.error(ErrorCode::InvalidMember, path, "expected a URL", reference);
    }
}

/// Lists a value, or the elements of a list, with their paths. An empty list is a finding.
fn one_or_more<'v>(
    value: &'v Value,
    path: &str,
    findings: &mut Findings,
    reference: &'static str,
) -> Vec<(String, &'v Value)> {
    match value {
        Value::Array(list) => {
            if list.is_empty() {
                let detail = "the list is empty";
                findings.error(ErrorCode::InvalidMember, path, detail, reference);
            }
            list.iter()
                .enumerate()
                .map(|(i, element)| (format!("{path}/{i}"), element))
                .collect()
        }
        value => vec![(path.to_string(), value)],
    }
}

fn names(types: &Value) -> impl Iterator<Item = Option<&str>> {
    let list = match types {
        Value::Array(list) => list.as_slice(),
        single => core::slice::from_ref(single),
    };
    list.iter().map(Value::as_str)
}

fn are_type_names(types: &Value) -> bool {
    names(types).count() > 0
        && names(types).all(|name| {
            name.is_some_and(|name| !name.is_empty() && !name.contains(char::is_whitespace))
        })
}

/// A URL in the sense of VCDM 2.0: a scheme and something after it, no blanks.
fn is_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
        && !rest.is_empty()
        && !rest.contains(|c: char| c.is_whitespace() || c.is_control())
}
