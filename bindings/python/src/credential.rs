//! `sign` and `verify`.

use batterypass::credential::{self, Secured, Securing, SignOptions, VerifyOptions};
use batterypass::data_integrity::ProofOptions;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDict, PyType};

use crate::arguments::{Time, now};
use crate::bridge;
use crate::error::{OrRaise, class};
use crate::key::{PublicKey, SigningKey};
use crate::passport::Passport;
use crate::report::findings;

static REPORT: PyOnceLock<Py<PyType>> = PyOnceLock::new();

/// Sign a credential (a dict) or a passport as a verifiable credential.
#[pyfunction]
#[pyo3(signature = (credential, key, *, securing = "vc+jwt", issuer = None, valid_from = None,
                    valid_until = None, status = None, deterministic = false))]
#[expect(clippy::too_many_arguments, reason = "they are keyword arguments")]
pub(crate) fn sign<'py>(
    py: Python<'py>,
    credential: &Bound<'_, PyAny>,
    key: &Bound<'_, SigningKey>,
    securing: &str,
    issuer: Option<&str>,
    valid_from: Option<Time>,
    valid_until: Option<Time>,
    status: Option<&Bound<'_, PyDict>>,
    deterministic: bool,
) -> PyResult<Bound<'py, PyAny>> {
    // This backend has no other way to sign, so the wish for RFC 6979 is always granted.
    let _ = deterministic;
    let securing: Securing = securing.parse().or_raise(py)?;
    let document = match credential.cast::<Passport>() {
        Ok(passport) => credential::passport_credential(&passport.get().0).or_raise(py)?,
        Err(_) => bridge::to_json(credential)?,
    };
    let status = status.map(|status| bridge::to_json(status)).transpose()?;
    let created = securing.is_embedded().then(|| now(py)).transpose()?;
    let options = SignOptions {
        securing,
        issuer,
        valid_from: valid_from.map(|time| time.0),
        valid_until: valid_until.map(|time| time.0),
        status: status.as_ref(),
        proof: ProofOptions {
            created,
            ..ProofOptions::default()
        },
        ..SignOptions::default()
    };
    let key = &key.get().0;
    let secured = py
        .detach(|| credential::sign(document, key, &options))
        .or_raise(py)?;
    match secured {
        Secured::Json(value) => bridge::to_python(py, &value),
        Secured::Text(token) => Ok(token.into_pyobject(py)?.into_any()),
        other => Ok(PyBytes::new(py, &other.into_bytes()).into_any()),
    }
}

/// Verify a secured credential offline and return every rule that does not hold: a `vc+jwt` as text, or
/// a dict with an embedded `ecdsa-jcs-2019` proof.
#[pyfunction]
#[pyo3(signature = (secured, *, at = None, issuer_key = None))]
pub(crate) fn verify<'py>(
    py: Python<'py>,
    secured: &Bound<'py, PyAny>,
    at: Option<Time>,
    issuer_key: Option<PublicKey>,
) -> PyResult<Bound<'py, PyAny>> {
    let options = VerifyOptions {
        issuer_key: issuer_key.as_ref().map(|key| &key.0),
        ..VerifyOptions::at(at.map_or_else(|| now(py), |time| Ok(time.0))?)
    };
    let report = if let Ok(token) = secured.extract::<String>() {
        py.detach(|| credential::verify(&token, &options))
    } else {
        let secured = bridge::to_json(secured.cast::<PyDict>()?)?;
        py.detach(|| credential::verify(&secured, &options))
    }
    .or_raise(py)?;
    let findings = findings(py, &report.findings)?;
    let claims = bridge::to_python(py, &report.claims)?;
    let arguments = (
        report.ok,
        findings,
        report.issuer,
        report.securing.as_str(),
        claims,
    );
    class(py, &REPORT, "VerifyReport")?.call1(arguments)
}
