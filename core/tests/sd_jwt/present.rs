//! The holder's side: passing on a part.

use batterypass::ErrorCode;
use batterypass::sd_jwt::SdJwt;
use serde_json::{Value, json};

use super::common::*;

fn places(token: &SdJwt) -> Vec<String> {
    let places = token.places().unwrap().into_iter();
    let mut places: Vec<_> = places.map(|(pointer, _)| pointer).collect();
    places.sort();
    places
}

#[test]
fn every_disclosure_has_its_place() {
    let mut hidden: Vec<_> = plan().hidden().map(str::to_owned).collect();
    hidden.sort();
    assert_eq!(places(&token()), hidden);
    // With less disclosed, the elements behind move up.
    let part = token().present(|place| place.pointer == "/list/3").unwrap();
    assert_eq!(places(&part), ["/list/1"]);
    assert_eq!(
        part.claims().unwrap()["list"],
        json!([{ "flag": true }, null])
    );
}

#[test]
fn what_a_disclosure_lies_in_comes_along() {
    let pick = |pointer: &str| token().present(|place| place.pointer == pointer).unwrap();
    assert_eq!(places(&pick("/secret")), ["/secret"]);
    let part = pick("/address/people/2");
    assert_eq!(part.disclosures().len(), 2);
    assert_eq!(
        part.claims().unwrap()["address"],
        json!({ "town": "Graz", "people": ["Bob", "Cyd"] })
    );
    assert!(check(&part).ok);
    let names = token()
        .present(|place| place.disclosure.name() == Some("name"))
        .unwrap();
    assert_eq!(places(&names), ["/list/0/name"]);
}

#[test]
fn paths_open_what_is_at_and_under_them() {
    let open = |pointers: &[&str]| {
        let part = token().disclose_paths(pointers).unwrap();
        assert!(check(&part).ok);
        part.claims().unwrap()
    };
    let pointer = |claims: Value, pointer: &str| claims.pointer(pointer).cloned();
    assert_eq!(open(&[]).get("secret"), None);
    assert_eq!(open(&["/secret"])["secret"], "s3cret");
    assert_eq!(open(&["/address"])["address"], claims()["address"]);
    assert_eq!(
        open(&["/address/town"])["address"],
        json!({ "town": "Graz", "people": ["Bob"] })
    );
    assert_eq!(
        open(&["/address/people/1"])["address"],
        json!({ "town": "Graz", "people": ["Bob"] })
    );
    assert_eq!(
        open(&["/list/2", "/list/0"])["list"],
        json!(["x", { "flag": true }, ["deep"]])
    );
    assert_eq!(open(&[""]), claims());
    assert_eq!(pointer(open(&["/list"]), "/list/3"), Some(Value::Null));
    // A part of a part.
    let part = token().disclose_paths(&["/address"]).unwrap();
    let part = part.disclose_paths(&["/address/street"]).unwrap();
    assert_eq!(part.claims().unwrap()["address"]["people"], json!(["Bob"]));

    for missing in ["/nothing", "/list/4", "secret", "/addres", "/secret/x"] {
        let error = token().disclose_paths(&["/secret", missing]).unwrap_err();
        assert_eq!(
            (error.code(), error.path()),
            (ErrorCode::InvalidArgument, missing)
        );
    }
}

#[test]
fn a_token_with_faults_is_passed_on_to_nobody() {
    let token = raw(&json!({}), &["WyJzIiwxXQ"]);
    for error in [
        token.present(|_| true).unwrap_err(),
        token.disclose_paths(&[]).unwrap_err(),
        token.places().unwrap_err(),
        token.claims().unwrap_err(),
    ] {
        assert_eq!(error.code(), ErrorCode::DisclosureUnreferenced);
        assert_eq!(error.path(), "/disclosures/0");
    }
}
