//! Submodels of 1.0.0 other than PerformanceAndDurability, made after upstream's Turtle files of that
//! version: read without loss, upgraded with a list of changes, refused with a reason.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "alloc")]

use batterypass::ErrorCode;
use batterypass::en18223::{Representation, export, import};
use batterypass::passport::Passport;
use batterypass::upgrade::{Change, ChangeKind};
use proptest::prelude::*;
use serde_json::{Value, json};

fn upgrade(document: &Value) -> Result<(Value, Vec<Change>), (ErrorCode, String)> {
    Passport::from_value(document.clone())
        .and_then(|passport| passport.upgrade())
        .map(|(passport, changes)| (passport.to_value().unwrap(), changes))
        .map_err(|error| (error.code(), error.path().to_string()))
}

/// Every member of the submodels of 1.0.0.
fn version_1_0_0() -> Value {
    json!({
        "generalProductInformation": {
            "productIdentifier": "A1", "productPassportIdentifier": "urn:bmwk:123456687678",
            "batteryCategory": "ev", "manufacturerIdentification": "DE-1",
            "manufacturingDate": "2024-05-01T10:00:00Z", "batteryStatus": "Original", "batteryWeight": 699,
            "manufacturingPlace": { "addressCountry": "Germany", "postalCode": "30890", "streetAddress": "S. 1" },
            "economicOperator": "DE-2"
        },
        "carbonFootprint": {
            "batteryCarbonFootprint": 64.5, "carbonFootprintPerformanceClass": "A",
            "carbonFootprintPerLifecycleStage": [{ "lifecycleStage": "Distribution", "carbonFootprint": 1.5 }],
            "carbonFootprintStudy": "https://example.com/study"
        },
        "circularity": {
            "dismantlingAndRemovalInformation": [],
            "sourceForSpareParts": [{ "nameOfSupplier": "Parts" }],
            "recycledContent": [{ "recycledMaterial": "Nickel", "preConsumerShare": 4, "postConsumerShare": 6 }],
            "safetyRequirements": { "safetyInstructions": "https://example.com/s", "extinguishingAgent": ["D"] },
            "endOfLifeInformation": { "wastePrevention": "https://example.com/w" },
            "renewableContent": 3
        },
        "materialComposition": {
            "criticalRawMaterials": ["Lithium", "Cobalt"],
            "productChemistry": { "shortName": "NMC", "clearName": "Lithium nickel manganese cobalt oxides" },
            "batteryMaterials": [
                { "batteryMaterialLocation": { "componentName": "Cathode" }, "materialIdentifier": "7439-93-2",
                  "batteryMaterialName": "Lithium", "batteryMaterialWeight": 1200 },
                { "batteryMaterialLocation": { "componentName": "Anode" }, "materialIdentifier": "7440-44-0",
                  "batteryMaterialName": "Carbon", "batteryMaterialWeight": 1500.0 }
            ],
            "hazardousSubstances": []
        },
        "labels": {
            "declarationOfConformity": "https://example.com/doc", "resultOfTestReport": "https://example.com/t",
            "euDeclarationOfConformityId": "DoC-7",
            "separateCollection": {
                "separateCollectionSymbol": "https://example.com/bin.svg",
                "separateCollectionDescription": { "en": "Separate collection" }
            },
            "materialSymbols": [
                { "materialSymbol": "https://example.com/cd.svg", "materialText": { "en": "Cadmium" } },
                { "materialSymbol": "https://example.com/pb.svg", "materialText": { "en": "Lead" }, "note": "x" }
            ]
        },
        "supplyChainDueDiligence": {
            "supplyChainDueDiligenceReport": "https://example.com/r", "thirdPartyAussurances": "https://example.com/a",
            "euTaxonomyDisclosureStatement": "https://example.com/x", "sustainabilityReport": "https://example.com/y"
        }
    })
}

