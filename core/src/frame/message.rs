//! The five messages of the device link. Integers are little endian.

use crate::crypto::POINT_LEN;
use crate::envelope::MAX_RECIPIENTS;
use crate::error::{Error, ErrorCode, Result};
use crate::link::is_valid_id;

/// The version of the device link, which [`Message::Hello`] names.
pub const PROTOCOL: u8 = 1;

const HELLO: u8 = 1;
const PROVISION: u8 = 2;
const RECORD: u8 = 3;
const ACK: u8 = 4;
const REJECT: u8 = 5;

/// One message of the device link.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Message<'a> {
    /// Device to host: who I am, and what my next record will be numbered.
    Hello {
        /// Whether the device is provisioned.
        state: State,
        /// The device key, an uncompressed SEC 1 point.
        public_key: &'a [u8; POINT_LEN],
        /// Sequence number of the next record.
        next_sequence: u64,
    },
    /// Host to device: your passport and who shall receive your records. Obeyed once.
    Provision {
        /// Unix time in seconds.
        time_s: u64,
        /// Time between two records in milliseconds.
        period_ms: u32,
        /// The passport's id: 1 to 128 visible ASCII characters.
        passport_id: &'a str,
        /// The recipients' keys.
        recipients: Recipients<'a>,
    },
    /// Device to host: a sealed record.
    Record {
        /// Sequence number of the record, the same as inside.
        sequence: u64,
        /// The envelope: COSE_Encrypt.
        envelope: &'a [u8],
    },
    /// Host to device: the record is on disk.
    Ack {
        /// Sequence number of the record.
        sequence: u64,
        /// Whether it was new.
        status: Status,
        /// Unix time in seconds.
        time_s: u64,
    },
    /// Host to device: the record is not stored.
    Reject {
        /// Sequence number of the record.
        sequence: u64,
        /// What the device shall do.
        code: RejectCode,
    },
}

/// Whether a device is provisioned.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum State {
    /// It waits for [`Message::Provision`].
    Unprovisioned,
    /// It sends records.
    Running,
}

/// What an acknowledgement says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Status {
    /// The record was stored now.
    Stored,
    /// The same record was stored before.
    SeenBefore,
}

/// What a device does with a record that was rejected.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RejectCode {
    /// Drop it and go on: it will never be accepted.
    NotAccepted,
    /// Keep it and send it again later.
    TryLater,
}

/// One to eight keys, each an uncompressed SEC 1 point.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Recipients<'a>(&'a [u8]);

impl<'a> Recipients<'a> {
    /// Takes points that lie behind each other. Whether they are on the curve is not checked here.
    ///
    /// # Errors
    /// `no_recipients`, `too_many_recipients`; `malformed_frame` for a part of a point.
    pub const fn new(points: &'a [u8]) -> Result<Self> {
        if points.is_empty() {
            return Err(Error::new(ErrorCode::NoRecipients));
        }
        if !points.len().is_multiple_of(POINT_LEN) {
            return Err(Error::new(ErrorCode::MalformedFrame));
        }
        if points.len() / POINT_LEN > MAX_RECIPIENTS {
            return Err(Error::new(ErrorCode::TooManyRecipients));
        }
        Ok(Self(points))
    }

    /// The points, for [`PublicKey::from_sec1`](crate::PublicKey::from_sec1).
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &'a [u8]> + use<'a> {
        self.0.chunks_exact(POINT_LEN)
    }

    /// The points behind each other.
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.0
    }
}

