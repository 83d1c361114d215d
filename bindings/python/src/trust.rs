//! Chains of trust: `Trust`, which `verify` and questions about rights go by.

use alloc::sync::Arc;

use batterypass::ErrorCode;
use batterypass::attribute::{Category, Point};
use batterypass::credential::{Secured, VerifyOptions};
use batterypass::trust::{self, Action, OperatorRole};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;

use crate::arguments::Time;
use crate::error::{OrRaise, class, refuse};
use crate::passport::Passport;
use crate::report::findings;
use crate::secured::Given;
use crate::source::{self, Source};
use crate::status::Lists;
use crate::verification::{self, Verification};

static LINK: PyOnceLock<Py<PyType>> = PyOnceLock::new();

/// Whom a verifier trusts, what was presented in support, and what it allows.
#[pyclass(frozen, module = "batterypass")]
pub(crate) struct Trust(pub(crate) Arc<trust::Trust<'static>>);

#[pymethods]
impl Trust {
    /// Trust anchors, which are DIDs or `Anchor`s, and take note of supporting credentials.
    #[new]
    #[pyo3(
        signature = (anchors, *, support = Vec::new(), max_depth = trust::MAX_DEPTH, roles = None,
                     passport = None),
        text_signature = "(anchors, *, support=(), max_depth=8, roles=None, passport=None)"
    )]
    fn new(
        py: Python<'_>,
        anchors: Vec<Anchor>,
        support: Vec<Given>,
        max_depth: usize,
        roles: Option<Vec<String>>,
        passport: Option<Facts>,
    ) -> PyResult<Self> {
        let mut trust = trust::Trust::anchor("");
        trust.anchors = anchors
            .into_iter()
            .map(|anchor| anchor.read(py))
            .collect::<PyResult<_>>()?;
        trust.support = support
            .into_iter()
            .map(|given| trust::Support::from(Secured::from(given)))
            .collect();
        trust.max_depth = max_depth;
        if let Some(roles) = roles {
            trust.roles = words(py, &roles, "/roles")?;
        }
        trust.passport = passport.map(|passport| passport.read(py)).transpose()?;
        Ok(Self(Arc::new(trust)))
    }

    /// Tell whether someone may read, write or store a passport: its operator, or a delegate.
    #[pyo3(signature = (actor, action, passport, *, at = None, resolver = None, status = None))]
    #[expect(clippy::too_many_arguments, reason = "they are keyword arguments")]
    fn authorises(
        &self,
        py: Python<'_>,
        actor: &str,
        action: &str,
        passport: Facts,
        at: Option<Time>,
        resolver: Option<Source>,
        status: Option<Lists>,
    ) -> PyResult<bool> {
        let action: Action = word(py, action, "/action")?;
        let facts = passport.read(py)?;
        let asked = asked(py, at, resolver, status)?;
        let answer = |options: &VerifyOptions<'_>| {
            Ok(self.0.evidence(options).authorises(actor, action, &facts))
        };
        source::detach(py, || answer(&asked.options()))
    }

    /// Tell whether someone was granted a point of Annex XIII of a passport for a purpose.
    #[pyo3(signature = (reader, purpose, point, passport, *, at = None, resolver = None,
                        status = None))]
    #[expect(clippy::too_many_arguments, reason = "they are keyword arguments")]
    fn grant_covers(
        &self,
        py: Python<'_>,
        reader: &str,
        purpose: &str,
        point: u8,
        passport: Facts,
        at: Option<Time>,
        resolver: Option<Source>,
        status: Option<Lists>,
    ) -> PyResult<bool> {
        let point = find_point(py, point)?;
        let facts = passport.read(py)?;
        let asked = asked(py, at, resolver, status)?;
        let answer = |options: &VerifyOptions<'_>| {
            let evidence = self.0.evidence(options);
            Ok(evidence.grant_covers(reader, purpose, point, &facts))
        };
        source::detach(py, || answer(&asked.options()))
    }

    fn __repr__(&self) -> String {
        let (anchors, support) = (self.0.anchors.len(), self.0.support.len());
        format!("<Trust in {anchors} anchors, with {support} credentials>")
    }
}

