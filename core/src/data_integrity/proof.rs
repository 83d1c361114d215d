//! Adding a proof to a document, and checking every proof that it carries.

use rand_core::TryCryptoRng;
use serde_json::{Map, Value};

use super::{ProofOptions, suite};
use crate::credential::Securing;
use crate::credential::key_discovery::{KeyQuery, PROOF as KEY_DISCOVERY};
use crate::credential::recipient::{self, Recipient};
use crate::did::Relationship;
use crate::error::{Error, ErrorCode, Result};
use crate::key::SigningKey;
use crate::prelude::*;
use crate::report::Findings;
use crate::time::Timestamp;

const PROOF: &str = "VC Data Integrity 1.0 section 2.1";
const CHAIN: &str = "VC Data Integrity 1.0 section 2.1.2";
const SUITE: &str = "VC Data Integrity 1.0 section 4.4";
/// More proofs than this are refused: each costs a signature check.
const MAX_PROOFS: usize = 8;

/// Who signs, and for what purpose.
pub(crate) struct Signer<'a> {
    pub(crate) key: &'a SigningKey,
    /// The DID URL of the key.
    pub(crate) method: &'a str,
    pub(crate) purpose: Relationship,
}

/// Adds a proof to a document; behind those that it has already.
///
/// # Errors
/// `unsupported_algorithm` for a suite that this build cannot sign; `invalid_argument` with a path for an
/// option that contradicts the document; `too_many_values` when the document has the most proofs already.
pub(crate) fn add_proof<R: TryCryptoRng>(
    mut document: Map<String, Value>,
    signer: &Signer<'_>,
    suite: Securing,
    options: &ProofOptions<'_>,
    rng: &mut R,
) -> Result<Map<String, Value>> {
    let mut proofs = match document.shift_remove("proof") {
        None => Vec::new(),
        Some(Value::Array(proofs)) => proofs,
        Some(proof) => vec![proof],
    };
    if proofs.len() >= MAX_PROOFS {
        return Err(Error::new(ErrorCode::TooManyValues).at("/proof"));
    }
    let mut proof = configuration(signer, suite, options);
    let covered = covered_proofs(&proof, &proofs)?;
    if !covered.is_empty() {
        document.insert("proof".into(), Value::Array(covered));
    }
    let value = suite::sign(suite, &document, &mut proof, signer.key, options, rng)?;
    // What was signed is not what is returned: that has all proofs, behind everything else.
    document.shift_remove("proof");
    proof.insert("proofValue".into(), value.into());
    let proof = Value::Object(proof);
    let member = if proofs.is_empty() {
        proof
    } else {
        proofs.push(proof);
        Value::Array(proofs)
    };
    document.insert("proof".into(), member);
    Ok(document)
}

/// The proof without its value.
fn configuration(
    signer: &Signer<'_>,
    suite: Securing,
    options: &ProofOptions<'_>,
) -> Map<String, Value> {
    let mut proof = Map::new();
    let time = |time: Option<Timestamp>| time.map(|time| time.to_string());
    let text = |text: Option<&str>| text.map(ToString::to_string);
    let members = [
        ("id", text(options.id)),
        ("type", text(Some("DataIntegrityProof"))),
        ("cryptosuite", text(Some(suite.as_str()))),
        ("created", time(options.created)),
        ("expires", time(options.expires)),
        ("verificationMethod", text(Some(signer.method))),
        ("proofPurpose", text(Some(signer.purpose.as_str()))),
        ("domain", text(options.domain)),
        ("challenge", text(options.challenge)),
    ];
    for (name, value) in members {
        if let Some(value) = value {
            proof.insert(name.into(), value.into());
        }
    }
    match options.previous {
        [] => {}
        [one] => drop(proof.insert("previousProof".into(), (*one).into())),
        several => drop(proof.insert("previousProof".into(), several.to_vec().into())),
    }
    proof
}

