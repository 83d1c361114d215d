//! Presentations: what a holder shows to someone, VCDM 2.0 section 4.13.

use serde_json::{Map, Value, json};

use super::cose::Message;
use super::key_discovery::KeyQuery;
use super::prepare::{method_url, signing_key, with_base_type};
use super::recipient::{self, Opened, Recipient};
use super::shape::Shape;
use super::sign::system_rng;
use super::verify::{VerifyOptions, verify};
use super::{CONTEXT, Secured, SecuredRef, Securing, VerifyReport, cose, jwt, proof, rules};
use crate::cose::Algorithm;
use crate::cose::credential::Kind;
use crate::data_integrity::{self, ProofOptions, Signer};
use crate::did::Relationship;
use crate::error::{Error, ErrorCode, Result};
use crate::jws::Compact;
use crate::key::SigningKey;
use crate::prelude::*;
use crate::report::{Finding, Findings};

/// What [`sign_presentation`] does.
#[derive(Clone, Debug, Default)]
pub struct PresentationOptions<'a> {
    /// [`Securing::VcJwt`] for a `vp+jwt`, [`Securing::VcCose`] for a `vp+cose`, or an embedded form.
    pub securing: Securing,
    /// The DID URL of the holder's key; by default that of its `did:key`.
    pub verification_method: Option<&'a str>,
    /// What the proof says. In a `vp+jwt` or `vp+cose` the domain is the claim `aud`, the challenge `nonce`, the
    /// times are `iat` and `exp`.
    pub proof: ProofOptions<'a>,
    /// Whether the signature is by RFC 6979 whatever the backend.
    pub deterministic: bool,
}

/// Everything that the verification of a presentation found.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PresentationReport {
    /// Whether the presentation and every credential in it are genuine and valid at the given time.
    pub ok: bool,
    /// All findings; those of a credential under its path, such as `/verifiableCredential/0/issuer`.
    pub findings: Vec<Finding>,
    /// The holder that the presentation names. Only proven when `ok` is true.
    pub holder: Option<String>,
    /// How the presentation is secured.
    pub securing: Securing,
    /// The presentation without its proof.
    pub claims: Value,
    /// What was found for each credential in it, in their order.
    pub credentials: Vec<VerifyReport>,
}

/// Signs a presentation as its holder.
///
/// Adds what is missing: `@context`, the type `VerifiablePresentation`, and `holder`. Credentials that are
/// tokens are put in with [`to_enveloped`](super::to_enveloped).
///
/// ```
/// use batterypass::SigningKey;
/// use batterypass::credential::{
///     PresentationOptions, SignOptions, VerifyOptions, sign, sign_presentation, to_enveloped,
///     verify_presentation,
/// };
/// use batterypass::data_integrity::ProofOptions;
/// use serde_json::json;
///
/// # #[cfg(feature = "std")] {
/// let (issuer, holder) = (SigningKey::random()?, SigningKey::random()?);
/// let credential = json!({ "credentialSubject": { "id": holder.public_key().did().as_str() } });
/// let credential = sign(credential, &issuer, &SignOptions::default())?;
/// let options = PresentationOptions {
///     proof: ProofOptions {
///         domain: Some("https://cloud.example"),
///         challenge: Some("n-0S6"),
///         ..ProofOptions::default()
///     },
///     ..PresentationOptions::default()
/// };
/// let presentation = json!({ "verifiableCredential": [to_enveloped(&credential)] });
/// let shown = sign_presentation(presentation, &holder, &options)?;
///
/// let report = verify_presentation(&shown, &VerifyOptions {
///     domain: Some("https://cloud.example"),
///     challenge: Some("n-0S6"),
///     ..VerifyOptions::at("2027-02-18T00:00:00Z".parse()?)
/// })?;
/// assert!(report.ok && report.credentials.len() == 1);
/// # }
/// # Ok::<(), batterypass::Error>(())
/// ```
///
/// # Errors
/// `wrong_type` when the presentation is no object; `issuer_mismatch` at `/holder` when that is not the
/// DID of the verification method; `key_mismatch`, `invalid_argument`; `missing_member` or
/// `invalid_member` for what VCDM 2.0 forbids; `unsupported_algorithm` for a form that has no
/// presentations.
pub fn sign_presentation(
    presentation: Value,
    key: &SigningKey,
    options: &PresentationOptions<'_>,
) -> Result<Secured> {
    let Value::Object(given) = presentation else {
        return Err(Error::new(ErrorCode::WrongType).because("expected an object"));
    };
    let key = &*signing_key(key, options.deterministic);
    let method = method_url(key, options.verification_method)?;
    let document = completed(given, method.split('#').next().unwrap_or_default())?;
    match options.securing {
        Securing::VcJwt => {
            let document = with_claims(document, &options.proof)?;
            jwt::sign_as(jwt::PRESENTATION, &document, &method, key).map(Secured::Text)
        }
        Securing::VcCose => {
            let document = with_claims(document, &options.proof)?;
            cose::sign_as(
                Kind::Presentation,
                &document,
                &method,
                key,
                Algorithm::Es256,
            )
            .map(Secured::Bytes)
        }
        securing if securing.is_embedded() => {
            let signer = Signer {
                key,
                method: &method,
                purpose: Relationship::Authentication,
            };
            data_integrity::add_proof(
                document,
                &signer,
                securing,
                &options.proof,
                &mut system_rng(),
            )
            .map(|document| Secured::Json(Value::Object(document)))
        }
        other => Err(Error::new(ErrorCode::UnsupportedAlgorithm)
            .at("/securing")
            .because(format!("{other} has no presentations"))),
    }
}

