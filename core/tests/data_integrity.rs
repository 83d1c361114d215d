//! The RDF suites through the calls that issue, derive and verify: what is refused, and every changed
//! character. The W3C's vectors stand in `src/data_integrity/vectors.rs`, beside what they look into.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "ssi")]

use batterypass::credential::{
    CONTEXT, Securing, SignOptions, VerifyOptions, VerifyReport, derive, passport_credential, sign,
    verify,
};
use batterypass::json_ld::{Contexts, PASSPORT_CONTEXT, canonicalize};
use batterypass::passport::Passport;
use batterypass::time::Timestamp;
use batterypass::{ErrorCode, SigningKey};
use serde_json::{Value, json};

const WITHIN: &str = "2027-06-01T00:00:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32]).unwrap()
}

fn credential() -> Value {
    json!({
        "@context": [CONTEXT, { "@vocab": "https://example.com/terms#" }],
        "id": "urn:uuid:1",
        "type": ["VerifiableCredential", "ExampleCredential"],
        "credentialSubject": {
            "id": "urn:example:1",
            "mass": 430.5,
            "cells": [{ "serial": "A", "volts": 3.7 }, { "serial": "B", "volts": 3.6 }],
            "maker": { "type": "Organisation", "name": "\u{20ac} Cells" },
        },
    })
}

fn options(securing: Securing) -> SignOptions<'static> {
    let mut options = SignOptions::securing(securing);
    options.proof.created = Some(at("2027-02-18T00:00:00Z"));
    options.deterministic = true;
    if securing == Securing::EcdsaSd2023 {
        options.proof.mandatory = &["/issuer", "/credentialSubject/cells/1"];
    }
    options
}

fn issue(credential: Value, securing: Securing) -> Value {
    let secured = sign(credential, &key(), &options(securing)).unwrap();
    secured.into_json().unwrap()
}

fn check(secured: &Value) -> VerifyReport {
    verify(secured, &VerifyOptions::at(at(WITHIN))).unwrap()
}

fn codes(report: &VerifyReport) -> Vec<(ErrorCode, &str)> {
    assert_eq!(report.ok, report.findings.is_empty());
    let code = |finding: &'_ batterypass::credential::Finding| finding.code;
    report
        .findings
        .iter()
        .map(|finding| (code(finding), finding.path.as_str()))
        .collect()
}

fn refusal(credential: Value, securing: Securing) -> (ErrorCode, String) {
    let error = sign(credential, &key(), &options(securing)).unwrap_err();
    (error.code(), error.path().to_string())
}

const ISSUED: [Securing; 2] = [Securing::EcdsaRdfc2019, Securing::EcdsaSd2023];

#[test]
fn rdfc_is_deterministic_and_holds() {
    let secured = issue(credential(), Securing::EcdsaRdfc2019);
    assert_eq!(secured, issue(credential(), Securing::EcdsaRdfc2019));
    assert_eq!(secured["proof"]["cryptosuite"], "ecdsa-rdfc-2019");
    let report = check(&secured);
    assert_eq!(codes(&report), []);
    assert_eq!(report.securing, Securing::EcdsaRdfc2019);
    let early = verify(&secured, &VerifyOptions::at(at("2027-02-17T00:00:00Z"))).unwrap();
    assert_eq!(codes(&early), [(ErrorCode::NotYetValid, "/proof/created")]);
}

/// Statements have no order: members and values of a property may be written in another one.
#[test]
fn order_is_not_signed_and_everything_else_is() {
    let secured = issue(credential(), Securing::EcdsaRdfc2019);
    let mut turned = secured.clone();
    turned["credentialSubject"]["cells"]
        .as_array_mut()
        .unwrap()
        .reverse();
    assert_eq!(codes(&check(&turned)), []);
    let changes = [
        ("/credentialSubject/mass", json!(430.6)),
        ("/credentialSubject/cells/0/volts", json!(3.6)),
        ("/credentialSubject/maker/name", json!("$ Cells")),
        ("/id", json!("urn:uuid:2")),
        ("/type/1", json!("OtherCredential")),
        ("/@context/1/@vocab", json!("https://example.com/others#")),
        ("/proof/created", json!("2027-02-18T00:00:01Z")),
    ];
    for (path, value) in changes {
        let mut changed = secured.clone();
        *changed.pointer_mut(path).unwrap() = value;
        let report = check(&changed);
        assert_eq!(
            codes(&report),
            [(ErrorCode::SignatureInvalid, "/proof/proofValue")],
            "{path}"
        );
    }
}

