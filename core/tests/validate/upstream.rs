//! The wire profile against upstream's own schemas, run by somebody else's validator: each difference is
//! a defect of upstream's, known by number, and nothing else.

extern crate alloc;

use alloc::collections::{BTreeMap, BTreeSet};
use core::cell::RefCell;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::generator::{NOT_OWED_BY_ALL, SUBMODELS, bases, change, errors, upstream};

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

#[test]
fn the_wire_verdict_differs_by_listed_defects_only() {
    let Some(schemas) = upstream() else { return };
    let bases = bases();
    for ((schema, base), (name, _)) in schemas.iter().zip(&bases).zip(SUBMODELS) {
        assert_eq!(
            errors(schema, name, base),
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
            let theirs = errors(&schemas[index], name, &document);
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
    let Some(schemas) = upstream() else { return };
    let mut refused = 0;
    for (schema, (name, file)) in schemas.iter().zip(SUBMODELS) {
        let text = common::upstream(&format!("{file}.payload.json")).unwrap();
        let payload = json::parse(&text).unwrap();
        let (ours, _) = ours(name, &payload);
        let theirs = errors(schema, name, &payload);
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
