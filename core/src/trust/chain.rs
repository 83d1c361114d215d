//! The walk from a verified credential up to an anchor.

use serde_json::Value;

use super::LAW;
use super::evidence::{Content, Evidence};
use super::rights::Why;
use crate::credential::{SecuredRef, VerifyOptions, issuer_of};
use crate::error::ErrorCode;
use crate::prelude::*;
use crate::report::{Finding, Findings, Severity};
use crate::time::Timestamp;

/// A supporting credential in a chain.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Link {
    /// The type of the credential; empty where it cannot be read.
    pub kind: String,
    /// Who says so; empty where it cannot be read.
    pub issuer: String,
    /// About whom; empty where it cannot be read.
    pub subject: String,
    /// Whether it holds at the point in time, and its issuer may say so.
    pub ok: bool,
    /// What is wrong with it or worth knowing, with paths into it.
    pub findings: Vec<Finding>,
    /// From when on it is valid, where it says so.
    pub valid_from: Option<Timestamp>,
    /// Until when it is valid, where it says so.
    pub valid_until: Option<Timestamp>,
}

/// Walks from a credential whose signature holds up to an anchor.
///
/// Returns the chain, the link next to the credential first, the one that an anchor signed last. Without a
/// chain it returns every supporting credential that could have been part of one, and says in the
/// findings what keeps it from being so.
pub(crate) fn walk(
    secured: SecuredRef<'_>,
    claims: &Value,
    options: &VerifyOptions<'_>,
    findings: &mut Findings,
) -> Vec<Link> {
    let Some(trust) = options.trust else {
        return Vec::new();
    };
    let content = Content::read(claims, secured, findings);
    let issuer = issuer_of(claims).unwrap_or_default();
    let evidence = Evidence::new(trust, options);
    let mut why = evidence.too_many();
    let way = content
        .as_ref()
        .filter(|_| why.is_empty())
        .and_then(|content| evidence.justify(content, issuer, &mut why));
    let chain: Vec<Link> = match way {
        Some(way) => evidence.standing_links(&way),
        None => {
            let detail = "no chain of credentials leads from the issuer to a trust anchor";
            why.own
                .push(Why::finding(ErrorCode::UntrustedIssuer, "/issuer", detail));
            // A transfer has two signers.
            match &content {
                Some(Content::Transfer(transfer)) => {
                    evidence.explain(&[issuer, &transfer.to], &why)
                }
                _ => evidence.explain(&[issuer], &why),
            }
        }
    };
    findings.0.append(&mut why.own);
    for (i, link) in chain.iter().enumerate() {
        findings.extend_at(&format!("/trust/{i}"), link.findings.clone());
    }
    if chain.iter().all(|link| link.ok) && chain.len() > trust.max_depth {
        let detail = format!("{} links, the limit is {}", chain.len(), trust.max_depth);
        findings.error(ErrorCode::ChainTooLong, "/trust", detail, LAW);
    }
    chain
}

impl Why {
    pub(super) fn finding(code: ErrorCode, path: &str, detail: impl Into<String>) -> Finding {
        Finding {
            code,
            severity: Severity::Error,
            path: path.into(),
            detail: detail.into(),
            reference: LAW,
        }
    }
}
