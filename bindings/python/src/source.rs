//! Where documents come from that a verification needs: mappings and functions of the caller.
//!
//! They are asked while the core works, so the thread takes the GIL again for as long as that lasts.
//! What a function raises is the caller's reason why there is no document: a finding, not a crash. Only
//! what is no `Exception`, such as `KeyboardInterrupt`, ends the verification.

#[cfg(feature = "http")]
use alloc::sync::Arc;
use core::cell::RefCell;

use batterypass::did::{DidDocument, Resolver};
use batterypass::status::StatusLists;
use batterypass::{Error, ErrorCode, Result};
use pyo3::exceptions::{PyException, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::PyMapping;

use crate::did::Document;
use crate::error::{OrRaise, unraise};
#[cfg(feature = "http")]
use crate::http::{Https, HttpsClient};
use crate::secured::Given;

/// A mapping from names, a function of a name, or a client of the core's own.
pub(crate) enum Source {
    Mapping(Py<PyAny>),
    Function(Py<PyAny>),
    #[cfg(feature = "http")]
    Client(Arc<Https>),
}

thread_local! {
    /// What ends the program. The core calls back on the thread that called it.
    static INTERRUPT: RefCell<Option<PyErr>> = const { RefCell::new(None) };
}

impl<'a, 'py> FromPyObject<'a, 'py> for Source {
    type Error = PyErr;

    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        #[cfg(feature = "http")]
        if let Ok(client) = value.cast::<HttpsClient>() {
            return Ok(Self::Client(Arc::clone(&client.get().0)));
        }
        let object = || value.to_owned().unbind();
        if value.cast::<PyMapping>().is_ok() {
            Ok(Self::Mapping(object()))
        } else if value.is_callable() {
            Ok(Self::Function(object()))
        } else {
            Err(PyTypeError::new_err("expected a mapping or a function"))
        }
    }
}

impl Source {
    /// Asks for what stands under a name.
    fn ask<T>(&self, name: &str, missing: ErrorCode) -> Result<T>
    where
        T: for<'a, 'py> FromPyObject<'a, 'py, Error = PyErr>,
    {
        Python::attach(|py| {
            let found = self.find(py, name);
            match found.and_then(|found| found.map(|value| value.extract()).transpose()) {
                Ok(Some(value)) => Ok(value),
                Ok(None) => Err(Error::new(missing)),
                Err(raised) => Err(reason(py, raised, missing)),
            }
        })
    }

    fn find<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
        let found = match self {
            Self::Mapping(mapping) => mapping.bind(py).call_method1("get", (name,))?,
            Self::Function(function) => function.bind(py).call1((name,))?,
            #[cfg(feature = "http")]
            Self::Client(_) => return Ok(None),
        };
        Ok(Some(found).filter(|found| !found.is_none()))
    }
}

fn reason(py: Python<'_>, raised: PyErr, missing: ErrorCode) -> Error {
    if raised.is_instance_of::<PyException>(py) {
        return unraise(py, &raised)
            .unwrap_or_else(|| Error::new(missing).because(raised.to_string()));
    }
    INTERRUPT.set(Some(raised));
    Error::new(missing)
}

/// Releases the GIL for a work that may ask sources, and passes on what was raised to end the program.
pub(crate) fn detach<T: Send>(
    py: Python<'_>,
    work: impl FnOnce() -> Result<T> + Send,
) -> PyResult<T> {
    let outcome = py.detach(work);
    match INTERRUPT.take() {
        Some(interrupt) => Err(interrupt),
        None => outcome.or_raise(py),
    }
}

impl Resolver for Source {
    fn resolve(&self, did: &str) -> Result<DidDocument> {
        #[cfg(feature = "http")]
        if let Self::Client(client) = self {
            return client.resolve(did);
        }
        self.ask::<Document>(did, ErrorCode::DidNotResolved)?.read()
    }
}

impl StatusLists for Source {
    fn fetch(&self, url: &str) -> Result<Vec<u8>> {
        #[cfg(feature = "http")]
        if let Self::Client(client) = self {
            return client.fetch(url);
        }
        self.ask(url, ErrorCode::FetchFailed).map(Given::into_bytes)
    }
}
