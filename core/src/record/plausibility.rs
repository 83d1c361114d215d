//! Rules that tell a possible record from an impossible one: within a record, and against the record
//! before. The same code runs on the chip before it signs and where records are received.
//!
//! Ranges and counters that fall are errors. A value that looks as if it were in another unit is a
//! warning: an odd battery must still be able to report.
//!
//! ```
//! use batterypass::record::Record;
//! use batterypass::record::plausibility::{Options, Rule, check};
//!
//! let before = Record { sequence: 1, full_cycles: 213, ..Record::default() };
//! let now = Record { sequence: 2, full_cycles: 21, ..Record::default() };
//! let report = check(&now, Some(&before), &Options::default());
//! assert!(!report.ok());
//! assert!(report.rules().eq([Rule::FullCyclesFell]));
//! assert_eq!(Rule::FullCyclesFell.path(), "/full_cycles");
//! ```

use super::{LAST_TIME_S, MAX_THROUGHPUT, Record, TimeQuality};
use crate::error::ErrorCode;
#[cfg(feature = "alloc")]
use crate::prelude::*;
#[cfg(feature = "alloc")]
use crate::report::{Finding, Severity};
use crate::time::Timestamp;

/// How far a device's clock may run ahead of the receiver's, in seconds.
pub const MAX_SKEW_S: u64 = 300;
/// How far a clock that a gateway sets may step back between two records, in seconds.
pub const MAX_STEP_S: u64 = 60;
/// 2023-08-17T00:00:00Z: Regulation (EU) 2023/1542 entered into force (Art. 96(1)). No record of a
/// passport is older.
pub const FIRST_TIME_S: u64 = 1_692_230_400;

/// What else is known beside the records.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Options {
    /// When the record was received; for [`Rule::TimeInFuture`].
    pub received_at: Option<Timestamp>,
    /// What the battery can do at most; for the rules on how fast a counter grows. They need the time
    /// of both records. Not for a device whose clock and counters do not run at the same speed.
    pub rates: Option<Rates>,
}

/// What a battery can do at most.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Rates {
    /// Largest current in either direction, in mA.
    pub max_current_ma: u32,
    /// Largest power in either direction, in W.
    pub max_power_w: u32,
}

macro_rules! rules {
    ($($name:ident $code:ident $severity:ident $path:literal $sentence:literal;)*) => {
        /// A rule. Its number is its place in the list, from 0; numbers are never used again.
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        #[non_exhaustive]
        pub enum Rule {
            $(#[doc = $sentence] $name,)*
        }

        impl Rule {
            /// Every rule, by its number.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Returns the code of the finding.
            pub const fn code(self) -> ErrorCode {
                match self { $(Self::$name => ErrorCode::$code,)* }
            }

            /// Returns the JSON Pointer of the field.
            pub const fn path(self) -> &'static str {
                PATHS[self as usize]
            }

            /// Says what is wrong, in English.
            pub const fn sentence(self) -> &'static str {
                match self { $(Self::$name => $sentence,)* }
            }
        }

        const PATHS: [&str; Rule::ALL.len()] = [$($path,)*];
        /// The rules that are errors. The others are warnings.
        const ERRORS: u64 = 0 $(| rules!(@$severity Rule::$name))*;
    };
    (@Error $rule:path) => { 1 << $rule as u64 };
    (@Warning $rule:path) => { 0 };
}

