//! For whom a proof or token was made, and which challenge it answers.

use serde_json::{Map, Value};

use super::VerifyOptions;
use crate::error::ErrorCode;
use crate::prelude::*;
use crate::report::Findings;

/// What the members are called, where they stand and which standard says so.
pub(crate) struct Recipient<'a> {
    pub(crate) domain: &'static str,
    pub(crate) challenge: &'static str,
    /// The JSON Pointer of what holds them.
    pub(crate) place: &'a str,
    pub(crate) reference: &'static str,
}

impl Recipient<'_> {
    /// Compares the members with what the options expect; what they do not expect is not looked at.
    pub(crate) fn check(
        &self,
        members: &Map<String, Value>,
        options: &VerifyOptions<'_>,
        findings: &mut Findings,
    ) {
        for (name, expected, code) in [
            (self.domain, options.domain, ErrorCode::DomainMismatch),
            (
                self.challenge,
                options.challenge,
                ErrorCode::ChallengeMismatch,
            ),
        ] {
            let Some(expected) = expected else { continue };
            let found = match members.get(name) {
                // Several recipients are allowed, several challenges are not.
                Some(Value::Array(list)) if name == self.domain => {
                    list.iter().any(|one| one == expected)
                }
                value => value.is_some_and(|value| value == expected),
            };
            if !found {
                let (path, detail) = (
                    format!("{}/{name}", self.place),
                    format!("{name} is not the expected one"),
                );
                findings.error(code, path, detail, self.reference);
            }
        }
    }
}
