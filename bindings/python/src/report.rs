//! Findings and the report of a validation.

use batterypass::report::Finding;
use batterypass::validate;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;

use crate::error::class;

static FINDING: PyOnceLock<Py<PyType>> = PyOnceLock::new();
static REPORT: PyOnceLock<Py<PyType>> = PyOnceLock::new();

/// Converts findings to `batterypass.Finding`.
pub(crate) fn findings<'py>(
    py: Python<'py>,
    found: &[Finding],
) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let finding = class(py, &FINDING, "Finding")?;
    found
        .iter()
        .map(|f| {
            let code = f.code.as_str();
            finding.call1((code, f.severity.as_str(), &f.path, &f.detail, f.reference))
        })
        .collect()
}

/// Converts the report of a validation to `batterypass.Report`.
pub(crate) fn report<'py>(
    py: Python<'py>,
    report: &validate::Report,
) -> PyResult<Bound<'py, PyAny>> {
    of(py, report.ok, &report.findings)
}

/// Makes a `batterypass.Report`.
pub(crate) fn of<'py>(py: Python<'py>, ok: bool, found: &[Finding]) -> PyResult<Bound<'py, PyAny>> {
    class(py, &REPORT, "Report")?.call1((ok, findings(py, found)?))
}
