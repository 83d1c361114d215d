//! Lists to be fetched, and credentials that name them.

use core::sync::atomic::{AtomicUsize, Ordering};
use std::collections::HashMap;

use batterypass::credential::{Secured, SignOptions, VerifyOptions, sign};
use batterypass::status::{
    EntryOptions, MIN_ENTRIES, Purpose, StatusList, StatusLists, StatusReport, check, entry,
    list_credential,
};
use batterypass::time::Timestamp;
use batterypass::{Error, ErrorCode, SigningKey};
use serde_json::{Value, json};

pub(crate) const URL: &str = "https://status.example/3";
pub(crate) const INDEX: usize = 94_567;

pub(crate) fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32]).unwrap()
}

pub(crate) fn did(seed: u8) -> String {
    key(seed).public_key().did().to_string()
}

pub(crate) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn now() -> VerifyOptions<'static> {
    VerifyOptions::at(time("2027-06-01T00:00:00Z"))
}

/// A server of lists.
#[derive(Debug, Default)]
pub(crate) struct Served {
    pub(crate) lists: HashMap<String, Vec<u8>>,
    pub(crate) fetches: AtomicUsize,
    pub(crate) trusted: Vec<String>,
}

impl Served {
    pub(crate) fn with(mut self, url: &str, secured: impl Into<Vec<u8>>) -> Self {
        self.lists.insert(url.into(), secured.into());
        self
    }

    pub(crate) fn fetches(&self) -> usize {
        self.fetches.load(Ordering::Relaxed)
    }
}

impl StatusLists for Served {
    fn fetch(&self, url: &str) -> Result<Vec<u8>, Error> {
        self.fetches.fetch_add(1, Ordering::Relaxed);
        let list = self.lists.get(url).cloned();
        list.ok_or_else(|| Error::new(ErrorCode::LinkBroken).because("nobody is there"))
    }

    fn is_trusted(&self, list_issuer: &str, credential_issuer: &str) -> bool {
        list_issuer == credential_issuer || self.trusted.iter().any(|one| one == list_issuer)
    }
}

/// A list credential of one bit an entry, with some bits set.
pub(crate) fn unsigned(purposes: &[Purpose], set: &[usize]) -> Value {
    let mut list = StatusList::new(MIN_ENTRIES, 1).unwrap();
    for index in set {
        list.set(*index, 1).unwrap();
    }
    list_credential(URL, &list, purposes, None).unwrap()
}

pub(crate) fn signed(credential: Value, seed: u8) -> String {
    sign(credential, &key(seed), &SignOptions::default())
        .and_then(Secured::into_text)
        .unwrap()
}

/// The list credential at [`URL`], of the same issuer as [`credential`].
pub(crate) fn list(purposes: &[Purpose], set: &[usize]) -> String {
    signed(unsigned(purposes, set), 7)
}

pub(crate) fn status(purpose: Purpose) -> Value {
    entry(URL, INDEX, purpose, &EntryOptions::default()).unwrap()
}

/// A verified credential with a status.
pub(crate) fn credential(status: Value) -> Value {
    json!({
        "issuer": { "id": did(7) },
        "credentialSubject": { "id": "urn:uuid:1" },
        "credentialStatus": status,
    })
}

pub(crate) fn look_up(status: Value, lists: &dyn StatusLists) -> StatusReport {
    check(&credential(status), lists, &now())
}

/// Codes and paths of all findings.
pub(crate) fn codes(report: &StatusReport) -> Vec<(ErrorCode, &str)> {
    report
        .findings
        .iter()
        .map(|finding| (finding.code, finding.path.as_str()))
        .collect()
}
