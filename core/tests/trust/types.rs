//! Each type of credential: what is written can be read, and what is wrong has a code and a place.

use batterypass::attribute::{Category, Point, purposes};
use batterypass::credential::{VerifyOptions, verify};
use batterypass::passport::Passport;
use batterypass::record::Record;
use batterypass::status_record::{MAX_LEN, StatusRecord};
use batterypass::trust::{
    AccessGrant, Action, BatteryStatusRecord, BmsProduction, OperatorAccreditation, OperatorRole,
    PassportFacts, ProcessorAuthorisation, ResponsibilityTransfer, Scope,
};
use batterypass::{Error, ErrorCode};
use serde_json::{Value, json};

use super::world::*;

#[test]
fn what_is_written_can_be_read() {
    let accreditation = OperatorAccreditation::from_claims(&of_maker().credential).unwrap();
    assert_eq!(accreditation.operator_id, MAKER_ID);
    assert_eq!(accreditation.roles, [OperatorRole::Manufacturer]);
    assert_eq!(accreditation.categories, [Category::Ev, Category::Lmt]);
    assert_eq!(
        accreditation.to_credential().unwrap(),
        of_maker().credential
    );

    let production_read = BmsProduction::from_claims(&production().credential).unwrap();
    assert_eq!(
        production_read.to_credential().unwrap(),
        production().credential
    );

    for scope in [Scope::all(), Scope::passport(PASSPORT), Scope::model(GTIN)] {
        let draft = authorisation(Action::ALL, scope.clone()).credential;
        let read = ProcessorAuthorisation::from_claims(&draft).unwrap();
        assert_eq!(
            (read.actions.as_slice(), &read.scope),
            (Action::ALL, &scope)
        );
        assert_eq!(read.to_credential().unwrap(), draft);
    }
    assert_eq!(purposes().len(), 6);
    for purpose in purposes() {
        let draft = grant(purpose.name, Scope::passport(PASSPORT)).credential;
        let read = AccessGrant::from_claims(&draft).unwrap();
        assert_eq!(read.points, purpose.points);
        assert_eq!(read.to_credential().unwrap(), draft);
    }
    let read = ResponsibilityTransfer::from_claims(&transfer().credential).unwrap();
    assert_eq!((read.from, read.to), (did(MAKER), did(REPURPOSER)));
}

#[test]
fn a_status_record_is_that_of_the_firmware() {
    let record = Record {
        sequence: u64::from(u32::MAX) + 1,
        device_time_s: 1_812_000_000,
        time_quality: batterypass::record::TimeQuality::Gateway,
        state_of_charge_permille: 734,
        state_of_certified_energy_permille: Some(981),
        current_ma: -12_345,
        temperatures_ddegc: [-105, 231].into_iter().collect(),
        ..Record::default()
    };
    let status = StatusRecord {
        passport_id: PASSPORT,
        record: &record,
        valid_from: None,
        valid_until: None,
    };
    let mut out = [0; MAX_LEN];
    let token = batterypass::status_record::sign(&status, &key(BMS), &mut out).unwrap();
    let report = verify(token, &VerifyOptions::at(time("2027-12-01T00:00:00Z"))).unwrap();
    let read = BatteryStatusRecord::from_claims(&report.claims).unwrap();
    assert_eq!(
        (read.passport_id.as_str(), &read.record),
        (PASSPORT, &record)
    );
    let ours = BatteryStatusRecord::new(PASSPORT, record)
        .to_credential()
        .unwrap();
    assert_eq!(
        ours["credentialSubject"].as_object().unwrap().len(),
        report.claims["credentialSubject"]
            .as_object()
            .unwrap()
            .len()
    );
    for (name, value) in ours["credentialSubject"].as_object().unwrap() {
        assert_eq!(&report.claims["credentialSubject"][name], value, "{name}");
    }
}

#[test]
fn facts_of_a_passport() {
    let text = include_str!("../../../schemas/examples/ev-battery.json");
    let passport = Passport::parse(text.as_bytes()).unwrap();
    assert_eq!(PassportFacts::of(&passport).unwrap(), facts());
    let error = PassportFacts::of(&Passport::default()).unwrap_err();
    assert_eq!(error.code(), ErrorCode::MissingMember);
}

type Read = fn(&Value) -> Result<(), Error>;

