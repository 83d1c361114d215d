use serde_json::{Value, json};

use super::read::{self, Readable, Subject};
use crate::credential::{SecuredRef, issuer_of};
use crate::error::{ErrorCode, Result};
use crate::json;
use crate::link::is_valid_id;
use crate::prelude::*;
use crate::report::Findings;
use crate::time::Timestamp;

/// The word of two operators that the responsibility for passports passes from one to the other
/// (Art. 77(7) of Regulation (EU) 2023/1542).
///
/// Both sign: the first with [`sign`](crate::credential::sign()) in a form with an embedded proof, the
/// other with [`add_proof`](crate::credential::add_proof).
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct ResponsibilityTransfer {
    /// The DID of the operator who was responsible; the issuer.
    pub from: String,
    /// Its identifier in passports, `economicOperatorId`.
    pub from_id: String,
    /// The DID of the operator who becomes responsible.
    pub to: String,
    /// Its identifier in passports.
    pub to_id: String,
    /// The ids of the passports.
    pub passports: Vec<String>,
    /// From when on the other is responsible.
    pub effective: Timestamp,
}

impl ResponsibilityTransfer {
    /// The transfer between two operators, each given as DID and `economicOperatorId`.
    pub fn new(
        from: (&str, &str),
        to: (&str, &str),
        passports: &[&str],
        effective: Timestamp,
    ) -> Self {
        Self {
            from: from.0.into(),
            from_id: from.1.into(),
            to: to.0.into(),
            to_id: to.1.into(),
            passports: passports.iter().map(|id| (*id).into()).collect(),
            effective,
        }
    }

    /// Makes the credential, to be signed by both.
    ///
    /// # Errors
    /// `missing_member`, `invalid_member`, `invalid_did`, `inconsistent` with the path of what cannot
    /// stand so.
    pub fn to_credential(&self) -> Result<Value> {
        let subject = json!({
            "id": self.to,
            "economicOperatorId": self.to_id,
            "previousOperatorId": self.from_id,
            "passports": self.passports,
            "effectiveFrom": self.effective.to_string(),
        });
        read::to_credential::<Self>(subject, None, None, Some(&self.from))
    }

    /// Reads the claims of a credential. It says nothing about who signed them.
    ///
    /// # Errors
    /// The first rule that does not hold, with its path: `missing_member`, `invalid_member`,
    /// `invalid_did`, `inconsistent` for a transfer to oneself, `too_many_values`.
    pub fn from_claims(claims: &Value) -> Result<Self> {
        read::from_claims(claims)
    }

    /// Tells whether the other operator signed too. All proofs of a document hold when it verifies.
    pub(super) fn is_signed_by_both(&self, secured: SecuredRef<'_>) -> bool {
        let proofs = signers(secured);
        [&self.from, &self.to]
            .into_iter()
            .all(|operator| proofs.iter().any(|did| did == operator))
    }
}

impl Readable for ResponsibilityTransfer {
    const TYPE: &'static str = "ResponsibilityTransfer";
    const SUBJECT_TYPE: &'static str = "ResponsibleOperator";

    fn read(claims: &Value, findings: &mut Findings) -> Option<Self> {
        let from = issuer_of(claims).map(ToString::to_string);
        let mut subject = Subject::typed::<Self>(claims, findings)?;
        let (to, to_id) = (subject.did("id"), subject.text("economicOperatorId"));
        let from_id = subject.text("previousOperatorId");
        let passports = subject.list("passports", "expected passport ids", |value| {
            value
                .as_str()
                .filter(|id| is_valid_id(id))
                .map(ToString::to_string)
        });
        if passports.is_empty() {
            subject.missing("passports", "expected at least one passport id");
        }
        if to.is_some() && to == from || to_id.is_some() && to_id == from_id {
            let detail = "the responsibility passes to another operator";
            subject.refuse(ErrorCode::Inconsistent, "id", detail);
        }
        let effective = subject.time("effectiveFrom");
        Some(Self {
            from: from?,
            from_id: from_id?,
            to: to?,
            to_id: to_id?,
            passports,
            effective: effective?,
        })
    }
}

/// The DIDs of the keys of a document's embedded proofs.
fn signers(secured: SecuredRef<'_>) -> Vec<String> {
    let parsed;
    let document = match secured {
        SecuredRef::Json(value) => value,
        SecuredRef::Text(text) => {
            parsed = json::parse(text.as_bytes()).unwrap_or_default();
            &parsed
        }
        SecuredRef::Bytes(bytes) => {
            parsed = json::parse(bytes).unwrap_or_default();
            &parsed
        }
    };
    let proofs = match document.get("proof") {
        Some(Value::Array(proofs)) => proofs.as_slice(),
        Some(proof) => core::slice::from_ref(proof),
        None => &[],
    };
    let did = |proof: &Value| {
        let url = proof.get("verificationMethod")?.as_str()?;
        Some(url.split_once('#')?.0.to_string())
    };
    proofs.iter().filter_map(did).collect()
}
