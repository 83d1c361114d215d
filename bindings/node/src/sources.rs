//! Documents that a verification needs, as far as JavaScript has found them.
//!
//! JavaScript cannot be called from a thread of the pool, and what its users write is asynchronous
//! anyway. So a verification runs with what is there and notes what it missed; the JavaScript half asks
//! for that and verifies again, until nothing is missing.

use alloc::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use batterypass::did::{DidDocument, Resolver};
use batterypass::status::StatusLists;
use batterypass::{Error, ErrorCode, Result};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::input::Given;

/// What was found under a name.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Found {
    /// A document.
    Document(Given),
    /// Why there is none.
    Refused {
        code: Option<String>,
        path: String,
        detail: String,
    },
}

/// The documents of DIDs and the status lists of URLs.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Sources {
    /// Documents by their DID; nothing where there is no resolver.
    documents: Option<BTreeMap<String, Found>>,
    /// Secured status lists by their URL; nothing where the status is not asked for.
    lists: Option<BTreeMap<String, Found>>,
    /// Who may speak about the credentials of every issuer.
    #[serde(default)]
    trusted_issuers: Vec<String>,
    #[serde(skip)]
    missing: Mutex<Missing>,
}

#[derive(Debug, Default)]
struct Missing {
    documents: BTreeSet<String>,
    lists: BTreeSet<String>,
}

impl Sources {
    pub(crate) fn resolver(&self) -> Option<&(dyn Resolver + Sync)> {
        self.documents.as_ref().map(|_| self as _)
    }

    pub(crate) fn status(&self) -> Option<&(dyn StatusLists + Sync)> {
        self.lists.as_ref().map(|_| self as _)
    }

    /// Returns what was asked for and not there.
    pub(crate) fn missing(self) -> Value {
        let missing = self.missing.into_inner();
        let missing = missing.unwrap_or_else(PoisonError::into_inner);
        json!({ "documents": missing.documents, "lists": missing.lists })
    }

    fn find<'a>(
        &self,
        known: Option<&'a BTreeMap<String, Found>>,
        name: &str,
        otherwise: ErrorCode,
        list: impl FnOnce(&mut Missing) -> &mut BTreeSet<String>,
    ) -> Result<&'a Given> {
        match known.and_then(|known| known.get(name)) {
            Some(Found::Document(given)) => Ok(given),
            Some(Found::Refused { code, path, detail }) => {
                let mut all = ErrorCode::ALL.iter();
                let code = all.find(|known| Some(known.as_str()) == code.as_deref());
                let error = Error::new(code.copied().unwrap_or(otherwise)).at(path.as_str());
                Err(error.because(detail.as_str()))
            }
            None => {
                let mut missing = self.missing.lock().unwrap_or_else(PoisonError::into_inner);
                list(&mut missing).insert(name.to_owned());
                Err(Error::new(otherwise))
            }
        }
    }
}

impl Resolver for Sources {
    fn resolve(&self, did: &str) -> Result<DidDocument> {
        let known = self.documents.as_ref();
        let missing = ErrorCode::DidNotResolved;
        let given = self.find(known, did, missing, |missing| &mut missing.documents)?;
        DidDocument::parse(match given {
            Given::Text(text) => text.as_bytes(),
            Given::Bytes(bytes) => bytes,
        })
    }
}

impl StatusLists for Sources {
    fn fetch(&self, url: &str) -> Result<Vec<u8>> {
        let known = self.lists.as_ref();
        let missing = ErrorCode::FetchFailed;
        let given = self.find(known, url, missing, |missing| &mut missing.lists)?;
        Ok(match given {
            Given::Text(text) => text.as_bytes().to_vec(),
            Given::Bytes(bytes) => bytes.clone(),
        })
    }

    fn is_trusted(&self, list_issuer: &str, credential_issuer: &str) -> bool {
        list_issuer == credential_issuer
            || self.trusted_issuers.iter().any(|one| one == list_issuer)
    }
}
