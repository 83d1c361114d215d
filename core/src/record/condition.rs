//! Records and `performanceAndDurability.batteryCondition`, both ways.
//!
//! A record has integers, a passport decimal numbers of upstream's units. `remainingCapacity` is in
//! ampere hours, as the law has it, although upstream's model says kilowatt hours.

use serde_json::Number;

use super::{MAX_THROUGHPUT, Record, TimeQuality};
use crate::error::{Error, ErrorCode, Result};
use crate::model::performance::{
    BatteryCondition, BatteryTechnicalProperties, CapacityThroughput, CurrentSelfDischargingRate,
    EnergyThroughput, EvolutionOfSelfDischarge, NegativeEvent, NumberOfDeepDischargeEvents,
    NumberOfFullCycles, NumberOfOverchargeEvents, PerformanceAndDurability, RemainingCapacity,
    RemainingEnergy, RemainingPowerCapability, RemainingPowerCapabilityValue,
    RemainingRoundTripEnergyEfficiency, StateOfCertifiedEnergy, StateOfCharge,
    TemperatureInformation,
};
use crate::passport::Passport;
use crate::prelude::*;
use crate::time::Timestamp;

/// Counted events for which the data model has free text only: what stands before the number.
const OVER_TEMPERATURE: &str = "Over-temperatures counted by the battery: ";
const OVER_CURRENT: &str = "Over-currents counted by the battery: ";
const ACCIDENTS: &str = "Accidents counted by the battery: ";

/// One value with its time, of a type that has just these two members.
macro_rules! measured {
    ($type:ident, $member:ident, $value:expr, $when:expr) => {
        $value.map(|value| $type {
            $member: Some(value),
            last_update: Some($when.clone()),
            ..$type::default()
        })
    };
}

impl Record {
    /// Returns the condition that the record reports, with the time of measurement or, from a device
    /// without the time, of receipt.
    ///
    /// What the record does not know is absent. The conversion loses nothing, except that the power,
    /// in percent of the rated maximum power, is rounded to 0.01 %. Two values need the ratings of the
    /// battery: that power, and the evolution of the self-discharge (the rate now less the initial
    /// one, in percentage points). Voltages, current, temperatures and internal resistance have no
    /// member in the data model.
    ///
    /// ```
    /// use batterypass::record::Record;
    ///
    /// let record = Record { energy_throughput_wh: Some(5_980_400), ..Record::default() };
    /// let condition = record.to_condition(None, "2027-02-18T08:00:00Z".parse()?);
    /// let throughput = condition.energy_throughput.unwrap();
    /// assert_eq!(throughput.value_kwh.unwrap().as_f64(), Some(5980.4));
    /// # Ok::<(), batterypass::Error>(())
    /// ```
    pub fn to_condition(
        &self,
        ratings: Option<&BatteryTechnicalProperties>,
        received_at: Timestamp,
    ) -> BatteryCondition {
        let when = self.measured_at().unwrap_or(received_at).to_string();
        let percent = |value: Option<u16>| value.map(|value| decimal(value.into(), 10));
        let thousandth = |value: Option<u64>| value.map(|value| decimal(value, 1000));
        let count = |value: Option<u32>| value.map(Number::from);
        let soc = percent(Some(self.state_of_charge_permille));
        let power = self.power_percent(ratings);
        BatteryCondition {
            state_of_charge: measured!(StateOfCharge, value_percent, soc.clone(), when),
            state_of_certified_energy: measured!(
                StateOfCertifiedEnergy,
                value_percent,
                percent(self.state_of_certified_energy_permille),
                when
            ),
            remaining_capacity: measured!(
                RemainingCapacity,
                value,
                thousandth(self.remaining_capacity_mah.map(u64::from)),
                when
            ),
            remaining_energy: measured!(
                RemainingEnergy,
                value_kwh,
                thousandth(self.remaining_energy_wh.map(u64::from)),
                when
            ),
            remaining_power_capability: power.map(|percent| RemainingPowerCapability {
                value: Some(RemainingPowerCapabilityValue {
                    at_soc_percent: soc,
                    power_capability_at_percent: Some(percent),
                    last_update: Some(when.clone()),
                    ..RemainingPowerCapabilityValue::default()
                }),
                last_update: Some(when.clone()),
                ..RemainingPowerCapability::default()
            }),
            remaining_round_trip_energy_efficiency: measured!(
                RemainingRoundTripEnergyEfficiency,
                value_percent,
                percent(self.round_trip_efficiency_permille),
                when
            ),
            current_self_discharging_rate: measured!(
                CurrentSelfDischargingRate,
                value_percent,
                self.self_discharge_ppm_per_month
                    .map(|ppm| decimal(ppm.into(), 10_000)),
                when
            ),
            evolution_of_self_discharge: measured!(
                EvolutionOfSelfDischarge,
                value_percent,
                self.self_discharge_evolution(ratings),
                when
            ),
            temperature_information: self.temperature_information(&when),
            number_of_full_cycles: measured!(
                NumberOfFullCycles,
                value,
                count(Some(self.full_cycles)),
                when
            ),
            energy_throughput: measured!(
                EnergyThroughput,
                value_kwh,
                thousandth(self.energy_throughput_wh),
                when
            ),
            capacity_throughput: measured!(
                CapacityThroughput,
                value_ah,
                thousandth(self.capacity_throughput_mah),
                when
            ),
            number_of_deep_discharge_events: measured!(
                NumberOfDeepDischargeEvents,
                value,
                count(self.deep_discharge_events),
                when
            ),
            number_of_overcharge_events: measured!(
                NumberOfOverchargeEvents,
                value,
                count(self.overcharge_events),
                when
            ),
            negative_events: self.negative_events(&when),
            ..BatteryCondition::default()
        }
    }

