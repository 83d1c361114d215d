//! Arguments that have more than one Python type.

use std::time::{SystemTime, UNIX_EPOCH};

use batterypass::ErrorCode;
use batterypass::time::Timestamp;
use pyo3::buffer::PyBuffer;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};

use crate::error::{OrRaise, refuse};

/// A copy of `bytes`, `bytearray` or `memoryview`. Copied, because another thread could change the
/// original while the GIL is released.
pub(crate) struct Data(pub(crate) Vec<u8>);

impl<'a, 'py> FromPyObject<'a, 'py> for Data {
    type Error = PyErr;

    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(bytes) = value.cast::<PyBytes>() {
            return Ok(Self(bytes.as_bytes().to_vec()));
        }
        PyBuffer::<u8>::get(&value)
            .and_then(|buffer| buffer.to_vec(value.py()))
            .map(Self)
            .map_err(|_| PyTypeError::new_err("expected bytes, bytearray or memoryview of bytes"))
    }
}

/// A point in time: an RFC 3339 text or an aware `datetime`.
pub(crate) struct Time(pub(crate) Timestamp);

impl<'a, 'py> FromPyObject<'a, 'py> for Time {
    type Error = PyErr;

    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        const DETAIL: &str = "expected an RFC 3339 time, or a datetime with a time zone";
        let py = value.py();
        let text = match value.cast::<PyString>() {
            Ok(text) => text.to_owned(),
            Err(_) => {
                let datetime = py.import("datetime")?.getattr("datetime")?;
                if !value.is_instance(&datetime)? {
                    return Err(PyTypeError::new_err("expected str or datetime"));
                }
                value.call_method0("isoformat")?.cast_into()?
            }
        };
        let time = text.to_str()?.parse();
        time.map(Self)
            .map_err(|_| refuse(py, ErrorCode::InvalidArgument, "", DETAIL))
    }
}

/// A point in time as [`Time`], or the first instant of a day, `2027-02-18`.
pub(crate) struct DayOrTime(pub(crate) Timestamp);

impl<'a, 'py> FromPyObject<'a, 'py> for DayOrTime {
    type Error = PyErr;

    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        let day = match value.cast::<PyString>() {
            Ok(text) => Timestamp::from_day(text.to_str()?).ok(),
            Err(_) => None,
        };
        match day {
            Some(day) => Ok(Self(day)),
            None => value.extract::<Time>().map(|time| Self(time.0)),
        }
    }
}

/// Reads the system clock, the default where a time is asked for.
pub(crate) fn now(py: Python<'_>) -> PyResult<Timestamp> {
    let seconds = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |elapsed| elapsed.as_secs());
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
    Timestamp::from_unix(seconds).or_raise(py)
}
