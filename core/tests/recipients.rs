//! The recipients policy: who must, may and must not get which data.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "alloc")]

mod common;
#[path = "recipients/property.rs"]
mod property;

use batterypass::envelope::policy::{
    self, DataCategory, Delivery, Grant, Policy, Registered, Role, Rule, Situation,
};
use batterypass::time::Timestamp;
use batterypass::{ErrorCode, PublicKey, SigningKey, Thumbprint};
use serde_json::json;

const PASSPORT: &str = "urn:example:1";

fn key(seed: u8) -> PublicKey {
    *SigningKey::from_bytes(&[seed; 32]).unwrap().public_key()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn registered(seed: u8, role: Role) -> Registered {
    Registered {
        key: key(seed),
        role,
        from: at("2027-01-01T00:00:00Z"),
        until: None,
    }
}

fn grant(seed: u8, categories: &[DataCategory]) -> Grant<'_> {
    Grant {
        grantee: key(seed).thumbprint(),
        categories,
        subject: Some(PASSPORT),
        from: at("2027-02-01T00:00:00Z"),
        until: Some(at("2027-03-01T00:00:00Z")),
    }
}

#[derive(Clone, Debug)]
struct World {
    policy: Policy,
    keys: Vec<Registered>,
    grants: Vec<Grant<'static>>,
    leave_out: Vec<Thumbprint>,
    at: Timestamp,
}

impl World {
    /// Operator 1, authority 2, brokers 3 and 4, of which 3 has a grant on the condition.
    fn new() -> Self {
        Self {
            policy: Policy::default(),
            keys: vec![
                registered(3, Role::DataBroker),
                registered(1, Role::Operator),
                registered(4, Role::DataBroker),
                registered(2, Role::Authority),
            ],
            grants: vec![grant(3, &[DataCategory::Condition])],
            leave_out: Vec::new(),
            at: at("2027-02-18T00:00:00Z"),
        }
    }

    fn now(&self) -> Situation<'_> {
        Situation {
            policy: &self.policy,
            keys: &self.keys,
            grants: &self.grants,
            subject: PASSPORT,
            leave_out: &self.leave_out,
            at: self.at,
        }
    }

    /// The seeds of the recipients, or the code of the refusal.
    fn recipients(&self, category: DataCategory) -> Result<Vec<u8>, ErrorCode> {
        let recipients = policy::recipients(&self.now(), category);
        let seed = |wanted: PublicKey| (1..=20).find(|seed| key(*seed) == wanted).unwrap();
        recipients
            .map(|keys| keys.into_iter().map(seed).collect())
            .map_err(|error| error.code())
    }
}

use DataCategory::{Condition, Events, TestReports};

#[test]
fn grants_decide_the_brokers() {
    let mut world = World::new();
    assert_eq!(world.recipients(Condition), Ok(vec![1, 3]));
    assert_eq!(world.recipients(Events), Ok(vec![1, 2]));
    assert_eq!(world.recipients(TestReports), Ok(vec![1, 2]));

    // A grant holds for its categories, passport and time alone.
    for (change, expected) in [
        (grant(4, &[Condition, Events]), vec![1, 3, 4]),
        (
            Grant {
                subject: None,
                ..grant(4, &[Condition])
            },
            vec![1, 3, 4],
        ),
        (
            Grant {
                subject: Some("urn:example:2"),
                ..grant(4, &[Condition])
            },
            vec![1, 3],
        ),
        (
            Grant {
                until: Some(world.at),
                ..grant(4, &[Condition])
            },
            vec![1, 3],
        ),
        (
            Grant {
                from: at("2027-02-18T00:00:01Z"),
                ..grant(4, &[Condition])
            },
            vec![1, 3],
        ),
        (grant(4, &[]), vec![1, 3]),
    ] {
        world.grants.truncate(1);
        world.grants.push(change);
        assert_eq!(world.recipients(Condition), Ok(expected), "{change:?}");
    }
    // No grant opens what the policy does not give the role at all.
    world.grants = vec![grant(4, &[TestReports])];
    assert_eq!(world.recipients(TestReports), Ok(vec![1, 2]));
    // A grant for an unregistered key gives nothing.
    world.grants = vec![grant(9, &[Condition])];
    assert_eq!(world.recipients(Condition), Ok(vec![1]));
}

#[test]
fn a_mandatory_recipient_cannot_be_left_out() {
    let mut world = World::new();
    world.leave_out = vec![key(3).thumbprint()];
    assert_eq!(world.recipients(Condition), Ok(vec![1]));
    world.leave_out = vec![key(2).thumbprint()];
    assert_eq!(world.recipients(Events), Err(ErrorCode::RecipientMandatory));
    assert_eq!(world.recipients(Condition), Ok(vec![1, 3]));

    // Nor be forgotten: no key of the role, none yet, none any more.
    world.leave_out.clear();
    let authority = world.keys.pop().unwrap();
    assert_eq!(world.recipients(Events), Err(ErrorCode::RecipientMissing));
    for (from, until) in [
        (at("2027-02-18T00:00:01Z"), None),
        (authority.from, Some(world.at)),
    ] {
        world.keys.push(Registered {
            from,
            until,
            ..authority
        });
        assert_eq!(world.recipients(Events), Err(ErrorCode::RecipientMissing));
    }
    world.keys.push(Registered {
        from: world.at,
        ..authority
    });
    assert_eq!(world.recipients(Events), Ok(vec![1, 2]));
}

