//! What kind of text a member holds, where its JSON type does not say it. A wire name means the same
//! wherever it stands.

const URIS: &[&str] = &[
    "webAddress",
    "carbonFootprintStudy",
    "documentURL",
    "supplierWebAddress",
    "safetyInstructions",
    "wastePrevention",
    "separateCollection",
    "informationOnCollection",
    "lifetimeReferenceTest",
    "declarationOfConformity",
    "resultOfTestReport",
    "labelingSymbol",
    "supplyChainDueDiligenceReport",
    "thirdPartyAussurances",
];

const TIMES: &[&str] = &[
    "lastUpdate",
    "rPCLastUpdated",
    "puttingIntoService",
    "manufacturingDate",
];

/// Members that upstream's model does not have although the law asks for what they hold (D15).
const EXTENSIONS: &[&str] = &[
    "numberOfDeepDischargeEvents",
    "numberOfDeepDischargeEventsValue",
    "numberOfOverchargeEvents",
    "numberOfOverchargeEventsValue",
];

/// Namespace of the terms of those members.
pub(crate) const EXTENSION_NAMESPACE: &str = "urn:batterypass:extension:1.0.0#";

/// Whether a member is of this project and not of upstream's model.
pub(crate) fn is_extension(wire: &str) -> bool {
    EXTENSIONS.contains(&wire)
}

/// Whether a member holds a URI that leads to something.
pub(crate) fn is_uri(wire: &str) -> bool {
    URIS.contains(&wire)
}

/// Whether a member holds a point in time.
pub(crate) fn is_time(wire: &str) -> bool {
    TIMES.contains(&wire)
}
