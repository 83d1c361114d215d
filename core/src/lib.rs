#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

// `no-std-compat` names one prelude for all three levels (core, alloc, std); it is used here and
// nowhere else, so that the modules below read the same whatever the features are.
extern crate no_std_compat as std;

#[cfg(feature = "alloc")]
extern crate alloc;

mod prelude {
    #![allow(
        clippy::std_instead_of_alloc,
        unused_imports,
        reason = "`std` is no-std-compat here, and what is used depends on the features"
    )]
    #[cfg(feature = "alloc")]
    pub(crate) use std::borrow::Cow;
    #[cfg(feature = "alloc")]
    pub(crate) use std::collections::{BTreeMap, BTreeSet};
    #[cfg(feature = "alloc")]
    pub(crate) use std::sync::Arc;

    pub(crate) use std::prelude::v1::*;
}

pub mod access;
pub mod accumulator;
pub mod attribute;
mod cbor;
pub mod cose;
#[cfg(feature = "alloc")]
pub mod credential;
pub mod crypto;
#[cfg(feature = "alloc")]
pub mod data_integrity;
#[cfg(feature = "alloc")]
pub mod did;
#[cfg(feature = "alloc")]
pub mod en18223;
pub mod envelope;
pub mod error;
pub mod frame;
pub mod hpke;
#[cfg(feature = "http")]
pub mod http;
#[cfg(feature = "alloc")]
pub mod jcs;
#[cfg(feature = "alloc")]
pub mod json;
#[cfg(feature = "alloc")]
pub mod json_ld;
#[cfg(feature = "alloc")]
pub mod jwe;
#[cfg(feature = "alloc")]
mod jws;
pub mod jwt;
pub mod key;
pub mod link;
#[cfg(feature = "alloc")]
pub mod model;
#[cfg(feature = "alloc")]
pub mod passport;
#[cfg(feature = "alloc")]
pub mod qr;
#[cfg(feature = "ssi")]
mod rdf;
pub mod record;
#[cfg(feature = "alloc")]
pub mod report;
#[cfg(feature = "alloc")]
pub mod sd_jwt;
#[cfg(feature = "alloc")]
pub mod status;
pub mod status_record;
pub mod time;
#[cfg(feature = "alloc")]
pub mod trust;
#[cfg(feature = "alloc")]
pub mod upgrade;
#[cfg(feature = "alloc")]
pub mod validate;

pub use error::{Category, Error, ErrorCode, Result};
pub use key::{PublicKey, SigningKey, Thumbprint};

/// Runs the Rust of the repository's front page.
#[cfg(all(doctest, feature = "std"))]
#[doc = include_str!("../../README.md")]
mod front_page {}
