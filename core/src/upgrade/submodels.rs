//! Circularity, Labels, MaterialComposition and SupplyChainDueDiligence 1.0.0 to 1.2.0.
//!
//! CarbonFootprint 1.0.0 has the members of 1.2.0 but for one that is optional there: there is nothing to
//! change. Facts are those of upstream's models of both versions.

use serde_json::{Map, Value, json};

use super::ChangeKind;
use super::edit::{Document, member, refusal};
use crate::error::Result;
use crate::prelude::*;

/// Members that only 1.0.0 has and that have another name in 1.2.0: from, to.
const MOVES: &[(&str, &str)] = &[
    (
        "/circularity/sourceForSpareParts",
        "/circularity/sparePartSources",
    ),
    (
        "/circularity/safetyRequirements",
        "/circularity/safetyMeasures",
    ),
    (
        "/materialComposition/productChemistry",
        "/materialComposition/batteryChemistry",
    ),
];

/// The same in each element of `batteryMaterials`.
const MATERIAL_MOVES: &[(&str, &str)] = &[
    ("materialIdentifier", "batteryMaterialIdentifier"),
    ("batteryMaterialWeight", "batteryMaterialMass"),
];

/// Members of 1.0.0 that 1.2.0 does not know. They stay where they are and are told each time: they do
/// not make a submodel an older one, since a newer one may have them too, as any unknown member.
const DROPPED: &[&str] = &[
    "/labels/euDeclarationOfConformityId",
    "/supplyChainDueDiligence/euTaxonomyDisclosureStatement",
    "/supplyChainDueDiligence/sustainabilityReport",
];

const MATERIALS: &str = "/materialComposition/batteryMaterials";
const CRITICAL: &str = "/materialComposition/criticalRawMaterials";
const LABELS: &str = "/labels/labels";
const COLLECTION: &str = "/labels/separateCollection";
const SYMBOLS: &str = "/labels/materialSymbols";

/// Tells whether a submodel has a member that makes it one of 1.0.0.
pub(super) fn is(name: &str, submodel: &Value) -> bool {
    let has = |path: &str| {
        let inside = path.strip_prefix('/').and_then(|p| p.strip_prefix(name));
        inside.is_some_and(|p| p.starts_with('/') && submodel.pointer(p).is_some())
    };
    let elements = |list: &str| submodel.get(list).and_then(Value::as_array);
    MOVES.iter().any(|(from, _)| has(from))
        || [CRITICAL, COLLECTION, SYMBOLS].into_iter().any(has)
        || name == "materialComposition"
            && elements("batteryMaterials").is_some_and(|materials| {
                MATERIAL_MOVES
                    .iter()
                    .any(|(from, _)| materials.iter().any(|one| one.get(from).is_some()))
            })
}

pub(super) fn upgrade(document: &mut Document) -> Result<()> {
    for (from, to) in MOVES {
        document.rename(from, to, "1.2.0 has it there")?;
    }
    materials(document)?;
    critical(document)?;
    collection(document)?;
    symbols(document)?;
    for path in DROPPED {
        if document.get(path).is_some() {
            document.note(ChangeKind::Kept, path, path, "1.2.0 does not know it");
        }
    }
    Ok(())
}

/// Renames members of each material. The list stays where it is.
fn materials(document: &mut Document) -> Result<()> {
    let mut moved = Vec::new();
    let materials = document.get_mut(MATERIALS).and_then(Value::as_array_mut);
    for (index, material) in materials.into_iter().flatten().enumerate() {
        let Some(material) = material.as_object_mut() else {
            continue;
        };
        for (old, new) in MATERIAL_MOVES {
            let Some(value) = material.shift_remove(*old) else {
                continue;
            };
            let path = member(MATERIALS, &index.to_string());
            let from = member(&path, old);
            if material.insert((*new).into(), value).is_some() {
                return Err(refusal(&from, "its new place is taken"));
            }
            moved.push((from, member(&path, new)));
        }
    }
    for (from, to) in moved {
        document.note(ChangeKind::Moved, &from, &to, "1.2.0 has it there");
    }
    Ok(())
}

