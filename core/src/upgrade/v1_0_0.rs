//! GeneralProductInformation and PerformanceAndDurability 1.0.0 to the shape of 1.2.0.

use serde_json::{Map, Value, json};

use super::ChangeKind;
use super::edit::{Document, member, refusal};
use crate::error::Result;
use crate::model::node::{AsNode as _, Node};
use crate::prelude::*;

/// Groups that only 1.0.0 has, each with the place of members that the new version does not know.
const GROUPS: &[(&str, &str)] = &[
    ("powerCapability", TECHNICAL),
    ("batteryLifetime", TECHNICAL),
    ("temperatureConditions", TECHNICAL),
    ("technicalSpecification", TECHNICAL),
    ("internalResistance", CONDITION),
    ("roundtripEfficiency", TECHNICAL),
    ("dynamicAttribute", CONDITION),
];

const SUBMODEL: &str = "/performanceAndDurability";
const TECHNICAL: &str = "/performanceAndDurability/batteryTechicalProperties";
const CONDITION: &str = "/performanceAndDurability/batteryCondition";
const EVENTS: &str = "/performanceAndDurability/negativeEvents";
const TIME: &str = "/performanceAndDurability/dynamicAttribute/lastUpdate";

/// Moves within PerformanceAndDurability: group, member, place, new name.
const MOVES: &[(&str, &str, &str, &str)] = &[
    (
        "powerCapability",
        "originalPowerCapability",
        TECHNICAL,
        "originalPowerCapability",
    ),
    (
        "powerCapability",
        "remainingPowerCapability",
        CONDITION,
        "remainingPowerCapability",
    ),
    (
        "powerCapability",
        "powerCapabilityFade",
        TECHNICAL,
        "powerFade",
    ),
    (
        "powerCapability",
        "maximumPermittedBatteryPower",
        TECHNICAL,
        "ratedMaximumPower",
    ),
    (
        "powerCapability",
        "powerCapabilityRatio",
        TECHNICAL,
        "powerCapabilityRatio",
    ),
    (
        "batteryLifetime",
        "lifetimeReferenceTest",
        TECHNICAL,
        "lifetimeReferenceTest",
    ),
    (
        "batteryLifetime",
        "expectedNumberOfCycles",
        TECHNICAL,
        "expectedNumberOfCycles",
    ),
    ("batteryLifetime", "cRate", TECHNICAL, "cRate"),
    (
        "batteryLifetime",
        "capacityThresholdExhaustion",
        TECHNICAL,
        "capacityThresholdForExhaustion",
    ),
    (
        "batteryLifetime",
        "ratedCapacity",
        TECHNICAL,
        "ratedCapacity",
    ),
    (
        "temperatureConditions",
        "temperatureRangeIdleState",
        TECHNICAL,
        "temperatureRangeIdleState",
    ),
    (
        "technicalSpecification",
        "ubeCertified",
        TECHNICAL,
        "ratedEnergy",
    ),
    (
        "technicalSpecification",
        "ubeRemaining",
        CONDITION,
        "remainingEnergy",
    ),
    (
        "technicalSpecification",
        "remainingCapacity",
        CONDITION,
        "remainingCapacity",
    ),
    (
        "technicalSpecification",
        "capacityFade",
        CONDITION,
        "capacityFade",
    ),
    (
        "technicalSpecification",
        "stateOfCharge",
        CONDITION,
        "stateOfCharge",
    ),
    (
        "technicalSpecification",
        "nominalVoltage",
        TECHNICAL,
        "nominalVoltage",
    ),
    (
        "technicalSpecification",
        "minimumVoltage",
        TECHNICAL,
        "minimumVoltage",
    ),
    (
        "technicalSpecification",
        "maximumVoltage",
        TECHNICAL,
        "maximumVoltage",
    ),
    (
        "roundtripEfficiency",
        "initialSelfDischargingRate",
        TECHNICAL,
        "initialSelfDischarge",
    ),
    (
        "roundtripEfficiency",
        "currentSelfDischargingRate",
        CONDITION,
        "currentSelfDischargingRate",
    ),
];

