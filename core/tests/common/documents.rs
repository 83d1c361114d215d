//! Passports made at random.

use batterypass::attribute::{self, Step, steps};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Puts a value where a leaf of the table is, in one of three elements of each array.
fn place(document: &mut Value, path: &str, index: usize, select: bool, value: Value) {
    let mut at = document;
    for step in steps(path) {
        match step {
            Step::Member(name) => at = member(at, name),
            Step::AnyMember => at = member(at, "en"),
            step => {
                if !at.is_array() {
                    *at = json!([{}, {}, {}]);
                }
                at = &mut at[index];
                if let (
                    Step::Selected {
                        member: name,
                        value,
                    },
                    true,
                ) = (step, select)
                {
                    *member(at, name) = if value == "true" {
                        json!(true)
                    } else {
                        json!(value)
                    };
                }
            }
        }
    }
    *at = value;
}

fn member<'v>(parent: &'v mut Value, name: &str) -> &'v mut Value {
    if !parent.is_object() {
        *parent = json!({});
    }
    &mut parent[name]
}

/// Passports made at random: leaves of the table with values of any kind, and what is not in the table.
pub(crate) fn documents() -> impl Strategy<Value = Value> {
    let value = prop_oneof![
        8 => any::<u16>().prop_map(Value::from),
        1 => Just(Value::Null),
        1 => Just(json!("true")),
        1 => Just(json!(true)),
        1 => Just(json!({ "invented": "x", "lastUpdate": "y", "": "z", "a.b": 1 })),
        1 => Just(json!(["x", { "batteryMass": 1, "isCriticalRawMaterial": true }])),
    ];
    let all: Vec<&str> = attribute::all()
        .iter()
        .flat_map(|a| a.leaves)
        .copied()
        .chain([
            "ours.secret",
            "predecessors[]",
            "granularity",
            "labels.labels[].note",
        ])
        .collect();
    let placed = (
        proptest::sample::select(all),
        0..3_usize,
        any::<bool>(),
        value,
    );
    proptest::collection::vec(placed, 0..60).prop_map(|placed| {
        let mut document = json!({ "generalProductInformation.batteryMass": "hidden" });
        for (path, index, select, value) in placed {
            place(&mut document, path, index, select, value);
        }
        document
    })
}
