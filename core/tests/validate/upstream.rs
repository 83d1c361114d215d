//! The wire profile against upstream's own schemas, run by somebody else's validator: each difference is
//! a defect of upstream's, known by number, and nothing else.

extern crate alloc;

use alloc::collections::{BTreeMap, BTreeSet};
use core::cell::RefCell;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, Validator};
use proptest::prelude::*;
use serde_json::json;

use super::*;

const SUBMODELS: [(&str, &str); 7] = [
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
const NOT_OWED_BY_ALL: [&str; 38] = [
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

fn schemas() -> Option<Vec<Validator>> {
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

/// Where upstream's schema finds errors; a missing member counts where it would be.
fn theirs(schema: &Validator, base: &str, document: &Value) -> BTreeSet<String> {
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

/// Where the wire profile finds errors. A document that is none of the model has one.
fn ours(base: &str, document: &Value) -> (BTreeSet<String>, bool) {
    let document = json!({ base: document });
    match Passport::from_value(document) {
        Err(error) => (BTreeSet::from([error.path().to_string()]), true),
        Ok(passport) => {
            let report = validate(&passport, Profile::Wire, day());
            let errors = report
                .findings
                .into_iter()
                .filter(|f| f.severity == Severity::Error);
            (errors.map(|finding| finding.path).collect(), false)
        }
    }
}

/// The defect of a PerformanceAndDurability 1.2.0, by what 1.2.1 has not: a document of another version,
/// which is one finding here and many there, or none where the other name is only unknown.
fn other_version(document: &Value) -> Option<&'static str> {
    let at = |path: &str| document.pointer(&format!("/performanceAndDurability/{path}"));
    if at("batteryCondition/remainingPowerCapability").is_some_and(Value::is_array) {
        return Some("D17");
    }
    let renamed = [
        "batteryCondition/powerFade",
        "batteryCondition/roundTripEfficiencyFade",
        "batteryCondition/remainingEnergy/remainingEnergyalue",
    ];
    let range = at("batteryTechicalProperties/temperatureRangeIdleState");
    let older = renamed.iter().any(|path| at(path).is_some())
        || at("batteryCondition/energyThroughput").is_some_and(Value::is_number)
        || range.is_some_and(|range| range.is_number() || range.is_array());
    older.then_some("D18")
}

/// The defect that lets upstream refuse what we read.
fn refused_by_defect(path: &str, document: &Value) -> Option<&'static str> {
    let name = path.rsplit('/').next()?;
    let given = document.pointer(path).is_some();
    Some(match name {
        "emailAddress" | "emailAddressOfSupplier" if given => "D02",
        "batteryPassportIdentifier" if given => "D03",
        "warrentyPeriod" if given => "D05",
        "manufacturingDate" | "batteryStatus" if given => "D24",
        "hazardousSubstanceClass" if given => "D25",
        "recycledContent" | "warrentyPeriod" if !given => "D14",
        name if !given && NOT_OWED_BY_ALL.contains(&name) => "D14",
        _ => return None,
    })
}

/// The defect that lets upstream accept what we refuse.
fn accepted_by_defect(path: &str) -> Option<&'static str> {
    const OURS: [&str; 2] = ["/numberOfDeepDischargeEvents", "/numberOfOverchargeEvents"];
    Some(match path.rsplit('/').next()? {
        _ if OURS.iter().any(|member| path.contains(member)) => "D15",
        "emailAddress" | "emailAddressOfSupplier" => "D02",
        "lastUpdate" | "rPCLastUpdated" | "puttingIntoService" => "D04",
        "warrentyPeriod" => "D05",
        _ => return None,
    })
}

/// Documents that upstream's schemas accept, to be changed.
fn bases() -> Vec<Value> {
    let mut document = example(EV);
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

fn pointers(value: &Value, path: &str, found: &mut Vec<String>) {
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
fn texts(name: &str) -> &'static [&'static str] {
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

fn change(document: &mut Value, place: usize, kind: u8, pick: usize) {
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

#[test]
fn the_wire_verdict_differs_by_listed_defects_only() {
    let Some(schemas) = schemas() else { return };
    let bases = bases();
    for ((schema, base), (name, _)) in schemas.iter().zip(&bases).zip(SUBMODELS) {
        assert_eq!(
            theirs(schema, name, base),
            BTreeSet::new(),
            "{name}: the base is valid"
        );
        assert_eq!(
            ours(name, base).0,
            BTreeSet::new(),
            "{name}: the base is valid"
        );
    }
    let met = RefCell::new(BTreeMap::<&str, usize>::new());
    let mut runner = common::runner(8000);
    let changes = prop::collection::vec((any::<usize>(), 0..7_u8, any::<usize>()), 1..4);
    runner
        .run(&(0..SUBMODELS.len(), changes), |(index, changes)| {
            let (name, _) = SUBMODELS[index];
            let mut document = bases[index].clone();
            for (place, kind, pick) in changes {
                change(&mut document, place, kind, pick);
            }
            let theirs = theirs(&schemas[index], name, &document);
            let (ours, not_of_the_model) = ours(name, &document);
            let whole = json!({ name: document });
            let mut defects = BTreeSet::new();
            if let Some(defect) = other_version(&whole) {
                let expected = BTreeSet::from(["/performanceAndDurability".to_string()]);
                prop_assert_eq!(ours, expected, "{} {:?}", whole, theirs);
                *met.borrow_mut().entry(defect).or_default() += 1;
                return Ok(());
            }
            for path in ours.difference(&theirs) {
                let defect = accepted_by_defect(path);
                prop_assert!(
                    defect.is_some(),
                    "only we refuse {path} in {whole}: {theirs:?}"
                );
                defects.extend(defect);
            }
            for path in theirs.difference(&ours) {
                if not_of_the_model {
                    continue;
                }
                let defect = refused_by_defect(path, &whole);
                prop_assert!(
                    defect.is_some(),
                    "only upstream refuses {path} in {whole}: {ours:?}"
                );
                defects.extend(defect);
            }
            prop_assert!(theirs.is_empty() == ours.is_empty() || !defects.is_empty());
            let mut met = met.borrow_mut();
            for defect in defects {
                *met.entry(defect).or_default() += 1;
            }
            *met.entry(if theirs.is_empty() {
                "accepted"
            } else {
                "refused"
            })
            .or_default() += 1;
            Ok(())
        })
        .unwrap();
    // The comparison has met every defect on the list, and both verdicts.
    let met = met.into_inner();
    let names: Vec<&str> = met.keys().copied().collect();
    assert_eq!(
        names,
        [
            "D02", "D03", "D04", "D05", "D14", "D15", "D17", "D18", "D24", "D25", "accepted",
            "refused",
        ],
        "{met:?}"
    );
    assert!(met["accepted"] > 500 && met["refused"] > 500, "{met:?}");
}

#[test]
fn payloads_that_upstream_refuses_have_the_matching_finding() {
    let Some(schemas) = schemas() else { return };
    let mut refused = 0;
    for (schema, (name, file)) in schemas.iter().zip(SUBMODELS) {
        let text = common::upstream(&format!("{file}.payload.json")).unwrap();
        let payload = json::parse(&text).unwrap();
        let (ours, _) = ours(name, &payload);
        let theirs = theirs(schema, name, &payload);
        for path in theirs.difference(&ours) {
            assert!(
                refused_by_defect(path, &json!({ name: payload.clone() })).is_some(),
                "{path}"
            );
        }
        for path in ours.difference(&theirs) {
            assert!(accepted_by_defect(path).is_some(), "{path}");
        }
        refused += usize::from(!theirs.is_empty());
    }
    // The blank after a CAS number (D07).
    assert_eq!(refused, 1);
}