/// Numbers that became objects with a time: group, member, new name of the number.
const TIMED: &[(&str, &str, &str)] = &[
    (
        "batteryLifetime",
        "energyThroughput",
        "energyThroughputValue",
    ),
    (
        "batteryLifetime",
        "capacityThroughput",
        "capacityThroughputValue",
    ),
    (
        "batteryLifetime",
        "numberOfFullCycles",
        "numberOfFullCyclesValue",
    ),
    (
        "technicalSpecification",
        "stateOfCertifiedEnergy",
        "stateOfCertifiedEnergyValue",
    ),
];

/// Moves in and to GeneralProductInformation.
const GENERAL: &[(&str, &str)] = &[
    (
        "/generalProductInformation/productPassportIdentifier",
        "/generalProductInformation/batteryPassportIdentifier",
    ),
    (
        "/generalProductInformation/batteryWeight",
        "/generalProductInformation/batteryMass",
    ),
    (
        "/generalProductInformation/manufacturerIdentification",
        "/generalProductInformation/manufacturerInformation/identifier",
    ),
    (
        "/generalProductInformation/economicOperator",
        "/generalProductInformation/operatorInformation/identifier",
    ),
    (
        "/performanceAndDurability/batteryLifetime/putIntoService",
        "/generalProductInformation/puttingIntoService",
    ),
];

/// Tells whether a submodel has one of the groups that only 1.0.0 has.
pub(super) fn is(submodel: Node<'_>) -> bool {
    submodel.get("negativeEvents").is_some()
        || GROUPS
            .iter()
            .any(|(group, _)| submodel.get(group).is_some())
}

/// Tells whether a GeneralProductInformation has a member that only 1.0.0 has.
pub(super) fn is_general(submodel: &Value) -> bool {
    GENERAL.iter().any(|(from, _)| {
        let inside = from.strip_prefix("/generalProductInformation");
        inside.is_some_and(|path| submodel.pointer(path).is_some())
    })
}

pub(super) fn upgrade(document: &mut Document) -> Result<()> {
    for (from, to) in GENERAL {
        document.rename(from, to, "1.2.0 has it there")?;
    }
    if !document.get(SUBMODEL).is_some_and(|s| is(s.node())) {
        return Ok(());
    }
    for (group, name, place, new_name) in MOVES {
        let from = member(&member(SUBMODEL, group), name);
        document.rename(&from, &member(place, new_name), "1.2.0 has it there")?;
    }
    let remaining = member(CONDITION, "remainingEnergy");
    document.rename(
        &member(&remaining, "uBERemainingValue"),
        &member(&remaining, "remainingEnergyValue"),
        "1.2.1 has it there",
    )?;
    // One time for the whole submodel; it is given to each value that has none of its own.
    let time = document.get(TIME).cloned();
    for (group, name, value_name) in TIMED {
        timed(document, group, name, value_name, time.as_ref())?;
    }
    temperatures(document, time.as_ref())?;
    resistance(document)?;
    events(document, time.as_ref())?;
    if let Some(time) = document.take(TIME) {
        document.note_removed(TIME, time, "each value has a time of its own");
    }
    GROUPS
        .iter()
        .try_for_each(|(group, place)| leftovers(document, group, place))
}

fn timed(
    document: &mut Document,
    group: &str,
    name: &str,
    value_name: &str,
    time: Option<&Value>,
) -> Result<()> {
    let from = member(&member(SUBMODEL, group), name);
    let Some(number) = document.take(&from) else {
        return Ok(());
    };
    if !number.is_number() {
        return Err(refusal(&from, "expected a number"));
    }
    let mut object = Map::new();
    object.insert(value_name.into(), number);
    if let Some(time) = time {
        object.insert("lastUpdate".into(), time.clone());
    }
    let to = member(CONDITION, name);
    document.put(&from, &to, object.into())?;
    document.note(ChangeKind::Reshaped, &from, &to, TIME_DETAIL);
    Ok(())
}