/// What JSON-LD would leave out is refused when issuing and reported when verifying.
#[test]
fn unprocessed_claims() {
    let cases: [(&str, Value); 10] = [
        ("/credentialSubject/unknown", json!("x")),
        ("/credentialSubject/empty", Value::Null),
        ("/credentialSubject/mass", json!([])),
        ("/credentialSubject/cells/0/type", json!("relative")),
        ("/credentialSubject/maker/id", json!("relative")),
        ("/credentialSubject/mass/1", json!([1, 1])),
        ("/credentialSubject/mass/0", json!([[1]])),
        ("/credentialSubject/mass", json!(0.300_000_000_000_000_04)),
        (
            "/name/@direction",
            json!({ "@value": "a", "@direction": "rtl" }),
        ),
        ("/proof/nonce2", json!("x")),
    ];
    let terms = ["mass", "cells", "maker", "serial", "volts"];
    let mut context = json!({ "Organisation": "urn:o", "ExampleCredential": "urn:e" });
    for term in terms {
        context[term] = format!("https://example.com/terms#{term}").into();
    }
    context["empty"] = "https://example.com/terms#empty".into();
    let mut whole = credential();
    whole["@context"][1] = context;
    let signed = issue(whole.clone(), Securing::EcdsaRdfc2019);
    assert_eq!(codes(&check(&signed)), []);
    let mut count = 0;
    for (path, value) in cases {
        // The member that is set is the path, or its parent where the path is into the value.
        let inner =
            value.is_array() && path.ends_with(|c: char| c.is_ascii_digit()) || value.is_object();
        let member = if inner {
            path.rsplit_once('/').unwrap().0
        } else {
            path
        };
        let (parent, name) = member.rsplit_once('/').unwrap();
        if !path.starts_with("/proof") {
            for securing in ISSUED {
                let mut bad = whole.clone();
                bad.pointer_mut(parent).unwrap()[name] = value.clone();
                let (code, at) = refusal(bad, securing);
                assert_eq!(
                    (code, at.as_str()),
                    (ErrorCode::UnprocessedTerm, path),
                    "{securing}"
                );
            }
        }
        let mut bad = signed.clone();
        bad.pointer_mut(parent).unwrap()[name] = value;
        let report = check(&bad);
        assert!(
            codes(&report).contains(&(ErrorCode::UnprocessedTerm, path)),
            "{path}: {:?}",
            report.findings
        );
        count += 1;
    }
    assert_eq!(count, 10);
}

#[test]
fn contexts_are_never_fetched() {
    for (context, code) in [
        (
            json!("https://example.com/unknown"),
            ErrorCode::UnknownContext,
        ),
        (json!({ "name": "urn:other" }), ErrorCode::InvalidContext),
        (
            json!({ "@import": "https://example.com/" }),
            ErrorCode::InvalidContext,
        ),
        (
            json!({ "@base": "https://example.com/" }),
            ErrorCode::InvalidContext,
        ),
        (json!({ "a": "b:c", "b": "a:c" }), ErrorCode::InvalidContext),
    ] {
        for securing in ISSUED {
            let mut bad = credential();
            bad["@context"][1] = context.clone();
            let (found, path) = refusal(bad, securing);
            assert_eq!(found, code, "{context}");
            assert!(path.starts_with("/@context/1"), "{path}");
        }
        let mut bad = issue(credential(), Securing::EcdsaRdfc2019);
        bad["@context"][1] = context;
        assert_eq!(codes(&check(&bad))[0].0, code);
    }
    // A context that the caller vouches for.
    let contexts = Contexts::bundled().unwrap().clone();
    let own = json!({ "@context": { "@vocab": "https://example.com/terms#" } });
    let contexts = contexts.with("https://example.com/own", &own).unwrap();
    let mut given = credential();
    given["@context"][1] = json!("https://example.com/own");
    let mut options = options(Securing::EcdsaRdfc2019);
    options.proof.contexts = Some(&contexts);
    let secured = sign(given, &key(), &options).unwrap().into_json().unwrap();
    assert_eq!(codes(&check(&secured))[0].0, ErrorCode::UnknownContext);
    let known = VerifyOptions {
        contexts: Some(&contexts),
        ..VerifyOptions::at(at(WITHIN))
    };
    assert!(verify(&secured, &known).unwrap().ok);
    let refused = Contexts::default().with("urn:x", &json!({})).unwrap_err();
    assert_eq!(refused.code(), ErrorCode::InvalidContext);
}

