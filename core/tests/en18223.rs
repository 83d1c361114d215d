//! EN 18223: what is exported reads back, and what other implementations write is read.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "alloc")]

use batterypass::ErrorCode;
use batterypass::en18223::{Representation, export, import};
use batterypass::passport::Passport;
use proptest::prelude::*;
use serde_json::{Value, json};

const BOTH: [Representation; 2] = [Representation::Compressed, Representation::Full];

fn examples() -> Vec<Passport> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../schemas/examples");
    let files = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path());
    let json = files.filter(|path| path.extension().is_some_and(|e| e == "json"));
    json.map(|path| Passport::parse(&std::fs::read(path).unwrap()).unwrap())
        .collect()
}

#[test]
fn the_examples_survive_both_representations() {
    let examples = examples();
    assert!(!examples.is_empty());
    for passport in examples {
        for representation in BOTH {
            let document = export(&passport, representation).unwrap();
            assert_eq!(import(document).unwrap(), (passport.clone(), Vec::new()));
        }
    }
}

fn small() -> Passport {
    Passport::from_value(json!({
        "digitalProductPassportId": "urn:uuid:1",
        "granularity": "item",
        "lastUpdate": "2027-02-18T00:00:00Z",
        "predecessors": ["urn:uuid:0"],
        "carbonFootprint": {
            "carbonFootprintStudy": "https://example.com/study",
            "carbonFootprintPerLifecycleStage": [{ "lifecycleStage": "Distribution", "carbonFootprint": 1.5 }]
        },
        "labels": { "labels": [{ "labelingMeaning": { "en": "Lead", "de": "Blei" } }] },
        "checked": true
    }))
    .unwrap()
}

#[test]
fn the_compressed_form_lists_specifications_and_languages() {
    assert_eq!(
        export(&small(), Representation::Compressed).unwrap(),
        json!({
            "digitalProductPassportId": "urn:uuid:1",
            "granularity": "item",
            "lastUpdate": "2027-02-18T00:00:00Z",
            "contentSpecificationIds": [
                "urn:samm:io.BatteryPass.CarbonFootprint:1.2.0#CarbonFootprintForBatteries",
                "urn:samm:io.BatteryPass.Labels:1.2.0#Labeling"
            ],
            "predecessors": ["urn:uuid:0"],
            "carbonFootprint": {
                "carbonFootprintStudy": "https://example.com/study",
                "carbonFootprintPerLifecycleStage": [{ "lifecycleStage": "Distribution", "carbonFootprint": 1.5 }]
            },
            "labels": { "labels": [{ "labelingMeaning": [
                { "value": "Lead", "language": "en" }, { "value": "Blei", "language": "de" }
            ] }] },
            "checked": true
        })
    );
}

#[test]
fn the_full_form_describes_itself() {
    let single = |id: &str, kind: &str, value: Value| {
        json!({
            "elementId": id, "objectType": "SingleValuedDataElement", "valueDataType": kind, "value": value
        })
    };
    let collection = |id: &str, elements: Value| {
        json!({
            "elementId": id, "objectType": "DataElementCollection", "elements": elements
        })
    };
    let term = |mut element: Value, of: &str| {
        let reference = format!(
            "urn:samm:io.BatteryPass.{of}:1.2.0#{}",
            element["elementId"].as_str().unwrap()
        );
        element["dictionaryReference"] = json!(reference);
        element
    };
    let of_footprint = |element| term(element, "CarbonFootprint");
    let mut footprint = collection(
        "carbonFootprint",
        json!([
            of_footprint(collection(
                "carbonFootprintPerLifecycleStage",
                json!([collection(
                    "0",
                    json!([
                        of_footprint(single(
                            "lifecycleStage",
                            "xsd:string",
                            json!("Distribution")
                        )),
                        of_footprint(single("carbonFootprint", "xsd:double", json!(1.5))),
                    ])
                )])
            )),
            of_footprint(single(
                "carbonFootprintStudy",
                "xsd:anyURI",
                json!("https://example.com/study")
            )),
        ]),
    );
    footprint["dictionaryReference"] =
        json!("urn:samm:io.BatteryPass.CarbonFootprint:1.2.0#CarbonFootprintForBatteries");
    let mut labels = collection(
        "labels",
        json!([term(
            collection(
                "labels",
                json!([collection(
                    "0",
                    json!([term(
                        json!({ "elementId": "labelingMeaning", "objectType": "MultiLanguageDataElement", "value": [
                            { "value": "Lead", "language": "en" }, { "value": "Blei", "language": "de" }
                        ] }),
                        "Labels"
                    )])
                )])
            ),
            "Labels"
        )]),
    );
    labels["dictionaryReference"] = json!("urn:samm:io.BatteryPass.Labels:1.2.0#Labeling");
    let document = export(&small(), Representation::Full).unwrap();
    assert_eq!(
        document["elements"],
        json!([
            { "elementId": "predecessors", "objectType": "MultiValuedDataElement",
              "valueDataType": "xsd:string", "value": ["urn:uuid:0"] },
            footprint,
            labels,
            single("checked", "xsd:boolean", json!(true)),
        ])
    );
    assert_eq!(import(document).unwrap(), (small(), Vec::new()));
}