    /// Puts what the record reports into a passport, over what it says there; everything else stays.
    ///
    /// The ratings are the passport's own. The passport's `lastUpdate` moves forward to the time of the
    /// record, never back. In `negativeEvents` the entries with the battery's own counts are replaced,
    /// all others stay.
    pub fn apply(&self, passport: &mut Passport, received_at: Timestamp) {
        let performance = passport.performance_and_durability.get_or_insert_default();
        self.apply_to(performance, received_at);
        let measured = self.measured_at().unwrap_or(received_at);
        let said = passport.last_update.as_deref();
        let said = said.and_then(|text| text.parse::<Timestamp>().ok());
        if said.is_none_or(|said| said < measured) {
            passport.last_update = Some(measured.to_string());
        }
    }

    /// Puts what the record reports into this part of a passport, as [`Record::apply`] does.
    pub fn apply_to(&self, performance: &mut PerformanceAndDurability, received_at: Timestamp) {
        let ratings = performance.battery_technical_properties.as_ref();
        let new = self.to_condition(ratings, received_at);
        let old = performance.battery_condition.get_or_insert_default();
        macro_rules! replace {
            ($($member:ident)*) => {
                $(if new.$member.is_some() {
                    old.$member = new.$member;
                })*
            };
        }
        replace! {
            state_of_charge state_of_certified_energy remaining_capacity remaining_energy
            remaining_power_capability remaining_round_trip_energy_efficiency
            current_self_discharging_rate evolution_of_self_discharge temperature_information
            number_of_full_cycles energy_throughput capacity_throughput
            number_of_deep_discharge_events number_of_overcharge_events
        }
        if let Some(counted) = new.negative_events {
            let events = old.negative_events.get_or_insert_default();
            events.retain(|event| !is_count(event));
            events.extend(counted);
        }
    }