#[test]
fn a_holder_shows_parts() {
    let issued = issue(credential(), Securing::EcdsaSd2023);
    let subject = |value: &Value| value["credentialSubject"].clone();
    let mandatory = derive(&issued, &[], None).unwrap();
    assert_eq!(codes(&check(&mandatory)), []);
    assert_eq!(
        subject(&mandatory),
        json!({ "id": "urn:example:1", "cells": [{ "serial": "B", "volts": 3.6 }] })
    );
    let more = derive(
        &issued,
        &[
            "/credentialSubject/mass",
            "/credentialSubject/cells/0/serial",
        ],
        None,
    )
    .unwrap();
    assert_eq!(codes(&check(&more)), []);
    assert_eq!(
        subject(&more),
        json!({ "id": "urn:example:1", "mass": 430.5, "cells": [{ "serial": "A" }, { "serial": "B", "volts": 3.6 }] })
    );
    let whole = derive(&issued, &["/credentialSubject"], None).unwrap();
    assert_eq!(codes(&check(&whole)), []);
    assert_eq!(subject(&whole), subject(&issued));
    // The issued one is not for verifiers, a derived one is not for deriving.
    assert_eq!(
        codes(&check(&issued)),
        [(ErrorCode::InvalidMember, "/proof/proofValue")]
    );
    let again = derive(&more, &["/credentialSubject/mass"], None).unwrap_err();
    assert_eq!(
        (again.code(), again.path()),
        (ErrorCode::InvalidMember, "/proof/proofValue")
    );
    for pointer in [
        "/credentialSubject/none",
        "mass",
        "/credentialSubject/cells/2",
    ] {
        let error = derive(&issued, &[pointer], None).unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidArgument, "{pointer}");
    }
    let plain = issue(credential(), Securing::EcdsaRdfc2019);
    assert_eq!(
        derive(&plain, &[], None).unwrap_err().code(),
        ErrorCode::MissingMember
    );
    assert_eq!(
        derive(&json!([]), &[], None).unwrap_err().code(),
        ErrorCode::WrongType
    );
}

/// Nothing can be left out of what the issuer demands, nor brought in, nor moved to another node.
#[test]
fn a_holder_cannot_change_what_is_shown() {
    let issued = issue(credential(), Securing::EcdsaSd2023);
    let shown = derive(&issued, &["/credentialSubject/cells/0/serial"], None).unwrap();
    let invalid = [(ErrorCode::SignatureInvalid, "/proof/proofValue")];
    let mut changed = shown.clone();
    changed["credentialSubject"]["cells"]
        .as_array_mut()
        .unwrap()
        .pop();
    assert_eq!(codes(&check(&changed)), invalid);
    let mut changed = shown.clone();
    changed["credentialSubject"]["mass"] = json!(430.5);
    assert_eq!(codes(&check(&changed)), invalid);
    let mut changed = shown.clone();
    changed["credentialSubject"]["cells"][0]["volts"] = json!(3.6);
    changed["credentialSubject"]["cells"][1]
        .as_object_mut()
        .unwrap()
        .remove("volts");
    assert_eq!(codes(&check(&changed)), invalid);
    // The proof of another derivation.
    let other = derive(&issued, &["/credentialSubject/mass"], None).unwrap();
    let mut changed = shown.clone();
    changed["proof"] = other["proof"].clone();
    assert_eq!(codes(&check(&changed)), invalid);
    // Statements of the same holder, issued in another credential.
    let twin = issue(credential(), Securing::EcdsaSd2023);
    assert_ne!(twin["proof"], issued["proof"]);
}

