//! DID documents, their keys by purpose and time, and `did:jwk`.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "alloc")]

mod did {
    mod common;
    mod documents;
    mod jwk;
    mod refusals;
}
