//! Credentials as `vc+jwt`: what is issued, what is refused, and that nothing can be changed.
#![cfg(feature = "alloc")]

use base64ct::{Base64UrlUnpadded, Encoding};
use batterypass::credential::{
    Finding, Severity, SignOptions, VerifyOptions, VerifyReport, passport_credential, sign, verify,
};
use batterypass::passport::Passport;
use batterypass::time::Timestamp;
use batterypass::{ErrorCode, SigningKey};
use proptest::prelude::*;
use serde_json::{Value, json};

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32]).expect("a key")
}

fn did(seed: u8) -> String {
    key(seed).public_key().did().to_string()
}

fn kid(seed: u8) -> String {
    format!("{}#{}", did(seed), &did(seed)["did:key:".len()..])
}

fn time(text: &str) -> Timestamp {
    text.parse().expect(text)
}

fn now() -> VerifyOptions<'static> {
    VerifyOptions::at(time("2027-06-01T00:00:00Z"))
}

fn minimal() -> Value {
    json!({ "credentialSubject": { "id": "urn:uuid:1", "name": "Example" } })
}

/// A token with any header and payload, rightly signed by key 7.
fn token(header: &Value, payload: &Value) -> String {
    token_of(&header.to_string(), &payload.to_string())
}

fn token_of(header: &str, payload: &str) -> String {
    let [header, payload] =
        [header, payload].map(|text| Base64UrlUnpadded::encode_string(text.as_bytes()));
    let input = format!("{header}.{payload}");
    let signature = key(7).sign(input.as_bytes()).expect("signs");
    format!("{input}.{}", Base64UrlUnpadded::encode_string(&signature))
}

fn good_header() -> Value {
    json!({ "alg": "ES256", "typ": "vc+jwt", "cty": "vc", "kid": kid(7) })
}

fn good_payload() -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": did(7),
        "credentialSubject": { "id": "urn:uuid:1" }
    })
}

fn with(mut value: Value, name: &str, member: Value) -> Value {
    match member {
        Value::Null => {
            value.as_object_mut().expect("an object").remove(name);
        }
        member => value[name] = member,
    }
    value
}

fn errors(report: &VerifyReport) -> Vec<(ErrorCode, &str)> {
    let is_error = |f: &&Finding| f.severity == Severity::Error;
    report
        .findings
        .iter()
        .filter(is_error)
        .map(|f| (f.code, f.path.as_str()))
        .collect()
}

fn check(header: &Value, payload: &Value) -> VerifyReport {
    verify(&token(header, payload), &now()).expect("can be read")
}

#[test]
fn what_is_missing_is_added_and_verifies() {
    let options = SignOptions {
        valid_from: Some(time("2027-01-01T00:00:00Z")),
        valid_until: Some(time("2028-01-01T00:00:00Z")),
        status: Some(&json!({ "type": "BitstringStatusListEntry" })),
        ..SignOptions::default()
    };
    let jwt = sign(minimal(), &key(7), &options).expect("signs");
    let report = verify(&jwt, &now()).expect("reads");
    assert_eq!(report.findings, []);
    assert!(report.ok);
    assert_eq!(report.issuer, Some(did(7)));
    assert_eq!(report.securing, "vc+jwt");
    assert_eq!(
        report.claims.to_string(),
        json!({
            "@context": [
                "https://www.w3.org/ns/credentials/v2",
                "https://www.w3.org/ns/credentials/undefined-terms/v2"
            ],
            "type": ["VerifiableCredential"],
            "issuer": did(7),
            "validFrom": "2027-01-01T00:00:00Z",
            "validUntil": "2028-01-01T00:00:00Z",
            "credentialStatus": { "type": "BitstringStatusListEntry" },
            "credentialSubject": { "id": "urn:uuid:1", "name": "Example" }
        })
        .to_string()
    );
    let header =
        Base64UrlUnpadded::decode_vec(jwt.split('.').next().expect("a header")).expect("base64url");
    assert_eq!(
        serde_json::from_slice::<Value>(&header).expect("JSON"),
        good_header()
    );
    // RFC 6979: the same input gives the same token.
    assert_eq!(sign(minimal(), &key(7), &options).expect("signs"), jwt);
}

