//! The issuer's side.

use alloc::collections::BTreeSet;

use batterypass::ErrorCode;
use batterypass::sd_jwt::{Decoys, Disclosure, Plan, conceal, reveal};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::common::*;
use crate::common::Prepared;

#[test]
fn what_is_hidden_is_nowhere_in_the_payload() {
    let token = token();
    let payload = Value::Object(token.payload().clone()).to_string();
    for hidden in [
        "s3cret", "secret", "address", "Graz", "Ada", "Bob", "inner", "deep", "null",
    ] {
        assert!(!payload.contains(hidden), "{hidden}");
    }
    assert!(payload.contains("open") && payload.contains("flag"));
    assert_eq!(token.payload()["_sd_alg"], "sha-256");
    assert_eq!(token.disclosures().len(), 10);
    assert_eq!(token.claims().unwrap(), claims());
}

#[test]
fn digests_are_sorted_and_padded() {
    let sizes = |decoys| {
        let token = token_with(&plan().with_decoys(decoys).pad("/cnf"));
        let address = token
            .disclosures()
            .iter()
            .find(|d| d.name() == Some("address"));
        let address = address.unwrap().value();
        let count = |value: &Value| value.as_array().unwrap().len();
        let digests = token.payload()["_sd"].as_array().unwrap();
        assert!(digests.is_sorted_by_key(|digest| digest.as_str().unwrap()));
        [
            digests.len(),
            count(&address["_sd"]),
            // Bob stays open.
            count(&address["people"]),
            count(&token.payload()["list"]),
            token.payload()["cnf"].get("_sd").map_or(0, count),
        ]
    };
    assert_eq!(sizes(Decoys::None), [2, 1, 3, 4, 0]);
    assert_eq!(sizes(Decoys::PowerOfTwo), [4, 4, 5, 5, 4]);
}

/// The number of digests is the same for one to four hidden members, and for none where it is padded.
#[test]
fn the_number_of_hidden_members_does_not_show() {
    for (hidden, digests) in [(0, 4), (1, 4), (4, 4), (5, 8), (8, 8), (9, 16)] {
        let members: serde_json::Map<_, _> =
            (0..hidden).map(|i| (format!("m{i}"), json!(i))).collect();
        let plan = (0..hidden).fold(Plan::new().pad(""), |plan, i| plan.hide(format!("/m{i}")));
        let plan = plan.with_decoys(Decoys::PowerOfTwo);
        let concealed = conceal(Value::Object(members), &plan, &mut Seeded(3)).unwrap();
        assert_eq!(concealed.payload["_sd"].as_array().unwrap().len(), digests);
        assert_eq!(concealed.disclosures.len(), hidden);
    }
}

#[test]
fn decoys_of_an_array_are_anywhere() {
    let plan = Plan::new().hide("/a/1").with_decoys(Decoys::PowerOfTwo);
    let mut places = BTreeSet::new();
    for seed in 0..64 {
        let concealed = conceal(json!({ "a": [1, 2, 3] }), &plan, &mut Seeded(seed)).unwrap();
        let digest = json!({ "...": concealed.disclosures[0].digest() });
        let array = concealed.payload["a"].as_array().unwrap();
        places.insert(array.iter().position(|element| *element == digest).unwrap());
        let open: Vec<_> = array.iter().filter(|element| element.is_number()).collect();
        assert_eq!(open, [&json!(1), &json!(3)]);
    }
    assert_eq!(places.into_iter().collect::<Vec<_>>(), [1, 2, 3, 4]);
}

#[test]
fn salts_are_128_bits_and_never_repeat() {
    let token = token();
    let salts: BTreeSet<_> = token.disclosures().iter().map(|d| d.salt()).collect();
    assert_eq!(salts.len(), token.disclosures().len());
    assert!(salts.iter().all(|salt| decode(salt).len() == 16));
}