#[test]
fn what_is_wrong_is_named() {
    let accreditation: Read = |claims| OperatorAccreditation::from_claims(claims).map(drop);
    let production_: Read = |claims| BmsProduction::from_claims(claims).map(drop);
    let authorisation_: Read = |claims| ProcessorAuthorisation::from_claims(claims).map(drop);
    let grant_: Read = |claims| AccessGrant::from_claims(claims).map(drop);
    let transfer_: Read = |claims| ResponsibilityTransfer::from_claims(claims).map(drop);
    let status_: Read = |claims| BatteryStatusRecord::from_claims(claims).map(drop);
    let delegate = authorisation(&[Action::Write], Scope::passport(PASSPORT));
    let repair = grant("repair", Scope::passport(PASSPORT));
    let other = key(STRANGER).public_key().thumbprint().to_string();
    use ErrorCode::{
        GrantScope, Inconsistent, InvalidDid, InvalidMember, KeyMismatch, MissingMember,
        OutOfRange, TooManyValues, UnknownWord,
    };
    let many: Vec<Value> = (0..1001).map(|i| format!("urn:x:{i}").into()).collect();
    let cases: &[(Read, Draft, &str, Value, ErrorCode, &str)] = &[
        (
            accreditation,
            of_maker(),
            "/credentialSubject",
            json!([]),
            InvalidMember,
            "/credentialSubject",
        ),
        (
            accreditation,
            of_maker(),
            "/credentialSubject/type",
            json!("X"),
            InvalidMember,
            "",
        ),
        (
            accreditation,
            of_maker(),
            "/credentialSubject/id",
            json!("urn:x:1"),
            InvalidDid,
            "",
        ),
        (
            accreditation,
            of_maker(),
            "/credentialSubject/economicOperatorId",
            json!(""),
            InvalidMember,
            "",
        ),
        (
            accreditation,
            of_maker(),
            "/credentialSubject/roles",
            json!([]),
            MissingMember,
            "",
        ),
        (
            accreditation,
            of_maker(),
            "/credentialSubject/roles",
            json!("manufacturer"),
            InvalidMember,
            "",
        ),
        (
            accreditation,
            of_maker(),
            "/credentialSubject/roles",
            json!(["manufacturer", "king"]),
            UnknownWord,
            "/credentialSubject/roles/1",
        ),
        (
            accreditation,
            of_maker(),
            "/credentialSubject/batteryCategories",
            json!(["EV"]),
            UnknownWord,
            "/credentialSubject/batteryCategories/0",
        ),
        (
            accreditation,
            of_maker(),
            "/credentialSubject/name",
            json!(1),
            InvalidMember,
            "",
        ),
        (
            accreditation,
            of_maker(),
            "/type",
            json!("BmsProduction"),
            InvalidMember,
            "",
        ),
        (
            production_,
            production(),
            "/credentialSubject/id",
            json!("did:web:x.example"),
            InvalidDid,
            "",
        ),
        (
            production_,
            production(),
            "/credentialSubject/keyThumbprint",
            other.into(),
            KeyMismatch,
            "",
        ),
        (
            production_,
            production(),
            "/credentialSubject/digitalProductPassportId",
            json!("a b"),
            InvalidMember,
            "",
        ),
        (
            production_,
            production(),
            "/credentialSubject/serialNumber",
            json!(7),
            InvalidMember,
            "",
        ),
        (
            authorisation_,
            delegate.clone(),
            "/validUntil",
            Value::Null,
            MissingMember,
            "",
        ),
        (
            authorisation_,
            delegate.clone(),
            "/credentialSubject/actions",
            json!(["rule"]),
            UnknownWord,
            "/credentialSubject/actions/0",
        ),
        (
            authorisation_,
            delegate.clone(),
            "/credentialSubject/passports",
            json!([]),
            MissingMember,
            "",
        ),
        (
            authorisation_,
            delegate.clone(),
            "/credentialSubject/passports",
            json!([1]),
            UnknownWord,
            "/credentialSubject/passports/0",
        ),
        (
            authorisation_,
            delegate.clone(),
            "/credentialSubject/passports",
            many.into(),
            TooManyValues,
            "",
        ),
        (
            authorisation_,
            delegate.clone(),
            "/credentialSubject/allPassports",
            json!("yes"),
            InvalidMember,
            "",
        ),
        (
            authorisation_,
            delegate,
            "/credentialSubject/allPassports",
            json!(true),
            Inconsistent,
            "",
        ),
        (
            grant_,
            repair.clone(),
            "/validUntil",
            Value::Null,
            MissingMember,
            "",
        ),
        (
            grant_,
            repair.clone(),
            "/credentialSubject/purpose",
            json!("curiosity"),
            UnknownWord,
            "",
        ),
        (
            grant_,
            repair.clone(),
            "/credentialSubject/annexXIIIPoints",
            json!([1, 4]),
            GrantScope,
            "",
        ),
        (
            grant_,
            repair.clone(),
            "/credentialSubject/annexXIIIPoints",
            json!([5]),
            UnknownWord,
            "/credentialSubject/annexXIIIPoints/0",
        ),
        (
            grant_,
            repair.clone(),
            "/credentialSubject/annexXIIIPoints",
            json!([]),
            MissingMember,
            "",
        ),
        (
            grant_,
            grant("repair", Scope::model(GTIN)),
            "/credentialSubject/models",
            json!([""]),
            UnknownWord,
            "/credentialSubject/models/0",
        ),
        (
            transfer_,
            transfer(),
            "/credentialSubject/id",
            did(MAKER).into(),
            Inconsistent,
            "",
        ),
        (
            transfer_,
            transfer(),
            "/credentialSubject/effectiveFrom",
            json!("2027-05-01"),
            InvalidMember,
            "",
        ),
        (
            transfer_,
            transfer(),
            "/credentialSubject/passports",
            json!([]),
            MissingMember,
            "",
        ),
        (
            transfer_,
            transfer(),
            "/credentialSubject/previousOperatorId",
            json!(REPURPOSER_ID),
            Inconsistent,
            "/credentialSubject/id",
        ),
        (
            status_,
            status(),
            "/credentialSubject/sequence",
            json!("7"),
            InvalidMember,
            "/credentialSubject",
        ),
        (
            status_,
            status(),
            "/credentialSubject/timeQuality",
            json!("Unset"),
            InvalidMember,
            "/credentialSubject",
        ),
        (
            status_,
            status(),
            "/credentialSubject/stateOfChargePermille",
            json!(1001),
            OutOfRange,
            "",
        ),
        (
            status_,
            status(),
            "/issuer",
            json!("did:web:x.example"),
            InvalidDid,
            "",
        ),
    ];
    for (read, draft, pointer, value, code, path) in cases {
        let mut changed = draft.clone().set(pointer, value.clone());
        if value.is_null() {
            changed
                .credential
                .as_object_mut()
                .unwrap()
                .remove(&pointer[1..]);
        }
        let path = if path.is_empty() { pointer } else { path };
        let error = read(&changed.credential).expect_err(pointer);
        assert_eq!((error.code(), error.path()), (*code, *path), "{error}");
    }
    let error = AccessGrant::from_claims(&repair_for_all().credential);
    assert_eq!(error.unwrap_err().code(), GrantScope);
}

