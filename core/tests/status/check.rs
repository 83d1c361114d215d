//! What a verifier is told: each finding, and that doubt is never taken for a good status.

use batterypass::credential::{Secured, Securing, SignOptions, VerifyOptions, sign};
use batterypass::report::Severity;
use batterypass::status::{
    EntryOptions, MAX_LIST_LEN, MIN_ENTRIES, Purpose, StatusList, StatusReport, check, entry,
    list_credential,
};
use batterypass::{ErrorCode, SigningKey};
use serde_json::{Value, json};

use crate::list::encoded;
use crate::source::{
    INDEX, Served, URL, codes, credential, did, key, list, look_up, now, signed, status, time,
    unsigned,
};

const LIST_PATH: &str = "/credentialStatus/statusListCredential";

fn served(secured: impl Into<Vec<u8>>) -> Served {
    Served::default().with(URL, secured)
}

/// Looks a revocation entry up in a list credential.
fn with_list(secured: impl Into<Vec<u8>>) -> StatusReport {
    look_up(status(Purpose::Revocation), &served(secured))
}

fn changed(pointer: &str, value: Value) -> String {
    let mut credential = unsigned(&[Purpose::Revocation], &[]);
    *credential.pointer_mut(pointer).unwrap() = value;
    signed(credential, 7)
}

#[track_caller]
fn assert_refused(report: &StatusReport, code: ErrorCode, path: &str) {
    assert_eq!(codes(report), [(code, path)], "{:?}", report.findings);
    assert_eq!(report.findings[0].severity, Severity::Error);
    assert!(!report.ok);
}

#[test]
fn a_good_status_says_nothing() {
    for secured in [
        list(&[Purpose::Revocation], &[0, INDEX - 1, INDEX + 1]),
        // A text file often ends with a line feed.
        list(&[Purpose::Suspension, Purpose::Revocation], &[]) + "\n",
        {
            let credential = unsigned(&[Purpose::Revocation], &[]);
            let options = SignOptions::securing(Securing::EcdsaJcs2019);
            sign(credential, &key(7), &options)
                .and_then(Secured::into_json)
                .unwrap()
                .to_string()
        },
    ] {
        let report = with_list(secured);
        assert!(report.ok && report.findings.is_empty(), "{report:?}");
        assert_eq!(report.entries.len(), 1);
        let found = &report.entries[0];
        assert_eq!((found.purpose.as_str(), found.value), ("revocation", 0));
        assert_eq!(found.message.as_deref(), Some("unset"));
    }
    let report = check(&json!({ "issuer": did(7) }), &Served::default(), &now());
    assert!(report.ok && report.findings.is_empty() && report.entries.is_empty());
}

#[test]
fn what_the_list_says_is_told() {
    for (purpose, code, severity) in [
        (
            Purpose::Revocation,
            ErrorCode::StatusRevoked,
            Severity::Error,
        ),
        (
            Purpose::Suspension,
            ErrorCode::StatusSuspended,
            Severity::Error,
        ),
        (Purpose::Refresh, ErrorCode::StatusRefresh, Severity::Info),
    ] {
        let lists = served(list(&[purpose], &[INDEX]));
        let report = look_up(status(purpose), &lists);
        assert_eq!(codes(&report), [(code, "/credentialStatus")]);
        assert_eq!(report.findings[0].severity, severity);
        assert_eq!(report.ok, severity == Severity::Info, "{purpose}");
        assert_eq!(report.entries[0].value, 1);
    }
}

#[test]
fn a_purpose_of_others_is_not_ignored() {
    let lists = |set: &[usize]| {
        let mut credential = unsigned(&[Purpose::Revocation], set);
        credential["credentialSubject"]["statusPurpose"] = json!(["stolen", "revocation"]);
        served(signed(credential, 7))
    };
    let mut entry = status(Purpose::Revocation);
    entry["statusPurpose"] = "stolen".into();
    assert!(look_up(entry.clone(), &lists(&[])).ok);
    let report = look_up(entry, &lists(&[INDEX]));
    assert_refused(&report, ErrorCode::StatusSet, "/credentialStatus");
}

#[test]
fn messages_of_every_size() {
    for size in 1..=8_u8 {
        let texts: Vec<String> = (0..1 << size).map(|i| format!("text {i}")).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let options = EntryOptions {
            messages: &texts,
            references: &["https://example.org/dictionary"],
        };
        let status = entry(URL, INDEX, Purpose::Message, &options).unwrap();
        for value in [0, texts.len() - 1] {
            let mut list = StatusList::new(MIN_ENTRIES, size).unwrap();
            list.set(INDEX, u8::try_from(value).unwrap()).unwrap();
            let credential = list_credential(URL, &list, &[Purpose::Message], None).unwrap();
            let report = look_up(status.clone(), &served(signed(credential, 7)));
            assert!(report.ok);
            assert_eq!(
                codes(&report),
                [(ErrorCode::StatusMessage, "/credentialStatus")]
            );
            assert_eq!(report.findings[0].severity, Severity::Info);
            assert_eq!(report.entries[0].message.as_deref(), Some(texts[value]));
            assert!(report.findings[0].detail.contains(texts[value]));
        }
    }
    for texts in [&["one"][..], &["1", "2", "3"], &[""; 512], &[]] {
        let options = EntryOptions {
            messages: texts,
            references: &[],
        };
        let refused = entry(URL, 0, Purpose::Message, &options).unwrap_err();
        assert_eq!(refused.code(), ErrorCode::InvalidArgument);
    }
    let refused = list_credential(URL, &StatusList::new(MIN_ENTRIES, 1).unwrap(), &[], None);
    assert_eq!(refused.unwrap_err().code(), ErrorCode::InvalidArgument);
}

