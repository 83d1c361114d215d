//! `Passport`.

use batterypass::access::Reader;
use batterypass::en18223::{self, Representation};
use batterypass::json;
use batterypass::validate::{Profile, validate};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyList, PyString, PyTuple, PyType};

use crate::arguments::{Data, DayOrTime, now};
use crate::bridge;
use crate::error::{OrRaise, class};
use crate::report::report;

type Core = batterypass::passport::Passport;

static NOT_CARRIED: PyOnceLock<Py<PyType>> = PyOnceLock::new();
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

    /// Read a passport in either representation of EN 18223. Return also what of the document's
    /// elements a passport has no place for.
    #[staticmethod]
    fn from_en18223<'py>(document: &Bound<'py, PyAny>) -> PyResult<(Self, Bound<'py, PyList>)> {
        let py = document.py();
        let value = if let Ok(text) = document.cast::<PyString>() {
            let text = text.to_str()?.to_owned();
            py.detach(|| json::parse(text.as_bytes())).or_raise(py)?
        } else if let Ok(Data(text)) = document.extract() {
            py.detach(|| json::parse(&text)).or_raise(py)?
        } else {
            bridge::to_json(document)?
        };
        let (passport, lost) = py.detach(|| en18223::import(value)).or_raise(py)?;
        let class = class(py, &NOT_CARRIED, "NotCarried")?;
        let list = PyList::empty(py);
        for one in lost {
            list.append(class.call1((one.path, bridge::to_python(py, &one.value)?))?)?;
        }
        Ok((Self(passport), list))
    }

    /// Return the passport in a representation of EN 18223: "compressed" or "full".
    #[pyo3(signature = (representation = "compressed"))]
    fn to_en18223<'py>(
        &self,
        py: Python<'py>,
        representation: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        let representation: Representation = representation.parse().or_raise(py)?;
        let document = py.detach(|| en18223::export(&self.0, representation));
        bridge::to_python(py, &document.or_raise(py)?)
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
    /// With "legitimate_interest", a purpose narrows it to what serves the purpose.
    #[pyo3(signature = (audience, *, purpose = None))]
    fn view<'py>(
        &self,
        py: Python<'py>,
        audience: &str,
        purpose: Option<&str>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let reader = Reader::named(audience, purpose).or_raise(py)?;
        let value = py.detach(|| self.0.view_as(reader)).or_raise(py)?;
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
