use serde_json::Value;

use super::entry::{Entry, Purpose};
use super::source::{StatusLists, VerifiedList};
use super::{VALIDATE, credential, list};
use crate::credential::{SecuredRef, VerifyOptions, VerifyReport, issuer_of, verify};
use crate::error::{ErrorCode, Result};
use crate::key::PublicKey;
use crate::prelude::*;
use crate::report::{Finding, Findings, Severity};

/// The most `credentialStatus` entries that are looked up: each can cost a download.
pub const MAX_ENTRIES: usize = 16;

/// What a list says about a credential for one of its entries.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct EntryStatus {
    /// The `statusPurpose` of the entry.
    pub purpose: String,
    /// The value in the list; 0 means that nothing is to be said.
    pub value: u8,
    /// What the value means, as the entry has it: for developers, not for end users.
    pub message: Option<String>,
}

/// Everything that a look at the status found.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct StatusReport {
    /// Whether nothing speaks against the credential: every status is known and no finding is an error.
    pub ok: bool,
    /// All findings, with paths into the credential.
    pub findings: Vec<Finding>,
    /// What the lists say, for each entry that could be looked up, in the order of the credential.
    pub entries: Vec<EntryStatus>,
}

/// Looks up the status of a credential: the Validate algorithm of Bitstring Status List 1.0
/// section 3.2, for each of its entries. A credential without `credentialStatus` passes.
/// [`verify`] does the same where its options name a source of lists.
///
/// `credential` is one that was verified: its URLs are fetched. `options` are those of that
/// verification; the list credentials must hold under them too. An `issuer_key` counts for lists of the
/// credential's issuer, not for those of another.
///
/// Findings have these codes:
/// - `status_revoked`, `status_suspended`: the list says so. `status_set` for a purpose of somebody else.
/// - `status_message`, `status_refresh` (both info): the list says so, the credential stays valid.
/// - `status_unavailable`: the list did not come or cannot be read.
/// - `status_list_invalid`: its credential does not verify; one finding for each of its own errors.
/// - `status_mismatch`: it is another list, for another purpose, or of an issuer who is not trusted.
///   A warning where the list does not say which one it is.
/// - `status_list_too_short`, `status_list_too_large`, `status_out_of_range`: its size.
/// - `status_unsupported`: the entry is of another type, or has more than 8 bits.
/// - `missing_member`, `invalid_member`: the entry breaks a rule. `too_many_values`: more than
///   [`MAX_ENTRIES`] entries.
pub fn check(
    credential: &Value,
    lists: &dyn StatusLists,
    options: &VerifyOptions<'_>,
) -> StatusReport {
    const PATH: &str = "/credentialStatus";
    let mut findings = Findings::default();
    let mut entries = Vec::new();
    let mut lookup = Lookup {
        issuer: issuer_of(credential).unwrap_or_default(),
        lists,
        options,
        seen: Vec::new(),
    };
    match credential.get("credentialStatus") {
        None => {}
        Some(Value::Array(several)) => {
            for (i, status) in several.iter().take(MAX_ENTRIES).enumerate() {
                entries.extend(lookup.entry(status, &format!("{PATH}/{i}"), &mut findings));
            }
            if several.len() > MAX_ENTRIES {
                let detail = format!("{} entries, the limit is {MAX_ENTRIES}", several.len());
                findings.error(ErrorCode::TooManyValues, PATH, detail, VALIDATE);
            }
        }
        Some(status) => entries.extend(lookup.entry(status, PATH, &mut findings)),
    }
    StatusReport {
        ok: findings.first_error().is_none(),
        findings: findings.0,
        entries,
    }
}

/// One check, with the lists that it has asked for already.
struct Lookup<'a> {
    issuer: &'a str,
    lists: &'a dyn StatusLists,
    options: &'a VerifyOptions<'a>,
    seen: Vec<(&'a str, Option<Arc<VerifiedList>>)>,
}

impl<'a> Lookup<'a> {
    fn entry(
        &mut self,
        status: &'a Value,
        path: &str,
        findings: &mut Findings,
    ) -> Option<EntryStatus> {
        let entry = Entry::read(status, path, findings)?;
        let list = self.list(entry.url, path, findings)?;
        let value = read_value(&entry, &list, path, findings)?;
        let message = entry.message(value);
        report_value(entry.purpose, value, message, path, findings);
        Some(EntryStatus {
            purpose: entry.purpose.into(),
            value,
            message: message.map(Into::into),
        })
    }

    /// Finds the list of a URL: among those of this check, among those verified before, or by fetching.
    fn list(
        &mut self,
        url: &'a str,
        path: &str,
        findings: &mut Findings,
    ) -> Option<Arc<VerifiedList>> {
        let path = format!("{path}/statusListCredential");
        if let Some((_, list)) = self.seen.iter().find(|(seen, _)| *seen == url) {
            if list.is_none() {
                let detail = "the list cannot be used, as said for an earlier entry";
                findings.error(ErrorCode::StatusUnavailable, path, detail, VALIDATE);
            }
            return list.clone();
        }
        let list = self.find(url, &path, findings);
        self.seen.push((url, list.clone()));
        list
    }

