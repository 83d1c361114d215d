//! Writing JSON (RFC 8259) without an allocator.

use core::fmt::{self, Write};

use base64ct::{Base64UrlUnpadded, Encoder};

use crate::error::{Error, ErrorCode, Result};

/// The deepest nesting: one bit each.
const MAX_DEPTH: u32 = 32;

/// Writes one JSON value, in the order of the calls, into a token. Commas are its own business.
pub struct JsonWriter<'w, 'o> {
    out: &'w mut Encoder<'o, Base64UrlUnpadded>,
    /// For each open level a bit, the innermost lowest: whether it is an object.
    objects: u32,
    depth: u32,
    /// A value stands before the next one.
    comma: bool,
    /// A name waits for its value.
    named: bool,
}

impl<'w, 'o> JsonWriter<'w, 'o> {
    pub(super) const fn new(out: &'w mut Encoder<'o, Base64UrlUnpadded>) -> Self {
        Self {
            out,
            objects: 0,
            depth: 0,
            comma: false,
            named: false,
        }
    }

    /// Opens an object, closed by [`JsonWriter::end`].
    ///
    /// # Errors
    /// `buffer_too_small`; `invalid_argument` where no value belongs, and below 32 levels.
    pub fn object(&mut self) -> Result<&mut Self> {
        self.open(b"{", 1)
    }

    /// Opens an array, closed by [`JsonWriter::end`].
    ///
    /// # Errors
    /// As [`JsonWriter::object`].
    pub fn array(&mut self) -> Result<&mut Self> {
        self.open(b"[", 0)
    }

    /// Closes what was opened last.
    ///
    /// # Errors
    /// `buffer_too_small`; `invalid_argument` when nothing is open or a name has no value.
    pub fn end(&mut self) -> Result<()> {
        if self.depth == 0 || self.named {
            return Err(ErrorCode::InvalidArgument.into());
        }
        self.raw(if self.in_object() { b"}" } else { b"]" })?;
        self.objects >>= 1;
        self.depth -= 1;
        self.comma = true;
        Ok(())
    }

    /// Writes the name of a member; its value comes next.
    ///
    /// # Errors
    /// `buffer_too_small`; `invalid_argument` outside an object or after another name.
    pub fn name(&mut self, name: &str) -> Result<&mut Self> {
        if !self.in_object() || self.named {
            return Err(ErrorCode::InvalidArgument.into());
        }
        if self.comma {
            self.raw(b",")?;
        }
        self.string(&name)?;
        self.raw(b":")?;
        self.named = true;
        Ok(self)
    }

    /// Writes a string.
    ///
    /// # Errors
    /// `buffer_too_small`; `invalid_argument` where no value belongs.
    pub fn text(&mut self, value: &str) -> Result<&mut Self> {
        self.display(&value)
    }

    /// Writes as a string what a value prints, such as a time.
    ///
    /// # Errors
    /// As [`JsonWriter::text`].
    pub fn display(&mut self, value: &dyn fmt::Display) -> Result<&mut Self> {
        self.value()?;
        self.string(value)?;
        Ok(self)
    }

    /// Writes an integer. JSON readers that use doubles are exact up to 2^53.
    ///
    /// # Errors
    /// As [`JsonWriter::text`].
    pub fn integer(&mut self, value: impl Into<i64>) -> Result<&mut Self> {
        self.number(&value.into())
    }

    /// Writes an integer that is not negative; see [`JsonWriter::integer`].
    ///
    /// # Errors
    /// As [`JsonWriter::text`].
    pub fn unsigned(&mut self, value: impl Into<u64>) -> Result<&mut Self> {
        self.number(&value.into())
    }

    /// Writes `true` or `false`.
    ///
    /// # Errors
    /// As [`JsonWriter::text`].
    pub fn boolean(&mut self, value: bool) -> Result<&mut Self> {
        self.value()?;
        self.raw(if value { b"true" } else { b"false" })?;
        Ok(self)
    }

    /// Checks that one whole value was written.
    pub(super) fn finish(self) -> Result<()> {
        if self.depth == 0 && self.comma {
            Ok(())
        } else {
            Err(ErrorCode::InvalidArgument.into())
        }
    }

    const fn in_object(&self) -> bool {
        self.depth > 0 && self.objects & 1 == 1
    }

    fn open(&mut self, bracket: &[u8], object: u32) -> Result<&mut Self> {
        if self.depth == MAX_DEPTH {
            return Err(ErrorCode::InvalidArgument.into());
        }
        self.value()?;
        self.raw(bracket)?;
        self.objects = self.objects << 1 | object;
        self.depth += 1;
        self.comma = false;
        Ok(self)
    }

    /// Makes way for a value: after a name, in an array, or as the only one.
    fn value(&mut self) -> Result<()> {
        let fits = if self.in_object() {
            self.named
        } else {
            self.depth > 0 || !self.comma
        };
        if !fits {
            return Err(ErrorCode::InvalidArgument.into());
        }
        if self.comma && !self.named {
            self.raw(b",")?;
        }
        self.named = false;
        self.comma = true;
        Ok(())
    }

    fn number(&mut self, value: &dyn fmt::Display) -> Result<&mut Self> {
        self.value()?;
        write!(Raw(self.out), "{value}").map_err(|_| Error::new(ErrorCode::BufferTooSmall))?;
        Ok(self)
    }

    fn string(&mut self, value: &dyn fmt::Display) -> Result<()> {
        self.raw(b"\"")?;
        write!(Escaped(self.out), "{value}").map_err(|_| Error::new(ErrorCode::BufferTooSmall))?;
        self.raw(b"\"")
    }

    fn raw(&mut self, bytes: &[u8]) -> Result<()> {
        let written = self.out.encode(bytes);
        written.map_err(|_| Error::new(ErrorCode::BufferTooSmall))
    }
}

impl fmt::Debug for JsonWriter<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JsonWriter")
            .field("depth", &self.depth)
            .finish_non_exhaustive()
    }
}

/// Writes text as it is.
struct Raw<'w, 'o>(&'w mut Encoder<'o, Base64UrlUnpadded>);

impl Write for Raw<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.encode(text.as_bytes()).map_err(|_| fmt::Error)
    }
}

/// Writes text with the escapes that RFC 8259 section 7 demands.
struct Escaped<'w, 'o>(&'w mut Encoder<'o, Base64UrlUnpadded>);

impl Write for Escaped<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for c in text.chars() {
            let mut utf8 = [0; 4];
            match c {
                '"' | '\\' => {
                    let escape = [b'\\', if c == '"' { b'"' } else { b'\\' }];
                    self.0.encode(&escape).map_err(|_| fmt::Error)?;
                }
                '\0'..='\x1f' => write!(Raw(self.0), "\\u{:04x}", u32::from(c))?,
                c => {
                    let bytes = c.encode_utf8(&mut utf8).as_bytes();
                    self.0.encode(bytes).map_err(|_| fmt::Error)?;
                }
            }
        }
        Ok(())
    }
}
