//! For whom a credential or presentation was made, and which challenge it answers.

use serde_json::{Map, Value};

use super::claims::Source;
use super::{Securing, VerifyOptions};
use crate::error::ErrorCode;
use crate::prelude::*;
use crate::report::Findings;

/// What a form calls the recipient and the challenge.
#[derive(Clone, Copy)]
pub(crate) struct Names {
    domain: &'static str,
    challenge: &'static str,
    reference: &'static str,
}

/// The claims of a token or message.
pub(crate) const CLAIMS: Names = Names {
    domain: "aud",
    challenge: "nonce",
    reference: "VC-JOSE-COSE section 3.1.3",
};
/// The claims of a key binding JWT.
pub(crate) const KEY_BINDING: Names = Names {
    reference: "RFC 9901 section 7.3",
    ..CLAIMS
};
/// The members of an embedded proof.
pub(crate) const PROOF: Names = Names {
    domain: "domain",
    challenge: "challenge",
    reference: "VC Data Integrity 1.0 section 2.1",
};

/// For whom one signature says it was made.
pub(crate) struct Recipient {
    names: Names,
    /// The JSON Pointer of what holds the members.
    place: String,
    domain: Option<Value>,
    challenge: Option<Value>,
}

impl Recipient {
    /// Reads the members that the signature covers.
    pub(crate) fn of(members: &Map<String, Value>, names: Names, place: &str) -> Self {
        Self {
            names,
            place: place.into(),
            domain: members.get(names.domain).cloned(),
            challenge: members.get(names.challenge).cloned(),
        }
    }

    /// Compares with what the options expect; what they do not expect is not looked at.
    fn check(&self, options: &VerifyOptions<'_>, findings: &mut Findings) {
        if let Some(expected) = options.domain {
            let is_expected = match &self.domain {
                // Several recipients are allowed, several challenges are not.
                Some(Value::Array(list)) => list.iter().any(|one| one == expected),
                domain => domain.as_ref().is_some_and(|domain| domain == expected),
            };
            if !is_expected {
                self.refuse(ErrorCode::DomainMismatch, self.names.domain, findings);
            }
        }
        if let Some(expected) = options.challenge
            && self
                .challenge
                .as_ref()
                .is_none_or(|found| found != expected)
        {
            self.refuse(ErrorCode::ChallengeMismatch, self.names.challenge, findings);
        }
    }

    fn refuse(&self, code: ErrorCode, name: &str, findings: &mut Findings) {
        let path = format!("{}/{name}", self.place);
        let detail = format!("{name} is not the expected one");
        findings.error(code, path, detail, self.names.reference);
    }
}

/// A document taken out of its securing form. It yields its claims only to who says for whom they must
/// have been made, so that no form and no caller can forget to compare.
pub(super) struct Opened {
    securing: Securing,
    claims: Map<String, Value>,
    source: Source,
    genuine: bool,
    recipients: Vec<Recipient>,
}

impl Opened {
    /// `genuine` says whether the signature was checked and holds; `recipients` is what each signature
    /// of the issuer or holder says, all of which must be as expected.
    pub(super) const fn new(
        securing: Securing,
        claims: Map<String, Value>,
        genuine: bool,
        recipients: Vec<Recipient>,
    ) -> Self {
        Self {
            securing,
            claims,
            source: Source::Value,
            genuine,
            recipients,
        }
    }

    /// Says of what the claims are only an outline.
    pub(super) fn outlining(self, source: Source) -> Self {
        Self { source, ..self }
    }

    /// Compares the recipient and the challenge with those that the options expect.
    pub(super) fn received(self, options: &VerifyOptions<'_>, findings: &mut Findings) -> Received {
        if self.recipients.is_empty() {
            // Nobody said for whom: only right where nobody asks.
            Recipient::of(&Map::new(), CLAIMS, "").check(options, findings);
        }
        for recipient in &self.recipients {
            recipient.check(options, findings);
        }
        Received {
            securing: self.securing,
            claims: self.claims,
            source: self.source,
            genuine: self.genuine,
        }
    }
}

/// A document whose recipient was compared. What else is wrong stands in the findings.
pub(super) struct Received {
    pub(super) securing: Securing,
    pub(super) claims: Map<String, Value>,
    /// What `claims` is an outline of; [`Source::Value`] where it is the whole.
    pub(super) source: Source,
    /// Whether the signature was checked and holds.
    pub(super) genuine: bool,
}
