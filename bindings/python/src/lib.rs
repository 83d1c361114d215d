//! Python binding. Functions convert, call the core, convert; whatever decides is in the core.

use pyo3::prelude::*;

mod arguments;
mod attribute;
mod bridge;
mod credential;
mod envelope;
mod error;
mod frame;
mod key;
mod link;
mod passport;
mod record;
mod report;

/// Native part of the package `batterypass`; import that one.
#[pymodule(gil_used = false)]
mod _batterypass {
    use super::*;

    #[pymodule_export]
    use super::attribute::{attributes, purposes};
    #[pymodule_export]
    use super::credential::{sign, verify};
    #[pymodule_export]
    use super::envelope::{Envelope, decrypt, encrypt};
    #[pymodule_export]
    use super::frame::{FrameDecoder, encode_frame};
    #[pymodule_export]
    use super::key::{PublicKey, SigningKey};
    #[pymodule_export]
    use super::link::{PassportLink, is_valid_passport_id, qr_png, qr_svg, qr_text};
    #[pymodule_export]
    use super::passport::Passport;
    #[pymodule_export]
    use super::record::{
        decode_record, encode_record, sign_record, signed_record_kid, verify_record,
    };

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
