//! DID documents: reading, resolving, and writing those of `did:web`.

use batterypass::did::web::{self, DocumentKey};
use batterypass::did::{self, Relationship, Resolver};
use batterypass::{ErrorCode, Result};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyTuple, PyType};

use crate::arguments::Time;
use crate::bridge;
use crate::error::{OrRaise, class, refuse};
use crate::key::PublicKey;
use crate::secured::Given;
use crate::source::{self, Source};

static METHOD: PyOnceLock<Py<PyType>> = PyOnceLock::new();

/// A DID document, checked when it was read.
#[pyclass(frozen, eq, module = "batterypass")]
#[derive(PartialEq)]
pub(crate) struct DidDocument(did::DidDocument);

#[pymethods]
impl DidDocument {
    /// Read a document from JSON text or from a dict.
    #[staticmethod]
    fn parse(py: Python<'_>, document: Given) -> PyResult<Self> {
        Document::Given(document).read().map(Self).or_raise(py)
    }

    /// The DID.
    #[getter]
    fn id(&self) -> &str {
        self.0.id()
    }

    /// Every key, for whatever purpose and at whatever time.
    #[getter]
    fn verification_methods<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let class = class(py, &METHOD, "VerificationMethod")?;
        let methods = self.0.verification_methods().iter();
        methods
            .map(|method| {
                let key = method.key.p256().map(|key| PublicKey(*key));
                let [expires, revoked] =
                    [method.expires, method.revoked].map(|time| time.map(|time| time.to_string()));
                class.call1((&method.id, &method.controller, key, expires, revoked))
            })
            .collect()
    }

    /// Find the P-256 key that may be used for a purpose at a time. `url` is a DID URL or `#fragment`.
    #[pyo3(signature = (url, *, at, relationship = "assertionMethod"))]
    fn key(&self, py: Python<'_>, url: &str, at: Time, relationship: &str) -> PyResult<PublicKey> {
        let purpose = find_relationship(py, relationship)?;
        let method = self.0.method(url, purpose, at.0).or_raise(py)?;
        let key = method.key.p256().copied().map(PublicKey);
        key.ok_or_else(|| refuse(py, ErrorCode::WrongCurve, "", "the key is not a P-256 key"))
    }

    /// Return the document with every member that it was read with.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        bridge::to_python(py, &self.0.to_value())
    }

    /// Return the document as JSON text.
    fn to_json(&self) -> String {
        self.0.to_value().to_string()
    }

    fn __repr__(&self) -> String {
        format!("<DidDocument {}>", self.0.id())
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let read = py.get_type::<Self>().getattr("parse")?;
        (read, (self.to_dict(py)?,)).into_pyobject(py)
    }
}

/// What a resolver of the caller may return.
pub(crate) enum Document {
    Read(did::DidDocument),
    Given(Given),
}

impl Document {
    pub(crate) fn read(self) -> Result<did::DidDocument> {
        match self {
            Self::Read(document) => Ok(document),
            Self::Given(Given::Text(text)) => did::DidDocument::parse(text.as_bytes()),
            Self::Given(Given::Bytes(bytes)) => did::DidDocument::parse(&bytes),
            Self::Given(Given::Json(value)) => did::DidDocument::from_value(value),
        }
    }
}

impl<'a, 'py> FromPyObject<'a, 'py> for Document {
    type Error = PyErr;

    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        match value.cast::<DidDocument>() {
            Ok(document) => Ok(Self::Read(document.get().0.clone())),
            Err(_) => value.extract().map(Self::Given),
        }
    }
}

/// Find the document of a DID: of `did:key` and `did:jwk` from the name, of others by the resolver.
#[pyfunction]
#[pyo3(signature = (did, *, resolver = None))]
pub(crate) fn resolve_did(
    py: Python<'_>,
    did: &str,
    resolver: Option<Source>,
) -> PyResult<DidDocument> {
    let resolver = resolver
        .as_ref()
        .map(|source| source as &(dyn Resolver + Sync));
    source::detach(py, || {
        did::resolve(did, resolver.map(|r| r as &dyn Resolver))
    })
    .map(DidDocument)
}

/// A `batterypass.DidKey`, taken apart.
#[derive(FromPyObject)]
pub(crate) struct Key {
    fragment: String,
    key: PublicKey,
    relationships: Vec<String>,
    expires: Option<Time>,
    revoked: Option<Time>,
}

/// Write the document that an organisation publishes at the address of its `did:web`.
#[pyfunction]
#[pyo3(
    signature = (did, keys, *, services = Vec::new()),
    text_signature = "(did, keys, *, services=())"
)]
pub(crate) fn did_web_document(
    py: Python<'_>,
    did: &str,
    keys: Vec<Key>,
    services: Vec<Bound<'_, PyAny>>,
) -> PyResult<DidDocument> {
    let services: Vec<_> = services
        .iter()
        .map(bridge::to_json)
        .collect::<PyResult<_>>()?;
    let purposes = keys
        .iter()
        .map(|key| {
            let names = key.relationships.iter();
            names.map(|name| find_relationship(py, name)).collect()
        })
        .collect::<PyResult<Vec<Vec<Relationship>>>>()?;
    let keys: Vec<_> = keys
        .iter()
        .zip(&purposes)
        .map(|(key, purposes)| {
            let mut entry = DocumentKey::new(&key.fragment, key.key.0).for_purposes(purposes);
            entry.expires = key.expires.as_ref().map(|time| time.0);
            entry.revoked = key.revoked.as_ref().map(|time| time.0);
            entry
        })
        .collect();
    web::document(did, &keys, &services)
        .map(DidDocument)
        .or_raise(py)
}

/// Return the address at which a `did:web` is published.
#[pyfunction]
pub(crate) fn did_web_url(py: Python<'_>, did: &str) -> PyResult<String> {
    web::url(did).or_raise(py)
}

fn find_relationship(py: Python<'_>, name: &str) -> PyResult<Relationship> {
    let mut all = Relationship::ALL.into_iter();
    all.find(|purpose| purpose.as_str() == name).ok_or_else(|| {
        let names = Relationship::ALL.map(Relationship::as_str).join(", ");
        let detail = format!("expected one of {names}");
        refuse(py, ErrorCode::InvalidArgument, "/relationship", &detail)
    })
}
