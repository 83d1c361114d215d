//! The claims of a verified credential, and the part of them that the rules look at.

#[cfg(not(feature = "std"))]
use core::cell::OnceCell as Once;
use core::fmt;
use core::ops::Deref;
#[cfg(feature = "std")]
use std::sync::OnceLock as Once;

use serde_json::{Map, Value};

use crate::json::{self, Scan};
use crate::prelude::*;

/// The claims of a credential: a JSON object, which this dereferences to.
///
/// Those of a `vc+jwt` are kept as the text that was signed. All of it was checked, but its values are
/// only made when they are first read: who wants nothing but the verdict does not wait for them.
#[derive(Clone)]
pub struct Claims {
    value: Once<Value>,
    /// What the values are made of.
    text: Option<String>,
}

impl Claims {
    /// Takes a text that [`outline`] has let through.
    pub(super) const fn from_checked(text: String) -> Self {
        Self {
            value: Once::new(),
            text: Some(text),
        }
    }

    /// Returns the claims as the JSON text that was signed, where there is one and it was kept: that of
    /// every `vc+jwt` in the usual form. Every member stands once in it.
    pub fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// Returns the values.
    pub fn into_value(self) -> Value {
        match self.value.into_inner() {
            Some(value) => value,
            None => read(self.text.as_deref()),
        }
    }
}

impl Deref for Claims {
    type Target = Value;

    fn deref(&self) -> &Value {
        self.value.get_or_init(|| read(self.text.as_deref()))
    }
}

/// Cannot fail: the text was checked.
fn read(text: Option<&str>) -> Value {
    let value = text.and_then(|text| json::parse(text.as_bytes()).ok());
    value.unwrap_or_default()
}

impl From<Value> for Claims {
    fn from(value: Value) -> Self {
        Self {
            value: value.into(),
            text: None,
        }
    }
}

impl From<Claims> for Value {
    fn from(claims: Claims) -> Self {
        claims.into_value()
    }
}

