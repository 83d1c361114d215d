//! Checking JSON text for [`super::parse`]'s rules without making values of it.
//!
//! What passes here, [`super::parse`] accepts. About the rest nothing is said: it may still be good, and
//! who wants to know asks there, where it is also known what is wrong and at which place.

use super::Limits;
use crate::prelude::*;

/// An object with more members than this is left to [`super::parse`]: here each name is compared with
/// all the others.
const MAX_NAMES: usize = 64;
/// The integer digits of the largest double are 309.
const MAX_NUMBER_LEN: usize = 300;

/// A position in a text. Each step returns `None` for what is not let through.
pub(crate) struct Scan<'t> {
    text: &'t str,
    at: usize,
    /// How many more levels may be opened.
    depth: usize,
    /// The names in all open objects, the innermost last.
    names: Vec<&'t [u8]>,
}

impl<'t> Scan<'t> {
    /// Starts with one value to come, under [`Limits::DEFAULT`].
    pub(crate) fn new(text: &'t str) -> Option<Self> {
        // A value takes a byte at least.
        if text.len() > Limits::DEFAULT.values.min(Limits::DEFAULT.bytes) {
            return None;
        }
        Some(Self {
            text,
            at: 0,
            depth: Limits::DEFAULT.depth,
            names: Vec::with_capacity(MAX_NAMES),
        })
    }

    /// Checks that nothing comes any more.
    pub(crate) fn end(mut self) -> Option<()> {
        self.skip_blanks();
        (self.at == self.text.len()).then_some(())
    }

    /// Whether an object comes next.
    pub(crate) fn is_object(&mut self) -> bool {
        self.next_token() == Some(b'{')
    }

