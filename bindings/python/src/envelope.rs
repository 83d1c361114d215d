//! `encrypt`, `decrypt` and `Envelope`.

use batterypass::envelope::{self, SealOptions};
use batterypass::{ErrorCode, Thumbprint};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::arguments::Data;
use crate::error::{OrRaise, refuse};
use crate::key::{PublicKey, SigningKey};

/// Encrypt for one to eight recipients; each can open the envelope alone.
#[pyfunction]
#[pyo3(
    signature = (plaintext, recipients, *, aad = Data(Vec::new()), format = "cose", subject = None),
    text_signature = "(plaintext, recipients, *, aad=b'', format='cose', subject=None)"
)]
pub(crate) fn encrypt<'py>(
    py: Python<'py>,
    plaintext: Data,
    recipients: Vec<PublicKey>,
    aad: Data,
    format: &str,
    subject: Option<&str>,
) -> PyResult<Bound<'py, PyBytes>> {
    if format != "cose" {
        let detail = "the only format so far is cose";
        return Err(refuse(py, ErrorCode::InvalidArgument, "/format", detail));
    }
    let keys: Vec<_> = recipients.iter().map(|key| key.0).collect();
    let options = SealOptions {
        aad: &aad.0,
        subject,
    };
    let sealed = py
        .detach(|| envelope::seal_to_vec(&plaintext.0, &keys, &options))
        .or_raise(py)?;
    Ok(PyBytes::new(py, &sealed))
}

/// Open an envelope with one recipient's key.
#[pyfunction]
#[pyo3(
    signature = (envelope, key, *, aad = Data(Vec::new())),
    text_signature = "(envelope, key, *, aad=b'')"
)]
pub(crate) fn decrypt<'py>(
    py: Python<'py>,
    envelope: Data,
    key: &Bound<'py, SigningKey>,
    aad: Data,
) -> PyResult<Bound<'py, PyBytes>> {
    let key = &key.get().0;
    let opened = py
        .detach(|| envelope::open_to_vec(&envelope.0, key, &aad.0))
        .or_raise(py)?;
    Ok(PyBytes::new(py, &opened))
}

/// What an envelope shows without a key. Believe it only once the envelope is opened.
#[pyclass(frozen, get_all, module = "batterypass")]
pub(crate) struct Envelope {
    /// Whom the content is about: for device records the passport id.
    subject: Option<String>,
    /// The recipients' key thumbprints.
    recipients: Vec<String>,
}

#[pymethods]
impl Envelope {
    /// Read an envelope without opening it.
    #[staticmethod]
    fn parse(py: Python<'_>, data: Data) -> PyResult<Self> {
        let envelope = envelope::Envelope::decode(&data.0).or_raise(py)?;
        let recipients = envelope
            .recipients()
            .map(|kid| kid.try_into().map(|kid| Thumbprint(kid).to_string()))
            .collect::<Result<_, _>>()
            .map_err(|_| {
                let detail = "a recipient is not named by a key thumbprint";
                refuse(py, ErrorCode::RecipientUnknown, "", detail)
            })?;
        Ok(Self {
            subject: envelope.subject().map(ToOwned::to_owned),
            recipients,
        })
    }

    fn __repr__(&self) -> String {
        format!("<Envelope for {} recipients>", self.recipients.len())
    }
}
