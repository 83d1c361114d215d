//! Which key must have signed: from the DID of the issuer or holder, or from the caller.

use serde_json::{Map, Value};

use super::{VerifyOptions, rules};
use crate::did::{self, KeyMaterial, Relationship, Resolver};
use crate::error::{Error, ErrorCode, Result};
use crate::key::PublicKey;
use crate::prelude::*;
use crate::report::{Findings, Severity};

/// The clause for tokens.
pub(crate) const TOKEN: &str = "VC-JOSE-COSE section 4.1.1";
/// The clause for embedded proofs.
pub(crate) const PROOF: &str = "VC Data Integrity 1.0 section 4.3";

/// The question whose key it is.
pub(crate) struct KeyQuery<'a> {
    /// The issuer or holder, as the document names it.
    pub(crate) controller: Option<&'a str>,
    /// Where it is named.
    pub(crate) path: &'static str,
    /// What the key must be for.
    pub(crate) relationship: Relationship,
    pub(crate) options: &'a VerifyOptions<'a>,
}

impl KeyQuery<'_> {
    /// Asks for the key of a credential's issuer.
    pub(super) fn of_issuer<'q>(
        credential: &'q Map<String, Value>,
        options: &'q VerifyOptions<'q>,
    ) -> KeyQuery<'q> {
        KeyQuery {
            controller: rules::issuer_id(credential),
            path: "/issuer",
            relationship: Relationship::AssertionMethod,
            options,
        }
    }

    /// Asks for the key of a presentation's holder.
    pub(super) fn of_holder<'q>(
        presentation: &'q Map<String, Value>,
        options: &'q VerifyOptions<'q>,
    ) -> KeyQuery<'q> {
        KeyQuery {
            controller: rules::holder_id(presentation),
            path: "/holder",
            relationship: Relationship::Authentication,
            options,
        }
    }

    /// Finds the key, which must be a P-256 one.
    pub(crate) fn find_p256(
        &self,
        url: Option<&Value>,
        path: &str,
        reference: &'static str,
        findings: &mut Findings,
    ) -> Option<PublicKey> {
        match self.find(url, path, reference, findings)? {
            KeyMaterial::P256(key) => Some(key),
            _ => {
                let detail = "the key is not a P-256 key";
                findings.error(ErrorCode::WrongCurve, path, detail, reference);
                None
            }
        }
    }

    /// Finds the key under the DID URL that the header or proof names; `path` is where it stands.
    pub(crate) fn find(
        &self,
        url: Option<&Value>,
        path: &str,
        reference: &'static str,
        findings: &mut Findings,
    ) -> Option<KeyMaterial> {
        if let Some(given) = self.options.issuer_key {
            return self.given(given, url, path, reference, findings);
        }
        let url = check_url(url, path, reference, findings);
        let bound = match (self.controller, url) {
            (Some(controller), Some((did, _))) => did == controller,
            _ => false,
        };
        if !bound && url.is_some() {
            self.report_unbound(path, reference, findings);
        }
        // A did:key has one key, whatever the URL says; for other issuers the URL says which it is.
        match (self.controller, url) {
            (Some(controller), _)
                if controller.starts_with("did:key:") && !self.lets_pass(bound) =>
            {
                self.resolved(controller, None, self.path, reference, findings)
            }
            (_, Some((did, url))) if self.lets_pass(bound) => {
                let path = if bound { self.path } else { path };
                self.resolved(did, Some(url), path, reference, findings)
            }
            _ => None,
        }
    }

    fn lets_pass(&self, bound: bool) -> bool {
        bound || self.options.allow_unbound_issuer
    }

    fn report_unbound(&self, path: &str, reference: &'static str, findings: &mut Findings) {
        let severity = if self.options.allow_unbound_issuer {
            Severity::Warning
        } else {
            Severity::Error
        };
        let detail = format!("expected the DID URL of a key of {}", self.role());
        findings.push(ErrorCode::IssuerMismatch, severity, path, detail, reference);
    }

    fn role(&self) -> &'static str {
        if self.path == "/holder" {
            "the holder"
        } else {
            "the issuer"
        }
    }

    /// The caller vouches for the key; what the document says must not contradict it.
    fn given(
        &self,
        given: &PublicKey,
        url: Option<&Value>,
        path: &str,
        reference: &'static str,
        findings: &mut Findings,
    ) -> Option<KeyMaterial> {
        let controller = self.controller?;
        if controller.starts_with("did:key:") {
            let own = self.resolved(controller, None, self.path, reference, findings)?;
            if own != KeyMaterial::P256(*given) {
                let detail = format!("{} is not the holder of the given key", self.role());
                findings.error(ErrorCode::KeyMismatch, self.path, detail, reference);
                return None;
            }
        }
        if let Some((did, _)) = check_url(url, path, reference, findings)
            && did != controller
            && did != given.did().as_str()
        {
            let detail = format!("expected the DID URL of a key of {}", self.role());
            findings.error(ErrorCode::IssuerMismatch, path, detail, reference);
        }
        Some(KeyMaterial::P256(*given))
    }

    fn resolved(
        &self,
        did: &str,
        url: Option<&str>,
        path: &str,
        reference: &'static str,
        findings: &mut Findings,
    ) -> Option<KeyMaterial> {
        let found = || -> Result<KeyMaterial> {
            // Such a document has one key, of which the URL was found to be, for every purpose.
            if let Some(key @ KeyMaterial::P256(_)) = did::key_in_name(did)? {
                return Ok(key);
            }
            let document = did::resolve(did, self.options.resolver.map(|r| r as &dyn Resolver))?;
            let method = match url {
                Some(url) => document.method(url, self.relationship, self.options.at)?,
                None => document
                    .verification_methods()
                    .first()
                    .ok_or_else(|| Error::new(ErrorCode::InvalidDid))?,
            };
            Ok(method.key)
        };
        found()
            .map_err(|error| {
                let detail = format!("no key of {}: {error}", self.role());
                findings.error(error.code(), path, detail, reference);
            })
            .ok()
    }
}

/// Takes a DID URL apart into DID and whole; a finding where it is none.
fn check_url<'v>(
    url: Option<&'v Value>,
    path: &str,
    reference: &'static str,
    findings: &mut Findings,
) -> Option<(&'v str, &'v str)> {
    const DETAIL: &str = "expected the DID URL of the key, with its fragment";
    let Some(url) = url else {
        findings.error(ErrorCode::MissingMember, path, DETAIL, reference);
        return None;
    };
    let url = url.as_str().unwrap_or_default();
    match url.split_once('#') {
        None | Some((_, "")) => {
            findings.error(ErrorCode::InvalidMember, path, DETAIL, reference);
            None
        }
        // A did:key has one key, whose fragment repeats it.
        Some((did, fragment)) => match did.strip_prefix("did:key:") {
            Some(name) if name != fragment => {
                findings.error(ErrorCode::KeyMismatch, path, DETAIL, reference);
                None
            }
            _ => Some((did, url)),
        },
    }
}