const TIME_DETAIL: &str = "its time is that of dynamicAttribute, missing if that was";

fn temperatures(document: &mut Document, time: Option<&Value>) -> Result<()> {
    let to = member(CONDITION, "temperatureInformation");
    let mut moved = false;
    for name in ["timeExtremeHighTemp", "timeExtremeLowTemp"] {
        let from = member(&member(SUBMODEL, "temperatureConditions"), name);
        moved |= document.get(&from).is_some();
        document.rename(&from, &member(&to, name), TIME_DETAIL)?;
    }
    let update = member(&to, "lastUpdate");
    match time {
        Some(time) if moved && document.get(&update).is_none() => {
            document.put(TIME, &update, time.clone())
        }
        _ => Ok(()),
    }
}

fn resistance(document: &mut Document) -> Result<()> {
    let from = member(
        &member(SUBMODEL, "internalResistance"),
        "initialInternalResistancePack",
    );
    let Some(value) = document.take(&from) else {
        return Ok(());
    };
    let to = member(TECHNICAL, "initialInternalResistance");
    let list = json!([{ "ohmicResistance": value, "batteryComponent": "pack" }]);
    document.put(&from, &to, list)?;
    document.note(
        ChangeKind::Reshaped,
        &from,
        &to,
        "1.2.0 lists the components",
    );
    Ok(())
}

/// Each event of 1.0.0 is a list of texts; each text becomes an event.
fn events(document: &mut Document, time: Option<&Value>) -> Result<()> {
    let Some(old) = document.take(EVENTS) else {
        return Ok(());
    };
    let Value::Array(old) = old else {
        return Err(refusal(EVENTS, "expected a list"));
    };
    let mut new = Vec::new();
    for (index, event) in old.into_iter().enumerate() {
        let path = member(EVENTS, &index.to_string());
        let Value::Object(mut event) = event else {
            return Err(refusal(&path, "expected an object"));
        };
        let texts = match event.shift_remove("negativeEvent") {
            Some(Value::Array(texts)) => texts,
            Some(text) => Vec::from([text]),
            None => Vec::new(),
        };
        if texts.len() != 1 && !event.is_empty() {
            return Err(refusal(
                &path,
                "its other members belong to no single event",
            ));
        }
        for text in texts {
            let mut one = event.clone();
            one.insert("negativeEvent".into(), text);
            if let (Some(time), false) = (time, one.contains_key("lastUpdate")) {
                one.insert("lastUpdate".into(), time.clone());
            }
            new.push(Value::Object(one));
        }
    }
    let to = member(CONDITION, "negativeEvents");
    document.put(EVENTS, &to, new.into())?;
    document.note(ChangeKind::Reshaped, EVENTS, &to, TIME_DETAIL);
    Ok(())
}

/// Keeps what the new version has no name for.
fn leftovers(document: &mut Document, group: &str, place: &str) -> Result<()> {
    let path = member(SUBMODEL, group);
    let members = match document.take(&path) {
        Some(Value::Object(members)) => members,
        Some(_) => return Err(refusal(&path, "expected an object")),
        None => return Ok(()),
    };
    for (name, value) in members {
        let from = member(&path, &name);
        if name == "@type" {
            document.note_removed(&from, value, "it names a type of 1.0.0");
            continue;
        }
        let to = member(place, &name);
        if name == "initialSelfDischarge" {
            if document.get(&to) == Some(&value) {
                document.note_removed(&from, value, "initialSelfDischargingRate says the same");
                continue;
            }
            document.put(&from, &to, value)?;
            let detail = "1.0.0 does not say per which time; 1.2.0 says percent per month";
            document.note(ChangeKind::Moved, &from, &to, detail);
            continue;
        }
        document.put(&from, &to, value)?;
        document.note(ChangeKind::Kept, &from, &to, "1.2.1 does not know it");
    }
    Ok(())
}
