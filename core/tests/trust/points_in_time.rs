//! The same chain at different times, and with keys that change.

use batterypass::ErrorCode;
use batterypass::credential::{SignOptions, VerifyOptions, sign, verify};
use batterypass::did::{DidDocument, Documents};
use batterypass::trust::Trust;
use serde_json::{Value, json};

use super::world::*;

#[test]
fn valid_in_june_and_not_in_july() {
    for case in cases() {
        for i in 0..case.support.len() {
            let draft = case.support[i].clone();
            let june = draft
                .set("/validFrom", "2027-06-01T00:00:00Z".into())
                .set("/validUntil", "2027-06-30T23:59:59Z".into());
            let case = case.clone().with_support(i, june);
            let trust = case.trust();
            let mut options = options(&trust);
            for (at, ok) in [
                ("2027-05-31T23:59:59Z", false),
                ("2027-06-01T00:00:00Z", true),
                ("2027-06-30T23:59:59Z", true),
                ("2027-07-01T00:00:00Z", false),
            ] {
                options.at = time(at);
                let report = verify(&case.target.secured(), &options).unwrap();
                assert_eq!(report.ok, ok, "{} link {i} at {at}", case.name);
            }
        }
    }
}

const MAKER_WEB: &str = "did:web:cells.example";

/// The maker's document: key 20 until the end of June, key 21 since.
fn documents(revoked: Option<&str>) -> Documents {
    let method = |name: &str, seed: u8| {
        json!({
            "id": format!("{MAKER_WEB}#{name}"),
            "type": "JsonWebKey",
            "controller": MAKER_WEB,
            "publicKeyJwk": serde_json::from_str::<Value>(
                &key(seed).public_key().to_jwk().to_string()
            ).unwrap(),
        })
    };
    let mut old = method("2026", 20);
    old["expires"] = "2027-07-01T00:00:00Z".into();
    if let Some(revoked) = revoked {
        old["revoked"] = revoked.into();
    }
    let document = json!({
        "id": MAKER_WEB,
        "verificationMethod": [old, method("2027", 21)],
        "assertionMethod": [format!("{MAKER_WEB}#2026"), format!("{MAKER_WEB}#2027")],
    });
    Documents::from_iter([DidDocument::from_value(document).unwrap()])
}

#[test]
fn keys_rotate_under_the_same_accreditation() {
    let accreditation = of_maker().set("/credentialSubject/id", MAKER_WEB.into());
    let production = |name: &str, seed: u8| {
        let url = format!("{MAKER_WEB}#{name}");
        let options = SignOptions {
            verification_method: Some(&url),
            ..SignOptions::default()
        };
        sign(production().credential, &key(seed), &options).unwrap()
    };
    let (old, new) = (production("2026", 20), production("2027", 21));
    let look = |link: &_, documents: &Documents, at: &str| {
        let trust = Trust::anchor(did(AUTHORITY).as_str())
            .with(accreditation.secured())
            .with(link);
        let mut options = options(&trust);
        options.resolver = Some(documents);
        options.at = time(at);
        verify(&status().secured(), &options).unwrap()
    };
    let (june, july) = ("2027-06-15T00:00:00Z", "2027-07-15T00:00:00Z");
    let rotated = documents(None);
    assert!(look(&old, &rotated, june).ok);
    assert!(look(&new, &rotated, june).ok);
    assert!(look(&new, &rotated, july).ok);
    let report = look(&old, &rotated, july);
    assert_refused(&report, ErrorCode::KeyExpired, "/trust/0/issuer");
    let revoked = documents(Some("2027-06-10T00:00:00Z"));
    assert!(look(&old, &revoked, "2027-06-09T00:00:00Z").ok);
    let report = look(&old, &revoked, june);
    assert_refused(&report, ErrorCode::KeyRevoked, "/trust/0/issuer");
    // Without its document nobody knows the maker's keys.
    let report = look(&new, &Documents::new(), june);
    assert_refused(&report, ErrorCode::DidNotResolved, "/trust/0/issuer");
}

#[test]
fn the_options_of_the_credential_do_not_count_for_its_links() {
    let case = case_of("passport");
    let trust = case.trust();
    let mut options = options(&trust);
    let maker = key(MAKER);
    options.issuer_key = Some(maker.public_key());
    assert!(verify(&case.target.secured(), &options).unwrap().ok);
    // The challenge is one to the holder of the credential.
    let mut token = SignOptions::securing(batterypass::credential::Securing::EcdsaJcs2019);
    token.proof.challenge = Some("77");
    let target = sign(passport().credential, &maker, &token).unwrap();
    options.challenge = Some("77");
    assert!(verify(&target, &options).unwrap().ok);
    let _ = VerifyOptions::at(time(NOW));
}