impl<'a> Message<'a> {
    /// Hands the bytes of the message to `put`, piece by piece.
    pub(super) fn write(&self, put: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        match *self {
            Self::Hello {
                state,
                public_key,
                next_sequence,
            } => {
                put(&[HELLO, PROTOCOL, u8::from(state == State::Running)])?;
                put(public_key)?;
                put(&next_sequence.to_le_bytes())
            }
            Self::Provision {
                time_s,
                period_ms,
                passport_id,
                recipients,
            } => {
                if !is_valid_id(passport_id) {
                    return Err(ErrorCode::InvalidArgument.into());
                }
                put(&[PROVISION])?;
                put(&time_s.to_le_bytes())?;
                put(&period_ms.to_le_bytes())?;
                // Both counts fit: the limits are 128 bytes and 8 recipients.
                put(&[passport_id.len() as u8])?;
                put(passport_id.as_bytes())?;
                put(&[recipients.iter().len() as u8])?;
                put(recipients.0)
            }
            Self::Record { sequence, envelope } => {
                put(&[RECORD])?;
                put(&sequence.to_le_bytes())?;
                put(envelope)
            }
            Self::Ack {
                sequence,
                status,
                time_s,
            } => {
                put(&[ACK])?;
                put(&sequence.to_le_bytes())?;
                put(&[u8::from(status == Status::SeenBefore)])?;
                put(&time_s.to_le_bytes())
            }
            Self::Reject { sequence, code } => {
                put(&[REJECT])?;
                put(&sequence.to_le_bytes())?;
                put(&[1 + u8::from(code == RejectCode::TryLater)])
            }
        }
    }

    /// Reads a message; nothing may follow it.
    pub(super) fn decode(data: &'a [u8]) -> Result<Self> {
        let mut input = Input(data);
        let message = match input.u8()? {
            HELLO => Self::hello(&mut input)?,
            PROVISION => Self::provision(&mut input)?,
            RECORD => Self::Record {
                sequence: input.u64()?,
                envelope: core::mem::take(&mut input.0),
            },
            ACK => Self::Ack {
                sequence: input.u64()?,
                status: input.choice([(0, Status::Stored), (1, Status::SeenBefore)])?,
                time_s: input.u64()?,
            },
            REJECT => Self::Reject {
                sequence: input.u64()?,
                code: input.choice([(1, RejectCode::NotAccepted), (2, RejectCode::TryLater)])?,
            },
            _ => return Err(ErrorCode::UnsupportedVersion.into()),
        };
        if input.0.is_empty() {
            Ok(message)
        } else {
            Err(ErrorCode::TrailingBytes.into())
        }
    }

    fn hello(input: &mut Input<'a>) -> Result<Self> {
        if input.u8()? != PROTOCOL {
            return Err(ErrorCode::UnsupportedVersion.into());
        }
        Ok(Self::Hello {
            state: input.choice([(0, State::Unprovisioned), (1, State::Running)])?,
            public_key: input.array()?,
            next_sequence: input.u64()?,
        })
    }

    fn provision(input: &mut Input<'a>) -> Result<Self> {
        let (time_s, period_ms) = (input.u64()?, u32::from_le_bytes(*input.array()?));
        let len = input.u8()?;
        let passport_id = core::str::from_utf8(input.take(len.into())?)
            .ok()
            .filter(|id| is_valid_id(id))
            .ok_or(Error::new(ErrorCode::MalformedFrame))?;
        let count = input.u8()?;
        let recipients = Recipients::new(input.take(usize::from(count) * POINT_LEN)?)?;
        Ok(Self::Provision {
            time_s,
            period_ms,
            passport_id,
            recipients,
        })
    }
}

/// The unread rest of a message.
struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn take(&mut self, len: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self
            .0
            .split_at_checked(len)
            .ok_or(Error::new(ErrorCode::Truncated))?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<&'a [u8; N]> {
        let (taken, rest) = self
            .0
            .split_first_chunk()
            .ok_or(Error::new(ErrorCode::Truncated))?;
        self.0 = rest;
        Ok(taken)
    }

    fn u8(&mut self) -> Result<u8> {
        self.array::<1>().map(|bytes| bytes[0])
    }

    fn u64(&mut self) -> Result<u64> {
        self.array().map(|bytes| u64::from_le_bytes(*bytes))
    }

    fn choice<T: Copy>(&mut self, choices: [(u8, T); 2]) -> Result<T> {
        let byte = self.u8()?;
        let chosen = choices.iter().find(|(value, _)| *value == byte);
        chosen
            .map(|(_, choice)| *choice)
            .ok_or(Error::new(ErrorCode::MalformedFrame))
    }
}
