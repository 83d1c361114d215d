//! What the binaries for tests and measurements share: the host's files and console by semihosting,
//! a way out, the count of instructions and the depth of the stack. For QEMU only.

#![allow(dead_code, reason = "each binary uses a part")]

use core::arch::asm;
use core::hint::black_box;
use core::panic::PanicInfo;
use core::ptr::{addr_of, with_exposed_provenance_mut};

use cortex_m::peripheral::SYST;
use cortex_m::peripheral::syst::SystClkSource;
use cortex_m_rt::{ExceptionFrame, exception};

// Semihosting operations (Arm IHI 0100, version 2.0).
const SYS_OPEN: u32 = 0x01;
const SYS_WRITE: u32 = 0x05;
const SYS_READ: u32 = 0x06;
const SYS_EXIT_EXTENDED: u32 = 0x20;
const APPLICATION_EXIT: u32 = 0x20026;

/// A file of the host, in QEMU's working directory.
#[derive(Clone, Copy, Debug)]
pub struct File(u32);

impl File {
    /// Opens a file that is there. `name` ends with a zero.
    pub fn open(name: &'static [u8]) -> Self {
        Self::with_mode(name, 1)
    }

    /// Makes a file. `name` ends with a zero.
    pub fn create(name: &'static [u8]) -> Self {
        Self::with_mode(name, 5)
    }

    fn with_mode(name: &'static [u8], mode: u32) -> Self {
        assert!(name.ends_with(&[0]));
        let arguments = [name.as_ptr() as u32, mode, name.len() as u32 - 1];
        // SAFETY: the arguments of SYS_OPEN; the host only reads the name.
        let handle = unsafe { semihosting(SYS_OPEN, arguments.as_ptr() as u32) };
        assert!(handle != u32::MAX);
        Self(handle)
    }

    /// Fills `out`; `false` when the file ends before.
    pub fn read(self, out: &mut [u8]) -> bool {
        let arguments = [self.0, out.as_mut_ptr() as u32, out.len() as u32];
        // SAFETY: the arguments of SYS_READ; the host writes at most `out.len()` bytes into `out`.
        unsafe { semihosting(SYS_READ, arguments.as_ptr() as u32) == 0 }
    }

    /// Appends bytes.
    pub fn write(self, bytes: &[u8]) {
        let arguments = [self.0, bytes.as_ptr() as u32, bytes.len() as u32];
        // SAFETY: the arguments of SYS_WRITE; the host only reads the bytes.
        let missing = unsafe { semihosting(SYS_WRITE, arguments.as_ptr() as u32) };
        assert!(missing == 0);
    }
}

/// Ends QEMU with an exit status.
pub fn exit(status: u32) -> ! {
    let arguments = [APPLICATION_EXIT, status];
    loop {
        // SAFETY: the arguments of SYS_EXIT_EXTENDED.
        unsafe { semihosting(SYS_EXIT_EXTENDED, arguments.as_ptr() as u32) };
    }
}

/// Calls the host.
///
/// # Safety
/// The operation must be one that takes this argument, and every pointer in it must be valid for what
/// the host does with it.
unsafe fn semihosting(operation: u32, argument: u32) -> u32 {
    let result;
    // SAFETY: BKPT 0xAB is the semihosting call of M-profile processors; it returns in r0 and may
    // read and write memory through the argument, which is why no memory clobber is ruled out.
    unsafe {
        asm!(
            "bkpt #0xab",
            inlateout("r0") operation => result,
            in("r1") argument,
            options(nostack),
        );
    }
    result
}

/// With `-icount shift=0` QEMU runs an instruction a nanosecond, and SysTick ticks at 25 MHz.
const INSTRUCTIONS_PER_TICK: u32 = 40;
const LARGEST_RELOAD: u32 = 0x00ff_ffff;

/// Instructions and bytes of stack.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// Instructions, to 40.
    pub instructions: u32,
    /// The most stack in use at a time.
    pub stack: u32,
}

/// Measures what is asked of it.
pub struct Meter(SYST);

impl Meter {
    /// Starts the counter.
    pub fn new(mut systick: SYST) -> Self {
        systick.set_clock_source(SystClkSource::Core);
        systick.set_reload(LARGEST_RELOAD);
        systick.clear_current();
        systick.enable_counter();
        Self(systick)
    }

    /// Runs an operation, at most 600 million instructions long.
    #[inline(never)]
    pub fn measure<T>(&mut self, operation: fn(&mut T), state: &mut T) -> Cost {
        let top = stack_pointer();
        paint(top);
        let begin = SYST::get_current();
        black_box(operation)(black_box(state));
        let end = SYST::get_current();
        let ticks = begin.wrapping_sub(end) & LARGEST_RELOAD;
        Cost {
            instructions: ticks * INSTRUCTIONS_PER_TICK,
            stack: top - deepest(),
        }
    }
}

const PAINT: u32 = 0xcccc_cccc;
/// What `paint` itself may use below the place that it was told.
const MARGIN: u32 = 64;

unsafe extern "C" {
    static _stack_end: u32;
}

fn stack_pointer() -> u32 {
    cortex_m::register::msp::read()
}

/// Paints the stack that nobody uses yet.
#[inline(never)]
fn paint(top: u32) {
    let mut at = addr_of!(_stack_end) as u32;
    while at < top - MARGIN {
        // SAFETY: a word between the end of the stack, which is the lowest of RAM, and the part of
        // it that is in use.
        unsafe { with_exposed_provenance_mut::<u32>(at as usize).write_volatile(PAINT) };
        at += 4;
    }
}

/// The lowest address of the stack that is not painted any more.
#[inline(never)]
fn deepest() -> u32 {
    let mut at = addr_of!(_stack_end) as u32;
    // SAFETY: words of the stack, from its end upwards; it ends at the latest in the part in use.
    while unsafe { with_exposed_provenance_mut::<u32>(at as usize).read_volatile() } == PAINT {
        at += 4;
    }
    at
}

/// No interrupt is used; the runtime wants the table of the device.
#[unsafe(link_section = ".vector_table.interrupts")]
#[unsafe(no_mangle)]
static __INTERRUPTS: [u32; 1] = [0];

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    exit(101)
}

#[exception]
unsafe fn HardFault(_: &ExceptionFrame) -> ! {
    exit(102)
}
