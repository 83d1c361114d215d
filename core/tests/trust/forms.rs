//! Credentials and what supports them, in each securing form, and the views of a hidden passport.

use batterypass::access::Audience;
use batterypass::attribute::Category;
use batterypass::credential::{
    PresentationOptions, Securing, SignOptions, passport_credential, sign, sign_presentation,
    to_enveloped, verify, verify_presentation,
};
use batterypass::passport::Passport;
use batterypass::sd_jwt::SdJwt;
use batterypass::trust::{OperatorRole, Trust};
use batterypass::{ErrorCode, json};
use serde_json::json;

use super::world::*;

const FORMS: [Securing; 4] = [
    Securing::VcJwt,
    Securing::VcSdJwt,
    Securing::VcCose,
    Securing::EcdsaJcs2019,
];

#[test]
fn each_form_supports_each() {
    for form in FORMS {
        let options_of_form = SignOptions::securing(form);
        let accreditation = sign(of_maker().credential, &key(AUTHORITY), &options_of_form).unwrap();
        let trust = Trust::anchor(did(AUTHORITY).as_str()).with(&accreditation);
        for target in FORMS {
            let target_options = SignOptions::securing(target);
            let passport = sign(passport().credential, &key(MAKER), &target_options).unwrap();
            let report = verify(&passport, &options(&trust)).unwrap();
            assert!(report.ok, "{form} {target}: {:#?}", report.findings);
            assert_eq!(report.chain.len(), 1);
        }
        // As bytes from a file, and enveloped.
        let bytes = accreditation.clone().into_bytes();
        let enveloped = to_enveloped(&accreditation);
        for trust in [
            Trust::anchor(did(AUTHORITY).as_str()).with(&bytes),
            Trust::anchor(did(AUTHORITY).as_str()).with(&enveloped),
        ] {
            assert!(case_of("passport").verify_with(&trust).ok, "{form}");
        }
    }
}

#[test]
fn each_view_of_a_passport_has_the_same_chain() {
    let text = include_bytes!("../../../schemas/examples/ev-battery.json");
    let passport = passport_credential(&Passport::parse(text).unwrap()).unwrap();
    let options_of_form = SignOptions::securing(Securing::VcSdJwt);
    let stored = sign(passport, &key(MAKER), &options_of_form).unwrap();
    let stored: SdJwt = stored.into_text().unwrap().parse().unwrap();
    let trust = Trust::anchor(did(AUTHORITY).as_str())
        .with(of_maker().secured())
        .about(facts());
    for audience in Audience::ALL {
        let view = stored.disclose(audience).unwrap().to_string();
        let report = verify(&view, &options(&trust)).unwrap();
        assert!(report.ok, "{}: {:#?}", audience.as_str(), report.findings);
    }
    // Of another category, the chain does not hold for any of them.
    let roles = [OperatorRole::Manufacturer];
    let lmt = accreditation(AUTHORITY, MAKER, MAKER_ID, &roles, &[Category::Lmt]);
    let trust = Trust::anchor(did(AUTHORITY).as_str()).with(lmt.secured());
    let report = verify(&stored.to_string(), &options(&trust)).unwrap();
    let path = "/trust/0/credentialSubject/batteryCategories";
    assert_refused(&report, ErrorCode::NotAuthorised, path);
}

#[test]
fn a_transfer_needs_a_form_with_embedded_proofs() {
    let mut case = case_of("transfer");
    let as_text = case.target.secured().into_json().unwrap().to_string();
    assert!(verify(&as_text, &options(&case.trust())).unwrap().ok);
    assert!(json::parse(as_text.as_bytes()).is_ok());
    case.target.signers.truncate(1);
    for form in FORMS {
        let options_of_form = SignOptions::securing(form);
        let half = sign(
            case.target.credential.clone(),
            &key(MAKER),
            &options_of_form,
        )
        .unwrap();
        let report = verify(&half, &options(&case.trust())).unwrap();
        assert_refused(&report, ErrorCode::NotCountersigned, "/proof");
    }
}

#[test]
fn the_credentials_of_a_presentation_have_chains_too() {
    let case = case_of("passport");
    let presentation = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": [to_enveloped(&case.target.secured())],
    });
    // The holder needs no accreditation: it says nothing but who it is.
    let shown = sign_presentation(presentation, &key(READER), &PresentationOptions::default());
    let shown = shown.unwrap();
    let trust = case.trust();
    let report = verify_presentation(&shown, &options(&trust)).unwrap();
    assert!(report.ok, "{:#?}", report.findings);
    assert_eq!(report.credentials[0].chain.len(), 1);
    let trust = Trust::anchor(did(STRANGER).as_str());
    assert!(!verify_presentation(&shown, &options(&trust)).unwrap().ok);
}

/// Every member of these credentials is a defined term, so that `ecdsa-rdfc-2019` signs all of it.
#[test]
#[cfg(feature = "ssi")]
fn the_rdf_suite_signs_every_member() {
    for mut made in [
        of_maker(),
        case_of("grant").target,
        case_of("status record").target,
    ] {
        made.credential["@context"] = json!([
            "https://www.w3.org/ns/credentials/v2",
            batterypass::trust::TRUST_CONTEXT
        ]);
        let options = SignOptions::securing(Securing::EcdsaRdfc2019);
        sign(made.credential, &key(made.signers[0]), &options).unwrap();
    }
}
