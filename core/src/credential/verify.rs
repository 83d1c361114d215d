use serde_json::{Map, Value};

use super::report::VerifyReport;
use super::{VC_JWT, rules};
use crate::error::{Error, ErrorCode, Result};
use crate::json;
use crate::jws::{self, Compact};
use crate::key::PublicKey;
use crate::prelude::*;
use crate::report::{Findings, Severity};
use crate::time::Timestamp;

const JWS: &str = "RFC 7515 section 4.1";
const TYPED: &str = "VC-JOSE-COSE section 3.1.1";
const KEY_DISCOVERY: &str = "VC-JOSE-COSE section 4.1.1";

/// What a verification needs to know.
#[derive(Clone, Copy, Debug)]
pub struct VerifyOptions<'a> {
    /// The time for which the question is asked.
    pub at: Timestamp,
    /// The key that the issuer must have. Needed for issuers other than `did:key`.
    pub issuer_key: Option<&'a PublicKey>,
}

impl VerifyOptions<'_> {
    /// Asks for a time, with the issuer's key from its `did:key`.
    pub const fn at(at: Timestamp) -> Self {
        Self {
            at,
            issuer_key: None,
        }
    }
}

/// Verifies a `vc+jwt` and reports every rule that does not hold, not only the first.
///
/// The key comes from the issuer's `did:key` or from the options, never from the token; the signature
/// is checked over the token's bytes as they are.
///
/// # Errors
/// Only for what cannot be read as a token at all: `malformed_jwt`, `malformed_base64`, `too_large`, and
/// the errors of [`json::parse`] for its header or payload.
pub fn verify(token: &str, options: &VerifyOptions<'_>) -> Result<VerifyReport> {
    let compact = Compact::parse(token)?;
    let Value::Object(credential) = json::parse(&compact.payload)? else {
        return Err(Error::new(ErrorCode::MalformedJwt).because("the payload is not an object"));
    };
    let mut findings = Findings::default();
    let algorithm = check_header(&compact.header, &mut findings);
    let issuer = rules::issuer_id(&credential);
    let key = find_key(issuer, options.issuer_key, &mut findings);
    if let (Some(_), Some(issuer)) = (key, issuer) {
        let kid = compact.header.get("kid");
        check_key_url(kid, "/protected/kid", &[issuer], &mut findings);
    }
    let verified = match key {
        // A signature by another algorithm is not even looked at.
        Some(key) if algorithm => key.verify(compact.signing_input, &compact.signature),
        _ => Err(ErrorCode::SignatureInvalid.into()),
    };
    if algorithm
        && key.is_some()
        && let Err(error) = &verified
    {
        let detail = "the signature is not the issuer's over this token";
        findings.error(error.code(), "", detail, "RFC 7515 section 5.2");
    }
    rules::check(&credential, Some(options.at), &mut findings);
    Ok(VerifyReport {
        ok: verified.is_ok() && !findings.0.iter().any(|f| f.severity == Severity::Error),
        findings: findings.0,
        issuer: issuer.map(ToString::to_string),
        securing: VC_JWT,
        claims: Value::Object(credential),
    })
}

/// Checks the header but for the key. Returns whether the algorithm is ES256.
fn check_header(header: &Map<String, Value>, findings: &mut Findings) -> bool {
    let algorithm = header.get("alg").and_then(Value::as_str) == Some(jws::ES256);
    if !algorithm {
        let path = "/protected/alg";
        findings.error(ErrorCode::UnsupportedAlgorithm, path, "expected ES256", JWS);
    }
    match header.get("typ") {
        None => {
            let detail = "expected vc+jwt, so that no other kind of token passes for a credential";
            findings.error(ErrorCode::MissingMember, "/protected/typ", detail, TYPED);
        }
        Some(typ) if !is_media_type(typ, VC_JWT) => {
            findings.error(
                ErrorCode::InvalidMember,
                "/protected/typ",
                "expected vc+jwt",
                TYPED,
            );
        }
        Some(_) => {}
    }
    match header.get("cty") {
        Some(cty) if !is_media_type(cty, "vc") => {
            findings.warning(
                ErrorCode::InvalidMember,
                "/protected/cty",
                "expected vc",
                TYPED,
            );
        }
        _ => {}
    }
    // RFC 7797 changes the bytes that are signed; it is only safe together with `crit`.
    for name in ["crit", "b64"] {
        if header.contains_key(name) {
            let (path, detail) = (format!("/protected/{name}"), "no extension is supported");
            findings.error(ErrorCode::UnsupportedHeader, path, detail, JWS);
        }
    }
    for name in ["jwk", "jku", "x5c", "x5u"] {
        if header.contains_key(name) {
            let (path, detail) = (
                format!("/protected/{name}"),
                "a token must not bring its own key",
            );
            findings.error(
                ErrorCode::KeyMismatch,
                path,
                detail,
                "RFC 8725 section 3.10",
            );
        }
    }
    algorithm
}

/// Compares a media type as RFC 7515 section 4.1.9 says: without regard to case, and with or without
/// `application/`.
fn is_media_type(value: &Value, expected: &str) -> bool {
    value.as_str().is_some_and(|text| {
        const PREFIX: &str = "application/";
        let start = text.get(..PREFIX.len());
        let short = match start {
            Some(start) if start.eq_ignore_ascii_case(PREFIX) => &text[PREFIX.len()..],
            _ => text,
        };
        short.eq_ignore_ascii_case(expected)
    })
}

/// Finds the issuer's key: from its `did:key`, or the one that was given.
pub(super) fn find_key(
    issuer: Option<&str>,
    given: Option<&PublicKey>,
    findings: &mut Findings,
) -> Option<PublicKey> {
    let issuer = issuer?;
    let own = issuer
        .starts_with("did:key:")
        .then(|| PublicKey::from_did(issuer));
    Some(match (own, given) {
        (Some(Err(error)), _) => {
            let detail = "the issuer is not a did:key of a P-256 key";
            findings.error(error.code(), "/issuer", detail, "did:key section 3");
            return None;
        }
        (Some(Ok(own)), Some(given)) if own != *given => {
            let detail = "the issuer is not the holder of the given key";
            findings.error(ErrorCode::KeyMismatch, "/issuer", detail, KEY_DISCOVERY);
            return None;
        }
        (Some(Ok(own)), _) => own,
        (None, Some(given)) => *given,
        (None, None) => {
            let detail = "the key of this issuer cannot be found offline and was not given";
            findings.error(ErrorCode::InvalidDid, "/issuer", detail, KEY_DISCOVERY);
            return None;
        }
    })
}

/// Checks that the member at `path` is a DID URL of one of `dids`.
pub(super) fn check_key_url(
    url: Option<&Value>,
    path: &str,
    dids: &[&str],
    findings: &mut Findings,
) {
    const DETAIL: &str = "expected the DID URL of the issuer's key";
    let Some(url) = url else {
        return findings.error(ErrorCode::MissingMember, path, DETAIL, KEY_DISCOVERY);
    };
    let parts = url.as_str().and_then(|url| url.split_once('#'));
    let code = match parts {
        None | Some((_, "")) => ErrorCode::InvalidMember,
        Some((did, _)) if !dids.contains(&did) => ErrorCode::IssuerMismatch,
        // A did:key has one key, whose fragment repeats it.
        Some((did, fragment)) => match did.strip_prefix("did:key:") {
            Some(name) if name != fragment => ErrorCode::KeyMismatch,
            _ => return,
        },
    };
    findings.error(code, path, DETAIL, KEY_DISCOVERY);
}
