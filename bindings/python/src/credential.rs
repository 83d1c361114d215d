//! `sign`, `add_proof`, `verify`, and credentials wrapped into JSON.

use alloc::sync::Arc;

use batterypass::ErrorCode;
use batterypass::cose::Algorithm;
use batterypass::credential::{self, DisclosureOptions, Securing, SignOptions};
use batterypass::data_integrity::ProofOptions;
#[cfg(not(feature = "ssi"))]
use batterypass::json_ld::Contexts;
use pyo3::prelude::*;
use pyo3::types::PyDict;
#[cfg(not(feature = "ssi"))]
use serde_json::Value;

use crate::arguments::{Time, now};
use crate::bridge;
use crate::contexts;
use crate::error::{OrRaise, refuse};
use crate::key::{PublicKey, SigningKey};
use crate::passport::Passport;
use crate::sd_jwt;
use crate::secured::{self, Given};
use crate::source::{self, Source};
use crate::status::Lists;
use crate::trust::Trust;
use crate::verification::{self, Verification};

/// Sign a credential (a dict) or a passport as a verifiable credential.
#[pyfunction]
#[pyo3(
    signature = (credential, key, *, securing = "vc+jwt", issuer = None, verification_method = None,
                 valid_from = None, valid_until = None, status = None, created = None, expires = None,
                 domain = None, challenge = None, proof_id = None, previous_proofs = Vec::new(),
                 mandatory_pointers = Vec::new(), contexts = None, cose_algorithm = None,
                 hide = None, decoys = false, holder = None, deterministic = false),
    text_signature = "(credential, key, *, securing='vc+jwt', issuer=None, verification_method=None, \
                      valid_from=None, valid_until=None, status=None, created=None, expires=None, \
                      domain=None, challenge=None, proof_id=None, previous_proofs=(), \
                      mandatory_pointers=(), contexts=None, cose_algorithm=None, hide=None, \
                      decoys=False, holder=None, deterministic=False)"
)]
#[expect(clippy::too_many_arguments, reason = "they are keyword arguments")]
pub(crate) fn sign<'py>(
    py: Python<'py>,
    credential: &Bound<'_, PyAny>,
    key: &Bound<'_, SigningKey>,
    securing: &str,
    issuer: Option<&str>,
    verification_method: Option<&str>,
    valid_from: Option<Time>,
    valid_until: Option<Time>,
    status: Option<&Bound<'_, PyDict>>,
    created: Option<Time>,
    expires: Option<Time>,
    domain: Option<&str>,
    challenge: Option<&str>,
    proof_id: Option<&str>,
    previous_proofs: Vec<String>,
    mandatory_pointers: Vec<String>,
    contexts: Option<contexts::Given>,
    cose_algorithm: Option<&str>,
    hide: Option<Vec<String>>,
    decoys: bool,
    holder: Option<PublicKey>,
    deterministic: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let securing: Securing = securing.parse().or_raise(py)?;
    let document = match credential.cast::<Passport>() {
        Ok(passport) => credential::passport_credential(&passport.get().0).or_raise(py)?,
        Err(_) => bridge::to_json(credential)?,
    };
    let status = status.map(|status| bridge::to_json(status)).transpose()?;
    let previous: Vec<_> = previous_proofs.iter().map(String::as_str).collect();
    let mandatory: Vec<_> = mandatory_pointers.iter().map(String::as_str).collect();
    let decoys = sd_jwt::decoys(decoys);
    let plan = sd_jwt::plan(hide, decoys);
    let options = SignOptions {
        issuer,
        verification_method,
        valid_from: valid_from.map(|time| time.0),
        valid_until: valid_until.map(|time| time.0),
        status: status.as_ref(),
        cose_algorithm: cose_algorithm
            .map(|name| find_algorithm(py, name))
            .transpose()?,
        disclosure: DisclosureOptions {
            plan: plan.as_ref(),
            decoys,
            holder: holder.as_ref().map(|key| &key.0),
        },
        proof: ProofOptions {
            id: proof_id,
            created: creation(py, securing, created)?,
            expires: expires.map(|time| time.0),
            domain,
            challenge,
            previous: &previous,
            mandatory: &mandatory,
            contexts: contexts::Given::as_ref(contexts.as_ref()),
        },
        deterministic,
        ..SignOptions::securing(securing)
    };
    let key = &key.get().0;
    let made = py.detach(|| credential::sign(document, key, &options));
    secured::to_python(py, made.or_raise(py)?)
}

fn find_algorithm(py: Python<'_>, name: &str) -> PyResult<Algorithm> {
    match name {
        "ES256" => Ok(Algorithm::Es256),
        "ESP256" => Ok(Algorithm::Esp256),
        _ => {
            let detail = "expected ES256 or ESP256";
            let path = "/coseAlgorithm";
            Err(refuse(py, ErrorCode::InvalidArgument, path, detail))
        }
    }
}

/// An embedded proof says when it was made: by default now. Tokens have no place for it.
pub(crate) fn creation(
    py: Python<'_>,
    securing: Securing,
    given: Option<Time>,
) -> PyResult<Option<batterypass::time::Timestamp>> {
    match given {
        Some(time) => Ok(Some(time.0)),
        None if securing.is_embedded() => now(py).map(Some),
        None => Ok(None),
    }
}

