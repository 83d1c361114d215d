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

/// Whether a member holds a URI that leads to something.
pub(crate) fn is_uri(wire: &str) -> bool {
    URIS.contains(&wire)
}

/// Whether a member holds a point in time.
pub(crate) fn is_time(wire: &str) -> bool {
    TIMES.contains(&wire)
}
