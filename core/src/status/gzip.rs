//! The gzip container (RFC 1952) around miniz_oxide's DEFLATE: one member, bounded output.

use crc::{CRC_32_ISO_HDLC, Crc};
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

use crate::error::{Error, ErrorCode, Result};
use crate::prelude::*;

const CRC: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);
/// The magic number and the one compression method, DEFLATE.
const MAGIC: [u8; 3] = [0x1f, 0x8b, 8];
/// No flags, no time, no extra flags, operating system unknown: equal lists give equal bytes.
const HEADER: [u8; 10] = [MAGIC[0], MAGIC[1], MAGIC[2], 0, 0, 0, 0, 0, 0, 255];
const TRAILER_LEN: usize = 8;
const COMPRESSION_LEVEL: u8 = 6;
/// What the output starts with: a list of the smallest size, and the byte that tells that it ended.
const FIRST_LEN: usize = (16 << 10) + 1;

// Flags of RFC 1952 section 2.3.1. FTEXT (1) means nothing to a reader.
const FHCRC: u8 = 2;
const FEXTRA: u8 = 4;
const FNAME: u8 = 8;
const FCOMMENT: u8 = 16;
const RESERVED: u8 = 0xe0;

/// Compresses, always to the same bytes.
pub(super) fn compress(bytes: &[u8]) -> Vec<u8> {
    let mut out = HEADER.to_vec();
    out.extend(compress_to_vec(bytes, COMPRESSION_LEVEL));
    out.extend(CRC.checksum(bytes).to_le_bytes());
    // The length modulo 2^32, RFC 1952 section 2.3.1.
    out.extend((bytes.len() as u64 as u32).to_le_bytes());
    out
}

/// Expands one member to at most `limit` bytes.
///
/// # Errors
/// `truncated`; `malformed_status_list`; `status_list_too_large` when there is more than `limit`;
/// `status_list_checksum`; `trailing_bytes`, also for a second member.
pub(super) fn expand(gzip: &[u8], limit: usize) -> Result<Vec<u8>> {
    let body = skip_header(gzip)?;
    let (bytes, consumed) = inflate(body, limit)?;
    let rest = body.get(consumed..).unwrap_or_default();
    let Some((trailer, rest)) = rest.split_first_chunk::<TRAILER_LEN>() else {
        return Err(ErrorCode::Truncated.into());
    };
    let [c0, c1, c2, c3, length @ ..] = *trailer;
    if u32::from_le_bytes([c0, c1, c2, c3]) != CRC.checksum(&bytes)
        || u32::from_le_bytes(length) != bytes.len() as u64 as u32
    {
        return Err(ErrorCode::StatusListChecksum.into());
    }
    if !rest.is_empty() {
        let detail = format!("{} bytes after the first member", rest.len());
        return Err(Error::new(ErrorCode::TrailingBytes).because(detail));
    }
    Ok(bytes)
}

/// Returns what follows the header, RFC 1952 section 2.3.
fn skip_header(gzip: &[u8]) -> Result<&[u8]> {
    let truncated = || Error::new(ErrorCode::Truncated);
    let malformed = |detail: &str| Error::new(ErrorCode::MalformedStatusList).because(detail);
    let (header, mut rest) = gzip
        .split_first_chunk::<{ HEADER.len() }>()
        .ok_or_else(truncated)?;
    let [magic @ .., flags, _, _, _, _, _, _] = *header;
    if magic != MAGIC {
        return Err(malformed("expected gzip with DEFLATE"));
    }
    if flags & RESERVED != 0 {
        return Err(malformed("a reserved flag is set"));
    }
    if flags & FEXTRA != 0 {
        let (length, after) = rest.split_first_chunk::<2>().ok_or_else(truncated)?;
        let length = usize::from(u16::from_le_bytes(*length));
        rest = after.get(length..).ok_or_else(truncated)?;
    }
    for flag in [FNAME, FCOMMENT] {
        if flags & flag != 0 {
            let end = rest.iter().position(|byte| *byte == 0);
            rest = end
                .and_then(|end| rest.get(end + 1..))
                .ok_or_else(truncated)?;
        }
    }
    if flags & FHCRC != 0 {
        let (stored, after) = rest.split_first_chunk::<2>().ok_or_else(truncated)?;
        let header = gzip.get(..gzip.len() - rest.len()).unwrap_or_default();
        let [low, high, ..] = CRC.checksum(header).to_le_bytes();
        if *stored != [low, high] {
            return Err(ErrorCode::StatusListChecksum.into());
        }
        rest = after;
    }
    Ok(rest)
}

