//! PerformanceAndDurability 1.2.0 to 1.2.1.

use serde_json::{Value, json};

use super::edit::{Document, refusal};
use crate::error::Result;
use crate::model::node::Node;
use crate::prelude::*;

/// What has another place or name in 1.2.1.
const MOVES: &[(&str, &str)] = &[
    (
        "/batteryCondition/powerFade",
        "/batteryTechicalProperties/powerFade",
    ),
    (
        "/batteryCondition/roundTripEfficiencyFade",
        "/batteryTechicalProperties/roundTripEfficiencyFade",
    ),
    (
        "/batteryCondition/roundTripEfficiencyat50PerCentCycleLife",
        "/batteryTechicalProperties/roundTripEfficiencyat50PerCentCycleLife",
    ),
    (
        "/batteryCondition/remainingEnergy/remainingEnergyalue",
        "/batteryCondition/remainingEnergy/remainingEnergyValue",
    ),
    (
        "/batteryCondition/evolutionOfSelfDischarge/evolutionOfSelfDischargeEntityValue",
        "/batteryCondition/evolutionOfSelfDischarge/evolutionOfSelfDischargeValue",
    ),
    (
        "/batteryCondition/currentSelfDischargingRate/currentSelfDischargingRateEntity",
        "/batteryCondition/currentSelfDischargingRate/currentSelfDischargingRateValue",
    ),
];

const ENERGY_THROUGHPUT: &str = "/batteryCondition/energyThroughput";
const POWER_CAPABILITY: &str = "/batteryCondition/remainingPowerCapability";
const TEMPERATURE_RANGE: &str = "/batteryTechicalProperties/temperatureRangeIdleState";

/// Tells whether a submodel has a name or a shape that 1.2.0 has and 1.2.1 has not.
pub(super) fn is(submodel: Node<'_>) -> bool {
    let at = |path: &str| (path.split('/').skip(1)).try_fold(submodel, Node::get);
    MOVES.iter().any(|(from, _)| at(from).is_some())
        || matches!(at(ENERGY_THROUGHPUT), Some(Node::Number(_)))
        || matches!(at(POWER_CAPABILITY), Some(Node::List(_)))
        || matches!(at(TEMPERATURE_RANGE), Some(Node::Number(_) | Node::List(_)))
}

pub(super) fn upgrade(document: &mut Document) -> Result<()> {
    let within = |path: &str| format!("/{}{path}", super::PERFORMANCE);
    for (from, to) in MOVES {
        document.rename(&within(from), &within(to), "1.2.1 has it there")?;
    }
    energy_throughput(document, &within(ENERGY_THROUGHPUT));
    power_capability(document, &within(POWER_CAPABILITY))?;
    temperature_range(document, &within(TEMPERATURE_RANGE))
}

fn energy_throughput(document: &mut Document, path: &str) {
    if let Some(Value::Number(number)) = document.get(path) {
        let value = json!({ "energyThroughputValue": number });
        document.reshape(
            path,
            value,
            "1.2.0 has no time for it: lastUpdate is missing",
        );
    }
}

fn power_capability(document: &mut Document, path: &str) -> Result<()> {
    match document.get(path).map(Value::as_array) {
        Some(Some(list)) => match list.as_slice() {
            [] => {
                if let Some(value) = document.take(path) {
                    document.note_removed(path, value, "the list is empty");
                }
                Ok(())
            }
            [one] => {
                let one = one.clone();
                document.reshape(path, one, "1.2.1 has one object, not a list");
                Ok(())
            }
            _ => Err(refusal(
                path,
                "1.2.1 holds the value at one state of charge only; keep one of the list",
            )),
        },
        _ => Ok(()),
    }
}

fn temperature_range(document: &mut Document, path: &str) -> Result<()> {
    let bounds = match document.get(path) {
        Some(Value::Number(_)) => None,
        Some(Value::Array(list)) => match list.as_slice() {
            [Value::Number(a), Value::Number(b)] => {
                let (low, high) = if a.as_f64() <= b.as_f64() {
                    (a, b)
                } else {
                    (b, a)
                };
                Some(json!({ "minimum": low, "maximum": high }))
            }
            [] | [Value::Number(_)] => None,
            _ => return Err(refusal(path, "a range has two numbers")),
        },
        _ => return Ok(()),
    };
    match bounds {
        Some(bounds) => document.reshape(path, bounds, "1.2.1 names the bounds"),
        None => {
            if let Some(value) = document.take(path) {
                document.note_removed(
                    path,
                    value,
                    "it does not say which bound it is; give minimum and maximum",
                );
            }
        }
    }
    Ok(())
}
