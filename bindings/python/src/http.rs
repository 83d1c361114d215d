//! `HttpsClient`: fetches what strangers point at, safe against request forgery.

use alloc::sync::Arc;
use core::time::Duration;

use batterypass::did::{self, DidDocument, Resolver};
use batterypass::http::Client;
use batterypass::{ErrorCode, Result};
use pyo3::prelude::*;

use crate::arguments::Data;
use crate::error::refuse;

/// The longest that a fetch may be allowed to take, in seconds.
const MAX_TIMEOUT_S: f64 = 3600.0;

/// The client, and the DID documents that it fetched a short while ago.
pub(crate) struct Https {
    client: Client,
    documents: did::Cache<Client>,
}

impl Https {
    pub(crate) fn resolve(&self, did: &str) -> Result<DidDocument> {
        self.documents.resolve(did)
    }

    pub(crate) fn fetch(&self, url: &str) -> Result<Vec<u8>> {
        batterypass::status::StatusLists::fetch(&self.client, url)
    }
}

/// Fetches `did:web` documents and status lists over HTTPS.
#[pyclass(frozen, module = "batterypass")]
pub(crate) struct HttpsClient(pub(crate) Arc<Https>);

#[pymethods]
impl HttpsClient {
    /// Make a client that connects to public addresses only, unless told otherwise.
    #[new]
    #[pyo3(
        signature = (*, timeout_s = 10.0, max_bytes = 4 << 20, capacity = 256, lifetime_s = 300.0,
                     root_certificates = Vec::new(), allow_private_addresses = false),
        text_signature = "(*, timeout_s=10.0, max_bytes=4194304, capacity=256, lifetime_s=300.0, \
                          root_certificates=(), allow_private_addresses=False)"
    )]
    fn new(
        py: Python<'_>,
        timeout_s: f64,
        max_bytes: u64,
        capacity: usize,
        lifetime_s: f64,
        root_certificates: Vec<Data>,
        allow_private_addresses: bool,
    ) -> PyResult<Self> {
        let timeout = duration(py, timeout_s, "/timeoutS")?;
        let lifetime = duration(py, lifetime_s, "/lifetimeS")?;
        let mut builder = Client::builder().timeout(timeout).max_bytes(max_bytes);
        if allow_private_addresses {
            builder = builder.allow_private_addresses();
        }
        for certificate in &root_certificates {
            builder = builder.root_certificate(&certificate.0);
        }
        let client = py.detach(|| builder.build());
        let documents = did::Cache::new(client.clone(), capacity, lifetime);
        Ok(Self(Arc::new(Https { client, documents })))
    }
}

fn duration(py: Python<'_>, seconds: f64, path: &str) -> PyResult<Duration> {
    if (0.0..=MAX_TIMEOUT_S).contains(&seconds) {
        return Ok(Duration::from_secs_f64(seconds));
    }
    let detail = "expected 0 to 3600 seconds";
    Err(refuse(py, ErrorCode::InvalidArgument, path, detail))
}
