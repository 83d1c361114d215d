//! Validation of passports: what upstream's schema would read, and what the law asks.
//!
//! Two profiles. [`Profile::Wire`] says whether a document is one of the data model, as upstream's schema
//! does minus that schema's defects: what is wrong with a value, but can be read, is a warning there.
//! [`Profile::Regulation`] says whether it is what Regulation (EU) 2023/1542 asks of this category of
//! battery at a given time. The book's page on validation lists the rules and, by number, each
//! difference from upstream.

use crate::attribute::Category;
use crate::error::{Error, ErrorCode, Result};
use crate::model::node::{AsNode as _, Node};
use crate::passport::Passport;
use crate::prelude::*;
use crate::report::{Finding, Findings, Severity};
use crate::time::Timestamp;

mod country;
mod form;
mod presence;
mod rules;
mod scope;
mod shape;
mod walk;

pub use presence::{Expectation, expectation};
pub use scope::{Scope, scope};

/// What a passport is measured against.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Profile {
    /// What upstream's schema accepts, minus its defects: names, types, forms, enumerations.
    Wire,
    /// What the law asks of the battery's category at the given time, values included.
    Regulation,
}

impl Profile {
    /// Returns the name in all bindings: `wire` or `regulation`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Wire => "wire",
            Self::Regulation => "regulation",
        }
    }
}

impl core::str::FromStr for Profile {
    type Err = Error;

    /// Reads the name that [`Profile::as_str`] gives. Fails with `invalid_argument` for others.
    fn from_str(name: &str) -> Result<Self> {
        [Self::Wire, Self::Regulation]
            .into_iter()
            .find(|profile| profile.as_str() == name)
            .ok_or_else(|| {
                Error::new(ErrorCode::InvalidArgument).because("expected wire or regulation")
            })
    }
}

/// Everything that a validation found.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Report {
    /// Whether the passport is valid: no finding is an error.
    pub ok: bool,
    /// All findings: shape and values in the order of the document, then rules across members, then
    /// attributes by number.
    pub findings: Vec<Finding>,
}

/// Validates a passport at a point in time and returns every finding.
pub fn validate(passport: &Passport, profile: Profile, at: Timestamp) -> Report {
    let mut findings = Findings::default();
    check(passport.node(), profile, at, &mut findings);
    Report {
        ok: findings.first_error().is_none(),
        findings: findings.0,
    }
}

fn check(document: Node<'_>, profile: Profile, at: Timestamp, findings: &mut Findings) {
    walk::check(document, profile, findings);
    // What is readable but cannot be so decides in the profile of the law only.
    let severity = match profile {
        Profile::Wire => Severity::Warning,
        Profile::Regulation => Severity::Error,
    };
    rules::check(document, severity, at, findings);
    if profile == Profile::Wire {
        return;
    }
    // Without a category nothing can be said about what is owed; the missing member is a finding already.
    let category = rules::text(document, &["generalProductInformation", "batteryCategory"])
        .and_then(|word| word.parse::<Category>().ok());
    match category {
        Some(category) => {
            scope::check(document, category, at, findings);
            presence::check(document, category, at, findings);
        }
        None => findings.error(
            ErrorCode::MissingMember,
            "/generalProductInformation/batteryCategory",
            "expected lmt, ev, industrial or stationary; what the law asks depends on it",
            "Annex VI Part A(2)",
        ),
    }
}
