//! A list is used again for as long as it may, and no longer.

use batterypass::ErrorCode;
use batterypass::credential::{Secured, SignOptions, VerifyOptions, sign};
use batterypass::status::{Cache, Cached, Purpose, StatusLists, StatusReport, check};
use batterypass::time::Timestamp;
use serde_json::{Value, json};

use crate::source::{
    INDEX, Served, URL, codes, credential, did, key, list, signed, status, time, unsigned,
};

const START: i64 = 1_800_000_000;

fn at(second: i64) -> Timestamp {
    Timestamp::from_unix(START + second).unwrap()
}

fn look(lists: &dyn StatusLists, second: i64) -> StatusReport {
    let credential = credential(status(Purpose::Revocation));
    check(&credential, lists, &VerifyOptions::at(at(second)))
}

fn with_ttl(ttl: Value) -> Value {
    let mut credential = unsigned(&[Purpose::Revocation], &[]);
    credential["credentialSubject"]["ttl"] = ttl;
    credential
}

#[test]
fn a_list_is_fetched_again_when_it_is_old() {
    let until = |second: i64| SignOptions {
        valid_until: Some(at(second)),
        ..SignOptions::default()
    };
    let secured = |credential: Value, options: &SignOptions<'_>| {
        sign(credential, &key(7), options)
            .and_then(Secured::into_text)
            .unwrap()
    };
    let untold = unsigned(&[Purpose::Revocation], &[]);
    let always = SignOptions::default();
    for (token, kept, gone) in [
        (secured(untold.clone(), &always), 299, 300),
        (secured(with_ttl(json!(10_000)), &always), 9, 10),
        // A year: a day at most.
        (
            secured(with_ttl(json!(31_536_000_000_u64)), &always),
            86_399,
            86_400,
        ),
        (secured(with_ttl(json!(u64::MAX)), &always), 86_399, 86_400),
        // `validUntil` comes first.
        (secured(with_ttl(json!(100_000)), &until(50)), 50, 51),
    ] {
        let server = Served::default().with(URL, token);
        let lists = Cached::new(&server, 4);
        assert!(look(&lists, 0).ok);
        assert!(look(&lists, kept).ok);
        assert_eq!(server.fetches(), 1, "{kept}");
        look(&lists, gone);
        assert_eq!(server.fetches(), 2, "{gone}");
    }
    // May not be kept at all.
    let server = Served::default().with(URL, signed(with_ttl(json!(0)), 7));
    let lists = Cached::new(&server, 4);
    assert!(look(&lists, 0).ok && look(&lists, 0).ok);
    assert_eq!(server.fetches(), 2);
}

#[test]
fn time_that_goes_back_finds_nothing() {
    let server = Served::default().with(URL, list(&[Purpose::Revocation], &[]));
    let lists = Cached::new(&server, 4);
    assert!(look(&lists, 100).ok && look(&lists, 99).ok);
    assert_eq!(server.fetches(), 2);
}

#[test]
fn only_good_lists_are_kept() {
    let server = Served::default();
    let lists = Cached::new(&server, 4);
    assert!(!look(&lists, 0).ok && !look(&lists, 1).ok);
    assert_eq!(server.fetches(), 2);
    let foreign = signed(unsigned(&[Purpose::Revocation], &[]), 8);
    let server = Served::default().with(URL, foreign);
    let lists = Cached::new(&server, 4);
    assert!(!look(&lists, 0).ok && !look(&lists, 1).ok);
    assert_eq!(server.fetches(), 2);
}

#[test]
fn a_kept_list_is_judged_as_a_new_one() {
    let revoked = list(&[Purpose::Revocation], &[INDEX]);
    let server = Served::default().with(URL, revoked);
    let lists = Cached::new(&server, 4);
    for second in 0..2 {
        let report = look(&lists, second);
        assert_eq!(
            codes(&report),
            [(ErrorCode::StatusRevoked, "/credentialStatus")]
        );
    }
    // Another issuer's credential that names the same list.
    let mut other = credential(status(Purpose::Revocation));
    other["issuer"] = did(8).into();
    let report = check(&other, &lists, &VerifyOptions::at(at(3)));
    assert_eq!(report.findings[0].code, ErrorCode::StatusMismatch);
    assert_eq!(server.fetches(), 1);
    // Another key that the issuer must have: what was verified by the old one does not count.
    let stranger = key(9);
    let options = VerifyOptions {
        issuer_key: Some(stranger.public_key()),
        ..VerifyOptions::at(at(4))
    };
    let report = check(&credential(status(Purpose::Revocation)), &lists, &options);
    assert_eq!(report.findings[0].code, ErrorCode::StatusListInvalid);
    assert_eq!(server.fetches(), 2);
}

#[test]
fn a_cache_has_room_for_so_many() {
    let lists = Served::default().with(URL, signed(with_ttl(json!(60_000)), 7));
    let lists = Cached::new(lists, 1);
    assert!(look(&lists, 0).ok);
    let list = lists.recall(URL, at(0)).unwrap();
    assert_eq!(
        (list.issuer(), list.ttl_ms()),
        (did(7).as_str(), Some(60_000))
    );
    assert_eq!(list.valid_until(), None);

    let mut cache = Cache::new(2);
    assert!(cache.is_empty());
    cache.put("a", &list, at(0));
    cache.put("b", &list, at(1));
    cache.put("b", &list, at(2));
    cache.put("c", &list, at(3));
    // The one that was fetched first went.
    assert_eq!(cache.len(), 2);
    assert!(cache.get("a", at(3)).is_none());
    assert!(cache.get("b", at(3)).is_some() && cache.get("c", at(3)).is_some());
    // Old ones go before.
    cache.put("d", &list, at(62));
    assert_eq!(cache.len(), 2);
    assert!(cache.get("c", at(62)).is_some() && cache.get("d", at(62)).is_some());

    let mut none = Cache::new(0);
    none.put("a", &list, at(0));
    assert!(none.is_empty());
    assert!(time("2027-01-15T08:00:00Z").unix() == START);
}
