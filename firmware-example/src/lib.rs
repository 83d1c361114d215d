//! The board-independent part of the reference firmware. See the README of `firmware-example`.
//!
//! Everything here runs on the host as well, and is tested there; `main.rs` adds the board.

#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

pub mod device;
pub mod link;
pub mod nor;
pub mod pack;
pub mod platform;
pub mod provisioning;
pub mod store;
pub mod text;

#[cfg(test)]
mod testing;
