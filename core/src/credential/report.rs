use super::{Claims, Securing};
use crate::prelude::*;
use crate::report::Finding;
use crate::trust::Link;

/// Everything that a verification found.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct VerifyReport {
    /// Whether the credential is genuine and valid at the given time: no finding is an error.
    pub ok: bool,
    /// All findings, in the order header or proof, signature, recipient, credential, status, trust.
    pub findings: Vec<Finding>,
    /// The issuer that the credential names. Only proven when `ok` is true.
    pub issuer: Option<String>,
    /// How the credential is secured.
    pub securing: Securing,
    /// The credential, with what was disclosed of it and without its proof. Anyone can have written it
    /// unless `ok` is true.
    pub claims: Claims,
    /// The chain from the issuer to a trust anchor, where one was asked for: the link next to the
    /// credential first. Empty where the issuer is an anchor itself. Without a chain: what could have
    /// been part of one.
    pub chain: Vec<Link>,
}
