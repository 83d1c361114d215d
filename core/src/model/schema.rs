//! JSON Schema (2020-12) of the model, and the JSON-LD context made from it.
//!
//! A document that is valid here is valid against upstream's schema of the same version, except where
//! upstream asks for what the law does not ask of every category, or refuses what is correct (e-mail
//! addresses, identifiers, warranty periods, hazard classes): there this schema asks for less. It says nothing about
//! categories and dates; validation does.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value, json};

use super::kinds::is_uri;
use super::{
    CarbonFootprint, Circularity, GeneralProductInformation, Labels, MaterialComposition,
    PerformanceAndDurability, SupplyChainDueDiligence,
};
use crate::passport::Passport;
use crate::prelude::*;

// `no-std-compat` passes `Cow` on under a path that the lints take for the standard library's.
extern crate alloc;

mod context;

pub use context::context;

/// The name of a schema.
pub(crate) type Name = alloc::borrow::Cow<'static, str>;

/// Enumerations that upstream closed too early: the law knows more words.
const OPEN: &[&str] = &["HazardClass"];

/// Members that not every battery category has to have, by type. `*` stands for all of a type.
///
/// They are optional upstream, or required upstream although the law or the Commission's guidance of
/// 28 July 2026 does not ask for them in each category.
const OPTIONAL: &[(&str, &[&str])] = &[
    (
        "Passport",
        &[
            "facilityId",
            "predecessors",
            "successor",
            "generalProductInformation",
            "carbonFootprint",
            "circularity",
            "materialComposition",
            "performanceAndDurability",
            "labels",
            "supplyChainDueDiligence",
        ],
    ),
    (
        "GeneralProductInformation",
        &[
            "operatorInformation",
            "puttingIntoService",
            "warrentyPeriod",
        ],
    ),
    ("ContactInformation", &["emailAddress", "webAddress"]),
    ("CarbonFootprint", &["*"]),
    ("ComponentLocation", &["componentId"]),
    ("SupplyChainDueDiligence", &["*"]),
    ("PerformanceAndDurability", &["batteryCondition"]),
    (
        "BatteryTechnicalProperties",
        &[
            "powerCapabilityRatio",
            "ratedEnergy",
            "expectedNumberOfCycles",
            "initialSelfDischarge",
            "roundtripEfficiency",
            "expectedLifetime",
            "cRate",
            "capacityThresholdForExhaustion",
            "lifetimeReferenceTest",
            "cRateLifeCycleTest",
            "roundTripEfficiencyat50PerCentCycleLife",
            "roundTripEfficiencyFade",
            "powerFade",
        ],
    ),
    ("BatteryCondition", &["*"]),
    (
        "TemperatureInformation",
        &[
            "timeExtremeHighTemp",
            "timeExtremeLowTemp",
            "timeExtremeHighTempCharging",
            "timeExtremeLowTempCharging",
        ],
    ),
];

/// xsd:dateTime, as upstream writes it, but from the first to the last character.
const XSD_DATE_TIME: &str = "^-?([1-9][0-9]{3,}|0[0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])\
    T(([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]+)?|(24:00:00(\\.0+)?))\
    (Z|(\\+|-)((0[0-9]|1[0-3]):[0-5][0-9]|14:00))?$";

/// Shape of a CAS number. Its check digit is for validation.
const CAS: &str = "^[0-9]{2,7}-[0-9]{2}-[0-9]$";

/// Returns the file name and the schema of each submodel and of the whole passport.
pub fn schemas() -> Vec<(&'static str, Value)> {
    Vec::from([
        document::<Passport>("passport", "1.0.0"),
        document::<GeneralProductInformation>("general-product-information", "1.2.0"),
        document::<CarbonFootprint>("carbon-footprint", "1.2.0"),
        document::<Circularity>("circularity", "1.2.0"),
        document::<MaterialComposition>("material-composition", "1.2.0"),
        document::<PerformanceAndDurability>("performance-and-durability", "1.2.1"),
        document::<Labels>("labels", "1.2.0"),
        document::<SupplyChainDueDiligence>("supply-chain-due-diligence", "1.2.0"),
    ])
}

fn document<T: JsonSchema>(name: &'static str, version: &str) -> (&'static str, Value) {
    let mut schema = SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<T>();
    schema.insert(
        "$id".into(),
        format!("urn:batterypass:schema:{name}:{version}").into(),
    );
    (name, schema.to_value())
}

/// Makes the schema of an object. Unknown members are allowed: they survive a round trip.
pub(crate) fn object<'a>(
    name: &str,
    doc: &[&str],
    members: impl IntoIterator<Item = (&'a str, &'a [&'a str], Schema)>,
) -> Schema {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for (wire, doc, mut schema) in members {
        constrain(wire, &mut schema);
        schema.insert("description".into(), sentence(doc).into());
        properties.insert(wire.into(), schema.to_value());
        if is_required(name, wire) {
            required.push(Value::from(wire));
        }
    }
    let mut schema = Map::new();
    schema.insert("description".into(), sentence(doc).into());
    schema.insert("type".into(), "object".into());
    schema.insert("properties".into(), properties.into());
    if !required.is_empty() {
        schema.insert("required".into(), required.into());
    }
    schema.into()
}

/// Makes the schema of an enumeration.
pub(crate) fn word(name: &str, doc: &[&str], words: &[&str]) -> Schema {
    let keyword = if OPEN.contains(&name) {
        "examples"
    } else {
        "enum"
    };
    let mut schema = Map::new();
    schema.insert("description".into(), sentence(doc).into());
    schema.insert("type".into(), "string".into());
    schema.insert(keyword.into(), words.into());
    schema.into()
}

fn is_required(name: &str, wire: &str) -> bool {
    !OPTIONAL
        .iter()
        .any(|(of, members)| *of == name && (members.contains(&"*") || members.contains(&wire)))
}

/// Adds what the JSON type does not say. A wire name means the same wherever it stands.
fn constrain(wire: &str, schema: &mut Schema) {
    let mut set = |keyword: &str, value: Value| schema.insert(keyword.into(), value);
    match wire {
        _ if is_uri(wire) => set("format", "uri".into()),
        "emailAddress" | "emailAddressOfSupplier" => set("format", "email".into()),
        "manufacturingDate" => set("format", "date-time".into()),
        "lastUpdate" | "rPCLastUpdated" | "puttingIntoService" => {
            set("pattern", XSD_DATE_TIME.into())
        }
        "batteryMaterialIdentifier" | "hazardousSubstanceIdentifier" => set("pattern", CAS.into()),
        "digitalProductPassportId" => set("pattern", "^[!-~]{1,128}$".into()),
        "preConsumerShare" | "postConsumerShare" => {
            set("minimum", 0.into());
            set("maximum", 100.into())
        }
        "minimum" | "maximum" => {
            set("minimum", (-100).into());
            set("maximum", 200.into())
        }
        "expectedLifetime" => {
            set("minimum", 0.into());
            set("maximum", i16::MAX.into())
        }
        "expectedNumberOfCycles" => {
            set("type", "integer".into());
            set("minimum", 0.into());
            set("maximum", i64::MAX.into())
        }
        "labelingMeaning" => set("additionalProperties", json!({ "type": "string" })),
        _ => None,
    };
}

/// Makes one text of the lines of a doc comment, without the marks of rustdoc's links.
fn sentence(lines: &[&str]) -> String {
    let lines: Vec<&str> = lines.iter().map(|line| line.trim()).collect();
    lines.join(" ").trim().replace("[`", "`").replace("`]", "`")
}
