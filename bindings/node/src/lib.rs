//! The native half of the npm package `batterypass`: it converts, calls the core, and converts.
//!
//! Documents cross as JSON text, which Node writes and reads faster than an addon could walk
//! objects; keys and passports stay here behind handles. `lib/` has the JavaScript half: classes,
//! defaults and errors as its users see them.

#![cfg_attr(
    test,
    allow(dead_code, reason = "in a test build, napi registers no function")
)]

extern crate alloc;

mod answer;
mod attribute;
mod credential;
mod envelope;
mod error;
mod input;
mod key;
mod link;
mod passport;
mod record;
mod report;
mod sign;
mod sources;
mod trust;
