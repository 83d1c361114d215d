//! SD-JWT (RFC 9901): the vectors, each side, and that nothing can be changed.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "alloc")]

extern crate alloc;

mod common;
#[path = "common/documents.rs"]
mod documents;

mod sd_jwt {
    mod common;
    mod conceal;
    mod credential;
    mod form;
    mod key_binding;
    mod passport;
    mod present;
    mod rfc9901;
    mod verify;
}
