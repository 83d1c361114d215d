//! Who may read what: Art. 77(2) and Annex XIII of Regulation (EU) 2023/1542, per leaf.

use core::str::FromStr;

use serde_json::{Map, Value};

use crate::error::{Error, ErrorCode, Result};
use crate::prelude::*;

pub use crate::attribute::Point;

/// Who reads. The audiences form a lattice, not a ladder: an authority does not see point 4.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Audience {
    /// Anyone: point 1.
    Public,
    /// Notified bodies, market surveillance authorities and the Commission: points 1, 2 and 3.
    Authority,
    /// Persons with a legitimate interest, such as repairers and recyclers: points 1, 2 and 4.
    LegitimateInterest,
    /// The operator that is responsible for the passport: everything, unknown members included.
    Operator,
}

impl Audience {
    /// Tells whether this audience may read members of a point of Annex XIII.
    pub const fn may_read(self, point: Point) -> bool {
        matches!(
            (self, point),
            (_, Point::Public)
                | (Self::Operator, _)
                | (
                    Self::Authority | Self::LegitimateInterest,
                    Point::InterestAndCommission
                )
                | (Self::Authority, Point::Authorities)
                | (Self::LegitimateInterest, Point::IndividualBattery)
        )
    }

    /// Returns the name in all bindings: `public`, `authority`, `legitimate_interest`, `operator`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Authority => "authority",
            Self::LegitimateInterest => "legitimate_interest",
            Self::Operator => "operator",
        }
    }
}

impl FromStr for Audience {
    type Err = Error;

    /// Reads the name that [`Audience::as_str`] gives. Fails with `invalid_argument` for others.
    fn from_str(name: &str) -> Result<Self> {
        [
            Self::Public,
            Self::Authority,
            Self::LegitimateInterest,
            Self::Operator,
        ]
        .into_iter()
        .find(|audience| audience.as_str() == name)
        .ok_or_else(|| {
            Error::new(ErrorCode::InvalidArgument)
                .because("expected public, authority, legitimate_interest or operator")
        })
    }
}

/// Returns the point of Annex XIII that a leaf falls under, by its path from the top of a passport with
/// `.` between members and `[]` for the elements of an array:
/// `performanceAndDurability.batteryCondition.negativeEvents[].lastUpdate`.
pub fn point_of(path: &str) -> Option<Point> {
    LEAVES
        .iter()
        .find(|(prefix, _, names)| {
            path.strip_prefix(prefix)
                .is_some_and(|name| names.contains(&name))
        })
        .map(|(_, point, _)| *point)
}

/// Returns the part of a passport that an audience may read.
///
/// Denies by default: for all but the operator, a member that the table does not know is left out, as is
/// one whose value has another shape than the table says. Containers that become empty are left out too.
pub fn view(passport: Value, audience: Audience) -> Value {
    if audience == Audience::Operator {
        return passport;
    }
    let mut path = String::new();
    cut(passport, audience, &mut path).unwrap_or_else(|| Value::Object(Map::new()))
}

/// Recurses as deep as the value is nested, which its reader has bounded.
fn cut(value: Value, audience: Audience, path: &mut String) -> Option<Value> {
    let length = path.len();
    match value {
        Value::Object(members) => {
            let mut kept = Map::new();
            for (name, member) in members {
                // Such names could pose as another path; the table has none of them.
                if name.is_empty() || name.contains(['.', '[']) {
                    continue;
                }
                if length != 0 {
                    path.push('.');
                }
                path.push_str(&name);
                let member = cut(member, audience, path);
                path.truncate(length);
                if let Some(member) = member {
                    kept.insert(name, member);
                }
            }
            (!kept.is_empty()).then_some(Value::Object(kept))
        }
        Value::Array(elements) => {
            path.push_str("[]");
            let kept: Vec<Value> = elements
                .into_iter()
                .filter_map(|element| cut(element, audience, path))
                .collect();
            path.truncate(length);
            (!kept.is_empty()).then_some(Value::Array(kept))
        }
        leaf => point_of(path)
            .is_some_and(|point| audience.may_read(point))
            .then_some(leaf),
    }
}