    /// Passes over a value, and returns its text.
    pub(crate) fn value(&mut self) -> Option<&'t str> {
        self.next_token();
        let start = self.at;
        self.skip()?;
        self.text.get(start..self.at)
    }

    /// Passes over a value.
    pub(crate) fn skip(&mut self) -> Option<()> {
        match self.next_token()? {
            b'"' => self.string(),
            b'{' => self.object(|scan, _| scan.skip()),
            b'[' => self.array(),
            b't' => self.word("true"),
            b'f' => self.word("false"),
            b'n' => self.word("null"),
            _ => self.number(),
        }
    }

    /// Passes over an object. For each member `each` gets its name, and has to pass over its value.
    pub(crate) fn object(
        &mut self,
        mut each: impl FnMut(&mut Self, &'t [u8]) -> Option<()>,
    ) -> Option<()> {
        self.open(b'{')?;
        let outer = self.names.len();
        let mut closed = self.next_token()? == b'}';
        while !closed {
            self.next_token().filter(|next| *next == b'"')?;
            let name = self.name(outer)?;
            self.next_token().filter(|next| *next == b':')?;
            self.at += 1;
            each(self, name)?;
            closed = self.comma_or(b'}')?;
        }
        self.names.truncate(outer);
        self.close()
    }

    fn array(&mut self) -> Option<()> {
        self.open(b'[')?;
        let mut closed = self.next_token()? == b']';
        while !closed {
            self.skip()?;
            closed = self.comma_or(b']')?;
        }
        self.close()
    }

    fn open(&mut self, bracket: u8) -> Option<()> {
        self.next_token().filter(|next| *next == bracket)?;
        self.depth = self.depth.checked_sub(1)?;
        self.at += 1;
        Some(())
    }

    /// Passes over a comma. Returns whether the bracket came instead, on which the scan then stands.
    fn comma_or(&mut self, bracket: u8) -> Option<bool> {
        match self.next_token()? {
            b',' => {
                self.at += 1;
                Some(false)
            }
            next => (next == bracket).then_some(true),
        }
    }

    fn close(&mut self) -> Option<()> {
        self.at += 1;
        self.depth += 1;
        Some(())
    }

    /// Passes over a name, of which the object must not have another. One with an escape could be the same
    /// as another one that is spelt differently; one with `$` could be serde_json's own word for a number.
    fn name(&mut self, outer: usize) -> Option<&'t [u8]> {
        let quoted = self.rest().get(1..)?;
        let name = quoted.get(..plain_run(quoted))?;
        self.at += 1 + name.len();
        self.skip_if(b'"').then_some(())?;
        let others = self.names.get(outer..)?;
        let same = |other: &&[u8]| other.len() == name.len() && *other == name;
        if others.len() == MAX_NAMES || name.starts_with(b"$") || others.iter().any(same) {
            return None;
        }
        self.names.push(name);
        Some(name)
    }

    /// Passes over a string.
    fn string(&mut self) -> Option<()> {
        self.at += 1;
        loop {
            self.at += plain_run(self.rest());
            match self.peek()? {
                b'\\' => self.escape()?,
                quote => {
                    self.at += 1;
                    return (quote == b'"').then_some(());
                }
            }
        }
    }

    /// Passes over an escape. Surrogates are left to [`super::parse`].
    fn escape(&mut self) -> Option<()> {
        match self.rest().get(1)? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => self.at += 2,
            b'u' => {
                let digits = self.rest().get(2..6)?;
                let surrogate = matches!(
                    digits,
                    [b'd' | b'D', b'8'..=b'9' | b'a'..=b'f' | b'A'..=b'F', ..]
                );
                if surrogate || !digits.iter().all(u8::is_ascii_hexdigit) {
                    return None;
                }
                self.at += 6;
            }
            _ => return None,
        }
        Some(())
    }

    /// Passes over a number (RFC 8259 section 6) that cannot be too large for a double.
    fn number(&mut self) -> Option<()> {
        let start = self.at;
        self.skip_if(b'-');
        let zero_first = self.peek() == Some(b'0');
        let whole = self.digits();
        if whole == 0 || (zero_first && whole > 1) {
            return None;
        }
        if self.skip_if(b'.') && self.digits() == 0 {
            return None;
        }
        let exponent = self.skip_if(b'e') || self.skip_if(b'E');
        if exponent && !(self.skip_if(b'-') && self.digits() > 0) {
            return None;
        }
        (self.at - start <= MAX_NUMBER_LEN).then_some(())
    }

    /// Passes over digits, and returns how many.
    fn digits(&mut self) -> usize {
        let rest = self.rest();
        let end = rest.iter().position(|byte| !byte.is_ascii_digit());
        let count = end.unwrap_or(rest.len());
        self.at += count;
        count
    }

    fn word(&mut self, word: &str) -> Option<()> {
        let found = self.rest().starts_with(word.as_bytes());
        self.at += word.len();
        found.then_some(())
    }

    fn skip_if(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// Passes over blanks, and returns what comes then.
    fn next_token(&mut self) -> Option<u8> {
        self.skip_blanks();
        self.peek()
    }

    fn skip_blanks(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &'t [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }
}

/// How many bytes come before a quote, a backslash or a control character. Eight are looked at together.
fn plain_run(bytes: &[u8]) -> usize {
    let (words, rest) = bytes.as_chunks::<8>();
    for (i, word) in words.iter().enumerate() {
        let special = special_bytes(u64::from_le_bytes(*word));
        if special != 0 {
            return i * 8 + special.trailing_zeros() as usize / 8;
        }
    }
    let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | ..=0x1F);
    let run = rest.iter().position(is_special).unwrap_or(rest.len());
    words.len() * 8 + run
}

/// Sets the highest bit of each byte that ends a run; the lowest bit that is set is always right, the
/// ones above it need not be.
const fn special_bytes(word: u64) -> u64 {
    const ONES: u64 = u64::MAX / 0xFF;
    const HIGH: u64 = ONES * 0x80;
    // The highest bit of a byte is set when the byte is below `n`, which is at most 0x80.
    const fn below(word: u64, n: u64) -> u64 {
        word.wrapping_sub(ONES * n) & !word & HIGH
    }
    let quote = below(word ^ (ONES * b'"' as u64), 1);
    let backslash = below(word ^ (ONES * b'\\' as u64), 1);
    quote | backslash | below(word, 0x20)
}

#[cfg(test)]
mod tests {
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
        let example = include_bytes!("../../../schemas/examples/lmt-ebike.json");
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
            let mut text = include_bytes!("../../../schemas/examples/lmt-ebike.json").to_vec();
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
}
