//! `Passport`.

use batterypass::access::Audience;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};

use crate::arguments::Data;
use crate::bridge;
use crate::error::OrRaise;

type Core = batterypass::passport::Passport;

/// A battery passport: header and submodels. Read-only; change the dict and parse it again.
#[pyclass(frozen, eq, module = "batterypass")]
#[derive(PartialEq)]
pub(crate) struct Passport(pub(crate) Core);

#[pymethods]
impl Passport {
    /// Read a passport from JSON text or from a dict.
    #[staticmethod]
    fn parse(document: &Bound<'_, PyAny>) -> PyResult<Self> {
        let py = document.py();
        let parsed = if let Ok(text) = document.cast::<PyString>() {
            let text = text.to_str()?.to_owned();
            py.detach(|| Core::parse(text.as_bytes()))
        } else if let Ok(Data(text)) = document.extract() {
            py.detach(|| Core::parse(&text))
        } else {
            let value = bridge::to_json(document)?;
            py.detach(|| Core::from_value(value))
        };
        parsed.map(Self).or_raise(py)
    }

    /// The passport's id, checked.
    #[getter]
    fn id(&self, py: Python<'_>) -> PyResult<&str> {
        self.0.id().or_raise(py)
    }

    /// Return the passport as JSON text.
    fn to_json(&self, py: Python<'_>) -> PyResult<String> {
        py.detach(|| self.0.to_json()).or_raise(py)
    }

    /// Return the passport as a dict.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let value = py.detach(|| self.0.to_value()).or_raise(py)?;
        bridge::to_python(py, &value)
    }

    /// Return what an audience may read: "public", "authority", "legitimate_interest" or "operator".
    fn view<'py>(&self, py: Python<'py>, audience: &str) -> PyResult<Bound<'py, PyAny>> {
        let audience: Audience = audience.parse().or_raise(py)?;
        let value = py.detach(|| self.0.view(audience)).or_raise(py)?;
        bridge::to_python(py, &value)
    }

    fn __repr__(&self) -> String {
        format!("<Passport {}>", self.0.id().unwrap_or("without an id"))
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let read = py.get_type::<Self>().getattr("parse")?;
        (read, (self.to_json(py)?,)).into_pyobject(py)
    }
}
