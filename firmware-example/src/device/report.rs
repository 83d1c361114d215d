//! Log lines that need more than one piece.

use batterypass::Error;
use embedded_io::Write;

use crate::platform::{Platform, Start};
use crate::text::{self, Part};

/// Writes what could not be done, and the SDK's code for why.
pub fn error<W: Write>(log: &mut W, what: &str, error: &Error) {
    text::line(
        log,
        &[
            Part::Text(what),
            Part::Text(": "),
            Part::Text(error.code().as_str()),
        ],
    );
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