#[test]
fn an_arriving_envelope_is_checked() {
    let mut world = World::new();
    let named = |seeds: &[u8]| -> Vec<_> { seeds.iter().map(|s| key(*s).thumbprint()).collect() };
    let check = |world: &World, category, seeds: &[u8]| {
        policy::check(&world.now(), category, &named(seeds)).map_err(|error| error.code())
    };
    assert_eq!(check(&world, Events, &[2, 1, 9]), Ok(()));
    assert_eq!(check(&world, Condition, &[1]), Ok(()));
    assert_eq!(
        check(&world, Events, &[1]),
        Err(ErrorCode::RecipientMandatory)
    );
    assert_eq!(
        check(&world, Events, &[]),
        Err(ErrorCode::RecipientMandatory)
    );
    world.keys.pop();
    assert_eq!(
        check(&world, Events, &[1]),
        Err(ErrorCode::RecipientMissing)
    );
}

#[test]
fn equal_recipients_share_an_envelope() {
    let mut world = World::new();
    let plan = |world: &World| {
        let envelopes = policy::plan(&world.now(), &[Condition, Events, TestReports, Events]);
        let envelopes = envelopes.unwrap();
        let categories: Vec<_> = envelopes.iter().map(|e| e.categories.clone()).collect();
        for planned in &envelopes {
            for category in &planned.categories {
                let recipients = policy::recipients(&world.now(), *category).unwrap();
                assert_eq!(planned.recipients, recipients);
            }
        }
        categories
    };
    assert_eq!(plan(&world), [vec![Condition], vec![Events, TestReports]]);
    world.grants.push(grant(4, &[Events]));
    assert_eq!(
        plan(&world),
        [vec![Condition], vec![Events], vec![TestReports]]
    );
    assert_eq!(policy::plan(&world.now(), &[]).unwrap(), []);
}

#[test]
fn counts_are_those_of_an_envelope() {
    let mut world = World::new();
    world.policy = Policy::new(Vec::new()).unwrap();
    assert_eq!(world.recipients(Condition), Err(ErrorCode::NoRecipients));
    let rule = Rule {
        role: Role::DataBroker,
        category: Condition,
        delivery: Delivery::Optional,
    };
    world.policy = Policy::new(vec![rule]).unwrap();
    assert_eq!(world.recipients(Condition), Ok(vec![3, 4]));
    // The same key twice is one recipient.
    world.keys.push(registered(3, Role::DataBroker));
    assert_eq!(world.recipients(Condition), Ok(vec![3, 4]));
    world.keys = (1..=8)
        .map(|seed| registered(seed, Role::DataBroker))
        .collect();
    assert_eq!(world.recipients(Condition).unwrap().len(), 8);
    world.keys.push(registered(9, Role::DataBroker));
    assert_eq!(
        world.recipients(Condition),
        Err(ErrorCode::TooManyRecipients)
    );
    world.leave_out = vec![key(5).thumbprint()];
    assert_eq!(world.recipients(Condition).unwrap().len(), 8);
}

#[test]
fn a_policy_is_data() {
    let text = serde_json::to_vec(&Policy::default()).unwrap();
    assert_eq!(Policy::from_json(&text).unwrap(), Policy::default());
    assert_eq!(
        Policy::default().delivery(Role::DataBroker, TestReports),
        None
    );
    let rule = |role, category, delivery| json!({"rules": [{"role": role, "category": category, "delivery": delivery}]});
    let good = rule("authority", "events", "mandatory");
    let policy = Policy::from_json(good.to_string().as_bytes()).unwrap();
    assert_eq!(
        policy.delivery(Role::Authority, Events),
        Some(Delivery::Mandatory)
    );
    assert_eq!(policy.rules().len(), 1);

    let mut twice = good.clone();
    twice["rules"] = vec![good["rules"][0].clone(); 2].into();
    let mut unknown = good.clone();
    unknown["rules"][0]["note"] = "x".into();
    let mut without = good.clone();
    without["rules"][0]
        .as_object_mut()
        .unwrap()
        .remove("role")
        .unwrap();
    for (text, code, path) in [
        (twice, ErrorCode::DuplicateValue, "/rules/1"),
        (unknown, ErrorCode::UnknownMember, "/rules/0/note"),
        (without, ErrorCode::MissingMember, "/rules/0/role"),
        (
            rule("thief", "events", "optional"),
            ErrorCode::UnknownWord,
            "/rules/0/role",
        ),
        (
            rule("authority", "all", "optional"),
            ErrorCode::UnknownWord,
            "/rules/0/category",
        ),
        (
            rule("authority", "events", "never"),
            ErrorCode::UnknownWord,
            "/rules/0/delivery",
        ),
        (
            json!({"rules": [{"role": 1}]}),
            ErrorCode::WrongType,
            "/rules/0/role",
        ),
        (json!({"rules": [1]}), ErrorCode::WrongType, "/rules/0"),
        (json!({"rules": {}}), ErrorCode::WrongType, "/rules"),
        (json!({"rules": [], "x": 1}), ErrorCode::UnknownMember, "/x"),
        (json!({}), ErrorCode::MissingMember, "/rules"),
        (json!([]), ErrorCode::WrongType, ""),
    ] {
        let error = Policy::from_json(text.to_string().as_bytes()).unwrap_err();
        assert_eq!((error.code(), error.path()), (code, path), "{text}");
    }
    assert_eq!(
        Policy::from_json(&[b' '; 9000]).unwrap_err().code(),
        ErrorCode::TooLarge
    );
}
