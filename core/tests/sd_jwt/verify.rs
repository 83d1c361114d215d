//! The verifier's side: signature, header, times, and every rule on disclosures and digests.

use batterypass::ErrorCode;
use batterypass::sd_jwt::{Disclosure, SdJwt};
use serde_json::{Value, json};

use super::common::*;

fn disclosure(array: &Value) -> Disclosure {
    Disclosure::parse(&encode(array.to_string().as_bytes())).unwrap()
}

#[test]
fn a_token_with_all_or_no_disclosures_verifies() {
    let all = check(&token());
    assert_eq!((errors(&all), &all.claims), (vec![], &claims()));
    let none = check(&token().present(|_| false).unwrap());
    let cnf = &claims()["cnf"];
    let expected = json!({ "open": 1, "list": [{ "flag": true }], "cnf": cnf });
    assert_eq!((errors(&none), &none.claims), (vec![], &expected));
}

#[test]
fn headers_and_signature_are_checked() {
    use ErrorCode::{
        InvalidMember, KeyMismatch, SignatureInvalid, UnsupportedAlgorithm, UnsupportedHeader,
    };
    let good = json!({ "alg": "ES256", "typ": "example+sd-jwt" });
    for (name, member, code) in [
        ("alg", json!("none"), UnsupportedAlgorithm),
        ("alg", json!("HS256"), UnsupportedAlgorithm),
        ("alg", json!(null), UnsupportedAlgorithm),
        ("typ", json!("JWT"), InvalidMember),
        ("typ", json!(null), InvalidMember),
        ("crit", json!([]), UnsupportedHeader),
        ("b64", json!(true), UnsupportedHeader),
        ("jwk", issuer().public_key().to_jwk(), KeyMismatch),
        ("x5c", json!([]), KeyMismatch),
        ("x5u", json!(""), KeyMismatch),
        ("jku", json!(""), KeyMismatch),
    ] {
        let mut header = good.clone();
        header[name] = member;
        let report = check(&raw_with(&header, &json!({}), &[]));
        let path = format!("/protected/{name}");
        assert_eq!(errors(&report), [(code, path.as_str())], "{header}");
    }
    for typ in ["application/example+sd-jwt", "EXAMPLE+SD-JWT"] {
        let header = json!({ "alg": "ES256", "typ": typ });
        assert!(check(&raw_with(&header, &json!({}), &[])).ok, "{typ}");
    }
    let other = format!("{}~", jwt(&good, &json!({}), &holder()));
    let report = check(&other.parse().unwrap());
    assert_eq!(errors(&report), [(SignatureInvalid, "")]);
}

#[test]
fn times_are_checked() {
    use ErrorCode::{Expired, NotYetValid, WrongType};
    for (claims, expected) in [
        (
            json!({ "nbf": NOW, "exp": NOW + 1, "iat": NOW + 5 }),
            vec![],
        ),
        (json!({ "nbf": NOW + 1 }), vec![(NotYetValid, "/nbf")]),
        (json!({ "exp": NOW }), vec![(Expired, "/exp")]),
        (json!({ "exp": 1.5 }), vec![(Expired, "/exp")]),
        (
            json!({ "exp": "never", "nbf": [], "iat": true }),
            vec![
                (WrongType, "/iat"),
                (WrongType, "/nbf"),
                (WrongType, "/exp"),
            ],
        ),
    ] {
        let report = check(&raw(&claims, &[]));
        assert_eq!(errors(&report), expected, "{claims}");
    }
    // What is hidden counts once it is disclosed.
    let exp = disclosure(&json!(["s", "exp", NOW - 1]));
    let report = check(&raw(&json!({ "_sd": [exp.digest()] }), &[exp.as_str()]));
    assert_eq!(errors(&report), [(ErrorCode::Expired, "/exp")]);
}

#[test]
fn the_digest_algorithm_is_sha_256() {
    assert!(check(&raw(&json!({}), &[])).ok, "sha-256 is the default");
    for name in [json!("sha-512"), json!("SHA-256"), json!(1), json!(null)] {
        let report = check(&raw(&json!({ "_sd_alg": name }), &[]));
        assert_eq!(
            errors(&report),
            [(ErrorCode::UnsupportedDigest, "/_sd_alg")]
        );
    }
}

