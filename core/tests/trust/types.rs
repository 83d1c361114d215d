//! Each type of credential: what is written can be read, and what is wrong has a code and a place.

use batterypass::ErrorCode;
use batterypass::attribute::{Category, Point, purposes};
use batterypass::credential::{VerifyOptions, verify};
use batterypass::passport::Passport;
use batterypass::record::Record;
use batterypass::status_record::{MAX_LEN, StatusRecord};
use batterypass::trust::{
    AccessGrant, Action, BatteryStatusRecord, BmsProduction, OperatorAccreditation, OperatorRole,
    PassportFacts, ProcessorAuthorisation, ResponsibilityTransfer, Scope,
};

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
