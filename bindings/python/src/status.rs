//! Status lists: making them, and where a verification gets them from.

use alloc::sync::Arc;
use std::sync::{Mutex, MutexGuard, PoisonError};

use batterypass::status::{self, Cached, EntryOptions, MIN_ENTRIES, Purpose};
use batterypass::{ErrorCode, Result};
use pyo3::prelude::*;

use crate::bridge;
use crate::error::{OrRaise, refuse};
use crate::source::Source;

/// One small number for each credential of a crowd; 0 means that nothing is to be said.
#[pyclass(frozen, eq, module = "batterypass")]
pub(crate) struct StatusList(Mutex<status::StatusList>);

impl StatusList {
    fn locked(&self) -> MutexGuard<'_, status::StatusList> {
        // Each change is whole, so a list is sound even after a panic elsewhere.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PartialEq for StatusList {
    fn eq(&self, other: &Self) -> bool {
        // One lock at a time: two threads may compare the same pair the other way round.
        let own = self.locked().clone();
        own == *other.locked()
    }
}

#[pymethods]
impl StatusList {
    /// Make a list of at least `entries` entries of `size` bits, all 0.
    #[new]
    #[pyo3(signature = (entries = MIN_ENTRIES, *, size = 1), text_signature = "(entries=131072, *, size=1)")]
    fn new(py: Python<'_>, entries: usize, size: u8) -> PyResult<Self> {
        let list = status::StatusList::new(entries, size).or_raise(py)?;
        Ok(Self(Mutex::new(list)))
    }

    /// Read the `encodedList` of a list credential.
    #[staticmethod]
    #[pyo3(signature = (encoded, *, size = 1))]
    fn decode(py: Python<'_>, encoded: &str, size: u8) -> PyResult<Self> {
        let list = py.detach(|| status::StatusList::decode(encoded, size));
        Ok(Self(Mutex::new(list.or_raise(py)?)))
    }

    /// Return the list as an `encodedList`. Equal lists give equal texts.
    fn encode(&self, py: Python<'_>) -> String {
        py.detach(|| self.locked().encode())
    }

    /// Bits of an entry.
    #[getter]
    fn size(&self) -> u8 {
        self.locked().size()
    }

    /// Read an entry.
    fn get(&self, py: Python<'_>, index: usize) -> PyResult<u8> {
        self.locked().get(index).or_raise(py)
    }

    /// Write an entry.
    #[pyo3(signature = (index, value = 1))]
    fn set(&self, py: Python<'_>, index: usize, value: u8) -> PyResult<()> {
        self.locked().set(index, value).or_raise(py)
    }

    /// Draw a free position of a list, each with the same chance.
    #[staticmethod]
    #[pyo3(
        signature = (entries = MIN_ENTRIES, *, is_taken = None),
        text_signature = "(entries=131072, *, is_taken=None)"
    )]
    fn random_index(
        py: Python<'_>,
        entries: usize,
        is_taken: Option<Bound<'_, PyAny>>,
    ) -> PyResult<usize> {
        let mut failed = None;
        let ask = |index| {
            // After an exception every position is as good as another: none is returned.
            let Some(is_taken) = is_taken.as_ref().filter(|_| failed.is_none()) else {
                return false;
            };
            let answer = is_taken.call1((index,)).and_then(|taken| taken.is_truthy());
            answer.unwrap_or_else(|error| {
                failed = Some(error);
                false
            })
        };
        let index = status::random_index(entries, ask, &mut getrandom::SysRng);
        match failed {
            Some(error) => Err(error),
            None => index.or_raise(py),
        }
    }

    /// Make the credential of the list, to be signed and served at `url`.
    #[pyo3(
        signature = (url, *, purpose = Purposes::One("revocation".to_owned()), ttl_ms = None),
        text_signature = "($self, url, *, purpose='revocation', ttl_ms=None)"
    )]
    fn credential<'py>(
        &self,
        py: Python<'py>,
        url: &str,
        purpose: Purposes,
        ttl_ms: Option<u64>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let names = match purpose {
            Purposes::One(name) => vec![name],
            Purposes::Several(names) => names,
        };
        let purposes = names
            .iter()
            .map(|name| find_purpose(py, name))
            .collect::<PyResult<Vec<_>>>()?;
        let credential =
            py.detach(|| status::list_credential(url, &self.locked(), &purposes, ttl_ms));
        bridge::to_python(py, &credential.or_raise(py)?)
    }

    fn __len__(&self) -> usize {
        self.locked().len()
    }

    fn __repr__(&self) -> String {
        let list = self.locked();
        format!(
            "<StatusList of {} entries, {} bit>",
            list.len(),
            list.size()
        )
    }
}

