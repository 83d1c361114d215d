use rand_core::TryCryptoRng;
use serde_json::Value;

use super::prepare::{Prepared, signing_key};
use super::sd_jwt::DisclosureOptions;
use super::{Secured, Securing, cose, jwt, outline, proof, sd_jwt};
use crate::cose::Algorithm;
use crate::cose::credential::Kind;
use crate::data_integrity::ProofOptions;
use crate::error::{Error, ErrorCode, Result};
use crate::json;
use crate::key::SigningKey;
use crate::prelude::*;
use crate::time::Timestamp;

/// What [`sign`] does and what it adds to a credential. Members that the credential has already must
/// agree.
#[derive(Clone, Debug, Default)]
pub struct SignOptions<'a> {
    /// The form; `vc+jwt` by default.
    pub securing: Securing,
    /// The issuer; by default the DID of the verification method.
    pub issuer: Option<&'a str>,
    /// The DID URL under which the issuer publishes the signing key; by default that of its `did:key`.
    pub verification_method: Option<&'a str>,
    /// When the credential becomes valid.
    pub valid_from: Option<Timestamp>,
    /// When the credential expires.
    pub valid_until: Option<Timestamp>,
    /// The entry of a status list, VCDM 2.0 section 4.10.
    pub status: Option<&'a Value>,
    /// How `vc+cose` names the algorithm; ES256 (-7) by default, as VC-JOSE-COSE does. The other forms
    /// have no choice.
    pub cose_algorithm: Option<Algorithm>,
    /// What a `vc+sd-jwt` hides and whose it is; the other forms have no place for it.
    pub disclosure: DisclosureOptions<'a>,
    /// What an embedded proof says; the other forms have no place for it.
    pub proof: ProofOptions<'a>,
    /// Whether signatures are by RFC 6979 whatever the backend, so that the same input gives the same
    /// bytes ([`SigningKey::deterministic`]). Without it the backend signs in its fastest way.
    pub deterministic: bool,
}

impl SignOptions<'_> {
    /// Options for a form, with nothing to add.
    pub fn securing(securing: Securing) -> Self {
        Self {
            securing,
            ..Self::default()
        }
    }
}

/// Issues a credential. Signatures are deterministic (RFC 6979) with the portable backend, and with every
/// backend where [`SignOptions::deterministic`] asks for it.
///
/// Adds what is missing: `@context` (with the context for undefined terms, because the data model has
/// none of its own), the type `VerifiableCredential`, `issuer`, and what the options say.
///
/// ```
/// use batterypass::SigningKey;
/// use batterypass::credential::{SignOptions, Securing, VerifyOptions, sign, verify};
/// use serde_json::json;
///
/// # #[cfg(feature = "std")] {
/// let issuer = SigningKey::random()?;
/// let credential = json!({ "type": "ExampleCredential", "credentialSubject": { "id": "urn:example:1" } });
/// let secured = sign(credential, &issuer, &SignOptions::securing(Securing::EcdsaJcs2019))?;
/// let report = verify(&secured, &VerifyOptions::at("2027-02-18T00:00:00Z".parse()?))?;
/// assert!(report.ok);
/// # }
/// # Ok::<(), batterypass::Error>(())
/// ```
///
/// # Errors
/// `wrong_type` when the credential is no object; `issuer_mismatch` when the issuer is not the DID of the
/// verification method; `key_mismatch` when a `did:key` is not that of the key; `invalid_argument` with
/// the path of a member that contradicts an option, or of an option that the form has no place for;
/// `missing_member` or `invalid_member` with its path for what VCDM 2.0 forbids; `unsupported_algorithm`
/// for a form that this build cannot issue; `randomness_failed`.
pub fn sign(credential: Value, key: &SigningKey, options: &SignOptions<'_>) -> Result<Secured> {
    sign_with(credential, key, options, &mut system_rng())
}