#[test]
fn an_unknown_status_is_an_error() {
    let report = look_up(status(Purpose::Revocation), &Served::default());
    assert_refused(&report, ErrorCode::StatusUnavailable, LIST_PATH);
    assert!(report.findings[0].detail.contains("link_broken"));
    assert!(report.entries.is_empty());
    for garbage in [
        &b""[..],
        b"<html>",
        b"{",
        b"{}",
        b"\xff\xfe",
        b"a.b.c",
        b"[]",
    ] {
        let report = with_list(garbage);
        assert_refused(&report, ErrorCode::StatusUnavailable, LIST_PATH);
    }
    let report = with_list("x".repeat(20 << 20));
    assert_refused(&report, ErrorCode::StatusListTooLarge, LIST_PATH);
}

#[test]
fn a_list_that_does_not_verify_is_an_error() {
    let good = list(&[Purpose::Revocation], &[]);
    let tampered = {
        // Another signature over the same list.
        let (input, _) = good.rsplit_once('.').unwrap();
        let other = list(&[Purpose::Revocation], &[1]);
        format!("{input}.{}", other.rsplit_once('.').unwrap().1)
    };
    let ended = {
        let options = SignOptions {
            valid_until: Some(time("2027-05-31T23:59:59Z")),
            ..SignOptions::default()
        };
        sign(unsigned(&[Purpose::Revocation], &[]), &key(7), &options)
            .and_then(Secured::into_text)
            .unwrap()
    };
    for (secured, inner) in [
        (tampered, "signature_invalid"),
        (ended, "expired"),
        (
            changed("/type", json!(["VerifiableCredential"])),
            "invalid_member at /type",
        ),
        (
            changed("/credentialSubject/type", json!("List")),
            "invalid_member",
        ),
        (
            changed("/credentialSubject/statusPurpose", json!([])),
            "statusPurpose",
        ),
        (
            changed("/credentialSubject/statusPurpose", json!([1])),
            "statusPurpose",
        ),
        (
            changed("/credentialSubject/encodedList", json!(1)),
            "encodedList",
        ),
        (
            changed("/credentialSubject/encodedList", json!("uAAAA")),
            "truncated",
        ),
    ] {
        let report = with_list(secured);
        assert_refused(&report, ErrorCode::StatusListInvalid, LIST_PATH);
        assert!(report.findings[0].detail.contains(inner), "{report:?}");
    }
    let mut timed = unsigned(&[Purpose::Revocation], &[]);
    timed["credentialSubject"]["ttl"] = json!("300000");
    let report = with_list(signed(timed, 7));
    assert_refused(&report, ErrorCode::StatusListInvalid, LIST_PATH);
    // Every fault of the list is told.
    let mut faulty = unsigned(&[Purpose::Revocation], &[]);
    faulty["credentialSubject"]["ttl"] = json!(-1);
    faulty["credentialSubject"]["encodedList"] = json!("z");
    let report = with_list(signed(faulty, 7));
    assert_eq!(
        codes(&report),
        [(ErrorCode::StatusListInvalid, LIST_PATH); 2]
    );
}

#[test]
fn sizes_of_lists_are_checked() {
    let with_bits = |length: usize| {
        with_list(changed(
            "/credentialSubject/encodedList",
            encoded(&vec![0; length]).into(),
        ))
    };
    let path = LIST_PATH;
    assert_refused(&with_bits(16_383), ErrorCode::StatusListTooShort, path);
    assert!(with_bits(16_384).ok);
    assert_refused(
        &with_bits(MAX_LIST_LEN + 1),
        ErrorCode::StatusListTooLarge,
        path,
    );
    assert_refused(&with_bits(16 << 20), ErrorCode::StatusListTooLarge, path);

    // Enough for entries of one bit, too few for two.
    let options = EntryOptions {
        messages: &["a", "b", "c", "d"],
        references: &[],
    };
    let wide = entry(URL, 3, Purpose::Revocation, &options).unwrap();
    let report = look_up(wide, &served(list(&[Purpose::Revocation], &[])));
    assert_refused(&report, ErrorCode::StatusListTooShort, path);

    for (index, refused) in [
        ("131071", false),
        ("131072", true),
        ("18446744073709551616", true),
        ("99999999999999999999999999999999", true),
    ] {
        let mut entry = status(Purpose::Revocation);
        entry["statusListIndex"] = index.into();
        let report = look_up(entry, &served(list(&[Purpose::Revocation], &[])));
        assert_eq!(!report.ok, refused, "{index}");
        if refused {
            let path = "/credentialStatus/statusListIndex";
            assert_refused(&report, ErrorCode::StatusOutOfRange, path);
        }
    }
}

#[test]
fn another_list_is_not_taken() {
    let report = look_up(
        status(Purpose::Suspension),
        &served(list(&[Purpose::Revocation], &[])),
    );
    assert_refused(
        &report,
        ErrorCode::StatusMismatch,
        "/credentialStatus/statusPurpose",
    );

    // The same issuer's list for another address.
    let report = with_list(changed("/id", json!("https://status.example/4")));
    assert_refused(&report, ErrorCode::StatusMismatch, LIST_PATH);

    let mut nameless = unsigned(&[Purpose::Revocation], &[]);
    nameless.as_object_mut().unwrap().remove("id");
    let report = with_list(signed(nameless, 7));
    assert_eq!(codes(&report), [(ErrorCode::StatusMismatch, LIST_PATH)]);
    assert_eq!(report.findings[0].severity, Severity::Warning);
    assert!(report.ok);
}

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