fn asked(
    py: Python<'_>,
    at: Option<Time>,
    resolver: Option<Source>,
    status: Option<Lists>,
) -> PyResult<Verification<'static>> {
    Ok(Verification {
        resolver,
        status,
        ..Verification::at(verification::time(py, at)?)
    })
}

/// A DID, or a `batterypass.Anchor`.
#[derive(FromPyObject)]
enum Anchor {
    Did(String),
    Limited {
        did: String,
        roles: Option<Vec<String>>,
        operator_id: Option<String>,
    },
}

impl Anchor {
    fn read(self, py: Python<'_>) -> PyResult<trust::Anchor> {
        match self {
            Self::Did(did) => Ok(trust::Anchor::new(did)),
            Self::Limited {
                did,
                roles,
                operator_id,
            } => {
                let mut anchor = trust::Anchor::new(did);
                anchor.roles = roles
                    .map(|roles| words::<OperatorRole>(py, &roles, "/anchors/roles"))
                    .transpose()?;
                anchor.operator_id = operator_id;
                Ok(anchor)
            }
        }
    }
}

/// A passport, or a `batterypass.PassportFacts`.
pub(crate) enum Facts {
    Passport(Py<Passport>),
    Given(GivenFacts),
}

#[derive(FromPyObject)]
pub(crate) struct GivenFacts {
    id: String,
    operator_id: String,
    model: Option<String>,
    category: Option<String>,
}

impl Facts {
    fn read(self, py: Python<'_>) -> PyResult<trust::PassportFacts> {
        match self {
            Self::Passport(passport) => trust::PassportFacts::of(&passport.get().0).or_raise(py),
            Self::Given(given) => {
                let mut facts = trust::PassportFacts::new(given.id, given.operator_id);
                facts.model = given.model;
                let category = given.category.as_deref();
                facts.category = category
                    .map(|name| word::<Category>(py, name, "/category"))
                    .transpose()?;
                Ok(facts)
            }
        }
    }
}

impl<'a, 'py> FromPyObject<'a, 'py> for Facts {
    type Error = PyErr;

    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        match value.cast::<Passport>() {
            Ok(passport) => Ok(Self::Passport(passport.to_owned().unbind())),
            Err(_) => value.extract().map(Self::Given),
        }
    }
}

/// Converts a chain to a list of `batterypass.Link`.
pub(crate) fn chain<'py>(
    py: Python<'py>,
    links: &[trust::Link],
) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let class = class(py, &LINK, "Link")?;
    links
        .iter()
        .map(|link| {
            let [from, until] =
                [link.valid_from, link.valid_until].map(|time| time.map(|time| time.to_string()));
            let found = findings(py, &link.findings)?;
            class.call1((
                &link.kind,
                &link.issuer,
                &link.subject,
                link.ok,
                found,
                from,
                until,
            ))
        })
        .collect()
}

/// Reads a word of the core's lists.
pub(crate) fn word<T>(py: Python<'_>, word: &str, path: &str) -> PyResult<T>
where
    T: core::str::FromStr<Err = batterypass::Error>,
{
    word.parse()
        .map_err(|error: batterypass::Error| error.at(path))
        .or_raise(py)
}

pub(crate) fn words<T>(py: Python<'_>, names: &[String], path: &str) -> PyResult<Vec<T>>
where
    T: core::str::FromStr<Err = batterypass::Error>,
{
    names.iter().map(|name| word(py, name, path)).collect()
}

/// Finds a point of Annex XIII by its number.
pub(crate) fn find_point(py: Python<'_>, number: u8) -> PyResult<Point> {
    let mut all = Point::ALL.into_iter();
    all.find(|point| *point as u8 == number).ok_or_else(|| {
        let detail = "Annex XIII has points 1 to 4";
        refuse(py, ErrorCode::InvalidArgument, "/point", detail)
    })
}