/// A payload, the disclosures of the token, and what is wrong with them.
type Case<'a> = (Value, Vec<&'a Disclosure>, Vec<(ErrorCode, &'static str)>);

#[test]
fn disclosures_must_fit_their_places() {
    use ErrorCode::{
        DisclosureMismatch, DisclosureUnreferenced, DuplicateDigest, DuplicateKey, DuplicateValue,
        InvalidMember, ReservedName,
    };
    let member = disclosure(&json!(["s", "m", 1]));
    let twin = disclosure(&json!(["t", "m", 2]));
    let element = disclosure(&json!(["s", 1]));
    let [m, t, e] = [&member, &twin, &element].map(Disclosure::digest);
    let sd = disclosure(&json!(["s", "_sd", []]));
    let dots = disclosure(&json!(["s", "...", "x"]));
    let algorithm = disclosure(&json!(["s", "_sd_alg", "sha-256"]));
    let outer = disclosure(&json!(["s", "o", { "_sd": [m] }]));
    let cases: Vec<Case<'_>> = vec![
        // Unknown digests are ignored: they may be decoys.
        (
            json!({ "_sd": [m, "unknown"], "a": [{ "...": e }, { "...": "" }] }),
            vec![],
            vec![],
        ),
        (json!({ "_sd": [m] }), vec![&member], vec![]),
        (
            json!({ "_sd": [outer.digest()] }),
            vec![&member, &outer],
            vec![],
        ),
        (
            json!({}),
            vec![&member],
            vec![(DisclosureUnreferenced, "/disclosures/0")],
        ),
        (
            json!({ "_sd": [outer.digest()] }),
            vec![&member],
            vec![(DisclosureUnreferenced, "/disclosures/0")],
        ),
        (
            json!({ "_sd": [m] }),
            vec![&member, &member],
            vec![(DuplicateValue, "/disclosures/1")],
        ),
        (
            json!({ "_sd": [e] }),
            vec![&element],
            vec![(DisclosureMismatch, "/disclosures/0")],
        ),
        (
            json!({ "a": [{ "...": m }] }),
            vec![&member],
            vec![(DisclosureMismatch, "/disclosures/0")],
        ),
        (
            json!({ "_sd": [m, m] }),
            vec![],
            vec![(DuplicateDigest, "")],
        ),
        (
            json!({ "_sd": [m], "a": { "_sd": [m] } }),
            vec![&member],
            vec![(DuplicateDigest, "")],
        ),
        (
            json!({ "_sd": [e], "a": [{ "...": e }] }),
            vec![],
            vec![(DuplicateDigest, "")],
        ),
        (
            json!({ "a": [1, { "...": e }, { "...": e }] }),
            vec![&element],
            vec![(DuplicateDigest, "/a/2")],
        ),
        (
            json!({ "_sd": [m, outer.digest()] }),
            vec![&member, &outer],
            vec![(DuplicateDigest, "/o")],
        ),
        (
            json!({ "_sd": [m], "m": 0 }),
            vec![&member],
            vec![(DuplicateKey, "/disclosures/0")],
        ),
        (
            json!({ "_sd": [m, t] }),
            vec![&member, &twin],
            vec![(DuplicateKey, "/disclosures/1")],
        ),
        (
            json!({ "_sd": [sd.digest()] }),
            vec![&sd],
            vec![(ReservedName, "/disclosures/0")],
        ),
        (
            json!({ "_sd": [dots.digest()] }),
            vec![&dots],
            vec![(ReservedName, "/disclosures/0")],
        ),
        (
            json!({ "_sd": [algorithm.digest()] }),
            vec![&algorithm],
            vec![(ReservedName, "/disclosures/0")],
        ),
        (
            json!({ "o": { "_sd": [algorithm.digest()] } }),
            vec![&algorithm],
            vec![],
        ),
        (
            json!({ "o": { "_sd": m } }),
            vec![],
            vec![(InvalidMember, "/o/_sd")],
        ),
        (
            json!({ "_sd": [m, 1] }),
            vec![],
            vec![(InvalidMember, "/_sd")],
        ),
        (
            json!({ "a": [{ "...": 1 }] }),
            vec![],
            vec![(InvalidMember, "/a/0")],
        ),
        (
            json!({ "a": [{ "...": e, "b": 1 }] }),
            vec![],
            vec![(InvalidMember, "/a/0")],
        ),
        (json!({ "...": e }), vec![], vec![(ReservedName, "/...")]),
        (
            json!({ "a/b": { "...": e } }),
            vec![],
            vec![(ReservedName, "/a~1b/...")],
        ),
    ];
    for (payload, disclosures, expected) in cases {
        let texts: Vec<_> = disclosures.iter().map(|d| d.as_str()).collect();
        let token = raw(&payload, &texts);
        let report = check(&token);
        assert_eq!(errors(&report), expected, "{payload}");
        let claims = token.claims().map_err(|error| error.code());
        assert_eq!(claims.is_ok(), expected.is_empty(), "{payload}");
        assert!(!report.claims.to_string().contains("_sd\""), "{payload}");
    }
}

