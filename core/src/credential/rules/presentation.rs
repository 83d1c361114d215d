//! What VCDM 2.0 asks of a presentation.

use serde_json::{Map, Value};

use super::parts::{check_contexts, check_id, check_types, id_of, is_url, one_or_more};
use crate::error::ErrorCode;
use crate::prelude::*;
use crate::report::Findings;

const PRESENTATION: &str = "VCDM 2.0 section 4.13";
/// More credentials than this are refused: each costs a verification.
const MAX_CREDENTIALS: usize = 32;

/// Checks the structure, and returns the credentials in it with their paths.
pub(in crate::credential) fn check<'p>(
    presentation: &'p Map<String, Value>,
    findings: &mut Findings,
) -> Vec<(String, &'p Value)> {
    check_contexts(presentation.get("@context"), findings);
    check_types(
        presentation.get("type"),
        "VerifiablePresentation",
        PRESENTATION,
        findings,
    );
    check_id(presentation, "", PRESENTATION, findings);
    if let Some(holder) = presentation.get("holder")
        && !id_of(holder).is_some_and(is_url)
    {
        let detail = "expected a URL, or an object with a URL as its id";
        findings.error(ErrorCode::InvalidMember, "/holder", detail, PRESENTATION);
    }
    let Some(credentials) = presentation.get("verifiableCredential") else {
        return Vec::new();
    };
    let mut credentials = one_or_more(credentials, "/verifiableCredential", findings, PRESENTATION);
    if credentials.len() > MAX_CREDENTIALS {
        let detail = format!("at most {MAX_CREDENTIALS} credentials");
        let path = "/verifiableCredential";
        findings.error(ErrorCode::TooManyValues, path, detail, PRESENTATION);
        credentials.truncate(MAX_CREDENTIALS);
    }
    credentials.retain(|(path, credential)| {
        if !credential.is_object() {
            let detail = "expected an object; a token stands in an EnvelopedVerifiableCredential";
            findings.error(
                ErrorCode::InvalidMember,
                path.as_str(),
                detail,
                PRESENTATION,
            );
        }
        credential.is_object()
    });
    credentials
}
