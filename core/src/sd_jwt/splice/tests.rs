use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::{Disclosure, process};
use super::*;
use crate::json;
use crate::report::Findings;

const SUBJECT: &str = "credentialSubject";

/// A disclosure in the making, and in which places its digest stands.
#[derive(Clone, Debug)]
struct Piece {
    name: Option<&'static str>,
    value: Value,
    places: Vec<Place>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    Top,
    Subject,
    Object,
    Array,
    /// In an object or an array within the value of the piece before.
    ObjectBefore,
    ArrayBefore,
}

/// Writes the digests where they belong. Returns the payload and the disclosures.
fn written(mut payload: Value, mut pieces: Vec<Piece>) -> (String, Vec<String>) {
    let mut texts = Vec::new();
    while let Some(piece) = pieces.pop() {
        let array = match piece.name {
            Some(name) => json!(["salt", name, piece.value]),
            None => json!(["salt", piece.value]),
        };
        let text = jws::encode(array.to_string().as_bytes());
        let digest = Value::from(jws::encode(&Backend.sha256(&[text.as_bytes()])));
        for place in piece.places {
            let mut before = Value::Null;
            let before = pieces
                .last_mut()
                .map_or(&mut before, |piece| &mut piece.value);
            let (inside, element) = match place {
                Place::Top => (&mut payload, false),
                Place::Subject => (&mut payload[SUBJECT], false),
                Place::Object => (&mut payload[SUBJECT]["object"], false),
                Place::Array => (&mut payload[SUBJECT]["array"], true),
                Place::ObjectBefore => (before, false),
                Place::ArrayBefore => (before, true),
            };
            match inside {
                Value::Object(members) if !element => {
                    let digests = members.entry(DIGESTS).or_insert_with(|| json!([]));
                    digests
                        .as_array_mut()
                        .into_iter()
                        .for_each(|list| list.push(digest.clone()));
                }
                Value::Array(list) if element => list.push(json!({ ELEMENT: digest })),
                _ => {}
            }
        }
        texts.push(text);
    }
    (payload.to_string(), texts)
}

fn payload() -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": "VerifiableCredential",
        "issuer": "did:example:a",
        "_sd_alg": "sha-256",
        "credentialSubject": { "object": { "a": 1 }, "array": [1, { "b": [] }] },
    })
}

/// Both ways of reading. Returns whether the short one was taken.
fn assert_equal_claims(payload: &str, disclosures: &[String]) -> bool {
    let spliced = splice(payload, disclosures.iter().map(String::as_str));
    // As it says: the text has to be read strictly.
    let spliced = spliced.and_then(|text| json::parse(text.as_bytes()).ok());
    let Some(spliced) = spliced else {
        return false;
    };
    let whole = json::parse(payload.as_bytes()).expect(payload);
    let read = disclosures.iter().map(|text| Disclosure::parse(text));
    let read: Vec<_> = read.collect::<Result<_, _>>().expect(payload);
    let mut findings = Findings::default();
    let claims = process(whole.as_object().expect("an object"), &read, &mut findings).claims;
    assert_eq!(findings.0, [], "{payload} {disclosures:?}");
    // With the order of the members.
    let claims = Value::Object(claims);
    assert_eq!(
        spliced.to_string(),
        claims.to_string(),
        "{payload} {disclosures:?}"
    );
    true
}

fn piece(name: Option<&'static str>, value: Value, place: Place) -> Piece {
    let places = vec![place];
    Piece {
        name,
        value,
        places,
    }
}

#[test]
fn usual_tokens_take_the_short_way() {
    let pieces = vec![
        piece(Some("m"), json!({ "n": [1] }), Place::Subject),
        piece(Some("o"), json!(["é"]), Place::ObjectBefore),
        piece(None, json!({ "p": {} }), Place::ArrayBefore),
        piece(Some("id"), json!("urn:example:1"), Place::Subject),
        piece(Some("validFrom"), json!("2027-01-01T00:00:00Z"), Place::Top),
        piece(None, json!(5), Place::Array),
    ];
    let (payload, texts) = written(payload(), pieces);
    assert!(assert_equal_claims(&payload, &texts));
    assert!(assert_equal_claims(&payload, &texts[1..3]));
    assert!(assert_equal_claims(&payload, &[]));
    let doubled: Vec<_> = texts.iter().chain(&texts[..1]).cloned().collect();
    assert!(!assert_equal_claims(&payload, &doubled));
    let alien = [texts[0].clone(), jws::encode(b"[\"a\",1]")];
    assert!(!assert_equal_claims(&payload, &alien));
}

fn pieces() -> impl Strategy<Value = Vec<Piece>> {
    use Place::*;
    let deep = |n: usize| (0..n).fold(json!(0), |inner, _| json!([inner]));
    let values = prop::sample::select(vec![
        json!(1),
        json!("urn:a:b"),
        json!({}),
        json!([]),
        json!([{}, [1]]),
        json!({ "a": {}, "id": 1 }),
        json!({ "_sd": ["x"] }),
        json!({ "_sd": ["x", "x"] }),
        json!({ "_sd": "x" }),
        json!({ "_sd": [1] }),
        json!([{ "...": "y" }]),
        json!([{ "...": "x", "a": 1 }]),
        json!([{ "...": 1 }]),
        json!({ "...": "x" }),
        json!({ "_sd_alg": 1 }),
        deep(60),
        deep(61),
        deep(62),
        deep(63),
    ]);
    let names = prop::sample::select(vec![
        None,
        None,
        Some("a"),
        Some("n"),
        Some("id"),
        Some("object"),
        Some("validFrom"),
        Some("issuer"),
        Some("_sd"),
        Some("..."),
        Some("_sd_alg"),
        Some("credentialSubject"),
    ]);
    let place = prop::sample::select(vec![Top, Subject, Object, Array, ObjectBefore, ArrayBefore]);
    let places = prop_oneof![8 => prop::collection::vec(place.clone(), 1), 1 => prop::collection::vec(place, 0..3)];
    let piece = (names, values, places).prop_map(|(name, value, places)| Piece {
        name,
        value,
        places,
    });
    prop::collection::vec(piece, 0..5)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn disclosures_of_all_kinds(
        pieces in pieces(),
        algorithm in prop::sample::select(vec![json!("sha-256"), json!("sha-256"), json!("sha-512"), json!(1)]),
        shown in prop::collection::vec(prop::bool::weighted(0.9), 5),
    ) {
        let mut payload = payload();
        payload[ALGORITHM] = algorithm;
        let (payload, texts) = written(payload, pieces);
        let texts: Vec<_> = texts.into_iter().zip(shown).filter_map(|(text, shown)| shown.then_some(text)).collect();
        assert_equal_claims(&payload, &texts);
    }
}
