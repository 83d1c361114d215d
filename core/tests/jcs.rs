//! JCS against the test data of RFC 8785's authors.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "std")]

mod common;

use batterypass::{jcs, json};
use common::vector_bytes;
use proptest::prelude::*;
use serde_json::Value;

#[test]
fn documents() {
    let names = [
        "arrays",
        "french",
        "structures",
        "unicode",
        "values",
        "weird",
    ];
    for name in names {
        let Some(input) = vector_bytes(&format!("jcs-rfc8785/input/{name}.json")) else {
            return;
        };
        let output = vector_bytes(&format!("jcs-rfc8785/output/{name}.json")).unwrap();
        let value: Value = serde_json::from_slice(&input).unwrap();
        assert_eq!(
            jcs::to_string(&value),
            String::from_utf8(output).unwrap(),
            "{name}"
        );
    }
}

#[test]
fn numbers() {
    let Some(table) = vector_bytes("jcs-rfc8785/es6testfile10k.txt") else {
        return;
    };
    let mut count = 0;
    for line in String::from_utf8(table).unwrap().lines() {
        let (bits, expected) = line.split_once(',').unwrap();
        let number = f64::from_bits(u64::from_str_radix(bits, 16).unwrap());
        assert_eq!(jcs::to_string(&number.into()), expected, "{bits}");
        count += 1;
    }
    assert_eq!(count, 10_000);
}

#[test]
fn integers_are_doubles() {
    for (text, expected) in [
        ("9007199254740993", "9007199254740992"),
        ("18446744073709551615", "18446744073709552000"),
        ("-9223372036854775808", "-9223372036854776000"),
        ("-0", "0"),
        ("-0.0", "0"),
    ] {
        assert_eq!(
            jcs::to_string(&json::parse(text.as_bytes()).unwrap()),
            expected
        );
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>()
            .prop_filter("finite", |n| n.is_finite())
            .prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::hash_map(any::<String>(), inner, 0..8)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    /// The canonical form is JSON, and canonical.
    #[test]
    fn canonical_forms_are_fixed_points(value in any_json()) {
        let once = jcs::to_string(&value);
        let again = json::parse(once.as_bytes()).unwrap();
        prop_assert_eq!(jcs::to_string(&again), once);
    }
}
