//! What breaks one link breaks the chain: every way, on every link of every kind of chain.

use base64ct::{Base64UrlUnpadded, Encoding};
use batterypass::ErrorCode;
use batterypass::credential::{Secured, SignOptions, sign};
use batterypass::report::Severity;
use batterypass::status::{
    EntryOptions, MIN_ENTRIES, Purpose, StatusList, StatusLists, entry, list_credential,
};
use batterypass::{Error, Result};
use serde_json::{Value, json};

use super::world::*;

/// A token with any header and payload.
pub(crate) fn token(header: &Value, payload: &Value, seed: u8) -> String {
    let [header, payload] =
        [header, payload].map(|part| Base64UrlUnpadded::encode_string(part.to_string().as_bytes()));
    let input = format!("{header}.{payload}");
    let signature = key(seed).sign(input.as_bytes()).unwrap();
    format!("{input}.{}", Base64UrlUnpadded::encode_string(&signature))
}

/// Runs a change on each link of each chain, and expects a finding on that very link.
fn each_link(code: ErrorCode, path: &str, change: impl Fn(&Draft) -> Draft) {
    let mut tried = 0;
    for case in cases() {
        for i in 0..case.support.len() {
            let changed = change(&case.support[i]);
            let kind = changed.credential["type"][1].clone();
            let report = case.clone().with_support(i, changed).verify();
            let place = format!("{} link {i}: {:#?}", case.name, report.findings);
            assert!(!report.ok, "{place}");
            let found = report.chain.iter().position(|link| {
                link.kind == kind
                    && link
                        .findings
                        .iter()
                        .any(|f| f.code == code && f.path == path)
            });
            let at = found.expect(&place);
            assert!(!report.chain[at].ok, "{place}");
            assert_refused(&report, code, &format!("/trust/{at}{path}"));
            assert_refused(&report, ErrorCode::UntrustedIssuer, "/issuer");
            tried += 1;
        }
    }
    assert_eq!(tried, 15);
}

#[test]
fn every_link_is_needed() {
    for case in cases() {
        for i in 0..case.support.len() {
            let mut without = case.clone();
            without.support.remove(i);
            let report = without.verify();
            assert!(!report.ok, "{} without link {i}", case.name);
            assert_refused(&report, ErrorCode::UntrustedIssuer, "/issuer");
        }
    }
}

#[test]
fn an_expired_link_breaks_the_chain() {
    each_link(ErrorCode::Expired, "/validUntil", |draft| {
        draft
            .clone()
            .set("/validUntil", "2027-05-31T23:59:59Z".into())
    });
}

#[test]
fn a_link_that_is_not_valid_yet_breaks_the_chain() {
    each_link(ErrorCode::NotYetValid, "/validFrom", |draft| {
        draft
            .clone()
            .set("/validFrom", "2027-06-01T00:00:01Z".into())
    });
}

#[test]
fn a_link_signed_by_another_key_breaks_the_chain() {
    for case in cases() {
        for i in 0..case.support.len() {
            let draft = &case.support[i];
            // In its own name.
            let report = case
                .clone()
                .with_support(i, draft.clone().by(STRANGER))
                .verify();
            assert_refused(&report, ErrorCode::UntrustedIssuer, "/issuer");
            // In the name of the one who should have signed.
            let mut forged = draft.credential.clone();
            forged["issuer"] = did(draft.signers[0]).into();
            let url = key(draft.signers[0]).public_key().did_url();
            let header = json!({ "alg": "ES256", "typ": "vc+jwt", "kid": url.as_str() });
            let forged = token(&header, &forged, STRANGER);
            let mut trust = case.trust();
            trust.support[i] = Secured::Text(forged).into();
            let report = case.verify_with(&trust);
            assert!(!report.ok, "{} link {i}", case.name);
            let said = report.findings.iter().any(|finding| {
                finding.code == ErrorCode::SignatureInvalid && finding.path.starts_with("/trust/")
            });
            assert!(said, "{} link {i}: {:#?}", case.name, report.findings);
        }
    }
}

#[test]
fn a_link_about_someone_else_breaks_the_chain() {
    for case in cases() {
        for i in 0..case.support.len() {
            let mut draft = case.support[i]
                .clone()
                .set("/credentialSubject/id", did(STRANGER).into());
            if draft.credential["credentialSubject"]["keyThumbprint"].is_string() {
                let thumbprint = key(STRANGER).public_key().thumbprint().to_string();
                draft = draft.set("/credentialSubject/keyThumbprint", thumbprint.into());
            }
            let report = case.clone().with_support(i, draft).verify();
            assert!(!report.ok, "{} link {i}", case.name);
        }
    }
}

struct OneList(Secured);

const LIST: &str = "https://status.example/3";
const INDEX: usize = 77;

impl StatusLists for OneList {
    fn fetch(&self, url: &str) -> Result<Vec<u8>> {
        assert_eq!(url, LIST);
        Ok(self.0.clone().into_bytes())
    }

    fn is_trusted(&self, list_issuer: &str, _: &str) -> bool {
        list_issuer == did(AUTHORITY)
    }
}

#[test]
fn a_revoked_link_breaks_the_chain() {
    let lists = |revoked: bool| {
        let mut list = StatusList::new(MIN_ENTRIES, 1).unwrap();
        list.set(INDEX, revoked.into()).unwrap();
        let credential = list_credential(LIST, &list, &[Purpose::Revocation], None).unwrap();
        OneList(sign(credential, &key(AUTHORITY), &SignOptions::default()).unwrap())
    };
    let status = entry(LIST, INDEX, Purpose::Revocation, &EntryOptions::default()).unwrap();
    let (good, bad) = (lists(false), lists(true));
    for case in cases() {
        for i in 0..case.support.len() {
            let listed = case.support[i]
                .clone()
                .set("/credentialStatus", status.clone());
            let case = case.clone().with_support(i, listed);
            let trust = case.trust();
            let mut options = options(&trust);
            let secured = case.target.secured();
            let look = |options: &_| batterypass::credential::verify(&secured, options).unwrap();
            options.status = Some(&good);
            let report = look(&options);
            assert!(report.ok, "{} link {i}: {:#?}", case.name, report.findings);
            options.status = Some(&bad);
            let report = look(&options);
            assert!(!report.ok, "{} link {i}", case.name);
            assert!(report.findings.iter().any(|finding| {
                finding.code == ErrorCode::StatusRevoked && finding.path.starts_with("/trust/")
            }));
            // Not asked for: said, and not held against it.
            options.status = None;
            let report = look(&options);
            assert!(report.ok && report.findings.iter().all(|f| f.severity == Severity::Info));
            assert_eq!(report.findings.len(), 1);
        }
    }
}

#[test]
fn lists_that_do_not_come_break_the_chain() {
    struct Nobody;
    impl StatusLists for Nobody {
        fn fetch(&self, _: &str) -> Result<Vec<u8>> {
            Err(Error::new(ErrorCode::LinkBroken))
        }
    }
    let status = entry(LIST, INDEX, Purpose::Revocation, &EntryOptions::default()).unwrap();
    let case = case_of("passport");
    let case = case
        .clone()
        .with_support(0, of_maker().set("/credentialStatus", status));
    let trust = case.trust();
    let mut options = options(&trust);
    options.status = Some(&Nobody);
    let report = batterypass::credential::verify(&case.target.secured(), &options).unwrap();
    let path = "/trust/0/credentialStatus/statusListCredential";
    assert_refused(&report, ErrorCode::StatusUnavailable, path);
}