#[test]
fn claims_that_cannot_be_concealed_are_refused() {
    use ErrorCode::{InvalidArgument, RandomnessFailed, ReservedName, TooDeep, WrongType};
    let refusal = |claims: Value, plan: &Plan| {
        let error = conceal(claims, plan, &mut Seeded(1)).unwrap_err();
        (error.code(), error.path().to_owned())
    };
    let none = Plan::new();
    for (claims, plan, code, path) in [
        (json!([1]), none.clone(), WrongType, ""),
        (json!({ "_sd": [] }), none.clone(), ReservedName, "/_sd"),
        (
            json!({ "a": { "...": 1 } }),
            none.clone(),
            ReservedName,
            "/a/...",
        ),
        (
            json!({ "a": [{ "_sd_alg": 1 }] }),
            none.clone(),
            ReservedName,
            "/a/0/_sd_alg",
        ),
        (
            json!({ "a": 1 }),
            Plan::new().hide("/b"),
            InvalidArgument,
            "/b",
        ),
        (json!({ "a": 1 }), Plan::new().hide(""), InvalidArgument, ""),
        (
            json!({ "a": [1] }),
            Plan::new().hide("/a/1"),
            InvalidArgument,
            "/a/1",
        ),
        (
            json!({ "a": [1] }),
            Plan::new().hide("/a/-"),
            InvalidArgument,
            "/a/-",
        ),
        (
            json!({ "a": [1] }),
            Plan::new().pad("/a/0"),
            InvalidArgument,
            "/a/0",
        ),
        (
            json!({ "a": [1] }),
            Plan::new().hide("a"),
            InvalidArgument,
            "a",
        ),
    ] {
        assert_eq!(refusal(claims, &plan), (code, path.into()));
    }
    let deep = (0..64).fold(json!(1), |inner, _| json!([inner]));
    assert_eq!(refusal(json!({ "a": deep }), &none).0, TooDeep);

    // Two elements of the same value under the same salt would be the same disclosure.
    let plan = Plan::new().hide("/a/0").hide("/a/1");
    let same = json!({ "a": [1, 1] });
    let error = conceal(same.clone(), &plan, &mut Stuck).unwrap_err();
    assert_eq!(error.code(), RandomnessFailed);
    let error = conceal(same.clone(), &plan, &mut Prepared(vec![1; 31])).unwrap_err();
    assert_eq!(error.code(), RandomnessFailed);
    let enough = Prepared((0..32).collect());
    assert!(conceal(same, &plan, &mut { enough }).is_ok());
    for name in ["_sd", "..."] {
        let error = Disclosure::member(name, json!(1), &mut Seeded(1)).unwrap_err();
        assert_eq!(error.code(), ReservedName);
    }
}

#[test]
fn names_with_slashes_and_tildes_are_pointers_too() {
    let claims = json!({ "a/b": { "c~d": 1, "": 2 } });
    let plan = Plan::new().hide("/a~1b/c~0d").hide("/a~1b/");
    let concealed = conceal(claims.clone(), &plan, &mut Seeded(1)).unwrap();
    assert_eq!(concealed.disclosures.len(), 2);
    let revealed = reveal(&concealed.payload, &concealed.disclosures).unwrap();
    assert_eq!(Value::Object(revealed), claims);
}

#[test]
fn the_header_is_the_callers_but_for_the_algorithm() {
    let concealed = conceal(claims(), &plan(), &mut Seeded(1)).unwrap();
    let header = json!({ "alg": "none", "typ": "x", "kid": "k" });
    let token = concealed.clone().sign(&header, &issuer()).unwrap();
    let expected = json!({ "alg": "ES256", "typ": "x", "kid": "k" });
    assert_eq!(Value::Object(token.header().clone()), expected);
    let error = concealed.sign(&json!("x"), &issuer()).unwrap_err();
    assert_eq!(error.code(), ErrorCode::WrongType);
}

/// Any JSON with names that may occur.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::btree_map("[a-z/~]{0,3}", inner, 0..5)
                .prop_map(|members| members.into_iter().collect()),
        ]
    })
}

fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    let members: Vec<(String, &Value)> = match value {
        Value::Object(members) => (members.iter())
            .map(|(name, value)| (name.replace('~', "~0").replace('/', "~1"), value))
            .collect(),
        Value::Array(elements) => (elements.iter().enumerate())
            .map(|(i, value)| (i.to_string(), value))
            .collect(),
        _ => return,
    };
    for (name, value) in members {
        let pointer = format!("{at}/{name}");
        pointers(value, &pointer, found);
        found.push(pointer);
    }
}

proptest! {
    #[test]
    fn what_is_concealed_is_revealed(claims in any_json(), choice in any::<u64>(), padded in any::<bool>()) {
        let claims = json!({ "top": claims });
        let mut all = Vec::new();
        pointers(&claims, "", &mut all);
        let chosen = |i: usize| choice.rotate_left(u32::try_from(i % 64).unwrap()) & 1 == 1;
        let hidden: Vec<_> = (all.iter().enumerate()).filter(|(i, _)| chosen(*i)).map(|(_, p)| p).collect();
        let plan = hidden.iter().fold(Plan::new(), |plan, pointer| plan.hide(pointer.as_str()));
        let plan = plan.with_decoys(if padded { Decoys::PowerOfTwo } else { Decoys::None });
        let token = conceal(claims.clone(), &plan, &mut Seeded(choice)).unwrap();
        let token = token.sign(&json!({ "typ": "example+sd-jwt" }), &issuer()).unwrap();
        prop_assert_eq!(token.disclosures().len(), hidden.len());
        prop_assert_eq!(token.claims().unwrap(), claims);
        // Each disclosure is in its place, and any subset with its parents is a token as well.
        let places: BTreeSet<_> = token.places().unwrap().into_iter().map(|(p, _)| p).collect();
        prop_assert_eq!(places, hidden.into_iter().cloned().collect());
        let part = token.present(|place| place.pointer.len() % 2 == 0).unwrap();
        prop_assert!(check(&part).ok);
    }
}
