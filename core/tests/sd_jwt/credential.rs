//! Credentials as `vc+sd-jwt`, through the one call that issues and the one that verifies.

use batterypass::ErrorCode;
use batterypass::access::{self, Audience};
use batterypass::credential::{
    DisclosureOptions, Finding, PresentationOptions, Secured, Securing, Severity, SignOptions,
    VerifyOptions, VerifyReport, passport_credential, sign_presentation, sign_with, to_enveloped,
    verify, verify_presentation,
};
use batterypass::data_integrity::ProofOptions;
use batterypass::passport::Passport;
use batterypass::sd_jwt::{Decoys, KeyBinding, Plan, SdJwt};
use serde_json::{Value, json};

use super::common::*;

const EXAMPLE: &str = include_str!("../../../schemas/examples/ev-battery.json");

fn issue_with(credential: Value, disclosure: DisclosureOptions<'_>) -> Result<SdJwt, ErrorCode> {
    let options = SignOptions {
        disclosure,
        ..SignOptions::securing(Securing::VcSdJwt)
    };
    let secured = sign_with(credential, &issuer(), &options, &mut Seeded(21));
    let text = secured.and_then(Secured::into_text);
    text.and_then(|text| text.parse())
        .map_err(|error| error.code())
}

fn passport(disclosure: DisclosureOptions<'_>) -> SdJwt {
    let passport = Passport::parse(EXAMPLE.as_bytes()).unwrap();
    issue_with(passport_credential(&passport).unwrap(), disclosure).unwrap()
}

fn run(token: &SdJwt, options: &VerifyOptions<'_>) -> VerifyReport {
    verify(&token.to_string(), options).unwrap()
}

fn now() -> VerifyOptions<'static> {
    VerifyOptions::at(at(NOW))
}

fn refusals(report: &VerifyReport) -> Vec<(ErrorCode, &str)> {
    let is_error = |finding: &&Finding| finding.severity == Severity::Error;
    let errors = report.findings.iter().filter(is_error);
    errors.map(|f| (f.code, f.path.as_str())).collect()
}

#[test]
fn a_passport_is_issued_once_and_each_view_verifies() {
    let token = passport(DisclosureOptions {
        decoys: Decoys::PowerOfTwo,
        ..DisclosureOptions::default()
    });
    assert_eq!(token.header()["typ"], "vc+sd-jwt");
    assert_eq!(token.header()["cty"], "vc");
    let whole = token.claims().unwrap();
    let passport: Value = serde_json::from_str(EXAMPLE).unwrap();
    let subject = whole["credentialSubject"].as_object().unwrap();
    for (name, member) in passport.as_object().unwrap() {
        assert_eq!(&subject[name], member);
    }
    let mut lengths = Vec::new();
    for audience in Audience::ALL {
        let part = token.disclose(audience).unwrap();
        let report = run(&part, &now());
        assert!(report.ok, "{audience:?}: {:?}", report.findings);
        assert_eq!(report.securing, Securing::VcSdJwt);
        let expected = access::view(whole["credentialSubject"].clone(), audience);
        assert_eq!(report.claims["credentialSubject"], expected);
        assert_eq!(report.issuer.as_deref(), whole["issuer"].as_str());
        lengths.push(part.to_string().len());
    }
    assert!(
        lengths[..3].iter().all(|length| *length < lengths[3]),
        "{lengths:?}"
    );
}

#[test]
fn no_other_kind_of_token_passes() {
    use ErrorCode::{InvalidMember, MissingMember, UnsupportedAlgorithm};
    let token = issue_with(minimal(), DisclosureOptions::default()).unwrap();
    let payload = Value::Object(token.payload().clone());
    let good = Value::Object(token.header().clone());
    assert!(run(&raw_with(&good, &payload, &[]), &now()).ok);
    for (name, member, code) in [
        // An SD-JWT VC has another data model.
        ("typ", json!("dc+sd-jwt"), InvalidMember),
        ("typ", json!("vc+jwt"), InvalidMember),
        ("typ", json!("vp+sd-jwt"), InvalidMember),
        ("typ", json!("kb+jwt"), InvalidMember),
        ("typ", Value::Null, MissingMember),
        ("kid", Value::Null, MissingMember),
        ("alg", json!("none"), UnsupportedAlgorithm),
        ("crit", json!([]), ErrorCode::UnsupportedHeader),
    ] {
        let mut header = good.clone();
        match member.clone() {
            Value::Null => drop(header.as_object_mut().unwrap().remove(name)),
            member => header[name] = member,
        }
        let report = run(&raw_with(&header, &payload, &[]), &now());
        let path = format!("/protected/{name}");
        assert_eq!(
            refusals(&report),
            [(code, path.as_str())],
            "{name} {member}"
        );
        assert!(!report.ok);
    }
    // The JWT alone is no vc+jwt, and a vc+jwt with a tilde no vc+sd-jwt.
    let report = verify(token.jwt(), &now()).unwrap();
    assert_eq!(refusals(&report)[0], (InvalidMember, "/protected/typ"));
    let plain = sign_with(minimal(), &issuer(), &SignOptions::default(), &mut Stuck).unwrap();
    let report = verify(&format!("{}~", plain.into_text().unwrap()), &now()).unwrap();
    assert_eq!(refusals(&report), [(InvalidMember, "/protected/typ")]);
}

