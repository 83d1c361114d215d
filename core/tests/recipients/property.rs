//! In any world, planned recipients are those that the policy means.

use batterypass::envelope::policy::{
    self, DataCategory, Delivery, Grant, Policy, Registered, Role, Rule,
};
use batterypass::time::Timestamp;
use batterypass::{ErrorCode, PublicKey};
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy};
use proptest::sample::select;

use super::common::runner;
use super::{Condition, Events, PASSPORT, World, at, key};

/// An hour in which something may begin, be asked, or end.
fn hours() -> impl Strategy<Value = Timestamp> {
    (0..4_u8).prop_map(|hour| at(&format!("2027-02-18T0{hour}:00:00Z")))
}

fn policies() -> impl Strategy<Value = Policy> {
    let delivery = select(Delivery::ALL.to_vec()).prop_map(Some);
    let delivery = proptest::prop_oneof![3 => delivery, 2 => Just(None)];
    vec(delivery, 9).prop_map(|deliveries| {
        let pairs = Role::ALL.iter().flat_map(|role| {
            let pair = move |category| (*role, category);
            DataCategory::ALL.iter().copied().map(pair)
        });
        let rules = pairs
            .zip(deliveries)
            .filter_map(|((role, category), delivery)| {
                Some(Rule {
                    role,
                    category,
                    delivery: delivery?,
                })
            });
        Policy::new(rules.collect()).unwrap()
    })
}

fn worlds() -> impl Strategy<Value = World> {
    let registered = (
        1..=6_u8,
        select(Role::ALL.to_vec()),
        hours(),
        proptest::option::of(hours()),
    );
    let keys = vec(registered, 0..10).prop_map(|keys| {
        let registered = |(seed, role, from, until)| Registered {
            key: key(seed),
            role,
            from,
            until,
        };
        keys.into_iter().map(registered).collect()
    });
    let categories: [&'static [DataCategory]; 4] = [
        &[Condition],
        &[Events],
        &[Condition, Events],
        DataCategory::ALL,
    ];
    let subjects = [None, Some(PASSPORT), Some("urn:example:2")];
    let grant = (
        1..=6_u8,
        select(categories.to_vec()),
        select(subjects.to_vec()),
        hours(),
        proptest::option::of(hours()),
    );
    let grants = vec(grant, 0..6).prop_map(|grants| {
        let grant = |(seed, categories, subject, from, until)| Grant {
            grantee: key(seed).thumbprint(),
            categories,
            subject,
            from,
            until,
        };
        grants.into_iter().map(grant).collect()
    });
    let leave_out = vec(1..=6_u8, 0..2);
    let leave_out = leave_out.prop_map(|seeds| seeds.into_iter().map(|s| key(s).thumbprint()));
    (policies(), keys, grants, leave_out, hours()).prop_map(
        |(policy, keys, grants, leave_out, at)| World {
            policy,
            keys,
            grants,
            leave_out: leave_out.collect(),
            at,
        },
    )
}

impl World {
    /// The valid keys of a role, by the definition of "valid" written once more.
    fn holders(&self, role: Role) -> Vec<PublicKey> {
        let valid = self.keys.iter().filter(|key| {
            key.role == role && key.from <= self.at && key.until.is_none_or(|end| end > self.at)
        });
        valid.map(|registered| registered.key).collect()
    }

    fn delivers(&self, role: Role, category: DataCategory, delivery: Delivery) -> bool {
        self.policy.delivery(role, category) == Some(delivery)
    }

    fn has_grant(&self, key: &PublicKey, category: DataCategory) -> bool {
        self.grants.iter().any(|grant| {
            grant.grantee == key.thumbprint()
                && grant.categories.contains(&category)
                && grant.subject.unwrap_or(PASSPORT) == PASSPORT
                && grant.from <= self.at
                && grant.until.is_none_or(|end| end > self.at)
        })
    }
}

/// In any world: no mandatory recipient is missing, nobody is there without a rule and, where the rule
/// asks for one, a grant, and a refusal has its reason.
#[test]
fn recipients_are_those_of_the_policy() {
    let mut planned = 0;
    let property = |world: World| {
        let left_out = |key: &PublicKey| world.leave_out.contains(&key.thumbprint());
        for category in DataCategory::ALL.iter().copied() {
            let with = |delivery| -> Vec<_> {
                let roles = Role::ALL.iter().copied();
                roles
                    .filter(|role| world.delivers(*role, category, delivery))
                    .collect()
            };
            let mandatory: Vec<_> = with(Delivery::Mandatory)
                .into_iter()
                .map(|r| world.holders(r))
                .collect();
            let must: Vec<_> = mandatory.concat();
            let mut may: Vec<_> = with(Delivery::Optional)
                .into_iter()
                .flat_map(|r| world.holders(r))
                .collect();
            let brokers = with(Delivery::ByGrant)
                .into_iter()
                .flat_map(|r| world.holders(r));
            may.extend(brokers.filter(|key| world.has_grant(key, category)));
            may.retain(|key| !left_out(key));

            let found = policy::recipients(&world.now(), category);
            let all: std::collections::HashSet<_> = must.iter().chain(&may).collect();
            match found.map_err(|error| error.code()) {
                Ok(recipients) => {
                    assert!(must.iter().all(|key| recipients.contains(key)));
                    assert!(mandatory.iter().all(|holders| !holders.is_empty()));
                    assert!(recipients.iter().all(|key| all.contains(key)));
                    assert_eq!(recipients.len(), all.len());
                    assert!(!recipients.iter().any(left_out));
                    let named: Vec<_> = recipients.iter().map(PublicKey::thumbprint).collect();
                    policy::check(&world.now(), category, &named).unwrap();
                    for missing in &must {
                        let missing = missing.thumbprint();
                        let others: Vec<_> = named
                            .iter()
                            .copied()
                            .filter(|name| *name != missing)
                            .collect();
                        let error = policy::check(&world.now(), category, &others).unwrap_err();
                        assert_eq!(error.code(), ErrorCode::RecipientMandatory);
                    }
                }
                Err(ErrorCode::RecipientMissing) => {
                    assert!(mandatory.iter().any(Vec::is_empty));
                }
                Err(ErrorCode::RecipientMandatory) => assert!(must.iter().any(left_out)),
                Err(ErrorCode::NoRecipients) => assert!(all.is_empty()),
                Err(code) => panic!("{code:?}"),
            }
        }
        if let Ok(envelopes) = policy::plan(&world.now(), DataCategory::ALL) {
            planned += 1;
            let mut categories = Vec::new();
            for envelope in &envelopes {
                for category in &envelope.categories {
                    let alone = policy::recipients(&world.now(), *category).unwrap();
                    assert_eq!(alone.len(), envelope.recipients.len());
                    assert!(alone.iter().all(|key| envelope.recipients.contains(key)));
                    categories.push(*category);
                }
            }
            categories.sort();
            assert_eq!(categories, DataCategory::ALL);
        }
        Ok(())
    };
    let property = core::cell::RefCell::new(property);
    runner(512)
        .run(&worlds(), |world| (property.borrow_mut())(world))
        .unwrap();
    assert!(planned > 20, "{planned}");
}
