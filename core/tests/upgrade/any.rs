//! Upgrades of documents made at random, with members of all versions, account for every leaf.

use proptest::prelude::*;

use super::*;

/// Documents with members of all versions, in and out of place.
fn documents() -> impl Strategy<Value = Value> {
    let name = prop::sample::select(vec![
        "batteryCondition",
        "batteryTechicalProperties",
        "powerFade",
        "remainingEnergy",
        "remainingEnergyalue",
        "energyThroughput",
        "remainingPowerCapability",
        "temperatureRangeIdleState",
        "batteryLifetime",
        "dynamicAttribute",
        "lastUpdate",
        "negativeEvents",
        "negativeEvent",
        "technicalSpecification",
        "internalResistance",
        "initialInternalResistancePack",
        "x",
        "@type",
        "a/b~c",
    ]);
    let leaf = prop_oneof![
        any::<i32>().prop_map(Value::from),
        "[a-z]{0,3}".prop_map(Value::from),
        Just(json!([])),
        Just(json!({})),
    ];
    let tree = leaf.prop_recursive(4, 48, 6, move |inner| {
        prop_oneof![
            1 => prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            4 => prop::collection::vec((name.clone(), inner), 0..6).prop_map(|members| {
                Value::Object(members.into_iter().map(|(name, value)| (name.to_string(), value)).collect())
            }),
        ]
    });
    tree.prop_map(performance)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// What upgrades loses no leaf, is of the newest version, and does not change again.
    #[test]
    fn upgrades_account_for_every_leaf(document in documents()) {
        let Ok(passport) = Passport::from_value(document.clone()) else { return Ok(()) };
        prop_assert_eq!(&passport.to_value().unwrap(), &document);
        let Ok((new, changes)) = passport.upgrade() else { return Ok(()) };
        prop_assert_eq!(new.upgrade().unwrap(), (new.clone(), Vec::new()));
        let (mut before, mut after) = (Vec::new(), Vec::new());
        leaves(&document, "", &mut before);
        leaves(&new.to_value().unwrap(), "", &mut after);
        for change in &changes {
            if let Some(removed) = &change.removed {
                leaves(removed, "", &mut after);
            }
        }
        for (path, leaf) in before.iter().filter(|(_, leaf)| leaf != &json!({}) && leaf != &json!([])) {
            let found = after.iter().position(|(_, value)| value == leaf);
            prop_assert!(found.is_some(), "{path} is lost");
            after.remove(found.unwrap());
        }
    }
}
