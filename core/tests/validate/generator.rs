//! Documents made at random round what upstream's schemas accept, and those schemas.

extern crate alloc;

use alloc::collections::BTreeSet;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, Validator};
use serde_json::{Value, json};

use crate::common;

const EV: &[u8] = include_bytes!("../../../schemas/examples/ev-battery.json");

/// Member of a passport and file of upstream's, for each submodel.
pub const SUBMODELS: [(&str, &str); 7] = [
    (
        "generalProductInformation",
        "GeneralProductInformation-1.2.0",
    ),
    ("carbonFootprint", "CarbonFootprint-1.2.0"),
    ("circularity", "Circularity-1.2.0"),
    ("materialComposition", "MaterialComposition-1.2.0"),
    ("performanceAndDurability", "Performance-1.2.1"),
    ("labels", "Labels-1.2.0"),
    ("supplyChainDueDiligence", "SupplyChainDueDiligence-1.2.0"),
];

/// What upstream requires of every category although the law or the guidance does not (D14).
pub const NOT_OWED_BY_ALL: [&str; 38] = [
    "batteryCarbonFootprint",
    "capacityFade",
    "capacityThresholdForExhaustion",
    "capacityThroughput",
    "carbonFootprintPerLifecycleStage",
    "carbonFootprintPerformanceClass",
    "carbonFootprintStudy",
    "cRateLifeCycleTest",
    "currentSelfDischargingRate",
    "energyThroughput",
    "evolutionOfSelfDischarge",
    "expectedLifetime",
    "expectedNumberOfCycles",
    "initialSelfDischarge",
    "internalResistanceIncrease",
    "lifetimeReferenceTest",
    "negativeEvents",
    "numberOfFullCycles",
    "operatorInformation",
    "powerCapabilityRatio",
    "powerFade",
    "puttingIntoService",
    "ratedEnergy",
    "remainingCapacity",
    "remainingEnergy",
    "remainingPowerCapability",
    "remainingRoundTripEnergyEfficiency",
    "roundTripEfficiencyFade",
    "roundTripEfficiencyat50PerCentCycleLife",
    "roundtripEfficiency",
    "stateOfCertifiedEnergy",
    "stateOfCharge",
    "supplyChainDueDiligenceReport",
    "temperatureInformation",
    "timeExtremeHighTemp",
    "timeExtremeHighTempCharging",
    "timeExtremeLowTemp",
    "timeExtremeLowTempCharging",
];

/// Upstream's schemas, in the order of [`SUBMODELS`].
pub fn upstream() -> Option<Vec<Validator>> {
    SUBMODELS
        .iter()
        .map(|(_, file)| {
            let text = common::upstream(&format!("{file}.schema.json"))?;
            let schema: Value = serde_json::from_slice(&text).unwrap();
            let options = jsonschema::options();
            let options = options
                .with_draft(Draft::Draft4)
                .should_validate_formats(true);
            Some(options.build(&schema).unwrap())
        })
        .collect()
}

/// Where a schema finds errors; a missing member counts where it would be.
pub fn errors(schema: &Validator, base: &str, document: &Value) -> BTreeSet<String> {
    schema
        .iter_errors(document)
        .map(|error| {
            let path = format!("/{base}{}", error.instance_path());
            match error.kind() {
                ValidationErrorKind::Required { property } => {
                    format!("{path}/{}", property.as_str().unwrap())
                }
                _ => path,
            }
        })
        .collect()
}

/// Documents that upstream's schemas accept, to be changed.
pub fn bases() -> Vec<Value> {
    let mut document = batterypass::json::parse(EV).unwrap();
    document["generalProductInformation"]["manufacturerInformation"]["emailAddress"] =
        json!("ww@w.ww");
    document["generalProductInformation"]["operatorInformation"]["emailAddress"] = json!("ww@w.ww");
    document["materialComposition"]["hazardousSubstances"]
        .as_array_mut()
        .unwrap()
        .truncate(1);
    document["carbonFootprint"] = json!({
        "batteryCarbonFootprint": 70,
        "carbonFootprintPerLifecycleStage": [{ "lifecycleStage": "MainProduction", "carbonFootprint": 20 }],
        "carbonFootprintPerformanceClass": "B",
        "carbonFootprintStudy": "https://www.cells.example/footprint",
        "absoluteCarbonFootprint": 5145
    });
    document["supplyChainDueDiligence"]["supplyChainDueDiligenceReport"] =
        json!("https://www.cells.example/r");
    SUBMODELS
        .iter()
        .map(|(name, _)| document[name].take())
        .collect()
}

