//! A passport that is issued once: each reader's part is its view, and nothing else can be read in it.

use alloc::collections::BTreeSet;
use std::sync::LazyLock;

use batterypass::ErrorCode;
use batterypass::access::{self, Audience, Reader};
use batterypass::attribute;
use batterypass::sd_jwt::{Decoys, Plan, SdJwt, conceal};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::common::*;
use crate::documents::documents;

fn issue(subject: &Value, decoys: Decoys) -> SdJwt {
    let credential = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential", "BatteryPassportCredential"],
        "issuer": "did:example:operator",
        "validFrom": "2027-02-18T00:00:00Z",
        "credentialStatus": { "type": "BitstringStatusListEntry" },
        "credentialSubject": subject,
    });
    let plan = Plan::for_passport(&credential, decoys).unwrap();
    let concealed = conceal(credential, &plan, &mut Seeded(11)).unwrap();
    let header = json!({ "typ": "example+sd-jwt" });
    concealed.sign(&header, &issuer()).unwrap()
}

/// Every reader but the operator.
static READERS: LazyLock<Vec<Reader>> = LazyLock::new(|| {
    let audiences = [
        Audience::Public,
        Audience::Authority,
        Audience::LegitimateInterest,
    ];
    let purposes = attribute::purposes().iter().map(Reader::Purpose);
    (audiences.into_iter().map(Reader::Audience))
        .chain(purposes)
        .collect()
});

fn view(subject: &Value, reader: Reader) -> Value {
    match reader {
        Reader::Audience(audience) => access::view(subject.clone(), audience),
        Reader::Purpose(purpose) => access::view_for(subject.clone(), purpose),
        other => panic!("{other:?}"),
    }
}

/// All that can be read in a token: its text, and every part of it out of base64url.
fn readable(token: &SdJwt) -> String {
    let text = token.to_string();
    let parts = text.split(['.', '~']).filter(|part| !part.is_empty());
    let decoded = parts.map(|part| String::from_utf8_lossy(&decode(part)).into_owned());
    [text.clone()]
        .into_iter()
        .chain(decoded)
        .collect::<Vec<_>>()
        .join("\n")
}

/// A passport with marks in all its leaves: `m<number>x` occurs nowhere else.
fn marked(value: &mut Value, count: &mut usize, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                // What selects elements must stay.
                if !matches!(
                    name.as_str(),
                    "isCriticalRawMaterial" | "labelingSubject" | "type" | "recycledMaterial"
                ) {
                    marked(member, count, found);
                }
            }
        }
        Value::Array(elements) => elements.iter_mut().for_each(|e| marked(e, count, found)),
        Value::Bool(_) => {}
        leaf => {
            *count += 1;
            let mark = format!("m{count}x");
            *leaf = json!(mark);
            found.push(mark);
        }
    }
}

/// A passport with members that the table does not know.
fn example() -> Value {
    let text = include_str!("../../../schemas/examples/ev-battery.json");
    let mut passport: Value = serde_json::from_str(text).unwrap();
    passport["ownNotes"] = json!({ "costs": ["low", 1], "nothing": {} });
    passport["generalProductInformation"]["ownGrade"] = json!("B");
    passport["performanceAndDurability"]["batteryCondition"]["ownIndex"] = json!([1, 2]);
    passport
}

#[test]
fn each_reader_gets_its_view_and_no_byte_more() {
    let mut subject = example();
    let mut marks = Vec::new();
    marked(&mut subject, &mut 0, &mut marks);
    let token = issue(&subject, Decoys::PowerOfTwo);
    let whole = token.disclose(Audience::Operator).unwrap();
    assert_eq!(whole.claims().unwrap()["credentialSubject"], subject);
    let mut sizes = Vec::new();
    for reader in READERS.iter().copied() {
        let part = token.disclose(reader).unwrap();
        let report = check(&part);
        assert!(report.ok, "{reader:?}");
        let expected = view(&subject, reader);
        assert_eq!(report.claims["credentialSubject"], expected, "{reader:?}");
        for name in [
            "@context",
            "type",
            "issuer",
            "validFrom",
            "credentialStatus",
        ] {
            assert_eq!(report.claims[name], token.payload()[name]);
        }
        let (shown, text) = (expected.to_string(), readable(&part));
        let (mut seen, mut hidden) = (0, 0);
        for mark in &marks {
            assert_eq!(
                shown.contains(mark),
                text.contains(mark),
                "{reader:?} {mark}"
            );
            seen += usize::from(shown.contains(mark));
            hidden += usize::from(!shown.contains(mark));
        }
        sizes.push((seen, hidden));
        for name in names(&subject).difference(&names(&expected)) {
            assert!(!text.contains(&format!("\"{name}\"")), "{reader:?} {name}");
        }
    }
    assert!(sizes.iter().all(|(seen, _)| *seen > 0));
    assert!(
        sizes[0].0 < sizes[1].0 && sizes[0].0 < sizes[2].0,
        "{sizes:?}"
    );
}

fn names(value: &Value) -> BTreeSet<String> {
    match value {
        Value::Object(members) => {
            let inner = members.values().flat_map(names);
            inner.chain(members.keys().cloned()).collect()
        }
        Value::Array(elements) => elements.iter().flat_map(names).collect(),
        _ => BTreeSet::new(),
    }
}

