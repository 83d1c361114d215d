//! Views for a purpose of legitimate interest, Art. 77(2): narrower than the audience's, never wider.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "std")]

extern crate alloc;

use alloc::collections::BTreeSet;

use batterypass::ErrorCode;
use batterypass::access::{Audience, Point, Reader, may_read, may_read_for, view, view_for};
use batterypass::attribute::{self, Purpose, Step, steps};
use batterypass::passport::Passport;
use proptest::prelude::*;
use serde_json::{Value, json};

fn example() -> Value {
    serde_json::from_slice(include_bytes!("../../schemas/examples/ev-battery.json")).unwrap()
}

fn of(name: &str) -> &'static Purpose {
    attribute::purpose(name).unwrap()
}

#[test]
fn names_are_those_of_the_table() {
    for purpose in attribute::purposes() {
        assert_eq!(of(purpose.name), purpose);
    }
    for other in ["", "Repair", "curiosity"] {
        let error = attribute::purpose(other).unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidArgument);
    }
}

#[test]
fn only_legitimate_interest_has_a_purpose() {
    let passport = Passport::from_value(example()).unwrap();
    for audience in Audience::ALL {
        let name = audience.as_str();
        let reader = Reader::named(name, None).unwrap();
        assert_eq!(reader, Reader::Audience(audience));
        assert_eq!(passport.view_as(reader), passport.view(audience));
        let reader = Reader::named(name, Some("repair"));
        if audience == Audience::LegitimateInterest {
            assert_eq!(reader, Ok(Reader::Purpose(of("repair"))));
            let seen = passport.view_as(reader.unwrap()).unwrap();
            assert_eq!(seen, passport.view_for(of("repair")));
        } else {
            assert_eq!(reader.unwrap_err().code(), ErrorCode::InvalidArgument);
        }
    }
    for (audience, purpose) in [("Public", None), ("legitimate_interest", Some("curiosity"))] {
        let error = Reader::named(audience, purpose).unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidArgument);
    }
}

#[test]
fn a_repairer_sees_the_model_and_a_purchaser_the_battery() {
    const DISMANTLING: &str = "/circularity/dismantlingAndRemovalInformation";
    const CHARGE: &str = "/performanceAndDurability/batteryCondition/stateOfCharge";
    const STATUS: &str = "/generalProductInformation/batteryStatus";
    const REPORT: &str = "/labels/resultOfTestReport";
    const MASS: &str = "/generalProductInformation/batteryMass";
    let passport = Passport::from_value(example()).unwrap();
    for purpose in attribute::purposes() {
        let seen = passport.view_for(purpose);
        assert_eq!(seen, view_for(example(), purpose));
        let has = |path: &str| seen.pointer(path).is_some();
        let of_model =
            ["repair", "remanufacturing", "second_life", "recycling"].contains(&purpose.name);
        assert!(has(MASS) && !has(REPORT), "{}", purpose.name);
        assert_eq!(has(DISMANTLING), of_model, "{}", purpose.name);
        assert_eq!(
            [has(CHARGE), has(STATUS)],
            [!of_model; 2],
            "{}",
            purpose.name
        );
    }
}

#[test]
fn leaves_open_by_the_points_of_the_purpose() {
    let mut opened = 0;
    for purpose in attribute::purposes() {
        for attribute in attribute::all() {
            for leaf in attribute.leaves {
                let leaf = leaf.replace(".*", ".en");
                let opens = purpose.points.contains(&attribute.point);
                assert_eq!(
                    may_read_for(purpose, &leaf),
                    opens,
                    "{} {leaf}",
                    purpose.name
                );
                assert!(!opens || may_read(Audience::LegitimateInterest, &leaf));
                opened += usize::from(opens);
            }
        }
        for unknown in ["", "ours", "labels", "generalProductInformation.invented"] {
            assert!(!may_read_for(purpose, unknown));
        }
        assert!(!purpose.may_read(Point::Authorities));
    }
    assert!(opened > 500, "{opened}");
}

/// A document with known leaves, unknown members and values of other shapes in their places.
fn documents() -> impl Strategy<Value = Value> {
    let leaves: Vec<&'static str> = (attribute::all().iter())
        .flat_map(|attribute| attribute.leaves)
        .copied()
        .collect();
    let values = prop_oneof![
        Just(json!("x")),
        Just(json!({ "x": 1 })),
        Just(json!(["x"]))
    ];
    let picks = prop::collection::vec((prop::sample::select(leaves), values, any::<bool>()), 1..24);
    picks.prop_map(|picks| {
        let mut document = json!({ "ours": { "secret": 1 } });
        for (leaf, value, beside) in picks {
            let path: Vec<Step<'_>> = steps(leaf).collect();
            put(&mut document, &path, value, beside);
        }
        document
    })
}

fn put(place: &mut Value, path: &[Step<'_>], value: Value, beside: bool) {
    let Some((step, rest)) = path.split_first() else {
        *place = value;
        return;
    };
    match step {
        Step::Elements => put_element(place, json!({}), rest, value, beside),
        Step::Selected {
            member,
            value: wanted,
        } => {
            let wanted = if *wanted == "true" {
                json!(true)
            } else {
                json!(wanted)
            };
            put_element(place, json!({ *member: wanted }), rest, value, beside);
        }
        step => {
            let name = if let Step::Member(name) = step {
                name
            } else {
                "en"
            };
            if !place.is_object() {
                *place = json!({});
            }
            if beside {
                place["unknown"] = json!("x");
            }
            put(&mut place[name], rest, value, beside);
        }
    }
}

fn put_element(
    place: &mut Value,
    mut element: Value,
    rest: &[Step<'_>],
    value: Value,
    beside: bool,
) {
    put(&mut element, rest, value, beside);
    match place.as_array_mut() {
        Some(list) => list.push(element),
        None => *place = json!([element]),
    }
}

fn texts(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                texts(member, &format!("{path}/{name}"), found);
            }
        }
        Value::Array(items) => items
            .iter()
            .for_each(|item| texts(item, &format!("{path}/*"), found)),
        leaf => drop(found.insert(format!("{path}={leaf}"))),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    /// No purpose shows what legitimate interest does not, and all show what the public sees.
    #[test]
    fn no_purpose_is_wider_than_legitimate_interest(document in documents()) {
        let leaves_of = |seen: &Value| {
            let mut found = BTreeSet::new();
            texts(seen, "", &mut found);
            found
        };
        let public = leaves_of(&view(document.clone(), Audience::Public));
        let widest = view(document.clone(), Audience::LegitimateInterest);
        let all = leaves_of(&widest);
        let mut together = BTreeSet::new();
        for purpose in attribute::purposes() {
            let seen = view_for(document.clone(), purpose);
            let leaves = leaves_of(&seen);
            prop_assert!(leaves.is_subset(&all) && leaves.is_superset(&public), "{}", purpose.name);
            // Narrowing what the audience sees and narrowing the document are the same.
            prop_assert_eq!(&view_for(seen.clone(), purpose), &seen);
            together.extend(leaves);
        }
        prop_assert_eq!(together, all);
    }
}