/// Words, names and texts as two public implementations write them.
#[test]
fn what_others_write_is_read() {
    let (passport, lost) = import(json!({
        "digitalProductPassportId": "dpp-1", "granularity": "Item", "dppStatus": "Active",
        "contentSpecificationIds": ["carbonFootprint - IDTA-02023-1-0", "urn:samm:io.BatteryPass.Labels:1.2.0#Labeling"],
        "elements": [
            { "elementId": "carbonFootprint", "objectType": "DataElementCollection", "value": [
                { "elementId": "batteryCarbonFootprint", "objectType": "SingleValuedDataElement",
                  "valueDataType": "xsd:double", "value": "64.5" },
                { "elementId": "carbonFootprintStudy", "objectType": "RelatedResource",
                  "contentType": "application/pdf", "language": "en", "resourceTitle": "Study",
                  "dictionaryReference": "0173-1#02-ABG855#003", "url": "https://example.com/study.pdf" }
            ] },
            { "elementId": "x", "objectType": "MultiValuedDataElement", "valueDataType": "xsd:boolean", "value": ["true", false] }
        ]
    }))
    .unwrap();
    let expected = Passport::from_value(json!({
        "digitalProductPassportId": "dpp-1", "granularity": "item", "dppStatus": "active",
        "contentSpecificationIds": ["carbonFootprint - IDTA-02023-1-0"],
        "carbonFootprint": { "batteryCarbonFootprint": 64.5, "carbonFootprintStudy": "https://example.com/study.pdf" },
        "x": [true, false]
    }));
    assert_eq!(passport, expected.unwrap());
    let lost: Vec<(&str, &Value)> = lost.iter().map(|l| (l.path.as_str(), &l.value)).collect();
    let told = [
        ("contentType", "application/pdf"),
        ("language", "en"),
        ("resourceTitle", "Study"),
        ("dictionaryReference", "0173-1#02-ABG855#003"),
    ]
    .map(|(name, value)| (format!("/elements/0/value/1/{name}"), json!(value)));
    let told: Vec<(&str, &Value)> = told.iter().map(|(p, v)| (p.as_str(), v)).collect();
    assert_eq!(lost, told);
}

/// Elements refer to the data model's terms: those of the facts, and ours for the members that are ours.
#[test]
fn elements_refer_to_the_terms_of_the_model() {
    fn references(element: &Value, path: &str, found: &mut Vec<(String, String)>) {
        let path = format!("{path}/{}", element["elementId"].as_str().unwrap());
        if let Some(reference) = element["dictionaryReference"].as_str() {
            found.push((path.clone(), reference.to_owned()));
        }
        for inner in element["elements"].as_array().into_iter().flatten() {
            references(inner, &path, found);
        }
    }
    let passport = Passport::from_value(json!({
        "predecessors": [],
        "labels": { "labels": [{ "labelingSubject": "Lead", "labelingMeaning": { "en": "x" }, "note": 1 }] },
        "materialComposition": { "batteryMaterials": [{ "batteryMaterialName": "Nickel" }] },
        "performanceAndDurability": { "batteryCondition": {
            "stateOfCharge": { "stateOfChargeValue": 3, "method": "ours" },
            "numberOfDeepDischargeEvents": { "numberOfDeepDischargeEventsValue": 0 }
        } },
        "circularity": { "safetyRequirements": {}, "renewableContent": 3 },
    }));
    let document = export(&passport.unwrap(), Representation::Full).unwrap();
    let mut found = Vec::new();
    for element in document["elements"].as_array().unwrap() {
        references(element, "", &mut found);
    }
    let performance = "urn:samm:io.BatteryPass.Performance:1.2.1#";
    let condition = "/performanceAndDurability/batteryCondition";
    let mut expected = Vec::from([
        (
            "/circularity".to_owned(),
            "urn:samm:io.BatteryPass.Circularity:1.0.0#Circularity".to_owned(),
        ),
        (
            "/labels".to_owned(),
            "urn:samm:io.BatteryPass.Labels:1.2.0#Labeling".to_owned(),
        ),
        (
            "/materialComposition".to_owned(),
            "urn:samm:io.BatteryPass.MaterialComposition:1.2.0#MaterialComposition".to_owned(),
        ),
        (
            "/performanceAndDurability".to_owned(),
            format!("{performance}PerformanceAndDurability"),
        ),
        (
            condition.to_owned(),
            format!("{performance}batteryCondition"),
        ),
        (
            format!("{condition}/stateOfCharge"),
            format!("{performance}stateOfCharge"),
        ),
        (
            format!("{condition}/stateOfCharge/stateOfChargeValue"),
            format!("{performance}stateOfChargeValue"),
        ),
    ]);
    for (path, of, name) in [
        ("/labels/labels", "Labels:1.2.0", "labels"),
        (
            "/labels/labels/0/labelingSubject",
            "Labels:1.2.0",
            "labelingSubject",
        ),
        (
            "/labels/labels/0/labelingMeaning",
            "Labels:1.2.0",
            "labelingMeaning",
        ),
        (
            "/materialComposition/batteryMaterials",
            "MaterialComposition:1.2.0",
            "batteryMaterials",
        ),
        (
            "/materialComposition/batteryMaterials/0/batteryMaterialName",
            "MaterialComposition:1.2.0",
            "batteryMaterialName",
        ),
    ] {
        expected.push((
            path.to_owned(),
            format!("urn:samm:io.BatteryPass.{of}#{name}"),
        ));
    }
    for name in ["", "/numberOfDeepDischargeEventsValue"] {
        let of = "numberOfDeepDischargeEvents";
        let last = name.strip_prefix('/').unwrap_or(of);
        expected.push((
            format!("{condition}/{of}{name}"),
            format!("urn:batterypass:extension:1.0.0#{last}"),
        ));
    }
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
}

