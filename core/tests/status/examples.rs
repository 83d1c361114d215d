//! The examples of the standard.

use batterypass::status::{EntryOptions, MIN_ENTRIES, Purpose, StatusList, entry, list_credential};
use serde_json::Value;

use crate::common::vectors;

/// Reads the examples as JSON: without the comments, and without the `...` that stand for more.
fn examples() -> Option<Vec<Value>> {
    let examples = vectors("bitstring-status-list/spec-examples.json")?;
    let read = |example: Value| {
        let lines = example["body"].as_str().expect("a text").lines();
        let text: String = lines
            .filter(|line| !line.trim_start().starts_with("//") && line.trim() != "...")
            .collect();
        let text = text.replace("},    ]", "}    ]").replace("\",  }", "\"  }");
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    };
    let Value::Array(examples) = examples else {
        panic!("a list of examples")
    };
    Some(examples.into_iter().map(read).collect())
}

#[test]
fn entries_are_those_of_the_standard() {
    let Some(examples) = examples() else { return };
    assert_eq!(examples.len(), 7);
    let mut count = 0;
    for status in examples
        .iter()
        .flat_map(|example| match &example["credentialStatus"] {
            Value::Array(list) => list.clone(),
            Value::Null => vec![],
            one => vec![one.clone()],
        })
    {
        let text = |name: &str| status[name].as_str().unwrap_or_default();
        let messages = ["pending_review", "accepted", "rejected", "undefined"];
        let reference = [text("statusReference")];
        let purpose = Purpose::parse(text("statusPurpose")).unwrap();
        let options = match purpose {
            Purpose::Message => EntryOptions {
                messages: &messages,
                references: &reference,
            },
            _ => EntryOptions::default(),
        };
        let index = text("statusListIndex").parse().unwrap();
        let mut made = entry(text("statusListCredential"), index, purpose, &options).unwrap();
        // The standard leaves its fourth message out.
        if let Some(messages) = made.get_mut("statusMessage").and_then(Value::as_array_mut) {
            messages.pop();
        }
        assert_eq!(made, status);
        count += 1;
    }
    assert_eq!(count, 8);
}

#[test]
fn the_list_is_that_of_the_standard() {
    let Some(examples) = examples() else { return };
    let mut count = 0;
    for example in &examples {
        let Some(text) = example["credentialSubject"]["encodedList"].as_str() else {
            continue;
        };
        let list = StatusList::decode(text, 1).unwrap();
        assert_eq!(list, StatusList::new(MIN_ENTRIES, 1).unwrap());
        let url = "https://example.com/credentials/status/3";
        let made = list_credential(url, &list, &[Purpose::Revocation], None).unwrap();
        for name in ["id", "type"] {
            assert_eq!(made[name], example[name]);
        }
        for name in ["type", "statusPurpose"] {
            assert_eq!(
                made["credentialSubject"][name],
                example["credentialSubject"][name]
            );
        }
        count += 1;
    }
    assert_eq!(count, 2);
}
