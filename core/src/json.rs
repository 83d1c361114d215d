//! Strict reading of untrusted JSON (RFC 8259): bounded, UTF-8 only, every member once.

mod scan;

use core::cell::{Cell, RefCell};
use core::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::map::Entry;
use serde_json::{Map, Number, Value};

use crate::error::{Error, ErrorCode, Result};
use crate::prelude::*;

pub(crate) use scan::Scan;

/// Bounds on a JSON text. A text beyond them is refused before it can cost memory or stack.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// The largest text, in bytes.
    pub bytes: usize,
    /// The deepest nesting of arrays and objects. At most 100 has an effect.
    pub depth: usize,
    /// The most values in all: a short text can hold millions of them, each of which costs memory.
    pub values: usize,
}

impl Limits {
    /// 4 MiB, 64 levels and 200,000 values: hundreds of times a passport.
    pub const DEFAULT: Self = Self {
        bytes: 4 << 20,
        depth: 64,
        values: 200_000,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// Reads one JSON value under [`Limits::DEFAULT`].
///
/// Integers that fit 64 bits stay integers, all other numbers become the nearest double. Members keep
/// their order.
///
/// # Errors
/// As [`parse_with`].
pub fn parse(text: &[u8]) -> Result<Value> {
    parse_with(text, &Limits::DEFAULT)
}

/// Reads one JSON value under the given limits.
///
/// # Errors
/// `too_large`, `too_deep`, `too_many_values`; `wrong_encoding` for anything but UTF-8 without a byte order mark, with the
/// encoding in the detail where it can be told; `duplicate_key` and `malformed_json` with the path of
/// the member.
pub fn parse_with(text: &[u8], limits: &Limits) -> Result<Value> {
    if text.len() > limits.bytes {
        return Err(Error::new(ErrorCode::TooLarge).because(format!(
            "{} bytes, the limit is {}",
            text.len(),
            limits.bytes
        )));
    }
    let text = utf8(text)?;
    let state = State {
        left: Cell::new(limits.values),
        ..State::default()
    };
    let mut json = serde_json::Deserializer::from_str(text);
    let seed = Strict {
        state: &state,
        depth: limits.depth,
    };
    seed.deserialize(&mut json)
        .and_then(|value| json.end().map(|()| value))
        .map_err(|error| state.into_error(&error))
}

/// Reads a type straight from text, under the bounds of [`parse`] but that on depth, which the caller has
/// to check. `None` says that there is something to refuse, and not what.
pub(crate) fn read<'de, T: Deserialize<'de>>(text: &'de [u8]) -> Option<T> {
    // A value takes a byte at least.
    if text.len() > Limits::DEFAULT.values.min(Limits::DEFAULT.bytes) {
        return None;
    }
    let mut json = serde_json::Deserializer::from_str(utf8(text).ok()?);
    let value = T::deserialize(&mut json).ok()?;
    json.end().ok().map(|()| value)
}

/// Reads one value through serde, where each member of an object stands once. Depth and number are the
/// reader's affair.
pub(crate) fn read_strictly<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
    let state = State {
        left: Cell::new(usize::MAX),
        ..State::default()
    };
    let strict = Strict {
        state: &state,
        depth: usize::MAX,
    };
    strict.deserialize(deserializer)
}

/// Appends one reference token (RFC 6901 section 3) to a JSON Pointer.
pub(crate) fn push_token(pointer: &mut String, token: &str) {
    pointer.push('/');
    for c in token.chars() {
        match c {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            c => pointer.push(c),
        }
    }
}

fn utf8(bytes: &[u8]) -> Result<&str> {
    let named = match bytes {
        [0xEF, 0xBB, 0xBF, ..] => Some("UTF-8 with a byte order mark; remove its three bytes"),
        [0xFF, 0xFE, 0, 0, ..] | [_, 0, 0, 0, ..] => Some("UTF-32, little endian"),
        [0, 0, 0xFE, 0xFF, ..] | [0, 0, 0, _, ..] => Some("UTF-32, big endian"),
        // JSON starts with two ASCII characters, so a zero byte beside one tells UTF-16 without a mark.
        [0xFF, 0xFE, ..] | [_, 0, ..] => Some("UTF-16, little endian"),
        [0xFE, 0xFF, ..] | [0, _, ..] => Some("UTF-16, big endian"),
        _ => None,
    };
    if let Some(name) = named {
        return Err(Error::new(ErrorCode::WrongEncoding).because(format!("the input is {name}")));
    }
    core::str::from_utf8(bytes).map_err(|error| {
        Error::new(ErrorCode::WrongEncoding)
            .because(format!("not UTF-8 at byte {}", error.valid_up_to()))
    })
}

/// What a refusal needs beyond serde's message: its own code, and the path, innermost token first.
#[derive(Default)]
struct State {
    code: RefCell<Option<ErrorCode>>,
    tokens: RefCell<Vec<String>>,
    /// How many more values may come.
    left: Cell<usize>,
}

impl State {
    fn refuse<E: serde::de::Error>(&self, code: ErrorCode) -> E {
        self.code.replace(Some(code));
        E::custom("")
    }

