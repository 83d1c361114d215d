//! `verify`, `verifyPresentation`, `disclose`, `derive`, and credentials wrapped into JSON.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;

use batterypass::access::Reader;
use batterypass::credential::{self, Secured, SecuredRef, VerifyOptions};
use batterypass::sd_jwt::{KeyBinding, SdJwt};
use batterypass::{PublicKey, Result};
use napi_derive::napi;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::answer::{Answer, Reply, reply};
use crate::error::{OrThrow, invalid_argument};
use crate::input::{self, Document, Given, options, time};
use crate::key::{Public, Signing};
use crate::report;
use crate::sign::contexts;
use crate::sources::Sources;
use crate::trust::Trusted;

/// The options of a verification, as JavaScript's half writes them.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Options {
    at: String,
    #[serde(default)]
    sources: Sources,
    domain: Option<String>,
    challenge: Option<String>,
    key_binding_max_age: Option<u32>,
    #[serde(default)]
    allow_unbound_issuer: bool,
    contexts: Option<BTreeMap<String, Value>>,
    trust: Option<Trusted>,
}

impl Options {
    /// Verifies and writes `{"report": .., "missing": ..}`, and the claims.
    fn run(
        self,
        key: Option<&PublicKey>,
        verify: impl FnOnce(&VerifyOptions<'_>) -> Result<(Value, String)>,
    ) -> Result<Answer> {
        let contexts = self.contexts.as_ref().map(contexts).transpose()?;
        let trust = self.trust.map(Trusted::read).transpose()?;
        let defaults = VerifyOptions::at(time(&self.at, "/at")?);
        let (report, claims) = verify(&VerifyOptions {
            issuer_key: key,
            resolver: self.sources.resolver(),
            status: self.sources.status(),
            domain: self.domain.as_deref(),
            challenge: self.challenge.as_deref(),
            key_binding_max_age: self
                .key_binding_max_age
                .unwrap_or(defaults.key_binding_max_age),
            allow_unbound_issuer: self.allow_unbound_issuer,
            contexts: contexts.as_ref(),
            trust: trust.as_ref(),
            ..defaults
        })?;
        let about = json!({ "report": report, "missing": self.sources.missing() });
        Ok(Answer::Texts(about.to_string(), claims))
    }
}

type Verify = fn(SecuredRef<'_>, &VerifyOptions<'_>) -> Result<(Value, String)>;

fn verified(
    secured: Document,
    key: Option<&Public>,
    given: &str,
    later: bool,
    verify: Verify,
) -> napi::Result<Reply> {
    let options: Options = options(given).or_throw()?;
    let (secured, key) = (Given::from(secured), key.map(|key| **key));
    reply(later, move || {
        options.run(key.as_ref(), |options| verify(secured.as_ref(), options))
    })
}

#[napi]
pub fn verify(
    secured: Document,
    key: Option<&Public>,
    given: String,
    later: bool,
) -> napi::Result<Reply> {
    verified(secured, key, &given, later, |secured, options| {
        credential::verify(secured, options).map(report::verification)
    })
}

#[napi]
pub fn verify_presentation(
    secured: Document,
    key: Option<&Public>,
    given: String,
    later: bool,
) -> napi::Result<Reply> {
    verified(secured, key, &given, later, |secured, options| {
        credential::verify_presentation(secured, options).map(report::presentation)
    })
}

/// The options of `disclose`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Disclosure {
    audience: Option<String>,
    purpose: Option<String>,
    paths: Option<Vec<String>>,
    nonce: Option<String>,
    aud: Option<String>,
    at: String,
}

impl Disclosure {
    fn part(&self, token: &SdJwt) -> Result<SdJwt> {
        match (&self.audience, &self.paths) {
            (Some(_), Some(_)) => {
                let detail = "an audience and paths exclude each other";
                Err(invalid_argument("/paths", detail))
            }
            (None, _) if self.purpose.is_some() => {
                let detail = "a purpose needs the audience legitimate_interest";
                Err(invalid_argument("/purpose", detail))
            }
            (Some(audience), None) => {
                token.disclose(Reader::named(audience, self.purpose.as_deref())?)
            }
            (None, Some(paths)) => {
                let paths: Vec<_> = paths.iter().map(String::as_str).collect();
                token.disclose_paths(&paths)
            }
            (None, None) => token.present(|_| true),
        }
    }

    /// The holder signs for someone who asked; all three belong together.
    fn binding(&self, holder: bool) -> Result<Option<KeyBinding<'_>>> {
        let path = match (holder, &self.nonce, &self.aud) {
            (false, None, None) => return Ok(None),
            (true, Some(nonce), Some(audience)) => {
                let issued_at = time(&self.at, "/at")?;
                return Ok(Some(KeyBinding {
                    audience,
                    nonce,
                    issued_at,
                }));
            }
            (true, None, _) => "/nonce",
            (true, ..) => "/aud",
            (false, ..) => "/holderKey",
        };
        let detail = "holderKey, nonce and aud belong together";
        Err(invalid_argument(path, detail))
    }
}

#[napi]
pub fn disclose(
    sd_jwt: String,
    holder: Option<&Signing>,
    given: String,
    later: bool,
) -> napi::Result<Reply> {
    let options: Disclosure = options(&given).or_throw()?;
    let holder = holder.map(|key| Arc::clone(key));
    reply(later, move || {
        let binding = options.binding(holder.is_some())?;
        let shown = options.part(&sd_jwt.parse()?)?;
        let shown = match (&holder, &binding) {
            (Some(holder), Some(binding)) => shown.bind(holder, binding)?,
            _ => shown,
        };
        Ok(Answer::Text(shown.to_string()))
    })
}

#[napi]
pub fn derive(
    secured: String,
    selective: Vec<String>,
    given: Option<String>,
    later: bool,
) -> napi::Result<Reply> {
    let given: Option<BTreeMap<String, Value>> =
        given.as_deref().map(options).transpose().or_throw()?;
    reply(later, move || {
        let given = given.as_ref().map(contexts).transpose()?;
        let selective: Vec<_> = selective.iter().map(String::as_str).collect();
        let derived = derived(&input::json(&secured)?, &selective, given.as_ref())?;
        Ok(Answer::Text(derived.to_string()))
    })
}

#[cfg(feature = "ssi")]
use batterypass::credential::derive as derived;

#[cfg(not(feature = "ssi"))]
fn derived(_: &Value, _: &[&str], _: Option<&batterypass::json_ld::Contexts>) -> Result<Value> {
    let detail = "ecdsa-sd-2023 is not a part of this build";
    Err(batterypass::Error::new(batterypass::ErrorCode::UnsupportedAlgorithm).because(detail))
}

#[napi]
pub fn to_enveloped(secured: Document) -> String {
    credential::to_enveloped(&Given::from(secured).into()).to_string()
}

/// Gives text or bytes; nothing for a document that wraps none.
#[napi]
pub fn from_enveloped(document: String) -> napi::Result<Option<Answer>> {
    let inner = credential::from_enveloped(&input::json(&document).or_throw()?).or_throw()?;
    Ok(inner.map(|secured| match secured {
        Secured::Text(text) => Answer::Text(text),
        other => Answer::Bytes(other.into_bytes()),
    }))
}