fn minimal() -> Value {
    json!({ "type": "ExampleCredential", "credentialSubject": { "id": "urn:uuid:1", "a": 1, "b": [2] } })
}

#[test]
fn plans_of_ones_own_hide_within_the_subject() {
    let hiding = |pointer: &str| {
        let plan = Plan::new().hide(pointer);
        let disclosure = DisclosureOptions {
            plan: Some(&plan),
            ..DisclosureOptions::default()
        };
        issue_with(minimal(), disclosure)
    };
    let token = hiding("/credentialSubject/b/0").unwrap();
    let report = run(&token.present(|_| false).unwrap(), &now());
    assert!(report.ok);
    let expected = json!({ "id": "urn:uuid:1", "a": 1, "b": [] });
    assert_eq!(report.claims["credentialSubject"], expected);
    for pointer in [
        "/@context",
        "/@context/0",
        "/type/1",
        "/issuer",
        "/credentialSubject",
        "/nothing",
        "",
    ] {
        assert_eq!(
            hiding(pointer),
            Err(ErrorCode::InvalidArgument),
            "{pointer}"
        );
    }
    // Of other credentials than passports nothing is hidden.
    let token = issue_with(minimal(), DisclosureOptions::default()).unwrap();
    assert!(token.disclosures().is_empty() && !token.payload().contains_key("_sd"));
}

#[test]
fn options_of_this_form_are_refused_by_others() {
    let (plan, key) = (Plan::new(), holder());
    for (disclosure, path) in [
        (
            DisclosureOptions {
                plan: Some(&plan),
                ..Default::default()
            },
            "/disclosure/plan",
        ),
        (
            DisclosureOptions {
                decoys: Decoys::PowerOfTwo,
                ..Default::default()
            },
            "/disclosure/decoys",
        ),
        (
            DisclosureOptions {
                holder: Some(key.public_key()),
                ..Default::default()
            },
            "/disclosure/holder",
        ),
    ] {
        let options = SignOptions {
            disclosure,
            ..SignOptions::default()
        };
        let error = sign_with(minimal(), &issuer(), &options, &mut Stuck).unwrap_err();
        assert_eq!(
            (error.code(), error.path()),
            (ErrorCode::InvalidArgument, path)
        );
    }
    let mut credential = minimal();
    credential["cnf"] = json!({ "jwk": issuer().public_key().to_jwk() });
    let disclosure = DisclosureOptions {
        holder: Some(key.public_key()),
        ..Default::default()
    };
    assert_eq!(
        issue_with(credential, disclosure),
        Err(ErrorCode::InvalidArgument)
    );
    let mut credential = minimal();
    credential["credentialSubject"]["_sd"] = json!([]);
    let refused = issue_with(credential, DisclosureOptions::default());
    assert_eq!(refused, Err(ErrorCode::ReservedName));
}

