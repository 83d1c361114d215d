//! Whole chains: those that hold, and those that lead nowhere.

use batterypass::ErrorCode;
use batterypass::attribute::Category;
use batterypass::credential::{SignOptions, VerifyOptions, sign, verify};
use batterypass::trust::{Anchor, MAX_SUPPORT, OperatorRole, Trust};
use serde_json::json;

use super::world::*;

#[test]
fn each_kind_of_chain_holds_and_reports_its_links() {
    let kinds = [
        vec!["OperatorAccreditation"],
        vec!["ProcessorAuthorisation", "OperatorAccreditation"],
        vec![
            "ProcessorAuthorisation",
            "OperatorAccreditation",
            "OperatorAccreditation",
        ],
        vec!["OperatorAccreditation"],
        vec!["OperatorAccreditation"],
        vec!["OperatorAccreditation"],
        vec!["OperatorAccreditation"],
        vec!["OperatorAccreditation"],
        vec!["OperatorAccreditation", "OperatorAccreditation"],
        vec!["BmsProduction", "OperatorAccreditation"],
    ];
    let cases = cases();
    assert_eq!(cases.len(), kinds.len());
    for (case, kinds) in cases.iter().zip(kinds) {
        let report = case.verify();
        assert!(report.ok, "{}: {:#?}", case.name, report.findings);
        let found: Vec<&str> = report.chain.iter().map(|link| link.kind.as_str()).collect();
        assert_eq!(found, kinds, "{}", case.name);
        assert!(report.chain.iter().all(|link| link.ok), "{}", case.name);
        let top = report.chain.last().unwrap();
        assert_eq!(top.issuer, did(AUTHORITY), "{}", case.name);
    }
}

#[test]
fn links_say_who_and_when() {
    let report = case_of("passport by a delegate").verify();
    let [authorisation, accreditation] = report.chain.as_slice() else {
        panic!("{:#?}", report.chain);
    };
    assert_eq!(authorisation.issuer, did(MAKER));
    assert_eq!(authorisation.subject, did(DELEGATE));
    assert_eq!(authorisation.valid_from, None);
    assert_eq!(authorisation.valid_until, Some(time(UNTIL)));
    assert_eq!(accreditation.subject, did(MAKER));
    assert_eq!(accreditation.valid_from, Some(time(FROM)));
    assert!(accreditation.findings.is_empty());
}

#[test]
fn an_anchor_needs_no_chain() {
    for case in cases() {
        // The countersignature of a transfer is by someone else.
        if case.name == "transfer" || case.name == "status record" {
            continue;
        }
        let signer = case.target.signers[0];
        let report = case.verify_with(&Trust::anchor(did(signer).as_str()));
        assert!(report.ok && report.chain.is_empty(), "{}", case.name);
    }
}

#[test]
fn without_trust_nothing_is_asked() {
    let report = verify(&passport().secured(), &VerifyOptions::at(time(NOW)));
    let report = report.unwrap();
    assert!(report.ok && report.chain.is_empty());
}

#[test]
fn without_an_anchor_nothing_is_trusted() {
    for case in cases() {
        let mut trust = case.trust();
        trust.anchors.clear();
        let report = case.verify_with(&trust);
        assert_refused(&report, ErrorCode::UntrustedIssuer, "/issuer");
        let mut trust = case.trust();
        trust.anchors = vec![did(STRANGER).as_str().into()];
        assert!(!case.verify_with(&trust).ok, "{}", case.name);
    }
}

#[test]
fn a_circle_is_not_a_chain() {
    let roles = [OperatorRole::Authority, OperatorRole::Manufacturer];
    let both = |issuer, subject| accreditation(issuer, subject, MAKER_ID, &roles, &[Category::Ev]);
    let circle = Case {
        name: "circle",
        target: passport(),
        support: vec![
            both(STATE, MAKER),
            both(STRANGER, STATE),
            both(MAKER, STRANGER),
        ],
    };
    let report = circle.verify();
    for i in 0..3 {
        let path = format!("/trust/{i}/issuer");
        assert_refused(&report, ErrorCode::ChainLoop, &path);
    }
    // Someone who says so of themselves.
    let own = Case {
        support: vec![both(MAKER, MAKER)],
        ..circle.clone()
    };
    let report = own.verify();
    assert_refused(&report, ErrorCode::ChainLoop, "/trust/0/issuer");
    // A circle beside a chain does no harm.
    let mut beside = circle;
    beside.support.push(of_maker());
    let report = beside.verify();
    assert!(
        report.ok && report.chain.len() == 1,
        "{:#?}",
        report.findings
    );
}

#[test]
fn a_chain_is_not_longer_than_the_policy_says() {
    let roles = [OperatorRole::Authority, OperatorRole::Manufacturer];
    let chain = |length: u8| {
        let mut support = Vec::new();
        let mut issuer = AUTHORITY;
        for subject in 100..99 + length {
            support.push(accreditation(
                issuer,
                subject,
                "below",
                &roles,
                &[Category::Ev],
            ));
            issuer = subject;
        }
        let manufacturer = [OperatorRole::Manufacturer];
        support.push(accreditation(
            issuer,
            MAKER,
            MAKER_ID,
            &manufacturer,
            &[Category::Ev],
        ));
        Case {
            name: "long",
            target: passport(),
            support,
        }
    };
    let report = chain(8).verify();
    assert!(report.ok, "{:#?}", report.findings);
    assert_eq!(report.chain.len(), 8);
    let report = chain(9).verify();
    assert_eq!(errors(&report), [(ErrorCode::ChainTooLong, "/trust")]);
    assert!(!report.ok && report.chain.len() == 9);
    let mut trust = chain(2).trust();
    trust.max_depth = 1;
    assert_refused(
        &chain(2).verify_with(&trust),
        ErrorCode::ChainTooLong,
        "/trust",
    );
    // The shortest way counts.
    let mut short = chain(9);
    short.support.push(of_maker());
    let report = short.verify();
    assert!(report.ok && report.chain.len() == 1);
}

