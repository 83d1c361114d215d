//! `vc+jwt` and `vp+jwt`: a JWS whose payload is the document (VC-JOSE-COSE section 3.1).

use serde_json::{Map, Value, json};

use super::claims::Source;
use super::key_discovery::{KeyQuery, TOKEN};
use super::recipient::{self, Opened, Recipient};
use super::{Securing, VerifyOptions, outline};
use crate::error::{Error, ErrorCode, Result};
use crate::json;
use crate::jws::{self, Compact};
use crate::key::SigningKey;
use crate::prelude::*;
use crate::report::Findings;

const JWS: &str = "RFC 7515 section 4.1";
const TYPED: &str = "VC-JOSE-COSE section 3.1";

/// A kind of token: what `typ` and `cty` say.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    pub(super) typ: &'static str,
    pub(super) cty: &'static str,
}

pub(super) const CREDENTIAL: Kind = Kind {
    typ: "vc+jwt",
    cty: "vc",
};
pub(super) const SD_CREDENTIAL: Kind = Kind {
    typ: "vc+sd-jwt",
    cty: "vc",
};
pub(super) const PRESENTATION: Kind = Kind {
    typ: "vp+jwt",
    cty: "vp",
};

/// Signs a credential.
pub(super) fn sign(
    credential: &Map<String, Value>,
    method: &str,
    key: &SigningKey,
) -> Result<String> {
    sign_as(CREDENTIAL, credential, method, key)
}

/// Signs a credential as it is written.
pub(super) fn sign_text(credential: &str, method: &str, key: &SigningKey) -> Result<String> {
    jws::sign(&header(CREDENTIAL, method), credential.as_bytes(), key)
}

fn header(kind: Kind, method: &str) -> Value {
    json!({ "alg": jws::ES256, "typ": kind.typ, "cty": kind.cty, "kid": method })
}

pub(super) fn sign_as(
    kind: Kind,
    document: &Map<String, Value>,
    method: &str,
    key: &SigningKey,
) -> Result<String> {
    let payload = serde_json::to_vec(document)
        .map_err(|_| Error::new(ErrorCode::InvalidArgument).because("the document is no JSON"))?;
    jws::sign(&header(kind, method), &payload, key)
}

/// Opens a credential.
pub(super) fn open(
    token: &str,
    options: &VerifyOptions<'_>,
    findings: &mut Findings,
) -> Result<Opened> {
    let compact = Compact::parse(token)?;
    let text = core::str::from_utf8(&compact.payload).ok();
    let outlined = text.and_then(|text| Some((outline::of_text(text)?, Source::Text(text.into()))));
    let (claims, source) = match outlined {
        Some(outlined) => outlined,
        None => (payload(&compact)?, Source::Value),
    };
    let query = KeyQuery::of_issuer(&claims, options);
    let genuine = check(&compact, CREDENTIAL, &query, findings);
    let recipient = Recipient::of(&claims, recipient::CLAIMS, "");
    Ok(Opened::new(Securing::VcJwt, claims, genuine, vec![recipient]).outlining(source))
}

pub(super) fn payload(compact: &Compact<'_>) -> Result<Map<String, Value>> {
    match json::parse(&compact.payload)? {
        Value::Object(document) => Ok(document),
        _ => Err(Error::new(ErrorCode::MalformedJwt).because("the payload is not an object")),
    }
}

/// Checks header, key and signature. Returns whether the signature holds.
pub(super) fn check(
    compact: &Compact<'_>,
    kind: Kind,
    query: &KeyQuery<'_>,
    findings: &mut Findings,
) -> bool {
    let algorithm = check_header(&compact.header, kind, findings);
    let kid = compact.header.get("kid");
    let key = query.find_p256(kid, "/protected/kid", TOKEN, findings);
    // A signature by another algorithm is not even looked at.
    let (true, Some(key)) = (algorithm, key) else {
        return false;
    };
    let verified = key.verify(compact.signing_input, &compact.signature);
    if let Err(error) = &verified {
        let detail = "the signature is not the issuer's over this token";
        findings.error(error.code(), "", detail, "RFC 7515 section 5.2");
    }
    verified.is_ok()
}

/// Checks the header but for the key. Returns whether the algorithm is ES256.
fn check_header(header: &Map<String, Value>, kind: Kind, findings: &mut Findings) -> bool {
    let algorithm = header.get("alg").and_then(Value::as_str) == Some(jws::ES256);
    if !algorithm {
        let path = "/protected/alg";
        findings.error(ErrorCode::UnsupportedAlgorithm, path, "expected ES256", JWS);
    }
    let expected = format!("expected {}", kind.typ);
    match header.get("typ") {
        None => {
            let detail = format!("{expected}, so that no other kind of token passes for it");
            findings.error(ErrorCode::MissingMember, "/protected/typ", detail, TYPED);
        }
        Some(typ) if !jws::is_media_type(typ, kind.typ) => {
            findings.error(ErrorCode::InvalidMember, "/protected/typ", expected, TYPED);
        }
        Some(_) => {}
    }
    if let Some(cty) = header.get("cty")
        && !jws::is_media_type(cty, kind.cty)
    {
        let (path, detail) = ("/protected/cty", format!("expected {}", kind.cty));
        findings.warning(ErrorCode::InvalidMember, path, detail, TYPED);
    }
    jws::check_extensions(header, "/protected", findings);
    algorithm
}
