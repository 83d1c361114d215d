//! `PassportLink` and the pictures of it.

use batterypass::link::{PassportLink as Core, Target, is_valid_id};
use batterypass::{ErrorCode, qr};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple};

use crate::error::{OrRaise, refuse};
use crate::key::PublicKey;

/// A link to a passport, as on a battery's label.
#[pyclass(frozen, eq, str = "{0}", module = "batterypass")]
#[derive(PartialEq)]
pub(crate) struct PassportLink(Core);

/// The battery's key as a link names it.
#[derive(FromPyObject)]
pub(crate) enum KeyName {
    Key(PublicKey),
    Thumbprint(String),
}

#[pymethods]
impl PassportLink {
    /// Read a link.
    #[staticmethod]
    fn parse(py: Python<'_>, text: &str) -> PyResult<Self> {
        text.parse().map(Self).or_raise(py)
    }

    /// Make a link: a GS1 Digital Link of `gtin` and `serial`, or one by `passport_id`.
    #[staticmethod]
    #[pyo3(signature = (base, *, gtin = None, serial = None, passport_id = None, key = None))]
    fn build(
        py: Python<'_>,
        base: &str,
        gtin: Option<&str>,
        serial: Option<&str>,
        passport_id: Option<&str>,
        key: Option<KeyName>,
    ) -> PyResult<Self> {
        let key = match key {
            Some(KeyName::Key(key)) => Some(key.0.thumbprint()),
            Some(KeyName::Thumbprint(text)) => Some(text.parse().or_raise(py)?),
            None => None,
        };
        let link = match (gtin, serial, passport_id) {
            (Some(gtin), Some(serial), None) => Core::to_item(base, gtin, serial, key),
            (None, None, Some(id)) => Core::to_passport(base, id, key),
            _ => {
                let detail = "give gtin and serial, or passport_id";
                return Err(refuse(py, ErrorCode::InvalidArgument, "", detail));
            }
        };
        link.map(Self).or_raise(py)
    }

    /// Scheme, host, port and leading path.
    #[getter]
    fn base(&self) -> &str {
        self.0.base()
    }

    /// The GTIN as 14 digits.
    #[getter]
    fn gtin(&self) -> Option<String> {
        match self.0.target() {
            Target::Item { gtin, .. } => Some(gtin.to_string()),
            Target::Passport { .. } => None,
        }
    }

    /// The serial number.
    #[getter]
    fn serial(&self) -> Option<&str> {
        match self.0.target() {
            Target::Item { serial, .. } => Some(serial),
            Target::Passport { .. } => None,
        }
    }

    /// The passport id.
    #[getter]
    fn passport_id(&self) -> Option<&str> {
        match self.0.target() {
            Target::Item { .. } => None,
            Target::Passport { id } => Some(id),
        }
    }

    /// The thumbprint of the battery's key.
    #[getter]
    fn key(&self) -> Option<String> {
        self.0.key().map(ToString::to_string)
    }

    fn __repr__(&self) -> String {
        format!("<PassportLink {}>", self.0)
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        self.0.to_string().into_pyobject(py)?.hash()
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let read = py.get_type::<Self>().getattr("parse")?;
        (read, (self.0.to_string(),)).into_pyobject(py)
    }
}

/// Tell whether a text can be a passport id: 1 to 128 characters of visible ASCII.
#[pyfunction]
pub(crate) fn is_valid_passport_id(text: &str) -> bool {
    is_valid_id(text)
}

/// Draw a text as a QR code in SVG.
#[pyfunction]
pub(crate) fn qr_svg(py: Python<'_>, text: &str) -> PyResult<String> {
    py.detach(|| qr::svg(text)).or_raise(py)
}

/// Draw a text as a QR code in PNG, `scale` pixels per module.
#[pyfunction]
#[pyo3(signature = (text, *, scale = 8))]
pub(crate) fn qr_png<'py>(
    py: Python<'py>,
    text: &str,
    scale: usize,
) -> PyResult<Bound<'py, PyBytes>> {
    let png = py.detach(|| qr::png(text, scale)).or_raise(py)?;
    Ok(PyBytes::new(py, &png))
}

/// Draw a text as a QR code for a terminal.
#[pyfunction]
pub(crate) fn qr_text(py: Python<'_>, text: &str) -> PyResult<String> {
    py.detach(|| qr::text(text)).or_raise(py)
}
