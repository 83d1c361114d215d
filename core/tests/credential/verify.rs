//! Verifying: header, key, signature, time, and everything that is no token.

use batterypass::ErrorCode;
use batterypass::credential::{Secured, Severity, SignOptions, VerifyOptions, sign, verify};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::common::*;

#[test]
fn headers_are_checked() {
    use ErrorCode::{
        InvalidMember, IssuerMismatch, KeyMismatch, MissingMember, UnsupportedAlgorithm,
        UnsupportedHeader,
    };
    assert!(check(&good_header(), &good_payload()).ok);
    let cases = [
        ("alg", json!("none"), UnsupportedAlgorithm),
        ("alg", json!("HS256"), UnsupportedAlgorithm),
        ("alg", json!("es256"), UnsupportedAlgorithm),
        ("alg", json!(["ES256"]), UnsupportedAlgorithm),
        ("alg", Value::Null, UnsupportedAlgorithm),
        ("typ", Value::Null, MissingMember),
        ("typ", json!("JWT"), InvalidMember),
        ("typ", json!("vp+jwt"), InvalidMember),
        ("crit", json!(["b64"]), UnsupportedHeader),
        ("b64", json!(false), UnsupportedHeader),
        ("jwk", key(7).public_key().to_jwk(), KeyMismatch),
        ("jku", json!("https://example.com/keys"), KeyMismatch),
        ("x5c", json!([]), KeyMismatch),
        ("x5u", json!("https://example.com/cert"), KeyMismatch),
        ("kid", Value::Null, MissingMember),
        ("kid", json!(1), InvalidMember),
        ("kid", json!(did(7)), InvalidMember),
        ("kid", json!(format!("{}#", did(7))), InvalidMember),
        ("kid", json!(kid(8)), IssuerMismatch),
        ("kid", json!(format!("{}#z", did(7))), KeyMismatch),
    ];
    for (name, member, code) in cases {
        let report = check(&with(good_header(), name, member.clone()), &good_payload());
        let path = format!("/protected/{name}");
        assert_eq!(errors(&report), [(code, path.as_str())], "{name} {member}");
        assert!(!report.ok, "{name} {member}");
    }
    for typ in ["application/vc+jwt", "VC+JWT"] {
        assert!(
            check(&with(good_header(), "typ", json!(typ)), &good_payload()).ok,
            "{typ}"
        );
    }
    assert!(check(&with(good_header(), "cty", Value::Null), &good_payload()).ok);
    let odd = check(&with(good_header(), "cty", json!("JWT")), &good_payload());
    assert!(odd.ok && odd.findings[0].severity == Severity::Warning);
}

#[test]
fn an_unsigned_token_is_not_ok() {
    let jwt = token(&with(good_header(), "alg", json!("none")), &good_payload());
    let (input, _) = jwt.rsplit_once('.').expect("a signature");
    let report = verify(&format!("{input}."), &now()).expect("can be read");
    assert_eq!(
        errors(&report),
        [(ErrorCode::UnsupportedAlgorithm, "/protected/alg")]
    );
    let report = verify(
        &format!(
            "{}.",
            token(&good_header(), &good_payload())
                .rsplit_once('.')
                .expect("dot")
                .0
        ),
        &now(),
    );
    assert_eq!(
        errors(&report.expect("can be read")),
        [(ErrorCode::SignatureMalformed, "")]
    );
}

#[test]
fn the_issuers_key_decides() {
    // Signed by key 7 in the name of key 8.
    let header = with(good_header(), "kid", json!(kid(8)));
    let payload = with(good_payload(), "issuer", json!(did(8)));
    assert_eq!(
        errors(&check(&header, &payload)),
        [(ErrorCode::SignatureInvalid, "")]
    );

    let jwt = token(&good_header(), &good_payload());
    let (own, other) = (key(7), key(8));
    let given = |key| VerifyOptions {
        issuer_key: Some(key),
        ..now()
    };
    assert!(verify(&jwt, &given(own.public_key())).expect("reads").ok);
    let report = verify(&jwt, &given(other.public_key())).expect("reads");
    assert_eq!(errors(&report), [(ErrorCode::KeyMismatch, "/issuer")]);
    assert!(!report.ok);

    // An issuer of another method needs its key, and its kid must be under its name.
    let web = "did:web:maker.example";
    let payload = with(good_payload(), "issuer", json!(web));
    let jwt = token(
        &with(good_header(), "kid", json!(format!("{web}#key-1"))),
        &payload,
    );
    assert_eq!(
        errors(&verify(&jwt, &now()).expect("reads")),
        [(ErrorCode::DidNotResolved, "/issuer")]
    );
    assert!(verify(&jwt, &given(own.public_key())).expect("reads").ok);
    let report = verify(&jwt, &given(other.public_key())).expect("reads");
    assert_eq!(errors(&report), [(ErrorCode::SignatureInvalid, "")]);
    // A kid may name the given key by itself, but no third one.
    let by_key = token(&good_header(), &payload);
    assert!(verify(&by_key, &given(own.public_key())).expect("reads").ok);
    let jwt = token(&with(good_header(), "kid", json!(kid(8))), &payload);
    let report = verify(&jwt, &given(own.public_key())).expect("reads");
    assert_eq!(
        errors(&report),
        [(ErrorCode::IssuerMismatch, "/protected/kid")]
    );

    // A did:key of another curve, X25519.
    let issuer = "did:key:z6LSbysY2xFMRpGMhb7tFTLMpeuPRaqaWM1yECx2AtzE3KCc";
    let report = check(
        &good_header(),
        &with(good_payload(), "issuer", json!(issuer)),
    );
    assert_eq!(
        errors(&report),
        [
            (ErrorCode::IssuerMismatch, "/protected/kid"),
            (ErrorCode::UnsupportedAlgorithm, "/issuer")
        ]
    );
}