fn version_1_2_0() -> Value {
    json!({
        "generalProductInformation": {
            "productIdentifier": "A1", "batteryPassportIdentifier": "urn:bmwk:123456687678",
            "batteryCategory": "ev", "manufacturerInformation": { "identifier": "DE-1" },
            "manufacturingDate": "2024-05-01T10:00:00Z", "batteryStatus": "Original", "batteryMass": 699,
            "manufacturingPlace": { "addressCountry": "Germany", "postalCode": "30890", "streetAddress": "S. 1" },
            "operatorInformation": { "identifier": "DE-2" }
        },
        "carbonFootprint": version_1_0_0()["carbonFootprint"],
        "circularity": {
            "dismantlingAndRemovalInformation": [],
            "sparePartSources": [{ "nameOfSupplier": "Parts" }],
            "recycledContent": [{ "recycledMaterial": "Nickel", "preConsumerShare": 4, "postConsumerShare": 6 }],
            "safetyMeasures": { "safetyInstructions": "https://example.com/s", "extinguishingAgent": ["D"] },
            "endOfLifeInformation": { "wastePrevention": "https://example.com/w" },
            "renewableContent": 3
        },
        "materialComposition": {
            "batteryChemistry": { "shortName": "NMC", "clearName": "Lithium nickel manganese cobalt oxides" },
            "batteryMaterials": [
                { "batteryMaterialLocation": { "componentName": "Cathode" }, "batteryMaterialIdentifier": "7439-93-2",
                  "batteryMaterialName": "Lithium", "batteryMaterialMass": 1200, "isCriticalRawMaterial": true },
                { "batteryMaterialLocation": { "componentName": "Anode" }, "batteryMaterialIdentifier": "7440-44-0",
                  "batteryMaterialName": "Carbon", "batteryMaterialMass": 1500.0 },
                { "batteryMaterialName": "Cobalt", "isCriticalRawMaterial": true }
            ],
            "hazardousSubstances": []
        },
        "labels": {
            "declarationOfConformity": "https://example.com/doc", "resultOfTestReport": "https://example.com/t",
            "euDeclarationOfConformityId": "DoC-7",
            "labels": [
                { "labelingSymbol": "https://example.com/bin.svg", "labelingMeaning": { "en": "Separate collection" },
                  "labelingSubject": "SeparateCollection" },
                { "labelingSymbol": "https://example.com/cd.svg", "labelingMeaning": { "en": "Cadmium" },
                  "labelingSubject": "HazardousMaterial" },
                { "labelingSymbol": "https://example.com/pb.svg", "labelingMeaning": { "en": "Lead" },
                  "labelingSubject": "HazardousMaterial", "note": "x" }
            ]
        },
        "supplyChainDueDiligence": version_1_0_0()["supplyChainDueDiligence"]
    })
}

#[test]
fn every_submodel_is_read_without_loss_and_upgraded() {
    use ChangeKind::{Kept, Moved, Reshaped};
    let document = version_1_0_0();
    let passport = Passport::from_value(document.clone()).unwrap();
    assert_eq!(passport.to_value().unwrap(), document);

    let (new, changes) = upgrade(&document).unwrap();
    assert_eq!(new, version_1_2_0());
    let told: Vec<(ChangeKind, &str, Option<&str>)> = changes
        .iter()
        .map(|c| (c.kind, c.path.as_str(), c.to.as_deref()))
        .collect();
    let moved = |from, to| (Moved, from, Some(to));
    assert_eq!(
        told,
        [
            moved(
                "/generalProductInformation/productPassportIdentifier",
                "/generalProductInformation/batteryPassportIdentifier"
            ),
            moved(
                "/generalProductInformation/batteryWeight",
                "/generalProductInformation/batteryMass"
            ),
            moved(
                "/generalProductInformation/manufacturerIdentification",
                "/generalProductInformation/manufacturerInformation/identifier"
            ),
            moved(
                "/generalProductInformation/economicOperator",
                "/generalProductInformation/operatorInformation/identifier"
            ),
            moved(
                "/circularity/sourceForSpareParts",
                "/circularity/sparePartSources"
            ),
            moved(
                "/circularity/safetyRequirements",
                "/circularity/safetyMeasures"
            ),
            moved(
                "/materialComposition/productChemistry",
                "/materialComposition/batteryChemistry"
            ),
            moved(
                "/materialComposition/batteryMaterials/0/materialIdentifier",
                "/materialComposition/batteryMaterials/0/batteryMaterialIdentifier"
            ),
            moved(
                "/materialComposition/batteryMaterials/0/batteryMaterialWeight",
                "/materialComposition/batteryMaterials/0/batteryMaterialMass"
            ),
            moved(
                "/materialComposition/batteryMaterials/1/materialIdentifier",
                "/materialComposition/batteryMaterials/1/batteryMaterialIdentifier"
            ),
            moved(
                "/materialComposition/batteryMaterials/1/batteryMaterialWeight",
                "/materialComposition/batteryMaterials/1/batteryMaterialMass"
            ),
            (
                Reshaped,
                "/materialComposition/criticalRawMaterials",
                Some("/materialComposition/batteryMaterials")
            ),
            (
                Reshaped,
                "/labels/separateCollection",
                Some("/labels/labels")
            ),
            (Reshaped, "/labels/materialSymbols", Some("/labels/labels")),
            (
                Kept,
                "/labels/euDeclarationOfConformityId",
                Some("/labels/euDeclarationOfConformityId")
            ),
            (
                Kept,
                "/supplyChainDueDiligence/euTaxonomyDisclosureStatement",
                Some("/supplyChainDueDiligence/euTaxonomyDisclosureStatement")
            ),
            (
                Kept,
                "/supplyChainDueDiligence/sustainabilityReport",
                Some("/supplyChainDueDiligence/sustainabilityReport")
            ),
        ]
    );
}