#[test]
fn the_holder_answers_a_challenge() {
    use ErrorCode::{ChallengeMismatch, DomainMismatch, Expired, KeyBindingMissing};
    let key = holder();
    let token = passport(DisclosureOptions {
        holder: Some(key.public_key()),
        ..DisclosureOptions::default()
    });
    let part = token.disclose(Audience::Public).unwrap();
    let asked = VerifyOptions {
        domain: Some("https://cloud.example"),
        challenge: Some("n-1"),
        ..now()
    };
    let missing = [
        (KeyBindingMissing, "/kb_jwt"),
        (DomainMismatch, "/kb_jwt/aud"),
        (ChallengeMismatch, "/kb_jwt/nonce"),
    ];
    assert_eq!(refusals(&run(&part, &asked)), missing);
    let one = VerifyOptions {
        challenge: None,
        ..asked
    };
    assert_eq!(refusals(&run(&part, &one)), missing[..2]);
    let binding = KeyBinding {
        audience: "https://cloud.example",
        nonce: "n-1",
        issued_at: at(NOW),
    };
    let bound = part.bind(&key, &binding).unwrap();
    for options in [asked, one, now()] {
        assert!(run(&bound, &options).ok);
    }
    let other = VerifyOptions {
        domain: Some("https://other.example"),
        challenge: Some("n-2"),
        at: at(NOW + 301),
        ..now()
    };
    let expected = [
        (Expired, "/kb_jwt/iat"),
        (DomainMismatch, "/kb_jwt/aud"),
        (ChallengeMismatch, "/kb_jwt/nonce"),
    ];
    assert_eq!(refusals(&run(&bound, &other)), expected);
}

#[test]
fn a_key_binding_that_is_needed_must_be_fresh() {
    use ErrorCode::{Expired, NotYetValid};
    let key = holder();
    let token = passport(DisclosureOptions {
        holder: Some(key.public_key()),
        ..DisclosureOptions::default()
    });
    let part = token.disclose(Audience::Public).unwrap();
    let binding = KeyBinding {
        audience: "https://cloud.example",
        nonce: "n-1",
        issued_at: at(NOW),
    };
    let bound = part.bind(&key, &binding).unwrap();
    let ages = [
        (300, 300, None),
        (300, 301, Some(Expired)),
        (0, 0, None),
        (0, 1, Some(Expired)),
        (60, 61, Some(Expired)),
        (86_400, 86_400, None),
        (u32::MAX, 10_000_000, None),
        (0, -60, None),
        (u32::MAX, -61, Some(NotYetValid)),
    ];
    for (max_age, age, code) in ages {
        let asked = VerifyOptions {
            challenge: Some("n-1"),
            key_binding_max_age: max_age,
            ..VerifyOptions::at(at(NOW + age))
        };
        let expected: Vec<_> = code.map(|code| (code, "/kb_jwt/iat")).into_iter().collect();
        assert_eq!(refusals(&run(&bound, &asked)), expected, "{max_age} {age}");
    }
    assert_eq!(now().key_binding_max_age, 300);
    // Nobody asks who shows it, so it may be an old one.
    let later = VerifyOptions::at(at(NOW + 301));
    assert!(run(&bound, &later).ok);
}

#[test]
fn the_key_is_the_issuers() {
    let token = issue_with(minimal(), DisclosureOptions::default()).unwrap();
    let (own, other) = (issuer(), holder());
    let given = |key| VerifyOptions {
        issuer_key: Some(key),
        ..now()
    };
    assert!(run(&token, &given(own.public_key())).ok);
    let report = run(&token, &given(other.public_key()));
    assert!(!report.ok && refusals(&report).contains(&(ErrorCode::KeyMismatch, "/issuer")));
    // Signed by another in the issuer's name.
    let header = Value::Object(token.header().clone());
    let forged = jwt(&header, &Value::Object(token.payload().clone()), &other);
    let report = verify(&format!("{forged}~"), &now()).unwrap();
    assert_eq!(refusals(&report), [(ErrorCode::SignatureInvalid, "")]);
}

#[test]
fn a_part_stands_in_a_presentation() {
    let token = passport(DisclosureOptions::default());
    let part = token.disclose(Audience::LegitimateInterest).unwrap();
    let enveloped = to_enveloped(&Secured::Text(part.to_string()));
    let options = PresentationOptions {
        proof: ProofOptions {
            challenge: Some("n-1"),
            ..ProofOptions::default()
        },
        ..PresentationOptions::default()
    };
    let presentation = json!({ "verifiableCredential": [enveloped] });
    let shown = sign_presentation(presentation, &holder(), &options).unwrap();
    let asked = VerifyOptions {
        challenge: Some("n-1"),
        ..now()
    };
    let report = verify_presentation(&shown, &asked).unwrap();
    assert!(report.ok, "{:?}", report.findings);
    assert_eq!(report.credentials[0].securing, Securing::VcSdJwt);
    assert_eq!(report.credentials[0].claims, part.claims().unwrap());
}

