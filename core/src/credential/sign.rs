use serde_json::{Map, Value, json};

use super::{
    CONTEXT, PASSPORT_CREDENTIAL, PASSPORT_SUBJECT, UNDEFINED_TERMS_CONTEXT, VC_JWT, rules,
};
use crate::error::{Error, ErrorCode, Result};
use crate::jws;
use crate::key::SigningKey;
use crate::passport::Passport;
use crate::prelude::*;
use crate::report::Findings;
use crate::time::Timestamp;

/// What [`sign`] adds to a credential. Members that the credential has already must agree.
#[derive(Clone, Debug, Default)]
pub struct SignOptions<'a> {
    /// The issuer; by default the `did:key` of the signing key, which is the only one it may be.
    pub issuer: Option<&'a str>,
    /// When the credential becomes valid.
    pub valid_from: Option<Timestamp>,
    /// When the credential expires.
    pub valid_until: Option<Timestamp>,
    /// The entry of a status list, VCDM 2.0 section 4.10.
    pub status: Option<&'a Value>,
}

/// Signs a credential as `vc+jwt`, deterministically (RFC 6979).
///
/// Adds what is missing: `@context` (with the context for undefined terms, because the data model has
/// none of its own), the type `VerifiableCredential`, `issuer`, and what the options say.
///
/// # Errors
/// `wrong_type` when the credential is no object; `issuer_mismatch` when the issuer is not the signing
/// key's `did:key`; `invalid_argument` with the path of a member that contradicts an option;
/// `missing_member` or `invalid_member` with its path for what VCDM 2.0 forbids.
pub fn sign(credential: Value, key: &SigningKey, options: &SignOptions<'_>) -> Result<String> {
    let credential = prepared(credential, key, options)?;
    let header = json!({
        "alg": jws::ES256,
        "typ": VC_JWT,
        "cty": "vc",
        "kid": key_url(key),
    });
    jws::sign(
        &header,
        Value::Object(credential).to_string().as_bytes(),
        key,
    )
}

/// The DID URL of a key: a did:key has one key, whose fragment repeats it.
pub(super) fn key_url(key: &SigningKey) -> String {
    let did = key.public_key().did();
    let fragment = did.strip_prefix("did:key:").unwrap_or_default();
    format!("{did}#{fragment}")
}

/// Completes a credential and checks it: what every securing form does first.
pub(super) fn prepared(
    credential: Value,
    key: &SigningKey,
    options: &SignOptions<'_>,
) -> Result<Map<String, Value>> {
    let Value::Object(given) = credential else {
        return Err(Error::new(ErrorCode::WrongType).because("expected an object"));
    };
    let did = key.public_key().did();
    let credential = completed(given, &did, options)?;
    let mut findings = Findings::default();
    rules::check(&credential, None, &mut findings);
    if let Some(finding) = findings.first_error() {
        return Err(Error::new(finding.code)
            .at(finding.path.as_str())
            .because(format!("{} ({})", finding.detail, finding.reference)));
    }
    if rules::issuer_id(&credential) != Some(did.as_str()) {
        return Err(Error::new(ErrorCode::IssuerMismatch).at("/issuer"));
    }
    Ok(credential)
}

/// Makes the credential of a passport: the passport is its subject, under its own id.
///
/// # Errors
/// Those of [`Passport::id`].
pub fn passport_credential(passport: &Passport) -> Result<Value> {
    let mut subject = Map::new();
    subject.insert("id".into(), passport.id()?.into());
    subject.insert("type".into(), PASSPORT_SUBJECT.into());
    if let Value::Object(members) = passport.to_value()? {
        subject.extend(members);
    }
    Ok(json!({
        "type": ["VerifiableCredential", PASSPORT_CREDENTIAL],
        "credentialSubject": subject,
    }))
}

fn completed(
    mut given: Map<String, Value>,
    did: &str,
    options: &SignOptions<'_>,
) -> Result<Map<String, Value>> {
    let mut credential = Map::new();
    // `shift_remove` keeps the order of the members that stay.
    let contexts = given
        .shift_remove("@context")
        .unwrap_or_else(|| json!([CONTEXT, UNDEFINED_TERMS_CONTEXT]));
    credential.insert("@context".into(), contexts);
    if let Some(id) = given.shift_remove("id") {
        credential.insert("id".into(), id);
    }
    let types = given.shift_remove("type").unwrap_or_else(|| json!([]));
    credential.insert("type".into(), with_base_type(types));

    let issuer = options.issuer.unwrap_or(did);
    let named = rules::issuer_id(&given);
    if issuer != did || named.is_some_and(|named| named != issuer) {
        return Err(Error::new(ErrorCode::IssuerMismatch)
            .at("/issuer")
            .because("the issuer must be the did:key of the signing key"));
    }
    let issuer = given
        .shift_remove("issuer")
        .unwrap_or_else(|| issuer.into());
    credential.insert("issuer".into(), issuer);

    let added = [
        (
            "validFrom",
            options.valid_from.map(|time| time.to_string().into()),
        ),
        (
            "validUntil",
            options.valid_until.map(|time| time.to_string().into()),
        ),
        ("credentialStatus", options.status.cloned()),
    ];
    for (name, option) in added {
        let value = match (given.shift_remove(name), option) {
            (Some(member), Some(option)) if member != option => {
                return Err(Error::new(ErrorCode::InvalidArgument)
                    .at(format!("/{name}"))
                    .because("the credential already says otherwise"));
            }
            (member, option) => member.or(option),
        };
        if let Some(value) = value {
            credential.insert(name.into(), value);
        }
    }
    credential.extend(given);
    Ok(credential)
}

/// Puts `VerifiableCredential` first, unless it is there or the types are no list of types at all.
fn with_base_type(types: Value) -> Value {
    const BASE: &str = "VerifiableCredential";
    match types {
        Value::String(name) if name != BASE => json!([BASE, name]),
        Value::Array(mut list) if !list.iter().any(|name| name == BASE) => {
            list.insert(0, BASE.into());
            Value::Array(list)
        }
        types => types,
    }
}