#[test]
fn recursion_is_bounded() {
    // Each disclosure holds the digest of the next.
    let chain = |length: usize| {
        let mut chain = vec![disclosure(&json!(["s", "m", 1]))];
        for i in 1..length {
            let digest = chain[i - 1].digest();
            chain.push(disclosure(&json!(["s", "m", { "_sd": [digest] }])));
        }
        let texts: Vec<_> = chain.iter().map(Disclosure::as_str).collect();
        raw(&json!({ "_sd": [chain[length - 1].digest()] }), &texts)
    };
    assert!(check(&chain(64)).ok);
    let report = check(&chain(65));
    assert_eq!(report.findings[0].code, ErrorCode::TooDeep);
    assert_eq!(report.findings[0].path, "/m".repeat(64));
    assert!(!check(&chain(5_000)).ok);
}

/// Each disclosure of a token removed, added twice, exchanged for a foreign one, and altered.
#[test]
fn disclosures_cannot_be_tampered_with() {
    let token = token();
    let foreign = conceal_foreign();
    let texts: Vec<_> = token.disclosures().iter().map(Disclosure::as_str).collect();
    let with = |texts: &[&str]| {
        let text = [&[token.jwt()], texts, &[""]].concat().join("~");
        text.parse::<SdJwt>().map(|token| check(&token))
    };
    assert!(with(&texts).unwrap().ok);
    let places = token.places().unwrap();
    let (mut removed, mut altered) = (0, 0);
    for i in 0..texts.len() {
        let mut less = texts.clone();
        less.remove(i);
        let report = with(&less).unwrap();
        // A parent cannot go without its children.
        let (place, _) = &places[i];
        let parent = places
            .iter()
            .any(|(other, _)| other.starts_with(&format!("{place}/")));
        assert_eq!(report.ok, !parent, "{place}");
        removed += usize::from(report.ok);

        let twice = [&texts[..], &[texts[i]]].concat();
        let codes: Vec<_> = with(&twice)
            .unwrap()
            .findings
            .iter()
            .map(|f| f.code)
            .collect();
        assert_eq!(codes, [ErrorCode::DuplicateValue]);

        let mut exchanged = texts.clone();
        exchanged[i] = foreign.as_str();
        let report = with(&exchanged).unwrap();
        assert!(errors(&report).contains(&(
            ErrorCode::DisclosureUnreferenced,
            format!("/disclosures/{i}").as_str()
        )));

        for byte in 0..texts[i].len() {
            for bit in 0..7 {
                let mut bytes = texts[i].as_bytes().to_vec();
                bytes[byte] ^= 1 << bit;
                let changed = String::from_utf8(bytes).unwrap();
                let mut all = texts.clone();
                all[i] = &changed;
                let text = [&[token.jwt()], &all[..], &[""]].concat().join("~");
                let claims = text.parse::<SdJwt>().and_then(|token| token.claims());
                assert!(claims.is_err(), "{changed}");
                altered += 1;
            }
        }
    }
    let added = [&texts[..], &[foreign.as_str()]].concat();
    assert!(!with(&added).unwrap().ok);
    assert_eq!(removed, 8, "all but the two that hold others");
    assert!(altered > 3_000, "{altered}");
}

fn conceal_foreign() -> Disclosure {
    Disclosure::member("open", json!(2), &mut Seeded(99)).unwrap()
}
