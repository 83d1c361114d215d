//! The board that this firmware runs on, chosen by feature. A board gives two names: `Board`, a
//! [`bms::platform::Platform`] that `Board::take()` hands out once together with the flash, and
//! `Flash`, the driver of that flash.

#[cfg(feature = "qemu")]
mod mps2;

#[cfg(feature = "qemu")]
pub use mps2::{Flash, Mps2 as Board};
