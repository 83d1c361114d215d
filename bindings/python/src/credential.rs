//! `sign` and `verify`.

use batterypass::ErrorCode;
use batterypass::credential::{self, SignOptions, VC_JWT, VerifyOptions};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyType};

use crate::arguments::{Time, now};
use crate::bridge;
use crate::error::{OrRaise, class, refuse};
use crate::key::{PublicKey, SigningKey};
use crate::passport::Passport;

static REPORT: PyOnceLock<Py<PyType>> = PyOnceLock::new();
static FINDING: PyOnceLock<Py<PyType>> = PyOnceLock::new();

/// Sign a credential (a dict) or a passport as a verifiable credential.
#[pyfunction]
#[pyo3(signature = (credential, key, *, securing = "vc+jwt", issuer = None, valid_from = None,
                    valid_until = None, status = None, deterministic = false))]
#[expect(clippy::too_many_arguments, reason = "they are keyword arguments")]
pub(crate) fn sign(
    py: Python<'_>,
    credential: &Bound<'_, PyAny>,
    key: &Bound<'_, SigningKey>,
    securing: &str,
    issuer: Option<&str>,
    valid_from: Option<Time>,
    valid_until: Option<Time>,
    status: Option<&Bound<'_, PyDict>>,
    deterministic: bool,
) -> PyResult<String> {
    // This backend has no other way to sign, so the wish for RFC 6979 is always granted.
    let _ = deterministic;
    if securing != VC_JWT {
        let detail = "the only securing form so far is vc+jwt";
        return Err(refuse(py, ErrorCode::InvalidArgument, "/securing", detail));
    }
    let document = match credential.cast::<Passport>() {
        Ok(passport) => credential::passport_credential(&passport.get().0).or_raise(py)?,
        Err(_) => bridge::to_json(credential)?,
    };
    let status = status.map(|status| bridge::to_json(status)).transpose()?;
    let options = SignOptions {
        issuer,
        valid_from: valid_from.map(|time| time.0),
        valid_until: valid_until.map(|time| time.0),
        status: status.as_ref(),
    };
    let key = &key.get().0;
    py.detach(|| credential::sign(document, key, &options))
        .or_raise(py)
}

/// Verify a `vc+jwt` offline and return every rule that does not hold.
#[pyfunction]
#[pyo3(signature = (secured, *, at = None, issuer_key = None))]
pub(crate) fn verify<'py>(
    py: Python<'py>,
    secured: &str,
    at: Option<Time>,
    issuer_key: Option<PublicKey>,
) -> PyResult<Bound<'py, PyAny>> {
    let options = VerifyOptions {
        at: at.map_or_else(|| now(py), |time| Ok(time.0))?,
        issuer_key: issuer_key.as_ref().map(|key| &key.0),
    };
    let report = py
        .detach(|| credential::verify(secured, &options))
        .or_raise(py)?;
    let finding = class(py, &FINDING, "Finding")?;
    let findings = report
        .findings
        .iter()
        .map(|f| {
            let code = f.code.as_str();
            finding.call1((code, f.severity.as_str(), &f.path, &f.detail, f.reference))
        })
        .collect::<PyResult<Vec<_>>>()?;
    let claims = bridge::to_python(py, &report.claims)?;
    let arguments = (report.ok, findings, report.issuer, report.securing, claims);
    class(py, &REPORT, "VerifyReport")?.call1(arguments)
}
