//! PerformanceAndDurability 1.2.1.

use super::{
    CYCLES, EXPECTED_CYCLES, FADE, INCREASE, Kind, Member, Need, PERCENT, TEMPERATURE, YEARS,
    above_zero, at_least_zero,
};

pub(super) static PERFORMANCE: &[Member] = members! {
    "batteryTechicalProperties" Wire Kind::Object(TECHNICAL), "Annex XIII point 1";
    "batteryCondition" Wire Kind::Object(CONDITION), "Annex XIII point 4";
};

const COMPONENTS: Kind = Kind::Word(&["pack", "module", "cell"], &[]);

static TECHNICAL: &[Member] = members! {
    "originalPowerCapability" Wire Kind::List(&Kind::Object(members! {
        "atSoC" Part PERCENT, "Annex IV Part B(4)";
        "powerCapabilityAt" Part at_least_zero("percent of ratedMaximumPower"), "Annex XIII point 1(i)";
    })), "Annex XIII point 1(i)";
    "ratedMaximumPower" Wire above_zero("kilowatts"), "Annex XIII point 1(i)";
    "powerCapabilityRatio" Excused at_least_zero("percent"), "Annex IV Part B(2)";
    "ratedEnergy" Excused above_zero("kilowatt hours"), "DIN DKE SPEC 99100, 6.7.2.5";
    "expectedNumberOfCycles" Excused EXPECTED_CYCLES, "Annex XIII point 1(j)";
    "initialSelfDischarge" Excused PERCENT, "DIN DKE SPEC 99100, 6.7.4.6";
    "roundtripEfficiency" Excused PERCENT, "Annex XIII point 1(n)";
    "ratedCapacity" Wire above_zero("ampere hours"), "Annex XIII point 1(g)";
    "initialInternalResistance" Wire Kind::List(&Kind::Object(members! {
        "ohmicResistance" Part above_zero("ohms"), "Annex XIII point 1(o)";
        "batteryComponent" Part COMPONENTS, "Annex XIII point 1(o)";
    })), "Annex XIII point 1(o)";
    "expectedLifetime" Excused YEARS, "Annex IV Part A(5)";
    "cRate" May at_least_zero("C"), "Annex IV Part B(2)";
    "nominalVoltage" Wire above_zero("volts"), "Annex XIII point 1(h)";
    "minimumVoltage" Wire at_least_zero("volts"), "Annex XIII point 1(h)";
    "maximumVoltage" Wire above_zero("volts"), "Annex XIII point 1(h)";
    "capacityThresholdForExhaustion" Excused PERCENT, "Annex XIII point 1(k)";
    "lifetimeReferenceTest" Excused Kind::Link, "Annex XIII point 1(j)";
    "cRateLifeCycleTest" Excused above_zero("C"), "Annex XIII point 1(p)";
    "temperatureRangeIdleState" Wire Kind::Object(members! {
        "minimum" Wire TEMPERATURE, "Annex XIII point 1(l)";
        "maximum" Wire TEMPERATURE, "Annex XIII point 1(l)";
    }), "Annex XIII point 1(l)";
    "roundTripEfficiencyat50PerCentCycleLife" Excused PERCENT, "Annex XIII point 1(n)";
    "roundTripEfficiencyFade" Excused FADE, "Annex IV Part A(4)";
    "powerFade" Excused FADE, "Annex IV Part A(2)";
};

static CONDITION: &[Member] = members! {
    "energyThroughput" Excused measured!("energyThroughputValue", at_least_zero("kilowatt hours"), "Annex VII Part B(2)"), "Annex VII Part B(2)";
    "capacityThroughput" Excused measured!("capacityThroughputValue", at_least_zero("ampere hours"), "Annex VII Part B(3)"), "Annex VII Part B(3)";
    "numberOfFullCycles" Excused measured!("numberOfFullCyclesValue", CYCLES, "Annex VII Part B(5)"), "Annex VII Part B(5)";
    "stateOfCertifiedEnergy" Excused measured!("stateOfCertifiedEnergyValue", PERCENT, "Annex VII Part A"), "Annex VII Part A";
    "capacityFade" Excused measured!("capacityFadeValue", FADE, "Annex IV Part A(1)"), "Annex IV Part A(1)";
    "remainingEnergy" Excused measured!("remainingEnergyValue", at_least_zero("kilowatt hours"), "DIN DKE SPEC 99100, 6.7.2.6"), "DIN DKE SPEC 99100, 6.7.2.6";
    // Upstream's Turtle says kilowatt hours; the law means a capacity (D21).
    "remainingCapacity" Excused measured!("remainingCapacityValue", at_least_zero("ampere hours"), "Annex VII Part A(1)"), "Annex VII Part A(1)";
    "negativeEvents" Excused Kind::List(&measured!("negativeEvent", Kind::Text, "Annex XIII point 4(d)")), "Annex XIII point 4(d)";
    "temperatureInformation" Excused Kind::Object(members! {
        "timeExtremeHighTemp" Excused at_least_zero("minutes"), "Annex VII Part B(4)";
        "timeExtremeLowTemp" Excused at_least_zero("minutes"), "Annex VII Part B(4)";
        "timeExtremeHighTempCharging" Excused at_least_zero("minutes"), "Annex VII Part B(4)";
        "timeExtremeLowTempCharging" Excused at_least_zero("minutes"), "Annex VII Part B(4)";
        "lastUpdate" Part Kind::Moment, "Art. 77(4)";
    }), "Annex XIII point 4(d)";
    "remainingPowerCapability" Excused Kind::Object(members! {
        "remainingPowerCapabilityValue" Part Kind::Object(members! {
            "atSoC" Part PERCENT, "Annex IV Part B(4)";
            "powerCapabilityAt" Part at_least_zero("percent of ratedMaximumPower"), "Annex VII Part A(2)";
            "rPCLastUpdated" Part Kind::Moment, "Art. 77(4)";
        }), "Annex VII Part A(2)";
        "lastUpdate" Part Kind::Moment, "Art. 77(4)";
    }), "Annex VII Part A(2)";
    "evolutionOfSelfDischarge" Excused measured!("evolutionOfSelfDischargeValue", INCREASE, "Annex VII Part A(4)"), "Annex VII Part A(4)";
    "currentSelfDischargingRate" Excused measured!("currentSelfDischargingRateValue", PERCENT, "DIN DKE SPEC 99100, 6.7.4.7"), "DIN DKE SPEC 99100, 6.7.4.7";
    "internalResistanceIncrease" Excused Kind::List(&Kind::Object(members! {
        "internalResistanceIncreaseValue" Part INCREASE, "Annex IV Part A(3)";
        "lastUpdate" Part Kind::Moment, "Art. 77(4)";
        "batteryComponent" Part COMPONENTS, "Annex IV Part A(3)";
    })), "Annex IV Part A(3)";
    "remainingRoundTripEnergyEfficiency" Excused measured!("remainingRoundTripEnergyEfficiencyValue", PERCENT, "Annex VII Part A(3)"), "Annex VII Part A(3)";
    "stateOfCharge" Excused measured!("stateOfChargeValue", PERCENT, "Annex XIII point 4(d)"), "Annex XIII point 4(d)";
    // Ours: upstream has no member for them (D15).
    "numberOfDeepDischargeEvents" May measured!("numberOfDeepDischargeEventsValue", CYCLES, "Annex VII Part B(4)"), "Annex VII Part B(4)";
    "numberOfOverchargeEvents" May measured!("numberOfOverchargeEventsValue", CYCLES, "DIN DKE SPEC 99100, 6.7.8.3"), "DIN DKE SPEC 99100, 6.7.8.3";
};
