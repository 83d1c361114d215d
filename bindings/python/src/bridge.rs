//! Python values as JSON values and back, exactly: integers stay integers, order is kept.

use batterypass::ErrorCode;
use batterypass::json::Limits;
use pyo3::exceptions::{PyOverflowError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};
use serde_json::{Map, Number, Value};

use crate::error::refuse;

/// Converts a value of `str`, `int`, `float`, `bool`, `None`, `list`, `tuple` and `dict` with text keys.
pub(crate) fn to_json(value: &Bound<'_, PyAny>) -> PyResult<Value> {
    convert(value, Limits::DEFAULT.depth)
}

fn convert(value: &Bound<'_, PyAny>, depth: usize) -> PyResult<Value> {
    if value.is_none() {
        return Ok(Value::Null);
    }
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(Value::String(text.to_str()?.to_owned()));
    }
    // Before `int`, of which `bool` is a subclass.
    if let Ok(boolean) = value.cast::<PyBool>() {
        return Ok(Value::Bool(boolean.is_true()));
    }
    if let Ok(integer) = value.cast::<PyInt>() {
        return convert_integer(integer);
    }
    if let Ok(float) = value.cast::<PyFloat>() {
        return Number::from_f64(float.value())
            .map(Value::Number)
            .ok_or_else(|| PyValueError::new_err("JSON has neither NaN nor infinity"));
    }
    let Some(depth) = depth.checked_sub(1) else {
        return Err(refuse(
            value.py(),
            ErrorCode::TooDeep,
            "",
            "nested too deep",
        ));
    };
    if let Ok(dict) = value.cast::<PyDict>() {
        let mut members = Map::new();
        for (name, member) in dict {
            let name = name
                .cast::<PyString>()
                .map_err(|_| PyTypeError::new_err("JSON member names are str"))?;
            members.insert(name.to_str()?.to_owned(), convert(&member, depth)?);
        }
        return Ok(Value::Object(members));
    }
    if let Ok(list) = value.cast::<PyList>() {
        return list.iter().map(|item| convert(&item, depth)).collect();
    }
    if let Ok(tuple) = value.cast::<PyTuple>() {
        return tuple.iter().map(|item| convert(&item, depth)).collect();
    }
    let name = value.get_type().name()?;
    Err(PyTypeError::new_err(format!("{name} is not a JSON type")))
}

fn convert_integer(integer: &Bound<'_, PyInt>) -> PyResult<Value> {
    if let Ok(value) = integer.extract::<i64>() {
        return Ok(value.into());
    }
    integer
        .extract::<u64>()
        .map(Value::from)
        .map_err(|_| PyOverflowError::new_err("integers have at most 64 bits"))
}

/// Converts a JSON value. Its reader has bounded how deep it is nested.
pub(crate) fn to_python<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    Ok(match value {
        Value::Null => py.None().into_bound(py),
        Value::Bool(boolean) => PyBool::new(py, *boolean).to_owned().into_any(),
        Value::String(text) => PyString::new(py, text).into_any(),
        Value::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (Some(value), ..) => value.into_pyobject(py)?.into_any(),
            (_, Some(value), _) => value.into_pyobject(py)?.into_any(),
            (.., value) => PyFloat::new(py, value.unwrap_or(f64::NAN)).into_any(),
        },
        Value::Array(items) => {
            let list = PyList::empty(py);
            for item in items {
                list.append(to_python(py, item)?)?;
            }
            list.into_any()
        }
        Value::Object(members) => {
            let dict = PyDict::new(py);
            for (name, member) in members {
                dict.set_item(name, to_python(py, member)?)?;
            }
            dict.into_any()
        }
    })
}
