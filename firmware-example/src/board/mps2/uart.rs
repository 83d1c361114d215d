//! The CMSDK APB UART (Arm DDI 0479), polled, behind the traits of `embedded-io`.

use core::ptr::{read_volatile, write_volatile};

use embedded_io::{Error, ErrorKind, ErrorType, Read, ReadReady, Write};

use super::CLOCK_HZ;

/// The link to the host.
pub const UART0: usize = 0x4000_4000;
/// The text log.
pub const UART1: usize = 0x4000_5000;

const BAUD: u32 = 115_200;

// Registers: byte offsets from the base address.
const DATA: usize = 0x00;
const STATE: usize = 0x04;
const CTRL: usize = 0x08;
const BAUDDIV: usize = 0x10;

const STATE_TX_FULL: u32 = 1 << 0;
const STATE_RX_FULL: u32 = 1 << 1;
const CTRL_TX_RX_ENABLE: u32 = 0b11;

/// How often a full transmitter is looked at before it counts as stuck: some 100 ms, far more than
/// a byte takes and far less than the watchdog allows.
const PATIENCE: u32 = 1_000_000;

/// One UART.
#[derive(Debug)]
pub struct Uart {
    base: usize,
    /// The last byte was not taken in time: do not wait again until the transmitter moves.
    stuck: bool,
}

/// The other side takes no bytes.
#[derive(Debug)]
pub struct Stuck;

impl Uart {
    /// Switches a UART on. `base` is [`UART0`] or [`UART1`].
    pub fn new(base: usize) -> Self {
        let mut uart = Self { base, stuck: false };
        uart.set(BAUDDIV, CLOCK_HZ / BAUD);
        uart.set(CTRL, CTRL_TX_RX_ENABLE);
        uart
    }

    fn get(&self, register: usize) -> u32 {
        // SAFETY: `base` is one of the two UARTs of this board (private field, two constants), and
        // all registers used are words inside its 4 KiB. Reading them is free of memory effects.
        unsafe { read_volatile((self.base + register) as *const u32) }
    }

    fn set(&mut self, register: usize, value: u32) {
        // SAFETY: as for `get`; the UART has no DMA, so no write to it touches memory.
        unsafe { write_volatile((self.base + register) as *mut u32, value) }
    }

    fn put(&mut self, byte: u8) -> Result<(), Stuck> {
        let patience = if self.stuck { 1 } else { PATIENCE };
        for _ in 0..patience {
            if self.get(STATE) & STATE_TX_FULL == 0 {
                self.stuck = false;
                self.set(DATA, byte.into());
                return Ok(());
            }
        }
        self.stuck = true;
        Err(Stuck)
    }
}

impl core::fmt::Display for Stuck {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("the other side takes no bytes")
    }
}

impl core::error::Error for Stuck {}

impl Error for Stuck {
    fn kind(&self) -> ErrorKind {
        ErrorKind::TimedOut
    }
}

impl ErrorType for Uart {
    type Error = Stuck;
}

impl ReadReady for Uart {
    fn read_ready(&mut self) -> Result<bool, Stuck> {
        Ok(self.get(STATE) & STATE_RX_FULL != 0)
    }
}

impl Read for Uart {
    fn read(&mut self, out: &mut [u8]) -> Result<usize, Stuck> {
        let Some(first) = out.first_mut() else {
            return Ok(0);
        };
        while !self.read_ready()? {}
        // Eight data bits; the rest of the register is zero.
        *first = self.get(DATA) as u8;
        Ok(1)
    }
}

impl Write for Uart {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Stuck> {
        for (written, byte) in bytes.iter().enumerate() {
            if let Err(stuck) = self.put(*byte) {
                return if written == 0 {
                    Err(stuck)
                } else {
                    Ok(written)
                };
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), Stuck> {
        // The transmitter empties itself; nothing here waits for the last byte on the wire.
        Ok(())
    }
}
