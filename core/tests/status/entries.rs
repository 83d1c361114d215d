//! The entries of a credential: whose lists are believed, and that each of them counts.

use batterypass::credential::VerifyOptions;
use batterypass::status::{EntryOptions, Purpose, check, entry};
use batterypass::{ErrorCode, SigningKey};
use serde_json::{Value, json};

use crate::check::{LIST_PATH, assert_refused, served, with_list};
use crate::source::{
    INDEX, Served, codes, credential, did, key, list, look_up, now, signed, status, unsigned,
};

#[test]
fn whose_lists_are_believed_is_a_policy() {
    let foreign = signed(unsigned(&[Purpose::Revocation], &[]), 8);
    let report = with_list(foreign.clone());
    assert_refused(&report, ErrorCode::StatusMismatch, LIST_PATH);

    let lists = Served {
        trusted: vec![did(8)],
        ..served(foreign)
    };
    assert!(look_up(status(Purpose::Revocation), &lists).ok);
    // A key that was given for the credential's issuer is not one of the list's.
    let issuer = key(7);
    let options = VerifyOptions {
        issuer_key: Some(issuer.public_key()),
        ..now()
    };
    let credential = credential(status(Purpose::Revocation));
    assert!(check(&credential, &lists, &options).ok);
    let own = served(list(&[Purpose::Revocation], &[]));
    assert!(check(&credential, &own, &options).ok);
    let stranger = SigningKey::from_bytes(&[9; 32]).unwrap();
    let options = VerifyOptions {
        issuer_key: Some(stranger.public_key()),
        ..now()
    };
    let report = check(&credential, &own, &options);
    assert_refused(&report, ErrorCode::StatusListInvalid, LIST_PATH);
}

#[test]
fn every_entry_counts() {
    let other = "https://status.example/4";
    let suspended = entry(other, 12_345, Purpose::Suspension, &EntryOptions::default()).unwrap();
    let suspensions = {
        let mut credential = unsigned(&[Purpose::Suspension], &[12_345]);
        credential["id"] = other.into();
        signed(credential, 7)
    };
    let revocations = list(&[Purpose::Revocation], &[INDEX]);
    let lists = served(revocations).with(other, suspensions);
    let both = json!([status(Purpose::Revocation), suspended]);
    let report = look_up(both, &lists);
    assert_eq!(
        codes(&report),
        [
            (ErrorCode::StatusRevoked, "/credentialStatus/0"),
            (ErrorCode::StatusSuspended, "/credentialStatus/1"),
        ]
    );
    assert_eq!(report.entries.len(), 2);

    // One list for two purposes is fetched once.
    let lists = served(list(&[Purpose::Revocation, Purpose::Suspension], &[]));
    let both = json!([status(Purpose::Revocation), status(Purpose::Suspension)]);
    assert!(look_up(both.clone(), &lists).ok);
    assert_eq!(lists.fetches(), 1);

    // So is one that cannot be had, and both entries say so.
    let lists = Served::default();
    let report = look_up(both, &lists);
    assert_eq!(lists.fetches(), 1);
    assert_eq!(report.findings.len(), 2);

    // More entries than the limit: no more downloads, and not valid.
    let many: Vec<Value> = (0..100)
        .map(|i| {
            let url = format!("https://status.example/many/{i}");
            entry(&url, i, Purpose::Revocation, &EntryOptions::default()).unwrap()
        })
        .collect();
    let report = look_up(many.into(), &lists);
    assert_eq!(lists.fetches(), 1 + 16);
    assert_eq!(
        report.findings.last().unwrap().code,
        ErrorCode::TooManyValues
    );
    assert!(!report.ok);
}

#[test]
fn faulty_entries_are_errors() {
    let lists = served(list(&[Purpose::Revocation], &[]));
    let two = json!([{ "status": "0x0", "message": "a" }, { "status": "0x1", "message": "b" }]);
    for (name, value, code) in [
        ("type", json!("TokenStatus"), ErrorCode::StatusUnsupported),
        (
            "type",
            json!(["StatusList2021Entry"]),
            ErrorCode::StatusUnsupported,
        ),
        ("type", Value::Null, ErrorCode::StatusUnsupported),
        ("statusPurpose", Value::Null, ErrorCode::MissingMember),
        (
            "statusPurpose",
            json!(["revocation"]),
            ErrorCode::InvalidMember,
        ),
        ("statusListIndex", Value::Null, ErrorCode::MissingMember),
        ("statusListIndex", json!(94_567), ErrorCode::InvalidMember),
        ("statusListIndex", json!("+1"), ErrorCode::InvalidMember),
        ("statusListIndex", json!("0x1"), ErrorCode::InvalidMember),
        ("statusListIndex", json!(""), ErrorCode::InvalidMember),
        (
            "statusListCredential",
            Value::Null,
            ErrorCode::MissingMember,
        ),
        ("statusListCredential", json!(3), ErrorCode::InvalidMember),
        ("statusSize", json!(0), ErrorCode::InvalidMember),
        ("statusSize", json!("1"), ErrorCode::InvalidMember),
        ("statusSize", json!(1.5), ErrorCode::InvalidMember),
        ("statusSize", json!(9), ErrorCode::StatusUnsupported),
        ("statusSize", json!(u64::MAX), ErrorCode::StatusUnsupported),
        ("statusMessage", json!({}), ErrorCode::InvalidMember),
        ("statusMessage", json!([two[0]]), ErrorCode::InvalidMember),
        (
            "statusMessage",
            json!([two[0], two[0]]),
            ErrorCode::InvalidMember,
        ),
        (
            "statusMessage",
            json!([two[0], { "status": "1", "message": "b" }]),
            ErrorCode::InvalidMember,
        ),
        (
            "statusMessage",
            json!([two[0], { "status": "0x+1", "message": "b" }]),
            ErrorCode::InvalidMember,
        ),
        (
            "statusMessage",
            json!([two[0], { "status": "0x1" }]),
            ErrorCode::InvalidMember,
        ),
        ("statusReference", json!(1), ErrorCode::InvalidMember),
        (
            "statusReference",
            json!(["https://example.org", 1]),
            ErrorCode::InvalidMember,
        ),
    ] {
        let mut entry = status(Purpose::Revocation);
        match &value {
            Value::Null => drop(entry.as_object_mut().unwrap().remove(name)),
            value => entry[name] = value.clone(),
        }
        let report = look_up(entry, &lists);
        assert_refused(&report, code, &format!("/credentialStatus/{name}"));
    }
    let mut entry = status(Purpose::Revocation);
    entry["statusSize"] = json!(2);
    let report = look_up(entry, &lists);
    assert_refused(
        &report,
        ErrorCode::MissingMember,
        "/credentialStatus/statusMessage",
    );
    for odd in [json!("revoked"), json!(1), json!({})] {
        assert!(!look_up(odd, &lists).ok);
    }
    let mut entry = status(Purpose::Revocation);
    entry["statusMessage"] = two;
    let report = look_up(entry, &lists);
    assert_eq!(report.entries[0].message.as_deref(), Some("a"));
}
