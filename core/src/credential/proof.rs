//! Embedded proofs: Data Integrity 1.0 with the cryptosuite `ecdsa-jcs-2019` (VC-DI-ECDSA 1.0
//! section 3.3). The credential stays readable JSON; its canonical form (JCS) is what is signed.

use serde_json::{Map, Value};

use super::verify::{VerifyOptions, check_key_url, find_key};
use super::{ECDSA_JCS_2019, SignOptions, VerifyReport, rules, sign};
use crate::crypto::{Crypto, Portable, SIGNATURE_LEN};
use crate::error::{Error, ErrorCode, Result};
use crate::jcs;
use crate::key::SigningKey;
use crate::prelude::*;
use crate::report::{Findings, Severity};
use crate::time::Timestamp;

const PROOF: &str = "VC Data Integrity 1.0 section 2.1";
const SUITE: &str = "VC-DI-ECDSA 1.0 section 3.3";
const PURPOSE: &str = "assertionMethod";

/// What [`add_proof`] writes into the proof beside the signature.
#[derive(Clone, Debug, Default)]
pub struct ProofOptions<'a> {
    /// What is added to the credential itself.
    pub credential: SignOptions<'a>,
    /// When the proof was made.
    pub created: Option<Timestamp>,
    /// When the proof ends, which may be before the credential does.
    pub expires: Option<Timestamp>,
}

/// Secures a credential with an embedded `ecdsa-jcs-2019` proof, deterministically (RFC 6979).
///
/// Completes the credential as [`sign`](super::sign()) does.
///
/// ```
/// use batterypass::SigningKey;
/// use batterypass::credential::{ProofOptions, VerifyOptions, add_proof, verify_proof};
/// use serde_json::json;
///
/// # #[cfg(feature = "std")] {
/// let issuer = SigningKey::random()?;
/// let credential = json!({ "type": "ExampleCredential", "credentialSubject": { "id": "urn:example:1" } });
/// let secured = add_proof(credential, &issuer, &ProofOptions::default())?;
/// let report = verify_proof(&secured, &VerifyOptions::at("2027-02-18T00:00:00Z".parse()?))?;
/// assert!(report.ok);
/// # }
/// # Ok::<(), batterypass::Error>(())
/// ```
///
/// # Errors
/// Those of [`sign`](super::sign()); `invalid_argument` when the credential has a proof already.
pub fn add_proof(credential: Value, key: &SigningKey, options: &ProofOptions<'_>) -> Result<Value> {
    let mut credential = sign::prepared(credential, key, &options.credential)?;
    if credential.contains_key("proof") {
        return Err(Error::new(ErrorCode::InvalidArgument)
            .at("/proof")
            .because("the credential has a proof already"));
    }
    let mut proof = Map::new();
    let mut put = |name: &str, value: Value| proof.insert(name.into(), value);
    put("type", "DataIntegrityProof".into());
    put("cryptosuite", ECDSA_JCS_2019.into());
    if let Some(created) = options.created {
        put("created", created.to_string().into());
    }
    if let Some(expires) = options.expires {
        put("expires", expires.to_string().into());
    }
    put("verificationMethod", sign::key_url(key).into());
    put("proofPurpose", PURPOSE.into());
    if let Some(contexts) = credential.get("@context") {
        put("@context", contexts.clone());
    }
    let (config, document) = hashes(
        Value::Object(proof.clone()),
        Value::Object(credential.clone()),
    );
    let signature = key.sign_parts(&[&config, &document])?;
    proof.insert(
        "proofValue".into(),
        format!("z{}", bs58::encode(signature).into_string()).into(),
    );
    credential.insert("proof".into(), Value::Object(proof));
    Ok(Value::Object(credential))
}

