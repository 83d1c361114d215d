//! Links: round trips, refusals, and GS1's own parse cases.

use batterypass::link::{PassportLink, Target};
use batterypass::{ErrorCode, Thumbprint};
use proptest::prelude::*;

const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
const GTIN: &str = "09520123456788";

fn key() -> Thumbprint {
    KEY.parse().expect("a thumbprint")
}

fn refusal(text: &str) -> ErrorCode {
    match text.parse::<PassportLink>() {
        Ok(link) => panic!("{text} was read as {link}"),
        Err(error) => error.code(),
    }
}

#[test]
fn both_forms_are_written_as_specified() {
    let link = PassportLink::to_item(
        "https://ID.Example.com/",
        "9520123456788",
        "A/b%1",
        Some(key()),
    );
    let text = format!("https://id.example.com/01/{GTIN}/21/A%2Fb%251?k={KEY}");
    assert_eq!(link.expect("valid").to_string(), text);

    let link = PassportLink::to_passport("http://127.0.0.1:8000", "urn:uuid:1", None);
    assert_eq!(
        link.expect("valid").to_string(),
        "http://127.0.0.1:8000/p/urn:uuid:1"
    );
}

#[test]
fn reading_keeps_base_target_and_key() {
    let text = format!(
        "HTTPS://a.example/more/stem/01/9520123456788/22/v/10/lot/21/S%2d1?x=1&k={KEY}&y#f"
    );
    let link: PassportLink = text.parse().expect("valid");
    assert_eq!(link.base(), "https://a.example/more/stem");
    assert_eq!(link.key(), Some(&key()));
    let Target::Item { gtin, serial } = link.target() else {
        panic!("an item");
    };
    assert_eq!((gtin.to_string().as_str(), serial.as_str()), (GTIN, "S-1"));
}

#[test]
fn http_is_for_loopback_hosts_only() {
    for host in [
        "localhost",
        "LOCALHOST:1",
        "127.0.0.1",
        "127.9.9.9:80",
        "[::1]",
        "[::1]:8000",
    ] {
        assert!(
            format!("http://{host}/p/x").parse::<PassportLink>().is_ok(),
            "{host}"
        );
    }
    for host in [
        "a.example",
        "localhost.example",
        "127.0.0.1.example",
        "10.0.0.1",
        "[2001:db8::1]",
        "0",
    ] {
        assert_eq!(
            refusal(&format!("http://{host}/p/x")),
            ErrorCode::InvalidLink
        );
        assert!(
            format!("https://{host}/p/x")
                .parse::<PassportLink>()
                .is_ok(),
            "{host}"
        );
    }
}

#[test]
fn bad_keys_are_refused() {
    for query in [
        "k=".into(),
        "k".into(),
        "k=short".into(),
        format!("k={KEY}&k={KEY}"),
        format!("k={KEY}&%6B={KEY}"),
        format!("k={KEY}="),
        format!("k={KEY}A"),
        // The last character carries four bits only; these two would be the same key.
        format!("k={}9", &KEY[..42]),
    ] {
        assert_eq!(
            refusal(&format!("https://a.example/p/x?{query}")),
            ErrorCode::InvalidLink
        );
    }
}

#[test]
fn bad_links_are_refused() {
    for text in [
        "",
        "https://",
        "https:///p/x",
        "https://a.example",
        "https://a.example/p/",
        "https://a.example/p/x/",
        "https://a.example/p/x%0A",
        "https://a.example/p/x%2",
        "https://a.example/p/x%zz",
        "https://a.example/p/ü",
        "https://a.example/p/..",
        "https://a.example/p/%2e%2E",
        "https://a.example/../p/x",
        "https://a.example/%2e/p/x",
        "https://a.example//p/x",
        "https://user@a.example/p/x",
        "https://a.example:99999/p/x",
        "https://a.example:+1/p/x",
        "https://a.exa mple/p/x",
        "https://[fe80::1%25lo]/p/x",
        "ftp://a.example/p/x",
        "javascript://a.example/p/x",
        "https://a.example/01/09520123456788",
        "https://a.example/01/09520123456788/21/",
        "https://a.example/01/09520123456788/21/.",
        "https://a.example/01/09520123456788/21/123456789012345678901",
        "https://a.example/01/09520123456788/21/a%5Eb",
        "https://a.example/01/09520123456788/10/a/22/b/21/c",
        "https://a.example/02/09520123456788/21/a",
    ] {
        assert_eq!(refusal(text), ErrorCode::InvalidLink, "{text}");
    }
    for gtin in [
        "09520123456789",
        "0952012345678X",
        "952012345678",
        "123456",
        "+9520123456788",
    ] {
        let text = format!("https://a.example/01/{gtin}/21/a");
        assert_eq!(refusal(&text), ErrorCode::InvalidGtin, "{text}");
    }
    let long = format!("https://a.example/p/x?{}", "a".repeat(2048));
    assert_eq!(refusal(&long), ErrorCode::TooLarge);
}

