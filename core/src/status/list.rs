use core::fmt;

use base64ct::{Base64UrlUnpadded, Encoding};

use super::gzip;
use crate::error::{Error, ErrorCode, Result};
use crate::prelude::*;

/// The fewest entries of a list: a crowd to hide in, Bitstring Status List 1.0 section 3.2.
pub const MIN_ENTRIES: usize = 131_072;
/// The most bits of an entry.
pub const MAX_SIZE: u8 = 8;
/// The most bytes of a list, expanded: 16,777,216 entries of one bit.
pub const MAX_LIST_LEN: usize = 2 << 20;
/// DEFLATE makes nothing longer by more than a few bytes in 64 KiB.
const MAX_COMPRESSED_LEN: usize = MAX_LIST_LEN + MAX_LIST_LEN / 1024;
/// The multibase prefix of base64url without padding, Controlled Identifiers 1.0 section 2.4.
const MULTIBASE: char = 'u';

/// One small number for each credential of a crowd; 0 means that nothing is to be said.
///
/// Entry 0 is at the left: the highest bit of the first byte. An entry of several bits has its highest
/// bit first (Bitstring Status List 1.0 section 2.2).
///
/// ```
/// use batterypass::status::{MIN_ENTRIES, StatusList};
///
/// let mut list = StatusList::new(MIN_ENTRIES, 1)?;
/// list.set(94_567, 1)?;
/// let text = list.encode();
/// assert_eq!(StatusList::decode(&text, 1)?.get(94_567)?, 1);
/// # Ok::<(), batterypass::Error>(())
/// ```
#[derive(Clone, Eq, PartialEq)]
pub struct StatusList {
    bits: Vec<u8>,
    size: u8,
}

impl StatusList {
    /// Makes a list of at least `entries` entries of `size` bits, all 0. What is left of the last byte is
    /// entries as well.
    ///
    /// # Errors
    /// `invalid_argument` for a size that is not 1 to 8; `status_list_too_short` below [`MIN_ENTRIES`];
    /// `status_list_too_large` beyond [`MAX_LIST_LEN`].
    pub fn new(entries: usize, size: u8) -> Result<Self> {
        check_size(size)?;
        if entries < MIN_ENTRIES {
            return Err(too_short(entries));
        }
        let length = entries
            .checked_mul(usize::from(size))
            .map(|bits| bits.div_ceil(8))
            .filter(|length| *length <= MAX_LIST_LEN)
            .ok_or_else(|| Error::new(ErrorCode::StatusListTooLarge))?;
        Ok(Self {
            bits: vec![0; length],
            size,
        })
    }

    /// Reads an `encodedList` whose entries have `size` bits.
    ///
    /// # Errors
    /// `invalid_argument` for a size that is not 1 to 8; `malformed_base64` for anything but multibase
    /// base64url without padding; `truncated`, `trailing_bytes` (also for a second gzip member),
    /// `malformed_status_list` and `status_list_checksum` for anything but gzip; `status_list_too_short`
    /// below [`MIN_ENTRIES`]; `status_list_too_large` beyond [`MAX_LIST_LEN`], however well compressed.
    pub fn decode(encoded: &str, size: u8) -> Result<Self> {
        check_size(size)?;
        let list = Self {
            bits: expand(encoded)?,
            size,
        };
        if list.len() < MIN_ENTRIES {
            return Err(too_short(list.len()));
        }
        Ok(list)
    }

    /// Returns the list as the `encodedList` of a list credential: multibase base64url of gzip. Equal
    /// lists give equal texts.
    pub fn encode(&self) -> String {
        let mut text = String::from(MULTIBASE);
        text.push_str(&Base64UrlUnpadded::encode_string(&gzip::compress(
            &self.bits,
        )));
        text
    }

    /// Returns the number of entries.
    #[expect(clippy::len_without_is_empty, reason = "no list is empty")]
    pub fn len(&self) -> usize {
        entries(&self.bits, self.size)
    }

    /// Returns the bits of an entry.
    pub const fn size(&self) -> u8 {
        self.size
    }

    /// Reads an entry.
    ///
    /// # Errors
    /// `status_out_of_range` when the list has no such entry.
    pub fn get(&self, index: usize) -> Result<u8> {
        read(&self.bits, index, self.size).ok_or(Error::new(ErrorCode::StatusOutOfRange))
    }

