//! CBOR (RFC 8949) as COSE needs it: a writer into the caller's buffer and a strict reader.

use minicbor::{Decoder, Encoder};

use crate::error::{Error, ErrorCode, Result};

/// Bytes of the longest head of a byte string that this crate hashes.
pub(crate) const HEAD_LEN: usize = 9;

/// Writes CBOR into a buffer and leaves room for bytes that are filled in later.
pub(crate) struct Writer<'o> {
    out: &'o mut [u8],
    len: usize,
}

impl<'o> Writer<'o> {
    pub(crate) const fn new(out: &'o mut [u8]) -> Self {
        Self { out, len: 0 }
    }

    /// Gives access to minicbor's encoder; its only error is a full buffer.
    pub(crate) fn put(
        &mut self,
        write: impl FnOnce(&mut Encoder<&mut Self>) -> Result<(), minicbor::encode::Error<Full>>,
    ) -> Result<()> {
        write(&mut Encoder::new(self)).map_err(|_| Error::new(ErrorCode::BufferTooSmall))
    }

    /// Takes the next `len` bytes for the caller to fill.
    pub(crate) fn reserve(&mut self, len: usize) -> Result<&mut [u8]> {
        let start = self.len;
        let end = start.checked_add(len).filter(|end| *end <= self.out.len());
        self.len = end.ok_or(Error::new(ErrorCode::BufferTooSmall))?;
        Ok(&mut self.out[start..self.len])
    }

    /// Writes the head of a byte string of `len` bytes.
    pub(crate) fn bytes_head(&mut self, len: usize) -> Result<()> {
        let mut scratch = [0; HEAD_LEN];
        let head = bytes_head(len, &mut scratch);
        self.reserve(head.len())?.copy_from_slice(head);
        Ok(())
    }

    pub(crate) fn finish(self) -> &'o [u8] {
        &self.out[..self.len]
    }
}

/// The buffer is full.
#[derive(Debug)]
pub(crate) struct Full;

impl core::fmt::Display for Full {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("buffer too small")
    }
}

impl core::error::Error for Full {}

impl minicbor::encode::Write for &mut Writer<'_> {
    type Error = Full;

    fn write_all(&mut self, bytes: &[u8]) -> Result<(), Full> {
        self.reserve(bytes.len())
            .map_err(|_| Full)?
            .copy_from_slice(bytes);
        Ok(())
    }
}

/// The shortest head of a byte string of `len` bytes (RFC 8949 section 4.2.1).
pub(crate) fn bytes_head(len: usize, scratch: &mut [u8; HEAD_LEN]) -> &[u8] {
    let wide = (len as u64).to_be_bytes();
    let tail: usize = match len {
        0..24 => {
            scratch[0] = 0x40 | wide[7];
            return &scratch[..1];
        }
        24..0x100 => 1,
        0x100..0x1_0000 => 2,
        0x1_0000..=0xffff_ffff => 4,
        _ => 8,
    };
    scratch[0] = 0x58 + tail.ilog2() as u8;
    scratch[1..=tail].copy_from_slice(&wide[8 - tail..]);
    &scratch[..=tail]
}

/// Maps minicbor's reasons to ours.
pub(crate) fn error(error: minicbor::decode::Error) -> Error {
    Error::new(if error.is_end_of_input() {
        ErrorCode::Truncated
    } else {
        ErrorCode::MalformedCbor
    })
}

/// Reads the head of an array that must have `len` elements.
pub(crate) fn array(decoder: &mut Decoder<'_>, len: u64) -> Result<()> {
    if count(decoder.array())? == len {
        Ok(())
    } else {
        Err(ErrorCode::MalformedCbor.into())
    }
}

/// The count of a definite-length array or map.
pub(crate) fn count(head: Result<Option<u64>, minicbor::decode::Error>) -> Result<u64> {
    head.map_err(error)?
        .ok_or(Error::new(ErrorCode::MalformedCbor))
}

/// Accepts nothing behind the value that was read.
pub(crate) fn end(decoder: &Decoder<'_>) -> Result<()> {
    if decoder.position() == decoder.input().len() {
        Ok(())
    } else {
        Err(ErrorCode::TrailingBytes.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_those_of_minicbor() {
        for len in [0, 23, 24, 255, 256, 65_535, 65_536, 1 << 20] {
            let mut expected = [0; HEAD_LEN];
            let mut cursor = minicbor::encode::write::Cursor::new(&mut expected[..]);
            Encoder::new(&mut cursor).bytes_len(len as u64).unwrap();
            let expected_len = cursor.position();
            let mut scratch = [0; HEAD_LEN];
            assert_eq!(bytes_head(len, &mut scratch), &expected[..expected_len]);
        }
    }
}
