//! The table of attributes against tables and documents that we did not write.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "std")]

extern crate alloc;

use alloc::collections::BTreeSet;

use batterypass::access::{Audience, view};
use batterypass::attribute::{self, Attribute, Category, Guidance};
use serde_json::{Value, json};

mod common;

const CATEGORIES: [(Category, &str); 4] = [
    (Category::Ev, "ev"),
    (Category::Lmt, "lmt"),
    (Category::Industrial, "other_industrial"),
    (Category::Stationary, "stationary"),
];

/// Numbers of the attributes that a rule tells apart from the list of facts.
fn different(facts: &Value, differs: impl Fn(&Attribute, &Value) -> bool) -> Vec<u8> {
    let facts = facts["attributes"].as_array().unwrap();
    assert_eq!(facts.len(), 93);
    attribute::all()
        .iter()
        .zip(facts)
        .filter(|(attribute, fact)| differs(attribute, fact))
        .map(|(attribute, _)| attribute.number)
        .collect()
}

/// The list is upstream's longlist and Table A.1 of the DIN SPEC. What differs is corrected on purpose
/// and says so.
#[test]
fn the_table_is_the_list_of_facts_but_for_the_corrections() {
    let Some(text) = common::vector_bytes("../facts/attributes.json") else {
        return;
    };
    let facts: Value = serde_json::from_slice(&text).unwrap();
    assert!(
        different(&facts, |ours, fact| {
            fact["number"] != ours.number
                || ours.clause != fact["din_chapter"]
                || fact["annex_xiii_point"].as_str().unwrap().parse() != Ok(ours.point as u8)
                || ours.dynamic != (fact["static_dynamic"] == "dynamic")
                || guidance(ours) != fact["ec_guidance_2026_ev_lmt_ind"].as_str().unwrap()
        })
        .is_empty()
    );

    let obligations = different(&facts, |ours, fact| {
        CATEGORIES
            .iter()
            .any(|(category, name)| ours.obligation(*category).as_str() != fact[name])
    });
    let expected = [
        8, 13, 19, 20, 21, 22, 23, 24, 25, 26, 28, 40, 41, 42, 43, 44, 45, 46, 47, 54, 63, 64, 67,
        68, 69, 70, 73, 75, 76, 77, 79, 80, 87, 88, 89, 90, 93,
    ];
    assert_eq!(obligations, expected);
    let granularity = different(&facts, |ours, fact| {
        ours.granularity.as_str() != fact["granularity"]
    });
    assert_eq!(granularity, [15, 54, 64, 70, 75, 76]);
    for number in obligations.into_iter().chain(granularity) {
        let note = attribute::by_number(number).unwrap().note.unwrap();
        assert!(note.contains("orrected"), "{number}: {note}");
    }
}

fn guidance(attribute: &Attribute) -> String {
    let rules = [Category::Ev, Category::Lmt, Category::Industrial].map(|category| match attribute
        .guidance(category)
    {
        Some(Guidance::Mandatory) => "M",
        Some(Guidance::Conditional) => "C",
        Some(Guidance::NotToBeFilled) => "X",
        None => "-",
    });
    let rules = rules.join("/");
    if rules == "-/-/-" {
        String::new()
    } else {
        rules
    }
}

fn leaves(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                leaves(member, &format!("{path}/{name}"), found);
            }
        }
        Value::Array(elements) => {
            for element in elements {
                leaves(element, &format!("{path}/*"), found);
            }
        }
        _ => {
            found.insert(path.to_owned());
        }
    }
}

/// No leaf of the data model is without a point: together, authorities and persons with a legitimate
/// interest see all of it.
#[test]
fn every_leaf_of_the_data_model_belongs_to_an_attribute() {
    let mut checked = 0;
    for (file, name) in [
        (
            "GeneralProductInformation-1.2.0",
            "generalProductInformation",
        ),
        ("CarbonFootprint-1.2.0", "carbonFootprint"),
        ("Circularity-1.2.0", "circularity"),
        ("MaterialComposition-1.2.0", "materialComposition"),
        ("Performance-1.2.1", "performanceAndDurability"),
        ("Labels-1.2.0", "labels"),
        ("SupplyChainDueDiligence-1.2.0", "supplyChainDueDiligence"),
    ] {
        let Some(text) = common::upstream(&format!("{file}.payload.json")) else {
            return;
        };
        let payload: Value = serde_json::from_slice(&text).unwrap();
        let document = json!({ name: payload });
        let mut all = BTreeSet::new();
        leaves(&document, "", &mut all);
        let mut seen = BTreeSet::new();
        for audience in [Audience::Authority, Audience::LegitimateInterest] {
            leaves(&view(document.clone(), audience), "", &mut seen);
        }
        let unknown: Vec<_> = all.difference(&seen).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
        checked += all.len();
    }
    // 133 leaves of the model and the one language of the one label.
    assert_eq!(checked, 134);
}
