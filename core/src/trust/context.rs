//! The JSON-LD context of the credential types.

use serde_json::{Map, Value, json};

use crate::prelude::*;

const NAMESPACE: &str = "urn:batterypass:trust:1.0.0#";
/// Namespace of the terms that these credentials share with the passport.
const PASSPORT: &str = "urn:batterypass:dpp:1.0.0#";
const XSD: &str = "http://www.w3.org/2001/XMLSchema#";

/// Types and members whose values stay as JSON has them.
const TERMS: &[&str] = &[
    "OperatorAccreditation",
    "EconomicOperator",
    "BmsProduction",
    "BatteryManagementSystem",
    "ProcessorAuthorisation",
    "AuthorisedProcessor",
    "AccessGrant",
    "AccessRights",
    "ResponsibilityTransfer",
    "ResponsibleOperator",
    "BatteryStatusRecord",
    "BatteryStatus",
    "previousOperatorId",
    "keyThumbprint",
    "serialNumber",
    "model",
    "allPassports",
    "purpose",
    "sequence",
    "deviceTimeS",
    "timeQuality",
    "stateOfChargePermille",
    "stateOfCertifiedEnergyPermille",
    "remainingCapacityMah",
    "packVoltageMv",
    "cellVoltageMinMv",
    "cellVoltageMaxMv",
    "currentMa",
    "timeAboveLimitMin",
    "timeBelowLimitMin",
    "timeAboveLimitChargingMin",
    "timeBelowLimitChargingMin",
    "fullCycles",
    "energyThroughputWh",
    "capacityThroughputMah",
    "internalResistanceUohm",
    "deepDischargeEvents",
    "overchargeEvents",
    "overTemperatureEvents",
];

/// Members that are sets: the order means nothing.
const SETS: &[&str] = &[
    "roles",
    "batteryCategories",
    "actions",
    "passports",
    "models",
    "annexXIIIPoints",
];

/// Returns the JSON-LD 1.1 context of the credential types of this module, `schemas/context/trust.jsonld`.
///
/// It has no `@vocab`: a misspelt term stays undefined, so that Data Integrity refuses it. It comes after
/// that of VCDM 2.0, which defines `id`, `type`, `name` and the members of every credential.
pub fn context() -> Value {
    let mut terms = Map::new();
    terms.insert("@version".into(), json!(1.1));
    for term in TERMS {
        terms.insert((*term).into(), format!("{NAMESPACE}{term}").into());
    }
    for term in ["digitalProductPassportId", "economicOperatorId"] {
        terms.insert(term.into(), format!("{PASSPORT}{term}").into());
    }
    for term in SETS {
        let term_of_set = json!({ "@id": format!("{NAMESPACE}{term}"), "@container": "@set" });
        terms.insert((*term).into(), term_of_set);
    }
    let list = json!({ "@id": format!("{NAMESPACE}temperaturesDdegc"), "@container": "@list" });
    terms.insert("temperaturesDdegc".into(), list);
    let time = json!({
        "@id": format!("{NAMESPACE}effectiveFrom"),
        "@type": format!("{XSD}dateTime"),
    });
    terms.insert("effectiveFrom".into(), time);
    json!({ "@context": terms })
}