/// Upstream's only difference is a member that is optional in 1.2.0.
#[test]
fn carbon_footprint_has_no_difference() {
    let document = json!({ "carbonFootprint": version_1_0_0()["carbonFootprint"] });
    let passport = Passport::from_value(document.clone()).unwrap();
    assert!(passport.carbon_footprint.as_ref().unwrap().extra.is_empty());
    assert!(!passport.is_older("carbonFootprint").unwrap());
    assert_eq!(upgrade(&document).unwrap(), (document, Vec::new()));
}

#[test]
fn what_is_older_is_told_and_named_in_an_export() {
    let old = Passport::from_value(version_1_0_0()).unwrap();
    let (new, _) = old.upgrade().unwrap();
    let ids = |passport: &Passport| {
        let exported = export(passport, Representation::Compressed).unwrap();
        exported["contentSpecificationIds"].clone()
    };
    let mut told = Vec::new();
    for submodel in [
        "generalProductInformation",
        "carbonFootprint",
        "circularity",
        "materialComposition",
        "labels",
        "supplyChainDueDiligence",
        "performanceAndDurability",
    ] {
        told.push(old.is_older(submodel).unwrap());
        assert!(!new.is_older(submodel).unwrap(), "{submodel}");
    }
    assert_eq!(told, [true, false, true, true, true, false, false]);
    assert_eq!(
        ids(&old),
        json!([
            "urn:samm:io.BatteryPass.GeneralProductInformation:1.0.0#GeneralProductInformation",
            "urn:samm:io.BatteryPass.CarbonFootprint:1.2.0#CarbonFootprintForBatteries",
            "urn:samm:io.BatteryPass.Circularity:1.0.0#Circularity",
            "urn:samm:io.BatteryPass.MaterialComposition:1.0.0#MaterialComposition",
            "urn:samm:io.BatteryPass.Labels:1.0.0#Labels",
            "urn:samm:io.BatteryPass.SupplyChainDueDiligence:1.2.0#SupplyChainDueDiligence"
        ])
    );
    for representation in [Representation::Compressed, Representation::Full] {
        let document = export(&old, representation).unwrap();
        assert_eq!(import(document).unwrap(), (old.clone(), Vec::new()));
    }
}

