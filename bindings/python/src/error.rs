//! Errors of the core as the classes of `batterypass.errors`.

use batterypass::{Category, Error, ErrorCode};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;

static ERROR: PyOnceLock<Py<PyType>> = PyOnceLock::new();

/// Raises an error of the core as the class of its category.
pub(crate) fn raise(py: Python<'_>, error: &Error) -> PyErr {
    let name = match error.code().category() {
        Category::Decode => "DecodeError",
        Category::Verify => "VerifyError",
        Category::Validation => "ValidationError",
        Category::Encryption => "EncryptionError",
        _ => "BatteryPassError",
    };
    raise_with(py, name, error)
}

/// Raises a refusal as a class of `batterypass.errors` by its name.
pub(crate) fn raise_as(
    py: Python<'_>,
    class: &str,
    code: ErrorCode,
    path: &str,
    detail: &str,
) -> PyErr {
    raise_with(py, class, &Error::new(code).at(path).because(detail))
}

fn raise_with(py: Python<'_>, name: &str, error: &Error) -> PyErr {
    let arguments = (error.code().as_str(), error.path(), error.to_string());
    let raised = py
        .import("batterypass.errors")
        .and_then(|module| module.getattr(name))
        .and_then(|class| class.call1(arguments));
    match raised {
        Ok(value) => PyErr::from_value(value),
        Err(error) => error,
    }
}

/// Turns a raised `BatteryPassError` back into an error of the core. `None` for all others.
pub(crate) fn unraise(py: Python<'_>, raised: &PyErr) -> Option<Error> {
    let value = raised.value(py);
    let base = ERROR
        .import(py, "batterypass.errors", "BatteryPassError")
        .ok()?;
    if !value.is_instance(base).ok()? {
        return None;
    }
    let text = |name: &str| value.getattr(name).ok()?.extract::<String>().ok();
    let code = text("code")?;
    let code = ErrorCode::ALL.iter().find(|known| known.as_str() == code)?;
    let error = Error::new(*code).at(text("path")?);
    Some(error.because(text("detail")?))
}

/// Raises a refusal of an argument, in the form that the core's own refusals have.
pub(crate) fn refuse(py: Python<'_>, code: ErrorCode, path: &str, detail: &str) -> PyErr {
    raise(py, &Error::new(code).at(path).because(detail))
}

/// Converts the core's results at the end of a binding function.
pub(crate) trait OrRaise<T> {
    /// Turns the core's error into a Python exception.
    fn or_raise(self, py: Python<'_>) -> PyResult<T>;
}

impl<T> OrRaise<T> for batterypass::Result<T> {
    fn or_raise(self, py: Python<'_>) -> PyResult<T> {
        self.map_err(|error| raise(py, &error))
    }
}

/// Returns a class of `batterypass.types`, imported once.
pub(crate) fn class<'py>(
    py: Python<'py>,
    cell: &PyOnceLock<Py<PyType>>,
    name: &str,
) -> PyResult<Bound<'py, PyType>> {
    cell.import(py, "batterypass.types", name).cloned()
}
