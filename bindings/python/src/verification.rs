//! What `verify` and `verify_presentation` share.

use alloc::sync::Arc;

use batterypass::credential::{VerifyOptions, VerifyReport};
use batterypass::time::Timestamp;
use batterypass::trust::Trust;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;

use crate::arguments::{Time, now};
use crate::claims::Claims;
use crate::contexts;
use crate::error::class;
use crate::key::PublicKey;
use crate::report::findings;
use crate::source::Source;
use crate::status::Lists;
use crate::trust;

static REPORT: PyOnceLock<Py<PyType>> = PyOnceLock::new();

/// The arguments of a verification, held while it runs.
pub(crate) struct Verification<'a> {
    pub(crate) at: Timestamp,
    pub(crate) key: Option<PublicKey>,
    pub(crate) resolver: Option<Source>,
    pub(crate) status: Option<Lists>,
    pub(crate) domain: Option<&'a str>,
    pub(crate) challenge: Option<&'a str>,
    pub(crate) key_binding_max_age: Option<u32>,
    pub(crate) allow_unbound_issuer: bool,
    pub(crate) contexts: Option<contexts::Given>,
    pub(crate) trust: Option<Arc<Trust<'static>>>,
}

impl Verification<'_> {
    /// A question about a time, and nothing else.
    pub(crate) const fn at(at: Timestamp) -> Self {
        Self {
            at,
            key: None,
            resolver: None,
            status: None,
            domain: None,
            challenge: None,
            key_binding_max_age: None,
            allow_unbound_issuer: false,
            contexts: None,
            trust: None,
        }
    }

    pub(crate) fn options(&self) -> VerifyOptions<'_> {
        let defaults = VerifyOptions::at(self.at);
        VerifyOptions {
            issuer_key: self.key.as_ref().map(|key| &key.0),
            resolver: self.resolver.as_ref().map(|source| source as _),
            status: self.status.as_ref().map(Lists::as_dyn),
            domain: self.domain,
            challenge: self.challenge,
            key_binding_max_age: self
                .key_binding_max_age
                .unwrap_or(defaults.key_binding_max_age),
            allow_unbound_issuer: self.allow_unbound_issuer,
            contexts: contexts::Given::as_ref(self.contexts.as_ref()),
            trust: self.trust.as_deref(),
            ..defaults
        }
    }
}

/// The time that is asked for, by default now.
pub(crate) fn time(py: Python<'_>, at: Option<Time>) -> PyResult<Timestamp> {
    at.map_or_else(|| now(py), |time| Ok(time.0))
}

/// Converts a report to `batterypass.VerifyReport`.
pub(crate) fn report(py: Python<'_>, report: VerifyReport) -> PyResult<Bound<'_, PyAny>> {
    let arguments = (
        report.ok,
        findings(py, &report.findings)?,
        report.issuer.as_deref(),
        report.securing.as_str(),
        Claims(report.claims),
        trust::chain(py, &report.chain)?,
    );
    class(py, &REPORT, "VerifyReport")?.call1(arguments)
}