#[test]
fn support_is_limited() {
    let case = case_of("passport");
    let mut trust = case.trust();
    while trust.support.len() < MAX_SUPPORT {
        trust = trust.with("no credential");
    }
    assert!(case.verify_with(&trust).ok);
    let trust = trust.with("no credential");
    let report = case.verify_with(&trust);
    assert_refused(&report, ErrorCode::TooManyValues, "/trust");
}

#[test]
fn what_cannot_be_read_is_said_where_it_is_missed() {
    let case = case_of("passport");
    let trust = Trust::anchor(did(AUTHORITY).as_str()).with("no credential");
    let report = case.verify_with(&trust);
    assert_refused(&report, ErrorCode::MalformedJwt, "/trust/0");
    assert_refused(&report, ErrorCode::UntrustedIssuer, "/issuer");
    // Beside a chain it does not matter.
    let report = case.verify_with(&case.trust().with("no credential"));
    assert!(
        report.ok && report.findings.is_empty(),
        "{:#?}",
        report.findings
    );
}

#[test]
fn anchors_may_be_for_some_roles() {
    let case = case_of("passport");
    let with = |roles: &[OperatorRole]| {
        let mut trust = case.trust();
        trust.anchors = vec![Anchor::with_roles(did(AUTHORITY), roles)];
        case.verify_with(&trust)
    };
    assert!(with(&[OperatorRole::Authority, OperatorRole::Manufacturer]).ok);
    let path = "/trust/0/credentialSubject/roles";
    for roles in [
        &[][..],
        &[OperatorRole::Manufacturer],
        &[OperatorRole::Authority],
        &[OperatorRole::Authority, OperatorRole::Importer],
    ] {
        assert_refused(&with(roles), ErrorCode::NotAuthorised, path);
    }
    // As operator itself: with a role for it, and under its own identifier.
    let itself = |roles: &[OperatorRole], id: Option<&str>| {
        let mut anchor = Anchor::with_roles(did(MAKER), roles);
        anchor.operator_id = id.map(Into::into);
        passport_by(&Trust::anchor(anchor))
    };
    fn passport_by(trust: &Trust<'_>) -> bool {
        verify(&passport().secured(), &options(trust)).unwrap().ok
    }
    assert!(itself(&[OperatorRole::Manufacturer], None));
    assert!(itself(&[OperatorRole::Manufacturer], Some(MAKER_ID)));
    assert!(!itself(&[OperatorRole::Manufacturer], Some(REPURPOSER_ID)));
    assert!(!itself(&[OperatorRole::Authority], None));
}

#[test]
fn the_policy_says_which_roles_may_be_responsible() {
    let case = case_of("passport");
    let mut trust = case.trust();
    trust.roles = vec![OperatorRole::Importer, OperatorRole::Authority];
    let report = case.verify_with(&trust);
    let path = "/trust/0/credentialSubject/roles";
    assert_refused(&report, ErrorCode::NotAuthorised, path);
    trust.roles.push(OperatorRole::Manufacturer);
    assert!(case.verify_with(&trust).ok);
}

#[test]
fn other_credentials_are_only_believed_of_anchors() {
    let other = json!({ "type": "OtherCredential", "credentialSubject": { "id": "urn:uuid:1" } });
    for (signer, ok) in [(AUTHORITY, true), (MAKER, false)] {
        let secured = sign(other.clone(), &key(signer), &SignOptions::default()).unwrap();
        let trust = Trust::anchor(did(AUTHORITY).as_str()).with(of_maker().secured());
        assert_eq!(verify(&secured, &options(&trust)).unwrap().ok, ok);
        let mut trust = trust;
        trust.anchors[0].roles = Some(OperatorRole::ALL.to_vec());
        assert!(!verify(&secured, &options(&trust)).unwrap().ok);
    }
}

#[test]
fn a_key_of_someone_else_is_no_chain() {
    // Signed by a stranger in the maker's name, under a document that vouches for the stranger's key only.
    let mut target = passport().credential;
    target["issuer"] = did(MAKER).into();
    let header = json!({ "alg": "ES256", "typ": "vc+jwt", "kid": key(STRANGER).public_key().did_url().as_str() });
    let trust = case_of("passport").trust();
    let mut options = options(&trust);
    options.allow_unbound_issuer = true;
    target["@context"] = json!(["https://www.w3.org/ns/credentials/v2"]);
    let token = super::links::token(&header, &target, STRANGER);
    let report = verify(&token, &options).unwrap();
    assert_refused(&report, ErrorCode::IssuerMismatch, "/protected/kid");
    options.trust = None;
    // Without a chain that switch is the caller's to turn.
    assert!(verify(&token, &options).unwrap().ok);
}
