//! Python values as JSON values and back, exactly: integers stay integers, order is kept.

use core::fmt;

use batterypass::ErrorCode;
use batterypass::json::Limits;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::error::raise_as;

/// Converts a value of `str`, `int`, `float`, `bool`, `None`, `list`, `tuple` and `dict` with text keys.
///
/// Numbers read as they would in JSON text. What JSON cannot hold is refused as `DecodeError`, which is
/// a `ValueError`, `TypeError` or `OverflowError` too, with its code and its place.
pub(crate) fn to_json(value: &Bound<'_, PyAny>) -> PyResult<Value> {
    convert(value, Limits::DEFAULT.depth).map_err(|refusal| refusal.raise(value.py()))
}

/// Why a value is no JSON. The path grows on the way out, so that a value without faults pays nothing.
struct Refusal {
    code: ErrorCode,
    class: &'static str,
    detail: String,
    path: Vec<String>,
}

impl Refusal {
    fn new(code: ErrorCode, class: &'static str, detail: &str) -> Box<Self> {
        Box::new(Self {
            code,
            class,
            detail: detail.into(),
            path: Vec::new(),
        })
    }

    fn raise(&self, py: Python<'_>) -> PyErr {
        let mut path = String::new();
        for token in self.path.iter().rev() {
            path.push('/');
            path.push_str(&token.replace('~', "~0").replace('/', "~1"));
        }
        raise_as(py, self.class, self.code, &path, &self.detail)
    }
}

trait Within<T> {
    fn within(self, token: impl FnOnce() -> String) -> Result<T, Box<Refusal>>;
}

impl<T> Within<T> for Result<T, Box<Refusal>> {
    fn within(mut self, token: impl FnOnce() -> String) -> Self {
        if let Err(refusal) = &mut self {
            refusal.path.push(token());
        }
        self
    }
}

const DECODE: &str = "DecodeError";
const VALUE: &str = "JsonValueError";
const TYPE: &str = "JsonTypeError";
const OVERFLOW: &str = "JsonOverflowError";

fn convert(value: &Bound<'_, PyAny>, depth: usize) -> Result<Value, Box<Refusal>> {
    use ErrorCode::{MalformedJson, TooDeep, WrongType};
    if value.is_none() {
        return Ok(Value::Null);
    }
    if let Ok(text) = value.cast::<PyString>() {
        return convert_text(text).map(Value::String);
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
            .ok_or_else(|| {
                Refusal::new(MalformedJson, VALUE, "JSON has neither NaN nor infinity")
            });
    }
    let Some(depth) = depth.checked_sub(1) else {
        return Err(Refusal::new(TooDeep, DECODE, "nested too deep"));
    };
    if let Ok(dict) = value.cast::<PyDict>() {
        let mut members = Map::new();
        for (name, member) in dict {
            let name = name
                .cast::<PyString>()
                .map_err(|_| Refusal::new(WrongType, TYPE, "JSON member names are str"))?;
            let name = convert_text(name)?;
            let member = convert(&member, depth).within(|| name.clone())?;
            members.insert(name, member);
        }
        return Ok(Value::Object(members));
    }
    if let Ok(list) = value.cast::<PyList>() {
        return convert_items(list.iter(), depth);
    }
    if let Ok(tuple) = value.cast::<PyTuple>() {
        return convert_items(tuple.iter(), depth);
    }
    let name = value.get_type().name().map(|name| name.to_string());
    let name = name.unwrap_or_else(|_| "this".into());
    let detail = format!("{name} is not a JSON type");
    Err(Refusal::new(WrongType, TYPE, &detail))
}

fn convert_items<'py>(
    items: impl Iterator<Item = Bound<'py, PyAny>>,
    depth: usize,
) -> Result<Value, Box<Refusal>> {
    items
        .enumerate()
        .map(|(index, item)| convert(&item, depth).within(|| index.to_string()))
        .collect()
}

fn convert_text(text: &Bound<'_, PyString>) -> Result<String, Box<Refusal>> {
    text.to_str().map(str::to_owned).map_err(|_| {
        Refusal::new(
            ErrorCode::MalformedJson,
            VALUE,
            "a text has a lone surrogate",
        )
    })
}

fn convert_integer(integer: &Bound<'_, PyInt>) -> Result<Value, Box<Refusal>> {
    if let Ok(value) = integer.extract::<i64>() {
        return Ok(value.into());
    }
    if let Ok(value) = integer.extract::<u64>() {
        return Ok(value.into());
    }
    // As in text: the nearest number of 64 bits that there is.
    let float = integer.call_method0("__float__");
    let float = float.and_then(|float| float.extract::<f64>());
    let number = float.ok().and_then(Number::from_f64);
    number
        .map(Value::Number)
        .ok_or_else(|| Refusal::new(ErrorCode::MalformedJson, OVERFLOW, "number out of range"))
}

/// Converts JSON text that the core has checked, as [`to_python`] converts its values.
pub(crate) fn read<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    let read = Reader(py).deserialize(&mut serde_json::Deserializer::from_str(text));
    read.map_err(|error| PyValueError::new_err(error.to_string()))
}

/// Makes Python values while serde_json reads.
#[derive(Clone, Copy)]
struct Reader<'py>(Python<'py>);

impl<'de, 'py> DeserializeSeed<'de> for Reader<'py> {
    type Value = Bound<'py, PyAny>;

    fn deserialize<D: Deserializer<'de>>(self, text: D) -> Result<Self::Value, D::Error> {
        text.deserialize_any(self)
    }
}

impl<'de, 'py> Visitor<'de> for Reader<'py> {
    type Value = Bound<'py, PyAny>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(self.0.None().into_bound(self.0))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(PyBool::new(self.0, value).to_owned().into_any())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        let Ok(value) = value.into_pyobject(self.0);
        Ok(value.into_any())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        let Ok(value) = value.into_pyobject(self.0);
        Ok(value.into_any())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(PyFloat::new(self.0, value).into_any())
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok(PyString::new(self.0, value).into_any())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let list = PyList::empty(self.0);
        while let Some(item) = items.next_element_seed(self)? {
            list.append(item).map_err(A::Error::custom)?;
        }
        Ok(list.into_any())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let dict = PyDict::new(self.0);
        while let Some((name, member)) = members.next_entry_seed(self, self)? {
            dict.set_item(name, member).map_err(A::Error::custom)?;
        }
        Ok(dict.into_any())
    }
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