fn repair_for_all() -> Draft {
    let mut all = grant("repair", Scope::passport(PASSPORT));
    let subject = all.credential["credentialSubject"].as_object_mut().unwrap();
    subject.remove("passports");
    all.set("/credentialSubject/allPassports", true.into())
}

#[test]
fn a_builder_writes_nothing_that_could_not_be_read() {
    let purpose = &purposes()[0];
    let mut grant = AccessGrant::new(did(READER), purpose, Scope::default(), time(UNTIL));
    assert_eq!(
        grant.to_credential().unwrap_err().code(),
        ErrorCode::MissingMember
    );
    grant.scope = Scope::all();
    assert_eq!(
        grant.to_credential().unwrap_err().code(),
        ErrorCode::GrantScope
    );
    grant.scope = Scope::model(GTIN);
    assert!(grant.to_credential().is_ok());
    grant.points = Point::ALL.to_vec();
    assert_eq!(
        grant.to_credential().unwrap_err().code(),
        ErrorCode::GrantScope
    );
    let nobody = OperatorAccreditation::new("nobody", "x", &[], &[]);
    assert_eq!(
        nobody.to_credential().unwrap_err().code(),
        ErrorCode::InvalidDid
    );
    let outside = Record {
        state_of_charge_permille: 1001,
        ..Record::default()
    };
    let status = BatteryStatusRecord::new(PASSPORT, outside);
    assert_eq!(
        status.to_credential().unwrap_err().code(),
        ErrorCode::OutOfRange
    );
}

#[test]
fn a_passport_credential_is_of_its_passport() {
    let mut case = case_of("passport");
    case.target = passport().set("/credentialSubject/id", "urn:uuid:2".into());
    let report = case.verify();
    assert_refused(&report, ErrorCode::Inconsistent, "/credentialSubject/id");
}

#[test]
fn no_credential_is_of_two_types() {
    let mut case = case_of("production");
    let mut draft = production();
    let types = draft.credential["type"].as_array_mut().unwrap();
    types.push("ProcessorAuthorisation".into());
    case.target = draft;
    assert_refused(&case.verify(), ErrorCode::InvalidMember, "/type");
}
