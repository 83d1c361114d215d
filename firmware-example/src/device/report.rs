//! Log lines that need more than one piece.

use batterypass::{Error, ErrorCode};
use embedded_io::Write;

use crate::platform::{Platform, Start};
use crate::text::{self, Part};

/// The codes that a device can meet, with their texts. Asking any code for its text would bring the
/// texts of all of them into flash, some 3 KB.
const CODES: [(ErrorCode, &str); 9] = [
    named(ErrorCode::BufferTooSmall),
    named(ErrorCode::FrameChecksum),
    named(ErrorCode::MalformedFrame),
    named(ErrorCode::OutOfRange),
    named(ErrorCode::RandomnessFailed),
    named(ErrorCode::TooLarge),
    named(ErrorCode::TrailingBytes),
    named(ErrorCode::Truncated),
    named(ErrorCode::UnsupportedVersion),
];

const fn named(code: ErrorCode) -> (ErrorCode, &'static str) {
    (code, code.as_str())
}

/// Writes what could not be done, and the SDK's code for why.
pub fn error<W: Write>(log: &mut W, what: &str, error: &Error) {
    let known = CODES.iter().find(|(code, _)| *code == error.code());
    let code = known.map_or("another error", |(_, text)| text);
    text::line(log, &[Part::Text(what), Part::Text(": "), Part::Text(code)]);
}

/// Writes why the processor started.
pub fn start<P: Platform>(platform: &mut P) {
    let (why, address) = match platform.start() {
        Start::Power => ("start", None),
        Start::Panic => ("start after a panic", None),
        Start::Fault(address) => ("start after a fault at 0x", Some(address)),
        Start::Watchdog(address) => ("start by the watchdog, stuck at 0x", Some(address)),
    };
    let log = platform.log();
    match address {
        None => text::line(log, &[Part::Text(why)]),
        Some(address) => text::line(log, &[Part::Text(why), Part::Address(address)]),
    }
}