/// The proofs that another one names in `previousProof`.
///
/// # Errors
/// `invalid_member` when one of them is not there.
fn covered_proofs(proof: &Map<String, Value>, proofs: &[Value]) -> Result<Vec<Value>> {
    let Some(previous) = proof.get("previousProof") else {
        return Ok(Vec::new());
    };
    let missing = || {
        Error::new(ErrorCode::InvalidMember)
            .at("/previousProof")
            .because("the document has no proof of this id")
    };
    let names = match previous {
        Value::Array(names) if !names.is_empty() => names.as_slice(),
        one => core::slice::from_ref(one),
    };
    names
        .iter()
        .map(|name| {
            let named = |proof: &&Value| name.is_string() && proof.get("id") == Some(name);
            proofs.iter().find(named).cloned().ok_or_else(missing)
        })
        .collect()
}

/// What the proofs of a document came to.
pub(crate) struct Verified {
    /// The suite of the proof that was asked for.
    pub(crate) suite: Option<Securing>,
    /// Whether there is a proof by the controller, and every proof holds.
    pub(crate) genuine: bool,
    /// For whom each proof of the controller was made.
    pub(crate) recipients: Vec<Recipient>,
}

/// Checks every proof of a document, which is given without them. One must be by the query's controller; others may be by anyone, and
/// must hold too.
///
/// # Errors
/// `missing_member` without a proof; `wrong_type` when a proof is no object; `too_many_values`.
pub(crate) fn verify_proofs(
    document: &Map<String, Value>,
    proof: Option<&Value>,
    query: &KeyQuery<'_>,
    findings: &mut Findings,
) -> Result<Verified> {
    let proof = proof.ok_or_else(|| Error::new(ErrorCode::MissingMember).at("/proof"))?;
    let (proofs, many) = match proof {
        Value::Array(proofs) => (proofs.as_slice(), true),
        proof => (core::slice::from_ref(proof), false),
    };
    if proofs.is_empty() {
        return Err(Error::new(ErrorCode::MissingMember).at("/proof"));
    }
    if proofs.len() > MAX_PROOFS {
        return Err(Error::new(ErrorCode::TooManyValues).at("/proof"));
    }
    let own = |proof: &Value| {
        let did = proof.get("verificationMethod").and_then(method_did);
        did.is_some() && did == query.controller
    };
    let signed_by_controller = proofs.iter().any(own);
    let mut verified = Verified {
        suite: None,
        genuine: true,
        recipients: Vec::new(),
    };
    for (i, proof) in proofs.iter().enumerate() {
        let place = if many {
            format!("/proof/{i}")
        } else {
            "/proof".into()
        };
        let Value::Object(members) = proof else {
            return Err(Error::new(ErrorCode::WrongType)
                .at(place)
                .because("expected an object"));
        };
        let witness = signed_by_controller && !own(proof);
        let check = ProofCheck {
            place,
            query,
            witness,
            document,
            proofs,
        };
        verified.genuine &= check.run(members, findings).is_some();
        if !witness {
            let place = &check.place;
            let recipient = Recipient::of(members, recipient::PROOF, place);
            verified.recipients.push(recipient);
        }
        if verified.suite.is_none() && !witness {
            verified.suite = members
                .get("cryptosuite")
                .and_then(Value::as_str)
                .and_then(|name| name.parse().ok());
        }
    }
    Ok(verified)
}

fn method_did(url: &Value) -> Option<&str> {
    Some(url.as_str()?.split_once('#')?.0)
}

struct ProofCheck<'a> {
    /// The JSON Pointer of the proof.
    place: String,
    query: &'a KeyQuery<'a>,
    /// Whether this proof is by someone beside the controller.
    witness: bool,
    document: &'a Map<String, Value>,
    proofs: &'a [Value],
}

