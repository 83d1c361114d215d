//! The PNG container (W3C PNG, third edition) for square black-and-white pictures.

use crc::{CRC_32_ISO_HDLC, Crc};
use miniz_oxide::deflate::compress_to_vec_zlib;

use crate::error::{Error, ErrorCode, Result};
use crate::prelude::*;

const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";
const CRC: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);
const COMPRESSION_LEVEL: u8 = 8;

/// Writes a picture of `side` times `side` pixels, one bit each.
///
/// # Errors
/// `too_large` when a length does not fit PNG's 32 bits.
pub(super) fn encode(side: usize, is_dark: impl Fn(usize, usize) -> bool) -> Result<Vec<u8>> {
    let mut rows = Vec::with_capacity(side * (1 + side.div_ceil(8)));
    for y in 0..side {
        // Filter type 0: the row as it is.
        rows.push(0);
        for left in (0..side).step_by(8) {
            // Leftmost pixel in the highest bit; 1 is white, also for the padding after the last pixel.
            rows.push((left..left + 8).fold(0, |byte, x| {
                byte << 1 | u8::from(x >= side || !is_dark(x, y))
            }));
        }
    }
    let side = u32::try_from(side)
        .map_err(|_| Error::new(ErrorCode::TooLarge))?
        .to_be_bytes();
    // Bit depth 1, greyscale, then the only compression, filter set and no interlace.
    let header = [&side[..], &side[..], &[1, 0, 0, 0, 0]].concat();
    let mut png = SIGNATURE.to_vec();
    push_chunk(&mut png, *b"IHDR", &header)?;
    push_chunk(
        &mut png,
        *b"IDAT",
        &compress_to_vec_zlib(&rows, COMPRESSION_LEVEL),
    )?;
    push_chunk(&mut png, *b"IEND", &[])?;
    Ok(png)
}

fn push_chunk(png: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) -> Result<()> {
    let length = u32::try_from(data.len()).map_err(|_| Error::new(ErrorCode::TooLarge))?;
    png.extend(length.to_be_bytes());
    let start = png.len();
    png.extend(kind);
    png.extend(data);
    let checksum = CRC.checksum(&png[start..]);
    png.extend(checksum.to_be_bytes());
    Ok(())
}
