//! Scope, role and category: who may say what about which battery.

use batterypass::ErrorCode;
use batterypass::attribute::{Category, Point};
use batterypass::credential::VerifyOptions;
use batterypass::trust::{Action, OperatorRole, Scope, Trust};
use serde_json::json;

use super::world::*;

#[test]
fn an_accreditation_counts_for_its_operator_role_and_category() {
    let roles = [OperatorRole::Manufacturer];
    let categories = [Category::Ev];
    for (draft, path) in [
        (
            accreditation(AUTHORITY, MAKER, "other", &roles, &categories),
            "economicOperatorId",
        ),
        (
            accreditation(
                AUTHORITY,
                MAKER,
                MAKER_ID,
                &[OperatorRole::Authority],
                &categories,
            ),
            "roles",
        ),
        (
            accreditation(AUTHORITY, MAKER, MAKER_ID, &roles, &[Category::Lmt]),
            "batteryCategories",
        ),
    ] {
        let report = case_of("passport").with_support(0, draft).verify();
        let path = format!("/trust/0/credentialSubject/{path}");
        assert_refused(&report, ErrorCode::NotAuthorised, &path);
        assert_refused(&report, ErrorCode::UntrustedIssuer, "/issuer");
    }
}

#[test]
fn a_passport_of_unknown_category_asks_for_all() {
    let mut case = case_of("passport");
    case.target = case
        .target
        .set("/credentialSubject/generalProductInformation", json!({}));
    let path = "/trust/0/credentialSubject/batteryCategories";
    assert_refused(&case.verify(), ErrorCode::NotAuthorised, path);
    let roles = [OperatorRole::Manufacturer];
    let all = accreditation(AUTHORITY, MAKER, MAKER_ID, &roles, &Category::ALL);
    assert!(case.with_support(0, all).verify().ok);
}

#[test]
fn nobody_accredits_for_more_than_they_have() {
    let case = case_of("accreditation below an authority");
    for (roles, categories, path) in [
        (
            &[OperatorRole::Importer][..],
            &[Category::Ev][..],
            "/credentialSubject/roles",
        ),
        (
            &[OperatorRole::Manufacturer],
            &[Category::Stationary],
            "/credentialSubject/batteryCategories",
        ),
    ] {
        let mut case = case.clone();
        case.target = accreditation(STATE, MAKER, MAKER_ID, roles, categories);
        assert_refused(&case.verify(), ErrorCode::NotAuthorised, path);
        // The same as a link.
        let mut passport = case_of("passport");
        passport.support = vec![case.target, of_state()];
        let report = passport.verify();
        assert_refused(
            &report,
            ErrorCode::NotAuthorised,
            &format!("/trust/0{path}"),
        );
    }
    // An operator is no authority.
    let mut case = case;
    case.target = case.target.by(MAKER);
    case.support = vec![of_maker()];
    let report = case.verify();
    assert!(!report.ok, "self-accreditation by an accredited operator");
    let mut other = case;
    other.target = accreditation(
        MAKER,
        STRANGER,
        "x",
        &[OperatorRole::Manufacturer],
        &[Category::Ev],
    );
    assert_refused(&other.verify(), ErrorCode::NotAuthorised, "/issuer");
}

#[test]
fn a_delegate_stays_within_its_authorisation() {
    let case = case_of("passport by a delegate");
    let subject = "/trust/0/credentialSubject";
    for (draft, code, path) in [
        (
            authorisation(&[Action::Read, Action::Store], Scope::passport(PASSPORT)),
            ErrorCode::NotAuthorised,
            format!("{subject}/actions"),
        ),
        (
            authorisation(&[Action::Write], Scope::passport("urn:uuid:2")),
            ErrorCode::GrantScope,
            format!("{subject}/passports"),
        ),
        (
            authorisation(&[Action::Write], Scope::model("04012345123456")),
            ErrorCode::GrantScope,
            format!("{subject}/passports"),
        ),
        (
            authorisation(&[Action::Write], Scope::all()).by(REPURPOSER),
            ErrorCode::UntrustedIssuer,
            "/trust/0/issuer".into(),
        ),
    ] {
        let mut case = case.clone().with_support(0, draft);
        case.support.push(of_repurposer());
        let report = case.verify();
        assert_refused(&report, code, &path);
        assert_refused(&report, ErrorCode::UntrustedIssuer, "/issuer");
    }
    // A model counts only where the passport shows it.
    let for_model = authorisation(&[Action::Write], Scope::model(GTIN));
    let mut case = case.with_support(0, for_model);
    assert!(case.verify().ok);
    case.target = case.target.set(
        "/credentialSubject/uniqueProductIdentifier",
        "https://id.cells.example/x".into(),
    );
    assert!(!case.verify().ok);
}

