//! What the rules look at of a credential, read without making values of the rest.
//!
//! All of the text is checked on the way. Where something is unusual there is no outline: then the credential
//! is read whole, which also finds what is wrong and where.

use serde_json::{Map, Value};

use crate::json::{self, Scan};
use crate::prelude::*;

const SUBJECT: &str = "credentialSubject";
const ID: &str = "id";

/// Reads a credential without the claims about its subject: of that one only the `id` and, in place of
/// all other members, the first of them. That is all the rules look at.
///
/// What has an outline [`json::parse`] accepts.
pub(super) fn of_text(text: &str) -> Option<Map<String, Value>> {
    of_text_around(text).map(|(outline, _)| outline)
}

/// Reads as [`of_text`] does, and returns the text of the subject too, where there is one.
pub(super) fn of_text_around(text: &str) -> Option<(Map<String, Value>, Option<&str>)> {
    let mut scan = Scan::new(text)?;
    let (mut members, mut around) = (Map::new(), None);
    scan.object(|scan, name| {
        let value = match name {
            SUBJECT if scan.is_object() => {
                let start = scan.at();
                let subject = Value::Object(subject(scan)?);
                around = text.get(start..scan.at());
                subject
            }
            _ => value(scan)?,
        };
        members.insert(name.into(), value);
        Some(())
    })?;
    scan.end()?;
    Some((members, around))
}

/// Writes an outline as JSON, with the whole subject in its place.
pub(super) fn to_text(outline: &Map<String, Value>, subject: Option<&str>) -> String {
    let mut text = String::with_capacity(512 + subject.map_or(0, str::len));
    for (name, value) in outline {
        text.push(if text.is_empty() { '{' } else { ',' });
        text.push_str(&Value::from(name.as_str()).to_string());
        text.push(':');
        match subject {
            Some(subject) if name == SUBJECT => text.push_str(subject),
            _ => text.push_str(&value.to_string()),
        }
    }
    text.push('}');
    text
}

fn subject(scan: &mut Scan<'_>) -> Option<Map<String, Value>> {
    let mut members = Map::new();
    scan.object(|scan, name| {
        if name == ID {
            members.insert(name.into(), value(scan)?);
        } else {
            scan.skip()?;
            if members.is_empty() {
                members.insert(name.into(), Value::Null);
            }
        }
        Some(())
    })?;
    Some(members)
}

fn value(scan: &mut Scan<'_>) -> Option<Value> {
    json::parse(scan.value()?.as_bytes()).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::claims::{Claims, Source};
    use super::super::rules;
    use super::super::{Secured, SignOptions, sign, sign_text};
    use super::*;
    use crate::error::Error;
    use crate::key::SigningKey;
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
        let Some(outline) = of_text(text) else {
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
        assert_equal_tokens(text, &whole);
        let claims = Claims::from_checked(Source::Text(text.into()));
        assert_eq!(claims, whole);
        assert_eq!(
            Claims::from_checked(Source::Text(text.into())).into_value(),
            whole
        );
        true
    }

    /// Issued from the text and from its values, the claims are the same, or the refusal.
    fn assert_equal_tokens(text: &str, whole: &Value) {
        let key = SigningKey::from_bytes(&[7; 32]).expect("a key");
        let mut named = whole.clone();
        // Half of them can be issued.
        if text.len().is_multiple_of(2) {
            named["issuer"] = key.public_key().did().as_str().into();
        }
        let options = SignOptions::default();
        let [from_text, from_values] = [
            sign_text(&named.to_string(), &key, &options),
            sign(named, &key, &options),
        ];
        let claims = |secured: Secured| {
            let token = secured.into_text().expect("a token");
            let payload = token.split('.').nth(1).expect("a payload");
            json::parse(&crate::jws::decode(payload).expect("base64url")).expect("JSON")
        };
        let refusal = |error: Error| (error.code(), error.path().to_string());
        let [from_text, from_values] =
            [from_text, from_values].map(|secured| secured.map(claims).map_err(refusal));
        assert_eq!(from_text, from_values, "{text}");
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
