//! The vector table behind the processor's own exceptions. The drivers are polled, so every entry
//! leads to the runtime's default handler; a table of this device's length saves flash.

/// Interrupts of the AN386.
const INTERRUPTS: usize = 32;

unsafe extern "C" {
    /// From the runtime: stands still, so that the watchdog resets the board.
    fn DefaultHandler();
}

#[unsafe(link_section = ".vector_table.interrupts")]
#[unsafe(no_mangle)]
static __INTERRUPTS: [unsafe extern "C" fn(); INTERRUPTS] = [DefaultHandler; INTERRUPTS];
