//! Secured credentials and presentations in their Python shapes: text, bytes, dict.

use batterypass::credential::{Secured, SecuredRef};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString};
use serde_json::Value;

use crate::arguments::Data;
use crate::bridge;

/// A secured credential as a caller gives it.
pub(crate) enum Given {
    Text(String),
    Bytes(Vec<u8>),
    Json(Value),
}

impl Given {
    pub(crate) fn as_ref(&self) -> SecuredRef<'_> {
        match self {
            Self::Text(text) => text.into(),
            Self::Bytes(bytes) => bytes.into(),
            Self::Json(value) => value.into(),
        }
    }

    /// Returns what can be written to a file: JSON as text.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        Secured::from(self).into_bytes()
    }
}

impl From<Given> for Secured {
    fn from(given: Given) -> Self {
        match given {
            Given::Text(text) => Self::Text(text),
            Given::Bytes(bytes) => Self::Bytes(bytes),
            Given::Json(value) => Self::Json(value),
        }
    }
}

impl<'a, 'py> FromPyObject<'a, 'py> for Given {
    type Error = PyErr;

    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(text) = value.cast::<PyString>() {
            return Ok(Self::Text(text.to_str()?.to_owned()));
        }
        if value.cast::<PyDict>().is_ok() {
            return bridge::to_json(&value).map(Self::Json);
        }
        value.extract::<Data>().map(|data| Self::Bytes(data.0))
    }
}

/// Converts what the core made: a token to `str`, CBOR to `bytes`, a document to `dict`.
pub(crate) fn to_python(py: Python<'_>, secured: Secured) -> PyResult<Bound<'_, PyAny>> {
    match secured {
        Secured::Json(value) => bridge::to_python(py, &value),
        Secured::Text(token) => Ok(PyString::new(py, &token).into_any()),
        other => Ok(PyBytes::new(py, &other.into_bytes()).into_any()),
    }
}
