//! `Passport`.

use batterypass::access::Audience;
use batterypass::validate::{Profile, validate};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyList, PyString, PyTuple, PyType};

use crate::arguments::{Data, DayOrTime, now};
use crate::bridge;
use crate::error::{OrRaise, class};
use crate::report::report;

type Core = batterypass::passport::Passport;

static CHANGE: PyOnceLock<Py<PyType>> = PyOnceLock::new();

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

    /// Validate the passport at a time, by default now: "regulation" is what the law asks of the
    /// battery's category, "wire" what upstream's schema accepts, minus its defects.
    #[pyo3(signature = (profile = "regulation", at = None))]
    fn validate<'py>(
        &self,
        py: Python<'py>,
        profile: &str,
        at: Option<DayOrTime>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let profile: Profile = profile.parse().or_raise(py)?;
        let at = at.map_or_else(|| now(py), |time| Ok(time.0))?;
        let found = py.detach(|| validate(&self.0, profile, at));
        report(py, &found)
    }

    /// Return the passport in the newest version of the data model, and the list of changes.
    fn upgrade<'py>(&self, py: Python<'py>) -> PyResult<(Self, Bound<'py, PyList>)> {
        let (passport, changes) = py.detach(|| self.0.upgrade()).or_raise(py)?;
        let class = class(py, &CHANGE, "Change")?;
        let list = PyList::empty(py);
        for change in changes {
            let removed = change.removed.as_ref();
            let removed = removed.map(|value| bridge::to_python(py, value));
            list.append(class.call1((
                change.path,
                change.to,
                change.kind.as_str(),
                change.detail,
                removed.transpose()?,
            ))?)?;
        }
        Ok((Self(passport), list))
    }

    fn __repr__(&self) -> String {
        format!("<Passport {}>", self.0.id().unwrap_or("without an id"))
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let read = py.get_type::<Self>().getattr("parse")?;
        (read, (self.to_json(py)?,)).into_pyobject(py)
    }
}