    /// Returns the record that a condition would come from: its fields that a passport has, rounded to
    /// the nearest unit of the record. For a new device of an old battery, whose counters go on, and
    /// for comparing records with the passport.
    ///
    /// The time is that of the state of charge, from a gateway; the sequence number is 0. Events that
    /// the passport does not list are unknown, not zero.
    ///
    /// # Errors
    /// `missing_member` where the state of charge or the cycles are missing; `out_of_range` for a number
    /// that a record cannot hold. The path starts at the condition.
    pub fn from_condition(
        condition: &BatteryCondition,
        ratings: Option<&BatteryTechnicalProperties>,
    ) -> Result<Self> {
        macro_rules! read {
            ($member:ident . $value:ident, $scale:expr, $max:expr, $path:literal) => {{
                let number = condition.$member.as_ref().and_then(|m| m.$value.as_ref());
                integer(number, $scale, $max.into(), $path)?
            }};
        }
        let soc = "/stateOfCharge/stateOfChargeValue";
        let cycles = "/numberOfFullCycles/numberOfFullCyclesValue";
        let missing = |path| move || Error::new(ErrorCode::MissingMember).at(path);
        let time = condition.state_of_charge.as_ref();
        let time = time.and_then(|soc| soc.last_update.as_deref()?.parse::<Timestamp>().ok());
        let time = time.and_then(|time| u64::try_from(time.unix()).ok());
        let temperature = condition.temperature_information.as_ref();
        let minutes = |number: Option<&Number>, path| integer(number, 1.0, u32::MAX.into(), path);
        let power = condition.remaining_power_capability.as_ref();
        let power = power.and_then(|power| {
            let value = power.value.as_ref()?;
            value.power_capability_at_percent.as_ref()
        });
        let event = |text| count_of(condition, text);
        Ok(Self {
            device_time_s: time.unwrap_or(0),
            time_quality: time.map_or(TimeQuality::Unset, |_| TimeQuality::Gateway),
            state_of_charge_permille: read!(
                state_of_charge.value_percent,
                10.0,
                1000_u16,
                "/stateOfCharge/stateOfChargeValue"
            )
            .ok_or_else(missing(soc))?,
            state_of_certified_energy_permille: read!(
                state_of_certified_energy.value_percent,
                10.0,
                1000_u16,
                "/stateOfCertifiedEnergy/stateOfCertifiedEnergyValue"
            ),
            remaining_capacity_mah: read!(
                remaining_capacity.value,
                1000.0,
                u32::MAX,
                "/remainingCapacity/remainingCapacityValue"
            ),
            remaining_energy_wh: read!(
                remaining_energy.value_kwh,
                1000.0,
                u32::MAX,
                "/remainingEnergy/remainingEnergyValue"
            ),
            remaining_power_w: match watts_per_percent(ratings) {
                Some(scale) => integer(
                    power,
                    scale,
                    u32::MAX.into(),
                    "/remainingPowerCapability/remainingPowerCapabilityValue/powerCapabilityAt",
                )?,
                None => None,
            },
            round_trip_efficiency_permille: read!(
                remaining_round_trip_energy_efficiency.value_percent,
                10.0,
                1000_u16,
                "/remainingRoundTripEnergyEfficiency/remainingRoundTripEnergyEfficiencyValue"
            ),
            self_discharge_ppm_per_month: read!(
                current_self_discharging_rate.value_percent,
                10_000.0,
                1_000_000_u32,
                "/currentSelfDischargingRate/currentSelfDischargingRateValue"
            ),
            time_above_limit_min: minutes(
                temperature.and_then(|t| t.time_extreme_high_min.as_ref()),
                "/temperatureInformation/timeExtremeHighTemp",
            )?,
            time_below_limit_min: minutes(
                temperature.and_then(|t| t.time_extreme_low_min.as_ref()),
                "/temperatureInformation/timeExtremeLowTemp",
            )?,
            time_above_limit_charging_min: minutes(
                temperature.and_then(|t| t.time_extreme_high_charging_min.as_ref()),
                "/temperatureInformation/timeExtremeHighTempCharging",
            )?,
            time_below_limit_charging_min: minutes(
                temperature.and_then(|t| t.time_extreme_low_charging_min.as_ref()),
                "/temperatureInformation/timeExtremeLowTempCharging",
            )?,
            full_cycles: read!(
                number_of_full_cycles.value,
                1.0,
                u32::MAX,
                "/numberOfFullCycles/numberOfFullCyclesValue"
            )
            .ok_or_else(missing(cycles))?,
            energy_throughput_wh: read!(
                energy_throughput.value_kwh,
                1000.0,
                MAX_THROUGHPUT,
                "/energyThroughput/energyThroughputValue"
            ),
            capacity_throughput_mah: read!(
                capacity_throughput.value_ah,
                1000.0,
                MAX_THROUGHPUT,
                "/capacityThroughput/capacityThroughputValue"
            ),
            deep_discharge_events: read!(
                number_of_deep_discharge_events.value,
                1.0,
                u32::MAX,
                "/numberOfDeepDischargeEvents/numberOfDeepDischargeEventsValue"
            ),
            overcharge_events: read!(
                number_of_overcharge_events.value,
                1.0,
                u32::MAX,
                "/numberOfOverchargeEvents/numberOfOverchargeEventsValue"
            ),
            over_temperature_events: event(OVER_TEMPERATURE),
            over_current_events: event(OVER_CURRENT),
            accident_events: event(ACCIDENTS),
            ..Self::default()
        })
    }

    fn power_percent(&self, ratings: Option<&BatteryTechnicalProperties>) -> Option<Number> {
        let percent = f64::from(self.remaining_power_w?) / watts_per_percent(ratings)?;
        rounded(percent, 100.0)
    }

