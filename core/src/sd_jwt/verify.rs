use serde_json::{Map, Value};

use super::{KeyBindingOptions, SdJwt, key_binding, reveal};
use crate::error::ErrorCode;
use crate::jws::{self, Compact};
use crate::key::PublicKey;
use crate::prelude::*;
use crate::report::{Finding, Findings};
use crate::time::Timestamp;

const JWS: &str = "RFC 7515 section 4.1";
const TYPED: &str = "RFC 9901 section 10.11";
const CLAIMS: &str = "RFC 7519 section 4.1";

/// What a verification needs to know.
#[derive(Clone, Copy, Debug)]
pub struct VerifyOptions<'a> {
    /// The key of the issuer. The token's own word for it is not taken.
    pub issuer_key: &'a PublicKey,
    /// The time for which the question is asked.
    pub at: Timestamp,
    /// What `typ` must be, without `application/`; by default anything.
    pub typ: Option<&'a str>,
    /// What the holder must have signed. Without, a key binding is not needed; one that is there must
    /// still be the holder's over this very presentation.
    pub key_binding: Option<KeyBindingOptions<'a>>,
}

impl<'a> VerifyOptions<'a> {
    /// Asks for an issuer's key and a time, any `typ`, without key binding.
    pub const fn new(issuer_key: &'a PublicKey, at: Timestamp) -> Self {
        Self {
            issuer_key,
            at,
            typ: None,
            key_binding: None,
        }
    }
}

/// Everything that a verification found.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct VerifyReport {
    /// Whether the token is genuine and valid at the given time: no finding is an error.
    pub ok: bool,
    /// All findings. Paths below `/protected`, `/disclosures` and `/kb_jwt` are of the token, all others
    /// lead into the claims.
    pub findings: Vec<Finding>,
    /// The claims with everything that is disclosed. Anyone can have written them unless `ok` is true.
    pub claims: Value,
}

impl SdJwt {
    /// Verifies the issuer's signature, the disclosures and the key binding (RFC 9901 sections 7.1
    /// and 7.3), and `nbf` and `exp`, and reports every rule that does not hold.
    ///
    /// Codes beside those of [`reveal`](super::reveal()): `signature_invalid`, `unsupported_algorithm`,
    /// `unsupported_header`, `key_mismatch`, `invalid_member`, `missing_member`, `wrong_type`,
    /// `not_yet_valid`, `expired`, `key_binding_missing`, `key_binding_mismatch`, `domain_mismatch`,
    /// `challenge_mismatch`.
    pub fn verify(&self, options: &VerifyOptions<'_>) -> VerifyReport {
        let mut findings = Findings::default();
        self.check_signature(options, &mut findings);
        let revealed = reveal::process(&self.payload, &self.disclosures, &mut findings);
        check_times(&revealed.claims, options.at, "", &mut findings);
        let asked = options.key_binding.as_ref();
        key_binding::check(self, &revealed.claims, asked, options.at, &mut findings);
        VerifyReport {
            ok: findings.first_error().is_none(),
            findings: findings.0,
            claims: Value::Object(revealed.claims),
        }
    }

    fn check_signature(&self, options: &VerifyOptions<'_>, findings: &mut Findings) {
        if let Some(expected) = options.typ
            && !(self.header.get("typ")).is_some_and(|typ| jws::is_media_type(typ, expected))
        {
            let detail = format!("expected {expected}");
            findings.error(ErrorCode::InvalidMember, "/protected/typ", detail, TYPED);
        }
        jws::check_extensions(&self.header, "/protected", findings);
        // A signature by another algorithm is not even looked at.
        if self.header.get("alg").and_then(Value::as_str) != Some(jws::ES256) {
            let path = "/protected/alg";
            return findings.error(ErrorCode::UnsupportedAlgorithm, path, "expected ES256", JWS);
        }
        let verified = Compact::parse(&self.jwt).and_then(|compact| {
            let key = options.issuer_key;
            key.verify(compact.signing_input, &compact.signature)
        });
        if let Err(error) = verified {
            let detail = "the signature is not the issuer's over this token";
            findings.error(error.code(), "", detail, "RFC 7515 section 5.2");
        }
    }
}

/// Checks `nbf` and `exp`, and returns `iat`, all in whole seconds.
pub(super) fn check_times(
    claims: &Map<String, Value>,
    at: Timestamp,
    place: &str,
    findings: &mut Findings,
) -> Option<i64> {
    let mut seconds = |name: &str| {
        let value = claims.get(name)?;
        // Fractions are allowed and cut off; what is no number never passes for a time.
        #[allow(clippy::cast_possible_truncation, reason = "`as` saturates")]
        let seconds = value
            .as_i64()
            .or_else(|| value.as_f64().map(|time| time as i64));
        if seconds.is_none() {
            let path = format!("{place}/{name}");
            findings.error(ErrorCode::WrongType, path, "expected a number", CLAIMS);
        }
        seconds
    };
    let (issued, from, until) = (seconds("iat"), seconds("nbf"), seconds("exp"));
    let mut error = |code, name: &str, time: i64| {
        let detail = format!("{name} {time}, checked at {}", at.unix());
        findings.error(code, format!("{place}/{name}"), detail, CLAIMS);
    };
    if let Some(from) = from.filter(|from| *from > at.unix()) {
        error(ErrorCode::NotYetValid, "nbf", from);
    }
    if let Some(until) = until.filter(|until| *until <= at.unix()) {
        error(ErrorCode::Expired, "exp", until);
    }
    issued
}