#[test]
fn an_authorisation_cannot_be_passed_on() {
    let mut case = case_of("passport by a delegate");
    case.target = case.target.by(STRANGER);
    let mut passed_on = authorisation(&[Action::Write], Scope::all()).by(DELEGATE);
    passed_on = passed_on.set("/credentialSubject/id", did(STRANGER).into());
    case.support.insert(0, passed_on.clone());
    let report = case.verify();
    assert_refused(&report, ErrorCode::UntrustedIssuer, "/trust/0/issuer");
    case.target = passed_on;
    assert!(!case.verify().ok);
}

#[test]
fn only_the_key_of_the_battery_speaks_for_it() {
    let case = case_of("status record");
    let other = production().set(
        "/credentialSubject/digitalProductPassportId",
        "urn:uuid:2".into(),
    );
    let report = case.clone().with_support(0, other).verify();
    let path = "/trust/0/credentialSubject/digitalProductPassportId";
    assert_refused(&report, ErrorCode::NotAuthorised, path);
    // A delegate does not say which key belongs to which battery.
    let mut case = case.with_support(0, production().by(DELEGATE));
    case.support
        .push(authorisation(&[Action::Write], Scope::all()));
    assert!(!case.verify().ok);
}

#[test]
fn asked_about_one_passport_another_does_not_pass() {
    let about = |case: &Case, facts| case.verify_with(&case.trust().about(facts));
    for case in cases() {
        if case.name == "accreditation below an authority" {
            continue;
        }
        let report = about(&case, facts());
        assert!(report.ok, "{}: {:#?}", case.name, report.findings);
        let mut other = facts();
        other.id = "urn:uuid:2".into();
        other.model = None;
        // An authorisation for all passports is for this one too.
        let report = about(&case, other);
        assert_eq!(report.ok, case.name == "authorisation", "{}", case.name);
        // A battery of another operator: its maker's word does not count, an authority's does.
        let mut other = facts();
        other.operator_id = REPURPOSER_ID.into();
        let report = about(&case, other);
        let ok = matches!(case.name, "grant by an authority" | "transfer");
        assert_eq!(report.ok, ok, "{}: {:#?}", case.name, report.findings);
    }
}

#[test]
fn after_a_transfer_the_other_operator_is_responsible() {
    let trust = |support: &[Draft]| {
        let all = [of_maker(), of_repurposer()];
        all.iter()
            .chain(support)
            .fold(Trust::anchor(did(AUTHORITY).as_str()), |trust, one| {
                trust.with(one.secured())
            })
    };
    let with = |target: &Draft, support: &[Draft]| {
        batterypass::credential::verify(&target.secured(), &options(&trust(support))).unwrap()
    };
    let path = "/credentialSubject/economicOperatorId";
    // The old operator's passport and its delegate's do not count any more.
    let delegate = authorisation(&[Action::Write], Scope::all());
    for (target, support) in [
        (passport(), vec![transfer()]),
        (passport().by(DELEGATE), vec![transfer(), delegate.clone()]),
    ] {
        assert!(with(&target, &support[1..]).ok);
        assert_refused(&with(&target, &support), ErrorCode::NotAuthorised, path);
    }
    // The new one's do.
    let renewed = passport().by(REPURPOSER).set(path, REPURPOSER_ID.into());
    assert!(with(&renewed, &[transfer()]).ok);
    // A transfer that only one has signed changes nothing.
    for signer in [MAKER, REPURPOSER] {
        let mut half = transfer();
        half.signers = vec![signer, signer];
        half.credential["issuer"] = did(signer).into();
        assert!(with(&passport(), &[half]).ok, "{signer}");
    }
    let mut half = transfer();
    half.signers = vec![MAKER, MAKER];
    assert_refused(&with(&half, &[]), ErrorCode::NotCountersigned, "/proof");
    half.signers = vec![MAKER];
    assert_refused(&with(&half, &[]), ErrorCode::NotCountersigned, "/proof");
    half.signers = vec![MAKER, STRANGER];
    assert_refused(&with(&half, &[]), ErrorCode::NotCountersigned, "/proof");
    // One of another passport neither, nor one that is not in effect yet.
    let other = transfer().set("/credentialSubject/passports", json!(["urn:uuid:2"]));
    assert!(with(&passport(), &[other]).ok);
    let later = transfer().set(
        "/credentialSubject/effectiveFrom",
        json!("2027-06-01T00:00:01Z"),
    );
    assert!(with(&passport(), &[later]).ok);

    // The BMS that the maker built in stays that of the battery.
    let mut now = facts();
    now.operator_id = REPURPOSER_ID.into();
    let about = |support: &[Draft]| {
        let trust = trust(support).about(now.clone());
        batterypass::credential::verify(&status().secured(), &options(&trust))
            .unwrap()
            .ok
    };
    assert!(about(&[production(), transfer()]));
    assert!(!about(&[production()]));
    // And rights that the maker gave before end.
    let repair = grant("repair", Scope::passport(PASSPORT));
    let trust = trust(&[transfer()]).about(facts());
    let report = batterypass::credential::verify(&repair.secured(), &options(&trust)).unwrap();
    assert_refused(&report, ErrorCode::NotAuthorised, path);
}

