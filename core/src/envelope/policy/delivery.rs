//! Who receives what, at a time: the functions over a policy.

use super::super::MAX_RECIPIENTS;
use super::{DataCategory, Delivery, Policy, Role};
use crate::error::{Error, ErrorCode, Result};
use crate::key::{PublicKey, Thumbprint};
use crate::prelude::*;
use crate::time::Timestamp;

/// A key, what it is registered as, and when.
#[derive(Clone, Copy, Debug)]
pub struct Registered {
    /// The key.
    pub key: PublicKey,
    /// What it is registered as.
    pub role: Role,
    /// From when it is valid, the instant itself included.
    pub from: Timestamp,
    /// Until when, the instant itself excluded: its expiry or revocation.
    pub until: Option<Timestamp>,
}

/// The permission of an operator for one key to receive some categories.
#[derive(Clone, Copy, Debug)]
pub struct Grant<'a> {
    /// The key that receives.
    pub grantee: Thumbprint,
    /// Which data.
    pub categories: &'a [DataCategory],
    /// Of which passport; `None` for all of the operator's.
    pub subject: Option<&'a str>,
    /// From when, the instant itself included.
    pub from: Timestamp,
    /// Until when, the instant itself excluded: its expiry or revocation.
    pub until: Option<Timestamp>,
}

/// What is known when an envelope is to be made or was received.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'a> {
    /// Who receives what.
    pub policy: &'a Policy,
    /// The registered keys.
    pub keys: &'a [Registered],
    /// The grants.
    pub grants: &'a [Grant<'a>],
    /// The passport id that the data is about.
    pub subject: &'a str,
    /// Keys that the caller wants to leave out.
    pub leave_out: &'a [Thumbprint],
    /// The time in question.
    pub at: Timestamp,
}

/// An envelope to be made: what goes into it and who gets it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Planned {
    /// The categories of data.
    pub categories: Vec<DataCategory>,
    /// The keys, each once.
    pub recipients: Vec<PublicKey>,
}

/// Returns who receives one category of data: mandatory recipients first, each key once, in the order of
/// the registry.
///
/// # Errors
/// `recipient_missing` where the policy makes a role mandatory that has no valid key;
/// `recipient_mandatory` where a mandatory recipient is to be left out; both with the path of the rule
/// in the policy. `no_recipients`, `too_many_recipients`.
///
/// # Examples
/// ```
/// use batterypass::SigningKey;
/// use batterypass::envelope::policy::{self, DataCategory, Policy, Registered, Role, Situation};
///
/// let cloud = SigningKey::from_bytes(&[7; 32])?;
/// let from = "2027-02-18T00:00:00Z".parse()?;
/// let keys = [Registered { key: *cloud.public_key(), role: Role::Operator, from, until: None }];
/// let now = Situation {
///     policy: &Policy::default(),
///     keys: &keys,
///     grants: &[],
///     subject: "urn:example:1",
///     leave_out: &[],
///     at: "2027-03-01T00:00:00Z".parse()?,
/// };
/// assert_eq!(policy::recipients(&now, DataCategory::Condition)?, [*cloud.public_key()]);
/// // No authority is registered, and the policy does not let one be forgotten.
/// let refused = policy::recipients(&now, DataCategory::Events).unwrap_err();
/// assert_eq!(refused.code().as_str(), "recipient_missing");
/// # Ok::<(), batterypass::Error>(())
/// ```
pub fn recipients(now: &Situation<'_>, category: DataCategory) -> Result<Vec<PublicKey>> {
    let left_out = |key: &PublicKey| now.leave_out.contains(&key.thumbprint());
    let mandatory = mandatory(now, category)?;
    if let Some(forgotten) = mandatory.iter().find(|found| left_out(&found.key)) {
        return Err(forgotten.refuse());
    }
    let mut recipients: Vec<_> = mandatory.into_iter().map(|found| found.key).collect();
    for registered in now.valid() {
        let wanted = match now.policy.delivery(registered.role, category) {
            Some(Delivery::Optional) => true,
            Some(Delivery::ByGrant) => now.is_granted(&registered.key.thumbprint(), category),
            // They stand first already.
            Some(Delivery::Mandatory) | None => false,
        };
        if wanted && !left_out(&registered.key) && !recipients.contains(&registered.key) {
            recipients.push(registered.key);
        }
    }
    match recipients.len() {
        0 => Err(ErrorCode::NoRecipients.into()),
        1..=MAX_RECIPIENTS => Ok(recipients),
        _ => Err(ErrorCode::TooManyRecipients.into()),
    }
}

