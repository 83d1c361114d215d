//! Registered JWT claims beside a credential's own members.

use serde_json::{Map, Value};

use super::issuer_id;
use crate::error::ErrorCode;
use crate::prelude::*;
use crate::report::Findings;
use crate::time::Timestamp;

const JWT_CLAIMS: &str = "VC-JOSE-COSE section 3.1.3";

/// JWT claims may stand beside the credential's own members, but must not contradict them.
pub(super) fn check(
    credential: &Map<String, Value>,
    at: Option<Timestamp>,
    findings: &mut Findings,
) {
    for name in ["vc", "vp"] {
        if credential.contains_key(name) {
            let detail = "the credential is the payload, not a claim in it";
            findings.error(
                ErrorCode::InvalidMember,
                format!("/{name}"),
                detail,
                JWT_CLAIMS,
            );
        }
    }
    let subject = credential
        .get("credentialSubject")
        .and_then(|s| s.get("id"));
    let own = [
        ("iss", issuer_id(credential), ErrorCode::IssuerMismatch),
        (
            "jti",
            credential.get("id").and_then(Value::as_str),
            ErrorCode::InvalidMember,
        ),
        (
            "sub",
            subject.and_then(Value::as_str),
            ErrorCode::InvalidMember,
        ),
    ];
    for (name, expected, code) in own {
        if credential
            .get(name)
            .is_some_and(|claim| claim.as_str() != expected)
        {
            let detail = "contradicts the credential's own member";
            findings.error(code, format!("/{name}"), detail, JWT_CLAIMS);
        }
    }
    check_seconds(credential, at, findings);
}

/// The times of a token, `nbf` and `exp`, in seconds since 1970 (RFC 7519 section 4.1).
pub(in crate::credential) fn check_times(
    claims: &Map<String, Value>,
    at: Timestamp,
    findings: &mut Findings,
) {
    check_seconds(claims, Some(at), findings);
}

fn check_seconds(claims: &Map<String, Value>, at: Option<Timestamp>, findings: &mut Findings) {
    for (name, code) in [("nbf", ErrorCode::NotYetValid), ("exp", ErrorCode::Expired)] {
        let Some(claim) = claims.get(name) else {
            continue;
        };
        let path = format!("/{name}");
        let Some(seconds) = claim.as_f64() else {
            let detail = "expected seconds since 1970";
            findings.error(ErrorCode::InvalidMember, path, detail, JWT_CLAIMS);
            continue;
        };
        // Exact for every Timestamp: its seconds are below 2^53.
        let now = at.map(|at| at.unix() as f64);
        let outside = |now: f64| match name {
            "nbf" => now < seconds,
            _ => now >= seconds,
        };
        if now.is_some_and(outside) {
            let detail = "the token is not valid at the time of the check";
            findings.error(code, path, detail, "RFC 7519 section 4.1");
        }
    }
}