rules! {
    TimeRange OutOfRange Error "/device_time_s" "the time is after the year 9999";
    StateOfChargeRange OutOfRange Error "/state_of_charge_permille" "a state of charge is 0 to 1000 per mille";
    StateOfCertifiedEnergyRange OutOfRange Error "/state_of_certified_energy_permille" "a state of certified energy is 0 to 1000 per mille";
    RoundTripEfficiencyRange OutOfRange Error "/round_trip_efficiency_permille" "an efficiency is 0 to 1000 per mille";
    SelfDischargeRange OutOfRange Error "/self_discharge_ppm_per_month" "a battery cannot lose more than its capacity";
    CellVoltageOrder OutOfRange Error "/cell_voltage_min_mv" "the lowest cell voltage is above the highest";
    TemperatureRange OutOfRange Error "/temperatures_ddegc" "a temperature is -100.0 to 200.0 degrees Celsius";
    EnergyThroughputRange OutOfRange Error "/energy_throughput_wh" "more than 10^15 - 1 Wh";
    CapacityThroughputRange OutOfRange Error "/capacity_throughput_mah" "more than 10^15 - 1 mAh";
    TimeTooEarly OutOfRange Error "/device_time_s" "the time is before Regulation (EU) 2023/1542 was in force";
    TimeInFuture InTheFuture Error "/device_time_s" "the time is after the receipt";
    ChargingAboveLimit Inconsistent Error "/time_above_limit_charging_min" "more time charging above the limit than above the limit";
    ChargingBelowLimit Inconsistent Error "/time_below_limit_charging_min" "more time charging below the limit than below the limit";
    PackBelowCell Inconsistent Warning "/pack_voltage_mv" "the pack's voltage is below that of its highest cell";
    MeanVoltage DoubtfulUnit Warning "/energy_throughput_wh" "energy over charge is less than half or more than twice the pack's voltage: kWh for Wh, or Ah for mAh?";
    CycleCapacity DoubtfulUnit Warning "/capacity_throughput_mah" "charge over cycles is less than a quarter or more than four times of twice the capacity: Ah for mAh?";
    RemainingVoltage DoubtfulUnit Warning "/remaining_energy_wh" "remaining energy over capacity is less than half or more than twice the pack's voltage: kWh for Wh, or Ah for mAh?";
    Sequence SequenceNotIncreasing Error "/sequence" "not above the sequence number of the record before";
    TimeFell TimeFell Error "/device_time_s" "earlier than the record before";
    FullCyclesFell CounterFell Error "/full_cycles" "lower than in the record before, or missing now";
    EnergyThroughputFell CounterFell Error "/energy_throughput_wh" "lower than in the record before, or missing now";
    CapacityThroughputFell CounterFell Error "/capacity_throughput_mah" "lower than in the record before, or missing now";
    TimeAboveLimitFell CounterFell Error "/time_above_limit_min" "lower than in the record before, or missing now";
    TimeBelowLimitFell CounterFell Error "/time_below_limit_min" "lower than in the record before, or missing now";
    TimeAboveLimitChargingFell CounterFell Error "/time_above_limit_charging_min" "lower than in the record before, or missing now";
    TimeBelowLimitChargingFell CounterFell Error "/time_below_limit_charging_min" "lower than in the record before, or missing now";
    DeepDischargeFell CounterFell Error "/deep_discharge_events" "lower than in the record before, or missing now";
    OverchargeFell CounterFell Error "/overcharge_events" "lower than in the record before, or missing now";
    OverTemperatureFell CounterFell Error "/over_temperature_events" "lower than in the record before, or missing now";
    OverCurrentFell CounterFell Error "/over_current_events" "lower than in the record before, or missing now";
    AccidentFell CounterFell Error "/accident_events" "lower than in the record before, or missing now";
    TimeAboveLimitRate RateImpossible Error "/time_above_limit_min" "grew by more than the time that passed";
    TimeBelowLimitRate RateImpossible Error "/time_below_limit_min" "grew by more than the time that passed";
    TimeAboveLimitChargingRate RateImpossible Error "/time_above_limit_charging_min" "grew by more than the time that passed";
    TimeBelowLimitChargingRate RateImpossible Error "/time_below_limit_charging_min" "grew by more than the time that passed";
    EnergyThroughputRate RateImpossible Error "/energy_throughput_wh" "grew by more than the largest power gives in the time that passed";
    CapacityThroughputRate RateImpossible Error "/capacity_throughput_mah" "grew by more than the largest current gives in the time that passed";
}

impl Rule {
    /// Tells whether a record that breaks the rule is refused. Otherwise it is a warning.
    pub const fn is_error(self) -> bool {
        ERRORS & self.bit() != 0
    }

    const fn bit(self) -> u64 {
        1 << self as u64
    }
}

/// The rules that do not hold; every one, not only the first.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Report(u64);

impl Report {
    /// Tells whether no rule that is an error is broken.
    pub const fn ok(self) -> bool {
        self.0 & ERRORS == 0
    }

    /// Returns the broken rules by their number.
    pub fn rules(self) -> impl Iterator<Item = Rule> {
        let broken = move |rule: &Rule| self.0 & rule.bit() != 0;
        Rule::ALL.iter().copied().filter(broken)
    }

    /// Returns the findings, warnings included.
    #[cfg(feature = "alloc")]
    pub fn findings(self) -> Vec<Finding> {
        let finding = |rule: Rule| Finding {
            code: rule.code(),
            severity: match rule.is_error() {
                true => Severity::Error,
                false => Severity::Warning,
            },
            path: rule.path().into(),
            detail: rule.sentence().into(),
            reference: "batterypass record, version 1",
        };
        self.rules().map(finding).collect()
    }

