//! What went wrong, across the reset that follows; and how deep the stack has been.

use core::arch::naked_asm;
use core::mem::MaybeUninit;
use core::panic::PanicInfo;
use core::ptr::{addr_of, addr_of_mut};

use bms::platform::Start;
use cortex_m::peripheral::SCB;
use cortex_m_rt::{ExceptionFrame, exception};

/// Marks a note that was written by this firmware, not by chance at power-on.
const MAGIC: u32 = 0x6261_7474;

const PANIC: u32 = 1;
const FAULT: u32 = 2;
const WATCHDOG: u32 = 3;

/// The note: magic, cause, address, and the complement of their sum.
type Note = [u32; 4];

/// Neither set at start nor cleared by a reset.
#[unsafe(link_section = ".uninit.note")]
static mut NOTE: MaybeUninit<Note> = MaybeUninit::uninit();

/// Reads the note of the last run and clears it.
pub fn take_last() -> Start {
    let note = addr_of_mut!(NOTE).cast::<Note>();
    // SAFETY: `note` points to memory of the right size and alignment that only this module uses;
    // any bits are a valid `Note`, RAM keeps whatever it holds, and the only other users are
    // exception handlers that never return here. Volatile, as the reset is invisible to the compiler.
    let [magic, cause, address, check] = unsafe { note.read_volatile() };
    // SAFETY: as above.
    unsafe { note.write_volatile([0; 4]) };
    if magic != MAGIC || check != checksum(cause, address) {
        return Start::Power;
    }
    match cause {
        PANIC => Start::Panic,
        FAULT => Start::Fault(address),
        _ => Start::Watchdog(address),
    }
}

fn leave(cause: u32, address: u32) {
    let note = addr_of_mut!(NOTE).cast::<Note>();
    // SAFETY: as in `take_last`; whoever calls this ends in a reset, so no write is interleaved with
    // another that matters.
    unsafe { note.write_volatile([MAGIC, cause, address, checksum(cause, address)]) };
}

const fn checksum(cause: u32, address: u32) -> u32 {
    !MAGIC.wrapping_add(cause).wrapping_add(address)
}

/// The most stack that was ever in use, in bytes. The runtime paints the whole stack at start; what
/// is not painted any more has been used.
pub fn stack_peak() -> u32 {
    unsafe extern "C" {
        static _stack_start: u32;
        static _stack_end: u32;
    }
    let (mut lowest, top) = (addr_of!(_stack_end), addr_of!(_stack_start));
    // SAFETY: the words between the two symbols of the linker script are the stack's memory, aligned
    // and readable; a volatile read of a word in use by others is harmless.
    while lowest < top && unsafe { lowest.read_volatile() } == cortex_m_rt::STACK_PAINT_VALUE {
        lowest = lowest.wrapping_add(1);
    }
    top as u32 - lowest as u32
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    // The place of a panic is not noted: its file names would be kilobytes of flash.
    leave(PANIC, 0);
    SCB::sys_reset();
}

#[exception]
unsafe fn HardFault(frame: &ExceptionFrame) -> ! {
    leave(FAULT, frame.pc());
    SCB::sys_reset();
}

/// The watchdog's first expiry. Hands on the place of the interrupted program: the exception frame
/// on top of the stack, which only code without a prologue still finds.
#[unsafe(naked)]
#[unsafe(no_mangle)]
extern "C" fn NonMaskableInt() {
    naked_asm!("mrs r0, msp", "b {stuck}", stuck = sym stuck)
}

/// Notes the place; the reset is left to the second expiry, which comes for sure.
extern "C" fn stuck(frame: &ExceptionFrame) -> ! {
    leave(WATCHDOG, frame.pc());
    loop {
        cortex_m::asm::nop();
    }
}
