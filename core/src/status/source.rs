use crate::error::Result;
use crate::key::PublicKey;
use crate::prelude::*;
use crate::time::Timestamp;

/// Where list credentials come from, and whose are believed.
///
/// A URL comes from the credential that is checked. An implementation that uses a network decides which
/// addresses may be asked (none inside the own network), how long it waits, and how much it reads.
pub trait StatusLists {
    /// Returns the secured list credential at a URL, in any form that [`verify`](crate::credential::verify()) reads: a token, CBOR, or
    /// JSON with an embedded proof.
    ///
    /// # Errors
    /// Whatever kept it from coming. The status is unknown then, and the credential not to be relied on.
    fn fetch(&self, url: &str) -> Result<Vec<u8>>;

    /// Says whether `list_issuer` may tell the status of credentials of `credential_issuer`. By default
    /// only the same issuer may.
    fn is_trusted(&self, list_issuer: &str, credential_issuer: &str) -> bool {
        list_issuer == credential_issuer
    }

    /// Returns the list of a URL if it was verified before and may still be used at `at`.
    fn recall(&self, url: &str, at: Timestamp) -> Option<Arc<VerifiedList>> {
        let _ = (url, at);
        None
    }

    /// Takes note of a list that was fetched and verified at `at`.
    fn remember(&self, url: &str, list: &Arc<VerifiedList>, at: Timestamp) {
        let _ = (url, list, at);
    }
}

impl<L: StatusLists + ?Sized> StatusLists for &L {
    fn fetch(&self, url: &str) -> Result<Vec<u8>> {
        (**self).fetch(url)
    }

    fn is_trusted(&self, list_issuer: &str, credential_issuer: &str) -> bool {
        (**self).is_trusted(list_issuer, credential_issuer)
    }

    fn recall(&self, url: &str, at: Timestamp) -> Option<Arc<VerifiedList>> {
        (**self).recall(url, at)
    }

    fn remember(&self, url: &str, list: &Arc<VerifiedList>, at: Timestamp) {
        (**self).remember(url, list, at);
    }
}

/// A list whose credential was verified.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct VerifiedList {
    pub(super) id: Option<String>,
    pub(super) issuer: String,
    pub(super) purposes: Vec<String>,
    pub(super) bits: Vec<u8>,
    pub(super) ttl_ms: Option<u64>,
    pub(super) valid_until: Option<Timestamp>,
    /// The key that the caller gave for it, where there was one.
    pub(super) given_key: Option<PublicKey>,
}

impl VerifiedList {
    /// Returns the issuer of the list.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Returns for how many milliseconds a copy may be used, where the list says so.
    pub const fn ttl_ms(&self) -> Option<u64> {
        self.ttl_ms
    }

    /// Returns until when the list credential is valid, where it says so.
    pub const fn valid_until(&self) -> Option<Timestamp> {
        self.valid_until
    }
}
