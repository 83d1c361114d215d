//! Our schemas against upstream's of the same version, both run by somebody else's validator on documents
//! made at random: each difference is a defect of upstream's, known by number, and nothing else.

extern crate alloc;

use alloc::collections::BTreeMap;
use core::cell::RefCell;

use batterypass::model::schema;
use jsonschema::{Draft, Validator};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::common;
use crate::generator::{NOT_OWED_BY_ALL, SUBMODELS, bases, change, errors, upstream};

/// Our schemas, in the order of [`SUBMODELS`].
fn ours() -> Vec<Validator> {
    let schemas = schema::schemas();
    [
        "general-product-information",
        "carbon-footprint",
        "circularity",
        "material-composition",
        "performance-and-durability",
        "labels",
        "supply-chain-due-diligence",
    ]
    .iter()
    .map(|name| {
        let (_, schema) = schemas.iter().find(|(n, _)| n == name).unwrap();
        let options = jsonschema::options();
        let options = options
            .with_draft(Draft::Draft202012)
            .should_validate_formats(true);
        options.build(schema).unwrap()
    })
    .collect()
}

/// The defect that lets upstream refuse what our schema accepts.
fn refused_by_defect(path: &str, document: &Value) -> Option<&'static str> {
    let name = path.rsplit('/').next()?;
    let given = document.pointer(path).is_some();
    Some(match name {
        "emailAddress" | "emailAddressOfSupplier" if given => "D02",
        "batteryPassportIdentifier" if given => "D03",
        "warrentyPeriod" if given => "D05",
        "hazardousSubstanceClass" if given => "D25",
        // Nothing in a condition is owed by every category.
        "recycledContent" | "warrentyPeriod" | "batteryCondition" if !given => "D14",
        name if !given && NOT_OWED_BY_ALL.contains(&name) => "D14",
        _ => return None,
    })
}

/// The defect that lets upstream accept what our schema refuses.
fn accepted_by_defect(path: &str) -> Option<&'static str> {
    Some(match path.rsplit('/').next()? {
        "emailAddress" | "emailAddressOfSupplier" => "D02",
        "lastUpdate" | "rPCLastUpdated" | "puttingIntoService" => "D04",
        // Half a cycle, and any object as the meaning of a label.
        "expectedNumberOfCycles" => "D09",
        _ if path.contains("/labelingMeaning/") => "D09",
        _ if path.contains("/numberOfDeepDischargeEvents") => "D15",
        _ if path.contains("/numberOfOverchargeEvents") => "D15",
        _ => return None,
    })
}

#[test]
fn the_schemas_differ_by_listed_defects_only() {
    let Some(theirs) = upstream() else { return };
    let ours = ours();
    let bases = bases();
    let met = RefCell::new(BTreeMap::<&str, usize>::new());
    let count = |what| *met.borrow_mut().entry(what).or_default() += 1;
    let changes = prop::collection::vec((any::<usize>(), 0..7_u8, any::<usize>()), 1..4);
    common::runner(8000)
        .run(&(0..SUBMODELS.len(), changes), |(index, changes)| {
            let (name, _) = SUBMODELS[index];
            let mut document = bases[index].clone();
            for (place, kind, pick) in changes {
                change(&mut document, place, kind, pick);
            }
            let ours = errors(&ours[index], name, &document);
            let theirs = errors(&theirs[index], name, &document);
            let whole = json!({ name: document });
            for path in theirs.difference(&ours) {
                let defect = refused_by_defect(path, &whole);
                prop_assert!(defect.is_some(), "only upstream refuses {path} in {whole}");
                count(defect.unwrap_or_default());
            }
            for path in ours.difference(&theirs) {
                let defect = accepted_by_defect(path);
                prop_assert!(
                    defect.is_some(),
                    "only our schema refuses {path} in {whole}"
                );
                count(defect.unwrap_or_default());
            }
            count(if ours.is_empty() {
                "accepted"
            } else {
                "refused"
            });
            Ok(())
        })
        .unwrap();
    let met = met.into_inner();
    let names: Vec<&str> = met.keys().copied().collect();
    assert_eq!(
        names,
        [
            "D02", "D03", "D04", "D05", "D09", "D14", "D15", "D25", "accepted", "refused"
        ],
        "{met:?}"
    );
    assert!(met["accepted"] > 500 && met["refused"] > 500, "{met:?}");
}
