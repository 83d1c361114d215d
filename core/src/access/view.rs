//! The part of a passport that an audience may read.

use serde_json::{Map, Value};

use super::{Audience, Nodes, Point, Reader};
use crate::attribute::{Purpose, Step};
use crate::error::Result;
use crate::model::node::{AsNode as _, Node};
use crate::passport::Passport;
use crate::prelude::*;

/// Returns the part of a passport that an audience may read.
///
/// Denies by default: for all but the operator, a member that the table does not know is left out, as is
/// one whose value has another shape than the table says. Containers that become empty are left out too.
pub fn view(passport: Value, audience: Audience) -> Value {
    if audience == Audience::Operator {
        return passport;
    }
    view_of(passport.node(), audience)
}

/// As [`view`], for everyone but the operator: copies what may be read and nothing else.
pub(crate) fn view_of(passport: Node<'_>, audience: Audience) -> Value {
    part(passport, |point| audience.may_read(point))
}

/// Returns the part of a passport that a person with a legitimate interest may read for a purpose: what
/// [`Audience::LegitimateInterest`] sees, narrowed to the points of Annex XIII that serve the purpose.
///
/// # Examples
/// ```
/// use batterypass::{access, attribute};
/// use serde_json::json;
///
/// let repair = attribute::purpose("repair")?;
/// let passport = json!({
///     "circularity": { "safetyMeasures": { "safetyInstructions": "https://example.com/safety" } },
///     "generalProductInformation": { "batteryStatus": "Original" },
/// });
/// let seen = access::view_for(passport, repair);
/// assert!(seen.get("circularity").is_some() && seen.get("generalProductInformation").is_none());
/// # Ok::<(), batterypass::Error>(())
/// ```
pub fn view_for(passport: Value, purpose: &Purpose) -> Value {
    part(passport.node(), |point| purpose.may_read(point))
}

impl Passport {
    /// Returns what a person with a legitimate interest may read for a purpose; see [`view_for`].
    pub fn view_for(&self, purpose: &Purpose) -> Value {
        part(self.node(), |point| purpose.may_read(point))
    }

    /// Returns what a reader may read: as [`Passport::view`] or [`Passport::view_for`].
    ///
    /// # Errors
    /// As [`Passport::to_json`].
    pub fn view_as(&self, reader: Reader) -> Result<Value> {
        match reader {
            Reader::Audience(audience) => self.view(audience),
            Reader::Purpose(purpose) => Ok(self.view_for(purpose)),
        }
    }
}

fn part(passport: Node<'_>, may_read: impl Fn(Point) -> bool) -> Value {
    cut(passport, &may_read, &Nodes::top()).unwrap_or_else(|| Value::Object(Map::new()))
}

/// Recurses no deeper than the table's paths are long.
fn cut(value: Node<'_>, may_read: &impl Fn(Point) -> bool, at: &Nodes) -> Option<Value> {
    if at.is_nowhere() {
        return None;
    }
    match value {
        Node::Object(members) => {
            let mut kept = Map::new();
            members.each(&mut |name, member| {
                if let Some(member) = cut(member, may_read, &at.after(Step::Member(name))) {
                    kept.insert(name.into(), member);
                }
            });
            (!kept.is_empty()).then_some(Value::Object(kept))
        }
        Node::List(_) => {
            let kept: Vec<Value> = value
                .elements()
                .filter_map(|element| cut(element, may_read, &at.element(element)))
                .collect();
            (!kept.is_empty()).then_some(Value::Array(kept))
        }
        leaf => at.point().is_some_and(may_read).then(|| leaf.to_value()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::access::Point;

    fn sample() -> Value {
        json!({
            "digitalProductPassportId": "urn:uuid:1",
            "predecessors": ["urn:uuid:0"],
            "ours": { "secret": 1 },
            "generalProductInformation": {
                "batteryMass": 430,
                "batteryStatus": "Original",
                "manufacturerInformation": { "contactName": "Example", "phone": "0" },
                "invented": "x"
            },
            "performanceAndDurability": {
                "batteryTechicalProperties": { "ratedCapacity": 210, "powerFade": 3 },
                "batteryCondition": {
                    "negativeEvents": [
                        { "negativeEvent": "none", "lastUpdate": "2027-01-01T00:00:00Z", "note": "n" },
                        { "note": "only this" }
                    ]
                }
            },
            "labels": { "resultOfTestReport": "https://example.com/report" }
        })
    }

    #[test]
    fn the_public_sees_point_1_only() {
        let mut expected = json!({
            "digitalProductPassportId": "urn:uuid:1",
            "predecessors": ["urn:uuid:0"],
            "generalProductInformation": {
                "batteryMass": 430,
                "manufacturerInformation": { "contactName": "Example" }
            },
            "performanceAndDurability": { "batteryTechicalProperties": { "ratedCapacity": 210 } }
        });
        assert_eq!(view(sample(), Audience::Public), expected);
        // An authority sees points 2 and 3 besides, but not point 4.
        expected["labels"] = json!({ "resultOfTestReport": "https://example.com/report" });
        assert_eq!(view(sample(), Audience::Authority), expected);
    }

    #[test]
    fn legitimate_interest_sees_point_4_and_nothing_unknown() {
        let seen = view(sample(), Audience::LegitimateInterest);
        let pointer = |path: &str| seen.pointer(path).cloned();
        assert_eq!(
            pointer("/generalProductInformation/batteryStatus"),
            Some(json!("Original"))
        );
        assert_eq!(
            pointer("/performanceAndDurability/batteryCondition/negativeEvents"),
            Some(json!([{ "negativeEvent": "none", "lastUpdate": "2027-01-01T00:00:00Z" }]))
        );
        for unknown in [
            "/ours",
            "/labels",
            "/generalProductInformation/invented",
            "/generalProductInformation/manufacturerInformation/phone",
        ] {
            assert_eq!(pointer(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn the_operator_sees_everything() {
        assert_eq!(view(sample(), Audience::Operator), sample());
    }

    #[test]
    fn a_leaf_of_another_shape_is_denied() {
        for value in [
            json!({ "granularity": { "hidden": 1 } }),
            json!({ "granularity": ["hidden"] }),
            json!({ "predecessors": "hidden" }),
            json!({ "generalProductInformation.batteryMass": "hidden" }),
            json!({ "predecessors[]": "hidden" }),
            json!({ "": { "granularity": "hidden" } }),
            json!([{ "granularity": "hidden" }]),
            json!("hidden"),
            json!(["hidden"]),
        ] {
            assert_eq!(view(value, Audience::Public), json!({}));
        }
    }

    #[test]
    fn the_lattice_is_the_one_of_the_law() {
        use Point::{Authorities, IndividualBattery, InterestAndCommission, Public};
        let points = [
            Public,
            InterestAndCommission,
            Authorities,
            IndividualBattery,
        ];
        for (audience, reads) in [
            ("public", [true, false, false, false]),
            ("authority", [true, true, true, false]),
            ("legitimate_interest", [true, true, false, true]),
            ("operator", [true, true, true, true]),
        ] {
            let audience: Audience = audience.parse().expect("known");
            assert_eq!(points.map(|point| audience.may_read(point)), reads);
        }
        assert!("Public".parse::<Audience>().is_err());
    }
}
