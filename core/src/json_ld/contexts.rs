use alloc::collections::BTreeMap;

use serde_json::Value;

use crate::error::{Error, ErrorCode, Result};
use crate::prelude::*;

/// The JSON-LD contexts that are known, by URL. A credential that names another one is refused: nothing
/// is ever fetched, so that no one can change what a signed term means.
#[derive(Clone, Debug, Default)]
pub struct Contexts {
    documents: BTreeMap<String, Value>,
    /// What came of them; copies of the set share it.
    #[cfg(feature = "ssi")]
    cache: alloc::sync::Arc<super::cache::Cache>,
}

impl Contexts {
    /// Adds a context document, or replaces it. Whoever adds one vouches for what its terms mean.
    ///
    /// # Errors
    /// `invalid_context` when the document has no `@context`.
    pub fn with(mut self, url: &str, document: &Value) -> Result<Self> {
        let context = document.get("@context").ok_or_else(|| {
            Error::new(ErrorCode::InvalidContext).because(format!("{url} has no @context"))
        })?;
        self.documents.insert(url.into(), context.clone());
        #[cfg(feature = "ssi")]
        {
            self.cache = alloc::sync::Arc::default();
        }
        Ok(self)
    }
}

#[cfg(feature = "ssi")]
impl Contexts {
    /// The contexts that come with this crate, from which a caller's own set starts:
    ///
    /// | URL | of |
    /// |---|---|
    /// | `https://www.w3.org/ns/credentials/v2` | VCDM 2.0 appendix B.1 |
    /// | `https://www.w3.org/ns/credentials/undefined-terms/v2` | VCDM 2.0 section 5.2 |
    /// | `https://w3id.org/security/data-integrity/v2` | VC Data Integrity 1.0 section 2.6 |
    /// | `https://w3id.org/security/multikey/v1` | Controlled Identifiers 1.0 section 2.2.2 |
    /// | [`PASSPORT_CONTEXT`](super::PASSPORT_CONTEXT) | the passport's own terms |
    /// | [`TRUST_CONTEXT`](crate::trust::TRUST_CONTEXT) | the terms of accreditations, grants and their like |
    ///
    /// # Errors
    /// None in practice: the texts are part of the crate.
    pub fn bundled() -> Result<&'static Self> {
        static BUNDLED: std::sync::OnceLock<Result<Contexts>> = std::sync::OnceLock::new();
        BUNDLED.get_or_init(read).as_ref().map_err(Clone::clone)
    }

    pub(super) fn get(&self, url: &str) -> Option<&Value> {
        self.documents.get(url)
    }

    pub(super) fn cache(&self) -> &super::cache::Cache {
        &self.cache
    }
}

#[cfg(feature = "ssi")]
fn read() -> Result<Contexts> {
    let texts = [
        (
            "https://www.w3.org/ns/credentials/v2",
            include_str!("contexts/credentials-v2.jsonld"),
        ),
        (
            "https://www.w3.org/ns/credentials/undefined-terms/v2",
            include_str!("contexts/undefined-terms-v2.jsonld"),
        ),
        (
            "https://w3id.org/security/data-integrity/v2",
            include_str!("contexts/data-integrity-v2.jsonld"),
        ),
        (
            "https://w3id.org/security/multikey/v1",
            include_str!("contexts/multikey-v1.jsonld"),
        ),
        (
            super::PASSPORT_CONTEXT,
            include_str!("contexts/passport.jsonld"),
        ),
    ];
    texts
        .into_iter()
        .try_fold(Contexts::default(), |contexts, (url, text)| {
            contexts.with(url, &crate::json::parse(text.as_bytes())?)
        })?
        .with(crate::trust::TRUST_CONTEXT, &crate::trust::context())
}
