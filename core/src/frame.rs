//! The device link: framed messages over any byte stream (UART, TCP, CAN-TP).
//!
//! A frame is `COBS(message || CRC-32/ISO-HDLC of the message, little endian)` and a closing zero
//! byte. A zero byte occurs nowhere else, so that a receiver finds the next frame after any
//! disturbance. The messages are specified byte by byte in the book (`docs/`, "Device link").

mod message;

pub use message::{Message, PROTOCOL, Recipients, RejectCode, State, Status};

use cobs::CobsEncoder;
use crc::{CRC_32_ISO_HDLC, Crc, NoTable};

use crate::error::{Error, ErrorCode, Result};

/// Bytes of the longest message.
pub const MAX_MESSAGE: usize = 2048;
/// Bytes of the longest frame: message, checksum, COBS overhead and the closing zero.
pub const MAX_FRAME: usize = cobs::max_encoding_length(MAX_MESSAGE + CRC_LEN) + 1;

const CRC_LEN: usize = 4;
/// Without a table: the link is slow and a table would cost 1 KiB of flash.
const CRC: Crc<u32, NoTable> = Crc::<u32, NoTable>::new(&CRC_32_ISO_HDLC);

/// Writes one message as a frame into `out`; [`MAX_FRAME`] bytes are always enough.
///
/// # Errors
/// `too_large` for a message over [`MAX_MESSAGE`] bytes; `invalid_argument` for a message that its
/// receiver would refuse; `buffer_too_small`.
pub fn encode<'o>(message: &Message<'_>, out: &'o mut [u8]) -> Result<&'o [u8]> {
    let small = Error::new(ErrorCode::BufferTooSmall);
    let room = out.len().checked_sub(1).ok_or(small.clone())?;
    let mut encoder = CobsEncoder::new(&mut out[..room]);
    let mut digest = CRC.digest();
    let mut len = 0;
    message.write(&mut |bytes| {
        digest.update(bytes);
        len += bytes.len();
        encoder
            .push(bytes)
            .map_err(|_| ErrorCode::BufferTooSmall.into())
    })?;
    if len > MAX_MESSAGE {
        return Err(ErrorCode::TooLarge.into());
    }
    encoder
        .push(&digest.finalize().to_le_bytes())
        .map_err(|_| small)?;
    let len = encoder.finalize();
    out[len] = 0;
    Ok(&out[..=len])
}

/// Finds frames in a byte stream and decodes their messages. `N` is the longest frame that it takes,
/// without the closing zero.
#[derive(Clone, Debug)]
pub struct Decoder<const N: usize = MAX_FRAME> {
    buffer: heapless::Vec<u8, N>,
    overflow: bool,
    done: bool,
}

impl<const N: usize> Default for Decoder<N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const N: usize> Decoder<N> {
    /// Makes a decoder that waits for the first byte of a frame.
    pub const fn new() -> Self {
        Self {
            buffer: heapless::Vec::new(),
            overflow: false,
            done: false,
        }
    }

    /// Takes the next byte of the stream; returns a message, or why there is none, at a frame's end.
    ///
    /// After an error the decoder goes on with the next frame. Empty frames are skipped, so that a
    /// sender may begin with a zero byte to close what a disturbance left open.
    ///
    /// The errors are `malformed_frame`, `frame_checksum`, `too_large`, and for messages
    /// `truncated`, `trailing_bytes`, `malformed_frame` and `unsupported_version` (a message of a
    /// later protocol: to be ignored).
    pub fn push(&mut self, byte: u8) -> Option<Result<Message<'_>>> {
        if core::mem::take(&mut self.done) {
            self.buffer.clear();
        }
        if byte != 0 {
            self.overflow |= self.buffer.push(byte).is_err();
            return None;
        }
        self.done = true;
        if core::mem::take(&mut self.overflow) {
            return Some(Err(ErrorCode::TooLarge.into()));
        }
        if self.buffer.is_empty() {
            return None;
        }
        Some(open(&mut self.buffer).and_then(Message::decode))
    }
}

/// Undoes COBS in place and checks the CRC.
fn open(frame: &mut [u8]) -> Result<&[u8]> {
    let len = cobs::decode_in_place(frame).map_err(|_| Error::new(ErrorCode::MalformedFrame))?;
    let (message, sum) = frame[..len]
        .split_last_chunk::<CRC_LEN>()
        .ok_or(Error::new(ErrorCode::MalformedFrame))?;
    if CRC.checksum(message) == u32::from_le_bytes(*sum) {
        Ok(message)
    } else {
        Err(ErrorCode::FrameChecksum.into())
    }
}

/// Writes one message to a stream and flushes it. `scratch` holds the frame on the way.
///
/// # Errors
/// Those of [`encode`]; `link_broken` when the stream fails.
pub fn write<W: embedded_io::Write>(
    stream: &mut W,
    message: &Message<'_>,
    scratch: &mut [u8],
) -> Result<()> {
    let frame = encode(message, scratch)?;
    let broken = |_| Error::new(ErrorCode::LinkBroken);
    stream.write_all(frame).map_err(broken)?;
    stream.flush().map_err(broken)
}

