use serde_json::Value;

use crate::error::ErrorCode;
use crate::prelude::*;

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

/// One rule that does not hold.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Finding {
    /// The rule's code.
    pub code: ErrorCode,
    /// What it means for the verdict.
    pub severity: Severity,
    /// JSON Pointer into the credential, or into the token's header below `/protected`, which stands
    /// for a member that no credential has.
    pub path: String,
    /// What was expected, in English.
    pub detail: String,
    /// Standard and clause of the rule.
    pub reference: &'static str,
}

/// What a finding means for the verdict.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Severity {
    /// Worth knowing; the verdict stands.
    Warning,
    /// The credential is not to be relied on.
    Error,
}

impl Severity {
    /// Returns `warning` or `error`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Collects findings while rules are checked.
#[derive(Debug, Default)]
pub(super) struct Findings(pub(super) Vec<Finding>);

impl Findings {
    pub(super) fn error(
        &mut self,
        code: ErrorCode,
        path: impl Into<String>,
        detail: impl Into<String>,
        reference: &'static str,
    ) {
        self.push(code, Severity::Error, path.into(), detail.into(), reference);
    }

    pub(super) fn warning(
        &mut self,
        code: ErrorCode,
        path: impl Into<String>,
        detail: impl Into<String>,
        reference: &'static str,
    ) {
        self.push(
            code,
            Severity::Warning,
            path.into(),
            detail.into(),
            reference,
        );
    }

    fn push(
        &mut self,
        code: ErrorCode,
        severity: Severity,
        path: String,
        detail: String,
        reference: &'static str,
    ) {
        self.0.push(Finding {
            code,
            severity,
            path,
            detail,
            reference,
        });
    }

    pub(super) fn first_error(&self) -> Option<&Finding> {
        self.0.iter().find(|f| f.severity == Severity::Error)
    }
}
