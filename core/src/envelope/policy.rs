//! Who must, may and must not get which data: a policy as data, and pure functions over it.
//!
//! A policy names, for a role and a category of data, whether its holders always receive it or only by a
//! grant. Whoever is not named receives nothing. Keys and grants come from the caller's registry; time is
//! a parameter. [`plan`] says which categories travel in which envelope, so that nobody holds a key to
//! data that is not for them, and [`check`] tells whether an envelope that arrived left somebody out.

use core::str::FromStr;

use serde::Serialize;

use crate::error::{Error, ErrorCode, Result};
use crate::prelude::*;

mod delivery;
mod read;

pub use delivery::{Grant, Planned, Registered, Situation, check, plan, recipients};

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

        impl FromStr for $type {
            type Err = Error;

            /// Reads the name in a policy. Fails with `unknown_word` for others.
            fn from_str(name: &str) -> Result<Self> {
                let mut all = Self::ALL.iter().copied();
                all.find(|word| word.as_str() == name)
                    .ok_or(ErrorCode::UnknownWord.into())
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
