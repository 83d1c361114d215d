//! What every form does before it signs: completes the document and checks it.

use alloc::borrow::Cow;

use serde_json::{Map, Value, json};

use super::{
    CONTEXT, PASSPORT_CREDENTIAL, PASSPORT_SUBJECT, SignOptions, UNDEFINED_TERMS_CONTEXT, rules,
};
use crate::error::{Error, ErrorCode, Result};
use crate::key::SigningKey;
use crate::passport::Passport;
use crate::prelude::*;
use crate::report::Findings;

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

/// The key that signs as the options ask for.
pub(super) fn signing_key(key: &SigningKey, deterministic: bool) -> Cow<'_, SigningKey> {
    if deterministic {
        Cow::Owned(key.clone().deterministic())
    } else {
        Cow::Borrowed(key)
    }
}

/// A credential that VCDM 2.0 allows, and the DID URL of the key that is to sign it.
pub(super) struct Prepared {
    pub(super) document: Map<String, Value>,
    pub(super) method: String,
}

impl Prepared {
    pub(super) fn new(
        credential: Value,
        key: &SigningKey,
        options: &SignOptions<'_>,
    ) -> Result<Self> {
        let Value::Object(given) = credential else {
            return Err(Error::new(ErrorCode::WrongType).because("expected an object"));
        };
        let method = method_url(key, options.verification_method)?;
        let did = method.split('#').next().unwrap_or_default();
        let document = completed(given, did, options)?;
        let mut findings = Findings::default();
        rules::check(&document, None, &mut findings);
        findings.into_result()?;
        if document.contains_key("proof") {
            return Err(Error::new(ErrorCode::InvalidArgument)
                .at("/proof")
                .because("the credential has a proof already"));
        }
        Ok(Self { document, method })
    }
}

/// The DID URL to sign under: the given one, or that of the key's `did:key`.
pub(super) fn method_url(key: &SigningKey, given: Option<&str>) -> Result<String> {
    let did = key.public_key().did();
    let fragment = did.strip_prefix("did:key:").unwrap_or_default();
    let own = format!("{did}#{fragment}");
    let Some(given) = given else { return Ok(own) };
    let refuse = |code: ErrorCode, detail: &str| {
        Err(Error::new(code).at("/verificationMethod").because(detail))
    };
    match given.split_once('#') {
        None | Some(("" | "did:", _) | (_, "")) => refuse(
            ErrorCode::InvalidArgument,
            "expected a DID URL with a fragment",
        ),
        Some((did, _)) if did.starts_with("did:key:") && given != own => {
            refuse(ErrorCode::KeyMismatch, "it is not the signing key's")
        }
        Some(_) => Ok(given.to_string()),
    }
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
    credential.insert("type".into(), with_base_type(types, "VerifiableCredential"));

    let issuer = options.issuer.unwrap_or(did);
    let named = rules::issuer_id(&given);
    if issuer != did || named.is_some_and(|named| named != issuer) {
        return Err(Error::new(ErrorCode::IssuerMismatch)
            .at("/issuer")
            .because("the issuer must be the DID of the verification method that signs"));
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
    // An issuer of another shape than the rules allow is theirs to refuse.
    if rules::issuer_id(&credential).is_some_and(|issuer| issuer != did) {
        return Err(Error::new(ErrorCode::IssuerMismatch).at("/issuer"));
    }
    Ok(credential)
}

/// Puts the base type first, unless it is there or the types are no list of types at all.
pub(super) fn with_base_type(types: Value, base: &str) -> Value {
    match types {
        Value::String(name) if name != base => json!([base, name]),
        Value::Array(mut list) if !list.iter().any(|name| name == base) => {
            list.insert(0, base.into());
            Value::Array(list)
        }
        types => types,
    }
}