/// Add one more proof to a document that may have some already.
#[pyfunction]
#[pyo3(
    signature = (document, key, *, securing = "ecdsa-jcs-2019", verification_method = None,
                 created = None, expires = None, domain = None, challenge = None, proof_id = None,
                 previous_proofs = Vec::new(), mandatory_pointers = Vec::new(), contexts = None,
                 deterministic = false),
    text_signature = "(document, key, *, securing='ecdsa-jcs-2019', verification_method=None, \
                      created=None, expires=None, domain=None, challenge=None, proof_id=None, \
                      previous_proofs=(), mandatory_pointers=(), contexts=None, \
                      deterministic=False)"
)]
#[expect(clippy::too_many_arguments, reason = "they are keyword arguments")]
pub(crate) fn add_proof<'py>(
    py: Python<'py>,
    document: &Bound<'_, PyDict>,
    key: &Bound<'_, SigningKey>,
    securing: &str,
    verification_method: Option<&str>,
    created: Option<Time>,
    expires: Option<Time>,
    domain: Option<&str>,
    challenge: Option<&str>,
    proof_id: Option<&str>,
    previous_proofs: Vec<String>,
    mandatory_pointers: Vec<String>,
    contexts: Option<contexts::Given>,
    deterministic: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let securing: Securing = securing.parse().or_raise(py)?;
    let document = bridge::to_json(document)?;
    let previous: Vec<_> = previous_proofs.iter().map(String::as_str).collect();
    let mandatory: Vec<_> = mandatory_pointers.iter().map(String::as_str).collect();
    let options = SignOptions {
        verification_method,
        proof: ProofOptions {
            id: proof_id,
            created: creation(py, securing, created)?,
            expires: expires.map(|time| time.0),
            domain,
            challenge,
            previous: &previous,
            mandatory: &mandatory,
            contexts: contexts::Given::as_ref(contexts.as_ref()),
        },
        deterministic,
        ..SignOptions::securing(securing)
    };
    let key = &key.get().0;
    let made = py.detach(|| credential::add_proof(document, key, &options));
    bridge::to_python(py, &made.or_raise(py)?)
}

/// Verify a secured credential in any form and return every rule that does not hold.
#[pyfunction]
#[pyo3(signature = (secured, *, at = None, issuer_key = None, resolver = None, status = None,
                    domain = None, challenge = None, key_binding_max_age = 300,
                    allow_unbound_issuer = false, contexts = None, trust = None))]
#[expect(clippy::too_many_arguments, reason = "they are keyword arguments")]
pub(crate) fn verify<'py>(
    py: Python<'py>,
    secured: Given,
    at: Option<Time>,
    issuer_key: Option<PublicKey>,
    resolver: Option<Source>,
    status: Option<Lists>,
    domain: Option<&str>,
    challenge: Option<&str>,
    key_binding_max_age: u32,
    allow_unbound_issuer: bool,
    contexts: Option<contexts::Given>,
    trust: Option<&Bound<'_, Trust>>,
) -> PyResult<Bound<'py, PyAny>> {
    let verification = Verification {
        at: verification::time(py, at)?,
        key: issuer_key,
        resolver,
        status,
        domain,
        challenge,
        key_binding_max_age: Some(key_binding_max_age),
        allow_unbound_issuer,
        contexts,
        trust: trust.map(|trust| Arc::clone(&trust.get().0)),
    };
    let report = source::detach(py, || {
        credential::verify(secured.as_ref(), &verification.options())
    })?;
    verification::report(py, report)
}

/// Derive from an `ecdsa-sd-2023` credential one that shows a part of it, and still verifies.
#[pyfunction]
#[pyo3(signature = (secured, selective_pointers, *, contexts = None))]
pub(crate) fn derive<'py>(
    py: Python<'py>,
    secured: &Bound<'_, PyDict>,
    selective_pointers: Vec<String>,
    contexts: Option<contexts::Given>,
) -> PyResult<Bound<'py, PyAny>> {
    let secured = bridge::to_json(secured)?;
    let selective: Vec<_> = selective_pointers.iter().map(String::as_str).collect();
    let contexts = contexts::Given::as_ref(contexts.as_ref());
    let derived = py.detach(|| derived(&secured, &selective, contexts));
    bridge::to_python(py, &derived.or_raise(py)?)
}

#[cfg(feature = "ssi")]
use batterypass::credential::derive as derived;

#[cfg(not(feature = "ssi"))]
fn derived(_: &Value, _: &[&str], _: Option<&Contexts>) -> batterypass::Result<Value> {
    let detail = "ecdsa-sd-2023 is not a part of this build";
    Err(batterypass::Error::new(ErrorCode::UnsupportedAlgorithm).because(detail))
}

/// Wrap a token or CBOR into JSON, so that it can stand in a presentation.
#[pyfunction]
pub(crate) fn to_enveloped(py: Python<'_>, secured: Given) -> PyResult<Bound<'_, PyAny>> {
    bridge::to_python(py, &credential::to_enveloped(&secured.into()))
}

/// Take a token or CBOR out of the JSON that wraps it; `None` for any other document.
#[pyfunction]
pub(crate) fn from_enveloped<'py>(
    py: Python<'py>,
    document: &Bound<'_, PyDict>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let inner = credential::from_enveloped(&bridge::to_json(document)?).or_raise(py)?;
    inner
        .map(|secured| secured::to_python(py, secured))
        .transpose()
}
