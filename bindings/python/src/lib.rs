//! Python binding. Functions convert, call the core, convert; whatever decides is in the core.

extern crate alloc;

use pyo3::prelude::*;

mod arguments;
mod attribute;
mod bridge;
mod claims;
mod contexts;
mod credential;
mod did;
mod envelope;
mod error;
mod frame;
#[cfg(feature = "http")]
mod http;
mod key;
mod link;
mod passport;
mod policy;
mod presentation;
mod record;
mod report;
mod rights;
mod sd_jwt;
mod secured;
mod source;
mod status;
mod trust;
mod verification;

/// Native part of the package `batterypass`; import that one.
#[pymodule(gil_used = false)]
mod _batterypass {
    use super::*;

    #[pymodule_export]
    use super::attribute::{attributes, purposes};
    #[pymodule_export]
    use super::claims::Claims;
    #[pymodule_export]
    use super::credential::{add_proof, derive, from_enveloped, sign, to_enveloped, verify};
    #[pymodule_export]
    use super::did::{DidDocument, did_web_document, did_web_url, resolve_did};
    #[pymodule_export]
    use super::envelope::{Envelope, decrypt, encrypt};
    #[pymodule_export]
    use super::frame::{FrameDecoder, encode_frame};
    #[cfg(feature = "http")]
    #[pymodule_export]
    use super::http::HttpsClient;
    #[pymodule_export]
    use super::key::{PublicKey, SigningKey};
    #[pymodule_export]
    use super::link::{PassportLink, is_valid_passport_id, qr_png, qr_svg, qr_text};
    #[pymodule_export]
    use super::passport::Passport;
    #[pymodule_export]
    use super::policy::RecipientPolicy;
    #[pymodule_export]
    use super::presentation::{sign_presentation, verify_presentation};
    #[pymodule_export]
    use super::record::{
        apply_record, check_record, decode_record, encode_record, record_from_condition,
        record_to_condition, sign_record, signed_record_kid, verify_record,
    };

    #[pymodule_export]
    use super::rights::{
        access_grant, battery_status_record, bms_production, operator_accreditation,
        processor_authorisation, responsibility_transfer,
    };
    #[pymodule_export]
    use super::sd_jwt::disclose;
    #[pymodule_export]
    use super::status::{StatusList, StatusLists, status_entry};
    #[pymodule_export]
    use super::trust::Trust;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
