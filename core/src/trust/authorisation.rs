use serde_json::{Value, json};

use super::read::{self, Readable, Subject};
use super::{Action, Scope};
use crate::error::Result;
use crate::prelude::*;
use crate::report::Findings;
use crate::time::Timestamp;

/// The written authorisation of Art. 77(4) of Regulation (EU) 2023/1542: an operator lets another act for
/// it. It is also what lets another store passports, Art. 78(c). It cannot be passed on.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct ProcessorAuthorisation {
    /// The DID of the delegate.
    pub delegate: String,
    /// What it may do.
    pub actions: Vec<Action>,
    /// With which passports.
    pub scope: Scope,
    /// From when on it is valid.
    pub valid_from: Option<Timestamp>,
    /// Until when it is valid.
    pub valid_until: Timestamp,
}

impl ProcessorAuthorisation {
    /// An authorisation that is valid at once.
    pub fn new(
        delegate: impl Into<String>,
        actions: &[Action],
        scope: Scope,
        valid_until: Timestamp,
    ) -> Self {
        Self {
            delegate: delegate.into(),
            actions: actions.to_vec(),
            scope,
            valid_from: None,
            valid_until,
        }
    }

    /// Makes the credential, to be signed by the operator.
    ///
    /// # Errors
    /// `missing_member`, `invalid_member`, `invalid_did`, `inconsistent` with the path of what cannot
    /// stand so.
    pub fn to_credential(&self) -> Result<Value> {
        let mut subject = json!({
            "id": self.delegate,
            "actions": self.actions.iter().map(|action| action.as_str()).collect::<Vec<_>>(),
        });
        self.scope.write(&mut subject);
        read::to_credential::<Self>(subject, self.valid_from, Some(self.valid_until), None)
    }

    /// Reads the claims of a credential. It says nothing about who signed them.
    ///
    /// # Errors
    /// The first rule that does not hold, with its path: `missing_member` (`/validUntil` too),
    /// `invalid_member`, `unknown_word`, `invalid_did`, `inconsistent`, `too_many_values`.
    pub fn from_claims(claims: &Value) -> Result<Self> {
        read::from_claims(claims)
    }
}

impl Readable for ProcessorAuthorisation {
    const TYPE: &'static str = "ProcessorAuthorisation";
    const SUBJECT_TYPE: &'static str = "AuthorisedProcessor";

    fn read(claims: &Value, findings: &mut Findings) -> Option<Self> {
        let until = read::end(claims, "expected the end of the authorisation", findings);
        let mut subject = Subject::typed::<Self>(claims, findings)?;
        let delegate = subject.did("id");
        Some(Self {
            actions: subject.words("actions"),
            scope: Scope::read(&mut subject),
            delegate: delegate?,
            valid_from: read::validity(claims, "validFrom"),
            valid_until: until?,
        })
    }
}
