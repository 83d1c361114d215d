//! Reference BMS firmware: starts the board and runs [`bms::device::Device`] on it.

#![no_std]
#![no_main]

mod board;

use core::mem::MaybeUninit;

use bms::device::{Buffers, Device};
use board::{Board, Flash};
use cortex_m_rt::entry;

type Bms = Device<'static, Board, Flash>;

#[entry]
fn main() -> ! {
    // `entry` turns these into `&'static mut`: what is large is in RAM, not on the stack.
    static mut BUFFERS: Buffers = Buffers::new();
    static mut BMS: MaybeUninit<Bms> = MaybeUninit::uninit();

    if let Some(bms) = build(BMS, BUFFERS)
        && bms.start().is_ok()
    {
        bms.run();
    }
    // The flash cannot be trusted. Standing still is right: guessing a key or a sequence number is
    // not. The watchdog tries again.
    loop {
        cortex_m::asm::wfi();
    }
}

/// A function of its own, so that what it needs of the stack is free again when the device runs.
#[inline(never)]
fn build(
    bms: &'static mut MaybeUninit<Bms>,
    buffers: &'static mut Buffers,
) -> Option<&'static mut Bms> {
    let (board, flash) = Board::take()?;
    Some(bms.write(Device::new(board, flash, buffers)))
}