    /// Writes an entry.
    ///
    /// # Errors
    /// `status_out_of_range` when the list has no such entry; `invalid_argument` when the value needs
    /// more bits than an entry has.
    pub fn set(&mut self, index: usize, value: u8) -> Result<()> {
        if index >= self.len() {
            return Err(ErrorCode::StatusOutOfRange.into());
        }
        if u16::from(value) >= 1 << self.size {
            let detail = format!("{value} needs more than {} bits", self.size);
            return Err(Error::new(ErrorCode::InvalidArgument).because(detail));
        }
        let first = index * usize::from(self.size);
        for place in 0..self.size {
            let bit = first + usize::from(place);
            let mask = 0x80 >> (bit % 8);
            if let Some(byte) = self.bits.get_mut(bit / 8) {
                *byte &= !mask;
                if value >> (self.size - 1 - place) & 1 == 1 {
                    *byte |= mask;
                }
            }
        }
        Ok(())
    }
}

impl fmt::Debug for StatusList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StatusList({} entries, size {})", self.len(), self.size)
    }
}

/// Expands an `encodedList`, of whatever entry size, to at most [`MAX_LIST_LEN`].
pub(super) fn expand(encoded: &str) -> Result<Vec<u8>> {
    let digits = encoded.strip_prefix(MULTIBASE).ok_or_else(|| {
        Error::new(ErrorCode::MalformedBase64).because("expected the multibase prefix u")
    })?;
    if digits.len() > MAX_COMPRESSED_LEN.div_ceil(3) * 4 {
        return Err(ErrorCode::StatusListTooLarge.into());
    }
    let gzip = Base64UrlUnpadded::decode_vec(digits)
        .map_err(|_| Error::new(ErrorCode::MalformedBase64))?;
    gzip::expand(&gzip, MAX_LIST_LEN)
}

/// The number of entries in `bits`.
pub(super) const fn entries(bits: &[u8], size: u8) -> usize {
    bits.len() * 8 / size as usize
}

/// Reads an entry of `size` bits, highest bit first.
pub(super) fn read(bits: &[u8], index: usize, size: u8) -> Option<u8> {
    if index >= entries(bits, size) {
        return None;
    }
    let first = index * usize::from(size);
    let (high, low) = (bits.get(first / 8)?, bits.get(first / 8 + 1));
    // An entry spans two bytes at most; where it ends in the last one the next does not matter.
    let window = u16::from_be_bytes([*high, low.copied().unwrap_or_default()]);
    let shifted = window << (first % 8) >> (16 - u16::from(size));
    u8::try_from(shifted).ok()
}

pub(super) fn too_short(entries: usize) -> Error {
    Error::new(ErrorCode::StatusListTooShort).because(format!(
        "{entries} entries, expected at least {MIN_ENTRIES}"
    ))
}

fn check_size(size: u8) -> Result<()> {
    if (1..=MAX_SIZE).contains(&size) {
        return Ok(());
    }
    let detail = format!("an entry has 1 to {MAX_SIZE} bits, not {size}");
    Err(Error::new(ErrorCode::InvalidArgument).because(detail))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Worked out with pencil and paper.
    #[test]
    fn bits_lie_from_the_left() {
        let mut list = StatusList::new(MIN_ENTRIES, 1).expect("a list");
        for index in [0, 9, 15, 131_071] {
            list.set(index, 1).expect("sets");
        }
        assert_eq!(list.bits[..3], [0b1000_0000, 0b0100_0001, 0]);
        assert_eq!(list.bits[16_383], 1);

        // 3 bits each: 101 011 00|0 110 ...
        let mut list = StatusList::new(MIN_ENTRIES, 3).expect("a list");
        for (index, value) in [(0, 0b101), (1, 0b011), (2, 0b111), (3, 0b110)] {
            list.set(index, value).expect("sets");
        }
        list.set(2, 0).expect("sets back");
        assert_eq!(list.bits[..3], [0b1010_1100, 0b0110_0000, 0]);

        // 7 bits: the second entry spans two bytes, the eighth ends one.
        let mut list = StatusList::new(MIN_ENTRIES, 7).expect("a list");
        list.set(1, 0b100_0001).expect("sets");
        list.set(7, 0b111_1110).expect("sets");
        assert_eq!(list.bits[..7], [1, 0b0000_0100, 0, 0, 0, 0, 0b0111_1110]);
        assert_eq!(list.get(1), Ok(0b100_0001));
    }
}
