//! The CMSDK watchdog (Arm DDI 0479): first an NMI, which notes where the processor is stuck, and
//! when nobody feeds it then either, a reset.

use core::ptr::write_volatile;

use super::CLOCK_HZ;

const BASE: usize = 0x4000_8000;

// Registers: byte offsets from the base address.
const LOAD: usize = 0x000;
const CTRL: usize = 0x008;
const INTCLR: usize = 0x00c;
const LOCK: usize = 0xc00;

const CTRL_INTERRUPT_AND_RESET: u32 = 0b11;
const UNLOCK: u32 = 0x1acc_e551;

/// Seconds to the NMI, and again to the reset. Sealing to eight recipients takes 3 s on a 64 MHz
/// Cortex-M4, and QEMU may share its host with others.
const TIMEOUT_S: u32 = 10;

/// The running watchdog; there is no way to stop it.
#[derive(Debug)]
pub struct Watchdog(());

impl Watchdog {
    /// Starts the watchdog and locks its registers.
    pub fn start() -> Self {
        let mut watchdog = Self(());
        watchdog.write(LOCK, UNLOCK);
        watchdog.write(LOAD, CLOCK_HZ * TIMEOUT_S);
        watchdog.write(CTRL, CTRL_INTERRUPT_AND_RESET);
        watchdog.write(LOCK, 0);
        watchdog
    }

    /// Starts the time again.
    pub fn feed(&mut self) {
        self.write(LOCK, UNLOCK);
        // Any write reloads the counter and clears a first expiry.
        self.write(INTCLR, 1);
        self.write(LOCK, 0);
    }

    fn write(&mut self, register: usize, value: u32) {
        // SAFETY: the watchdog of this board; all registers used are words inside its 4 KiB, and
        // none of them touches memory.
        unsafe { write_volatile((BASE + register) as *mut u32, value) }
    }
}
