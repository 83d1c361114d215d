//! Whether the law asks for a passport at all: Art. 77(1).

use super::rules;
use crate::attribute::Category;
use crate::error::ErrorCode;
use crate::model::node::Node;
use crate::report::{Findings, Severity};
use crate::time::Timestamp;

/// 18 February 2027, 00:00 UTC, in Unix seconds.
const FROM: i64 = 1_802_908_800;
/// Industrial batteries up to this energy, in kilowatt hours, need no passport.
const INDUSTRIAL_KWH: f64 = 2.0;

/// Whether a passport is owed, and why.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Scope {
    /// Whether the law asks for a passport.
    pub owed: bool,
    /// Why, in English.
    pub reason: &'static str,
    /// The article that says so.
    pub reference: &'static str,
}

/// Tells whether a passport is owed for a battery of a category, with an energy in kilowatt hours, that is
/// placed on the market or put into service on a day.
///
/// The energy counts for industrial batteries only, stationary ones included; one that is not a number
/// does not release from the duty. Portable batteries and those for starting, lighting and ignition have
/// no category here: the law asks for no passport of them.
pub fn scope(category: Category, kwh: f64, on: Timestamp) -> Scope {
    let (owed, reason, reference) = if on.unix() < FROM {
        (
            false,
            "passports are owed from 18 February 2027",
            "Art. 77(1)",
        )
    } else {
        match category {
            Category::Ev => (
                true,
                "an electric vehicle battery",
                "Art. 77(1); Art. 3(1)(14)",
            ),
            Category::Lmt => (
                true,
                "a battery of a light means of transport, of any energy",
                "Art. 77(1); Art. 3(1)(11)",
            ),
            Category::Industrial | Category::Stationary if kwh <= INDUSTRIAL_KWH => (
                false,
                "an industrial battery of at most 2 kWh",
                "Art. 77(1); Art. 3(1)(13)",
            ),
            Category::Industrial | Category::Stationary => (
                true,
                "an industrial battery of more than 2 kWh",
                "Art. 77(1); Art. 3(1)(13)",
            ),
        }
    };
    Scope {
        owed,
        reason,
        reference,
    }
}

/// Says so where a passport exists that nobody asks for. That is allowed.
pub(super) fn check(
    document: Node<'_>,
    category: Category,
    at: Timestamp,
    findings: &mut Findings,
) {
    let kwh = rules::energy(document).unwrap_or(f64::NAN);
    let scope = scope(category, kwh, at);
    if !scope.owed {
        let code = ErrorCode::PassportNotOwed;
        findings.push(code, Severity::Info, "", scope.reason, scope.reference);
    }
}
