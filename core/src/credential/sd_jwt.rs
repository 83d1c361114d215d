//! `vc+sd-jwt`: an SD-JWT whose payload is the credential (VC-JOSE-COSE section 3.2).

use rand_core::TryCryptoRng;
use serde_json::{Map, Value, json};

use super::claims::Source;
use super::jwt::{self, SD_CREDENTIAL};
use super::key_discovery::KeyQuery;
use super::recipient::{self, Opened, Recipient};
use super::{PASSPORT_CREDENTIAL, Securing, VerifyOptions, outline};
use crate::error::{Error, ErrorCode, Result};
use crate::jws::Compact;
use crate::key::{PublicKey, SigningKey};
use crate::prelude::*;
use crate::report::Findings;
use crate::sd_jwt::{
    Decoys, KeyBindingOptions, Plan, SdJwt, check_key_binding, conceal, process, splice,
};

/// What a `vc+sd-jwt` hides, and whose it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct DisclosureOptions<'a> {
    /// What is hidden. By default, of a `BatteryPassportCredential` everything that is not public
    /// ([`Plan::for_passport`]), of other credentials nothing.
    pub plan: Option<&'a Plan>,
    /// How many decoys the default plan has; a plan of one's own says it itself.
    pub decoys: Decoys,
    /// The key of the holder, who then can sign presentations (`cnf`, RFC 7800).
    pub holder: Option<&'a PublicKey>,
}

impl DisclosureOptions<'_> {
    /// For the forms that hide nothing.
    pub(super) fn refuse_any(&self) -> Result<()> {
        let given = [
            ("/disclosure/plan", self.plan.is_some()),
            ("/disclosure/decoys", self.decoys != Decoys::None),
            ("/disclosure/holder", self.holder.is_some()),
        ];
        match given.iter().find(|(_, given)| *given) {
            None => Ok(()),
            Some((path, _)) => Err(Error::new(ErrorCode::InvalidArgument)
                .at(*path)
                .because("only vc+sd-jwt hides anything")),
        }
    }
}

/// Members that everyone needs to verify a credential (VC-JOSE-COSE section 3.2.1), none of which may be
/// hidden. The subject may be, member by member.
const OPEN: [&str; 12] = [
    "@context",
    "id",
    "type",
    "issuer",
    "validFrom",
    "validUntil",
    "credentialStatus",
    "credentialSchema",
    "relatedResource",
    "cnf",
    "nbf",
    "exp",
];

/// Signs a credential.
pub(super) fn sign<R: TryCryptoRng>(
    mut credential: Map<String, Value>,
    method: &str,
    key: &SigningKey,
    options: &DisclosureOptions<'_>,
    rng: &mut R,
) -> Result<String> {
    if let Some(holder) = options.holder {
        let confirmation = json!({ "jwk": holder.to_jwk() });
        let given = credential.insert("cnf".into(), confirmation.clone());
        if given.is_some_and(|given| given != confirmation) {
            return Err(Error::new(ErrorCode::InvalidArgument)
                .at("/cnf")
                .because("the credential already says otherwise"));
        }
    }
    let is_passport = names(credential.get("type")).any(|name| name == PASSPORT_CREDENTIAL);
    let credential = Value::Object(credential);
    let own = match options.plan {
        None if is_passport => Plan::for_passport(&credential, options.decoys)?,
        _ => Plan::new(),
    };
    let plan = options.plan.unwrap_or(&own);
    check_plan(plan)?;
    let header = json!({ "typ": SD_CREDENTIAL.typ, "cty": SD_CREDENTIAL.cty, "kid": method });
    let token = conceal(credential, plan, rng)?.sign(&header, key)?;
    Ok(token.to_string())
}

fn names(types: Option<&Value>) -> impl Iterator<Item = &str> {
    let types = types.map(|types| match types {
        Value::Array(names) => names.as_slice(),
        name => core::slice::from_ref(name),
    });
    types.unwrap_or_default().iter().filter_map(Value::as_str)
}

fn check_plan(plan: &Plan) -> Result<()> {
    let refused = plan.hidden().find(|pointer| {
        let path = pointer.strip_prefix('/').unwrap_or_default();
        let (member, inner) = path.split_once('/').unwrap_or((path, ""));
        OPEN.contains(&member) || (member == "credentialSubject" && inner.is_empty())
    });
    match refused {
        None => Ok(()),
        Some(pointer) => Err(Error::new(ErrorCode::InvalidArgument)
            .at(pointer)
            .because("nobody could verify the credential without it")),
    }
}

/// Opens a credential, with what is disclosed of it.
pub(super) fn open(
    token: &str,
    options: &VerifyOptions<'_>,
    findings: &mut Findings,
) -> Result<Opened> {
    let needed = options.domain.is_some() || options.challenge.is_some();
    if !needed && let Some((compact, outline, text)) = outlined(token) {
        let genuine = is_genuine(&compact, &outline, options, findings);
        let opened = Opened::new(Securing::VcSdJwt, outline, genuine, Vec::new());
        return Ok(opened.outlining(Source::Text(text)));
    }
    let token = SdJwt::parse(token)?;
    let compact = Compact::parse(token.jwt())?;
    let mut disclosed = Findings::default();
    let claims = process(token.payload(), token.disclosures(), &mut disclosed).claims;
    let genuine = is_genuine(&compact, &claims, options, findings);
    findings.0.append(&mut disclosed.0);
    let asked = needed.then(|| KeyBindingOptions {
        // These two are compared where those of every form are.
        audience: None,
        nonce: None,
        max_age: options.key_binding_max_age,
        ..KeyBindingOptions::new("", "")
    });
    let binding = check_key_binding(&token, &claims, asked.as_ref(), options.at, findings);
    // The issuer's own `aud` and `nonce` say nothing about who shows the token.
    let binding = binding.unwrap_or_default();
    let recipient = Recipient::of(&binding, recipient::KEY_BINDING, "/kb_jwt");
    Ok(Opened::new(
        Securing::VcSdJwt,
        claims,
        genuine,
        vec![recipient],
    ))
}

/// Takes a token without key binding apart, where its disclosures are as they should be: the outline of the
/// claims, and their text.
fn outlined(token: &str) -> Option<(Compact<'_>, Map<String, Value>, String)> {
    let signed = token.strip_suffix('~')?;
    let mut parts = signed.split('~');
    let compact = Compact::parse(parts.next()?).ok()?;
    let payload = core::str::from_utf8(&compact.payload).ok()?;
    let text = splice(payload, parts)?;
    let outline = outline::of_text(&text)?;
    Some((compact, outline, text))
}

/// Checks header, key and signature.
fn is_genuine(
    compact: &Compact<'_>,
    claims: &Map<String, Value>,
    options: &VerifyOptions<'_>,
    findings: &mut Findings,
) -> bool {
    let query = KeyQuery::of_issuer(claims, options);
    jwt::check(compact, SD_CREDENTIAL, &query, findings)
}
