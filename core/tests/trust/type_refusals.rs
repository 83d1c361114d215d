//! Each type of credential: what is wrong has a code and a place.

use batterypass::trust::{
    AccessGrant, Action, BatteryStatusRecord, BmsProduction, OperatorAccreditation,
    ProcessorAuthorisation, ResponsibilityTransfer, Scope,
};
use batterypass::{Error, ErrorCode};
use serde_json::{Value, json};

use super::world::*;

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
