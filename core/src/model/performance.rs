//! PerformanceAndDurability 1.2.1 (`urn:samm:io.BatteryPass.Performance:1.2.1#PerformanceAndDurability`).
//!
//! Units are those of upstream's Turtle files; no unit travels in the JSON. Where the law or
//! DIN DKE SPEC 99100 uses another unit, the member's documentation says so.

use serde_json::Number;

use super::{objects, words};
use crate::prelude::*;

objects! {
    /// Ratings of the model and condition of the single battery: Annex IV, VII and XIII of Regulation
    /// (EU) 2023/1542.
    PerformanceAndDurability {
        /// What the maker rated, once for the model.
        battery_technical_properties: BatteryTechnicalProperties = "batteryTechicalProperties",
        /// What changes while the battery is used.
        battery_condition: BatteryCondition = "batteryCondition",
    }

    /// Static ratings of a battery model.
    BatteryTechnicalProperties {
        /// Power capability when new, by state of charge.
        original_power_capability: Vec<PowerCapability> = "originalPowerCapability",
        /// Largest permitted power in kilowatts (the law: watts).
        rated_maximum_power_kw: Number = "ratedMaximumPower",
        /// Ratio between power and energy in percent (the law: W/Wh).
        power_capability_ratio_percent: Number = "powerCapabilityRatio",
        /// Certified usable energy in kilowatt hours.
        rated_energy_kwh: Number = "ratedEnergy",
        /// Expected charge and discharge cycles.
        expected_number_of_cycles: Number = "expectedNumberOfCycles",
        /// Self-discharge when new in percent per month.
        initial_self_discharge_percent_per_month: Number = "initialSelfDischarge",
        /// Round-trip energy efficiency when new in percent.
        round_trip_efficiency_percent: Number = "roundtripEfficiency",
        /// Rated capacity in ampere hours.
        rated_capacity_ah: Number = "ratedCapacity",
        /// Internal resistance when new, by component.
        initial_internal_resistance: Vec<InternalResistance> = "initialInternalResistance",
        /// Expected lifetime in calendar years.
        expected_lifetime_years: Number = "expectedLifetime",
        /// C-rate.
        c_rate: Number = "cRate",
        /// Nominal voltage in volts.
        nominal_voltage_v: Number = "nominalVoltage",
        /// Minimum voltage in volts.
        minimum_voltage_v: Number = "minimumVoltage",
        /// Maximum voltage in volts.
        maximum_voltage_v: Number = "maximumVoltage",
        /// Capacity below which the battery counts as exhausted, in percent; for electric vehicles only.
        capacity_threshold_for_exhaustion_percent: Number = "capacityThresholdForExhaustion",
        /// URI of the reference test of the cycle life.
        lifetime_reference_test: String = "lifetimeReferenceTest",
        /// C-rate of that test.
        c_rate_life_cycle_test: Number = "cRateLifeCycleTest",
        /// Temperatures that it stands while idle.
        temperature_range_idle_state: TemperatureRange = "temperatureRangeIdleState",
        /// Round-trip energy efficiency at half of the cycle life in percent.
        round_trip_efficiency_at_half_cycle_life_percent: Number = "roundTripEfficiencyat50PerCentCycleLife",
        /// Fade of the round-trip energy efficiency in percent.
        round_trip_efficiency_fade_percent: Number = "roundTripEfficiencyFade",
        /// Fade of the power in percent.
        power_fade_percent: Number = "powerFade",
    }

    /// Power capability at one state of charge.
    PowerCapability {
        /// State of charge in percent.
        at_soc_percent: Number = "atSoC",
        /// Power capability there in percent (the law: watts).
        power_capability_at_percent: Number = "powerCapabilityAt",
    }

    /// Internal resistance of one component when new.
    InternalResistance {
        /// Resistance in ohms.
        ohmic_resistance_ohm: Number = "ohmicResistance",
        /// What was measured.
        battery_component: BatteryComponent = "batteryComponent",
    }

    /// A range of temperatures.
    TemperatureRange {
        /// Lower bound in degrees Celsius.
        minimum_celsius: Number = "minimum",
        /// Upper bound in degrees Celsius.
        maximum_celsius: Number = "maximum",
    }

    /// Condition of one battery. Readable for persons with a legitimate interest, Annex XIII point 4.
    BatteryCondition {
        /// Energy that went through it.
        energy_throughput: EnergyThroughput = "energyThroughput",
        /// Charge that went through it.
        capacity_throughput: CapacityThroughput = "capacityThroughput",
        /// Full charge and discharge cycles so far.
        number_of_full_cycles: NumberOfFullCycles = "numberOfFullCycles",
        /// State of certified energy.
        state_of_certified_energy: StateOfCertifiedEnergy = "stateOfCertifiedEnergy",
        /// Capacity lost since it was new.
        capacity_fade: CapacityFade = "capacityFade",
        /// Energy it still holds when full.
        remaining_energy: RemainingEnergy = "remainingEnergy",
        /// Capacity it still has.
        remaining_capacity: RemainingCapacity = "remainingCapacity",
        /// Accidents and other events.
        negative_events: Vec<NegativeEvent> = "negativeEvents",
        /// Time at extreme temperatures.
        temperature_information: TemperatureInformation = "temperatureInformation",
        /// Power it can still give.
        remaining_power_capability: RemainingPowerCapability = "remainingPowerCapability",
        /// Change of the self-discharge.
        evolution_of_self_discharge: EvolutionOfSelfDischarge = "evolutionOfSelfDischarge",
        /// Self-discharge now.
        current_self_discharging_rate: CurrentSelfDischargingRate = "currentSelfDischargingRate",
        /// Increase of the internal resistance, by component.
        internal_resistance_increase: Vec<InternalResistanceIncrease> = "internalResistanceIncrease",
        /// Round-trip energy efficiency now.
        remaining_round_trip_energy_efficiency: RemainingRoundTripEnergyEfficiency = "remainingRoundTripEnergyEfficiency",
        /// State of charge now.
        state_of_charge: StateOfCharge = "stateOfCharge",
        /// Deep discharge events so far, Annex VII Part B(4). Upstream has no member for it: this one is
        /// of this project, in the form of upstream's counters.
        number_of_deep_discharge_events: NumberOfDeepDischargeEvents = "numberOfDeepDischargeEvents",
        /// Overcharge events so far. Upstream has no member for it: this one is of this project.
        number_of_overcharge_events: NumberOfOverchargeEvents = "numberOfOverchargeEvents",
    }

    /// Energy throughput.
    EnergyThroughput {
        /// Energy in kilowatt hours.
        value_kwh: Number = "energyThroughputValue",
        /// When it was determined, as an XSD dateTime.
        last_update: String = "lastUpdate",
    }

    /// Capacity throughput.
    CapacityThroughput {
        /// Charge in ampere hours.
        value_ah: Number = "capacityThroughputValue",
        /// When it was determined, as an XSD dateTime.
        last_update: String = "lastUpdate",
    }

    /// Full cycles so far.
    NumberOfFullCycles {
        /// Number of cycles.
        value: Number = "numberOfFullCyclesValue",
        /// When it was determined, as an XSD dateTime.
        last_update: String = "lastUpdate",
    }

    /// Deep discharge events so far.
    NumberOfDeepDischargeEvents {
        /// Number of events.
        value: Number = "numberOfDeepDischargeEventsValue",
        /// When it was determined, as an XSD dateTime.
        last_update: String = "lastUpdate",
    }

    /// Overcharge events so far.
    NumberOfOverchargeEvents {
        /// Number of events.
        value: Number = "numberOfOverchargeEventsValue",
        /// When it was determined, as an XSD dateTime.
        last_update: String = "lastUpdate",
    }

    /// State of certified energy (electric vehicles), Annex VII Part A.
    StateOfCertifiedEnergy {
        /// Share of the certified energy in percent.
        value_percent: Number = "stateOfCertifiedEnergyValue",
        /// When it was determined, as an XSD dateTime.
        last_update: String = "lastUpdate",
    }

    /// Capacity fade.
    CapacityFade {
        /// Fade in percent.
        value_percent: Number = "capacityFadeValue",
        /// When it was determined, as an XSD dateTime.
        last_update: String = "lastUpdate",
    }

    /// Remaining energy.
    RemainingEnergy {
        /// Energy in kilowatt hours.
        value_kwh: Number = "remainingEnergyValue",
        /// When it was determined, as an XSD dateTime.
        last_update: String = "lastUpdate",
    }

    /// Remaining capacity.
    RemainingCapacity {
        /// Upstream's unit is the kilowatt hour; DIN DKE SPEC 99100 and the law use ampere hours.
        value: Number = "remainingCapacityValue",
        /// When it was determined, as an XSD dateTime.
        last_update: String = "lastUpdate",
    }

    /// One event that may have harmed the battery.
    NegativeEvent {
        /// What happened, free text upstream.
        negative_event: String = "negativeEvent",
        /// When it was written down, as an XSD dateTime.
        last_update: String = "lastUpdate",
    }

    /// Time spent at extreme temperatures, Annex VII Part B(4).
    TemperatureInformation {
        /// Minutes above the upper bound.
        time_extreme_high_min: Number = "timeExtremeHighTemp",
        /// Minutes below the lower bound.
        time_extreme_low_min: Number = "timeExtremeLowTemp",
        /// Minutes of charging above the upper bound.
        time_extreme_high_charging_min: Number = "timeExtremeHighTempCharging",
        /// Minutes of charging below the lower bound.
        time_extreme_low_charging_min: Number = "timeExtremeLowTempCharging",
        /// When it was determined, as an XSD dateTime.
        last_update: String = "lastUpdate",
    }

    /// Remaining power capability.
    RemainingPowerCapability {
        /// The value; one state of charge only since 1.2.1.
        value: RemainingPowerCapabilityValue = "remainingPowerCapabilityValue",
        /// When it was determined, as an XSD dateTime.
        last_update: String = "lastUpdate",
    }

    /// Remaining power capability at one state of charge.
    RemainingPowerCapabilityValue {
        /// State of charge in percent.
        at_soc_percent: Number = "atSoC",
        /// Power capability there in percent (the law: watts).
        power_capability_at_percent: Number = "powerCapabilityAt",
        /// When this value was determined, as an XSD dateTime.
        last_update: String = "rPCLastUpdated",
    }

    /// Change of the self-discharge.
    EvolutionOfSelfDischarge {
        /// Change in percent.
        value_percent: Number = "evolutionOfSelfDischargeValue",
        /// When it was determined, as an XSD dateTime.
        last_update: String = "lastUpdate",
    }

    /// Self-discharge now.
    CurrentSelfDischargingRate {
        /// Rate in percent (DIN DKE SPEC 99100: percent per month).
        value_percent: Number = "currentSelfDischargingRateValue",
        /// When it was determined, as an XSD dateTime.
        last_update: String = "lastUpdate",
    }

    /// Increase of the internal resistance of one component.
    InternalResistanceIncrease {
        /// Increase in percent.
        value_percent: Number = "internalResistanceIncreaseValue",
        /// When it was determined, as an XSD dateTime.
        last_update: String = "lastUpdate",
        /// What was measured.
        battery_component: BatteryComponent = "batteryComponent",
    }

    /// Round-trip energy efficiency now.
    RemainingRoundTripEnergyEfficiency {
        /// Efficiency in percent.
        value_percent: Number = "remainingRoundTripEnergyEfficiencyValue",
        /// When it was determined, as an XSD dateTime.
        last_update: String = "lastUpdate",
    }

    /// State of charge now.
    StateOfCharge {
        /// State of charge in percent.
        value_percent: Number = "stateOfChargeValue",
        /// When it was determined, as an XSD dateTime.
        last_update: String = "lastUpdate",
    }
}

words! {
    /// What a measurement was made on.
    BatteryComponent {
        /// The whole pack.
        Pack = "pack",
        /// One module.
        Module = "module",
        /// One cell.
        Cell = "cell",
    }
}
