//! `RecipientPolicy`: who must, may and must not get which data.

use batterypass::envelope::policy::{self, DataCategory, Grant, Policy, Registered, Situation};
use batterypass::{ErrorCode, Thumbprint};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyType};
use serde_json::json;

use crate::arguments::{Time, now};
use crate::bridge;
use crate::error::{OrRaise, class, refuse};
use crate::key::PublicKey;
use crate::trust::{word, words};

static PLANNED: PyOnceLock<Py<PyType>> = PyOnceLock::new();

/// Who receives what: for a role and a category of data, whether always or by a grant.
#[pyclass(frozen, eq, module = "batterypass")]
#[derive(PartialEq)]
pub(crate) struct RecipientPolicy(Policy);

#[pymethods]
impl RecipientPolicy {
    /// Read a policy, `{"rules": [{"role": .., "category": .., "delivery": ..}]}`; the default without.
    #[new]
    #[pyo3(signature = (policy = None))]
    fn new(policy: Option<Bound<'_, PyDict>>) -> PyResult<Self> {
        let Some(policy) = policy else {
            return Ok(Self(Policy::default()));
        };
        let text = bridge::to_json(&policy)?.to_string();
        Policy::from_json(text.as_bytes())
            .map(Self)
            .or_raise(policy.py())
    }

    /// Read a policy from JSON text.
    #[staticmethod]
    fn from_json(py: Python<'_>, text: &str) -> PyResult<Self> {
        Policy::from_json(text.as_bytes()).map(Self).or_raise(py)
    }

    /// Return the policy as a dict.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        bridge::to_python(py, &json!(&self.0))
    }

    /// Return how a role receives a category; `None` for not at all.
    fn delivery(
        &self,
        py: Python<'_>,
        role: &str,
        category: &str,
    ) -> PyResult<Option<&'static str>> {
        let (role, category) = (word(py, role, "/role")?, word(py, category, "/category")?);
        Ok(self.0.delivery(role, category).map(|found| found.as_str()))
    }

    /// Return the keys that receive a category, mandatory ones first.
    #[pyo3(
        signature = (category, keys, *, subject, grants = Vec::new(), leave_out = Vec::new(), at = None),
        text_signature = "($self, category, keys, *, subject, grants=(), leave_out=(), at=None)"
    )]
    #[expect(clippy::too_many_arguments, reason = "they are keyword arguments")]
    fn recipients(
        &self,
        py: Python<'_>,
        category: &str,
        keys: Vec<KnownKey>,
        subject: &str,
        grants: Vec<KnownGrant>,
        leave_out: Vec<String>,
        at: Option<Time>,
    ) -> PyResult<Vec<PublicKey>> {
        let category = word(py, category, "/category")?;
        let known = Known::read(py, keys, grants, leave_out, at)?;
        let grants = known.grants();
        let found = policy::recipients(&known.situation(&self.0, &grants, subject), category);
        Ok(found.or_raise(py)?.into_iter().map(PublicKey).collect())
    }

    /// Put categories into as few envelopes as there are sets of recipients.
    #[pyo3(
        signature = (categories, keys, *, subject, grants = Vec::new(), leave_out = Vec::new(), at = None),
        text_signature = "($self, categories, keys, *, subject, grants=(), leave_out=(), at=None)"
    )]
    #[expect(clippy::too_many_arguments, reason = "they are keyword arguments")]
    fn plan<'py>(
        &self,
        py: Python<'py>,
        categories: Vec<String>,
        keys: Vec<KnownKey>,
        subject: &str,
        grants: Vec<KnownGrant>,
        leave_out: Vec<String>,
        at: Option<Time>,
    ) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let categories: Vec<DataCategory> = words(py, &categories, "/categories")?;
        let known = Known::read(py, keys, grants, leave_out, at)?;
        let grants = known.grants();
        let planned = policy::plan(&known.situation(&self.0, &grants, subject), &categories);
        let planned = planned.or_raise(py)?.into_iter();
        planned
            .map(|envelope| {
                let categories = envelope.categories.iter().map(|category| category.as_str());
                let recipients = envelope.recipients.into_iter().map(PublicKey);
                let arguments = (
                    categories.collect::<Vec<_>>(),
                    recipients.collect::<Vec<_>>(),
                );
                class(py, &PLANNED, "PlannedEnvelope")?.call1(arguments)
            })
            .collect()
    }

    /// Check that an envelope names every mandatory recipient of its data.
    #[pyo3(
        signature = (category, named, keys, *, subject, at = None),
        text_signature = "($self, category, named, keys, *, subject, at=None)"
    )]
    fn check(
        &self,
        py: Python<'_>,
        category: &str,
        named: Vec<String>,
        keys: Vec<KnownKey>,
        subject: &str,
        at: Option<Time>,
    ) -> PyResult<()> {
        let category = word(py, category, "/category")?;
        let named = thumbprints(py, &named, "/named")?;
        let known = Known::read(py, keys, Vec::new(), Vec::new(), at)?;
        let now = known.situation(&self.0, &[], subject);
        policy::check(&now, category, &named).or_raise(py)
    }

    fn __repr__(&self) -> String {
        format!("<RecipientPolicy of {} rules>", self.0.rules().len())
    }
}

