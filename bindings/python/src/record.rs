//! Device records. The class `Record` is a dataclass of `batterypass.types`.

use batterypass::cose::Sign1;
use batterypass::model::performance::{BatteryCondition, BatteryTechnicalProperties};
use batterypass::passport::Passport;
use batterypass::record::plausibility::{self, Options, Rates};
use batterypass::record::{self, MAX_LEN, MAX_SIGNED_LEN, TimeQuality};
use batterypass::{ErrorCode, Thumbprint, model};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDict, PyType};
use serde_json::{Map, Value};

use crate::arguments::{Data, Time, now};
use crate::bridge;
use crate::error::{OrRaise, class, refuse};
use crate::key::{PublicKey, SigningKey};
use crate::report;

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

/// Check a record by the rules of plausibility, by itself and against the record before.
#[pyfunction]
#[pyo3(signature = (record, previous = None, *, received_at = None, max_current_ma = None, max_power_w = None))]
pub(crate) fn check_record<'py>(
    record: &Bound<'py, PyAny>,
    previous: Option<&Bound<'py, PyAny>>,
    received_at: Option<Time>,
    max_current_ma: Option<u32>,
    max_power_w: Option<u32>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = record.py();
    let rates = match (max_current_ma, max_power_w) {
        (None, None) => None,
        (current, power) => Some(Rates {
            max_current_ma: current.unwrap_or(u32::MAX),
            max_power_w: power.unwrap_or(u32::MAX),
        }),
    };
    let options = Options {
        received_at: received_at.map(|time| time.0),
        rates,
    };
    let previous = previous.map(to_core).transpose()?;
    let found = plausibility::check(&to_core(record)?, previous.as_ref(), &options);
    report::of(py, found.ok(), &found.findings())
}

/// Convert a record to the condition of a passport.
#[pyfunction]
#[pyo3(signature = (record, *, received_at = None, ratings = None))]
pub(crate) fn record_to_condition<'py>(
    record: &Bound<'py, PyAny>,
    received_at: Option<Time>,
    ratings: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = record.py();
    let ratings = ratings.map(technical_properties).transpose()?;
    let condition = to_core(record)?.to_condition(ratings.as_ref(), received(py, received_at)?);
    bridge::to_python(py, &serde_json::to_value(condition).unwrap_or(Value::Null))
}

/// Convert the condition of a passport to a record.
#[pyfunction]
#[pyo3(signature = (condition, *, ratings = None))]
pub(crate) fn record_from_condition<'py>(
    condition: &Bound<'py, PyAny>,
    ratings: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = condition.py();
    let ratings = ratings.map(technical_properties).transpose()?;
    let condition: BatteryCondition =
        model::from_value(bridge::to_json(condition)?).or_raise(py)?;
    let record = record::Record::from_condition(&condition, ratings.as_ref()).or_raise(py)?;
    to_class(py, &record)
}

/// Put what a record reports into a passport document; return it as a new dict.
#[pyfunction]
#[pyo3(signature = (record, document, *, received_at = None))]
pub(crate) fn apply_record<'py>(
    record: &Bound<'py, PyAny>,
    document: &Bound<'py, PyDict>,
    received_at: Option<Time>,
) -> PyResult<Bound<'py, PyDict>> {
    let py = record.py();
    // Only what the record can change is converted.
    let mut members = Map::new();
    for name in ["lastUpdate", "performanceAndDurability"] {
        if let Some(member) = document.get_item(name)? {
            let member = bridge::to_json(&member)?;
            members.insert(name.into(), member);
        }
    }
    let mut passport = Passport::from_value(Value::Object(members)).or_raise(py)?;
    to_core(record)?.apply(&mut passport, received(py, received_at)?);
    let changed = document.copy()?;
    let value = passport.to_value().or_raise(py)?;
    for (name, member) in value.as_object().into_iter().flatten() {
        changed.set_item(name, bridge::to_python(py, member)?)?;
    }
    Ok(changed)
}

fn received(py: Python<'_>, time: Option<Time>) -> PyResult<batterypass::time::Timestamp> {
    time.map_or_else(|| now(py), |time| Ok(time.0))
}

fn technical_properties(ratings: &Bound<'_, PyAny>) -> PyResult<BatteryTechnicalProperties> {
    model::from_value(bridge::to_json(ratings)?).or_raise(ratings.py())
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
