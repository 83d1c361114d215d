//! A board in memory: the link and the log are queues, the clock is set by the test, and the random
//! source can be broken.

use std::collections::VecDeque;

use embedded_io::{ErrorKind, ErrorType, Read, ReadReady, Write};
use rand_core::{TryCryptoRng, TryRng};

use crate::platform::{Platform, Start};

/// Both ends of the link in memory.
#[derive(Debug, Default)]
pub struct Pipe {
    pub to_device: VecDeque<u8>,
    pub from_device: Vec<u8>,
    /// The other side takes no bytes.
    pub stuck: bool,
}

impl ErrorType for Pipe {
    type Error = ErrorKind;
}

impl Read for Pipe {
    fn read(&mut self, out: &mut [u8]) -> Result<usize, ErrorKind> {
        Ok(self.to_device.pop_front().map_or(0, |byte| {
            out[0] = byte;
            1
        }))
    }
}

impl ReadReady for Pipe {
    fn read_ready(&mut self) -> Result<bool, ErrorKind> {
        Ok(!self.to_device.is_empty())
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        if self.stuck {
            return Err(ErrorKind::TimedOut);
        }
        self.from_device.extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), ErrorKind> {
        Ok(())
    }
}

/// A source that can fail; its numbers only have to differ.
#[derive(Debug)]
pub struct Numbers {
    pub next: u8,
    pub broken: bool,
}

#[derive(Debug)]
pub struct Broken;

impl core::fmt::Display for Broken {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("broken")
    }
}

impl core::error::Error for Broken {}

impl TryRng for Numbers {
    type Error = Broken;

    fn try_next_u32(&mut self) -> Result<u32, Broken> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Broken> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Broken> {
        // Half filled, as a source that fails in the middle would leave it.
        for byte in out.iter_mut() {
            self.next = self.next.wrapping_mul(5).wrapping_add(113);
            *byte = self.next;
        }
        if self.broken { Err(Broken) } else { Ok(()) }
    }
}

impl TryCryptoRng for Numbers {}

#[derive(Debug)]
pub struct Board {
    pub link: Pipe,
    pub log: Pipe,
    pub rng: Numbers,
    pub now: u64,
}

impl Board {
    pub fn new() -> Self {
        Self {
            link: Pipe::default(),
            log: Pipe::default(),
            rng: Numbers {
                next: 1,
                broken: false,
            },
            now: 0,
        }
    }
}

impl Platform for Board {
    type Link = Pipe;
    type Log = Pipe;
    type Rng = Numbers;

    fn link(&mut self) -> &mut Pipe {
        &mut self.link
    }

    fn log(&mut self) -> &mut Pipe {
        &mut self.log
    }

    fn rng(&mut self) -> &mut Numbers {
        &mut self.rng
    }

    fn now_ms(&mut self) -> u64 {
        self.now
    }

    fn feed_watchdog(&mut self) {}

    fn idle(&mut self) {}

    fn start(&self) -> Start {
        Start::Watchdog(0x1234)
    }

    fn stack_peak(&self) -> Option<u32> {
        Some(6000)
    }
}