    fn find(&self, url: &str, path: &str, findings: &mut Findings) -> Option<Arc<VerifiedList>> {
        let at = self.options.at;
        let known = self.lists.recall(url, at).filter(|list| {
            list.given_key == self.given_key(&list.issuer)
                && list.valid_until.is_none_or(|until| at <= until)
        });
        let fetched = known.is_none();
        let list = match known {
            Some(list) => list,
            None => Arc::new(self.fetch(url, path, findings)?),
        };
        let mut refuse = |severity, detail: &str| {
            findings.push(ErrorCode::StatusMismatch, severity, path, detail, VALIDATE);
        };
        match &list.id {
            Some(id) if id != url => {
                refuse(Severity::Error, "this is the list of another address");
                return None;
            }
            Some(_) => {}
            None => refuse(
                Severity::Warning,
                "the list does not say which one it is, so another of the same issuer would pass",
            ),
        }
        if !self.lists.is_trusted(&list.issuer, self.issuer) {
            let detail = "the issuer of the list is not the credential's, nor trusted otherwise";
            refuse(Severity::Error, detail);
            return None;
        }
        if fetched {
            self.lists.remember(url, &list, at);
        }
        Some(list)
    }

    /// Fetches and verifies.
    fn fetch(&self, url: &str, path: &str, findings: &mut Findings) -> Option<VerifiedList> {
        let read = self.lists.fetch(url).and_then(|secured| {
            let report = read_secured(&secured, &self.list_options(self.options.issuer_key))?;
            // The given key is that of the credential's issuer.
            if report
                .issuer
                .as_deref()
                .is_none_or(|issuer| issuer == self.issuer)
                || self.options.issuer_key.is_none()
            {
                return Ok(report);
            }
            read_secured(&secured, &self.list_options(None))
        });
        let report = match read {
            Ok(report) => report,
            Err(error) => {
                let detail = format!("{} ({})", error, error.code().as_str());
                let code = match error.code() {
                    ErrorCode::TooLarge => ErrorCode::StatusListTooLarge,
                    _ => ErrorCode::StatusUnavailable,
                };
                findings.error(code, path, detail, VALIDATE);
                return None;
            }
        };
        let mut own = Findings(report.findings);
        let subject = credential::read(&report.claims, &mut own);
        let mut failed = !report.ok;
        for finding in own.0 {
            if finding.severity == Severity::Error {
                failed = true;
                let code = match finding.code {
                    code @ ErrorCode::StatusListTooLarge => code,
                    _ => ErrorCode::StatusListInvalid,
                };
                let (inner, place) = (finding.code.as_str(), finding.path);
                let detail = format!("{inner} at {place} of the list: {}", finding.detail);
                findings.error(code, path, detail, finding.reference);
            }
        }
        let (Some(issuer), Some(subject), false) = (report.issuer, subject, failed) else {
            return None;
        };
        let text = |name: &str| report.claims.get(name).and_then(Value::as_str);
        Some(VerifiedList {
            id: text("id").map(Into::into),
            given_key: self.given_key(&issuer),
            issuer,
            purposes: subject.purposes,
            bits: subject.bits,
            ttl_ms: subject.ttl_ms,
            valid_until: text("validUntil").and_then(|text| text.parse().ok()),
        })
    }

    fn list_options(&self, issuer_key: Option<&'a PublicKey>) -> VerifyOptions<'a> {
        VerifyOptions {
            issuer_key,
            // These are about who shows the credential, and lists have no status themselves.
            domain: None,
            challenge: None,
            status: None,
            trust: None,
            ..*self.options
        }
    }

    fn given_key(&self, list_issuer: &str) -> Option<PublicKey> {
        let same = list_issuer == self.issuer;
        self.options.issuer_key.filter(|_| same).copied()
    }
}

/// Verifies a secured list credential in whichever form it came.
fn read_secured(secured: &[u8], options: &VerifyOptions<'_>) -> Result<VerifyReport> {
    // The last byte of CBOR may look like a line feed.
    let secured = match core::str::from_utf8(secured) {
        Ok(text) => SecuredRef::Text(text.trim_ascii()),
        Err(_) => SecuredRef::Bytes(secured),
    };
    verify(secured, options)
}

/// Reads the value of an entry, Bitstring Status List 1.0 section 3.2 steps 5 to 10.
fn read_value(
    entry: &Entry<'_>,
    found: &VerifiedList,
    path: &str,
    findings: &mut Findings,
) -> Option<u8> {
    let mut refuse = |code, name: &str, detail: String| {
        findings.error(code, format!("{path}/{name}"), detail, VALIDATE);
    };
    if !found
        .purposes
        .iter()
        .any(|purpose| purpose == entry.purpose)
    {
        let detail = format!("the list is for {}", found.purposes.join(", "));
        refuse(ErrorCode::StatusMismatch, "statusPurpose", detail);
        return None;
    }
    let entries = list::entries(&found.bits, entry.size);
    if entries < list::MIN_ENTRIES {
        let detail = list::too_short(entries).to_string();
        refuse(
            ErrorCode::StatusListTooShort,
            "statusListCredential",
            detail,
        );
        return None;
    }
    let value = entry
        .index
        .and_then(|index| list::read(&found.bits, index, entry.size));
    if value.is_none() {
        let detail = format!("the list has {entries} entries");
        refuse(ErrorCode::StatusOutOfRange, "statusListIndex", detail);
    }
    value
}

/// Says what a value means for the verdict.
fn report_value(
    purpose: &str,
    value: u8,
    message: Option<&str>,
    path: &str,
    findings: &mut Findings,
) {
    let text = message.unwrap_or("without a text");
    let said = format!("{purpose} {value:#x}: {text}");
    let (code, severity) = match Purpose::parse(purpose) {
        // A message may have something to say with 0 as well.
        Some(Purpose::Message) => (ErrorCode::StatusMessage, Severity::Info),
        _ if value == 0 => return,
        Some(Purpose::Revocation) => (ErrorCode::StatusRevoked, Severity::Error),
        Some(Purpose::Suspension) => (ErrorCode::StatusSuspended, Severity::Error),
        Some(Purpose::Refresh) => (ErrorCode::StatusRefresh, Severity::Info),
        None => (ErrorCode::StatusSet, Severity::Error),
    };
    findings.push(code, severity, path, said, VALIDATE);
}