    fn self_discharge_evolution(
        &self,
        ratings: Option<&BatteryTechnicalProperties>,
    ) -> Option<Number> {
        let initial = ratings?.initial_self_discharge_percent_per_month.as_ref()?;
        let now = f64::from(self.self_discharge_ppm_per_month?) / 10_000.0;
        rounded(now - initial.as_f64()?, 10_000.0)
    }

    fn temperature_information(&self, when: &str) -> Option<TemperatureInformation> {
        let times = [
            self.time_above_limit_min,
            self.time_below_limit_min,
            self.time_above_limit_charging_min,
            self.time_below_limit_charging_min,
        ];
        if times.iter().all(Option::is_none) {
            return None;
        }
        let [high, low, high_charging, low_charging] = times.map(|time| time.map(Number::from));
        Some(TemperatureInformation {
            time_extreme_high_min: high,
            time_extreme_low_min: low,
            time_extreme_high_charging_min: high_charging,
            time_extreme_low_charging_min: low_charging,
            last_update: Some(when.into()),
            ..TemperatureInformation::default()
        })
    }

    /// The counts that the data model has free text for. A count of zero is no event.
    fn negative_events(&self, when: &str) -> Option<Vec<NegativeEvent>> {
        let counts = [
            (OVER_TEMPERATURE, self.over_temperature_events),
            (OVER_CURRENT, self.over_current_events),
            (ACCIDENTS, self.accident_events),
        ];
        if counts.iter().all(|(_, count)| count.is_none()) {
            return None;
        }
        let counted = counts.into_iter().filter_map(|(text, count)| {
            let count = count.filter(|count| *count > 0)?;
            Some(NegativeEvent {
                negative_event: Some(format!("{text}{count}")),
                last_update: Some(when.into()),
                ..NegativeEvent::default()
            })
        });
        Some(counted.collect())
    }
}

/// Watts that are one percent of the rated maximum power, which is in kilowatts.
fn watts_per_percent(ratings: Option<&BatteryTechnicalProperties>) -> Option<f64> {
    let rated_kw = ratings?.rated_maximum_power_kw.as_ref()?.as_f64()?;
    (rated_kw > 0.0).then_some(rated_kw * 10.0)
}

fn is_count(event: &NegativeEvent) -> bool {
    let text = event.negative_event.as_deref().unwrap_or_default();
    [OVER_TEMPERATURE, OVER_CURRENT, ACCIDENTS]
        .iter()
        .any(|kind| text.starts_with(kind))
}

fn count_of(condition: &BatteryCondition, kind: &str) -> Option<u32> {
    let mut events = condition.negative_events.iter().flatten();
    events.find_map(|event| {
        let text = event.negative_event.as_deref()?;
        text.strip_prefix(kind)?.parse().ok()
    })
}

/// A number of units as a decimal number of units `scale` times as large: an integer where it is one,
/// otherwise the nearest binary64, which is exact in its first 15 digits.
fn decimal(value: u64, scale: u32) -> Number {
    let whole = value / u64::from(scale);
    #[allow(clippy::cast_precision_loss, reason = "values have at most 15 digits")]
    let exact = || Number::from_f64(value as f64 / f64::from(scale));
    match value % u64::from(scale) {
        0 => whole.into(),
        _ => exact().unwrap_or_else(|| whole.into()),
    }
}

/// A number rounded to one `parts`-th.
fn rounded(value: f64, parts: f64) -> Option<Number> {
    let scaled = nearest(value * parts);
    let number = scaled / parts;
    // -0.0 + 0.0 is 0.0.
    Number::from_f64(number + 0.0)
}

/// `f64::round` needs std; values here are far below 2^52.
fn nearest(value: f64) -> f64 {
    const SHIFT: f64 = 6_755_399_441_055_744.0; // 1.5 * 2^52: the next integer is the next number
    value + SHIFT - SHIFT
}

/// A decimal number as a whole number of units `1 / scale` as large, rounded to the nearest.
fn integer<T: TryFrom<u64>>(
    number: Option<&Number>,
    scale: f64,
    max: u64,
    path: &str,
) -> Result<Option<T>> {
    let Some(number) = number else {
        return Ok(None);
    };
    let refused = || Error::new(ErrorCode::OutOfRange).at(path);
    let value = number.as_f64().map(|value| value * scale);
    #[allow(clippy::cast_precision_loss, reason = "maxima have at most 15 digits")]
    let value = value
        .filter(|value| *value >= 0.0 && *value < max as f64 + 0.5)
        .ok_or_else(refused)?;
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked above: not negative and at most the maximum"
    )]
    let value = (nearest(value) as u64).min(max);
    T::try_from(value).map(Some).map_err(|_| refused())
}
