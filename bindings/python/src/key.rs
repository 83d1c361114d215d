//! `SigningKey` and `PublicKey`.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyTuple};

use crate::arguments::Data;
use crate::bridge;
use crate::error::OrRaise;

/// A P-256 private key. It signs, and it opens envelopes that are addressed to it.
#[pyclass(frozen, module = "batterypass")]
pub(crate) struct SigningKey(pub(crate) batterypass::SigningKey);

#[pymethods]
impl SigningKey {
    /// Make a new key from the system's random source.
    #[staticmethod]
    fn generate(py: Python<'_>) -> PyResult<Self> {
        py.detach(batterypass::SigningKey::random)
            .map(Self)
            .or_raise(py)
    }

    /// Read a PKCS #8 private key in PEM.
    #[staticmethod]
    fn from_pem(py: Python<'_>, text: &str) -> PyResult<Self> {
        batterypass::SigningKey::from_pem(text)
            .map(Self)
            .or_raise(py)
    }

    /// Read a private JWK.
    #[staticmethod]
    fn from_jwk(jwk: &Bound<'_, PyDict>) -> PyResult<Self> {
        let value = bridge::to_json(jwk)?;
        batterypass::SigningKey::from_jwk(&value)
            .map(Self)
            .or_raise(jwk.py())
    }

    /// Write a PKCS #8 private key in PEM. The text is a secret.
    fn to_pem(&self, py: Python<'_>) -> PyResult<String> {
        self.0.to_pem().map(|text| text.to_string()).or_raise(py)
    }

    /// Write the private JWK. The dict is a secret.
    fn to_jwk<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        bridge::to_python(py, &self.0.to_jwk())
    }

    /// The public key.
    #[getter]
    fn public_key(&self) -> PublicKey {
        PublicKey(*self.0.public_key())
    }

    /// The key's `did:key`.
    #[getter]
    fn did(&self) -> String {
        self.0.public_key().did().to_string()
    }

    /// The key's name as a `did:jwk`.
    #[getter]
    fn did_jwk(&self) -> String {
        self.0.public_key().did_jwk()
    }

    fn __repr__(&self) -> String {
        format!("<SigningKey {}>", self.0.public_key().thumbprint())
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err(
            "a signing key is a secret and is not pickled; use to_pem()",
        ))
    }
}

/// A P-256 public key.
#[pyclass(frozen, eq, hash, from_py_object, module = "batterypass")]
#[derive(Clone, Eq, Hash, PartialEq)]
pub(crate) struct PublicKey(pub(crate) batterypass::PublicKey);

#[pymethods]
impl PublicKey {
    /// Read a `did:key`.
    #[staticmethod]
    fn from_did(py: Python<'_>, did: &str) -> PyResult<Self> {
        batterypass::PublicKey::from_did(did).map(Self).or_raise(py)
    }

    /// Read a JWK; members beyond the public key are ignored.
    #[staticmethod]
    fn from_jwk(jwk: &Bound<'_, PyDict>) -> PyResult<Self> {
        let value = bridge::to_json(jwk)?;
        batterypass::PublicKey::from_jwk(&value)
            .map(Self)
            .or_raise(jwk.py())
    }

    /// Read a SEC 1 point of 33 or 65 bytes.
    #[staticmethod]
    fn from_sec1(py: Python<'_>, data: Data) -> PyResult<Self> {
        batterypass::PublicKey::from_sec1(&data.0)
            .map(Self)
            .or_raise(py)
    }

    /// Return the SEC 1 point, 65 bytes or, compressed, 33.
    #[pyo3(signature = (*, compressed = false))]
    fn to_sec1<'py>(&self, py: Python<'py>, compressed: bool) -> Bound<'py, PyBytes> {
        if compressed {
            PyBytes::new(py, &self.0.to_sec1_compressed())
        } else {
            PyBytes::new(py, self.0.as_sec1())
        }
    }

    /// Return the public JWK.
    fn to_jwk<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        bridge::to_python(py, &self.0.to_jwk())
    }

    /// The key's `did:key`.
    #[getter]
    fn did(&self) -> String {
        self.0.did().to_string()
    }

    /// The key's name as a `did:jwk`.
    #[getter]
    fn did_jwk(&self) -> String {
        self.0.did_jwk()
    }

    /// The RFC 7638 thumbprint, 43 characters of base64url.
    #[getter]
    fn thumbprint(&self) -> String {
        self.0.thumbprint().to_string()
    }

    fn __repr__(&self) -> String {
        format!("<PublicKey {}>", self.0.thumbprint())
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let read = py.get_type::<Self>().getattr("from_sec1")?;
        (read, (self.to_sec1(py, false),)).into_pyobject(py)
    }
}