/// Every leaf that the model knows: where, which point, which names.
///
/// Points are those of the BatteryPass longlist of 93 attributes for each attribute's own leaf and for
/// the leaves that qualify it. The header is public: EN 18223 needs it to find and read a passport.
const LEAVES: &[(&str, Point, &[&str])] = {
    use Point::{IndividualBattery, Public};
    &[
        // `id` and `type` are there when the passport is the subject of a credential.
        (
            "",
            Public,
            &[
                "id",
                "type",
                "type[]",
                "digitalProductPassportId",
                "uniqueProductIdentifier",
                "granularity",
                "dppSchemaVersion",
                "dppStatus",
                "lastUpdate",
                "economicOperatorId",
                "facilityId",
                "predecessors[]",
                "successor",
            ],
        ),
        (
            "generalProductInformation.",
            Public,
            &[
                "productIdentifier",
                "batteryPassportIdentifier",
                "batteryCategory",
                "manufacturingDate",
                "batteryMass",
                "warrentyPeriod",
            ],
        ),
        (
            "generalProductInformation.",
            IndividualBattery,
            &["batteryStatus", "puttingIntoService"],
        ),
        (
            "generalProductInformation.manufacturerInformation.",
            Public,
            CONTACT,
        ),
        (
            "generalProductInformation.operatorInformation.",
            Public,
            CONTACT,
        ),
        (
            "generalProductInformation.manufacturingPlace.",
            Public,
            ADDRESS,
        ),
        (
            "performanceAndDurability.batteryTechicalProperties.",
            Public,
            &[
                "originalPowerCapability[].atSoC",
                "originalPowerCapability[].powerCapabilityAt",
                "ratedMaximumPower",
                "powerCapabilityRatio",
                "ratedEnergy",
                "expectedNumberOfCycles",
                "roundtripEfficiency",
                "ratedCapacity",
                "initialInternalResistance[].ohmicResistance",
                "initialInternalResistance[].batteryComponent",
                "cRate",
                "nominalVoltage",
                "minimumVoltage",
                "maximumVoltage",
                "capacityThresholdForExhaustion",
                "lifetimeReferenceTest",
                "cRateLifeCycleTest",
                "temperatureRangeIdleState.minimum",
                "temperatureRangeIdleState.maximum",
                "roundTripEfficiencyat50PerCentCycleLife",
            ],
        ),
        (
            "performanceAndDurability.batteryTechicalProperties.",
            IndividualBattery,
            &[
                "initialSelfDischarge",
                "expectedLifetime",
                "roundTripEfficiencyFade",
                "powerFade",
            ],
        ),
        (
            "performanceAndDurability.batteryCondition.",
            IndividualBattery,
            &[
                "energyThroughput.energyThroughputValue",
                "energyThroughput.lastUpdate",
                "capacityThroughput.capacityThroughputValue",
                "capacityThroughput.lastUpdate",
                "numberOfFullCycles.numberOfFullCyclesValue",
                "numberOfFullCycles.lastUpdate",
                "stateOfCertifiedEnergy.stateOfCertifiedEnergyValue",
                "stateOfCertifiedEnergy.lastUpdate",
                "capacityFade.capacityFadeValue",
                "capacityFade.lastUpdate",
                "remainingEnergy.remainingEnergyValue",
                "remainingEnergy.lastUpdate",
                "remainingCapacity.remainingCapacityValue",
                "remainingCapacity.lastUpdate",
                "negativeEvents[].negativeEvent",
                "negativeEvents[].lastUpdate",
                "temperatureInformation.timeExtremeHighTemp",
                "temperatureInformation.timeExtremeLowTemp",
                "temperatureInformation.timeExtremeHighTempCharging",
                "temperatureInformation.timeExtremeLowTempCharging",
                "temperatureInformation.lastUpdate",
                "remainingPowerCapability.remainingPowerCapabilityValue.atSoC",
                "remainingPowerCapability.remainingPowerCapabilityValue.powerCapabilityAt",
                "remainingPowerCapability.remainingPowerCapabilityValue.rPCLastUpdated",
                "remainingPowerCapability.lastUpdate",
                "evolutionOfSelfDischarge.evolutionOfSelfDischargeValue",
                "evolutionOfSelfDischarge.lastUpdate",
                "currentSelfDischargingRate.currentSelfDischargingRateValue",
                "currentSelfDischargingRate.lastUpdate",
                "internalResistanceIncrease[].internalResistanceIncreaseValue",
                "internalResistanceIncrease[].lastUpdate",
                "internalResistanceIncrease[].batteryComponent",
                "remainingRoundTripEnergyEfficiency.remainingRoundTripEnergyEfficiencyValue",
                "remainingRoundTripEnergyEfficiency.lastUpdate",
                "stateOfCharge.stateOfChargeValue",
                "stateOfCharge.lastUpdate",
            ],
        ),
    ]
};

const CONTACT: &[&str] = &[
    "contactName",
    "postalAddress.addressCountry",
    "postalAddress.postalCode",
    "postalAddress.streetAddress",
    "identifier",
    "emailAddress",
    "webAddress",
];

const ADDRESS: &[&str] = &["addressCountry", "postalCode", "streetAddress"];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

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
        let expected = json!({
            "digitalProductPassportId": "urn:uuid:1",
            "predecessors": ["urn:uuid:0"],
            "generalProductInformation": {
                "batteryMass": 430,
                "manufacturerInformation": { "contactName": "Example" }
            },
            "performanceAndDurability": { "batteryTechicalProperties": { "ratedCapacity": 210 } }
        });
        assert_eq!(view(sample(), Audience::Public), expected);
        // None of the leaves so far is of point 2 or 3.
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

    #[test]
    fn no_leaf_is_in_the_table_twice() {
        let mut paths: Vec<String> = LEAVES
            .iter()
            .flat_map(|(prefix, _, names)| names.iter().map(move |name| format!("{prefix}{name}")))
            .collect();
        let count = paths.len();
        paths.sort();
        paths.dedup();
        // 13 of the header and 25 + 60 leaves of the two submodels, whose units are leaves as well.
        assert_eq!((paths.len(), count), (98, 98));
    }
}