#[test]
fn refusals_have_a_code_and_a_path() {
    use ErrorCode::{DuplicateKey, InvalidMember, MissingMember, WrongType};
    let element = |value: Value| json!({ "elements": [value] });
    for (document, code, path) in [
        (json!({ "elements": {} }), WrongType, "/elements"),
        (json!({ "elements": [1] }), WrongType, "/elements/0"),
        (
            element(json!({ "elementId": 1 })),
            WrongType,
            "/elements/0/elementId",
        ),
        (
            element(json!({ "elementId": "a" })),
            MissingMember,
            "/elements/0/objectType",
        ),
        (
            element(json!({ "elementId": "a", "objectType": "Thing" })),
            InvalidMember,
            "/elements/0/objectType",
        ),
        (
            element(json!({ "elementId": "a", "objectType": "SingleValuedDataElement" })),
            MissingMember,
            "/elements/0/value",
        ),
        (
            element(json!({
                "elementId": "a", "objectType": "SingleValuedDataElement", "valueDataType": "xsd:integer", "value": "1.5"
            })),
            WrongType,
            "/elements/0/value",
        ),
        (
            element(
                json!({ "elementId": "a", "objectType": "DataElementCollection", "elements": [
                { "elementId": "b", "objectType": "RelatedResource" }
            ] }),
            ),
            MissingMember,
            "/elements/0/elements/0/url",
        ),
        (
            json!({ "elements": [
                { "elementId": "a", "objectType": "RelatedResource", "url": "x:" },
                { "elementId": "a", "objectType": "RelatedResource", "url": "x:" }
            ] }),
            DuplicateKey,
            "/elements/1",
        ),
        (
            json!({ "successor": "a", "elements": [{ "elementId": "successor", "objectType": "RelatedResource", "url": "x:" }] }),
            DuplicateKey,
            "/elements/successor",
        ),
        (json!([]), WrongType, ""),
    ] {
        let error = import(document.clone()).expect_err(&document.to_string());
        assert_eq!((error.code(), error.path()), (code, path), "{document}");
    }
    for (document, path) in [
        (json!({ "elements": 1 }), "/elements"),
        (
            json!({ "contentSpecificationIds": "a" }),
            "/contentSpecificationIds",
        ),
        (json!({ "x": { "y": [{ "0": 1 }] } }), "/x/y/0"),
    ] {
        let error = export(
            &Passport::from_value(document).unwrap(),
            Representation::Full,
        )
        .expect_err(path);
        assert_eq!((error.code(), error.path()), (InvalidMember, path));
    }
}

/// Passports with members that the model knows and others.
fn documents() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-1e9..1e9).prop_map(Value::from),
        "[a-z0-9.]{0,4}".prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        Just(Value::Null),
    ];
    let name = "[a-z0-9~/]{0,2}|lastUpdate|labelingMeaning|documentURL";
    leaf.prop_recursive(4, 32, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name, inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
    .prop_map(
        |value| json!({ "digitalProductPassportId": "urn:uuid:1", "labels": { "note": value } }),
    )
}

proptest! {
    #[test]
    fn what_is_exported_reads_back(document in documents()) {
        let passport = Passport::from_value(document).unwrap();
        for representation in BOTH {
            match export(&passport, representation) {
                Ok(exported) => prop_assert_eq!(import(exported).unwrap(), (passport.clone(), Vec::new())),
                Err(error) => prop_assert_eq!(error.code(), ErrorCode::InvalidMember),
            }
        }
    }
}
