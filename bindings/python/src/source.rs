//! Where documents come from that a verification needs: mappings and functions of the caller.
//!
//! They are asked while the core works, so the thread takes the GIL again for as long as that lasts.
//! What a function raises is the caller's reason why there is no document: a finding, not a crash. Only
//! what is no `Exception`, such as `KeyboardInterrupt`, ends the verification.

use core::cell::RefCell;

use batterypass::did::{DidDocument, Resolver};
use batterypass::status::StatusLists;
use batterypass::{Error, ErrorCode, Result};
use pyo3::exceptions::{PyException, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::PyMapping;

use crate::did::Document;
use crate::error::{OrRaise, unraise};
use crate::secured::Given;

/// A mapping from names, or a function of a name.
pub(crate) struct Source {
    object: Py<PyAny>,
    is_function: bool,
}

thread_local! {
    /// What ends the program. The core calls back on the thread that called it.
    static INTERRUPT: RefCell<Option<PyErr>> = const { RefCell::new(None) };
}

impl<'a, 'py> FromPyObject<'a, 'py> for Source {
    type Error = PyErr;

    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        let is_function = value.cast::<PyMapping>().is_err();
        if is_function && !value.is_callable() {
            return Err(PyTypeError::new_err("expected a mapping or a function"));
        }
        Ok(Self {
            object: value.to_owned().unbind(),
            is_function,
        })
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
        let object = self.object.bind(py);
        let found = if self.is_function {
            object.call1((name,))?
        } else {
            object.call_method1("get", (name,))?
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
        self.ask::<Document>(did, ErrorCode::DidNotResolved)?.read()
    }
}

impl StatusLists for Source {
    fn fetch(&self, url: &str) -> Result<Vec<u8>> {
        self.ask(url, ErrorCode::FetchFailed).map(Given::into_bytes)
    }
}
