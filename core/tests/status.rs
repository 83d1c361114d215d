//! Bitstring Status List: lists, entries, and what a verifier makes of them.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "std")]

#[path = "status/cache.rs"]
mod cache;
#[path = "status/check.rs"]
mod check;
#[path = "common/mod.rs"]
mod common;
#[path = "status/entries.rs"]
mod entries;
#[path = "status/examples.rs"]
mod examples;
#[path = "status/list.rs"]
mod list;
#[path = "status/source.rs"]
mod source;
#[path = "status/verify.rs"]
mod verify;
