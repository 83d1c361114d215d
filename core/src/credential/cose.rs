//! `vc+cose` and `vp+cose`: a COSE_Sign1 whose payload is the document (VC-JOSE-COSE section 3.3).

use serde_json::{Map, Value};

use super::key_discovery::{KeyQuery, TOKEN};
use super::recipient::{self, Opened, Recipient};
use super::{Securing, VerifyOptions};
use crate::cose::credential::{self, Kind, OVERHEAD};
use crate::cose::{Algorithm, Sign1};
use crate::error::{Error, ErrorCode, Result};
use crate::json;
use crate::key::SigningKey;
use crate::prelude::*;
use crate::report::Findings;

const TYPED: &str = "VC-JOSE-COSE section 3.3";

/// Signs a document.
pub(super) fn sign_as(
    kind: Kind,
    document: &Map<String, Value>,
    method: &str,
    key: &SigningKey,
    algorithm: Algorithm,
) -> Result<Vec<u8>> {
    let payload = serde_json::to_vec(document)
        .map_err(|_| Error::new(ErrorCode::InvalidArgument).because("the document is no JSON"))?;
    let mut out = vec![0; payload.len() + method.len() + OVERHEAD];
    let signed = credential::sign_as(&payload, kind, method, key, algorithm, &mut out);
    // The buffer is long enough, so it is the header that is not.
    let len = signed.map(<[u8]>::len).map_err(|_| {
        Error::new(ErrorCode::InvalidArgument)
            .at("/verificationMethod")
            .because("it is too long for a header")
    })?;
    out.truncate(len);
    Ok(out)
}

/// Whether these bytes start like a COSE_Sign1, tagged or not, which no text does.
pub(super) const fn is_message(bytes: &[u8]) -> bool {
    matches!(bytes, [0xd2 | 0x84, ..])
}

/// Opens a credential.
pub(super) fn open(
    data: &[u8],
    options: &VerifyOptions<'_>,
    findings: &mut Findings,
) -> Result<Opened> {
    let message = Message::parse(data)?;
    let query = KeyQuery::of_issuer(&message.claims, options);
    let genuine = message.check(Kind::Credential, &query, findings);
    let recipient = Recipient::of(&message.claims, recipient::CLAIMS, "");
    Ok(Opened::new(
        Securing::VcCose,
        message.claims,
        genuine,
        vec![recipient],
    ))
}

/// A message taken apart. Nothing of it is verified.
pub(super) struct Message<'a> {
    sign1: Sign1<'a>,
    pub(super) claims: Map<String, Value>,
}

impl<'a> Message<'a> {
    pub(super) fn parse(data: &'a [u8]) -> Result<Self> {
        let sign1 = Sign1::decode(data)?;
        match json::parse(sign1.unverified_payload())? {
            Value::Object(claims) => Ok(Self { sign1, claims }),
            _ => Err(Error::new(ErrorCode::WrongType).because("the payload is not an object")),
        }
    }

    /// Checks header, key and signature. Returns whether the signature holds.
    pub(super) fn check(&self, kind: Kind, query: &KeyQuery<'_>, findings: &mut Findings) -> bool {
        self.check_header(kind, findings);
        let kid = self
            .sign1
            .kid()
            .and_then(|kid| core::str::from_utf8(kid).ok());
        let kid = kid.map(Value::from);
        let Some(key) = query.find_p256(kid.as_ref(), "/protected/kid", TOKEN, findings) else {
            return false;
        };
        let verified = self.sign1.verify(b"", &key);
        if let Err(error) = &verified {
            let detail = "the signature is not the issuer's over this message";
            findings.error(error.code(), "", detail, "RFC 9052 section 4.4");
        }
        verified.is_ok()
    }

    fn check_header(&self, kind: Kind, findings: &mut Findings) {
        let typ = kind.typ();
        match self.sign1.typ() {
            None => {
                let detail = format!(
                    "expected {typ}, protected, so that no other kind of message passes for it"
                );
                findings.error(ErrorCode::MissingMember, "/protected/typ", detail, TYPED);
            }
            Some(found) if !found.eq_ignore_ascii_case(typ) => {
                let detail = format!("expected {typ}");
                findings.error(ErrorCode::InvalidMember, "/protected/typ", detail, TYPED);
            }
            Some(_) => {}
        }
        let content = kind.content_type();
        if let Some(found) = self.sign1.content_type()
            && !found.eq_ignore_ascii_case(content)
        {
            let (path, detail) = ("/protected/cty", format!("expected {content}"));
            findings.warning(ErrorCode::InvalidMember, path, detail, TYPED);
        }
        if self.sign1.has_certificate() {
            let detail = "a message must not bring its own key";
            findings.error(
                ErrorCode::KeyMismatch,
                "/protected/x5chain",
                detail,
                "RFC 9360 section 2",
            );
        }
    }
}