/// Issues a credential that is there as JSON text, as [`sign`] does. A `vc+jwt` then has the subject as it
/// was written, spelling of numbers and blanks included, and no values are made of it.
///
/// # Errors
/// Those of [`json::parse`] and of [`sign`].
pub fn sign_text(credential: &str, key: &SigningKey, options: &SignOptions<'_>) -> Result<Secured> {
    let is_jwt = options.securing == Securing::VcJwt;
    let outlined = is_jwt
        .then(|| outline::of_text_around(credential))
        .flatten();
    let Some((outline, subject)) = outlined else {
        return sign(json::parse(credential.as_bytes())?, key, options);
    };
    let key = &*signing_key(key, options.deterministic);
    check_options(options)?;
    let Prepared { document, method } = Prepared::new(Value::Object(outline), key, options)?;
    let text = outline::to_text(&document, subject);
    jwt::sign_text(&text, &method, key).map(Secured::Text)
}

/// The random source of the operating system.
#[cfg(feature = "std")]
pub(super) const fn system_rng() -> getrandom::SysRng {
    getrandom::SysRng
}

#[cfg(not(feature = "std"))]
pub(super) const fn system_rng() -> NoRandomness {
    NoRandomness
}

/// Issues a credential as [`sign`] does, with a random source for the forms that need one: the salts of
/// `vc+sd-jwt`, the keys of `ecdsa-sd-2023`. The other forms do not touch it.
///
/// # Errors
/// Those of [`sign`].
pub fn sign_with<R: TryCryptoRng>(
    credential: Value,
    key: &SigningKey,
    options: &SignOptions<'_>,
    rng: &mut R,
) -> Result<Secured> {
    let key = &*signing_key(key, options.deterministic);
    let securing = options.securing;
    check_options(options)?;
    let Prepared { document, method } = Prepared::new(credential, key, options)?;
    match securing {
        Securing::VcSdJwt => {
            sd_jwt::sign(document, &method, key, &options.disclosure, rng).map(Secured::Text)
        }
        Securing::VcJwt => jwt::sign(&document, &method, key).map(Secured::Text),
        Securing::VcCose => {
            let algorithm = options.cose_algorithm.unwrap_or(Algorithm::Es256);
            cose::sign_as(Kind::Credential, &document, &method, key, algorithm).map(Secured::Bytes)
        }
        securing if securing.is_embedded() => {
            let document = proof::attach(document, key, &method, options, rng)?;
            Ok(Secured::Json(Value::Object(document)))
        }
        other => Err(Error::new(ErrorCode::UnsupportedAlgorithm)
            .at("/securing")
            .because(format!("{other} is not issued by this build"))),
    }
}

/// Refuses options that the form has no place for.
fn check_options(options: &SignOptions<'_>) -> Result<()> {
    let securing = options.securing;
    if !securing.is_embedded() {
        options.proof.refuse_any()?;
    }
    if securing != Securing::VcCose && options.cose_algorithm.is_some() {
        return Err(Error::new(ErrorCode::InvalidArgument)
            .at("/coseAlgorithm")
            .because("only vc+cose has it"));
    }
    if securing != Securing::VcSdJwt {
        options.disclosure.refuse_any()?;
    }
    Ok(())
}

/// Stands where there is no operating system: forms that need randomness fail then.
#[cfg(not(feature = "std"))]
pub(super) struct NoRandomness;

#[cfg(not(feature = "std"))]
mod no_randomness {
    use rand_core::{TryCryptoRng, TryRng};

    use super::NoRandomness;
    use crate::error::{Error, ErrorCode};

    impl TryRng for NoRandomness {
        type Error = Error;

        fn try_next_u32(&mut self) -> Result<u32, Error> {
            Err(ErrorCode::RandomnessFailed.into())
        }

        fn try_next_u64(&mut self) -> Result<u64, Error> {
            Err(ErrorCode::RandomnessFailed.into())
        }

        fn try_fill_bytes(&mut self, _: &mut [u8]) -> Result<(), Error> {
            Err(ErrorCode::RandomnessFailed.into())
        }
    }

    impl TryCryptoRng for NoRandomness {}
}
