//! Key binding: the holder signs what is presented, to whom and when (RFC 9901 section 4.3).

use serde_json::{Map, Value, json};
use subtle::ConstantTimeEq;

use super::SdJwt;
use crate::crypto::{Backend, Crypto};
use crate::error::{Error, ErrorCode, Result};
use crate::json;
use crate::jws::{self, Compact};
use crate::key::{PublicKey, SigningKey};
use crate::prelude::*;
use crate::report::Findings;
use crate::time::Timestamp;

const FORM: &str = "RFC 9901 section 4.3";
const VERIFICATION: &str = "RFC 9901 section 7.3";
const TYP: &str = "kb+jwt";
/// How many seconds old a key binding may be, unless the verifier says otherwise.
pub(crate) const MAX_AGE: u32 = 300;

/// What the holder says about a presentation.
#[derive(Clone, Copy, Debug)]
pub struct KeyBinding<'a> {
    /// The verifier that it is for.
    pub audience: &'a str,
    /// What the verifier gave to show that the presentation is fresh.
    pub nonce: &'a str,
    /// When it is made.
    pub issued_at: Timestamp,
}

/// What a verifier asks of a key binding.
#[derive(Clone, Copy, Debug)]
pub struct KeyBindingOptions<'a> {
    /// The verifier's own name, which `aud` must be. Without, a presentation to anyone passes.
    pub audience: Option<&'a str>,
    /// The nonce that the verifier gave for this presentation. Without, a presentation can be replayed
    /// within its time.
    pub nonce: Option<&'a str>,
    /// How many seconds a presentation may be old.
    pub max_age: u32,
    /// How many seconds the holder's clock may be ahead.
    pub leeway: u32,
}

impl<'a> KeyBindingOptions<'a> {
    /// Asks for an audience and a nonce, at most five minutes old, one minute ahead.
    pub const fn new(audience: &'a str, nonce: &'a str) -> Self {
        Self {
            audience: Some(audience),
            nonce: Some(nonce),
            max_age: MAX_AGE,
            leeway: 60,
        }
    }
}

impl SdJwt {
    /// Signs this presentation with the holder's key: adds a key binding JWT, or replaces the one that is
    /// there. Present first; the binding covers exactly the disclosures that the token has now.
    ///
    /// # Errors
    /// `key_mismatch` when the claims name another key than the holder's in `cnf`, `missing_member` when
    /// they name none; those of [`reveal`](super::reveal()).
    pub fn bind(mut self, holder: &SigningKey, binding: &KeyBinding<'_>) -> Result<Self> {
        let claims = super::reveal(&self.payload, &self.disclosures)?;
        if holder_key(&claims)? != *holder.public_key() {
            return Err(Error::new(ErrorCode::KeyMismatch).at("/cnf"));
        }
        let header = json!({ "alg": jws::ES256, "typ": TYP });
        let payload = json!({
            "iat": binding.issued_at.unix(),
            "aud": binding.audience,
            "nonce": binding.nonce,
            "sd_hash": self.hash(),
        });
        let jwt = jws::sign(&header, payload.to_string().as_bytes(), holder)?;
        self.key_binding = Some(jwt);
        Ok(self)
    }

    /// The hash over what is presented, RFC 9901 section 4.3.1.
    fn hash(&self) -> String {
        jws::encode(&Backend.sha256(&[self.without_binding().as_bytes()]))
    }
}

/// Reads the claims of a key binding JWT.
pub(super) fn claims(jwt: &str) -> Result<Map<String, Value>> {
    let read = || -> Result<_> {
        let compact = Compact::parse(jwt)?;
        match json::parse(&compact.payload)? {
            Value::Object(claims) => Ok(claims),
            _ => Err(Error::new(ErrorCode::MalformedJwt).because("the payload is not an object")),
        }
    };
    read().map_err(|error| {
        let path = format!("/kb_jwt{}", error.path());
        error.at(path)
    })
}

/// Finds the holder's key in the claims: `cnf` with `jwk` (RFC 7800 section 3.2), or with `kid` a
/// `did:key`, plain or as DID URL (section 3.4).
pub(super) fn holder_key(claims: &Map<String, Value>) -> Result<PublicKey> {
    let missing = |path| Error::new(ErrorCode::MissingMember).at(path);
    let confirmation = claims.get("cnf").ok_or_else(|| missing("/cnf"))?;
    if let Some(jwk) = confirmation.get("jwk") {
        return PublicKey::from_jwk(jwk).map_err(|error| {
            let path = format!("/cnf/jwk{}", error.path());
            error.at(path)
        });
    }
    let kid = confirmation.get("kid").ok_or_else(|| missing("/cnf/jwk"))?;
    let kid = kid.as_str().unwrap_or_default();
    let did = match kid.split_once('#') {
        None => kid,
        // A did:key has one key, whose fragment repeats it.
        Some((did, fragment)) if did.strip_prefix("did:key:") == Some(fragment) => did,
        Some(_) => return Err(Error::new(ErrorCode::InvalidDid).at("/cnf/kid")),
    };
    PublicKey::from_did(did).map_err(|error| error.at("/cnf/kid"))
}