/// Expands DEFLATE data that may have something behind it. Returns how much was read as well.
///
/// The output grows as it fills, so that a short input cannot ask for much memory.
fn inflate(body: &[u8], limit: usize) -> Result<(Vec<u8>, usize)> {
    // One byte more than may come, so that reaching it shows that there is too much.
    let limit = limit.saturating_add(1);
    let mut state = Box::<DecompressorOxide>::default();
    let mut out = vec![0; FIRST_LEN.min(limit)];
    let (mut read, mut written) = (0, 0);
    loop {
        let input = body.get(read..).unwrap_or_default();
        let flags = TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
        let (status, more_read, more_written) =
            decompress(&mut state, input, &mut out, written, flags);
        read += more_read;
        written += more_written;
        if written >= limit {
            return Err(ErrorCode::StatusListTooLarge.into());
        }
        match status {
            TINFLStatus::Done => {
                out.truncate(written);
                return Ok((out, read));
            }
            TINFLStatus::HasMoreOutput if out.len() < limit => {
                let length = out.len().saturating_mul(2).min(limit);
                out.resize(length, 0);
            }
            TINFLStatus::FailedCannotMakeProgress | TINFLStatus::NeedsMoreInput => {
                return Err(ErrorCode::Truncated.into());
            }
            _ => {
                let detail = "the DEFLATE data is damaged";
                return Err(Error::new(ErrorCode::MalformedStatusList).because(detail));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: usize = 1 << 16;

    fn refusal(gzip: &[u8]) -> ErrorCode {
        expand(gzip, LIMIT).expect_err("is refused").code()
    }

    #[test]
    fn the_limit_is_exact() {
        for length in [0, 1, FIRST_LEN - 1, FIRST_LEN, LIMIT - 1, LIMIT] {
            let bytes = vec![1; length];
            assert_eq!(expand(&compress(&bytes), LIMIT), Ok(bytes));
        }
        assert_eq!(
            refusal(&compress(&vec![1; LIMIT + 1])),
            ErrorCode::StatusListTooLarge
        );
    }

    #[test]
    fn a_bomb_costs_no_more_than_the_limit() {
        let bomb = compress(&vec![0; 64 << 20]);
        assert!(bomb.len() < 80 << 10, "{}", bomb.len());
        assert_eq!(refusal(&bomb), ErrorCode::StatusListTooLarge);
        // A trailer that lies about the length changes nothing.
        let mut bomb = bomb;
        let end = bomb.len() - 4;
        bomb[end..].copy_from_slice(&100_u32.to_le_bytes());
        assert_eq!(refusal(&bomb), ErrorCode::StatusListTooLarge);
    }

    #[test]
    fn optional_header_fields_are_skipped() {
        let plain = compress(b"bits");
        let mut header = HEADER.to_vec();
        header[3] = FEXTRA | FNAME | FCOMMENT | FHCRC | 1;
        header.extend([3, 0, 1, 2, 3]);
        header.extend(b"name\0a comment\0");
        let crc = CRC.checksum(&header).to_le_bytes();
        let mut whole = [&header[..], &crc[..2], &plain[HEADER.len()..]].concat();
        assert_eq!(expand(&whole, LIMIT).expect("expands"), b"bits");
        for end in 0..whole.len() {
            assert_eq!(refusal(&whole[..end]), ErrorCode::Truncated, "{end}");
        }
        whole[12] ^= 1;
        assert_eq!(refusal(&whole), ErrorCode::StatusListChecksum);
    }

    #[test]
    fn what_is_not_one_intact_member_is_refused() {
        let good = compress(b"bits");
        let changed = |at: usize, bit: u8| {
            let mut bytes = good.clone();
            bytes[at] ^= bit;
            refusal(&bytes)
        };
        let end = good.len();
        for (at, bit, code) in [
            (0, 1, ErrorCode::MalformedStatusList),
            (2, 1, ErrorCode::MalformedStatusList),
            (3, 0x20, ErrorCode::MalformedStatusList),
            // The block type becomes the reserved one.
            (HEADER.len(), 4, ErrorCode::MalformedStatusList),
            (end - 8, 1, ErrorCode::StatusListChecksum),
            (end - 4, 1, ErrorCode::StatusListChecksum),
            (end - 1, 1, ErrorCode::StatusListChecksum),
        ] {
            assert_eq!(changed(at, bit), code, "byte {at}");
        }
        assert_eq!(
            refusal(&[&good[..], b"x"].concat()),
            ErrorCode::TrailingBytes
        );
        assert_eq!(
            refusal(&[&good[..], &good].concat()),
            ErrorCode::TrailingBytes
        );
        assert_eq!(refusal(b""), ErrorCode::Truncated);
    }
}