#[test]
fn a_passport_becomes_the_subject() {
    let passport =
        Passport::parse(br#"{"digitalProductPassportId":"urn:uuid:1","granularity":"item"}"#);
    let credential = passport_credential(&passport.expect("fits")).expect("has an id");
    let jwt = sign(credential, &key(7), &SignOptions::default()).expect("signs");
    let report = verify(&jwt, &now()).expect("reads");
    assert!(report.ok);
    assert_eq!(
        report.claims["type"],
        json!(["VerifiableCredential", "BatteryPassportCredential"])
    );
    assert_eq!(
        report.claims["credentialSubject"],
        json!({ "id": "urn:uuid:1", "type": "BatteryPassport", "digitalProductPassportId": "urn:uuid:1", "granularity": "item" })
    );
    let error = passport_credential(&Passport::default()).expect_err("no id");
    assert_eq!(
        (error.code(), error.path()),
        (ErrorCode::MissingMember, "/digitalProductPassportId")
    );
}

#[test]
fn issuing_refuses_what_must_not_be_signed() {
    use ErrorCode::{InvalidArgument, InvalidMember, IssuerMismatch, MissingMember, WrongType};
    let refusal = |credential: Value, options: &SignOptions<'_>| {
        let error = sign(credential, &key(7), options).expect_err("must be refused");
        (error.code(), error.path().to_string())
    };
    let plain = SignOptions::default();
    let cases = [
        (json!([]), WrongType, ""),
        (json!({}), MissingMember, "/credentialSubject"),
        (
            json!({ "credentialSubject": {} }),
            InvalidMember,
            "/credentialSubject",
        ),
        (
            json!({ "credentialSubject": [] }),
            InvalidMember,
            "/credentialSubject",
        ),
        (
            with(minimal(), "issuer", json!("https://example.com")),
            IssuerMismatch,
            "/issuer",
        ),
        (
            with(minimal(), "issuer", json!({ "id": did(8) })),
            IssuerMismatch,
            "/issuer",
        ),
        (
            with(minimal(), "issuer", json!({ "name": "no id" })),
            InvalidMember,
            "/issuer",
        ),
        (
            with(
                minimal(),
                "@context",
                json!("https://www.w3.org/ns/credentials/v2"),
            ),
            InvalidMember,
            "/@context",
        ),
        (with(minimal(), "type", json!([1])), InvalidMember, "/type"),
        (
            with(minimal(), "id", json!("not a URL")),
            InvalidMember,
            "/id",
        ),
        (
            with(minimal(), "validFrom", json!("2027-01-01")),
            InvalidMember,
            "/validFrom",
        ),
        (with(minimal(), "vc", json!({})), InvalidMember, "/vc"),
    ];
    for (credential, code, path) in cases {
        assert_eq!(
            refusal(credential.clone(), &plain),
            (code, path.to_string()),
            "{credential}"
        );
    }
    let other = did(8);
    let foreign = SignOptions {
        issuer: Some(&other),
        ..SignOptions::default()
    };
    assert_eq!(refusal(minimal(), &foreign).0, IssuerMismatch);
    let late = SignOptions {
        valid_until: Some(time("2027-01-01T00:00:00Z")),
        ..SignOptions::default()
    };
    let dated = with(minimal(), "validUntil", json!("2026-01-01T00:00:00Z"));
    assert_eq!(
        refusal(dated, &late),
        (InvalidArgument, "/validUntil".into())
    );
    let begun = with(minimal(), "validFrom", json!("2028-01-01T00:00:00Z"));
    assert_eq!(refusal(begun, &late), (InvalidMember, "/validUntil".into()));
    // Saying the same twice is no contradiction.
    let own = did(7);
    let same = SignOptions {
        issuer: Some(&own),
        ..late
    };
    let agreeing = with(
        with(minimal(), "issuer", json!({ "id": own, "name": "Example" })),
        "validUntil",
        json!("2027-01-01T00:00:00Z"),
    );
    assert!(sign(agreeing, &key(7), &same).is_ok());
}

#[test]
fn headers_are_checked() {
    use ErrorCode::{
        InvalidMember, IssuerMismatch, KeyMismatch, MissingMember, UnsupportedAlgorithm,
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
        ("crit", json!(["b64"]), InvalidMember),
        ("b64", json!(false), InvalidMember),
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
        [(ErrorCode::SignatureInvalid, "")]
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
        [(ErrorCode::InvalidDid, "/issuer")]
    );
    assert!(verify(&jwt, &given(own.public_key())).expect("reads").ok);
    let report = verify(&jwt, &given(other.public_key())).expect("reads");
    assert_eq!(errors(&report), [(ErrorCode::SignatureInvalid, "")]);
    let report = verify(&token(&good_header(), &payload), &given(own.public_key())).expect("reads");
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
    assert_eq!(errors(&report)[0], (ErrorCode::InvalidDid, "/issuer"));
}

