//! Chains of trust: each type of credential, each link of a chain, and everything that must break one.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "std")]

mod trust {
    mod chains;
    mod context;
    mod forms;
    mod links;
    mod points_in_time;
    mod rights;
    mod type_refusals;
    mod types;
    mod world;
}