/// The list of names becomes a mark on each material of that name. A name that no material has becomes a
/// material that says no more than that.
fn critical(document: &mut Document) -> Result<()> {
    let Some(names) = document.take(CRITICAL) else {
        return Ok(());
    };
    let Value::Array(names) = names else {
        return Err(refusal(CRITICAL, "expected a list"));
    };
    let mut materials = list(document, MATERIALS)?;
    for (index, name) in names.iter().enumerate() {
        let path = member(CRITICAL, &index.to_string());
        if !name.is_string() {
            return Err(refusal(&path, "expected a text"));
        }
        let mut found = false;
        for material in materials.iter_mut().filter_map(Value::as_object_mut) {
            if material.get("batteryMaterialName") != Some(name) {
                continue;
            }
            let before = material.insert("isCriticalRawMaterial".into(), true.into());
            if before.is_some_and(|before| before != Value::Bool(true)) {
                return Err(refusal(&path, "a material of this name says otherwise"));
            }
            found = true;
        }
        if !found {
            materials.push(json!({ "batteryMaterialName": name, "isCriticalRawMaterial": true }));
        }
    }
    if materials.is_empty() {
        document.note_removed(CRITICAL, names.into(), "the list is empty");
        return Ok(());
    }
    document.put(CRITICAL, MATERIALS, materials.into())?;
    document.note(
        ChangeKind::Reshaped,
        CRITICAL,
        MATERIALS,
        "1.2.0 says it of each material; a name without a material has no place, number and mass",
    );
    Ok(())
}

fn collection(document: &mut Document) -> Result<()> {
    let Some(symbol) = document.take(COLLECTION) else {
        return Ok(());
    };
    let names = ["separateCollectionSymbol", "separateCollectionDescription"];
    let label = label(symbol, "SeparateCollection", names, COLLECTION)?;
    add_labels(document, COLLECTION, Vec::from([label]))
}

fn symbols(document: &mut Document) -> Result<()> {
    let Some(symbols) = document.take(SYMBOLS) else {
        return Ok(());
    };
    let Value::Array(symbols) = symbols else {
        return Err(refusal(SYMBOLS, "expected a list"));
    };
    if symbols.is_empty() {
        document.note_removed(SYMBOLS, symbols.into(), "the list is empty");
        return Ok(());
    }
    let mut labels = Vec::new();
    for (index, symbol) in symbols.into_iter().enumerate() {
        let path = member(SYMBOLS, &index.to_string());
        let names = ["materialSymbol", "materialText"];
        labels.push(label(symbol, "HazardousMaterial", names, &path)?);
    }
    add_labels(document, SYMBOLS, labels)
}

/// Makes a label of a symbol and its text; what else the symbol has stays with it.
fn label(symbol: Value, subject: &str, names: [&str; 2], path: &str) -> Result<Value> {
    let Value::Object(mut rest) = symbol else {
        return Err(refusal(path, "expected an object"));
    };
    let mut label = Map::new();
    for (from, to) in names.into_iter().zip(["labelingSymbol", "labelingMeaning"]) {
        if let Some(value) = rest.shift_remove(from) {
            label.insert(to.into(), value);
        }
    }
    label.insert("labelingSubject".into(), subject.into());
    for (name, value) in rest {
        let from = member(path, &name);
        if label.insert(name, value).is_some() {
            return Err(refusal(&from, "its new place is taken"));
        }
    }
    Ok(label.into())
}

fn add_labels(document: &mut Document, from: &str, new: Vec<Value>) -> Result<()> {
    let mut labels = list(document, LABELS)?;
    labels.extend(new);
    document.put(from, LABELS, labels.into())?;
    document.note(
        ChangeKind::Reshaped,
        from,
        LABELS,
        "1.2.0 lists all labels with what each is about",
    );
    Ok(())
}

/// Takes a list out of the document; an empty one if there is none.
fn list(document: &mut Document, path: &str) -> Result<Vec<Value>> {
    match document.take(path) {
        Some(Value::Array(items)) => Ok(items),
        Some(_) => Err(refusal(path, "expected a list")),
        None => Ok(Vec::new()),
    }
}
