//! `sign_presentation` and `verify_presentation`.

use alloc::sync::Arc;

use batterypass::credential::{self, PresentationOptions, PresentationReport, Securing};
use batterypass::data_integrity::ProofOptions;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyType};

use crate::arguments::Time;
use crate::bridge;
use crate::claims::Claims;
use crate::contexts;
use crate::credential::creation;
use crate::error::{OrRaise, class};
use crate::key::{PublicKey, SigningKey};
use crate::report::findings;
use crate::secured::{self, Given};
use crate::source::{self, Source};
use crate::status::Lists;
use crate::trust::Trust;
use crate::verification::{self, Verification};

static REPORT: PyOnceLock<Py<PyType>> = PyOnceLock::new();

/// Sign a presentation as its holder.
#[pyfunction]
#[pyo3(signature = (presentation, key, *, securing = "vc+jwt", verification_method = None,
                    created = None, expires = None, domain = None, challenge = None,
                    contexts = None, deterministic = false))]
#[expect(clippy::too_many_arguments, reason = "they are keyword arguments")]
pub(crate) fn sign_presentation<'py>(
    py: Python<'py>,
    presentation: &Bound<'_, PyDict>,
    key: &Bound<'_, SigningKey>,
    securing: &str,
    verification_method: Option<&str>,
    created: Option<Time>,
    expires: Option<Time>,
    domain: Option<&str>,
    challenge: Option<&str>,
    contexts: Option<contexts::Given>,
    deterministic: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let securing: Securing = securing.parse().or_raise(py)?;
    let document = bridge::to_json(presentation)?;
    let options = PresentationOptions {
        securing,
        verification_method,
        proof: ProofOptions {
            created: creation(py, securing, created)?,
            expires: expires.map(|time| time.0),
            domain,
            challenge,
            contexts: contexts::Given::as_ref(contexts.as_ref()),
            ..ProofOptions::default()
        },
        deterministic,
    };
    let key = &key.get().0;
    let made = py.detach(|| credential::sign_presentation(document, key, &options));
    secured::to_python(py, made.or_raise(py)?)
}

/// Verify a presentation and every credential in it and return every rule that does not hold.
#[pyfunction]
#[pyo3(signature = (secured, *, at = None, holder_key = None, resolver = None, status = None,
                    domain = None, challenge = None, allow_unbound_issuer = false, contexts = None,
                    trust = None))]
#[expect(clippy::too_many_arguments, reason = "they are keyword arguments")]
pub(crate) fn verify_presentation<'py>(
    py: Python<'py>,
    secured: Given,
    at: Option<Time>,
    holder_key: Option<PublicKey>,
    resolver: Option<Source>,
    status: Option<Lists>,
    domain: Option<&str>,
    challenge: Option<&str>,
    allow_unbound_issuer: bool,
    contexts: Option<contexts::Given>,
    trust: Option<&Bound<'_, Trust>>,
) -> PyResult<Bound<'py, PyAny>> {
    let verification = Verification {
        at: verification::time(py, at)?,
        key: holder_key,
        resolver,
        status,
        domain,
        challenge,
        // A presentation has no key binding; its own signature is the holder's.
        key_binding_max_age: None,
        allow_unbound_issuer,
        contexts,
        trust: trust.map(|trust| Arc::clone(&trust.get().0)),
    };
    let report = source::detach(py, || {
        credential::verify_presentation(secured.as_ref(), &verification.options())
    })?;
    to_python(py, report)
}

fn to_python(py: Python<'_>, report: PresentationReport) -> PyResult<Bound<'_, PyAny>> {
    let credentials = report.credentials.into_iter();
    let credentials = credentials
        .map(|credential| verification::report(py, credential))
        .collect::<PyResult<Vec<_>>>()?;
    let arguments = (
        report.ok,
        findings(py, &report.findings)?,
        report.holder.as_deref(),
        report.securing.as_str(),
        Claims(report.claims.into()),
        credentials,
    );
    class(py, &REPORT, "PresentationReport")?.call1(arguments)
}
