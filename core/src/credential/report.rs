use serde_json::Value;

use crate::prelude::*;
use crate::report::Finding;

/// Everything that a verification found.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct VerifyReport {
    /// Whether the credential is genuine and valid at the given time: no finding is an error.
    pub ok: bool,
    /// All findings, in the order header, signature, credential.
    pub findings: Vec<Finding>,
    /// The issuer that the credential names. Only proven when `ok` is true.
    pub issuer: Option<String>,
    /// How the credential is secured: [`VC_JWT`](super::VC_JWT).
    pub securing: &'static str,
    /// The credential. Anyone can have written it unless `ok` is true.
    pub claims: Value,
}