#[test]
fn both_parties_of_a_transfer_are_accredited() {
    let case = case_of("transfer");
    let report = case.clone().with_support(1, of_maker()).verify();
    assert_refused(&report, ErrorCode::NotAuthorised, "/credentialSubject/id");
    // Under the identifiers that the transfer names.
    for name in ["economicOperatorId", "previousOperatorId"] {
        let mut case = case.clone();
        let path = format!("/credentialSubject/{name}");
        case.target = case.target.set(&path, "another".into());
        assert!(!case.verify().ok, "{name}");
    }
}

#[test]
fn who_may_act_on_a_passport() {
    let trust = Trust::anchor(did(AUTHORITY).as_str())
        .with(of_maker().secured())
        .with(of_repurposer().secured())
        .with(authorisation(&[Action::Store, Action::Write], Scope::model(GTIN)).secured());
    let evidence = trust.evidence(&VerifyOptions::at(time(NOW)));
    assert_eq!(evidence.links().count(), 3);
    for (actor, action, expected) in [
        (MAKER, Action::Read, true),
        (MAKER, Action::Write, true),
        (DELEGATE, Action::Write, true),
        (DELEGATE, Action::Store, true),
        (DELEGATE, Action::Read, false),
        (REPURPOSER, Action::Write, false),
        (AUTHORITY, Action::Write, true),
        (STRANGER, Action::Read, false),
    ] {
        let found = evidence.authorises(&did(actor), action, &facts());
        assert_eq!(found, expected, "{actor} {action}");
    }
    let mut other = facts();
    other.model = None;
    assert!(!evidence.authorises(&did(DELEGATE), Action::Write, &other));
    other.operator_id = REPURPOSER_ID.into();
    assert!(!evidence.authorises(&did(MAKER), Action::Write, &other));
    assert!(evidence.authorises(&did(REPURPOSER), Action::Write, &other));
    // Outside the time of the credentials nobody may.
    for at in ["2026-12-31T23:59:59Z", "2027-12-31T00:00:01Z"] {
        let evidence = trust.evidence(&VerifyOptions::at(time(at)));
        assert!(!evidence.authorises(&did(MAKER), Action::Read, &facts()));
    }
    // After a transfer neither the maker nor its delegate may.
    let moved = trust.clone().with(transfer().secured());
    let options = VerifyOptions::at(time(NOW));
    for actor in [MAKER, DELEGATE] {
        assert!(trust.authorises(&did(actor), Action::Write, &facts(), &options));
        assert!(!moved.authorises(&did(actor), Action::Write, &facts(), &options));
    }
}

#[test]
fn what_a_grant_opens() {
    let base = || {
        Trust::anchor(did(AUTHORITY).as_str())
            .with(of_maker().secured())
            .with(of_state().secured())
            .with(of_repurposer().secured())
    };
    let options = VerifyOptions::at(time(NOW));
    let covers = |trust: &Trust<'_>, purpose: &str, point, facts: &_| {
        trust
            .evidence(&options)
            .grant_covers(&did(READER), purpose, point, facts)
    };
    let repair = grant("repair", Scope::passport(PASSPORT));
    let trust = base().with(repair.secured());
    assert!(covers(
        &trust,
        "repair",
        Point::InterestAndCommission,
        &facts()
    ));
    assert!(!covers(
        &trust,
        "repair",
        Point::IndividualBattery,
        &facts()
    ));
    assert!(!covers(
        &trust,
        "recycling",
        Point::InterestAndCommission,
        &facts()
    ));
    assert!(!trust.evidence(&options).grant_covers(
        &did(STRANGER),
        "repair",
        Point::InterestAndCommission,
        &facts()
    ));
    let mut other = facts();
    other.id = "urn:uuid:2".into();
    assert!(!covers(
        &trust,
        "repair",
        Point::InterestAndCommission,
        &other
    ));
    // Of an authority, of another operator, of the reader itself.
    for (signer, expected) in [(STATE, true), (REPURPOSER, false), (READER, false)] {
        let trust = base().with(repair.clone().by(signer).secured());
        let found = covers(&trust, "repair", Point::InterestAndCommission, &facts());
        assert_eq!(found, expected, "{signer}");
    }
    // An authority for other batteries.
    let mut lmt = facts();
    lmt.category = Some(Category::Industrial);
    let trust = base().with(repair.by(STATE).secured());
    assert!(!covers(&trust, "repair", Point::Public, &lmt));
}
