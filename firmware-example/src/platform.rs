//! What the application needs from a board. A port implements [`Platform`] and hands over a flash.

use embedded_io::{Read, ReadReady, Write};
use rand_core::TryCryptoRng;

/// Why the processor started.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Start {
    /// Power came on, or somebody asked for a reset.
    Power,
    /// The firmware panicked.
    Panic,
    /// The processor faulted at this address.
    Fault(u32),
    /// The watchdog was not fed; the processor was at this address.
    Watchdog(u32),
}

/// A board.
pub trait Platform {
    /// The byte stream to the host. Reads must not block after `read_ready`; writes may give up.
    type Link: Read + ReadReady + Write;
    /// Where the text log goes.
    type Log: Write;
    /// A cryptographic random source. When it fails, no key is made and nothing is sealed.
    type Rng: TryCryptoRng;

    /// The byte stream to the host.
    fn link(&mut self) -> &mut Self::Link;

    /// The text log.
    fn log(&mut self) -> &mut Self::Log;

    /// The random source.
    fn rng(&mut self) -> &mut Self::Rng;

    /// Milliseconds since boot. Never falls.
    fn now_ms(&mut self) -> u64;

    /// Tells the watchdog that the main loop is alive.
    fn feed_watchdog(&mut self);

    /// Sleeps until something may have happened, for some milliseconds at most.
    fn idle(&mut self);

    /// Why the processor started.
    fn start(&self) -> Start;

    /// The most stack that was ever in use, in bytes, where the board can tell.
    fn stack_peak(&self) -> Option<u32>;
}