/// What a list is for.
#[derive(FromPyObject)]
pub(crate) enum Purposes {
    One(String),
    Several(Vec<String>),
}

/// Make the `credentialStatus` of a credential: its place in the list at a URL.
#[pyfunction]
#[pyo3(
    signature = (list_url, index, purpose = "revocation", *, messages = Vec::new(), references = Vec::new()),
    text_signature = "(list_url, index, purpose='revocation', *, messages=(), references=())"
)]
pub(crate) fn status_entry<'py>(
    py: Python<'py>,
    list_url: &str,
    index: usize,
    purpose: &str,
    messages: Vec<String>,
    references: Vec<String>,
) -> PyResult<Bound<'py, PyAny>> {
    let messages: Vec<_> = messages.iter().map(String::as_str).collect();
    let references: Vec<_> = references.iter().map(String::as_str).collect();
    let options = EntryOptions {
        messages: &messages,
        references: &references,
    };
    let purpose = find_purpose(py, purpose)?;
    let entry = status::entry(list_url, index, purpose, &options).or_raise(py)?;
    bridge::to_python(py, &entry)
}

fn find_purpose(py: Python<'_>, name: &str) -> PyResult<Purpose> {
    Purpose::parse(name).ok_or_else(|| {
        let detail = "expected revocation, suspension, message or refresh";
        refuse(py, ErrorCode::InvalidArgument, "/purpose", detail)
    })
}

/// Where status lists come from, whose are believed, and those that were verified before.
#[pyclass(frozen, module = "batterypass")]
pub(crate) struct StatusLists(Arc<Cached<Trusting>>);

#[pymethods]
impl StatusLists {
    /// Put a cache for `capacity` verified lists before a mapping from URLs or a function of a URL.
    #[new]
    #[pyo3(
        signature = (source, *, capacity = 64, trusted_issuers = Vec::new()),
        text_signature = "(source, *, capacity=64, trusted_issuers=())"
    )]
    fn new(source: Source, capacity: usize, trusted_issuers: Vec<String>) -> Self {
        let lists = Trusting {
            source,
            issuers: trusted_issuers,
        };
        Self(Arc::new(Cached::new(lists, capacity)))
    }
}

/// A source of lists, and the issuers that may speak about credentials of others.
pub(crate) struct Trusting {
    source: Source,
    issuers: Vec<String>,
}

impl status::StatusLists for Trusting {
    fn fetch(&self, url: &str) -> Result<Vec<u8>> {
        self.source.fetch(url)
    }

    fn is_trusted(&self, list_issuer: &str, credential_issuer: &str) -> bool {
        list_issuer == credential_issuer || self.issuers.iter().any(|one| one == list_issuer)
    }
}

/// The argument `status` of a verification.
pub(crate) enum Lists {
    Once(Source),
    Kept(Arc<Cached<Trusting>>),
}

impl Lists {
    pub(crate) fn as_dyn(&self) -> &(dyn status::StatusLists + Sync) {
        match self {
            Self::Once(source) => source,
            Self::Kept(lists) => &**lists,
        }
    }
}

impl<'a, 'py> FromPyObject<'a, 'py> for Lists {
    type Error = PyErr;

    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        match value.cast::<StatusLists>() {
            Ok(lists) => Ok(Self::Kept(Arc::clone(&lists.get().0))),
            Err(_) => value.extract().map(Self::Once),
        }
    }
}
