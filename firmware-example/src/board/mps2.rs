//! Arm MPS2 with a Cortex-M4F (AN386), as QEMU models it.
//!
//! QEMU's model has neither flash nor a random source, so the flash lives in external RAM that QEMU
//! maps to a host file, and randomness comes from the host. Both are for simulation only.

mod clock;
mod fault;
mod interrupts;
mod random;
mod uart;
mod watchdog;

use core::sync::atomic::AtomicU32;

use bms::nor::Nor;
use bms::platform::{Platform, Start};
use bms::store::FLASH_LEN;

use clock::Clock;
use random::HostRng;
use uart::Uart;
use watchdog::Watchdog;

/// System clock in Hz: timers, watchdog and UARTs all run on it.
const CLOCK_HZ: u32 = 25_000_000;

/// The 16 MB PSRAM, of which QEMU makes a host file.
const PSRAM: *const AtomicU32 = 0x2100_0000 as *const AtomicU32;

/// The flash of this board: a model of a chip in the PSRAM.
pub type Flash = Nor<'static>;

/// The board and its peripherals.
#[derive(Debug)]
pub struct Mps2 {
    link: Uart,
    log: Uart,
    rng: HostRng,
    clock: Clock,
    watchdog: Watchdog,
    start: Start,
}

impl Mps2 {
    /// Takes the board and its flash. Returns nothing the second time.
    pub fn take() -> Option<(Self, Flash)> {
        let core = cortex_m::Peripherals::take()?;
        // SAFETY: the PSRAM is 16 MB of memory that the linker places nothing in, aligned to words,
        // and this is the only place that makes a reference to it (`take` above succeeds once).
        // Every bit pattern is a valid `AtomicU32`.
        let cells = unsafe { core::slice::from_raw_parts(PSRAM, FLASH_LEN as usize / 4) };
        let board = Self {
            link: Uart::new(uart::UART0),
            log: Uart::new(uart::UART1),
            rng: HostRng::new(),
            clock: Clock::new(core.SYST),
            watchdog: Watchdog::start(),
            start: fault::take_last(),
        };
        Some((board, Nor::new(cells)))
    }
}

impl Platform for Mps2 {
    type Link = Uart;
    type Log = Uart;
    type Rng = HostRng;

    fn link(&mut self) -> &mut Uart {
        &mut self.link
    }

    fn log(&mut self) -> &mut Uart {
        &mut self.log
    }

    fn rng(&mut self) -> &mut HostRng {
        &mut self.rng
    }

    fn now_ms(&mut self) -> u64 {
        self.clock.now_ms()
    }

    fn feed_watchdog(&mut self) {
        self.watchdog.feed();
    }

    fn idle(&mut self) {
        // The tick of the clock ends this after a millisecond at the latest.
        cortex_m::asm::wfi();
    }

    fn start(&self) -> Start {
        self.start
    }

    fn stack_peak(&self) -> Option<u32> {
        Some(fault::stack_peak())
    }
}
