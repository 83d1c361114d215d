//! Findings: what a verification or a validation reports, every one of them and not only the first.

use crate::error::{Error, ErrorCode};
use crate::prelude::*;

/// One rule that does not hold, or one thing worth knowing.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Finding {
    /// The rule's code.
    pub code: ErrorCode,
    /// What it means for the verdict.
    pub severity: Severity,
    /// JSON Pointer into the document. For a token's header it starts with `/protected`, which stands
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
    /// Nothing is wrong; a reader may want to know.
    Info,
    /// Worth mending; the verdict stands.
    Warning,
    /// The document is not to be relied on.
    Error,
}

impl Severity {
    /// Returns `info`, `warning` or `error`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Collects findings while rules are checked.
#[derive(Debug, Default)]
pub(crate) struct Findings(pub(crate) Vec<Finding>);

impl Findings {
    pub(crate) fn error(
        &mut self,
        code: ErrorCode,
        path: impl Into<String>,
        detail: impl Into<String>,
        reference: &'static str,
    ) {
        self.push(code, Severity::Error, path, detail, reference);
    }

    pub(crate) fn warning(
        &mut self,
        code: ErrorCode,
        path: impl Into<String>,
        detail: impl Into<String>,
        reference: &'static str,
    ) {
        self.push(code, Severity::Warning, path, detail, reference);
    }

    pub(crate) fn push(
        &mut self,
        code: ErrorCode,
        severity: Severity,
        path: impl Into<String>,
        detail: impl Into<String>,
        reference: &'static str,
    ) {
        self.0.push(Finding {
            code,
            severity,
            path: path.into(),
            detail: detail.into(),
            reference,
        });
    }

    pub(crate) fn first_error(&self) -> Option<&Finding> {
        self.0.iter().find(|f| f.severity == Severity::Error)
    }

    /// Takes over the findings of a part, with its place put before each path.
    pub(crate) fn extend_at(&mut self, place: &str, findings: Vec<Finding>) {
        self.0.extend(findings.into_iter().map(|finding| Finding {
            path: format!("{place}{}", finding.path),
            ..finding
        }));
    }

    /// The first error as one, for calls that write and therefore stop there.
    pub(crate) fn into_result(self) -> crate::error::Result<()> {
        match self.first_error() {
            None => Ok(()),
            Some(finding) => Err(Error::new(finding.code)
                .at(finding.path.as_str())
                .because(format!("{} ({})", finding.detail, finding.reference))),
        }
    }
}