/// For each audience: each of its disclosures removed, and each that it must not have added. The first
/// never shows what the signature does not cover; the second needs the disclosure, which it has not.
#[test]
fn disclosures_removed_or_added() {
    let token = passport(DisclosureOptions::default());
    let other = {
        let text = EXAMPLE.replace("urn:uuid:8c4b6a0e", "urn:uuid:00000000");
        let passport = Passport::parse(text.as_bytes()).unwrap();
        let credential = passport_credential(&passport).unwrap();
        let options = SignOptions::securing(Securing::VcSdJwt);
        let secured = sign_with(credential, &issuer(), &options, &mut Seeded(22)).unwrap();
        secured.into_text().unwrap().parse::<SdJwt>().unwrap()
    };
    let (mut removed, mut added) = (0, 0);
    for audience in [
        Audience::Public,
        Audience::Authority,
        Audience::LegitimateInterest,
    ] {
        let part = token.disclose(audience).unwrap();
        let whole = part.claims().unwrap();
        let texts: Vec<_> = part.disclosures().iter().map(|d| d.as_str()).collect();
        let with = |texts: &[&str]| [&[part.jwt()], texts, &[""]].concat().join("~");
        // Verifying each signature takes long; what is checked here are the disclosures.
        let claims = |texts: &[&str]| with(texts).parse::<SdJwt>().unwrap().claims();
        for i in 0..texts.len() {
            let mut less = texts.clone();
            less.remove(i);
            match claims(&less) {
                Ok(claims) => assert_ne!(claims, whole),
                Err(error) => assert_eq!(error.code(), ErrorCode::DisclosureUnreferenced),
            }
            removed += 1;
        }
        for foreign in other.disclosures() {
            let more = [&texts[..], &[foreign.as_str()]].concat();
            let error = claims(&more).unwrap_err();
            assert_eq!(error.code(), ErrorCode::DisclosureUnreferenced);
            added += 1;
        }
        let more = [&texts[..], &[other.disclosures()[0].as_str()]].concat();
        let report = verify(&with(&more), &now()).unwrap();
        let path = format!("/disclosures/{}", texts.len());
        let expected = [(ErrorCode::DisclosureUnreferenced, path.as_str())];
        assert_eq!(refusals(&report), expected);
    }
    assert!(
        removed > 50 && added > 100,
        "{removed} removed, {added} added"
    );
}

/// Every bit of a whole token, and every bit of the key binding behind it.
#[test]
fn no_bit_of_a_credential_can_be_flipped() {
    let key = holder();
    let plan = Plan::new()
        .hide("/credentialSubject/a")
        .hide("/credentialSubject/b");
    let disclosure = DisclosureOptions {
        plan: Some(&plan),
        holder: Some(key.public_key()),
        ..DisclosureOptions::default()
    };
    let token = issue_with(minimal(), disclosure).unwrap();
    let binding = KeyBinding {
        audience: "a",
        nonce: "n",
        issued_at: at(NOW),
    };
    let part = token.disclose_paths(&["/credentialSubject/b"]).unwrap();
    let alone = part.to_string();
    let bound = part.bind(&key, &binding).unwrap().to_string();
    assert!(bound.starts_with(&alone));
    let asked = VerifyOptions {
        domain: Some("a"),
        challenge: Some("n"),
        ..now()
    };
    assert_eq!(flips(&alone, 0, &now()), alone.len() * 7);
    let behind = bound.len() - alone.len();
    assert_eq!(flips(&bound, alone.len(), &asked), behind * 7);
}

/// Flips every bit from a byte on, but the highest, which ASCII has not; returns how many were refused.
fn flips(text: &str, from: usize, options: &VerifyOptions<'_>) -> usize {
    let passes = |text: &str| verify(text, options).is_ok_and(|report| report.ok);
    assert!(passes(text));
    let refused = |byte: &usize| {
        let flipped = |bit: &u8| {
            let mut bytes = text.as_bytes().to_vec();
            bytes[*byte] ^= 1 << bit;
            !passes(&String::from_utf8(bytes).unwrap())
        };
        (0..7).filter(flipped).count()
    };
    // Two signatures each, so this is shared out.
    std::thread::scope(|scope| {
        let parts = [0, 1, 2, 3].map(|part| {
            let bytes = (from..text.len()).skip(part).step_by(4);
            scope.spawn(move || bytes.map(|byte| refused(&byte)).sum::<usize>())
        });
        parts.into_iter().map(|part| part.join().unwrap()).sum()
    })
}
