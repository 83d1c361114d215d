//! Verifiable credentials: W3C Verifiable Credentials Data Model 2.0 (VCDM 2.0) in every securing form.
//!
//! [`sign`] issues and [`verify`] checks; the form is a parameter of the first and is recognised by the
//! second. [`Securing`] lists the forms and what each is for.
//!
//! Every form goes through the same steps: VCDM's rules on the document, the issuer's key by way of its
//! DID, the signature, the time, and, where asked for, the status list and the chain of trust. A report
//! names every rule that does not hold.
//!
//! A holder shows credentials to someone in a presentation: [`sign_presentation`],
//! [`verify_presentation`].

mod claims;
mod cose;
#[cfg(feature = "ssi")]
mod derive;
mod enveloped;
mod jwt;
pub(crate) mod key_discovery;
mod outline;
mod prepare;
mod presentation;
mod proof;
pub(crate) mod recipient;
mod report;
mod rules;
mod sd_jwt;
mod secured;
mod shape;
mod sign;
mod verify;

pub use crate::report::{Finding, Severity};
pub use claims::Claims;
#[cfg(feature = "ssi")]
pub use derive::derive;
pub use enveloped::{from_enveloped, to_enveloped};
pub use prepare::passport_credential;
pub use presentation::{
    PresentationOptions, PresentationReport, sign_presentation, verify_presentation,
};
pub use proof::add_proof;
pub use report::VerifyReport;
pub(crate) use rules::issuer_of;
pub use sd_jwt::DisclosureOptions;
pub use secured::{Secured, SecuredRef, Securing};
pub use sign::{SignOptions, sign, sign_text, sign_with};
pub use verify::{VerifyOptions, verify};

/// The context that comes first in every credential, VCDM 2.0 section 4.3.
pub const CONTEXT: &str = "https://www.w3.org/ns/credentials/v2";
/// The context that gives terms without a definition of their own an IRI, VCDM 2.0 section 5.2.
pub const UNDEFINED_TERMS_CONTEXT: &str = "https://www.w3.org/ns/credentials/undefined-terms/v2";
/// The type of a credential about a battery passport.
pub const PASSPORT_CREDENTIAL: &str = "BatteryPassportCredential";
/// The type of the subject of such a credential.
pub const PASSPORT_SUBJECT: &str = "BatteryPassport";