    fn note(&mut self, rule: Rule, broken: bool) {
        if broken {
            self.0 |= rule.bit();
        }
    }
}

/// Checks a record by itself and, where there is one, against the record before it of the same device
/// key.
///
/// Between records: the sequence number rises; the time does not fall where both records have the
/// time (by up to [`MAX_STEP_S`] where a gateway sets it, by a second where both are synchronised); no
/// counter falls, and what was counted once stays counted. A device without the time counts from its
/// boot, so its time may fall.
pub fn check(record: &Record, previous: Option<&Record>, options: &Options) -> Report {
    let mut report = Report(ranges(record));
    within(record, options, &mut report);
    if let Some(before) = previous {
        between(record, before, &mut report);
        if let Some(rates) = &options.rates {
            growth(record, before, rates, &mut report);
        }
    }
    report
}

/// How many rules are ranges: the first ones.
const RANGES: usize = Rule::CapacityThroughputRange as usize + 1;

/// Returns the path of the first field outside its range.
pub(super) fn out_of_range(record: &Record) -> Option<&'static str> {
    // A table of its own: a chip that only encodes does not need the paths of all rules.
    static RANGE_PATHS: [&str; RANGES] = {
        let mut paths = [""; RANGES];
        let mut i = 0;
        while i < RANGES {
            paths[i] = PATHS[i];
            i += 1;
        }
        paths
    };
    RANGE_PATHS
        .get(ranges(record).trailing_zeros() as usize)
        .copied()
}

fn ranges(record: &Record) -> u64 {
    // `None` is less than any value.
    let mut report = Report::default();
    report.note(Rule::TimeRange, record.device_time_s > LAST_TIME_S);
    report.note(
        Rule::StateOfChargeRange,
        record.state_of_charge_permille > 1000,
    );
    report.note(
        Rule::StateOfCertifiedEnergyRange,
        record.state_of_certified_energy_permille > Some(1000),
    );
    report.note(
        Rule::RoundTripEfficiencyRange,
        record.round_trip_efficiency_permille > Some(1000),
    );
    report.note(
        Rule::SelfDischargeRange,
        record.self_discharge_ppm_per_month > Some(1_000_000),
    );
    report.note(
        Rule::CellVoltageOrder,
        record.cell_voltage_min_mv > record.cell_voltage_max_mv,
    );
    let mut temperatures = record.temperatures_ddegc.iter();
    report.note(
        Rule::TemperatureRange,
        temperatures.any(|value| !(-1000..=2000).contains(value)),
    );
    report.note(
        Rule::EnergyThroughputRange,
        record.energy_throughput_wh > Some(MAX_THROUGHPUT),
    );
    report.note(
        Rule::CapacityThroughputRange,
        record.capacity_throughput_mah > Some(MAX_THROUGHPUT),
    );
    report.0
}

fn within(record: &Record, options: &Options, report: &mut Report) {
    let time = known_time(record);
    report.note(
        Rule::TimeTooEarly,
        time.is_some_and(|time| time < FIRST_TIME_S),
    );
    let latest = options.received_at.map(|received| {
        let received = u64::try_from(received.unix()).unwrap_or(0);
        received.saturating_add(MAX_SKEW_S)
    });
    report.note(
        Rule::TimeInFuture,
        latest.is_some_and(|latest| time.is_some_and(|time| time > latest)),
    );
    report.note(
        Rule::ChargingAboveLimit,
        record.time_above_limit_charging_min > record.time_above_limit_min,
    );
    report.note(
        Rule::ChargingBelowLimit,
        record.time_below_limit_charging_min > record.time_below_limit_min,
    );
    doubts(record, report);
}

/// Values that contradict each other in a way that a wrong unit would explain.
fn doubts(record: &Record, report: &mut Report) {
    let voltage = u64::from(record.pack_voltage_mv);
    // 0 V: the pack is switched off and measured behind its contactors.
    report.note(
        Rule::PackBelowCell,
        voltage > 0 && voltage < u64::from(record.cell_voltage_max_mv),
    );
    report.note(
        Rule::MeanVoltage,
        !is_voltage(
            record.energy_throughput_wh,
            record.capacity_throughput_mah,
            voltage,
        ),
    );
    report.note(
        Rule::RemainingVoltage,
        !is_voltage(
            record.remaining_energy_wh.map(u64::from),
            record.remaining_capacity_mah.map(u64::from),
            voltage,
        ),
    );
    let cycles = u64::from(record.full_cycles);
    if let (Some(charge), Some(capacity)) = (
        record.capacity_throughput_mah,
        record.remaining_capacity_mah,
    ) && cycles >= 10
        && capacity > 0
    {
        // In and out: a cycle moves the capacity twice.
        let expected = (cycles * 2).saturating_mul(capacity.into());
        report.note(
            Rule::CycleCapacity,
            charge < expected / 4 || charge / 4 > expected,
        );
    }
}

