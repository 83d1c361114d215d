use serde_json::Value;

use super::read::{Readable, Subject};
use crate::attribute::Category;
use crate::credential::{PASSPORT_CREDENTIAL, PASSPORT_SUBJECT};
use crate::error::{Error, ErrorCode, Result};
use crate::link::{PassportLink, Target};
use crate::passport::Passport;
use crate::prelude::*;
use crate::report::Findings;

/// What decides about rights on a passport.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct PassportFacts {
    /// `digitalProductPassportId`.
    pub id: String,
    /// `economicOperatorId`: who is responsible for it.
    pub operator_id: String,
    /// The model: the GTIN of 14 digits in `uniqueProductIdentifier`, where that is a GS1 Digital Link.
    pub model: Option<String>,
    /// `batteryCategory`.
    pub category: Option<Category>,
}

impl PassportFacts {
    /// Facts that the caller knows, without model and category.
    pub fn new(id: impl Into<String>, operator_id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            operator_id: operator_id.into(),
            model: None,
            category: None,
        }
    }

    /// Takes the facts from a passport.
    ///
    /// # Errors
    /// `missing_member` or `invalid_member` at `/digitalProductPassportId` or `/economicOperatorId`.
    pub fn of(passport: &Passport) -> Result<Self> {
        let operator = passport.economic_operator_id.as_deref();
        let missing = || Error::new(ErrorCode::MissingMember).at("/economicOperatorId");
        let general = passport.general_product_information.as_ref();
        let category = general.and_then(|general| general.battery_category.as_ref());
        Ok(Self {
            category: category.and_then(|word| word.as_str().parse().ok()),
            model: passport
                .unique_product_identifier
                .as_deref()
                .and_then(model_of),
            ..Self::new(passport.id()?, operator.ok_or_else(missing)?)
        })
    }
}

impl Readable for PassportFacts {
    const TYPE: &'static str = PASSPORT_CREDENTIAL;
    const SUBJECT_TYPE: &'static str = PASSPORT_SUBJECT;

    fn read(claims: &Value, findings: &mut Findings) -> Option<Self> {
        let mut subject = Subject::typed::<Self>(claims, findings)?;
        let id = subject.passport_id("digitalProductPassportId");
        let operator_id = subject.text("economicOperatorId");
        let members = subject.members();
        if id.is_some() && members.get("id").and_then(Value::as_str) != id.as_deref() {
            let detail = "expected the subject's id to be that of the passport";
            subject.refuse(ErrorCode::Inconsistent, "id", detail);
        }
        let category = members
            .get("generalProductInformation")
            .and_then(|general| general.get("batteryCategory"))
            .and_then(Value::as_str);
        let product = members
            .get("uniqueProductIdentifier")
            .and_then(Value::as_str);
        Some(Self {
            id: id?,
            operator_id: operator_id?,
            model: product.and_then(model_of),
            category: category.and_then(|word| word.parse().ok()),
        })
    }
}

/// The GTIN of a GS1 Digital Link.
fn model_of(product: &str) -> Option<String> {
    match product.parse::<PassportLink>().ok()?.target() {
        Target::Item { gtin, .. } => Some(gtin.to_string()),
        Target::Passport { .. } => None,
    }
}