/// Every case of GS1's syntax engine: those that name an item by GTIN and serial number are read with
/// the same GTIN and serial number, all others are refused.
#[test]
#[cfg(feature = "alloc")]
fn gs1_parse_cases() {
    let root = std::env::var_os("BATTERYPASS_VECTORS").map_or_else(
        || std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/vectors")),
        std::path::PathBuf::from,
    );
    let file = root.join("gs1-digital-link/parse-dl-uri.json");
    let Ok(text) = std::fs::read(&file) else {
        eprintln!("not run: no {}", file.display());
        return;
    };
    let cases: Vec<serde_json::Value> = serde_json::from_slice(&text).expect("a list of cases");
    let (mut items, mut others) = (0, 0);
    for case in &cases {
        let (uri, elements) = (
            case["uri"]
                .as_str()
                .expect("a URI")
                .replacen("http://", "https://", 1),
            case["ai_element_string"].as_str().expect("elements"),
        );
        // `^01<14 digits>...21<serial>`: in the URI the item is named by both in its path.
        if elements.starts_with("^01") && uri.contains("/21/") {
            let serial = elements.rsplit("21").next().expect("a serial");
            let serial = serial.split('^').next().expect("a serial");
            let link: PassportLink = uri.parse().expect(&uri);
            let Target::Item { gtin, serial: read } = link.target() else {
                panic!("{uri} is an item");
            };
            assert_eq!(
                (gtin.to_string().as_str(), read.as_str()),
                (&elements[3..17], serial)
            );
            items += 1;
        } else {
            assert!(uri.parse::<PassportLink>().is_err(), "{uri}");
            others += 1;
        }
    }
    // The sixth item of the source is written with `gtin` and `ser`, which GS1 has withdrawn.
    assert_eq!((items, others), (5, 113));
}

fn with_check_digit(body: u64) -> String {
    let body = format!("{body:013}");
    let sum: u32 = body
        .bytes()
        .enumerate()
        .map(|(i, digit)| u32::from(digit - b'0') * if i % 2 == 0 { 3 } else { 1 })
        .sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}

proptest! {
    #[test]
    fn items_read_back(body in 0_u64..10_000_000_000_000, serial in "[!\"%&'()*+,./0-9:;<=>?A-Z_a-z-]{1,20}", has_key in any::<bool>()) {
        prop_assume!(serial != "." && serial != "..");
        let key = has_key.then(key);
        let link = PassportLink::to_item("https://a.example/x", &with_check_digit(body), &serial, key).expect("valid");
        prop_assert_eq!(link.to_string().parse::<PassportLink>(), Ok(link));
    }

    #[test]
    fn passports_read_back(id in "[!-~]{1,128}") {
        prop_assume!(id != "." && id != "..");
        let link = PassportLink::to_passport("https://a.example", &id, Some(key())).expect("valid");
        let text = link.to_string();
        prop_assert!(text.bytes().all(|b| b.is_ascii_graphic()));
        prop_assert_eq!(text.parse::<PassportLink>(), Ok(link));
    }

    #[test]
    fn a_wrong_check_digit_is_refused(body in 0_u64..10_000_000_000_000, wrong in 1_u8..10) {
        let mut gtin = with_check_digit(body).into_bytes();
        gtin[13] = b'0' + (gtin[13] - b'0' + wrong) % 10;
        let gtin = String::from_utf8(gtin).expect("digits");
        let error = PassportLink::to_item("https://a.example", &gtin, "1", None).expect_err("wrong digit");
        prop_assert_eq!(error.code(), ErrorCode::InvalidGtin);
    }

    #[test]
    fn what_is_read_is_written_and_read_the_same(text in "(https?://)?[a-z\\[\\]:.@%/?&=#012k-]{0,60}|\\PC{0,60}") {
        if let Ok(link) = text.parse::<PassportLink>() {
            prop_assert_eq!(link.to_string().parse::<PassportLink>(), Ok(link));
        }
    }
}
