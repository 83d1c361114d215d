//! The status as a part of verification, in the forms that there are.

use batterypass::ErrorCode;
use batterypass::credential::{
    PresentationOptions, Secured, Securing, SignOptions, VerifyOptions, sign, sign_presentation,
    to_enveloped, verify, verify_presentation,
};
use batterypass::report::Finding;
use batterypass::status::{Cached, Purpose, StatusLists, check};
use serde_json::{Value, json};

use crate::source::{INDEX, Served, URL, credential, key, list, now, status, unsigned};

fn secured(status: &Value, securing: Securing) -> Secured {
    let credential = json!({ "credentialSubject": { "id": "urn:uuid:1" } });
    let options = SignOptions {
        status: Some(status),
        ..SignOptions::securing(securing)
    };
    sign(credential, &key(7), &options).unwrap()
}

fn asking(lists: &(dyn StatusLists + Sync)) -> VerifyOptions<'_> {
    VerifyOptions {
        status: Some(lists),
        ..now()
    }
}

fn codes(findings: &[Finding]) -> Vec<ErrorCode> {
    findings.iter().map(|finding| finding.code).collect()
}

#[test]
fn every_form_of_credential_and_list() {
    for form in [Securing::VcJwt, Securing::EcdsaJcs2019] {
        for list_form in [Securing::VcJwt, Securing::EcdsaJcs2019] {
            for (set, expected) in [
                (vec![], vec![]),
                (vec![INDEX], vec![ErrorCode::StatusRevoked]),
            ] {
                let list = unsigned(&[Purpose::Revocation], &set);
                let list = sign(list, &key(7), &SignOptions::securing(list_form)).unwrap();
                let lists = Cached::new(Served::default().with(URL, list.into_bytes()), 1);
                let credential = secured(&status(Purpose::Revocation), form);
                let report = verify(&credential, &asking(&lists)).unwrap();
                assert_eq!(codes(&report.findings), expected);
                assert_eq!(report.ok, expected.is_empty());
            }
        }
    }
}

#[test]
fn it_is_looked_up_only_where_that_is_asked_for() {
    let credential = secured(&status(Purpose::Revocation), Securing::VcJwt);
    let lists = Served::default();
    let report = verify(&credential, &now()).unwrap();
    assert_eq!(codes(&report.findings), [ErrorCode::StatusNotChecked]);
    assert!(report.ok);
    let report = verify(&credential, &asking(&lists)).unwrap();
    assert_eq!(codes(&report.findings), [ErrorCode::StatusUnavailable]);
    assert!(!report.ok);
    assert_eq!(lists.fetches(), 1);
}

#[test]
fn a_forger_makes_nobody_fetch() {
    let token = secured(&status(Purpose::Revocation), Securing::VcJwt);
    let token = token.into_text().unwrap();
    let (input, _) = token.rsplit_once('.').unwrap();
    let other = list(&[Purpose::Revocation], &[]);
    let forged = format!("{input}.{}", other.rsplit_once('.').unwrap().1);
    let lists = Served::default();
    let report = verify(&forged, &asking(&lists)).unwrap();
    assert_eq!(codes(&report.findings), [ErrorCode::SignatureInvalid]);
    assert_eq!(lists.fetches(), 0);
}

#[test]
fn lists_need_not_answer_the_challenge() {
    let verifier = VerifyOptions {
        domain: Some("https://verifier.example"),
        challenge: Some("7f3a"),
        ..now()
    };
    let list = unsigned(&[Purpose::Revocation], &[]);
    let list = sign(
        list,
        &key(7),
        &SignOptions::securing(Securing::EcdsaJcs2019),
    )
    .unwrap();
    let lists = Served::default().with(URL, list.into_bytes());
    let credential = credential(status(Purpose::Revocation));
    assert!(check(&credential, &lists, &verifier).ok);
}

#[test]
fn credentials_that_are_presented_are_looked_up() {
    let credential = secured(&status(Purpose::Revocation), Securing::VcJwt);
    let presentation = json!({ "verifiableCredential": [to_enveloped(&credential)] });
    let shown = sign_presentation(presentation, &key(8), &PresentationOptions::default()).unwrap();
    for (set, expected) in [
        (vec![], vec![]),
        (vec![INDEX], vec![ErrorCode::StatusRevoked]),
    ] {
        let lists = Served::default().with(URL, list(&[Purpose::Revocation], &set));
        let report = verify_presentation(&shown, &asking(&lists)).unwrap();
        assert_eq!(codes(&report.findings), expected);
        assert_eq!(report.ok, expected.is_empty());
        for finding in report.findings {
            assert_eq!(finding.path, "/verifiableCredential/0/credentialStatus");
        }
    }
}