/// No bit of a secured text can be flipped without notice, unless it means the same.
#[test]
fn every_flipped_bit_is_noticed() {
    let rdfc = issue(credential(), Securing::EcdsaRdfc2019);
    let issued = issue(credential(), Securing::EcdsaSd2023);
    let shown = derive(&issued, &["/credentialSubject/mass"], None).unwrap();
    for secured in [rdfc, shown] {
        let text = secured.to_string();
        let mut refused = 0;
        for i in (0..text.len()).step_by(2) {
            let mut changed = text.clone().into_bytes();
            changed[i] ^= 1 << (i / 2 % 7);
            let Ok(value) = serde_json::from_slice::<Value>(&changed) else {
                continue;
            };
            if value != secured {
                let report = verify(&value, &VerifyOptions::at(at(WITHIN)));
                assert!(!report.is_ok_and(|report| report.ok), "byte {i} of {text}");
                refused += 1;
            }
        }
        assert!(refused > 250, "{refused}");
    }
}

/// Blank nodes that only trying all orders can tell apart (RDFC-1.0 section 7.1).
#[test]
fn poisoned_datasets_end_soon() {
    let nodes: Vec<_> = (0..12)
        .map(|i| {
            let others: Vec<_> = (0..12)
                .filter(|j| *j != i)
                .map(|j| json!({ "@id": format!("_:n{j}") }))
                .collect();
            json!({ "@id": format!("_:n{i}"), "urn:knows": others })
        })
        .collect();
    let mut bad = credential();
    bad["credentialSubject"]["urn:knows"] = nodes.into();
    assert_eq!(
        refusal(bad.clone(), Securing::EcdsaRdfc2019).0,
        ErrorCode::TooComplex
    );
    let mut signed = issue(credential(), Securing::EcdsaRdfc2019);
    signed["credentialSubject"] = bad["credentialSubject"].clone();
    assert_eq!(
        codes(&check(&signed)),
        [(ErrorCode::TooComplex, "/proof/proofValue")]
    );
    let (code, _) = refusal(bad, Securing::EcdsaSd2023);
    assert_eq!(code, ErrorCode::InvalidContext);

    let mut large = credential();
    large["credentialSubject"]["mass"] = (0..30_000).collect();
    assert_eq!(
        refusal(large, Securing::EcdsaRdfc2019).0,
        ErrorCode::TooManyValues
    );
    let terms: serde_json::Map<_, _> = (0..2_000)
        .map(|i| (format!("t{i}"), json!("urn:t")))
        .collect();
    let nested: Vec<_> = (0..2_000)
        .map(|i| json!({ "@context": {}, "mass": i }))
        .collect();
    let mut large = credential();
    large["@context"] = json!([CONTEXT, { "@vocab": "urn:v:" }, terms]);
    large["credentialSubject"]["cells"] = nested.into();
    assert_eq!(
        refusal(large, Securing::EcdsaRdfc2019).0,
        ErrorCode::TooManyValues
    );
}

#[test]
fn what_the_options_may_not_say() {
    let mut options = options(Securing::EcdsaRdfc2019);
    options.proof.mandatory = &["/issuer"];
    let error = sign(credential(), &key(), &options).unwrap_err();
    assert_eq!(
        (error.code(), error.path()),
        (ErrorCode::InvalidArgument, "/mandatoryPointers")
    );
    let options = SignOptions::securing(Securing::EddsaRdfc2022);
    let error = sign(credential(), &key(), &options).unwrap_err();
    assert_eq!(error.code(), ErrorCode::UnsupportedAlgorithm);
    let mut listed = credential();
    listed["credentialSubject"]["mass"] = json!({ "@list": [1, 2] });
    assert_eq!(
        refusal(listed, Securing::EcdsaSd2023).0,
        ErrorCode::InvalidContext
    );
}

