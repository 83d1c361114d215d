use serde_json::{Value, json};

use super::passport::PassportFacts;
use super::read::Subject;
use crate::error::ErrorCode;
use crate::prelude::*;

/// Which passports a credential is about.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Scope {
    /// All passports that the issuer is responsible for. Not for grants, which are per battery or model.
    pub all: bool,
    /// Passports by their ids.
    pub passports: Vec<String>,
    /// Models by their GTINs of 14 digits, as they stand in the battery's identifier.
    pub models: Vec<String>,
}

impl Scope {
    /// All passports of the issuer.
    pub fn all() -> Self {
        Self {
            all: true,
            ..Self::default()
        }
    }

    /// One passport.
    pub fn passport(id: impl Into<String>) -> Self {
        Self {
            passports: vec![id.into()],
            ..Self::default()
        }
    }

    /// All batteries of one model, by its GTIN of 14 digits.
    pub fn model(gtin: impl Into<String>) -> Self {
        Self {
            models: vec![gtin.into()],
            ..Self::default()
        }
    }

    /// Tells whether a passport is among these.
    pub fn covers(&self, passport: &PassportFacts) -> bool {
        let model = passport.model.as_ref();
        self.all
            || self.passports.contains(&passport.id)
            || model.is_some_and(|model| self.models.contains(model))
    }

    pub(super) fn read(subject: &mut Subject<'_, '_>) -> Self {
        let scope = Self {
            all: subject.flag("allPassports"),
            passports: subject.texts("passports"),
            models: subject.texts("models"),
        };
        if scope == Self::default() {
            subject.missing("passports", "expected passports or models");
        } else if scope.all && !(scope.passports.is_empty() && scope.models.is_empty()) {
            let detail = "all passports and a list of them contradict each other";
            subject.refuse(ErrorCode::Inconsistent, "allPassports", detail);
        }
        scope
    }

    /// Adds the members to a subject.
    pub(super) fn write(&self, subject: &mut Value) {
        if self.all {
            subject["allPassports"] = true.into();
        }
        for (name, list) in [("passports", &self.passports), ("models", &self.models)] {
            if !list.is_empty() {
                subject[name] = json!(list);
            }
        }
    }
}