#[test]
fn time_is_exact() {
    let dated =
        json!({ "validFrom": "2027-01-01T01:00:00+01:00", "validUntil": "2027-12-31T23:59:59Z" });
    let mut payload = good_payload();
    for (name, member) in dated.as_object().expect("an object") {
        payload[name] = member.clone();
    }
    payload["nbf"] = json!(1_798_761_600);
    payload["exp"] = json!(1_830_297_600);
    let jwt = token(&good_header(), &payload);
    for (at, expected) in [
        (
            "2026-12-31T23:59:59.999999999Z",
            vec![
                (ErrorCode::NotYetValid, "/validFrom"),
                (ErrorCode::NotYetValid, "/nbf"),
            ],
        ),
        ("2027-01-01T00:00:00Z", vec![]),
        ("2027-12-31T23:59:59Z", vec![]),
        (
            "2027-12-31T23:59:59.1Z",
            vec![(ErrorCode::Expired, "/validUntil")],
        ),
        (
            "2028-01-01T00:00:00Z",
            vec![
                (ErrorCode::Expired, "/validUntil"),
                (ErrorCode::Expired, "/exp"),
            ],
        ),
    ] {
        let report = verify(&jwt, &VerifyOptions::at(time(at))).expect("reads");
        assert_eq!(errors(&report), expected, "{at}");
    }
}

#[test]
fn what_is_no_token_is_an_error() {
    let header = good_header().to_string();
    let payload = good_payload().to_string();
    let doubled = payload.replacen('{', "{\"issuer\":\"did:key:z1\",", 1);
    for (jwt, code, path) in [
        ("no token".into(), ErrorCode::MalformedJwt, ""),
        (token_of(&header, "[]"), ErrorCode::MalformedJwt, ""),
        (token_of(&header, "{"), ErrorCode::Truncated, ""),
        (
            token_of(&header, &doubled),
            ErrorCode::DuplicateKey,
            "/issuer",
        ),
        (
            token_of(&header.replacen('{', "{\"alg\":\"none\",", 1), &payload),
            ErrorCode::DuplicateKey,
            "/alg",
        ),
        (
            token_of(&header, &["[".repeat(65), "]".repeat(65)].concat()),
            ErrorCode::TooDeep,
            &"/0".repeat(64),
        ),
        (
            token_of("\u{feff}{}", &payload),
            ErrorCode::WrongEncoding,
            "",
        ),
    ] {
        let error = verify(&jwt, &now()).expect_err("must be refused");
        assert_eq!((error.code(), error.path()), (code, path));
    }
}

/// Every byte of a token, set to each of a few other bytes: never ok.
#[test]
fn no_byte_can_be_changed() {
    let jwt = token(&good_header(), &good_payload());
    assert!(verify(&jwt, &now()).expect("reads").ok);
    for i in 0..jwt.len() {
        for byte in [
            b'A',
            b'Q',
            b'_',
            b'.',
            b'=',
            b' ',
            jwt.as_bytes()[i] ^ 1,
            jwt.as_bytes()[i] ^ 4,
        ] {
            let mut changed = jwt.clone().into_bytes();
            if changed[i] == byte {
                continue;
            }
            changed[i] = byte;
            let changed = String::from_utf8(changed).expect("ASCII");
            if let Ok(report) = verify(&changed, &now()) {
                assert!(!report.ok, "byte {i} as {byte:#x}");
            }
        }
    }
    for changed in [
        format!("{jwt} "),
        format!("{jwt}A"),
        format!(" {jwt}"),
        format!("{jwt}="),
    ] {
        let report = verify(&changed, &now());
        assert!(
            report.is_err() || report.is_ok_and(|report| !report.ok),
            "{changed}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_subject_survives(name in "[a-zA-Z@.~/ ]{1,8}", text in any::<String>(), number in any::<i64>(), float in any::<f64>()) {
        prop_assume!(name != "id" && float.is_finite());
        let subject = json!({ "x": { (name): text }, "number": number, "float": float });
        let jwt = sign(json!({ "credentialSubject": subject }), &key(7), &SignOptions::default()).and_then(Secured::into_text).expect("signs");
        let report = verify(&jwt, &now()).expect("reads");
        prop_assert!(report.ok);
        prop_assert_eq!(&report.claims["credentialSubject"], &subject);
    }

    #[test]
    fn verify_never_panics(text in "[a-zA-Z0-9_.=-]{0,80}|\\PC{0,40}") {
        let _ = verify(&text, &now());
    }
}
