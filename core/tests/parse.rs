//! `Passport::parse` reads straight into the types where it can. Whatever the text, it must say what the
//! way through a value says: the same passport, or the same refusal at the same path.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "alloc")]

mod common;

use batterypass::json;
use batterypass::passport::Passport;
use proptest::prelude::*;
use serde_json::{Value, json};

const EXAMPLES: [&str; 3] = [
    include_str!("../../schemas/examples/ev-battery.json"),
    include_str!("../../schemas/examples/lmt-ebike.json"),
    include_str!("../../schemas/examples/stationary-storage.json"),
];

/// Reads a text both ways and returns whether it is a passport.
fn read(text: &[u8]) -> Result<bool, TestCaseError> {
    let direct = Passport::parse(text);
    let detour = json::parse(text).and_then(Passport::from_value);
    match (direct, detour) {
        (Ok(direct), Ok(detour)) => {
            // Numbers that are equal need not be written alike.
            prop_assert_eq!(direct.to_json().ok(), detour.to_json().ok());
            prop_assert_eq!(direct, detour);
            Ok(true)
        }
        (Err(direct), Err(detour)) => {
            prop_assert_eq!(
                (direct.code(), direct.path(), direct.to_string()),
                (detour.code(), detour.path(), detour.to_string())
            );
            Ok(false)
        }
        (direct, detour) => Err(TestCaseError::fail(format!("{direct:?}\n{detour:?}"))),
    }
}

/// The error's code and path, or nothing if the text is a passport.
fn refusal(text: &str) -> Option<(&'static str, String)> {
    read(text.as_bytes()).unwrap();
    let error = Passport::parse(text.as_bytes()).err()?;
    Some((error.code().as_str(), error.path().into()))
}

fn nested(depth: usize) -> String {
    ["[".repeat(depth), "]".repeat(depth)].concat()
}

#[test]
fn depth_is_bounded_exactly_wherever_unknown_members_stand() {
    for (head, tail, levels) in [
        ("{\"x\":", "}", 1),
        ("{\"generalProductInformation\":{\"x\":", "}}", 2),
        (
            "{\"performanceAndDurability\":{\"batteryCondition\":{\"negativeEvents\":[{\"x\":",
            "}]}}}",
            5,
        ),
        (
            "{\"labels\":{\"labels\":[{\"labelingMeaning\":{\"en\":",
            "}}]}}",
            5,
        ),
    ] {
        let text = |depth: usize| [head, &nested(depth - levels), tail].concat();
        assert_eq!(refusal(&text(64)), None, "{head}");
        assert_eq!(refusal(&text(65)).unwrap().0, "too_deep", "{head}");
    }
}

#[test]
fn no_member_stands_twice_at_any_depth() {
    for (text, path) in [
        (r#"{"successor":"a","successor":"b"}"#, "/successor"),
        (r#"{"x":1,"x":1}"#, "/x"),
        (r#"{"x":[{"y":1,"\u0079":2}]}"#, "/x/0/y"),
        (
            r#"{"labels":{"labels":[{"labelingMeaning":{"en":"a","en":"b"}}]}}"#,
            "/labels/labels/0/labelingMeaning/en",
        ),
        (
            r#"{"labels":{"labels":[{"labelingMeaning":{"en":{"a":1,"a":1}}}]}}"#,
            "/labels/labels/0/labelingMeaning/en/a",
        ),
    ] {
        assert_eq!(refusal(text), Some(("duplicate_key", path.into())));
    }
}

#[test]
fn size_and_number_of_values_are_bounded() {
    let many = |n: usize| format!("{{\"x\":[{}1]}}", "1,".repeat(n - 3));
    assert_eq!(refusal(&many(200_000)), None);
    assert_eq!(refusal(&many(200_001)).unwrap().0, "too_many_values");
    let large = format!("{{\"x\":\"{}\"}}", "a".repeat(4 << 20));
    assert_eq!(refusal(&large).unwrap().0, "too_large");
}

#[test]
fn numbers_stay_as_they_were_sent() {
    for number in [
        "0",
        "-0",
        "-0.0",
        "1.50",
        "1e2",
        "18446744073709551615",
        "18446744073709551616",
        "-9223372036854775808",
        "0.1",
        "123456789012345678901234567890",
        "4.35e-320",
    ] {
        for member in ["batteryMass", "unknown"] {
            let text = format!("{{\"generalProductInformation\":{{\"{member}\":{number}}}}}");
            assert_eq!(refusal(&text), None, "{text}");
        }
    }
    assert_eq!(refusal("{\"x\":1e999}").unwrap().0, "malformed_json");
}

#[test]
fn older_versions_are_kept_as_they_were_read() {
    for submodel in [
        json!({ "technicalSpecification": { "ratedCapacity": 210 } }),
        json!({ "negativeEvents": [] }),
        json!({ "batteryCondition": { "powerFade": 1 } }),
        json!({ "batteryCondition": { "energyThroughput": 1 } }),
        json!({ "batteryCondition": { "remainingEnergy": { "remainingEnergyalue": 1 } } }),
    ] {
        let text = json!({ "performanceAndDurability": submodel }).to_string();
        assert_eq!(refusal(&text), None, "{text}");
        let passport = Passport::parse(text.as_bytes()).unwrap();
        assert_eq!(passport.extra["performanceAndDurability"], submodel);
    }
}

/// What a text is changed into at a place.
const PIECES: [&str; 25] = [
    "\"y\":2,",
    "\"text\"",
    "12",
    "",
    "\"",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "null",
    "true",
    "-0",
    "1e5",
    "1.0",
    "\\u00e9",
    "\\ud800",
    "\u{e9}",
    "\"x\":1,",
    "\"x\":{\"y\":[{}]},",
    "\"lastUpdate\":\"x\",",
    "\"powerFade\":1,",
    "\"negativeEvents\":[],",
    "[{\"en\":1}]",
];

#[test]
fn both_ways_read_any_text_alike() {
    let texts: Vec<String> = EXAMPLES
        .iter()
        .map(|text| serde_json::from_str::<Value>(text).unwrap().to_string())
        .collect();
    let mut runner = common::runner(6000);
    // Most changes right after a comma, a brace or a colon, where they make other JSON and not only noise.
    let change = (
        any::<prop::sample::Index>(),
        any::<prop::sample::Index>(),
        0..6_u8,
    );
    let changes = prop::collection::vec(change, 1..3);
    let counts = core::cell::Cell::new((0, 0));
    runner
        .run(&(0..texts.len(), changes), |(index, changes)| {
            let mut text = texts[index].clone();
            for (place, piece, kind) in changes {
                let places: Vec<usize> = text
                    .match_indices([',', '{', ':', '['])
                    .map(|(at, _)| at + 1)
                    .collect();
                let Some(&at) = places.get(place.index(places.len().max(1))) else {
                    continue;
                };
                let piece = piece.get(&PIECES);
                let end = match kind {
                    0..3 => at,
                    // The value or the name that stands there goes.
                    3..5 => text[at..]
                        .find([',', '}', ']', ':'])
                        .map_or(text.len(), |length| at + length),
                    _ => text.len(),
                };
                text.replace_range(at..end, piece);
            }
            let (passports, refused) = counts.get();
            counts.set(if read(text.as_bytes())? {
                (passports + 1, refused)
            } else {
                (passports, refused + 1)
            });
            Ok(())
        })
        .unwrap();
    let (passports, refused) = counts.get();
    assert!(passports > 300 && refused > 300, "{passports} {refused}");
}
