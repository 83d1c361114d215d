//! Issuing: `sign`, `addProof`, `signPresentation`.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;

use batterypass::Result;
use batterypass::cose::Algorithm;
use batterypass::credential::{
    self, DisclosureOptions, PresentationOptions, Secured, Securing, SignOptions,
};
use batterypass::data_integrity::ProofOptions;
use batterypass::json_ld::Contexts;
use batterypass::passport::Passport as CorePassport;
use batterypass::sd_jwt::{Decoys, Plan};
use batterypass::{PublicKey, SigningKey};
use napi::bindgen_prelude::Either;
use napi_derive::napi;
use serde::Deserialize;
use serde_json::Value;

use crate::answer::{Answer, Reply, reply};
use crate::error::{OrThrow, invalid_argument};
use crate::input::{json, options, time_at, word};
use crate::key::{Public, Signing};
use crate::passport::Passport;

/// The options of all three, as JavaScript's half writes them.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Options {
    securing: String,
    issuer: Option<String>,
    verification_method: Option<String>,
    valid_from: Option<String>,
    valid_until: Option<String>,
    status: Option<Value>,
    /// The current time, for embedded proofs that are not told another one.
    now: String,
    created: Option<String>,
    expires: Option<String>,
    domain: Option<String>,
    challenge: Option<String>,
    proof_id: Option<String>,
    #[serde(default)]
    previous_proofs: Vec<String>,
    #[serde(default)]
    mandatory_pointers: Vec<String>,
    contexts: Option<BTreeMap<String, Value>>,
    cose_algorithm: Option<String>,
    hide: Option<Vec<String>>,
    #[serde(default)]
    decoys: bool,
    #[serde(default)]
    deterministic: bool,
}

/// What is signed.
enum Content {
    Text(String),
    Passport(Arc<CorePassport>),
}

impl Content {
    fn read(self) -> Result<Value> {
        match self {
            Self::Text(text) => json(&text),
            Self::Passport(passport) => credential::passport_credential(&passport),
        }
    }
}

/// Which of the three it is.
enum Act {
    Sign,
    AddProof,
    Present,
}

impl Options {
    fn run(
        &self,
        act: &Act,
        document: Content,
        key: &SigningKey,
        holder: Option<&PublicKey>,
    ) -> Result<Answer> {
        let securing: Securing = word(&self.securing, "/securing")?;
        let previous: Vec<_> = self.previous_proofs.iter().map(String::as_str).collect();
        let mandatory: Vec<_> = self.mandatory_pointers.iter().map(String::as_str).collect();
        let contexts = self.contexts.as_ref().map(contexts).transpose()?;
        let created = match &self.created {
            None if securing.is_embedded() => Some(self.now.as_str()),
            created => created.as_deref(),
        };
        let proof = ProofOptions {
            id: self.proof_id.as_deref(),
            created: time_at(created, "/created")?,
            expires: time_at(self.expires.as_deref(), "/expires")?,
            domain: self.domain.as_deref(),
            challenge: self.challenge.as_deref(),
            previous: &previous,
            mandatory: &mandatory,
            contexts: contexts.as_ref(),
        };
        let verification_method = self.verification_method.as_deref();
        if matches!(act, Act::Present) {
            let options = PresentationOptions {
                securing,
                verification_method,
                proof,
                deterministic: self.deterministic,
            };
            return credential::sign_presentation(document.read()?, key, &options).map(answer);
        }
        let decoys = if self.decoys {
            Decoys::PowerOfTwo
        } else {
            Decoys::None
        };
        let plan = self.hide.as_ref().map(|hidden| {
            let plan = Plan::new().with_decoys(decoys);
            hidden.iter().cloned().fold(plan, Plan::hide)
        });
        let options = SignOptions {
            issuer: self.issuer.as_deref(),
            verification_method,
            valid_from: time_at(self.valid_from.as_deref(), "/validFrom")?,
            valid_until: time_at(self.valid_until.as_deref(), "/validUntil")?,
            status: self.status.as_ref(),
            cose_algorithm: self.cose_algorithm.as_deref().map(algorithm).transpose()?,
            disclosure: DisclosureOptions {
                plan: plan.as_ref(),
                decoys,
                holder,
            },
            proof,
            deterministic: self.deterministic,
            ..SignOptions::securing(securing)
        };
        match (act, document) {
            (Act::AddProof, document) => credential::add_proof(document.read()?, key, &options)
                .map(|document| Answer::Text(document.to_string())),
            (_, Content::Text(text)) => credential::sign_text(&text, key, &options).map(answer),
            (_, document) => credential::sign(document.read()?, key, &options).map(answer),
        }
    }
}

fn answer(made: Secured) -> Answer {
    match made {
        Secured::Json(value) => Answer::Text(value.to_string()),
        Secured::Text(token) => Answer::Text(token),
        other => Answer::Bytes(other.into_bytes()),
    }
}

fn algorithm(name: &str) -> Result<Algorithm> {
    match name {
        "ES256" => Ok(Algorithm::Es256),
        "ESP256" => Ok(Algorithm::Esp256),
        _ => Err(invalid_argument(
            "/coseAlgorithm",
            "expected ES256 or ESP256",
        )),
    }
}

/// JSON-LD contexts of the caller, beside those that come with the core.
pub(crate) fn contexts(given: &BTreeMap<String, Value>) -> Result<Contexts> {
    #[cfg(feature = "ssi")]
    let mut contexts = Contexts::bundled()?.clone();
    #[cfg(not(feature = "ssi"))]
    let mut contexts = Contexts::default();
    for (url, document) in given {
        contexts = contexts.with(url, document)?;
    }
    Ok(contexts)
}

#[napi]
pub fn sign(
    credential: Either<String, &Passport>,
    key: &Signing,
    given: String,
    holder: Option<&Public>,
    later: bool,
) -> napi::Result<Reply> {
    let options: Options = options(&given).or_throw()?;
    let document = match credential {
        Either::A(text) => Content::Text(text),
        Either::B(passport) => Content::Passport(Arc::clone(passport)),
    };
    let (key, holder) = (Arc::clone(key), holder.map(|key| **key));
    reply(later, move || {
        options.run(&Act::Sign, document, &key, holder.as_ref())
    })
}

#[napi]
pub fn add_proof(
    document: String,
    key: &Signing,
    given: String,
    later: bool,
) -> napi::Result<Reply> {
    act(Act::AddProof, document, key, &given, later)
}

#[napi]
pub fn sign_presentation(
    presentation: String,
    key: &Signing,
    given: String,
    later: bool,
) -> napi::Result<Reply> {
    act(Act::Present, presentation, key, &given, later)
}

fn act(act: Act, document: String, key: &Signing, given: &str, later: bool) -> napi::Result<Reply> {
    let options: Options = options(given).or_throw()?;
    let key = Arc::clone(key);
    reply(later, move || {
        options.run(&act, Content::Text(document), &key, None)
    })
}
