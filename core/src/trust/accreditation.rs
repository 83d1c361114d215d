use serde_json::{Value, json};

use super::OperatorRole;
use super::read::{self, Readable, Subject};
use crate::attribute::Category;
use crate::error::Result;
use crate::prelude::*;
use crate::report::Findings;
use crate::time::Timestamp;

/// An authority's word that an organisation is an operator, or an authority below it.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct OperatorAccreditation {
    /// The DID of the organisation.
    pub operator: String,
    /// Its identifier as it stands in passports, `economicOperatorId`.
    pub operator_id: String,
    /// What it may be.
    pub roles: Vec<OperatorRole>,
    /// For batteries of which categories.
    pub categories: Vec<Category>,
    /// Name of the organisation, for people.
    pub name: Option<String>,
    /// From when on it is valid.
    pub valid_from: Option<Timestamp>,
    /// Until when it is valid.
    pub valid_until: Option<Timestamp>,
}

impl OperatorAccreditation {
    /// An accreditation without an end.
    pub fn new(
        operator: impl Into<String>,
        operator_id: impl Into<String>,
        roles: &[OperatorRole],
        categories: &[Category],
    ) -> Self {
        Self {
            operator: operator.into(),
            operator_id: operator_id.into(),
            roles: roles.to_vec(),
            categories: categories.to_vec(),
            name: None,
            valid_from: None,
            valid_until: None,
        }
    }

    /// Makes the credential, to be signed by the authority.
    ///
    /// # Errors
    /// `missing_member`, `invalid_member`, `invalid_did` with the path of what cannot stand so.
    pub fn to_credential(&self) -> Result<Value> {
        let categories = self.categories.iter().map(|category| category.as_str());
        let subject = json!({
            "id": self.operator,
            "name": self.name,
            "economicOperatorId": self.operator_id,
            "roles": self.roles.iter().map(|role| role.as_str()).collect::<Vec<_>>(),
            "batteryCategories": categories.collect::<Vec<_>>(),
        });
        read::to_credential::<Self>(subject, self.valid_from, self.valid_until, None)
    }

    /// Reads the claims of a credential. It says nothing about who signed them.
    ///
    /// # Errors
    /// The first rule that does not hold, with its path: `missing_member`, `invalid_member`,
    /// `unknown_word`, `invalid_did`, `too_many_values`.
    pub fn from_claims(claims: &Value) -> Result<Self> {
        read::from_claims(claims)
    }
}

impl Readable for OperatorAccreditation {
    const TYPE: &'static str = "OperatorAccreditation";
    const SUBJECT_TYPE: &'static str = "EconomicOperator";

    fn read(claims: &Value, findings: &mut Findings) -> Option<Self> {
        let mut subject = Subject::typed::<Self>(claims, findings)?;
        let operator = subject.did("id");
        let operator_id = subject.text("economicOperatorId");
        Some(Self {
            roles: subject.words("roles"),
            categories: subject.words("batteryCategories"),
            name: subject.optional_text("name"),
            operator: operator?,
            operator_id: operator_id?,
            valid_from: read::validity(claims, "validFrom"),
            valid_until: read::validity(claims, "validUntil"),
        })
    }
}
