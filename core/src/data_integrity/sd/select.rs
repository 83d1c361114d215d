//! The part of a document that JSON Pointers select (VC-DI-ECDSA 1.0 section 3.4.13): the members named,
//! and of each object on the way its id, types and contexts.

use alloc::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::error::{Error, ErrorCode, Result};
use crate::prelude::*;

const ALWAYS: [&str; 5] = ["@context", "id", "@id", "type", "@type"];

/// Returns the selected part, with arrays closed up; `None` without pointers.
///
/// # Errors
/// `invalid_argument` for what is no pointer or points to nothing.
pub(super) fn select(
    document: &Map<String, Value>,
    pointers: &[&str],
) -> Result<Option<Map<String, Value>>> {
    if pointers.is_empty() {
        return Ok(None);
    }
    let mut root = Mark::default();
    for pointer in pointers {
        root.set(document, pointer)?;
    }
    if root.whole {
        return Ok(Some(document.clone()));
    }
    Ok(Some(part_of(document, &root)))
}

/// What is selected below a value.
#[derive(Default)]
struct Mark {
    whole: bool,
    children: BTreeMap<String, Mark>,
}

impl Mark {
    fn set(&mut self, document: &Map<String, Value>, pointer: &str) -> Result<()> {
        let bad = |detail: &str| {
            Err(Error::new(ErrorCode::InvalidArgument).because(format!("{pointer:?} {detail}")))
        };
        let mut mark = self;
        let mut tokens = pointer.split('/');
        if tokens.next() != Some("") {
            return bad("is no JSON Pointer");
        }
        let mut value: Option<&Value> = None;
        for token in tokens {
            let token = token.replace("~1", "/").replace("~0", "~");
            let next = match value {
                None => document.get(&token),
                Some(Value::Object(members)) => members.get(&token),
                Some(Value::Array(list)) => {
                    // An index has no leading zeros (RFC 6901 section 4).
                    let index = token
                        .parse()
                        .ok()
                        .filter(|i: &usize| i.to_string() == token);
                    index.and_then(|i| list.get(i))
                }
                Some(_) => None,
            };
            if next.is_none() {
                return bad("points to nothing");
            }
            value = next;
            mark = mark.children.entry(token).or_default();
        }
        mark.whole = true;
        Ok(())
    }
}

fn part_of(source: &Map<String, Value>, mark: &Mark) -> Map<String, Value> {
    let mut part = Map::new();
    for (name, value) in source {
        if ALWAYS.contains(&name.as_str()) {
            part.insert(name.clone(), value.clone());
        } else if let Some(mark) = mark.children.get(name) {
            part.insert(name.clone(), selected(value, mark));
        }
    }
    part
}

fn selected(value: &Value, mark: &Mark) -> Value {
    match value {
        _ if mark.whole => value.clone(),
        Value::Object(members) => Value::Object(part_of(members, mark)),
        Value::Array(list) => {
            let shown = list.iter().enumerate().filter_map(|(i, value)| {
                let mark = mark.children.get(&i.to_string())?;
                Some(selected(value, mark))
            });
            shown.collect()
        }
        scalar => scalar.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(pointers: &[&str]) -> Result<Option<Value>> {
        let document = json!({
            "@context": ["urn:c"], "id": "urn:1", "type": ["T"], "a": 1,
            "list": [{ "id": "urn:2", "x": 1, "y": 2 }, { "x": 3 }, 4],
            "m~/": { "@type": "U", "n": { "o": 1, "p": 2 } },
        });
        let part = select(document.as_object().expect("an object"), pointers)?;
        Ok(part.map(Value::Object))
    }

    #[test]
    fn parts() {
        let with = |more: Value| {
            let mut part = json!({ "@context": ["urn:c"], "id": "urn:1", "type": ["T"] });
            for (name, value) in more.as_object().expect("an object") {
                part[name] = value.clone();
            }
            Ok(Some(part))
        };
        assert_eq!(of(&[]), Ok(None));
        assert_eq!(of(&["/a"]), with(json!({ "a": 1 })));
        assert_eq!(of(&["/type/0"]), with(json!({})));
        assert_eq!(
            of(&["/list/2", "/list/0/y"]),
            with(json!({ "list": [{ "id": "urn:2", "y": 2 }, 4] }))
        );
        assert_eq!(
            of(&["/m~0~1/n/o"]),
            with(json!({ "m~/": { "@type": "U", "n": { "o": 1 } } }))
        );
        assert_eq!(
            of(&["/m~0~1/n/o", "/m~0~1/n"]),
            with(json!({ "m~/": { "@type": "U", "n": { "o": 1, "p": 2 } } }))
        );
    }

    #[test]
    fn pointers_to_nothing() {
        for pointer in [
            "a", "/b", "/a/b", "/list/3", "/list/00", "/list/-", "/list/+1", "/m~0~1/q",
        ] {
            let code = of(&[pointer]).map_err(|error| error.code());
            assert_eq!(code, Err(ErrorCode::InvalidArgument), "{pointer}");
        }
    }
}
