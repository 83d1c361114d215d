//! JSON-LD contexts of the caller, beside those that come with the core.

use batterypass::json_ld::Contexts;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::bridge;
use crate::error::OrRaise;

/// A dict from URLs to context documents, added to the bundled ones.
pub(crate) struct Given(Contexts);

impl Given {
    pub(crate) const fn as_ref(given: Option<&Self>) -> Option<&Contexts> {
        match given {
            Some(given) => Some(&given.0),
            None => None,
        }
    }
}

impl<'a, 'py> FromPyObject<'a, 'py> for Given {
    type Error = PyErr;

    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        let py = value.py();
        let mut contexts = bundled().or_raise(py)?;
        for (url, document) in value.cast::<PyDict>()?.iter() {
            let (url, document) = (url.extract::<String>()?, bridge::to_json(&document)?);
            contexts = contexts.with(&url, &document).or_raise(py)?;
        }
        Ok(Self(contexts))
    }
}

#[cfg(feature = "ssi")]
fn bundled() -> batterypass::Result<Contexts> {
    Contexts::bundled().cloned()
}

#[cfg(not(feature = "ssi"))]
fn bundled() -> batterypass::Result<Contexts> {
    Ok(Contexts::default())
}
