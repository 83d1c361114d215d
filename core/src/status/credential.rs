use serde_json::{Map, Value, json};

use super::entry::{Purpose, is_type};
use super::list::{self, StatusList};
use super::{LIST, LIST_CREDENTIAL, LIST_SUBJECT};
use crate::credential::CONTEXT;
use crate::error::{Error, ErrorCode, Result};
use crate::prelude::*;
use crate::report::Findings;

/// Makes the credential of a list, to be signed and served at the URL `list`.
///
/// Its issuer is that of the credentials whose status it tells; `valid_from` and `valid_until` are given
/// when it is signed. `ttl_ms`: for how many milliseconds a copy may be used before it is fetched again.
///
/// ```
/// use batterypass::status::{MIN_ENTRIES, Purpose, StatusList, list_credential};
///
/// let list = StatusList::new(MIN_ENTRIES, 1)?;
/// let url = "https://status.example/3";
/// let credential = list_credential(url, &list, &[Purpose::Revocation], Some(3_600_000))?;
/// assert_eq!(credential["credentialSubject"]["statusPurpose"], "revocation");
/// # Ok::<(), batterypass::Error>(())
/// ```
///
/// # Errors
/// `invalid_argument` without a purpose.
pub fn list_credential(
    url: &str,
    list: &StatusList,
    purposes: &[Purpose],
    ttl_ms: Option<u64>,
) -> Result<Value> {
    let purposes = match purposes {
        [] => {
            let detail = "a list has at least one purpose";
            return Err(Error::new(ErrorCode::InvalidArgument).because(detail));
        }
        [one] => one.as_str().into(),
        several => several.iter().map(|purpose| purpose.as_str()).collect(),
    };
    let mut subject = Map::new();
    subject.insert("id".into(), format!("{url}#list").into());
    subject.insert("type".into(), LIST_SUBJECT.into());
    subject.insert("statusPurpose".into(), purposes);
    subject.insert("encodedList".into(), list.encode().into());
    if let Some(ttl_ms) = ttl_ms {
        subject.insert("ttl".into(), ttl_ms.into());
    }
    Ok(json!({
        // VCDM's own context defines the terms of status lists.
        "@context": [CONTEXT],
        "id": url,
        "type": ["VerifiableCredential", LIST_CREDENTIAL],
        "credentialSubject": subject,
    }))
}

/// The subject of a list credential, read.
#[derive(Debug)]
pub(super) struct Subject {
    pub(super) purposes: Vec<String>,
    pub(super) bits: Vec<u8>,
    pub(super) ttl_ms: Option<u64>,
}

/// Reads what a list credential says, with every rule that it breaks.
pub(super) fn read(claims: &Value, findings: &mut Findings) -> Option<Subject> {
    let has_type =
        |value: &Value, name: &str| value.get("type").is_some_and(|types| is_type(types, name));
    if !has_type(claims, LIST_CREDENTIAL) {
        let detail = "expected BitstringStatusListCredential";
        findings.error(ErrorCode::InvalidMember, "/type", detail, LIST);
    }
    const SUBJECT: &str = "/credentialSubject";
    let subject = match claims.get("credentialSubject") {
        // A list of one is the same set of subjects.
        Some(Value::Array(list)) if list.len() == 1 => list.first(),
        one => one,
    };
    let Some(subject) = subject.filter(|subject| has_type(subject, LIST_SUBJECT)) else {
        let detail = "expected one subject of type BitstringStatusList";
        findings.error(ErrorCode::InvalidMember, SUBJECT, detail, LIST);
        return None;
    };
    let purposes = texts(subject.get("statusPurpose"));
    if purposes.is_none() {
        let path = "/credentialSubject/statusPurpose";
        let detail = "expected one or more texts";
        findings.error(ErrorCode::InvalidMember, path, detail, LIST);
    }
    let ttl_ms = subject.get("ttl").map(Value::as_u64);
    if ttl_ms == Some(None) {
        let path = "/credentialSubject/ttl";
        let detail = "expected milliseconds as a whole number";
        findings.error(ErrorCode::InvalidMember, path, detail, LIST);
    }
    let bits = read_bits(subject.get("encodedList"), findings);
    Some(Subject {
        purposes: purposes?,
        bits: bits?,
        ttl_ms: ttl_ms.flatten(),
    })
}

fn read_bits(encoded: Option<&Value>, findings: &mut Findings) -> Option<Vec<u8>> {
    let error = match encoded {
        Some(Value::String(text)) => match list::expand(text) {
            Ok(bits) => return Some(bits),
            Err(error) => error,
        },
        Some(_) => Error::new(ErrorCode::InvalidMember).because("expected a text"),
        None => ErrorCode::MissingMember.into(),
    };
    let path = "/credentialSubject/encodedList";
    findings.error(error.code(), path, error.to_string(), LIST);
    None
}

/// One or more texts.
fn texts(value: Option<&Value>) -> Option<Vec<String>> {
    let list = match value? {
        Value::Array(list) if !list.is_empty() => list.as_slice(),
        Value::Array(_) => return None,
        one => core::slice::from_ref(one),
    };
    list.iter()
        .map(|one| one.as_str().map(ToString::to_string))
        .collect()
}
