//! What each cryptosuite signs, and how its signature is written.

use rand_core::TryCryptoRng;
use serde_json::{Map, Value};

use super::{ProofOptions, jcs};
#[cfg(feature = "ssi")]
use super::{eddsa, rdfc, sd};
use crate::credential::Securing;
use crate::crypto::SIGNATURE_LEN;
use crate::did::KeyMaterial;
use crate::error::{Error, ErrorCode, Result};
use crate::json_ld::Contexts;
use crate::key::SigningKey;
use crate::prelude::*;
use crate::report::Findings;

/// Signs a document with the proof's options and returns the `proofValue`.
///
/// # Errors
/// `unsupported_algorithm` for a suite that this build cannot sign; `invalid_argument` for mandatory
/// pointers of a suite that has none; of the RDF suites `unprocessed_term` for a claim that would not be
/// signed, and what `rdfc` and `sd` say.
pub(super) fn sign<R: TryCryptoRng>(
    suite: Securing,
    document: &Map<String, Value>,
    proof: &mut Map<String, Value>,
    key: &SigningKey,
    options: &ProofOptions<'_>,
    rng: &mut R,
) -> Result<String> {
    if !options.mandatory.is_empty() && suite != Securing::EcdsaSd2023 {
        return Err(Error::new(ErrorCode::InvalidArgument)
            .at("/mandatoryPointers")
            .because("only ecdsa-sd-2023 has mandatory pointers"));
    }
    match suite {
        Securing::EcdsaJcs2019 => {
            jcs::take_contexts(proof, document);
            let [config, document] = jcs::hash_data(proof, document);
            Ok(encode_signature(&key.sign_parts(&[&config, &document])?))
        }
        #[cfg(feature = "ssi")]
        Securing::EcdsaRdfc2019 => {
            let mut findings = Findings::default();
            let contexts = contexts_or_bundled(options.contexts)?;
            let hashes = rdfc::hash_data(document, proof, contexts, "/proof", &mut findings)?;
            findings.into_result()?;
            Ok(encode_signature(&key.sign(&hashes)?))
        }
        #[cfg(feature = "ssi")]
        Securing::EcdsaSd2023 => sd::base(
            document,
            proof,
            key,
            &sd::Secrets::generate(rng, key.is_deterministic())?,
            options.mandatory,
            contexts_or_bundled(options.contexts)?,
        ),
        other => {
            let _ = rng;
            Err(Error::new(ErrorCode::UnsupportedAlgorithm)
                .at("/securing")
                .because(format!("{other} is not issued by this build")))
        }
    }
}

/// Where a proof stands and what is known to check it.
pub(super) struct Check<'a> {
    /// The JSON Pointer of the proof.
    #[cfg_attr(
        not(feature = "ssi"),
        allow(dead_code, reason = "only RDF has findings")
    )]
    pub(super) place: &'a str,
    #[cfg_attr(
        not(feature = "ssi"),
        allow(dead_code, reason = "only RDF has contexts")
    )]
    pub(super) contexts: Option<&'a Contexts>,
}

impl Check<'_> {
    /// Checks the signature of a proof. `document` has no proofs but those that this one covers.
    ///
    /// # Errors
    /// `missing_member`, `signature_malformed`, `signature_invalid`, `wrong_curve`, `invalid_member`,
    /// `unsupported_algorithm`; of the RDF suites also what `rdfc` and `sd` say.
    pub(super) fn verify(
        &self,
        suite: Securing,
        document: &Map<String, Value>,
        proof: &Map<String, Value>,
        key: &KeyMaterial,
        findings: &mut Findings,
    ) -> Result<()> {
        let mut config = proof.clone();
        let value = config
            .shift_remove("proofValue")
            .ok_or(ErrorCode::MissingMember)?;
        match (suite, key) {
            (Securing::EcdsaJcs2019, KeyMaterial::P256(key)) => {
                let signature = decode_signature(&value)?;
                let document = jcs::signed_document(&config, document)?;
                let [config, document] = jcs::hash_data(&config, &document);
                key.verify_parts(&[&config, &document], &signature)
            }
            #[cfg(feature = "ssi")]
            (Securing::EcdsaRdfc2019, KeyMaterial::P256(key)) => {
                let signature = decode_signature(&value)?;
                key.verify(&self.hash(document, &config, findings)?, &signature)
            }
            #[cfg(feature = "ssi")]
            (Securing::EcdsaSd2023, KeyMaterial::P256(key)) => {
                let value = value.as_str().ok_or(ErrorCode::SignatureMalformed)?;
                let contexts = contexts_or_bundled(self.contexts)?;
                sd::verify(
                    document, &config, value, key, contexts, self.place, findings,
                )
            }
            #[cfg(feature = "ssi")]
            (Securing::EddsaRdfc2022, KeyMaterial::Ed25519(key)) => {
                let signature = decode_signature(&value)?;
                let hashes = self.hash(document, &config, findings)?;
                eddsa::verify(key, &hashes, &signature)
            }
            #[cfg(feature = "ssi")]
            (Securing::EcdsaRdfc2019 | Securing::EcdsaSd2023 | Securing::EddsaRdfc2022, _) => {
                Err(ErrorCode::WrongCurve.into())
            }
            (Securing::EcdsaJcs2019, _) => Err(ErrorCode::WrongCurve.into()),
            _ => {
                let _ = findings;
                Err(ErrorCode::UnsupportedAlgorithm.into())
            }
        }
    }

    #[cfg(feature = "ssi")]
    fn hash(
        &self,
        document: &Map<String, Value>,
        config: &Map<String, Value>,
        findings: &mut Findings,
    ) -> Result<[u8; 64]> {
        let contexts = contexts_or_bundled(self.contexts)?;
        rdfc::hash_data(document, config, contexts, self.place, findings)
    }
}

#[cfg(feature = "ssi")]
pub(super) fn contexts_or_bundled(contexts: Option<&Contexts>) -> Result<&Contexts> {
    match contexts {
        Some(contexts) => Ok(contexts),
        None => Contexts::bundled(),
    }
}

fn encode_signature(signature: &[u8; SIGNATURE_LEN]) -> String {
    format!("z{}", bs58::encode(signature).into_string())
}

/// A multibase base58btc signature of exactly 64 bytes.
fn decode_signature(value: &Value) -> Result<[u8; SIGNATURE_LEN]> {
    let malformed = || Error::new(ErrorCode::SignatureMalformed);
    let digits = value.as_str().and_then(|text| text.strip_prefix('z'));
    let mut signature = [0; SIGNATURE_LEN];
    match bs58::decode(digits.ok_or_else(malformed)?).onto(&mut signature[..]) {
        Ok(SIGNATURE_LEN) => Ok(signature),
        _ => Err(malformed()),
    }
}
