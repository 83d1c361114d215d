//! Validation of passports: what upstream's schema would read, and what the law asks.
//!
//! Two profiles. [`Profile::Wire`] says whether a document is one of the data model, as upstream's schema
//! does minus that schema's defects: what is wrong with a value, but can be read, is a warning there.
//! [`Profile::Regulation`] says whether it is what Regulation (EU) 2023/1542 asks of this category of
//! battery at a given time. The book's page on validation lists the rules and, by number, each
//! difference from upstream.

use crate::attribute::Category;
use crate::error::{Error, ErrorCode, Result};
use crate::model::node::{Members, Node};
use crate::passport::Passport;
use crate::prelude::*;
use crate::report::{Finding, Findings, Severity};
use crate::time::Timestamp;
use crate::upgrade::{PERFORMANCE, PerformanceVersion};

mod country;
mod form;
mod presence;
mod rules;
mod scope;
mod shape;
mod walk;

pub(crate) use form::is_language;
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
///
/// An older PerformanceAndDurability is one finding, `unsupported_version`: nothing is said about what is
/// in it or about what it lacks. [`Passport::upgrade`] makes a passport of it that can be judged.
pub fn validate(passport: &Passport, profile: Profile, at: Timestamp) -> Report {
    let mut findings = Findings::default();
    let older =
        (passport.performance_version()).filter(|version| *version != PerformanceVersion::V1_2_1);
    let rest = Rest {
        passport,
        hidden: older.is_some(),
    };
    walk::check(&rest, profile, &mut findings);
    if let Some(version) = older {
        let seen = version.as_str();
        findings.error(
            ErrorCode::UnsupportedVersion,
            format!("/{PERFORMANCE}"),
            format!(
                "version {seen}, expected 1.2.1; upgrade() returns the passport in that version"
            ),
            "PerformanceAndDurability 1.2.1",
        );
    }
    check(&rest, profile, at, &mut findings);
    Report {
        ok: findings.first_error().is_none(),
        findings: findings.0,
    }
}

/// A passport without what cannot be judged: a PerformanceAndDurability of an older version.
struct Rest<'p> {
    passport: &'p Passport,
    hidden: bool,
}

impl Rest<'_> {
    fn hides(&self, name: &str) -> bool {
        self.hidden && name == PERFORMANCE
    }
}

impl Members for Rest<'_> {
    fn member(&self, name: &str) -> Option<Node<'_>> {
        (!self.hides(name)).then(|| self.passport.member(name))?
    }

    fn each<'m>(&'m self, visit: &mut dyn FnMut(&'m str, Node<'m>)) {
        self.passport.each(&mut |name, node| {
            if !self.hides(name) {
                visit(name, node);
            }
        });
    }
}

/// Checks what concerns more than one value.
fn check(passport: &Rest<'_>, profile: Profile, at: Timestamp, findings: &mut Findings) {
    let document = Node::Object(passport);
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
            let judged = |path: &str| !(passport.hidden && path.starts_with(PERFORMANCE));
            presence::check(document, category, at, judged, findings);
        }
        None => findings.error(
            ErrorCode::MissingMember,
            "/generalProductInformation/batteryCategory",
            "expected lmt, ev, industrial or stationary; what the law asks depends on it",
            "Annex VI Part A(2)",
        ),
    }
}