impl PartialEq for Claims {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl PartialEq<Value> for Claims {
    fn eq(&self, other: &Value) -> bool {
        **self == *other
    }
}

impl PartialEq<Claims> for Value {
    fn eq(&self, other: &Claims) -> bool {
        *self == **other
    }
}

impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

/// Reads a credential without the claims about its subject: of that one only the `id` and, in place of
/// all other members, the first of them. That is all the rules look at.
///
/// Checks the whole text. `None` where something is unusual: then [`json::parse`] knows what it is.
pub(super) fn outline(text: &str) -> Option<Map<String, Value>> {
    let mut scan = Scan::new(text)?;
    let mut members = Map::new();
    scan.object(|scan, name| {
        let value = match name {
            b"credentialSubject" if scan.is_object() => Value::Object(subject(scan)?),
            _ => value(scan)?,
        };
        members.insert(string(name)?, value);
        Some(())
    })?;
    scan.end()?;
    Some(members)
}

fn subject(scan: &mut Scan<'_>) -> Option<Map<String, Value>> {
    let mut members = Map::new();
    scan.object(|scan, name| {
        if name == b"id" {
            members.insert(string(name)?, value(scan)?);
        } else {
            scan.skip()?;
            if members.is_empty() {
                members.insert(string(name)?, Value::Null);
            }
        }
        Some(())
    })?;
    Some(members)
}

fn value(scan: &mut Scan<'_>) -> Option<Value> {
    json::parse(scan.value()?.as_bytes()).ok()
}

fn string(name: &[u8]) -> Option<String> {
    core::str::from_utf8(name).ok().map(Into::into)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::rules;
    use super::*;
    use crate::report::Findings;

    fn credential() -> Value {
        json!({
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "id": "urn:example:1",
            "type": ["VerifiableCredential", "ExampleCredential"],
            "issuer": { "id": "did:example:a", "name": "A" },
            "validFrom": "2027-01-01T00:00:00Z",
            "validUntil": "2028-01-01T00:00:00Z",
            "credentialStatus": { "type": "BitstringStatusListEntry" },
            "credentialSubject": { "type": "Thing", "id": "urn:example:2", "n": [1, -0.5, { "id": 5 }] },
            "credentialSchema": { "id": "https://example.com/1", "type": "JsonSchema" },
            "name": { "@value": "n", "@language": "de" },
            "iss": "did:example:a",
            "sub": "urn:example:2",
            "jti": "urn:example:1",
            "nbf": 1_700_000_000,
            "exp": 1_900_000_000,
        })
    }

    /// Both ways of reading, over everything that is looked at before a verdict.
    fn assert_equal_verdicts(text: &str) -> bool {
        let Some(outline) = outline(text) else {
            return false;
        };
        let whole = json::parse(text.as_bytes()).expect(text);
        let verdict = |members: &Map<String, Value>| {
            let mut findings = Findings::default();
            let at = "2027-02-18T00:00:00Z".parse().expect("a time");
            rules::check(members, Some(at), &mut findings);
            let issuer = rules::issuer_id(members).map(ToString::to_string);
            (findings.0, issuer)
        };
        let members = whole.as_object().expect("an object");
        assert_eq!(verdict(&outline), verdict(members), "{text}");
        assert!(outline.keys().eq(members.keys()), "{text}");
        for (name, member) in outline {
            assert!(
                name == "credentialSubject" || members[&name] == member,
                "{text}"
            );
        }
        assert_eq!(Claims::from_checked(text.into()), whole);
        assert_eq!(Claims::from_checked(text.into()).into_value(), whole);
        true
    }

    #[test]
    fn usual_credentials_take_the_short_way() {
        assert!(assert_equal_verdicts(&credential().to_string()));
        let mut many = credential();
        many["credentialSubject"] = json!([{ "id": "urn:example:1" }, { "id": 2 }, 3]);
        assert!(assert_equal_verdicts(&many.to_string()));
        for text in [
            "[]",
            "1",
            "{",
            r#"{"a":1,"a":1}"#,
            r#"{"credentialSubject":{"a":1,"a":1}}"#,
        ] {
            assert!(!assert_equal_verdicts(text));
        }
    }

    proptest! {
        /// A member, or one of the subject, has another value or is gone.
        #[test]
        fn changed_members(
            name in prop::sample::select(credential().as_object().unwrap().keys().cloned().collect::<Vec<_>>()),
            inner in prop::option::of(prop::sample::select(vec!["id", "type", "n", "new"])),
            value in prop::option::of(prop::sample::select(vec![
                json!(null), json!(""), json!("urn:a:b"), json!([]), json!({}), json!(1), json!([{}]), json!(true),
                json!({ "id": "urn:a:b" }), json!({ "id": "x y" }), json!([{ "id": 1 }, "a"]), json!({ "a": { "id": 1 } }),
                json!("2020-01-01T00:00:00Z"), json!([[["é"]]]),
            ])),
        ) {
            let mut credential = credential();
            let members = credential.as_object_mut().unwrap();
            let place = match (inner, members.get_mut(&name)) {
                (Some(inner), Some(Value::Object(object))) => (object, inner),
                _ => (members, name.as_str()),
            };
            match value {
                Some(value) => drop(place.0.insert(place.1.into(), value)),
                None => drop(place.0.shift_remove(place.1)),
            }
            prop_assert!(assert_equal_verdicts(&credential.to_string()));
        }

        /// Bytes of the text are others.
        #[test]
        fn changed_bytes(changes in prop::collection::vec((any::<prop::sample::Index>(), "[\\PC\"{},:\\\\\n]"), 1..4)) {
            let mut text = credential().to_string();
            for (place, other) in changes {
                let at = place.index(text.len());
                text.replace_range(at..=at, &other);
                if !text.is_ascii() {
                    break;
                }
            }
            assert_equal_verdicts(&text);
        }
    }
}
