//! Who may read and write what, over all attributes and over documents made at random.
//! `UPDATE_MATRIX=1 cargo test --test access` writes the committed matrix.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "std")]

extern crate alloc;

use alloc::collections::BTreeSet;
use core::fmt::Write;

#[path = "common/documents.rs"]
mod documents;
#[path = "access/views.rs"]
mod views;

use batterypass::Thumbprint;
use batterypass::access::{self, Actor, Audience, Point, may_read, may_write};
use batterypass::attribute::{self, Step, steps};
use proptest::prelude::*;
use serde_json::{Value, json};

const ACTORS: [Actor; 4] = [Actor::Operator, Actor::Delegate, Actor::Bms, Actor::Other];

fn matrix() -> String {
    let mut text = String::from(
        "Who may read (public, authority, legitimate_interest, operator) and write\n\
         (Operator, Delegate, Bms, Other) each attribute and each of its leaves.\n",
    );
    for attribute in attribute::all() {
        let readers = Audience::ALL
            .into_iter()
            .filter(|audience| audience.may_read(attribute.point))
            .map(Audience::as_str);
        writeln!(
            text,
            "\n{} {}: {}",
            attribute.number,
            attribute.name,
            readers.collect::<Vec<_>>().join(" ")
        )
        .unwrap();
        for leaf in attribute.leaves {
            let leaf = leaf.replace(".*", ".en");
            let readers: Vec<_> = Audience::ALL
                .into_iter()
                .filter(|audience| may_read(*audience, &leaf))
                .map(Audience::as_str)
                .collect();
            let writers: Vec<_> = ACTORS
                .into_iter()
                .filter(|actor| may_write(*actor, &leaf))
                .map(|actor| format!("{actor:?}"))
                .collect();
            writeln!(
                text,
                "  {leaf}: {} / {}",
                readers.join(" "),
                writers.join(" ")
            )
            .unwrap();
        }
    }
    text
}

#[test]
fn the_matrix_is_the_committed_one() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/access/matrix.txt");
    if std::env::var_os("UPDATE_MATRIX").is_some() {
        std::fs::write(path, matrix()).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap();
    assert!(
        committed == matrix(),
        "run UPDATE_MATRIX=1 cargo test --test access and review the difference"
    );
    let attributes = committed
        .lines()
        .filter(|line| line.starts_with(|first: char| first.is_ascii_digit()));
    assert_eq!(attributes.count(), 93);
}

/// A leaf opens to exactly the readers of its attribute, so the tree that answers is the table.
#[test]
fn every_leaf_has_the_point_of_its_attribute() {
    let mut checked = 0;
    for attribute in attribute::all() {
        for leaf in attribute.leaves {
            let leaf = leaf.replace(".*", ".de-AT");
            assert_eq!(access::point_of(&leaf), Some(attribute.point), "{leaf}");
            checked += 1;
        }
    }
    assert_eq!(checked, 176);
}

#[test]
fn what_is_no_leaf_is_denied() {
    for path in [
        "",
        "ours",
        "labels",
        "labels.labels[]",
        "labels.labels[].labelingSymbol",
        "labels.labels[?labelingSubject=Other].labelingSymbol",
        "labels.labels[?labelingSubject=HazardousMaterial].labelingMeaning.",
        "labels.labels[].labelingMeaning.e n",
        "labels.labels[].labelingMeaning.en.more",
        "generalProductInformation.batteryMass[]",
        "generalProductInformation.manufacturerInformation",
        "performanceAndDurability.batteryCondition.stateOfCharge",
        "performanceAndDurability.batteryCondition.stateOfCharge.method",
        "performanceAndDurability.batteryCondition.*",
        "*",
        "[]",
    ] {
        for audience in [
            Audience::Public,
            Audience::Authority,
            Audience::LegitimateInterest,
        ] {
            assert!(!may_read(audience, path), "{audience:?} {path}");
        }
        assert!(!may_write(Actor::Bms, path), "{path}");
        assert!(may_read(Audience::Operator, path));
        assert!(may_write(Actor::Operator, path));
    }
}

#[test]
fn a_bms_writes_the_condition_of_its_own_battery_only() {
    let key = Thumbprint([1; 32]);
    let other = Thumbprint([2; 32]);
    assert_eq!(Actor::of_device_key(&key, Some(&key)), Actor::Bms);
    assert_eq!(Actor::of_device_key(&key, Some(&other)), Actor::Other);
    assert_eq!(Actor::of_device_key(&key, None), Actor::Other);

    let charge = "performanceAndDurability.batteryCondition.stateOfCharge.stateOfChargeValue";
    assert!(may_write(Actor::Bms, charge));
    assert!(!may_write(Actor::Other, charge));
    let manufacturer = "generalProductInformation.manufacturerInformation.contactName";
    assert!(!may_write(Actor::Bms, manufacturer));
    let leaves: BTreeSet<_> = attribute::all().iter().flat_map(|a| a.leaves).collect();
    let writable = |actor| leaves.iter().filter(|leaf| may_write(actor, leaf)).count();
    // 40 leaves of the condition and no other.
    assert_eq!(ACTORS.map(writable), [165, 165, 40, 0]);
}

