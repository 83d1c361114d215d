//! Milliseconds since boot, by SysTick.

use core::sync::atomic::{AtomicU32, Ordering};

use cortex_m::peripheral::SYST;
use cortex_m::peripheral::syst::SystClkSource;
use cortex_m_rt::exception;

use super::CLOCK_HZ;

/// Counts milliseconds and wraps after 49 days.
static TICKS: AtomicU32 = AtomicU32::new(0);

/// The clock. It extends the ticks beyond their wrap, which the main loop is sure to see.
#[derive(Debug)]
pub struct Clock {
    wraps: u32,
    last: u32,
}

impl Clock {
    /// Starts the millisecond tick.
    pub fn new(mut systick: SYST) -> Self {
        systick.set_clock_source(SystClkSource::Core);
        systick.set_reload(CLOCK_HZ / 1000 - 1);
        systick.clear_current();
        systick.enable_counter();
        systick.enable_interrupt();
        Self { wraps: 0, last: 0 }
    }

    /// Milliseconds since boot.
    pub fn now_ms(&mut self) -> u64 {
        let ticks = TICKS.load(Ordering::Relaxed);
        if ticks < self.last {
            self.wraps += 1;
        }
        self.last = ticks;
        u64::from(self.wraps) << 32 | u64::from(ticks)
    }
}

#[exception]
fn SysTick() {
    // Only this handler writes, so load and store need not be one step.
    TICKS.store(
        TICKS.load(Ordering::Relaxed).wrapping_add(1),
        Ordering::Relaxed,
    );
}