    /// Adds the token on the way out, so that a text without faults pays nothing for paths.
    fn within<T, E>(&self, result: Result<T, E>, token: impl FnOnce() -> String) -> Result<T, E> {
        if result.is_err() {
            self.tokens.borrow_mut().push(token());
        }
        result
    }

    fn into_error(self, error: &serde_json::Error) -> Error {
        let mut path = String::new();
        for token in self.tokens.into_inner().iter().rev() {
            push_token(&mut path, token);
        }
        match self.code.into_inner() {
            Some(code) => Error::new(code).at(path),
            None if error.is_eof() => Error::new(ErrorCode::Truncated).at(path),
            None => Error::new(ErrorCode::MalformedJson)
                .at(path)
                .because(error.to_string()),
        }
    }
}

struct Strict<'s> {
    state: &'s State,
    depth: usize,
}

impl<'s> Strict<'s> {
    fn deeper<E: serde::de::Error>(&self) -> Result<Strict<'s>, E> {
        let depth = self
            .depth
            .checked_sub(1)
            .ok_or_else(|| self.state.refuse(ErrorCode::TooDeep))?;
        Ok(Strict {
            state: self.state,
            depth,
        })
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        match self.state.left.get().checked_sub(1) {
            Some(left) => self.state.left.set(left),
            None => return Err(self.state.refuse(ErrorCode::TooManyValues)),
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.into()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        loop {
            let next = items.next_element_seed(self.deeper()?);
            match self.state.within(next, || array.len().to_string())? {
                Some(item) => array.push(item),
                None => return Ok(Value::Array(array)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let inner = self.deeper::<A::Error>()?;
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            match object.entry(name) {
                Entry::Occupied(entry) => {
                    let refusal = Err(self.state.refuse(ErrorCode::DuplicateKey));
                    return self.state.within(refusal, || entry.key().clone());
                }
                Entry::Vacant(entry) => {
                    let seed = Strict {
                        state: inner.state,
                        depth: inner.depth,
                    };
                    let value = members.next_value_seed(seed);
                    let value = self.state.within(value, || entry.key().clone())?;
                    entry.insert(value);
                }
            }
        }
        Ok(disguised_number(&object).unwrap_or(Value::Object(object)))
    }
}

/// What `serde_json` hands over for a number that is no integer when some crate of the program turns on its
/// feature `arbitrary_precision`, which then holds for all crates: a map with this one member.
const NUMBER: &str = "$serde_json::private::Number";

/// The number that a map stands for; nothing where the map is what the text says.
fn disguised_number(object: &Map<String, Value>) -> Option<Value> {
    let text = object.get(NUMBER).filter(|_| object.len() == 1)?.as_str()?;
    // Without the feature the text says it literally: no spelling of a number is kept then.
    let spelling = serde_json::from_str::<Number>("1e0").ok()?.to_string();
    let number = Number::from_f64(text.parse().ok()?)?;
    (spelling != "1.0").then_some(Value::Number(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: impl AsRef<[u8]>) -> (ErrorCode, String) {
        let error = parse(text.as_ref()).expect_err("must be refused");
        (error.code(), error.path().into())
    }

    #[test]
    fn members_keep_order_and_integers_stay_integers() {
        let text = r#"{"z":18446744073709551615,"a":[-9223372036854775808,1.5,null,true,"é"]}"#;
        assert_eq!(parse(text.as_bytes()).expect("valid").to_string(), text);
    }

    #[test]
    fn duplicates_are_refused_with_their_path() {
        let text = r#"{"a":[{"b":1},{"c/d":{"e":1,"e":1}}]}"#;
        let expected = (ErrorCode::DuplicateKey, "/a/1/c~1d/e".into());
        assert_eq!(refusal(text), expected);
        // The same name written with an escape is the same name.
        assert_eq!(refusal(r#"{"a":1,"\u0061":2}"#).0, ErrorCode::DuplicateKey);
    }

    #[test]
    fn depth_is_bounded_exactly() {
        let nested = |n: usize| ["[".repeat(n), "]".repeat(n)].concat();
        assert!(parse(nested(64).as_bytes()).is_ok());
        assert_eq!(refusal(nested(65)).0, ErrorCode::TooDeep);
        assert_eq!(refusal("[".repeat(100_000)).0, ErrorCode::TooDeep);
    }

    #[test]
    fn size_is_bounded_exactly() {
        let limits = Limits {
            bytes: 4,
            ..Limits::DEFAULT
        };
        assert!(parse_with(b"1234", &limits).is_ok());
        let error = parse_with(b"12345", &limits).expect_err("too large");
        assert_eq!(error.code(), ErrorCode::TooLarge);
    }

    #[test]
    fn the_number_of_values_is_bounded_exactly() {
        let limits = Limits {
            values: 4,
            ..Limits::DEFAULT
        };
        assert!(parse_with(b"[1,{\"a\":2}]", &limits).is_ok());
        let error = parse_with(b"[1,{\"a\":2},3]", &limits).expect_err("too many");
        assert_eq!(
            (error.code(), error.path()),
            (ErrorCode::TooManyValues, "/2")
        );
    }

    #[test]
    fn other_encodings_are_named() {
        let units: Vec<u16> = r#"{"a":1}"#.encode_utf16().collect();
        let le: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let be: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
        let marked = [&[0xFF, 0xFE], le.as_slice()].concat();
        for (bytes, name) in [
            (le, "UTF-16, little endian"),
            (be, "UTF-16, big endian"),
            (marked, "UTF-16, little endian"),
            (b"\xEF\xBB\xBF{}".to_vec(), "byte order mark"),
            (b"{\0\0\0}\0\0\0".to_vec(), "UTF-32, little endian"),
            (b"\"\xE9\"".to_vec(), "not UTF-8 at byte 1"),
        ] {
            let error = parse(&bytes).expect_err("must be refused");
            assert_eq!(error.code(), ErrorCode::WrongEncoding);
            assert!(error.to_string().contains(name), "{error}");
        }
    }

    #[test]
    fn broken_texts_are_refused() {
        use ErrorCode::{MalformedJson, Truncated};
        for (text, code, path) in [
            ("", Truncated, ""),
            ("{\"a\":{\"b\":[1,", Truncated, "/a/b/1"),
            ("{\"a\":[1,2,x]}", MalformedJson, "/a/2"),
            ("{} {}", MalformedJson, ""),
            ("[1,]", MalformedJson, "/1"),
            ("NaN", MalformedJson, ""),
            ("1e999", MalformedJson, ""),
            ("01", MalformedJson, ""),
            ("\"\\ud800\"", MalformedJson, ""),
            ("\"\n\"", MalformedJson, ""),
        ] {
            assert_eq!(refusal(text), (code, path.into()), "{text}");
        }
    }
}