#[test]
fn purposes_open_no_more_than_legitimate_interest() {
    assert_eq!(attribute::purposes().len(), 6);
    let mut opened = BTreeSet::new();
    for purpose in attribute::purposes() {
        for point in purpose.points {
            assert!(Audience::LegitimateInterest.may_read(*point), "{purpose:?}");
            opened.insert(*point as u8);
        }
        assert!(purpose.reference.starts_with("Art. 77(2)"));
    }
    assert_eq!(
        opened.into_iter().collect::<Vec<_>>(),
        [1, 2, 4],
        "together they open all of it"
    );
}

fn mixed() -> Value {
    let material = |name: &str, place: &str, critical: Value| {
        json!({
            "batteryMaterialName": name,
            "batteryMaterialIdentifier": "7440-48-4",
            "batteryMaterialMass": 1,
            "batteryMaterialLocation": { "componentName": place, "componentId": "c" },
            "isCriticalRawMaterial": critical
        })
    };
    json!({
        "materialComposition": { "batteryMaterials": [
            material("cobalt", "Cathode", json!(true)),
            material("iron", "Cathode", json!(false)),
            material("copper", "Housing", json!(true)),
            material("binder", "Kathode", json!("true")),
        ] },
        "circularity": {
            "safetyMeasures": {
                "extinguishingAgent": ["Class D"],
                "safetyInstructions": "https://example.com/safety"
            },
            "dismantlingAndRemovalInformation": [{ "documentURL": "https://example.com/manual" }]
        },
        "labels": {
            "declarationOfConformity": "https://example.com/declaration",
            "resultOfTestReport": "https://example.com/report",
            "labels": [
                { "labelingSubject": "HazardousMaterial", "labelingSymbol": "https://example.com/pb",
                  "labelingMeaning": { "en": "Lead", "": "hidden", "a.b": "hidden", "de": { "hidden": 1 } } },
                { "labelingSubject": "Invented", "labelingSymbol": "https://example.com/invented" }
            ]
        },
        "performanceAndDurability": { "batteryCondition": {
            "stateOfCharge": { "stateOfChargeValue": 63.5 }
        } }
    })
}

#[test]
fn elements_of_one_array_have_points_of_their_own() {
    let seen = access::view(mixed(), Audience::Public);
    let public = |name: &str| {
        json!({
            "batteryMaterialName": name,
            "batteryMaterialIdentifier": "7440-48-4",
            "isCriticalRawMaterial": true
        })
    };
    assert_eq!(
        seen["materialComposition"]["batteryMaterials"],
        json!([public("cobalt"), public("copper")]),
        "that they are there, but not where and how much"
    );
    for audience in [Audience::Authority, Audience::LegitimateInterest] {
        let seen = access::view(mixed(), audience);
        assert_eq!(seen["materialComposition"], mixed()["materialComposition"]);
    }
}

#[test]
fn one_object_holds_public_and_restricted_leaves() {
    let safety = |audience| access::view(mixed(), audience)["circularity"]["safetyMeasures"].take();
    assert_eq!(
        safety(Audience::Public),
        json!({ "extinguishingAgent": ["Class D"] })
    );
    for audience in [Audience::Authority, Audience::LegitimateInterest] {
        assert_eq!(safety(audience), mixed()["circularity"]["safetyMeasures"]);
    }
}

#[test]
fn labels_are_public_and_test_reports_are_not() {
    let labels = |audience| access::view(mixed(), audience)["labels"].take();
    let mut expected = json!({
        "declarationOfConformity": "https://example.com/declaration",
        "labels": [{
            "labelingSubject": "HazardousMaterial",
            "labelingSymbol": "https://example.com/pb",
            "labelingMeaning": { "en": "Lead" }
        }]
    });
    assert_eq!(labels(Audience::Public), expected);
    assert_eq!(labels(Audience::LegitimateInterest), expected);
    expected["resultOfTestReport"] = json!("https://example.com/report");
    assert_eq!(labels(Audience::Authority), expected);
}

#[test]
fn authority_and_legitimate_interest_are_no_ladder() {
    let has = |audience, pointer: &str| access::view(mixed(), audience).pointer(pointer).is_some();
    let charge = "/performanceAndDurability/batteryCondition/stateOfCharge/stateOfChargeValue";
    let report = "/labels/resultOfTestReport";
    let manual = "/circularity/dismantlingAndRemovalInformation/0/documentURL";
    for (audience, sees) in [
        (Audience::Public, [false, false, false]),
        (Audience::Authority, [false, true, true]),
        (Audience::LegitimateInterest, [true, false, true]),
        (Audience::Operator, [true, true, true]),
    ] {
        assert_eq!(
            [charge, report, manual].map(|pointer| has(audience, pointer)),
            sees,
            "{audience:?}"
        );
    }
}

proptest! {
    #[test]
    fn any_text_is_a_path(path in "\\PC{0,60}|[a-z.*\\[\\]?=]{0,40}") {
        for audience in Audience::ALL {
            let allowed = may_read(audience, &path);
            prop_assert_eq!(allowed, audience == Audience::Operator
                || access::point_of(&path).is_some_and(|point: Point| audience.may_read(point)));
        }
        for actor in ACTORS {
            let _ = may_write(actor, &path);
        }
    }
}