/// Verifies a credential with one embedded `ecdsa-jcs-2019` proof and reports every rule that does
/// not hold. The key comes from the issuer's `did:key` or from the options, never from the proof.
///
/// # Errors
/// `wrong_type` when the credential or its proof is no object; `missing_member` without a proof.
pub fn verify_proof(secured: &Value, options: &VerifyOptions<'_>) -> Result<VerifyReport> {
    let object = |value: &Value, path: &str| {
        let members = value.as_object().cloned();
        members.ok_or_else(|| {
            Error::new(ErrorCode::WrongType)
                .at(path)
                .because("expected an object")
        })
    };
    let mut document = object(secured, "")?;
    let proof = document.shift_remove("proof");
    let proof = proof.ok_or_else(|| Error::new(ErrorCode::MissingMember).at("/proof"))?;
    let proof = object(&proof, "/proof")?;

    let mut findings = Findings::default();
    let known = check_form(&proof, options.at, &mut findings);
    let issuer = rules::issuer_id(&document);
    let key = find_key(issuer, options.issuer_key, &mut findings);
    if let (Some(key), Some(issuer)) = (key, issuer) {
        let method = proof.get("verificationMethod");
        // Beside a URL of the issuer, one that names the issuer's key by itself.
        let dids = [issuer, &key.did()];
        check_key_url(method, "/proof/verificationMethod", &dids, &mut findings);
    }
    let genuine = known
        && key.is_some_and(|key| {
            let verified =
                signed_bytes(&document, &proof, &mut findings).is_some_and(|(parts, signature)| {
                    key.verify_parts(&[&parts.0, &parts.1], &signature).is_ok()
                });
            if !verified {
                let detail = "the proof is not the issuer's over this credential";
                findings.error(
                    ErrorCode::SignatureInvalid,
                    "/proof/proofValue",
                    detail,
                    SUITE,
                );
            }
            verified
        });
    rules::check(&document, Some(options.at), &mut findings);
    Ok(VerifyReport {
        ok: genuine
            && !findings
                .0
                .iter()
                .any(|finding| finding.severity == Severity::Error),
        findings: findings.0,
        issuer: rules::issuer_id(&document).map(ToString::to_string),
        securing: ECDSA_JCS_2019,
        claims: Value::Object(document),
    })
}

/// Checks all of a proof but its key and signature. Returns whether type and suite are the known ones.
fn check_form(proof: &Map<String, Value>, at: Timestamp, findings: &mut Findings) -> bool {
    let expected = [
        (
            "type",
            "DataIntegrityProof",
            ErrorCode::UnsupportedAlgorithm,
        ),
        (
            "cryptosuite",
            ECDSA_JCS_2019,
            ErrorCode::UnsupportedAlgorithm,
        ),
        ("proofPurpose", PURPOSE, ErrorCode::InvalidMember),
    ];
    let mut known = true;
    for (name, value, code) in expected {
        if proof.get(name).and_then(Value::as_str) != Some(value) {
            findings.error(
                code,
                format!("/proof/{name}"),
                format!("expected {value}"),
                PROOF,
            );
            known &= code != ErrorCode::UnsupportedAlgorithm;
        }
    }
    for (name, code) in [
        ("created", ErrorCode::NotYetValid),
        ("expires", ErrorCode::Expired),
    ] {
        let Some(value) = proof.get(name) else {
            continue;
        };
        let path = format!("/proof/{name}");
        match value
            .as_str()
            .and_then(|text| text.parse::<Timestamp>().ok())
        {
            None => findings.error(
                ErrorCode::InvalidMember,
                path,
                "expected a date-time with a zone",
                PROOF,
            ),
            Some(time) if (name == "created" && time > at) || (name == "expires" && time <= at) => {
                findings.error(code, path, format!("{name} {time}, checked at {at}"), PROOF);
            }
            Some(_) => {}
        }
    }
    known
}

type Hashes = ([u8; 32], [u8; 32]);

/// The two hashes that are signed, and the signature that stands in the proof.
fn signed_bytes(
    document: &Map<String, Value>,
    proof: &Map<String, Value>,
    findings: &mut Findings,
) -> Option<(Hashes, [u8; SIGNATURE_LEN])> {
    let mut config = proof.clone();
    let value = config.shift_remove("proofValue")?;
    let mut signature = [0; SIGNATURE_LEN];
    let digits = value.as_str()?.strip_prefix('z')?;
    if bs58::decode(digits).onto(&mut signature[..]) != Ok(SIGNATURE_LEN) {
        return None;
    }
    let mut document = document.clone();
    if let Some(contexts) = config.get("@context") {
        // Contexts that were added behind those that were signed change nothing; others would.
        let signed = list(contexts);
        if !document
            .get("@context")
            .is_some_and(|own| list(own).starts_with(signed))
        {
            let detail = "the contexts do not begin with those of the proof";
            findings.error(ErrorCode::InvalidMember, "/@context", detail, SUITE);
            return None;
        }
        document.insert("@context".into(), contexts.clone());
    }
    Some((
        hashes(Value::Object(config), Value::Object(document)),
        signature,
    ))
}

fn list(value: &Value) -> &[Value] {
    value
        .as_array()
        .map_or(core::slice::from_ref(value), Vec::as_slice)
}

/// SHA-256 of the canonical proof options and of the canonical document.
fn hashes(config: Value, document: Value) -> Hashes {
    let hash = |value: &Value| Portable.sha256(&[jcs::to_string(value).as_bytes()]);
    (hash(&config), hash(&document))
}
