//! What a verifier is told: each finding, and that doubt is never taken for a good status.

use batterypass::ErrorCode;
use batterypass::credential::{Secured, Securing, SignOptions, sign};
use batterypass::report::Severity;
use batterypass::status::{
    EntryOptions, MAX_LIST_LEN, MIN_ENTRIES, Purpose, StatusList, StatusReport, check, entry,
    list_credential,
};
use serde_json::{Value, json};

use crate::list::encoded;
use crate::source::{
    INDEX, Served, URL, codes, did, key, list, look_up, now, signed, status, time, unsigned,
};

pub(crate) const LIST_PATH: &str = "/credentialStatus/statusListCredential";

pub(crate) fn served(secured: impl Into<Vec<u8>>) -> Served {
    Served::default().with(URL, secured)
}

/// Looks a revocation entry up in a list credential.
pub(crate) fn with_list(secured: impl Into<Vec<u8>>) -> StatusReport {
    look_up(status(Purpose::Revocation), &served(secured))
}

pub(crate) fn changed(pointer: &str, value: Value) -> String {
    let mut credential = unsigned(&[Purpose::Revocation], &[]);
    *credential.pointer_mut(pointer).unwrap() = value;
    signed(credential, 7)
}

#[track_caller]
pub(crate) fn assert_refused(report: &StatusReport, code: ErrorCode, path: &str) {
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
