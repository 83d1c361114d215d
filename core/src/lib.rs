#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

// `no-std-compat` names one prelude for all three levels (core, alloc, std); it is used here and
// nowhere else, so that the modules below read the same whatever the features are.
extern crate no_std_compat as std;

mod prelude {
    #![allow(unused_imports, reason = "what is used depends on the features")]
    pub(crate) use std::prelude::v1::*;
}

pub mod crypto;
pub mod error;
pub mod hpke;
pub mod key;

pub use error::{Category, Error, ErrorCode, Result};
pub use key::{PublicKey, SigningKey, Thumbprint};
