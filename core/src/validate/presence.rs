//! What the table of attributes says about presence and absence, per category and date.

use crate::attribute::{self, Attribute, Category, Guidance, Obligation, Step, steps};
use crate::error::ErrorCode;
use crate::json::push_token;
use crate::model::node::Node;
use crate::prelude::*;
use crate::report::{Findings, Severity};
use crate::time::Timestamp;

/// What the law and the Commission's guidance ask of an attribute together.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Expectation {
    /// It must be given: an error where it is missing.
    Required,
    /// It must be given where its condition holds, which a document does not tell.
    Conditional,
    /// It may be given.
    Voluntary,
    /// It is not asked of this category.
    NotApplicable,
    /// It must not be given yet: an error where it is.
    NotToBeFilled,
}

impl Expectation {
    /// Returns the name in all bindings: `required`, `conditional`, `voluntary`, `not_applicable` or
    /// `not_to_be_filled`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Conditional => "conditional",
            Self::Voluntary => "voluntary",
            Self::NotApplicable => "not_applicable",
            Self::NotToBeFilled => "not_to_be_filled",
        }
    }
}

/// Returns what is expected of an attribute in a passport of a category at a time.
///
/// The law decides; the guidance of 28 July 2026 makes a duty conditional, and says what must wait. Its
/// conditions on industrial batteries include being stationary: for [`Category::Stationary`] such a duty
/// holds where the law has it for stationary batteries and not for other industrial ones.
pub fn expectation(attribute: &Attribute, category: Category, at: Timestamp) -> Expectation {
    let obligation = attribute.obligation(category);
    // A date that cannot be read has not come.
    let waits = attribute
        .from
        .is_some_and(|day| Timestamp::from_day(day).map_or(true, |from| at < from));
    match (obligation, attribute.guidance(category)) {
        (_, Some(Guidance::NotToBeFilled)) if waits || attribute.from.is_none() => {
            Expectation::NotToBeFilled
        }
        (Obligation::NotApplicable, _) => Expectation::NotApplicable,
        (Obligation::Voluntary, _) => Expectation::Voluntary,
        (Obligation::Conditional, _) => Expectation::Conditional,
        (Obligation::Mandatory, _) if waits => Expectation::Voluntary,
        (Obligation::Mandatory, Some(Guidance::Conditional)) => {
            let by_being_stationary = category == Category::Stationary
                && attribute.obligation(Category::Industrial) != Obligation::Mandatory;
            if by_being_stationary {
                Expectation::Required
            } else {
                Expectation::Conditional
            }
        }
        (Obligation::Mandatory, _) => Expectation::Required,
    }
}

/// Tells whether attributes are given. Most stand side by side, so the object that the last one was looked
/// for in is remembered.
struct Given<'a> {
    document: Node<'a>,
    parent: &'static str,
    object: Option<Node<'a>>,
}

impl Given<'_> {
    fn has(&mut self, attribute: &'static Attribute) -> bool {
        attribute.paths.iter().any(|path| self.reaches(path))
    }

    fn reaches(&mut self, path: &'static str) -> bool {
        let within = |parent| path.strip_prefix(parent)?.strip_prefix('.');
        let rest = within(self.parent).or_else(|| {
            let names = path.split_once('[').map_or(path, |(names, _)| names);
            self.parent = names.rsplit_once('.')?.0;
            self.object = (self.parent.split('.')).try_fold(self.document, Node::get);
            within(self.parent)
        });
        match rest {
            Some(rest) => (self.object).is_some_and(|object| attribute::reaches(rest, object)),
            None => attribute::reaches(path, self.document),
        }
    }
}

pub(super) fn check(
    document: Node<'_>,
    category: Category,
    at: Timestamp,
    judged: impl Fn(&str) -> bool,
    findings: &mut Findings,
) {
    let mut given = Given {
        document,
        parent: "",
        object: None,
    };
    for attribute in attribute::all() {
        // Without a member in the data model there is nothing to look for.
        let [first, ..] = attribute.paths else {
            continue;
        };
        if !attribute.paths.iter().all(|path| judged(path)) {
            continue;
        }
        let expected = expectation(attribute, category, at);
        let found = match expected {
            Expectation::Voluntary => continue,
            Expectation::Required | Expectation::Conditional if given.has(attribute) => {
                continue;
            }
            Expectation::Required | Expectation::Conditional => Vec::new(),
            _ => attribute.pointers(document),
        };
        let of = |text: &str| format!("attribute {} ({}) {text}", attribute.number, attribute.name);
        let reference = attribute.reference;
        match expected {
            Expectation::Required if found.is_empty() => {
                let detail = of(&format!("is mandatory for {}", category.as_str()));
                findings.error(ErrorCode::MissingMember, pointer(first), detail, reference);
            }
            Expectation::Conditional if found.is_empty() => {
                let detail = of("is owed where its condition holds");
                let code = ErrorCode::MissingMember;
                findings.push(code, Severity::Info, pointer(first), detail, reference);
            }
            Expectation::NotToBeFilled => {
                for path in found {
                    let detail = of("must not be filled yet: Commission guidance of 28 July 2026");
                    findings.error(ErrorCode::NotToBeFilled, path, detail, reference);
                }
            }
            Expectation::NotApplicable => {
                for path in found {
                    let detail = of(&format!("is not asked for {}", category.as_str()));
                    let code = ErrorCode::NotApplicable;
                    findings.push(code, Severity::Info, path, detail, reference);
                }
            }
            _ => {}
        }
    }
}

/// Returns the JSON Pointer of where a missing attribute would be, as far as it is certain: up to the
/// first array.
fn pointer(path: &str) -> String {
    let mut pointer = String::new();
    for step in steps(path) {
        match step {
            Step::Member(name) => push_token(&mut pointer, name),
            _ => break,
        }
    }
    pointer
}