/// For each reader: any disclosure less, and any of the others more, and what is shown is not the view.
#[test]
fn one_disclosure_more_or_less_is_not_the_view() {
    let subject = example();
    let token = issue(&subject, Decoys::None);
    let texts = |token: &SdJwt| -> Vec<String> {
        let texts = token.disclosures().iter();
        texts.map(|disclosure| disclosure.as_str().into()).collect()
    };
    let all = texts(&token);
    let (mut less, mut more) = (0, 0);
    for reader in READERS.iter().copied().take(3) {
        let kept = texts(&token.disclose(reader).unwrap());
        let expected = view(&subject, reader);
        let claims = |texts: &[String]| {
            let text = [&[token.jwt().to_owned()], texts, &[String::new()]]
                .concat()
                .join("~");
            let token: SdJwt = text.parse().unwrap();
            token
                .claims()
                .map(|claims| claims["credentialSubject"].clone())
        };
        assert_eq!(claims(&kept).unwrap(), expected);
        for i in 0..kept.len() {
            let mut without = kept.clone();
            without.remove(i);
            match claims(&without) {
                Ok(shown) => assert_ne!(shown, expected),
                Err(error) => assert_eq!(error.code(), ErrorCode::DisclosureUnreferenced),
            }
            less += 1;
        }
        for text in all.iter().filter(|text| !kept.contains(text)) {
            let with = [&kept[..], core::slice::from_ref(text)].concat();
            match claims(&with) {
                Ok(shown) => assert_ne!(shown, expected),
                Err(error) => assert_eq!(error.code(), ErrorCode::DisclosureUnreferenced),
            }
            more += 1;
        }
    }
    assert!(less > 50 && more > 50, "{less} less, {more} more");
}

/// The same passport with more in the hidden parts looks the same to the public, but for the digests.
#[test]
fn with_decoys_the_public_cannot_count() {
    let shape = |subject: &Value| {
        let part = issue(subject, Decoys::PowerOfTwo)
            .disclose(Audience::Public)
            .unwrap();
        (
            sizes(&Value::Object(part.payload().clone())),
            part.disclosures().len(),
        )
    };
    let less = json!({
        "digitalProductPassportId": "urn:uuid:1",
        "generalProductInformation": { "batteryMass": 430 },
        "labels": { "declarationOfConformity": "https://example.com/declaration" },
    });
    let mut more = less.clone();
    more["generalProductInformation"]["batteryStatus"] = json!("Original");
    more["generalProductInformation"]["invented"] = json!({ "a": 1 });
    more["labels"]["resultOfTestReport"] = json!("https://example.com/report");
    more["performanceAndDurability"] = json!({ "batteryCondition": { "numberOfFullCycles": {} } });
    assert_eq!(shape(&less), shape(&more));
}

/// The number of digests in each object and array.
fn sizes(value: &Value) -> Value {
    match value {
        Value::Object(members) => (members.iter())
            .filter(|(name, _)| *name != "...")
            .map(|(name, value)| {
                let value = match name.as_str() {
                    "_sd" => json!(value.as_array().unwrap().len()),
                    _ => sizes(value),
                };
                (name.clone(), value)
            })
            .collect(),
        Value::Array(elements) => elements.iter().map(sizes).collect(),
        scalar => scalar.clone(),
    }
}

#[test]
fn what_cannot_be_cut_to_the_view_is_shown_to_nobody() {
    let subject =
        json!({ "id": "urn:uuid:1", "labels": { "resultOfTestReport": "r", "note": "n" } });
    let credential = json!({ "credentialSubject": subject });
    let issue = |plan: &Plan| {
        let concealed = conceal(credential.clone(), plan, &mut Seeded(1)).unwrap();
        concealed.sign(&json!({}), &issuer()).unwrap()
    };
    let coarse = issue(&Plan::new().hide("/credentialSubject/labels"));
    assert!(coarse.disclose(Audience::Public).is_ok());
    let error = coarse.disclose(Audience::Authority).unwrap_err();
    assert_eq!(error.code(), ErrorCode::DisclosureTooWide);
    assert!(coarse.disclose(Audience::Operator).is_ok());
    let error = issue(&Plan::new()).disclose(Audience::Public).unwrap_err();
    assert_eq!(error.code(), ErrorCode::DisclosureTooWide);

    for subject in [json!(null), json!([]), json!("x")] {
        let credential = json!({ "credentialSubject": subject });
        let error = Plan::for_passport(&credential, Decoys::None).unwrap_err();
        let place = (ErrorCode::WrongType, "/credentialSubject");
        assert_eq!((error.code(), error.path()), place);
        let token = raw(&credential, &[]);
        assert_eq!(
            token.disclose(Audience::Operator).unwrap_err().code(),
            place.0
        );
    }
    assert!(Plan::for_passport(&json!({ "credentialSubject": {} }), Decoys::None).is_ok());
}

/// A part is cut further as the whole is.
#[test]
fn a_part_is_cut_further() {
    let subject = example();
    let token = issue(&subject, Decoys::None);
    let authority = token.disclose(Audience::Authority).unwrap();
    let public = authority.disclose(Audience::Public).unwrap();
    assert_eq!(public, token.disclose(Audience::Public).unwrap());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn the_disclosed_part_is_the_view(subject in documents(), padded in any::<bool>()) {
        let decoys = if padded { Decoys::PowerOfTwo } else { Decoys::None };
        let token = issue(&subject, decoys);
        for reader in READERS.iter().copied() {
            let part = token.disclose(reader).unwrap();
            prop_assert_eq!(&part.claims().unwrap()["credentialSubject"], &view(&subject, reader));
        }
        let whole = token.disclose(Audience::Operator).unwrap();
        prop_assert_eq!(&whole.claims().unwrap()["credentialSubject"], &subject);
    }
}
