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
    names: Vec<&'t str>,
    /// Where those of the innermost begin.
    own: usize,
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
            names: Vec::new(),
            own: 0,
        })
    }

    /// Starts in the middle of a text that was checked, with so many levels left.
    pub(crate) const fn within(text: &'t str, depth: usize) -> Self {
        Self {
            text,
            at: 0,
            depth,
            names: Vec::new(),
            own: 0,
        }
    }

    /// Where the scan is: before a value, at its first byte, once it was asked what comes.
    pub(crate) const fn at(&self) -> usize {
        self.at
    }

    /// How many more levels may be opened.
    pub(crate) const fn depth(&self) -> usize {
        self.depth
    }

    /// Looks at what comes, and passes over it unless `look` returns `None`.
    pub(crate) fn pass_if<T>(&mut self, look: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let mut ahead = Self {
            at: self.at,
            ..Self::within(self.text, self.depth)
        };
        let found = look(&mut ahead)?;
        self.at = ahead.at;
        Some(found)
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

    /// Whether an array comes next.
    pub(crate) fn is_array(&mut self) -> bool {
        self.next_token() == Some(b'[')
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
            b'[' => self.array(Self::skip),
            b't' => self.word("true"),
            b'f' => self.word("false"),
            b'n' => self.word("null"),
            _ => self.number(),
        }
    }

    /// Passes over an object. For each member `each` gets its name, and has to pass over its value.
    pub(crate) fn object(
        &mut self,
        mut each: impl FnMut(&mut Self, &'t str) -> Option<()>,
    ) -> Option<()> {
        self.open(b'{')?;
        let outer = core::mem::replace(&mut self.own, self.names.len());
        let mut closed = self.next_token()? == b'}';
        while !closed {
            let name = self.plain_string()?;
            self.claim(name)?;
            self.next_token().filter(|next| *next == b':')?;
            self.at += 1;
            each(self, name)?;
            closed = self.comma_or(b'}')?;
        }
        self.names.truncate(self.own);
        self.own = outer;
        self.close()
    }

    /// Passes over an array. `each` has to pass over each element.
    pub(crate) fn array(&mut self, mut each: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.open(b'[')?;
        let mut closed = self.next_token()? == b']';
        while !closed {
            each(self)?;
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

    /// Takes a name for the object that is open, which must not have another member of it. One with `$`
    /// could be serde_json's own word for a number.
    fn claim(&mut self, name: &'t str) -> Option<()> {
        let others = self.names.get(self.own..)?;
        let same = |other: &&str| other.len() == name.len() && *other == name;
        if others.len() == MAX_NAMES || name.starts_with('$') || others.iter().any(same) {
            return None;
        }
        self.names.push(name);
        Some(())
    }

    /// Passes over a string without escapes, and returns what is between the quotes. With escapes it could
    /// be the same as another one that is spelt differently.
    pub(crate) fn plain_string(&mut self) -> Option<&'t str> {
        self.next_token().filter(|next| *next == b'"')?;
        let start = self.at + 1;
        let length = plain_run(self.rest().get(1..)?);
        self.at = start + length;
        self.skip_if(b'"').then_some(())?;
        self.text.get(start..start + length)
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
mod tests;