/// Reads from a stream until a frame ends, and returns its message.
///
/// # Errors
/// Those of [`Decoder::push`]; `link_broken` when the stream fails or ends.
pub fn read<'d, R: embedded_io::Read, const N: usize>(
    stream: &mut R,
    decoder: &'d mut Decoder<N>,
) -> Result<Message<'d>> {
    let mut byte = [0];
    loop {
        stream
            .read_exact(&mut byte)
            .map_err(|_| Error::new(ErrorCode::LinkBroken))?;
        // A frame ends at a zero byte; the borrow of the message may leave the loop only then.
        if byte == [0] && decoder.holds_frame() {
            break;
        }
        let _ = decoder.push(byte[0]);
    }
    decoder
        .push(0)
        .unwrap_or(Err(Error::new(ErrorCode::MalformedFrame)))
}

impl<const N: usize> Decoder<N> {
    fn holds_frame(&self) -> bool {
        self.overflow || (!self.done && !self.buffer.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prelude::*;

    fn messages() -> [Message<'static>; 5] {
        static POINTS: [u8; 130] = [4; 130];
        let (point, _) = POINTS.split_first_chunk().unwrap();
        [
            Message::Hello {
                state: State::Running,
                public_key: point,
                next_sequence: 256,
            },
            Message::Provision {
                time_s: 1_800_000_000,
                period_ms: 1000,
                passport_id: "urn:example:1",
                recipients: Recipients::new(&POINTS).unwrap(),
            },
            Message::Record {
                sequence: 7,
                envelope: &[0, 0xff, 0, 0],
            },
            Message::Ack {
                sequence: 7,
                status: Status::Stored,
                time_s: 1_800_000_001,
            },
            Message::Reject {
                sequence: 7,
                code: RejectCode::TryLater,
            },
        ]
    }

    #[test]
    fn round_trip_through_a_noisy_stream() {
        let mut out = [0; MAX_FRAME];
        let mut decoder = Decoder::<MAX_FRAME>::new();
        for message in messages() {
            for noise in [&b""[..], b"\0", b"line noise\0", b"\0\0"] {
                for byte in noise {
                    assert!(!matches!(decoder.push(*byte), Some(Ok(_))));
                }
                let frame = encode(&message, &mut out).unwrap();
                let (end, body) = frame.split_last().unwrap();
                assert_eq!(*end, 0);
                assert!(
                    body.iter()
                        .all(|byte| *byte != 0 && decoder.push(*byte).is_none())
                );
                assert_eq!(decoder.push(0).unwrap().unwrap(), message);
            }
        }
    }

    #[test]
    fn every_flipped_bit_is_noticed() {
        let mut out = [0; MAX_FRAME];
        for message in messages() {
            let len = encode(&message, &mut out).unwrap().len();
            for bit in 0..(len - 1) * 8 {
                let mut decoder = Decoder::<MAX_FRAME>::new();
                for (i, byte) in out[..len].iter().enumerate() {
                    let byte = if i == bit / 8 {
                        byte ^ (1 << (bit % 8))
                    } else {
                        *byte
                    };
                    assert!(
                        !matches!(decoder.push(byte), Some(Ok(_))),
                        "{message:?} bit {bit}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_frame_that_is_too_long_is_one_error() {
        let mut decoder = Decoder::<8>::new();
        for _ in 0..100 {
            assert!(decoder.push(1).is_none());
        }
        assert_eq!(
            decoder.push(0).unwrap().unwrap_err().code(),
            ErrorCode::TooLarge
        );
        assert!(decoder.push(0).is_none());
    }

    #[test]
    fn the_bytes_of_an_acknowledgement() {
        let mut out = [0; 32];
        let message = Message::Ack {
            sequence: 0x0102,
            status: Status::SeenBefore,
            time_s: 3,
        };
        let frame = encode(&message, &mut out).unwrap();
        // 04 | 02 01 00 00 00 00 00 00 | 01 | 03 00 00 00 00 00 00 00 | crc, then COBS.
        assert_eq!(frame[..4], [4, 4, 2, 1]);
        assert_eq!(frame.len(), 18 + 4 + 2);
    }

    #[test]
    fn streams() {
        let mut scratch = [0; MAX_FRAME];
        let mut stream = [0_u8; 512];
        let mut rest = &mut stream[..];
        for message in messages() {
            write(&mut rest, &message, &mut scratch).unwrap();
        }
        let mut decoder = Decoder::<MAX_FRAME>::new();
        let mut stream = &stream[..];
        for message in messages() {
            assert_eq!(read(&mut stream, &mut decoder).unwrap(), message);
        }
        let error = write(&mut &mut [0_u8; 3][..], &messages()[4], &mut scratch).unwrap_err();
        assert_eq!(error.code(), ErrorCode::LinkBroken);
        assert_eq!(
            read(&mut &b"\x01"[..], &mut decoder).unwrap_err().code(),
            ErrorCode::LinkBroken
        );
    }
}
