//! Device records. The class `Record` is a dataclass of `batterypass.types`.

use batterypass::cose::Sign1;
use batterypass::record::{self, MAX_LEN, MAX_SIGNED_LEN, TimeQuality};
use batterypass::{ErrorCode, Thumbprint, model};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDict, PyType};
use serde_json::Value;

use crate::arguments::Data;
use crate::bridge;
use crate::error::{OrRaise, class, refuse};
use crate::key::{PublicKey, SigningKey};

static RECORD: PyOnceLock<Py<PyType>> = PyOnceLock::new();
const QUALITIES: [TimeQuality; 3] = [
    TimeQuality::Unset,
    TimeQuality::Gateway,
    TimeQuality::Synchronised,
];

/// Encode the fields of a record.
#[pyfunction]
pub(crate) fn encode_record<'py>(
    py: Python<'py>,
    record: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyBytes>> {
    let record = to_core(record)?;
    let mut out = [0; MAX_LEN];
    Ok(PyBytes::new(py, record.encode(&mut out).or_raise(py)?))
}

/// Decode a record.
#[pyfunction]
pub(crate) fn decode_record<'py>(py: Python<'py>, data: Data) -> PyResult<Bound<'py, PyAny>> {
    to_class(py, &record::Record::decode(&data.0).or_raise(py)?)
}

/// Sign a record as the device of a passport: COSE_Sign1.
#[pyfunction]
#[pyo3(signature = (record, key, *, passport_id))]
pub(crate) fn sign_record<'py>(
    py: Python<'py>,
    record: &Bound<'py, PyAny>,
    key: &Bound<'py, SigningKey>,
    passport_id: &str,
) -> PyResult<Bound<'py, PyBytes>> {
    let record = to_core(record)?;
    let key = &key.get().0;
    let mut out = [0; MAX_SIGNED_LEN];
    let signed = py
        .detach(|| record::sign(&record, passport_id, key, &mut out))
        .or_raise(py)?;
    Ok(PyBytes::new(py, signed))
}

/// Verify a signed record against the device's registered key and return it.
#[pyfunction]
#[pyo3(signature = (data, public_key, *, passport_id))]
pub(crate) fn verify_record<'py>(
    py: Python<'py>,
    data: Data,
    public_key: PublicKey,
    passport_id: &str,
) -> PyResult<Bound<'py, PyAny>> {
    let verified = py
        .detach(|| record::verify(&data.0, passport_id, &public_key.0))
        .or_raise(py)?;
    to_class(py, &verified)
}

/// Return the thumbprint of the key that a signed record names. Not verified.
#[pyfunction]
pub(crate) fn signed_record_kid(py: Python<'_>, data: Data) -> PyResult<String> {
    let message = Sign1::decode(&data.0).or_raise(py)?;
    message
        .kid()
        .and_then(|kid| kid.try_into().ok())
        .map(|kid| Thumbprint(kid).to_string())
        .ok_or_else(|| {
            refuse(
                py,
                ErrorCode::KeyMismatch,
                "",
                "no key thumbprint in the header",
            )
        })
}

pub(crate) fn to_core(record: &Bound<'_, PyAny>) -> PyResult<record::Record> {
    let py = record.py();
    let fields = record.call_method0("to_dict")?;
    let mut fields = bridge::to_json(&fields)?;
    // The enumeration is a number in Python and a word in serde's form.
    let quality = fields["time_quality"]
        .as_u64()
        .and_then(|number| QUALITIES.get(usize::try_from(number).ok()?))
        .ok_or_else(|| {
            refuse(
                py,
                ErrorCode::OutOfRange,
                "/time_quality",
                "expected 0, 1 or 2",
            )
        })?;
    fields["time_quality"] = format!("{quality:?}").into();
    model::from_value(fields).or_raise(py)
}

fn to_class<'py>(py: Python<'py>, record: &record::Record) -> PyResult<Bound<'py, PyAny>> {
    let fields = PyDict::new(py);
    let value = serde_json::to_value(record).unwrap_or(Value::Null);
    for (name, field) in value.as_object().into_iter().flatten() {
        fields.set_item(name, bridge::to_python(py, field)?)?;
    }
    fields.set_item("time_quality", record.time_quality as u8)?;
    class(py, &RECORD, "Record")?.call((), Some(&fields))
}
