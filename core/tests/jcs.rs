//! JCS against the test data of RFC 8785's authors.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "std")]

mod common;

use core::fmt::Write;

use batterypass::{jcs, json};
use common::vector_bytes;
use proptest::prelude::*;
use serde_json::Value;
use sha2::{Digest, Sha256};

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

/// The numbers of the authors' file: edge cases, the smallest normal doubles in a row, and then what a
/// chain of SHA-256 gives, four doubles each time.
fn chained_numbers(edge_cases: Vec<u64>) -> impl Iterator<Item = u64> {
    let serial = (0..2000).map(|i| 0x0010_0000_0000_0000 + i);
    let mut digest = [0; 32];
    let chain = core::iter::repeat_with(move || {
        digest = Sha256::digest(digest).into();
        let words = digest.as_chunks::<8>().0.iter();
        words
            .map(|word| u64::from_le_bytes(*word))
            .collect::<Vec<_>>()
    });
    let numbers = edge_cases.into_iter().chain(serial);
    numbers.chain(
        chain
            .flatten()
            .filter(|bits| f64::from_bits(*bits).is_finite()),
    )
}

/// Hashes of the first lines `hex of the double,text` of that file, as its authors publish them.
#[test]
fn a_million_numbers() {
    const EDGE_CASES: usize = 168;
    let Some(table) = vector_bytes("jcs-rfc8785/es6testfile10k.txt") else {
        return;
    };
    let edge_cases = String::from_utf8(table).unwrap();
    let edge_cases = edge_cases.lines().take(EDGE_CASES).map(|line| {
        let (bits, _) = line.split_once(',').unwrap();
        u64::from_str_radix(bits, 16).unwrap()
    });
    let mut hash = Sha256::new();
    let mut numbers = chained_numbers(edge_cases.collect());
    let mut line = String::new();
    for count in 1..=1_000_000 {
        let bits = numbers.next().unwrap();
        line.clear();
        let text = jcs::to_string(&f64::from_bits(bits).into());
        writeln!(line, "{bits:x},{text}").unwrap();
        hash.update(&line);
        let expected = match count {
            1_000 => "be18b62b6f69cdab33a7e0dae0d9cfa869fda80ddc712221570f9f40a5878687",
            10_000 => "b9f7a8e75ef22a835685a52ccba7f7d6bdc99e34b010992cbc5864cd12be6892",
            100_000 => "22776e6d4b49fa294a0d0f349268e5c28808fe7e0cb2bcbe28f63894e494d4c7",
            1_000_000 => "49415fee2c56c77864931bd3624faad425c3c577d6d74e89a83bc725506dad16",
            _ => continue,
        };
        let digest = hash.clone().finalize();
        let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(digest, expected, "{count} lines");
    }
}

/// Objects within objects, each sorted by itself.
#[test]
fn nested_objects() {
    let value =
        json::parse(br#"{"b":{"z":{"y":1,"x":{}},"a":[{"d":2,"c":3}]},"a":{"f":{},"e":4}}"#);
    let expected = r#"{"a":{"e":4,"f":{}},"b":{"a":[{"c":3,"d":2}],"z":{"x":{},"y":1}}}"#;
    assert_eq!(jcs::to_string(&value.unwrap()), expected);
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