/// Puts categories of data into as few envelopes as there are sets of recipients.
///
/// # Errors
/// As [`recipients`], for the first category that has none or too many.
pub fn plan(now: &Situation<'_>, categories: &[DataCategory]) -> Result<Vec<Planned>> {
    let mut envelopes: Vec<Planned> = Vec::new();
    for (i, category) in categories.iter().enumerate() {
        if categories.iter().take(i).any(|earlier| earlier == category) {
            continue;
        }
        let recipients = recipients(now, *category)?;
        let same = |planned: &&mut Planned| {
            planned.recipients.len() == recipients.len()
                && recipients
                    .iter()
                    .all(|key| planned.recipients.contains(key))
        };
        match envelopes.iter_mut().find(same) {
            Some(planned) => planned.categories.push(*category),
            None => envelopes.push(Planned {
                categories: vec![*category],
                recipients,
            }),
        }
    }
    Ok(envelopes)
}

/// Checks that an envelope names every mandatory recipient of its data, by their thumbprints: what a
/// receiver asks of a sender that may have another policy.
///
/// # Errors
/// `recipient_missing` as for [`recipients`]; `recipient_mandatory` where the envelope leaves one out.
pub fn check(now: &Situation<'_>, category: DataCategory, named: &[Thumbprint]) -> Result<()> {
    let mandatory = mandatory(now, category)?;
    let is_named = |found: &&Mandatory| named.contains(&found.key.thumbprint());
    match mandatory.iter().find(|found| !is_named(found)) {
        Some(forgotten) => Err(forgotten.refuse()),
        None => Ok(()),
    }
}

/// A key that cannot be left out, and the number of the rule that says so.
struct Mandatory {
    key: PublicKey,
    rule: usize,
    role: Role,
}

impl Mandatory {
    fn refuse(&self) -> Error {
        let (role, thumbprint) = (self.role.as_str(), self.key.thumbprint());
        Error::new(ErrorCode::RecipientMandatory)
            .at(format!("/rules/{}", self.rule))
            .because(format!(
                "the key {thumbprint} of the role {role} is left out"
            ))
    }
}

/// The keys that cannot be left out, each once.
fn mandatory(now: &Situation<'_>, category: DataCategory) -> Result<Vec<Mandatory>> {
    let mut keys: Vec<Mandatory> = Vec::new();
    let rules = now.policy.rules().iter().enumerate();
    for (number, rule) in
        rules.filter(|(_, r)| r.category == category && r.delivery == Delivery::Mandatory)
    {
        let mut found = false;
        for registered in now.valid().filter(|key| key.role == rule.role) {
            found = true;
            if !keys.iter().any(|known| known.key == registered.key) {
                keys.push(Mandatory {
                    key: registered.key,
                    rule: number,
                    role: rule.role,
                });
            }
        }
        if !found {
            return Err(Error::new(ErrorCode::RecipientMissing)
                .at(format!("/rules/{number}"))
                .because(format!("no valid key of the role {}", rule.role.as_str())));
        }
    }
    Ok(keys)
}

impl<'a> Situation<'a> {
    fn valid(&self) -> impl Iterator<Item = &'a Registered> + use<'a> {
        let at = self.at;
        let holds = move |key: &&Registered| holds(at, key.from, key.until);
        self.keys.iter().filter(holds)
    }

    fn is_granted(&self, grantee: &Thumbprint, category: DataCategory) -> bool {
        self.grants.iter().any(|grant| {
            grant.grantee == *grantee
                && grant.categories.contains(&category)
                && grant.subject.is_none_or(|subject| subject == self.subject)
                && holds(self.at, grant.from, grant.until)
        })
    }
}

fn holds(at: Timestamp, from: Timestamp, until: Option<Timestamp>) -> bool {
    from <= at && until.is_none_or(|until| at < until)
}