/// Every member of the example passports has a term in the passport's own context.
#[test]
fn passports_are_signed_whole() {
    for name in ["ev-battery", "lmt-ebike", "stationary-storage"] {
        let file = format!(
            "{}/../schemas/examples/{name}.json",
            env!("CARGO_MANIFEST_DIR")
        );
        let passport = Passport::parse(&std::fs::read(file).unwrap()).unwrap();
        let mut credential = passport_credential(&passport).unwrap();
        credential["@context"] = json!([CONTEXT, PASSPORT_CONTEXT]);
        let canonical = canonicalize(&credential, Contexts::bundled().unwrap()).unwrap();
        assert_eq!(canonical.unprocessed, [], "{name}");
        assert!(canonical.lines.len() > 150, "{}", canonical.lines.len());
        let issued = issue(credential.clone(), Securing::EcdsaRdfc2019);
        assert_eq!(codes(&check(&issued)), []);
        let mut options = SignOptions::securing(Securing::EcdsaSd2023);
        options.proof.mandatory = &["/issuer", "/credentialSubject/uniqueProductIdentifier"];
        let issued = sign(credential, &key(), &options)
            .unwrap()
            .into_json()
            .unwrap();
        let shown = derive(&issued, &["/credentialSubject/carbonFootprint"], None).unwrap();
        assert_eq!(codes(&check(&shown)), []);
        assert!(shown["credentialSubject"].get("labels").is_none());
    }
}

/// Where processors differ, or differ from the standard, in what a context means.
#[test]
fn contexts_that_are_read_in_two_ways() {
    let canonical = |document: &Value| {
        let contexts = Contexts::bundled().unwrap();
        canonicalize(document, contexts)
    };
    // `@vocab` is read before the terms of its context (JSON-LD 1.1 API section 4.1.2, step 5.8).
    let context = json!({ "@vocab": "ex:", "ex": "https://ex.example/" });
    let document = json!({ "@context": context, "@id": "urn:a", "name": 1 });
    let integer = "\"1\"^^<http://www.w3.org/2001/XMLSchema#integer>";
    assert_eq!(
        canonical(&document).unwrap().lines,
        [format!("<urn:a> <ex:name> {integer} .\n")]
    );
    let own = |inner: Value| json!({ "p": { "@id": "urn:p", "@context": inner } });
    let set = json!({ "@set": [1] });
    for (context, value, path) in [
        (own(json!({ "p": "urn:q" })), json!(1), "/p"),
        (own(json!({ "p": "urn:q" })), json!({ "@value": 1 }), "/p"),
        (
            own(json!({ "p": { "@id": "urn:q", "@context": {} } })),
            json!({ "q": 1 }),
            "/p",
        ),
        (own(json!({ "q": 5 })), json!(1), "/@context (q)"),
        (json!([{ "@propagate": false }]), json!(1), "/@context/0"),
        (
            json!({ "p": "urn:p" }),
            json!({ "@list": [set] }),
            "/p/@list/0",
        ),
        (
            json!({ "p": { "@id": "urn:p", "@container": "@graph" } }),
            json!({ "@set": [{ "@id": "urn:b" }] }),
            "/p",
        ),
        (
            json!({ "p": "urn:p" }),
            json!({ "@context": { "p": { "@id": "urn:p", "@type": "@id" } }, "@set": ["urn:b"] }),
            "/p",
        ),
    ] {
        let document = json!({ "@context": context, "@id": "urn:a", "p": value });
        let error = canonical(&document).unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidContext, "{document}");
        assert!(
            error.path().starts_with(path),
            "{error} at {}",
            error.path()
        );
    }
}
