//! Battery passports: issued once, shown to each reader in part (Art. 77(2) and Annex XIII of
//! Regulation (EU) 2023/1542).

use serde_json::Value;

use super::{Decoys, Plan, SdJwt};
use crate::access::{self, Audience, Points, Reader, points_within};
use crate::error::{Error, ErrorCode, Result};
use crate::model::node::AsNode as _;
use crate::prelude::*;

const SUBJECT: &str = "credentialSubject";
const SUBJECT_POINTER: &str = "/credentialSubject";

impl Plan {
    /// Makes the plan for the credential of a passport: hides every leaf and array element that is not
    /// public (point 1 of Annex XIII), every object and array that holds nothing public, and every
    /// member that the table of attributes does not know. All else of the credential stays open.
    ///
    /// With decoys every object and array of the passport gets them, so that nobody sees where
    /// something is hidden.
    ///
    /// # Errors
    /// `wrong_type` at `/credentialSubject` unless that is one object.
    pub fn for_passport(credential: &Value, decoys: Decoys) -> Result<Self> {
        let subject = subject_of(credential)?;
        let mut plan = Self::new().with_decoys(decoys);
        for (pointer, points) in points_within(subject.node()) {
            if !points.any_for(Audience::Public.into()) {
                plan = plan.hide(format!("{SUBJECT_POINTER}{pointer}"));
            }
        }
        if decoys != Decoys::None {
            plan = pad_all(plan, subject, &mut SUBJECT_POINTER.into());
        }
        Ok(plan)
    }
}

impl SdJwt {
    /// Keeps exactly what a reader may see of the passport that the credential is about: what
    /// [`access::view`] and [`access::view_for`] show. The operator keeps everything, all others nothing
    /// that is hidden outside the passport. A key binding is dropped, as by [`SdJwt::present`].
    ///
    /// The result is compared with the view before it is handed out, so a token that was concealed
    /// too coarsely is not shown to anyone rather than too much of it.
    ///
    /// ```
    /// use batterypass::SigningKey;
    /// use batterypass::access::Audience;
    /// use batterypass::sd_jwt::{Decoys, Plan, conceal};
    /// use serde_json::json;
    ///
    /// # #[cfg(feature = "std")] {
    /// # let mut rng = getrandom::SysRng;
    /// let credential = json!({ "credentialSubject": {
    ///     "digitalProductPassportId": "urn:uuid:1",
    ///     "generalProductInformation": { "batteryMass": 430, "batteryStatus": "Original" },
    /// } });
    /// let plan = Plan::for_passport(&credential, Decoys::PowerOfTwo)?;
    /// let token = conceal(credential, &plan, &mut rng)?.sign(&json!({}), &SigningKey::random()?)?;
    /// let public = token.disclose(Audience::Public)?;
    /// assert_eq!(public.claims()?["credentialSubject"], json!({
    ///     "digitalProductPassportId": "urn:uuid:1",
    ///     "generalProductInformation": { "batteryMass": 430 },
    /// }));
    /// # }
    /// # Ok::<(), batterypass::Error>(())
    /// ```
    ///
    /// # Errors
    /// `wrong_type` at `/credentialSubject` unless that is one object; `disclosure_too_wide` when no
    /// choice of disclosures gives the view; those of [`reveal`](super::reveal()).
    pub fn disclose(&self, reader: impl Into<Reader>) -> Result<Self> {
        let reader = reader.into();
        let claims = self.claims()?;
        let subject = subject_of(&claims)?;
        if reader == Reader::Audience(Audience::Operator) {
            return self.present(|_| true);
        }
        let readable: BTreeSet<String> = points_within(subject.node())
            .into_iter()
            .filter(|(_, points): &(String, Points)| points.any_for(reader))
            .map(|(pointer, _)| pointer)
            .collect();
        let part = self.present(|place| {
            let within = place.pointer.strip_prefix(SUBJECT_POINTER);
            within.is_some_and(|pointer| readable.contains(pointer))
        })?;
        let expected = match reader {
            Reader::Audience(audience) => access::view(subject.clone(), audience),
            Reader::Purpose(purpose) => access::view_for(subject.clone(), purpose),
        };
        if *subject_of(&part.claims()?)? == expected {
            Ok(part)
        } else {
            Err(Error::new(ErrorCode::DisclosureTooWide).at(SUBJECT_POINTER))
        }
    }
}

fn subject_of(credential: &Value) -> Result<&Value> {
    let subject = credential.get(SUBJECT);
    subject
        .filter(|subject| subject.is_object())
        .ok_or_else(|| {
            Error::new(ErrorCode::WrongType)
                .at(SUBJECT_POINTER)
                .because("expected one object, the passport")
        })
}

/// Asks for decoys in every object and array. Recurses no deeper than the value was parsed.
fn pad_all(mut plan: Plan, value: &Value, pointer: &mut String) -> Plan {
    let length = pointer.len();
    match value {
        Value::Object(members) => {
            plan = plan.pad(pointer.as_str());
            for (name, member) in members {
                // The types stay plain: JSON-LD reads them before anything is revealed.
                if name != "type" {
                    crate::json::push_token(pointer, name);
                    plan = pad_all(plan, member, pointer);
                    pointer.truncate(length);
                }
            }
        }
        Value::Array(elements) => {
            plan = plan.pad(pointer.as_str());
            for (i, element) in elements.iter().enumerate() {
                crate::json::push_token(pointer, &i.to_string());
                plan = pad_all(plan, element, pointer);
                pointer.truncate(length);
            }
        }
        _ => {}
    }
    plan
}