pub fn pointers(value: &Value, path: &str, found: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(n, v)| (n.clone(), v)).collect(),
        Value::Array(list) => list
            .iter()
            .enumerate()
            .map(|(i, v)| (i.to_string(), v))
            .collect(),
        _ => return,
    };
    for (name, child) in children {
        let path = format!("{path}/{name}");
        pointers(child, &path, found);
        found.push(path);
    }
}

/// Texts near the border of a member's form, by its name.
pub fn texts(name: &str) -> &'static [&'static str] {
    match name {
        "emailAddress" | "emailAddressOfSupplier" => &[
            "info@example.com",
            "ww-@.-xyz",
            "a.b@w.ww",
            "w@w.w",
            "spare+parts@x.example",
            ".a@w.ww",
        ],
        "batteryPassportIdentifier" => &[
            "urn:a:b",
            "urn:uuid:1-2",
            "https://x.example/1",
            "did:web:x",
            "no",
        ],
        "warrentyPeriod" => &["--06", "--06Z", "x--06", "--13", "2035-06", "P8Y", "P"],
        "manufacturingDate" => &[
            "2026-03",
            "2026-03-10",
            "2026-03-10T00:00:00Z",
            "2026-02-30T00:00:00Z",
            "03/2026",
        ],
        "batteryStatus" => &["re-used", "Reused", "waste", "Waste", "used"],
        "hazardousSubstanceClass" => &["Carcinogenicity", "AcuteToxicity", "Other"],
        "batteryMaterialIdentifier" | "hazardousSubstanceIdentifier" => &[
            "7439-93-2",
            "7439-93-9",
            "7439-93-2 ",
            "7-93-2",
            "12345678-12-1",
            "x7439-93-2",
        ],
        "lastUpdate" | "rPCLastUpdated" | "puttingIntoService" => &[
            "2026-09-01T06:30:00",
            "zz2026-09-01T06:30:00Zzz",
            "2026-09-01T24:00:00Z",
            "2026-02-30T06:30:00Z",
            "12026-09-01T06:30:00+14:00",
            "2026-09-01T06:30:00+15:00",
            "2026-09-01",
            "-2026-09-01T06:30:00.50Z",
        ],
        _ => &[
            "",
            " ",
            "https://x.example/a?b=c#d",
            "ftp://x.example",
            "/relative",
            "https://x.example/a b",
            "https://[::1]/",
            "urn:x:y",
            "http://x.example/%zz",
            "Lead",
            "pack",
            "ev",
        ],
    }
}

/// Changes a document in one place.
pub fn change(document: &mut Value, place: usize, kind: u8, pick: usize) {
    let mut found = Vec::new();
    pointers(document, "", &mut found);
    let Some(path) = found.get(place % found.len().max(1)).cloned() else {
        return;
    };
    let texts = texts(path.rsplit('/').next().unwrap());
    let values = [
        json!(-1),
        json!(0),
        json!(1.5),
        json!(101),
        json!(250),
        json!(40_000),
        json!(-40_000),
        json!(1e300),
        json!(9_223_372_036_854_775_807_i64),
        json!(18_446_744_073_709_551_615_u64),
        json!(true),
        json!(null),
        json!([]),
        json!({}),
        json!([{}]),
        json!(["x"]),
        json!({ "x": 1 }),
    ];
    match kind {
        0 => remove(document, &path),
        1 => set(document, &path, values[pick % values.len()].clone()),
        2 => {
            let parent = path.rsplit_once('/').unwrap().0;
            if let Some(Value::Object(members)) = document.pointer_mut(parent) {
                let names = [
                    "unknownMember",
                    "powerFade",
                    "roundTripEfficiencyFade",
                    "remainingEnergyalue",
                ];
                members.insert(names[pick % names.len()].into(), json!(1));
            }
        }
        3 if document["batteryCondition"].is_object() => {
            document["batteryCondition"]["remainingPowerCapability"] = json!([]);
        }
        _ => set(document, &path, json!(texts[pick % texts.len()])),
    }
}

/// Sets the value at a JSON Pointer; the last name may be new.
pub fn set(document: &mut Value, pointer: &str, value: Value) {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match document.pointer_mut(parent).unwrap() {
        Value::Array(list) => list[name.parse::<usize>().unwrap()] = value,
        object => object[name] = value,
    }
}

/// Removes the value at a JSON Pointer, if it is there.
pub fn remove(document: &mut Value, pointer: &str) {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match document.pointer_mut(parent) {
        Some(Value::Array(list)) => drop(list.remove(name.parse().unwrap())),
        Some(Value::Object(members)) => drop(members.shift_remove(name)),
        _ => {}
    }
}