impl ProofCheck<'_> {
    /// Checks one proof. Returns whether the signature holds.
    fn run(&self, proof: &Map<String, Value>, findings: &mut Findings) -> Option<()> {
        let suite = self.check_form(proof, findings);
        let method = proof.get("verificationMethod");
        let path = self.at("verificationMethod");
        let key = if self.witness {
            let mut options = *self.query.options;
            options.issuer_key = None;
            let query = KeyQuery {
                controller: method.and_then(method_did),
                options: &options,
                ..*self.query
            };
            query.find(method, &path, KEY_DISCOVERY, findings)
        } else {
            self.query.find(method, &path, KEY_DISCOVERY, findings)
        };
        let unsecured = self.unsecured(proof, findings)?;
        let (suite, key) = (suite?, key?);
        let check = suite::Check {
            place: &self.place,
            contexts: self.query.options.contexts,
        };
        check
            .verify(suite, &unsecured, proof, &key, findings)
            .map_err(|error| {
                let path = match error.path() {
                    "" => self.at("proofValue"),
                    path => path.to_string(),
                };
                let detail = match error.detail() {
                    "" => "the proof is not the signer's over this document",
                    detail => detail,
                };
                findings.error(error.code(), path, detail, SUITE);
            })
            .ok()
    }

    /// The JSON Pointer of a member of the proof.
    fn at(&self, name: &str) -> String {
        format!("{}/{name}", self.place)
    }

    /// The document that the proof covers: without proofs, but for those that it names.
    fn unsecured(
        &self,
        proof: &Map<String, Value>,
        findings: &mut Findings,
    ) -> Option<Cow<'_, Map<String, Value>>> {
        match covered_proofs(proof, self.proofs) {
            Ok(covered) if covered.is_empty() => Some(Cow::Borrowed(self.document)),
            Ok(covered) => {
                let mut unsecured = self.document.clone();
                unsecured.insert("proof".into(), Value::Array(covered));
                Some(Cow::Owned(unsecured))
            }
            Err(error) => {
                let detail = "the document has no proof of this id";
                findings.error(error.code(), self.at("previousProof"), detail, CHAIN);
                None
            }
        }
    }

    /// Checks all of a proof but its key and signature. Returns the suite if it is a known one.
    fn check_form(&self, proof: &Map<String, Value>, findings: &mut Findings) -> Option<Securing> {
        let text = |name: &str| proof.get(name).and_then(Value::as_str);
        let mut known = true;
        if text("type") != Some("DataIntegrityProof") {
            let code = ErrorCode::UnsupportedAlgorithm;
            findings.error(code, self.at("type"), "expected DataIntegrityProof", PROOF);
            known = false;
        }
        let suite = text("cryptosuite")
            .and_then(|name| name.parse::<Securing>().ok())
            .filter(|suite| suite.is_embedded());
        if suite.is_none() {
            let code = ErrorCode::UnsupportedAlgorithm;
            let detail = "the suite is not a known one";
            findings.error(code, self.at("cryptosuite"), detail, PROOF);
        }
        let purpose = self.query.relationship.as_str();
        if text("proofPurpose") != Some(purpose) {
            let detail = format!("expected {purpose}");
            let path = self.at("proofPurpose");
            findings.error(ErrorCode::InvalidMember, path, detail, PROOF);
        }
        self.check_times(proof, findings);
        suite.filter(|_| known)
    }

    fn check_times(&self, proof: &Map<String, Value>, findings: &mut Findings) {
        let at = self.query.options.at;
        for (name, code) in [
            ("created", ErrorCode::NotYetValid),
            ("expires", ErrorCode::Expired),
        ] {
            let Some(value) = proof.get(name) else {
                continue;
            };
            let path = self.at(name);
            match value.as_str().map(str::parse::<Timestamp>) {
                Some(Ok(time)) if name == "created" && time <= at => {}
                Some(Ok(time)) if name == "expires" && time > at => {}
                Some(Ok(time)) => {
                    findings.error(code, path, format!("{name} {time}, checked at {at}"), PROOF);
                }
                _ => {
                    let detail = "expected a date-time with a zone";
                    findings.error(ErrorCode::InvalidMember, path, detail, PROOF);
                }
            }
        }
    }
}
