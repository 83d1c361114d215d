//! The claims of a report, converted when Python first reads them.

use batterypass::credential;
use pyo3::prelude::*;

use crate::bridge;

/// Claims of a report that nobody has read yet.
#[pyclass(frozen, module = "batterypass._batterypass")]
pub(crate) struct Claims(pub(crate) credential::Claims);

#[pymethods]
impl Claims {
    /// Convert them.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        match self.0.text() {
            Some(text) => bridge::read(py, text),
            None => bridge::to_python(py, &self.0),
        }
    }
}
