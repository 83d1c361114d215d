//! `encrypt`, `decrypt` and `Envelope`.

use batterypass::envelope::{self, DecryptOptions, EncryptOptions, Encrypted, Format};
use batterypass::jwe::Jwe;
use batterypass::{ErrorCode, Thumbprint};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};

use crate::arguments::Data;
use crate::error::{OrRaise, refuse};
use crate::key::{PublicKey, SigningKey};

/// An envelope or a recipient's name as it is given: COSE as bytes, JWE as text or the bytes of it.
pub(crate) struct Sealed(Vec<u8>);

impl<'a, 'py> FromPyObject<'a, 'py> for Sealed {
    type Error = PyErr;

    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(text) = value.cast::<PyString>() {
            return Ok(Self(text.to_str()?.as_bytes().to_vec()));
        }
        let expected = "expected str, bytes, bytearray or memoryview of bytes";
        let data = value.extract::<Data>();
        data.map(|data| Self(data.0))
            .map_err(|_| PyTypeError::new_err(expected))
    }
}

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
) -> PyResult<Bound<'py, PyAny>> {
    let format: Format = match format.parse() {
        Ok(format) => format,
        Err(_) => {
            let detail = "expected cose, cose_encrypt0, jwe or jwe_compact";
            return Err(refuse(py, ErrorCode::InvalidArgument, "/format", detail));
        }
    };
    let keys: Vec<_> = recipients.iter().map(|key| key.0).collect();
    let options = EncryptOptions {
        format,
        aad: &aad.0,
        subject,
    };
    let sealed = py
        .detach(|| envelope::encrypt(&plaintext.0, &keys, &options))
        .or_raise(py)?;
    Ok(match sealed {
        Encrypted::Bytes(bytes) => PyBytes::new(py, &bytes).into_any(),
        Encrypted::Text(text) => PyString::new(py, &text).into_any(),
    })
}

/// Open an envelope of any format with one recipient's key.
#[pyfunction]
#[pyo3(
    signature = (envelope, key, *, aad = Data(Vec::new()), kid = None),
    text_signature = "(envelope, key, *, aad=b'', kid=None)"
)]
pub(crate) fn decrypt<'py>(
    py: Python<'py>,
    envelope: Sealed,
    key: &Bound<'py, SigningKey>,
    aad: Data,
    kid: Option<Sealed>,
) -> PyResult<Bound<'py, PyBytes>> {
    let key = &key.get().0;
    let options = DecryptOptions {
        aad: &aad.0,
        kid: kid.as_ref().map(|kid| kid.0.as_slice()),
    };
    let opened = py
        .detach(|| envelope::decrypt_with(&envelope.0, key, &options))
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
    fn parse(py: Python<'_>, data: Sealed) -> PyResult<Self> {
        if !matches!(data.0.first(), None | Some(0x80..)) {
            let jwe = Jwe::parse(&data.0).or_raise(py)?;
            let kids = jwe.recipients().iter().map(|recipient| {
                let thumbprint = recipient.kid()?.parse::<Thumbprint>();
                thumbprint.ok().map(|thumbprint| thumbprint.to_string())
            });
            return Self::of(py, jwe.subject(), kids);
        }
        let envelope = envelope::Envelope::decode(&data.0).or_raise(py)?;
        let kids = envelope.recipients().map(|kid| {
            let thumbprint = kid.try_into().ok();
            thumbprint.map(|kid| Thumbprint(kid).to_string())
        });
        Self::of(py, envelope.subject(), kids)
    }

    fn __repr__(&self) -> String {
        format!("<Envelope for {} recipients>", self.recipients.len())
    }
}

impl Envelope {
    fn of(
        py: Python<'_>,
        subject: Option<&str>,
        kids: impl Iterator<Item = Option<String>>,
    ) -> PyResult<Self> {
        let detail = "a recipient is not named by a key thumbprint";
        let recipients = kids
            .collect::<Option<_>>()
            .ok_or_else(|| refuse(py, ErrorCode::RecipientUnknown, "", detail))?;
        Ok(Self {
            subject: subject.map(ToOwned::to_owned),
            recipients,
        })
    }
}
