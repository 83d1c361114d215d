//! Verifiable credentials: W3C Verifiable Credentials Data Model 2.0 (VCDM 2.0), secured as `vc+jwt`
//! (W3C Securing Verifiable Credentials using JOSE and COSE, section 3.1.1).
//!
//! A secured credential is a JWS whose payload is the credential itself: header `alg` ES256, `typ`
//! `vc+jwt`, `cty` `vc`, and `kid` the DID URL of the issuer's key. Issuers are `did:key`, which needs
//! no network; another issuer's key can be given to [`verify`]. For people who read JSON the proof can
//! stand inside the credential instead: [`add_proof`], [`verify_proof`].

mod proof;
mod report;
mod rules;
mod sign;
mod verify;

pub use crate::report::{Finding, Severity};
pub use proof::{ProofOptions, add_proof, verify_proof};
pub use report::VerifyReport;
pub use sign::{SignOptions, passport_credential, sign};
pub use verify::{VerifyOptions, verify};

/// The securing form of [`sign`] and [`verify`], as the other languages name it.
pub const VC_JWT: &str = "vc+jwt";
/// The securing form of [`add_proof`] and [`verify_proof`].
pub const ECDSA_JCS_2019: &str = "ecdsa-jcs-2019";
/// The context that comes first in every credential, VCDM 2.0 section 4.3.
pub const CONTEXT: &str = "https://www.w3.org/ns/credentials/v2";
/// The context that gives terms without a definition of their own an IRI, VCDM 2.0 section 5.2.
pub const UNDEFINED_TERMS_CONTEXT: &str = "https://www.w3.org/ns/credentials/undefined-terms/v2";
/// The type of a credential about a battery passport.
pub const PASSPORT_CREDENTIAL: &str = "BatteryPassportCredential";
/// The type of the subject of such a credential.
pub const PASSPORT_SUBJECT: &str = "BatteryPassport";
