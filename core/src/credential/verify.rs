use core::fmt;

use serde_json::Value;

use super::claims::Source;
use super::recipient::Opened;
use super::report::VerifyReport;
use super::shape::Shape;
use super::{Claims, SecuredRef, cose, jwt, proof, rules, sd_jwt};
use crate::did::Resolver;
use crate::error::{ErrorCode, Result};
use crate::json_ld::Contexts;
use crate::key::PublicKey;
use crate::prelude::*;
use crate::report::{Findings, Severity};
use crate::sd_jwt::MAX_AGE;
use crate::status::{self, StatusLists};
use crate::time::Timestamp;
use crate::trust::{self, Trust};

/// What a verification needs to know, and how strict it is.
#[derive(Clone, Copy)]
pub struct VerifyOptions<'a> {
    /// The time for which the question is asked.
    pub at: Timestamp,
    /// The key that the issuer must have, where the caller knows it already.
    pub issuer_key: Option<&'a PublicKey>,
    /// Finds the documents of issuers whose DID does not carry its key, such as `did:web`.
    pub resolver: Option<&'a (dyn Resolver + Sync)>,
    /// The recipient for whom the credential must have been signed, in every form: the `domain` of the
    /// proof, the claim `aud` of a token or message. A `vc+sd-jwt` then needs a key binding JWT of the
    /// holder, as it does for a challenge. What names no recipient is `domain_mismatch`.
    pub domain: Option<&'a str>,
    /// The challenge that the signature must answer, in every form (`challenge`, `nonce`). What answers
    /// none is `challenge_mismatch`.
    pub challenge: Option<&'a str>,
    /// How many seconds ago a key binding JWT that is needed may have been signed; 300 by default. The
    /// holder's clock may be a minute ahead.
    pub key_binding_max_age: u32,
    /// Where status lists come from. Then every `credentialStatus` is looked up, and a status that cannot
    /// be learnt is an error: see [`status::check`]. None: the status is not asked for,
    /// which the report says.
    pub status: Option<&'a (dyn StatusLists + Sync)>,
    /// Whom to trust. Then a chain of credentials must lead from the issuer to an anchor, and
    /// `allow_unbound_issuer` does not count.
    pub trust: Option<&'a Trust<'a>>,
    /// Accepts a key that its own DID document vouches for, but not the issuer's. Off by default:
    /// without the issuer's word anyone could sign in its name. A warning stays in the report.
    pub allow_unbound_issuer: bool,
    /// For the RDF suites (feature `ssi`): the JSON-LD contexts that may be used; by default those that
    /// come with this crate.
    pub contexts: Option<&'a Contexts>,
}

impl VerifyOptions<'_> {
    /// Asks for a time, with all keys from `did:key` and `did:jwk`, strictly.
    pub const fn at(at: Timestamp) -> Self {
        Self {
            at,
            issuer_key: None,
            resolver: None,
            domain: None,
            challenge: None,
            key_binding_max_age: MAX_AGE,
            status: None,
            trust: None,
            allow_unbound_issuer: false,
            contexts: None,
        }
    }
}

impl fmt::Debug for VerifyOptions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyOptions")
            .field("at", &self.at)
            .field("issuer_key", &self.issuer_key)
            .field("resolver", &self.resolver.is_some())
            .field("domain", &self.domain)
            .field("challenge", &self.challenge)
            .field("key_binding_max_age", &self.key_binding_max_age)
            .field("status", &self.status.is_some())
            .field("trust", &self.trust.is_some())
            .field("allow_unbound_issuer", &self.allow_unbound_issuer)
            .field("contexts", &self.contexts.is_some())
            .finish()
    }
}

/// Verifies a credential in any form and reports every rule that does not hold, not only the first.
///
/// The key comes from the issuer's DID or from the options, never from the credential; a signature is
/// checked over the bytes as they are.
///
/// # Errors
/// Only for what cannot be read at all: `malformed_jwt`, `malformed_disclosure`, `too_many_disclosures`,
/// `malformed_base64`, `malformed_cbor`,
/// `too_large`, `missing_member` for a document without a proof, and the errors of [`json::parse`](crate::json::parse).
pub fn verify<'s>(
    secured: impl Into<SecuredRef<'s>>,
    options: &VerifyOptions<'_>,
) -> Result<VerifyReport> {
    let mut findings = Findings::default();
    let secured = secured.into();
    let options = &VerifyOptions {
        // A chain says what the issuer may do, so the issuer must have signed.
        allow_unbound_issuer: options.allow_unbound_issuer && options.trust.is_none(),
        ..*options
    };
    let opened = open(secured, options, &mut findings)?.received(options, &mut findings);
    rules::check(&opened.claims, Some(options.at), &mut findings);
    let issuer = rules::issuer_id(&opened.claims).map(ToString::to_string);
    // The status and its issuer, too, are in an outline.
    let outline = Value::Object(opened.claims);
    match options.status {
        // Nobody is asked for an address that only a forger wrote.
        Some(lists) if opened.genuine => {
            findings
                .0
                .extend(status::check(&outline, lists, options).findings);
        }
        None if outline.get("credentialStatus").is_some() => {
            let detail = "whether the credential was revoked was not asked for";
            let path = "/credentialStatus";
            findings.push(
                ErrorCode::StatusNotChecked,
                Severity::Info,
                path,
                detail,
                "VCDM 2.0 section 4.10",
            );
        }
        _ => {}
    }
    let claims = match opened.source {
        Source::Value => outline.into(),
        source => Claims::from_checked(source),
    };
    let chain = match options.trust {
        // Nobody else's credentials are looked at for what only a forger wrote.
        Some(_) if opened.genuine => trust::walk(secured, &claims, options, &mut findings),
        _ => Vec::new(),
    };
    Ok(VerifyReport {
        ok: opened.genuine && findings.first_error().is_none(),
        findings: findings.0,
        issuer,
        securing: opened.securing,
        claims,
        chain,
    })
}

fn open(
    secured: SecuredRef<'_>,
    options: &VerifyOptions<'_>,
    findings: &mut Findings,
) -> Result<Opened> {
    match Shape::of(secured)? {
        // No other token has a tilde.
        Shape::Token(text) if text.contains('~') => sd_jwt::open(&text, options, findings),
        Shape::Token(text) => jwt::open(&text, options, findings),
        Shape::Message(bytes) => cose::open(&bytes, options, findings),
        Shape::Document(document) => proof::open(document, options, findings),
    }
}