fn completed(mut given: Map<String, Value>, did: &str) -> Result<Map<String, Value>> {
    let mut document = Map::new();
    let contexts = given.shift_remove("@context");
    document.insert(
        "@context".into(),
        contexts.unwrap_or_else(|| json!([CONTEXT])),
    );
    let types = given.shift_remove("type").unwrap_or_else(|| json!([]));
    document.insert(
        "type".into(),
        with_base_type(types, "VerifiablePresentation"),
    );
    let holder = given.shift_remove("holder").unwrap_or_else(|| did.into());
    if rules::id_of(&holder) != Some(did) {
        return Err(Error::new(ErrorCode::IssuerMismatch)
            .at("/holder")
            .because("the holder must be the DID of the verification method that signs"));
    }
    document.insert("holder".into(), holder);
    document.extend(given);
    if document.contains_key("proof") {
        return Err(Error::new(ErrorCode::InvalidArgument)
            .at("/proof")
            .because("the presentation has a proof already"));
    }
    let mut findings = Findings::default();
    rules::check_presentation(&document, &mut findings);
    findings.into_result()?;
    Ok(document)
}

/// Writes the options of a proof as the JWT claims that stand for them.
fn with_claims(
    mut document: Map<String, Value>,
    options: &ProofOptions<'_>,
) -> Result<Map<String, Value>> {
    let claims = [
        ("aud", options.domain.map(Value::from)),
        ("nonce", options.challenge.map(Value::from)),
        ("iat", options.created.map(|time| time.unix().into())),
        ("exp", options.expires.map(|time| time.unix().into())),
    ];
    for (name, claim) in claims {
        if let Some(claim) = claim {
            document.insert(name.into(), claim);
        }
    }
    ProofOptions {
        id: options.id,
        previous: options.previous,
        mandatory: options.mandatory,
        ..ProofOptions::default()
    }
    .refuse_any()?;
    Ok(document)
}

/// Verifies a presentation and every credential in it, and reports every rule that does not hold.
///
/// `domain` and `challenge` of the options are those of the presentation. A replayed presentation is found
/// by the challenge alone, so give one, of your own making, each time.
///
/// # Errors
/// As [`verify`]: only for what cannot be read at all.
pub fn verify_presentation<'s>(
    secured: impl Into<SecuredRef<'s>>,
    options: &VerifyOptions<'_>,
) -> Result<PresentationReport> {
    let mut findings = Findings::default();
    let opened = open(secured.into(), options, &mut findings)?.received(options, &mut findings);
    let inner = VerifyOptions {
        issuer_key: None,
        domain: None,
        challenge: None,
        ..*options
    };
    let mut credentials = Vec::new();
    let mut all_ok = opened.genuine;
    for (path, credential) in rules::check_presentation(&opened.claims, &mut findings) {
        match verify(credential, &inner) {
            Ok(report) => {
                all_ok &= report.ok;
                findings.extend_at(&path, report.findings.clone());
                credentials.push(report);
            }
            Err(error) => {
                let place = format!("{path}{}", error.path());
                let detail = format!("the credential cannot be read: {error}");
                findings.error(error.code(), place, detail, "VCDM 2.0 section 4.13");
            }
        }
    }
    Ok(PresentationReport {
        ok: all_ok && findings.first_error().is_none(),
        findings: findings.0,
        holder: rules::holder_id(&opened.claims).map(ToString::to_string),
        securing: opened.securing,
        claims: Value::Object(opened.claims),
        credentials,
    })
}

fn open(
    secured: SecuredRef<'_>,
    options: &VerifyOptions<'_>,
    findings: &mut Findings,
) -> Result<Opened> {
    match Shape::of(secured)? {
        Shape::Token(text) => open_token(&text, options, findings),
        Shape::Message(bytes) => open_cose(&bytes, options, findings),
        Shape::Document(document) => {
            proof::open_of(document, KeyQuery::of_holder, options, findings)
        }
    }
}

fn open_token(text: &str, options: &VerifyOptions<'_>, findings: &mut Findings) -> Result<Opened> {
    let compact = Compact::parse(text)?;
    let claims = jwt::payload(&compact)?;
    let genuine = jwt::check(
        &compact,
        jwt::PRESENTATION,
        &KeyQuery::of_holder(&claims, options),
        findings,
    );
    rules::check_times(&claims, options.at, findings);
    let recipient = Recipient::of(&claims, recipient::CLAIMS, "");
    Ok(Opened::new(
        Securing::VcJwt,
        claims,
        genuine,
        vec![recipient],
    ))
}

fn open_cose(data: &[u8], options: &VerifyOptions<'_>, findings: &mut Findings) -> Result<Opened> {
    let message = Message::parse(data)?;
    let claims = &message.claims;
    let genuine = message.check(
        Kind::Presentation,
        &KeyQuery::of_holder(claims, options),
        findings,
    );
    rules::check_times(claims, options.at, findings);
    let recipient = Recipient::of(claims, recipient::CLAIMS, "");
    Ok(Opened::new(
        Securing::VcCose,
        message.claims,
        genuine,
        vec![recipient],
    ))
}
