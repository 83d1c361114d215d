//! The JSON Canonicalization Scheme (RFC 8785): one byte string for each JSON value.
//!
//! Members are sorted by UTF-16 code units, numbers are written as ECMAScript writes doubles, and
//! nothing that needs no escape is escaped. Signatures over JSON rest on it.

use core::cmp::Ordering;

use serde_json::{Map, Value};

use crate::prelude::*;

/// Returns the canonical form of a value.
///
/// Numbers are IEEE 754 doubles here, as RFC 8785 section 3.2.2.3 says: an integer beyond 2^53 is
/// written as the nearest double, exactly as every other implementation writes it.
///
/// ```
/// use batterypass::jcs;
/// use serde_json::json;
///
/// let value = json!({ "b": [1.0, 1e21, "\u{20ac}\n"], "a": null });
/// assert_eq!(jcs::to_string(&value), "{\"a\":null,\"b\":[1,1e+21,\"\u{20ac}\\n\"]}");
/// ```
///
/// Recurses as deep as the value is nested; [`json::parse`](crate::json::parse) bounds that.
pub fn to_string(value: &Value) -> String {
    let mut writer = Writer::default();
    writer.value(value);
    writer.out
}

/// The canonical form of an object, by its members.
pub(crate) fn members_to_string(members: &Map<String, Value>) -> String {
    let mut writer = Writer::default();
    writer.object(members);
    writer.out
}

/// The text so far, and room to sort members in: one list for all objects, because each needs its part
/// of it only until its last member is written.
#[derive(Default)]
struct Writer<'v> {
    out: String,
    sorted: Vec<(&'v str, &'v Value)>,
}

impl<'v> Writer<'v> {
    fn value(&mut self, value: &'v Value) {
        match value {
            Value::Null => self.out.push_str("null"),
            Value::Bool(true) => self.out.push_str("true"),
            Value::Bool(false) => self.out.push_str("false"),
            Value::Number(number) => {
                // Never absent: without `arbitrary_precision` a number is an integer or a finite double.
                let number = number.as_f64().unwrap_or_default();
                self.out.push_str(ryu_js::Buffer::new().format(number));
            }
            Value::String(text) => write_string(text, &mut self.out),
            Value::Array(items) => {
                self.out.push('[');
                for (i, item) in items.iter().enumerate() {
                    if i != 0 {
                        self.out.push(',');
                    }
                    self.value(item);
                }
                self.out.push(']');
            }
            Value::Object(members) => self.object(members),
        }
    }

    fn object(&mut self, members: &'v Map<String, Value>) {
        let start = self.sorted.len();
        let members = members.iter().map(|(name, value)| (name.as_str(), value));
        self.sorted.extend(members);
        if let Some(own) = self.sorted.get_mut(start..) {
            // Names are unique, so the order of equals does not matter.
            own.sort_unstable_by(|(a, _), (b, _)| utf16_order(a, b));
        }
        self.out.push('{');
        let mut next = start;
        // Inner objects put theirs behind and take them away again.
        while let Some((name, value)) = self.sorted.get(next).copied() {
            if next != start {
                self.out.push(',');
            }
            next += 1;
            write_string(name, &mut self.out);
            self.out.push(':');
            self.value(value);
        }
        self.sorted.truncate(start);
        self.out.push('}');
    }
}

/// Compares as UTF-16 code units without converting.
///
/// UTF-8 bytes sort like code points, and so do UTF-16 units, except that the surrogates of
/// U+10000 and up (first byte F0 and up) come before U+E000 to U+FFFF (first byte EE and EF).
fn utf16_order(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    match a.iter().zip(b).find(|(x, y)| x != y) {
        None => a.len().cmp(&b.len()),
        Some((0xf0.., 0xee | 0xef)) => Ordering::Less,
        Some((0xee | 0xef, 0xf0..)) => Ordering::Greater,
        Some((x, y)) => x.cmp(y),
    }
}

fn write_string(text: &str, out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    out.push('"');
    let mut start = 0;
    for (i, byte) in text.bytes().enumerate() {
        let short = match byte {
            b'"' => '"',
            b'\\' => '\\',
            0x08 => 'b',
            0x09 => 't',
            0x0a => 'n',
            0x0c => 'f',
            0x0d => 'r',
            0..0x20 => 'u',
            _ => continue,
        };
        // Only ASCII is escaped, so the cuts lie between characters.
        out.push_str(&text[start..i]);
        start = i + 1;
        out.push('\\');
        out.push(short);
        if short == 'u' {
            out.push_str("00");
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    out.push_str(&text[start..]);
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sort_by_utf16_units() {
        let names = [
            "",
            "a",
            "aa",
            "b",
            "\u{e9}",
            "\u{d7ff}",
            "\u{1f600}",
            "\u{10ffff}",
            "\u{e000}",
            "\u{ffff}",
        ];
        for (i, a) in names.iter().enumerate() {
            for (j, b) in names.iter().enumerate() {
                assert_eq!(utf16_order(a, b), i.cmp(&j), "{a:?} {b:?}");
                assert_eq!(utf16_order(a, b), a.encode_utf16().cmp(b.encode_utf16()));
            }
        }
    }

    #[test]
    fn control_characters() {
        let text: String = (0..0x23_u8).map(char::from).collect();
        let expected = "\"\\u0000\\u0001\\u0002\\u0003\\u0004\\u0005\\u0006\\u0007\\b\\t\\n\\u000b\\f\\r\\u000e\
                        \\u000f\\u0010\\u0011\\u0012\\u0013\\u0014\\u0015\\u0016\\u0017\\u0018\\u0019\\u001a\
                        \\u001b\\u001c\\u001d\\u001e\\u001f !\\\"\"";
        assert_eq!(to_string(&text.into()), expected);
    }
}
