use proptest::prelude::*;
use serde_json::Value;

use super::super::parse;
use super::*;

fn passes(text: &[u8]) -> bool {
    let scan = || {
        let mut scan = Scan::new(core::str::from_utf8(text).ok()?)?;
        let value = scan.value()?;
        scan.end()?;
        assert_eq!(value.as_bytes(), text.trim_ascii());
        Some(())
    };
    scan().is_some()
}

#[test]
fn usual_texts_pass() {
    let nested = |n: usize| ["[".repeat(n), "]".repeat(n)].concat();
    for text in [
        "{}",
        " [ ] ",
        r#"{"a":[1,-0.5,1.25e-3,0,"\u00e9\n\"",true,false,null,{}],"b":{"a":"é€😀"}}"#,
        "\"0123456789abcdef\"",
        &nested(64),
    ] {
        assert!(passes(text.as_bytes()), "{text}");
    }
    let example = include_bytes!("../../../../schemas/examples/lmt-ebike.json");
    assert!(passes(example));
}

#[test]
fn what_parse_refuses_does_not_pass() {
    let nested = |n: usize| ["[".repeat(n), "]".repeat(n)].concat();
    for text in [
        "",
        "{} {}",
        "{\"a\":1,\"a\":2}",
        "{\"b\":{\"a\":1,\"c\":2,\"a\":2}}",
        r#"{"a":1,"\u0061":2}"#,
        "[1,]",
        "[,1]",
        "{\"a\":1,}",
        "{\"a\" 1}",
        "{a:1}",
        "[1 2]",
        "01",
        "-",
        "1.",
        ".5",
        "1e",
        "1e999",
        "+1",
        "nul",
        "NaN",
        "\"\\ud800\"",
        "\"\\x\"",
        "\"\\u12g4\"",
        "\"a\nb\"",
        "\"a",
        "\u{feff}{}",
        &nested(65),
        &"9".repeat(400),
    ] {
        assert!(parse(text.as_bytes()).is_err(), "{text}");
        assert!(!passes(text.as_bytes()), "{text}");
    }
    assert!(!passes(b"\"\xff\""));
}

#[test]
fn a_run_ends_at_the_first_special_byte() {
    for special in 0..=u8::MAX {
        for length in 0..40 {
            for tail in [b'a', b'"', 0xFF] {
                let mut bytes = vec![b'a'; length];
                bytes.push(special);
                bytes.extend([tail; 9]);
                let is_special = |byte: &u8| *byte < 0x20 || *byte == b'"' || *byte == b'\\';
                let expected = bytes.iter().position(is_special).unwrap_or(bytes.len());
                assert_eq!(plain_run(&bytes), expected, "{bytes:?}");
            }
        }
    }
}

/// A text of JSON's own words, most often nearly right.
fn near_json() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"a\"",
        "\"b\"",
        "\"a",
        "\\u0061\"",
        "1",
        "-0.5",
        "1e-7",
        "1e9",
        "true",
        "null",
        " ",
        "\n",
        "0",
        "\"é\"",
        "\"\\ud83d\\ude00\"",
        "\"$\"",
    ]);
    prop::collection::vec(words, 0..24).prop_map(|words| words.concat())
}

proptest! {
    #[test]
    fn what_passes_parses(text in near_json()) {
        prop_assert!(!passes(text.as_bytes()) || parse(text.as_bytes()).is_ok(), "{}", text);
    }

    /// Bytes of a real document that were changed, inserted or cut out.
    #[test]
    fn changed_documents(changes in prop::collection::vec((0.0..1.0_f64, any::<u8>(), 0..3_u8), 1..4)) {
        let mut text = include_bytes!("../../../../schemas/examples/lmt-ebike.json").to_vec();
        for (place, byte, kind) in changes {
            let at = (place * text.len() as f64) as usize;
            match kind {
                0 => text[at] = byte,
                1 => text.insert(at, byte),
                _ => drop(text.drain(at..text.len().min(at + usize::from(byte)))),
            }
        }
        prop_assert!(!passes(&text) || parse(&text).is_ok());
    }

    /// What is written the usual way passes, so that the fast way is the one that is taken.
    #[test]
    fn what_serde_writes_passes(names in prop::collection::btree_set("[a-zé]{0,12}", 0..20), number in any::<i64>(), text in any::<String>()) {
        let members = names.into_iter().map(|name| (name, Value::from(vec![Value::from(number), text.clone().into()])));
        let value = Value::Object(members.collect());
        prop_assert!(passes(value.to_string().as_bytes()));
    }
}
