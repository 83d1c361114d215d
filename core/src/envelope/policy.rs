//! Who must, may and must not get which data: a policy as data, and pure functions over it.
//!
//! A policy names, for a role and a category of data, whether its holders always receive it or only by a
//! grant. Whoever is not named receives nothing. Keys and grants come from the caller's registry; time is
//! a parameter. [`plan`] says which categories travel in which envelope, so that nobody holds a key to
//! data that is not for them, and [`check`] tells whether an envelope that arrived left somebody out.

use serde::Serialize;
use serde_json::Value;

use super::MAX_RECIPIENTS;
use crate::error::{Error, ErrorCode, Result};
use crate::json::{self, Limits};
use crate::key::{PublicKey, Thumbprint};
use crate::prelude::*;
use crate::time::Timestamp;

/// Bounds on a policy's text.
const LIMITS: Limits = Limits {
    bytes: 8192,
    depth: 4,
    values: 128,
};

macro_rules! words {
    ($(#[$doc:meta])* $type:ident { $($(#[$each:meta])* $variant:ident = $name:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
        #[serde(rename_all = "snake_case")]
        #[non_exhaustive]
        pub enum $type {
            $($(#[$each])* $variant,)+
        }

        impl $type {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Returns the name in a policy.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }
    };
}

words! {
    /// What data is about, as far as its delivery is concerned.
    DataCategory {
        /// State of health and counters: Annex VII of Regulation (EU) 2023/1542.
        Condition = "condition",
        /// Negative events, such as accidents and deep discharges: Annex XIII point 4(d).
        Events = "events",
        /// Results of test reports: Annex XIII point 3.
        TestReports = "test_reports",
    }
}

words! {
    /// As what a key is registered.
    Role {
        /// The economic operator that is responsible for the passport, or the cloud that stores for it.
        Operator = "operator",
        /// A market surveillance authority or notified body.
        Authority = "authority",
        /// A data broker: anybody else who receives data by a grant.
        DataBroker = "data_broker",
    }
}

words! {
    /// How a role receives a category.
    Delivery {
        /// Always. At least one key must be registered, and none can be left out.
        Mandatory = "mandatory",
        /// Always, where registered and not left out.
        Optional = "optional",
        /// Where a grant covers the category.
        ByGrant = "by_grant",
    }
}

/// One line of a [`Policy`].
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct Rule {
    /// Whose keys.
    pub role: Role,
    /// Which data.
    pub category: DataCategory,
    /// Whether always or by grant.
    pub delivery: Delivery,
}

/// Who receives what. Each pair of role and category has at most one rule; without one, nothing is sent.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Policy {
    rules: Vec<Rule>,
}

impl Default for Policy {
    /// The operator always receives everything, the authority test reports and events, and a data broker
    /// condition and events by grant.
    ///
    /// That an authority is sent these is wider than Art. 77(2)(b), which lets it read point 3 of
    /// Annex XIII: it is a choice, to be narrowed where the law does not allow it.
    fn default() -> Self {
        use DataCategory::{Condition, Events, TestReports};
        let rule = |role, category, delivery| Rule {
            role,
            category,
            delivery,
        };
        Self {
            rules: vec![
                rule(Role::Operator, Condition, Delivery::Mandatory),
                rule(Role::Operator, Events, Delivery::Mandatory),
                rule(Role::Operator, TestReports, Delivery::Mandatory),
                rule(Role::Authority, Events, Delivery::Mandatory),
                rule(Role::Authority, TestReports, Delivery::Mandatory),
                rule(Role::DataBroker, Condition, Delivery::ByGrant),
                rule(Role::DataBroker, Events, Delivery::ByGrant),
            ],
        }
    }
}

impl Policy {
    /// Makes a policy of its rules.
    ///
    /// # Errors
    /// `duplicate_value` for two rules on the same role and category, with a path.
    pub fn new(rules: Vec<Rule>) -> Result<Self> {
        for (i, rule) in rules.iter().enumerate() {
            let same = |other: &Rule| (other.role, other.category) == (rule.role, rule.category);
            if rules.iter().take(i).any(same) {
                return Err(Error::new(ErrorCode::DuplicateValue).at(format!("/rules/{i}")));
            }
        }
        Ok(Self { rules })
    }

    /// Reads a policy from JSON: `{"rules": [{"role": .., "category": .., "delivery": ..}]}`.
    ///
    /// # Errors
    /// Those of [`json::parse_with`]; `missing_member`, `unknown_member`, `wrong_type`, `unknown_word`
    /// and those of [`Policy::new`]; with a path.
    pub fn from_json(text: &[u8]) -> Result<Self> {
        let value = json::parse_with(text, &LIMITS)?;
        let Value::Object(mut members) = value else {
            return Err(ErrorCode::WrongType.into());
        };
        let rules = members
            .remove("rules")
            .ok_or_else(|| Error::new(ErrorCode::MissingMember).at("/rules"))?;
        if let Some(name) = members.keys().next() {
            let mut path = String::new();
            json::push_token(&mut path, name);
            return Err(Error::new(ErrorCode::UnknownMember).at(path));
        }
        let Value::Array(rules) = rules else {
            return Err(Error::new(ErrorCode::WrongType).at("/rules"));
        };
        let rules = rules.into_iter().enumerate();
        Self::new(
            rules
                .map(|(i, rule)| read_rule(&rule).map_err(|e| e.under(&format!("/rules/{i}"))))
                .collect::<Result<_>>()?,
        )
    }

    /// The rules, in the order of the policy.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// How a role receives a category; `None` for not at all.
    pub fn delivery(&self, role: Role, category: DataCategory) -> Option<Delivery> {
        let mut rules = self.rules.iter();
        rules
            .find(|rule| (rule.role, rule.category) == (role, category))
            .map(|rule| rule.delivery)
    }
}

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
/// `recipient_mandatory` where a mandatory recipient is to be left out; `no_recipients`,
/// `too_many_recipients`.
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
    let mut recipients = mandatory(now, category)?;
    let left_out = |key: &PublicKey| now.leave_out.contains(&key.thumbprint());
    if recipients.iter().any(left_out) {
        return Err(ErrorCode::RecipientMandatory.into());
    }
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
    if mandatory
        .iter()
        .all(|key| named.contains(&key.thumbprint()))
    {
        Ok(())
    } else {
        Err(ErrorCode::RecipientMandatory.into())
    }
}

/// The keys that cannot be left out, each once.
fn mandatory(now: &Situation<'_>, category: DataCategory) -> Result<Vec<PublicKey>> {
    let mut keys = Vec::new();
    let rules = now.policy.rules.iter();
    for rule in rules.filter(|r| r.category == category && r.delivery == Delivery::Mandatory) {
        let mut found = false;
        for registered in now
            .valid()
            .filter(|registered| registered.role == rule.role)
        {
            found = true;
            if !keys.contains(&registered.key) {
                keys.push(registered.key);
            }
        }
        if !found {
            return Err(Error::new(ErrorCode::RecipientMissing)
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

fn read_rule(rule: &Value) -> Result<Rule> {
    let Value::Object(members) = rule else {
        return Err(ErrorCode::WrongType.into());
    };
    let known = ["role", "category", "delivery"];
    if let Some(name) = members.keys().find(|name| !known.contains(&name.as_str())) {
        let mut path = String::new();
        json::push_token(&mut path, name);
        return Err(Error::new(ErrorCode::UnknownMember).at(path));
    }
    Ok(Rule {
        role: word(rule, "role", Role::ALL, Role::as_str)?,
        category: word(rule, "category", DataCategory::ALL, DataCategory::as_str)?,
        delivery: word(rule, "delivery", Delivery::ALL, Delivery::as_str)?,
    })
}

fn word<T: Copy>(
    rule: &Value,
    name: &str,
    all: &[T],
    as_str: impl Fn(T) -> &'static str,
) -> Result<T> {
    let refuse = |code| Error::new(code).at(format!("/{name}"));
    let value = rule
        .get(name)
        .ok_or_else(|| refuse(ErrorCode::MissingMember))?;
    let text = value.as_str().ok_or_else(|| refuse(ErrorCode::WrongType))?;
    let mut words = all.iter().copied();
    words
        .find(|word| as_str(*word) == text)
        .ok_or_else(|| refuse(ErrorCode::UnknownWord))
}