/// Tells whether energy over charge is about the voltage, or cannot tell: less than 10 Ah say little.
fn is_voltage(energy_wh: Option<u64>, charge_mah: Option<u64>, voltage_mv: u64) -> bool {
    let (Some(energy), Some(charge)) = (energy_wh, charge_mah) else {
        return true;
    };
    if charge < 10_000 || voltage_mv == 0 {
        return true;
    }
    // Wh / mAh = kV. Divided first, the products stay below 2^64 for every charge and voltage.
    let expected = (charge / 1000).saturating_mul(voltage_mv) / 1000;
    energy >= expected / 2 && energy / 2 <= expected.saturating_add(1)
}

fn between(record: &Record, before: &Record, report: &mut Report) {
    report.note(Rule::Sequence, record.sequence <= before.sequence);
    let synchronised = |record: &Record| record.time_quality == TimeQuality::Synchronised;
    let step = match synchronised(record) && synchronised(before) {
        true => 1,
        false => MAX_STEP_S,
    };
    if let (Some(now), Some(then)) = (known_time(record), known_time(before)) {
        report.note(Rule::TimeFell, now.saturating_add(step) < then);
    }
    // `None` is less than any count: what was counted once stays counted.
    let (now, then) = (counts(record), counts(before));
    let mut fell = 0_u32;
    for (now, then) in now.iter().zip(&then).rev() {
        fell = fell << 1 | u32::from(now < then);
    }
    report.0 |= u64::from(fell) << Rule::TimeAboveLimitFell as u64;
    report.note(
        Rule::FullCyclesFell,
        record.full_cycles < before.full_cycles,
    );
    report.note(
        Rule::EnergyThroughputFell,
        record.energy_throughput_wh < before.energy_throughput_wh,
    );
    report.note(
        Rule::CapacityThroughputFell,
        record.capacity_throughput_mah < before.capacity_throughput_mah,
    );
}

fn growth(record: &Record, before: &Record, rates: &Rates, report: &mut Report) {
    let (Some(now), Some(then)) = (known_time(record), known_time(before)) else {
        return;
    };
    let elapsed_s = now.saturating_sub(then).saturating_add(MAX_STEP_S);
    // Each counter rounds down, so it may gain one unit more.
    let minutes = elapsed_s / 60 + 1;
    let in_hours = |rate: u32| u64::from(rate).saturating_mul(elapsed_s) / 3600 + 1;
    let mut limit = |rule, now: Option<u64>, then: Option<u64>, most: u64| {
        if let (Some(now), Some(then)) = (now, then) {
            report.note(rule, now.saturating_sub(then) > most);
        }
    };
    let times = [
        Rule::TimeAboveLimitRate,
        Rule::TimeBelowLimitRate,
        Rule::TimeAboveLimitChargingRate,
        Rule::TimeBelowLimitChargingRate,
    ];
    let pairs = counts(record).into_iter().zip(counts(before));
    for (rule, (now, then)) in times.into_iter().zip(pairs) {
        limit(rule, now.map(u64::from), then.map(u64::from), minutes);
    }
    limit(
        Rule::EnergyThroughputRate,
        record.energy_throughput_wh,
        before.energy_throughput_wh,
        in_hours(rates.max_power_w),
    );
    limit(
        Rule::CapacityThroughputRate,
        record.capacity_throughput_mah,
        before.capacity_throughput_mah,
        in_hours(rates.max_current_ma),
    );
}

fn known_time(record: &Record) -> Option<u64> {
    (record.time_quality != TimeQuality::Unset).then_some(record.device_time_s)
}

/// What only grows and has 32 bits, in the order of the rules from [`Rule::TimeAboveLimitFell`] on. By
/// reference, which takes a chip the least code.
#[inline(never)]
fn counts(record: &Record) -> [&Option<u32>; 9] {
    [
        &record.time_above_limit_min,
        &record.time_below_limit_min,
        &record.time_above_limit_charging_min,
        &record.time_below_limit_charging_min,
        &record.deep_discharge_events,
        &record.overcharge_events,
        &record.over_temperature_events,
        &record.over_current_events,
        &record.accident_events,
    ]
}
