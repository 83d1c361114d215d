//! Related resources and their digests, VCDM 2.0 section 5.3.

use serde_json::Value;

use super::{check_id, one_or_more};
use crate::error::ErrorCode;
use crate::prelude::*;
use crate::report::Findings;

const RELATED: &str = "VCDM 2.0 section 5.3";

/// Each resource has a URL of its own, of which no other has the same, and at least one digest.
pub(super) fn check(resources: Option<&Value>, findings: &mut Findings) {
    let Some(resources) = resources else { return };
    let mut seen = Vec::new();
    for (path, resource) in one_or_more(resources, "/relatedResource", findings, RELATED) {
        let (Some(object), Some(id)) = (resource.as_object(), resource.get("id")) else {
            let detail = "expected an object with an id and a digest";
            findings.error(ErrorCode::InvalidMember, path, detail, RELATED);
            continue;
        };
        check_id(object, &path, RELATED, findings);
        if seen.contains(&id) {
            let (path, detail) = (format!("{path}/id"), "the same resource stands twice");
            findings.error(ErrorCode::InvalidMember, path, detail, RELATED);
        }
        seen.push(id);
        let digests = [
            ("digestSRI", is_integrity as fn(&str) -> bool),
            ("digestMultibase", is_multibase),
        ];
        let mut any = false;
        for (name, good) in digests {
            let Some(digest) = resource.get(name) else {
                continue;
            };
            any = true;
            if !digest.as_str().is_some_and(good) {
                let (path, detail) = (format!("{path}/{name}"), "the digest has another form");
                findings.error(ErrorCode::InvalidMember, path, detail, RELATED);
            }
        }
        if !any {
            let detail = "expected digestSRI or digestMultibase";
            findings.error(ErrorCode::InvalidMember, path, detail, RELATED);
        }
    }
}

/// One or more hashes of W3C Subresource Integrity section 3.5.
fn is_integrity(text: &str) -> bool {
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=' | '-' | '_');
    !text.is_empty()
        && text.split(' ').all(|hash| {
            let Some((algorithm, digest)) = hash.split_once('-') else {
                return false;
            };
            let digits = match algorithm {
                "sha256" => 43,
                "sha384" => 64,
                "sha512" => 86,
                _ => return false,
            };
            digest.trim_end_matches('=').len() == digits && digest.chars().all(is_base64)
        })
}

/// base58btc or base64url, the two that Controlled Identifiers section 2.4 asks for.
fn is_multibase(text: &str) -> bool {
    let mut chars = text.chars();
    match chars.next() {
        Some('z') => bs58::decode(chars.as_str())
            .into_vec()
            .is_ok_and(|digest| digest.len() > 2),
        Some('u') => {
            chars.as_str().len() > 2
                && chars.all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        }
        _ => false,
    }
}
