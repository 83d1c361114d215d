//! Forms of texts: addresses, identifiers, times, words.

use serde_json::json;

use super::*;

#[test]
fn d02_email_addresses_are_addresses() {
    accepted(
        GENERAL,
        "manufacturerInformation/emailAddress",
        json!("info@example.com"),
    );
    refused(
        GENERAL,
        "manufacturerInformation/emailAddress",
        json!("ww-@.-xyz"),
    );
    accepted(
        "/circularity",
        "sparePartSources/0/emailAddressOfSupplier",
        json!("spare+parts@example.com"),
    );
    refused(
        "/circularity",
        "sparePartSources/0/emailAddressOfSupplier",
        json!("..@x.com"),
    );
}

#[test]
fn d03_passport_identifiers_are_any_uri() {
    for id in [
        "urn:uuid:8c4b6a0e-5d0f-4c58-9a7e-2f1b3c6d7e90",
        "urn:epc:id:sgtin:952012.3456788.A",
        "did:web:example.com",
        "https://id.example.com/01/09520123456788/21/A1",
    ] {
        accepted(GENERAL, "batteryPassportIdentifier", json!(id));
    }
    refused(GENERAL, "batteryPassportIdentifier", json!("EXC96"));
}

#[test]
fn d04_times_are_whole_texts_of_days_that_exist() {
    for path in [
        "stateOfCharge/lastUpdate",
        "remainingPowerCapability/remainingPowerCapabilityValue/rPCLastUpdated",
    ] {
        refused(CONDITION, path, json!("zzz2025-08-08T16:19:26Zzzz"));
        refused(CONDITION, path, json!("2026-02-30T16:19:26Z"));
        doubtful(
            CONDITION,
            path,
            json!("2026-08-08T16:19:26"),
            "invalid_member",
            path,
        );
    }
    refused(
        GENERAL,
        "puttingIntoService",
        json!("on 2026-05-04T00:00:00Z"),
    );
}

#[test]
fn d05_a_warranty_is_a_period() {
    for period in ["2035-06", "P8Y", "P8Y6M"] {
        accepted(GENERAL, "warrentyPeriod", json!(period));
    }
    refused(GENERAL, "warrentyPeriod", json!("eight years"));
    refused(GENERAL, "warrentyPeriod", json!("x--06x"));
    let found = ev_with(
        "/generalProductInformation/warrentyPeriod",
        json!("--06"),
        Profile::Regulation,
    );
    assert_eq!(
        found,
        [(
            "invalid_member",
            "warning",
            "/generalProductInformation/warrentyPeriod".into()
        )]
    );
}

#[test]
fn d06_and_d07_registry_numbers_have_a_check_digit_and_no_blank() {
    let path = "batteryMaterials/0/batteryMaterialIdentifier";
    doubtful(
        "/materialComposition",
        path,
        json!("7439-93-9"),
        "check_digit",
        path,
    );
    refused("/materialComposition", path, json!("7439-93-2 "));
    refused(
        "/materialComposition",
        "hazardousSubstances/0/hazardousSubstanceIdentifier",
        json!("Ni"),
    );
}

#[test]
fn d08_links_of_documents_lead_to_the_web() {
    let path = "/labels/declarationOfConformity";
    let found = ev_with(path, json!("telnet://192.0.2.16:80/"), Profile::Regulation);
    assert!(
        found.contains(&("invalid_member", "warning", path.into())),
        "{found:?}"
    );
    assert!(ev_with(path, json!("telnet://192.0.2.16:80/"), Profile::Wire).is_empty());
    refused("/labels", "declarationOfConformity", json!("not a link"));
    // A count with 309 digits is refused when the text is read, since it is no number that JSON's readers share.
    let text = format!("{{\"x\":-{}}}", "9".repeat(310));
    assert!(json::parse(text.as_bytes()).is_err());
}

#[test]
fn d24_months_and_the_words_of_the_law_are_read() {
    for date in ["2026-03", "2026-03-10", "2026-03-10T00:00:00Z"] {
        accepted(GENERAL, "manufacturingDate", json!(date));
    }
    refused(GENERAL, "manufacturingDate", json!("March 2026"));
    for status in [
        "original",
        "re-used",
        "repurposed",
        "remanufactured",
        "waste",
        "Waste",
    ] {
        let found = ev_with(
            "/generalProductInformation/batteryStatus",
            json!(status),
            Profile::Wire,
        );
        assert!(!found.iter().any(|f| f.0 == "unknown_word"), "{found:?}");
    }
    refused(GENERAL, "batteryStatus", json!("used"));
}

#[test]
fn d25_all_classes_of_hazard_are_known() {
    let path = "hazardousSubstances/0/hazardousSubstanceClass";
    for class in [
        "AcuteToxicity",
        "FlammableLiquids",
        "HazardousToTheAquaticEnvironment",
    ] {
        accepted("/materialComposition", path, json!(class));
    }
    refused("/materialComposition", path, json!("Nasty"));
}
