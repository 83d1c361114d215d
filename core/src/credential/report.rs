use serde_json::Value;

use super::Securing;
use crate::prelude::*;
use crate::report::Finding;

/// Everything that a verification found.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct VerifyReport {
    /// Whether the credential is genuine and valid at the given time: no finding is an error.
    pub ok: bool,
    /// All findings, in the order header or proof, signature, credential, status, trust.
    pub findings: Vec<Finding>,
    /// The issuer that the credential names. Only proven when `ok` is true.
    pub issuer: Option<String>,
    /// How the credential is secured.
    pub securing: Securing,
    /// The credential, with what was disclosed of it and without its proof. Anyone can have written it
    /// unless `ok` is true.
    pub claims: Value,
}
