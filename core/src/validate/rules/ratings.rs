//! What the maker rated, against itself and against what is measured.

use super::{CONDITION, Rules, TECHNICAL, elements, energy, nominal_energy, number};
use crate::error::ErrorCode;
use crate::model::node::Node;
use crate::prelude::*;

/// Returns where a member of the ratings is.
fn path(name: &str) -> String {
    format!("/performanceAndDurability/batteryTechicalProperties/{name}")
}

impl Rules<'_, '_> {
    pub(super) fn ratings(&mut self) {
        let Some(technical) = self.document.at(TECHNICAL) else {
            return;
        };
        self.bounds(technical);
        self.units(technical);
        self.power_capability(technical);
        self.what_remains(technical);
    }

    /// Minimum, nominal and maximum in order.
    fn bounds(&mut self, technical: Node<'_>) {
        let volts = |name| number(technical, &[name]);
        let (low, nominal, high) = (
            volts("minimumVoltage"),
            volts("nominalVoltage"),
            volts("maximumVoltage"),
        );
        for (left, right, name) in [
            (low, nominal, "nominalVoltage"),
            (nominal, high, "maximumVoltage"),
            (low, high, "minimumVoltage"),
        ] {
            if let (Some(left), Some(right)) = (left, right)
                && left > right
            {
                self.broken(
                    ErrorCode::Inconsistent,
                    path(name),
                    "expected minimum <= nominal <= maximum voltage",
                    "Annex XIII point 1(h)",
                );
            }
        }
        let idle = |name| number(technical, &["temperatureRangeIdleState", name]);
        if let (Some(low), Some(high)) = (idle("minimum"), idle("maximum"))
            && low > high
        {
            self.broken(
                ErrorCode::Inconsistent,
                path("temperatureRangeIdleState"),
                "expected minimum <= maximum",
                "Annex XIII point 1(l)",
            );
        }
    }

    /// Factors of a thousand are what these look for, so the bounds are wide (D21, D22).
    fn units(&mut self, technical: Node<'_>) {
        let rated = number(technical, &["ratedEnergy"]);
        if let (Some(rated), Some(nominal)) = (rated, nominal_energy(technical))
            && (rated > nominal * 2.0 || rated < nominal / 2.0)
        {
            self.doubt(
                ErrorCode::DoubtfulUnit,
                path("ratedEnergy"),
                "nominal voltage times rated capacity gives another energy; expected kilowatt hours, volts and ampere hours",
                "DIN DKE SPEC 99100, 6.7.2",
            );
        }
        let power = number(technical, &["ratedMaximumPower"]);
        if let (Some(power), Some(energy)) = (power, energy(self.document))
            && power > energy * 100.0
        {
            self.doubt(
                ErrorCode::DoubtfulUnit,
                path("ratedMaximumPower"),
                "more than a hundred times the energy in one hour; expected kilowatts, not watts",
                "DIN DKE SPEC 99100, 6.7.3.5",
            );
        }
    }

    fn power_capability(&mut self, technical: Node<'_>) {
        let capabilities = elements(technical, &["originalPowerCapability"]);
        let (mut any, mut at_80, mut at_20) = (false, false, false);
        for (index, capability) in capabilities.enumerate() {
            let soc = number(capability, &["atSoC"]);
            any = true;
            at_80 |= soc == Some(80.0);
            at_20 |= soc == Some(20.0);
            if number(capability, &["powerCapabilityAt"]) > Some(150.0) {
                let list = path("originalPowerCapability");
                self.doubt(
                    ErrorCode::DoubtfulUnit,
                    format!("{list}/{index}/powerCapabilityAt"),
                    "expected percent of ratedMaximumPower, not watts",
                    "DIN DKE SPEC 99100, 6.7.3.2",
                );
            }
        }
        if any && !(at_80 && at_20) {
            self.doubt(
                ErrorCode::MissingMember,
                path("originalPowerCapability"),
                "expected a value at 80 % and one at 20 % state of charge",
                "Annex IV Part B(4)",
            );
        }
    }

    /// What is left, against what was rated.
    fn what_remains(&mut self, technical: Node<'_>) {
        let Some(condition) = self.document.at(CONDITION) else {
            return;
        };
        for (remaining, value, rating, unit) in [
            (
                "remainingCapacity",
                "remainingCapacityValue",
                "ratedCapacity",
                "ampere hours as ratedCapacity, not kilowatt hours",
            ),
            (
                "remainingEnergy",
                "remainingEnergyValue",
                "ratedEnergy",
                "kilowatt hours as ratedEnergy",
            ),
        ] {
            let left = number(condition, &[remaining, value]);
            if let (Some(left), Some(rating)) = (left, number(technical, &[rating]))
                && (left > rating * 1.5 || (left < rating / 100.0 && left > 0.0))
            {
                self.doubt(
                    ErrorCode::DoubtfulUnit,
                    format!("/performanceAndDurability/batteryCondition/{remaining}/{value}"),
                    format!("far from the rating; expected {unit}"),
                    "DIN DKE SPEC 99100, 6.7.2",
                );
            }
        }
    }
}
