//! Reading: the compact form, the JSON form, disclosures, and everything that is none.

use batterypass::ErrorCode;
use batterypass::sd_jwt::{Disclosure, KeyBinding, MAX_DISCLOSURES, MAX_TOKEN_LEN, SdJwt};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::common::*;

fn refusal(text: &str) -> (ErrorCode, String) {
    let error = text.parse::<SdJwt>().unwrap_err();
    (error.code(), error.path().into())
}

#[test]
fn tokens_that_cannot_be_read() {
    use ErrorCode::{
        DuplicateKey, MalformedBase64, MalformedDisclosure, MalformedJwt, MalformedSdJwt, Truncated,
    };
    let good = raw(&json!({}), &[]).to_string();
    let jwt = good.trim_end_matches('~');
    let twice = encode(br#"["s","a",{"b":1,"b":2}]"#);
    for (text, code, path) in [
        (String::new(), MalformedSdJwt, ""),
        (jwt.into(), MalformedSdJwt, ""),
        ("~".into(), MalformedJwt, ""),
        (format!("~{good}"), MalformedJwt, ""),
        (format!("{good}~"), MalformedDisclosure, "/disclosures/0"),
        (format!("{good}x~"), MalformedDisclosure, "/disclosures/0"),
        (
            format!("{good}WyJzIiwxXQ~!~"),
            MalformedDisclosure,
            "/disclosures/1",
        ),
        (format!("{good}{twice}~"), DuplicateKey, "/disclosures/0"),
        (format!("{good}x"), MalformedJwt, "/kb_jwt"),
        (format!("{good} "), MalformedJwt, "/kb_jwt"),
        (format!("{good}{jwt}="), MalformedBase64, "/kb_jwt"),
        (format!("{good}e30.W10."), MalformedJwt, "/kb_jwt"),
        (format!("{good}e30.."), Truncated, "/kb_jwt"),
        (format!("e30.W10.{}~", encode(&[0; 64])), MalformedJwt, ""),
        (
            format!("{}~", jwt.rsplit_once('.').unwrap().0),
            MalformedJwt,
            "",
        ),
    ] {
        assert_eq!(refusal(&text), (code, path.into()), "{text}");
    }
}

#[test]
fn what_is_no_disclosure() {
    use ErrorCode::{MalformedDisclosure, TooDeep, TooManyValues, WrongEncoding};
    let deep = ["[".repeat(64), "]".repeat(64)].concat();
    for (text, code) in [
        ("", MalformedDisclosure),
        ("{}", MalformedDisclosure),
        ("\"salt\"", MalformedDisclosure),
        ("[]", MalformedDisclosure),
        ("[\"s\"]", MalformedDisclosure),
        ("[\"s\",\"n\",1,2]", MalformedDisclosure),
        ("[1,\"n\",1]", MalformedDisclosure),
        ("[\"s\",1,1]", MalformedDisclosure),
        ("[null,1]", MalformedDisclosure),
        ("[\"s\",1] x", MalformedDisclosure),
        ("[\"s\",", MalformedDisclosure),
        (&format!("[\"s\",{deep}]"), TooDeep),
        (
            &format!("[\"s\",[{}0]]", "0,".repeat(200_000)),
            TooManyValues,
        ),
    ] {
        let error = Disclosure::parse(&encode(text.as_bytes())).unwrap_err();
        assert_eq!(error.code(), code, "{text:.40}");
    }
    let error = Disclosure::parse(&encode(b"[\"s\",\"\xff\"]")).unwrap_err();
    assert_eq!(error.code(), WrongEncoding);
    for text in ["WyJzIiwxXQ==", "WyJzIiwxXQ ", "WyJzIiwxXR", "Wy+zIiwxXQ"] {
        let error = Disclosure::parse(text).unwrap_err();
        assert_eq!(error.code(), MalformedDisclosure, "{text}");
    }
    // White space within is the writer's, and part of the digest.
    let [tight, wide] = ["[\"s\",1]", "[ \"s\", 1 ]"]
        .map(|text| Disclosure::parse(&encode(text.as_bytes())).unwrap());
    assert_eq!(tight.value(), wide.value());
    assert_ne!(tight.digest(), wide.digest());
}

#[test]
fn sizes_are_bounded() {
    let good = raw(&json!({}), &[]).to_string();
    let many = |n: usize| [good.as_str(), &"WyJzIiwxXQ~".repeat(n)].concat();
    assert!(many(MAX_DISCLOSURES).parse::<SdJwt>().is_ok());
    assert_eq!(
        refusal(&many(MAX_DISCLOSURES + 1)).0,
        ErrorCode::TooManyDisclosures
    );
    assert_eq!(
        refusal(&"a".repeat(MAX_TOKEN_LEN + 1)).0,
        ErrorCode::TooLarge
    );
    let error = Disclosure::parse(&"a".repeat(MAX_TOKEN_LEN + 1)).unwrap_err();
    assert_eq!(error.code(), ErrorCode::TooLarge);
    // Many values in each disclosure are as many in all.
    let text = encode(format!("[\"s\",[{}0]]", "0,".repeat(70_000)).as_bytes());
    let with = |n: usize| [good.as_str(), &format!("{text}~").repeat(n)].concat();
    assert!(with(2).parse::<SdJwt>().is_ok());
    assert_eq!(refusal(&with(3)).0, ErrorCode::TooManyValues);
}

#[test]
fn the_json_form_says_the_same() {
    let binding = KeyBinding {
        audience: "a",
        nonce: "n",
        issued_at: at(NOW),
    };
    let bound = token().bind(&holder(), &binding).unwrap();
    for token in [token(), bound] {
        let json = token.to_json();
        assert_eq!(SdJwt::from_json(&json).unwrap(), token);
        assert_eq!(
            SdJwt::parse_json(json.to_string().as_bytes()).unwrap(),
            token
        );
        assert_eq!(
            json["header"].get("kb_jwt").is_some(),
            token.key_binding().is_some()
        );
    }
    let plain = raw(&json!({}), &[]);
    let mut json = plain.to_json();
    json.as_object_mut().unwrap().remove("header");
    assert_eq!(SdJwt::from_json(&json).unwrap(), plain);
}

#[test]
fn json_that_is_no_token() {
    use ErrorCode::{DuplicateKey, MalformedDisclosure, MalformedJwt, MalformedSdJwt};
    let cases: [(&str, Value, ErrorCode, &str); 11] = [
        ("payload", Value::Null, MalformedSdJwt, "/payload"),
        ("protected", json!(1), MalformedSdJwt, "/protected"),
        ("signature", json!([]), MalformedSdJwt, "/signature"),
        ("signature", json!("a.b"), MalformedJwt, ""),
        ("header", json!([]), MalformedSdJwt, "/header"),
        (
            "header",
            json!({ "disclosures": "x" }),
            MalformedSdJwt,
            "/header/disclosures",
        ),
        (
            "header",
            json!({ "disclosures": [1] }),
            MalformedSdJwt,
            "/header/disclosures/0",
        ),
        (
            "header",
            json!({ "disclosures": ["x"] }),
            MalformedDisclosure,
            "/disclosures/0",
        ),
        (
            "header",
            json!({ "kb_jwt": null }),
            MalformedSdJwt,
            "/header/kb_jwt",
        ),
        ("header", json!({ "kb_jwt": "" }), MalformedJwt, "/kb_jwt"),
        ("header", json!({ "typ": "x" }), DuplicateKey, "/header/typ"),
    ];
    for (name, member, code, path) in cases {
        let mut json = raw(&json!({}), &[]).to_json();
        json[name] = member;
        let error = SdJwt::from_json(&json).unwrap_err();
        assert_eq!((error.code(), error.path()), (code, path), "{name}");
    }
    assert_eq!(
        SdJwt::parse_json(b"[").unwrap_err().code(),
        ErrorCode::Truncated
    );
    assert_eq!(
        SdJwt::from_json(&json!([])).unwrap_err().code(),
        MalformedSdJwt
    );
}

proptest! {
    #[test]
    fn any_text_is_a_token_or_an_error(text in "[a-zA-Z0-9_.~-]{0,80}|\\PC{0,40}") {
        if let Ok(token) = text.parse::<SdJwt>() {
            prop_assert_eq!(token.to_string(), text);
        }
    }

    #[test]
    fn any_array_is_a_disclosure_or_an_error(text in "\\[(\"[a-z_.]{0,3}\"|1|null|\\{\\}|,){0,6}\\]") {
        if let Ok(disclosure) = Disclosure::parse(&encode(text.as_bytes())) {
            prop_assert_eq!(disclosure.as_str(), encode(text.as_bytes()));
        }
    }
}