/// A `batterypass.RecipientKey`.
#[derive(FromPyObject)]
struct KnownKey {
    key: PublicKey,
    role: String,
    valid_from: Time,
    valid_until: Option<Time>,
}

/// A `batterypass.RecipientGrant`.
#[derive(FromPyObject)]
struct KnownGrant {
    thumbprint: String,
    categories: Vec<String>,
    passport_id: Option<String>,
    valid_from: Time,
    valid_until: Option<Time>,
}

/// The arguments of a question, read.
struct Known {
    keys: Vec<Registered>,
    grants: Vec<(Thumbprint, Vec<DataCategory>, KnownGrant)>,
    leave_out: Vec<Thumbprint>,
    at: Time,
}

impl Known {
    fn read(
        py: Python<'_>,
        keys: Vec<KnownKey>,
        grants: Vec<KnownGrant>,
        leave_out: Vec<String>,
        at: Option<Time>,
    ) -> PyResult<Self> {
        let keys = keys.into_iter().enumerate().map(|(i, known)| {
            Ok(Registered {
                key: known.key.0,
                role: word(py, &known.role, &format!("/keys/{i}/role"))?,
                from: known.valid_from.0,
                until: known.valid_until.map(|time| time.0),
            })
        });
        let grants = grants.into_iter().enumerate().map(|(i, grant)| {
            let categories = words(py, &grant.categories, &format!("/grants/{i}/categories"))?;
            let path = format!("/grants/{i}/thumbprint");
            let grantee = thumbprint(py, &grant.thumbprint, &path)?;
            Ok((grantee, categories, grant))
        });
        Ok(Self {
            keys: keys.collect::<PyResult<_>>()?,
            grants: grants.collect::<PyResult<_>>()?,
            leave_out: thumbprints(py, &leave_out, "/leave_out")?,
            at: at.map_or_else(|| now(py).map(Time), Ok)?,
        })
    }

    fn grants(&self) -> Vec<Grant<'_>> {
        let grants = self.grants.iter();
        grants
            .map(|(grantee, categories, grant)| Grant {
                grantee: *grantee,
                categories,
                subject: grant.passport_id.as_deref(),
                from: grant.valid_from.0,
                until: grant.valid_until.as_ref().map(|time| time.0),
            })
            .collect()
    }

    fn situation<'a>(
        &'a self,
        policy: &'a Policy,
        grants: &'a [Grant<'a>],
        subject: &'a str,
    ) -> Situation<'a> {
        Situation {
            policy,
            keys: &self.keys,
            grants,
            subject,
            leave_out: &self.leave_out,
            at: self.at.0,
        }
    }
}

fn thumbprint(py: Python<'_>, text: &str, path: &str) -> PyResult<Thumbprint> {
    let detail = "expected a key thumbprint, 43 characters of base64url";
    text.parse()
        .map_err(|_| refuse(py, ErrorCode::InvalidArgument, path, detail))
}

fn thumbprints(py: Python<'_>, texts: &[String], path: &str) -> PyResult<Vec<Thumbprint>> {
    let texts = texts.iter().enumerate();
    texts
        .map(|(i, text)| thumbprint(py, text, &format!("{path}/{i}")))
        .collect()
}
