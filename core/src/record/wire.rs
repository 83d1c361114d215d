//! The bytes of a record.

use super::{MAX_LEN, Record, SCHEMA};
use crate::error::{Error, ErrorCode, Result};

impl Record {
    /// Encodes the record; [`MAX_LEN`] bytes are always enough.
    ///
    /// # Errors
    /// `out_of_range` with the field's path; `buffer_too_small`.
    pub fn encode<'o>(&self, out: &'o mut [u8]) -> Result<&'o [u8]> {
        self.validate()?;
        let (schema, rest) = out
            .split_first_mut()
            .ok_or(Error::new(ErrorCode::BufferTooSmall))?;
        *schema = SCHEMA;
        let len = postcard::to_slice(self, rest)
            .map_err(|_| Error::new(ErrorCode::BufferTooSmall))?
            .len();
        Ok(&out[..=len])
    }

    /// Decodes a record. Each record has exactly one encoding; any other is refused.
    ///
    /// # Errors
    /// `truncated`, `trailing_bytes`, `malformed_record`, `too_large`, `unsupported_version`;
    /// `out_of_range` with the field's path.
    pub fn decode(data: &[u8]) -> Result<Self> {
        let (schema, rest) = data.split_first().ok_or(Error::new(ErrorCode::Truncated))?;
        if *schema != SCHEMA {
            return Err(ErrorCode::UnsupportedVersion.into());
        }
        if data.len() > MAX_LEN {
            return Err(ErrorCode::TooLarge.into());
        }
        let (record, unread) =
            postcard::take_from_bytes::<Self>(rest).map_err(|error| match error {
                postcard::Error::DeserializeUnexpectedEnd => ErrorCode::Truncated,
                _ => ErrorCode::MalformedRecord,
            })?;
        if !unread.is_empty() {
            return Err(ErrorCode::TrailingBytes.into());
        }
        let mut again = [0; MAX_LEN];
        // Varints have longer forms too; a second form of the same record must not pass.
        if record.encode(&mut again)? == data {
            Ok(record)
        } else {
            Err(ErrorCode::MalformedRecord.into())
        }
    }
}