/// Checks the key binding of a presentation. `asked` is what the verifier asks of it; without, whatever
/// can be checked still is, so that a wrong one never passes. Returns the claims of the binding.
pub(crate) fn check(
    token: &SdJwt,
    revealed: &Map<String, Value>,
    asked: Option<&KeyBindingOptions<'_>>,
    at: Timestamp,
    findings: &mut Findings,
) -> Option<Map<String, Value>> {
    let Some(jwt) = token.key_binding() else {
        if asked.is_some() {
            let detail = "expected a key binding JWT";
            findings.error(
                ErrorCode::KeyBindingMissing,
                "/kb_jwt",
                detail,
                VERIFICATION,
            );
        }
        return None;
    };
    // Both were read when the token was.
    let (Ok(compact), Ok(claims)) = (Compact::parse(jwt), claims(jwt)) else {
        let detail = "not a JWT";
        findings.error(ErrorCode::MalformedJwt, "/kb_jwt", detail, FORM);
        return None;
    };
    if check_header(&compact.header, findings) {
        match holder_key(revealed) {
            Err(error) => {
                let detail = "the claims name no key of the holder";
                findings.error(error.code(), error.path(), detail, VERIFICATION);
            }
            Ok(key) => {
                if let Err(error) = key.verify(compact.signing_input, &compact.signature) {
                    let detail = "the signature is not the holder's over this key binding";
                    findings.error(error.code(), "/kb_jwt", detail, VERIFICATION);
                }
            }
        }
    }
    let hash = text(&claims, "sd_hash", findings);
    // Not secret, but an attacker may choose it.
    if hash.is_some_and(|hash| !bool::from(hash.as_bytes().ct_eq(token.hash().as_bytes()))) {
        let detail = "the holder signed other disclosures";
        findings.error(
            ErrorCode::KeyBindingMismatch,
            "/kb_jwt/sd_hash",
            detail,
            FORM,
        );
    }
    let (audience, nonce) = (
        text(&claims, "aud", findings),
        text(&claims, "nonce", findings),
    );
    let differs = |claim: Option<&str>, asked: Option<&str>| match (claim, asked) {
        (Some(claim), Some(asked)) => !bool::from(claim.as_bytes().ct_eq(asked.as_bytes())),
        _ => false,
    };
    if differs(audience, asked.and_then(|asked| asked.audience)) {
        let detail = "the presentation is for another verifier";
        findings.error(
            ErrorCode::DomainMismatch,
            "/kb_jwt/aud",
            detail,
            VERIFICATION,
        );
    }
    if differs(nonce, asked.and_then(|asked| asked.nonce)) {
        let detail = "the nonce is not the verifier's";
        findings.error(
            ErrorCode::ChallengeMismatch,
            "/kb_jwt/nonce",
            detail,
            VERIFICATION,
        );
    }
    check_times(&claims, asked, at, findings);
    Some(claims)
}

/// Checks the header. Returns whether the algorithm is ES256.
fn check_header(header: &Map<String, Value>, findings: &mut Findings) -> bool {
    let is =
        |name: &str, expected: &str| header.get(name).and_then(Value::as_str) == Some(expected);
    let algorithm = is("alg", jws::ES256);
    if !algorithm {
        let (path, detail) = ("/kb_jwt/protected/alg", "expected ES256");
        findings.error(ErrorCode::UnsupportedAlgorithm, path, detail, FORM);
    }
    if !is("typ", TYP) {
        let (path, detail) = ("/kb_jwt/protected/typ", "expected kb+jwt");
        findings.error(ErrorCode::InvalidMember, path, detail, FORM);
    }
    jws::check_extensions(header, "/kb_jwt/protected", findings);
    algorithm
}

/// Returns a claim that must be a text.
fn text<'c>(
    claims: &'c Map<String, Value>,
    name: &str,
    findings: &mut Findings,
) -> Option<&'c str> {
    let path = format!("/kb_jwt/{name}");
    match claims.get(name) {
        None => findings.error(ErrorCode::MissingMember, path, "expected a text", FORM),
        Some(Value::String(text)) => return Some(text),
        Some(_) => findings.error(ErrorCode::WrongType, path, "expected a text", FORM),
    }
    None
}

/// Checks that the binding was made within the window, and `nbf` and `exp` where it has them.
fn check_times(
    claims: &Map<String, Value>,
    asked: Option<&KeyBindingOptions<'_>>,
    at: Timestamp,
    findings: &mut Findings,
) {
    if !claims.contains_key("iat") {
        let detail = "expected the time of the presentation";
        findings.error(ErrorCode::MissingMember, "/kb_jwt/iat", detail, FORM);
    }
    let issued = super::verify::check_times(claims, at, "/kb_jwt", findings);
    let (Some(asked), Some(issued)) = (asked, issued) else {
        return;
    };
    let now = at.unix();
    if issued > now.saturating_add(asked.leeway.into()) {
        let detail = "the presentation was made later";
        findings.error(ErrorCode::NotYetValid, "/kb_jwt/iat", detail, VERIFICATION);
    }
    if issued < now.saturating_sub(asked.max_age.into()) {
        let detail = format!("the presentation is older than {} seconds", asked.max_age);
        findings.error(ErrorCode::Expired, "/kb_jwt/iat", detail, VERIFICATION);
    }
}
