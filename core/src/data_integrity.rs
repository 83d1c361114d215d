//! Embedded proofs: W3C Verifiable Credential Data Integrity 1.0, on any JSON document.
//!
//! The document stays readable; a `proof` member holds the signature and what it says about itself. A
//! document may carry a set of proofs, by several keys or in several suites, and a proof may name
//! earlier ones that it covers (`previousProof`), which makes a chain.
//!
//! This is the layer below credentials: [`credential::sign`](crate::credential::sign()) and
//! [`credential::add_proof`](crate::credential::add_proof) write proofs,
//! [`credential::verify`](crate::credential::verify()) checks all of them.

#[cfg(feature = "ssi")]
mod derive;
#[cfg(feature = "ssi")]
mod eddsa;
mod jcs;
mod proof;
#[cfg(feature = "ssi")]
mod rdfc;
#[cfg(feature = "ssi")]
mod sd;
mod suite;
#[cfg(all(test, feature = "ssi"))]
mod vectors;

#[cfg(feature = "ssi")]
pub(crate) use derive::derive;
pub(crate) use proof::{Signer, add_proof, verify_proofs};

use crate::error::{Error, ErrorCode, Result};
use crate::json_ld::Contexts;
use crate::time::Timestamp;

/// What a proof says beside its signature, Data Integrity section 2.1.
#[derive(Clone, Copy, Debug, Default)]
pub struct ProofOptions<'a> {
    /// A URL of the proof, by which a later one of a chain can name it.
    pub id: Option<&'a str>,
    /// When the proof was made.
    pub created: Option<Timestamp>,
    /// When the proof ends, which may be before the document does.
    pub expires: Option<Timestamp>,
    /// For whom the proof is made.
    pub domain: Option<&'a str>,
    /// The challenge that it answers.
    pub challenge: Option<&'a str>,
    /// The ids of the proofs that this one covers, Data Integrity section 2.1.2.
    pub previous: &'a [&'a str],
    /// For `ecdsa-sd-2023`: the JSON Pointers of what every derived credential shows.
    pub mandatory: &'a [&'a str],
    /// For the RDF suites: the JSON-LD contexts that may be used; by default those that come with this
    /// crate.
    pub contexts: Option<&'a Contexts>,
}

impl ProofOptions<'_> {
    /// For the forms that have no place for what these options say.
    pub(crate) fn refuse_any(&self) -> Result<()> {
        let given = [
            ("/proof/id", self.id.is_some()),
            ("/proof/created", self.created.is_some()),
            ("/proof/expires", self.expires.is_some()),
            ("/proof/domain", self.domain.is_some()),
            ("/proof/challenge", self.challenge.is_some()),
            ("/proof/previousProof", !self.previous.is_empty()),
            ("/mandatoryPointers", !self.mandatory.is_empty()),
        ];
        match given.iter().find(|(_, given)| *given) {
            None => Ok(()),
            Some((path, _)) => Err(Error::new(ErrorCode::InvalidArgument)
                .at(*path)
                .because("this securing form has no embedded proof")),
        }
    }
}