#[test]
fn the_structure_is_checked() {
    use ErrorCode::{InvalidMember, IssuerMismatch, MissingMember};
    const V2: &str = "https://www.w3.org/ns/credentials/v2";
    let cases = [
        ("@context", Value::Null, MissingMember, "/@context"),
        ("@context", json!([]), InvalidMember, "/@context"),
        (
            "@context",
            json!(["https://example.com", V2]),
            InvalidMember,
            "/@context",
        ),
        (
            "@context",
            json!(["https://www.w3.org/2018/credentials/v1"]),
            InvalidMember,
            "/@context",
        ),
        ("@context", json!([V2, 1]), InvalidMember, "/@context/1"),
        (
            "@context",
            json!([V2, "not a url"]),
            InvalidMember,
            "/@context/1",
        ),
        ("@context", json!([V2, V2]), InvalidMember, "/@context/1"),
        ("type", Value::Null, MissingMember, "/type"),
        ("type", json!("Other"), InvalidMember, "/type"),
        (
            "type",
            json!(["VerifiableCredential", ""]),
            InvalidMember,
            "/type",
        ),
        (
            "type",
            json!(["VerifiableCredential", {}]),
            InvalidMember,
            "/type",
        ),
        (
            "credentialSubject",
            Value::Null,
            MissingMember,
            "/credentialSubject",
        ),
        (
            "credentialSubject",
            json!("urn:x:1"),
            InvalidMember,
            "/credentialSubject",
        ),
        (
            "credentialSubject",
            json!([{ "a": 1 }, {}]),
            InvalidMember,
            "/credentialSubject/1",
        ),
        (
            "credentialSubject",
            json!({ "id": "x" }),
            InvalidMember,
            "/credentialSubject/id",
        ),
        ("id", json!(["urn:x:1"]), InvalidMember, "/id"),
        (
            "credentialStatus",
            json!({ "id": "urn:x:1" }),
            MissingMember,
            "/credentialStatus/type",
        ),
        (
            "credentialStatus",
            json!("urn:x:1"),
            InvalidMember,
            "/credentialStatus",
        ),
        (
            "credentialSchema",
            json!([{ "type": "JsonSchema" }]),
            MissingMember,
            "/credentialSchema/0/id",
        ),
        ("evidence", json!([]), InvalidMember, "/evidence"),
        (
            "termsOfUse",
            json!({ "type": 1 }),
            InvalidMember,
            "/termsOfUse/type",
        ),
        (
            "refreshService",
            json!({ "type": "a b" }),
            InvalidMember,
            "/refreshService/type",
        ),
        (
            "relatedResource",
            json!({ "id": "urn:x:1" }),
            InvalidMember,
            "/relatedResource",
        ),
        ("name", json!(1), InvalidMember, "/name"),
        (
            "description",
            json!({ "@value": "x", "x": 1 }),
            InvalidMember,
            "/description",
        ),
        ("vp", json!({}), InvalidMember, "/vp"),
        ("iss", json!("https://example.com"), IssuerMismatch, "/iss"),
        ("jti", json!("urn:x:2"), InvalidMember, "/jti"),
        ("sub", json!("urn:x:2"), InvalidMember, "/sub"),
        ("exp", json!("2027"), InvalidMember, "/exp"),
    ];
    for (name, member, code, path) in cases {
        let report = check(&good_header(), &with(good_payload(), name, member.clone()));
        assert_eq!(errors(&report), [(code, path)], "{name} {member}");
        assert!(
            report
                .findings
                .iter()
                .all(|f| f.reference.contains("section"))
        );
    }
    for (name, member) in [
        ("type", json!("VerifiableCredential")),
        (
            "@context",
            json!([V2, { "@vocab": "https://example.com/" }]),
        ),
        (
            "issuer",
            json!({ "id": did(7), "name": [{ "@value": "Beispiel", "@language": "de" }] }),
        ),
        (
            "credentialSubject",
            json!([{ "a": 1 }, { "id": "urn:x:1" }]),
        ),
        (
            "credentialSchema",
            json!({ "id": "https://example.com/s", "type": "JsonSchema" }),
        ),
        (
            "relatedResource",
            json!([{ "id": "urn:x:1", "digestSRI": "sha384-x" }]),
        ),
        ("iss", json!(did(7))),
        ("sub", json!("urn:uuid:1")),
        ("nbf", json!(1.5)),
    ] {
        let report = check(&good_header(), &with(good_payload(), name, member.clone()));
        assert!(report.ok, "{name} {member}: {:?}", report.findings);
    }
}

#[test]
fn every_finding_is_reported() {
    let header = json!({ "alg": "none", "crit": [], "kid": "x" });
    let payload =
        json!({ "issuer": did(7), "validUntil": "2026-01-01T00:00:00Z", "validFrom": "soon" });
    let report = check(&header, &payload);
    let codes: Vec<_> = errors(&report)
        .iter()
        .map(|(code, path)| format!("{} {path}", code.as_str()))
        .collect();
    assert_eq!(
        codes,
        [
            "unsupported_algorithm /protected/alg",
            "missing_member /protected/typ",
            "invalid_member /protected/crit",
            "invalid_member /protected/kid",
            "missing_member /@context",
            "missing_member /type",
            "missing_member /credentialSubject",
            "invalid_member /validFrom",
            "expired /validUntil",
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
        let jwt = sign(json!({ "credentialSubject": subject }), &key(7), &SignOptions::default()).expect("signs");
        let report = verify(&jwt, &now()).expect("reads");
        prop_assert!(report.ok);
        prop_assert_eq!(&report.claims["credentialSubject"], &subject);
    }

    #[test]
    fn verify_never_panics(text in "[a-zA-Z0-9_.=-]{0,80}|\\PC{0,40}") {
        let _ = verify(&text, &now());
    }
}