#[test]
fn what_cannot_be_upgraded_says_where() {
    for (document, path) in [
        (
            json!({ "circularity": { "sourceForSpareParts": [], "sparePartSources": [] } }),
            "/circularity/sourceForSpareParts",
        ),
        (
            json!({ "materialComposition": { "criticalRawMaterials": "Cobalt" } }),
            "/materialComposition/criticalRawMaterials",
        ),
        (
            json!({ "materialComposition": { "criticalRawMaterials": ["Cobalt", 1] } }),
            "/materialComposition/criticalRawMaterials/1",
        ),
        (
            json!({ "materialComposition": {
                "criticalRawMaterials": ["Cobalt"],
                "batteryMaterials": [{ "batteryMaterialName": "Cobalt", "isCriticalRawMaterial": false }]
            } }),
            "/materialComposition/criticalRawMaterials/0",
        ),
        (
            json!({ "materialComposition": { "batteryMaterials": [
                { "batteryMaterialWeight": 1, "batteryMaterialMass": 1 }
            ] } }),
            "/materialComposition/batteryMaterials/0/batteryMaterialWeight",
        ),
        (
            json!({ "labels": { "separateCollection": "https://example.com/bin.svg" } }),
            "/labels/separateCollection",
        ),
        (
            json!({ "labels": { "materialSymbols": {} } }),
            "/labels/materialSymbols",
        ),
        (
            json!({ "labels": { "materialSymbols": [{}, "Cd"] } }),
            "/labels/materialSymbols/1",
        ),
        (
            json!({ "labels": { "materialSymbols": [{ "labelingSubject": "x" }] } }),
            "/labels/materialSymbols/0/labelingSubject",
        ),
    ] {
        let expected = (ErrorCode::NotUpgradable, path.to_owned());
        assert_eq!(upgrade(&document), Err(expected), "{document}");
    }
    // What never fitted is named where it ends up.
    assert_eq!(
        upgrade(&json!({ "circularity": { "safetyRequirements": 1 } })),
        Err((ErrorCode::WrongType, "/circularity/safetyMeasures".into()))
    );
}

#[test]
fn empty_lists_leave_nothing_behind() {
    let document = json!({
        "materialComposition": { "criticalRawMaterials": [] }, "labels": { "materialSymbols": [] }
    });
    let (new, changes) = upgrade(&document).unwrap();
    assert_eq!(new, json!({ "materialComposition": {}, "labels": {} }));
    let kinds: Vec<ChangeKind> = changes.iter().map(|change| change.kind).collect();
    assert_eq!(kinds, [ChangeKind::Removed, ChangeKind::Removed]);
}

/// Documents with members of both versions, in and out of place.
fn documents() -> impl Strategy<Value = Value> {
    let name = prop::sample::select(vec![
        "circularity",
        "labels",
        "materialComposition",
        "supplyChainDueDiligence",
        "sourceForSpareParts",
        "sparePartSources",
        "criticalRawMaterials",
        "batteryMaterials",
        "batteryMaterialName",
        "materialIdentifier",
        "batteryMaterialWeight",
        "isCriticalRawMaterial",
        "separateCollection",
        "separateCollectionSymbol",
        "materialSymbols",
        "materialText",
        "euDeclarationOfConformityId",
        "x",
    ]);
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        "[ab]".prop_map(Value::from),
        Just(json!({})),
    ];
    leaf.prop_recursive(5, 64, 6, move |inner| {
        prop_oneof![
            1 => prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            4 => prop::collection::vec((name.clone(), inner), 0..6).prop_map(|members| {
                Value::Object(members.into_iter().map(|(name, value)| (name.to_string(), value)).collect())
            }),
        ]
    })
}

fn texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => members.values().for_each(|member| texts(member, found)),
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::String(text) => found.push(text.clone()),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// What upgrades loses no text (a name in a list of names may come to stand on its material alone),
    /// and does not change again but for what is kept.
    #[test]
    fn upgrades_account_for_every_text(document in documents()) {
        let Ok(passport) = Passport::from_value(document.clone()) else { return Ok(()) };
        prop_assert_eq!(&passport.to_value().unwrap(), &document);
        let Ok((new, changes)) = passport.upgrade() else { return Ok(()) };
        let (again, more) = new.upgrade().unwrap();
        prop_assert_eq!(&again, &new);
        prop_assert!(more.iter().all(|change| change.kind == ChangeKind::Kept));
        let (mut before, mut after) = (Vec::new(), Vec::new());
        texts(&document, &mut before);
        texts(&new.to_value().unwrap(), &mut after);
        for change in &changes {
            if let Some(removed) = &change.removed {
                texts(removed, &mut after);
            }
        }
        for text in &before {
            prop_assert!(after.contains(text), "{} is lost", text);
        }
    }
}
