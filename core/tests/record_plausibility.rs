//! Each rule of plausibility has a pair of records that break it and nothing else, and a pair next to
//! it that does not: a rule that is skipped, or whose bound moves, is noticed by the test of its name.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "alloc")]

use batterypass::record::plausibility::{FIRST_TIME_S, Options, Rates, Rule, check};
use batterypass::record::{MAX_THROUGHPUT, Record, TimeQuality};
use batterypass::report::Severity;
use batterypass::time::Timestamp;

const NOON: u64 = 1_800_000_000;
const RATES: Rates = Rates {
    max_current_ma: 210_000,
    max_power_w: 180_000,
};

/// The record before, and one a minute later: both are possible, and every field is known.
fn pair() -> (Record, Record) {
    let before = Record {
        sequence: 7,
        device_time_s: NOON,
        time_quality: TimeQuality::Gateway,
        state_of_charge_permille: 734,
        state_of_certified_energy_permille: Some(962),
        remaining_capacity_mah: Some(202_020),
        remaining_energy_wh: Some(70_700),
        remaining_power_w: Some(178_920),
        round_trip_efficiency_permille: Some(952),
        self_discharge_ppm_per_month: Some(19_000),
        internal_resistance_uohm: Some(52_700),
        pack_voltage_mv: 362_400,
        cell_voltage_min_mv: 3769,
        cell_voltage_max_mv: 3781,
        current_ma: -85_000,
        temperatures_ddegc: [271, 284].into_iter().collect(),
        time_above_limit_min: Some(38),
        time_below_limit_min: Some(412),
        time_above_limit_charging_min: Some(6),
        time_below_limit_charging_min: Some(17),
        full_cycles: 213,
        energy_throughput_wh: Some(31_950_000),
        capacity_throughput_mah: Some(91_270_000),
        deep_discharge_events: Some(2),
        overcharge_events: Some(3),
        over_temperature_events: Some(4),
        over_current_events: Some(5),
        accident_events: Some(1),
    };
    let now = Record {
        sequence: 8,
        device_time_s: NOON + 60,
        ..before.clone()
    };
    (before, now)
}

type Change = fn(before: &mut Record, now: &mut Record);

fn broken(change: Change) -> Vec<Rule> {
    let (mut before, mut now) = pair();
    change(&mut before, &mut now);
    let options = Options {
        received_at: Some(Timestamp::from_unix(1_800_000_100).unwrap()),
        rates: Some(RATES),
    };
    check(&now, Some(&before), &options).rules().collect()
}

macro_rules! rules {
    ($($name:ident $rule:ident: $breaks:expr, $holds:expr;)*) => {
        $(#[test]
        fn $name() {
            assert_eq!(broken($breaks), [Rule::$rule]);
            assert_eq!(broken($holds), []);
        })*

        const TESTED: &[Rule] = &[$(Rule::$rule,)*];
    };
}

rules! {
    time_range TimeRange:
        |_, r| { r.time_quality = TimeQuality::Unset; r.device_time_s = 253_402_300_800 },
        |_, r| { r.time_quality = TimeQuality::Unset; r.device_time_s = 253_402_300_799 };
    state_of_charge_range StateOfChargeRange:
        |_, r| r.state_of_charge_permille = 1001, |_, r| r.state_of_charge_permille = 1000;
    state_of_certified_energy_range StateOfCertifiedEnergyRange:
        |_, r| r.state_of_certified_energy_permille = Some(1001),
        |_, r| r.state_of_certified_energy_permille = Some(1000);
    round_trip_efficiency_range RoundTripEfficiencyRange:
        |_, r| r.round_trip_efficiency_permille = Some(1001),
        |_, r| r.round_trip_efficiency_permille = Some(1000);
    self_discharge_range SelfDischargeRange:
        |_, r| r.self_discharge_ppm_per_month = Some(1_000_001),
        |_, r| r.self_discharge_ppm_per_month = Some(1_000_000);
    cell_voltage_order CellVoltageOrder:
        |_, r| r.cell_voltage_min_mv = 3782, |_, r| r.cell_voltage_min_mv = 3781;
    temperature_range_above TemperatureRange:
        |_, r| r.temperatures_ddegc[1] = 2001, |_, r| r.temperatures_ddegc[1] = 2000;
    temperature_range_below TemperatureRange:
        |_, r| r.temperatures_ddegc[0] = -1001, |_, r| r.temperatures_ddegc[0] = -1000;
    energy_throughput_range EnergyThroughputRange:
        |b, r| { energy(b, r, MAX_THROUGHPUT); r.energy_throughput_wh = Some(MAX_THROUGHPUT + 1) },
        |b, r| energy(b, r, MAX_THROUGHPUT);
    capacity_throughput_range CapacityThroughputRange:
        |b, r| { charge(b, r, MAX_THROUGHPUT); r.capacity_throughput_mah = Some(MAX_THROUGHPUT + 1) },
        |b, r| charge(b, r, MAX_THROUGHPUT);
    time_too_early TimeTooEarly:
        |b, r| { b.time_quality = TimeQuality::Unset; r.device_time_s = FIRST_TIME_S - 1 },
        |b, r| { b.time_quality = TimeQuality::Unset; r.device_time_s = FIRST_TIME_S };
    time_in_future TimeInFuture:
        |_, r| r.device_time_s = 1_800_000_401, |_, r| r.device_time_s = 1_800_000_400;
    charging_above_limit ChargingAboveLimit:
        |b, r| { b.time_above_limit_charging_min = Some(38); r.time_above_limit_charging_min = Some(39) },
        |b, r| { b.time_above_limit_charging_min = Some(38); r.time_above_limit_charging_min = Some(38) };
    charging_below_limit ChargingBelowLimit:
        |b, r| { b.time_below_limit_charging_min = Some(412); r.time_below_limit_charging_min = Some(413) },
        |b, r| { b.time_below_limit_charging_min = Some(412); r.time_below_limit_charging_min = Some(412) };
    pack_below_cell PackBelowCell:
        |b, r| { voltages_alone(b, r); r.pack_voltage_mv = 3780 },
        |b, r| { voltages_alone(b, r); r.pack_voltage_mv = 3781 };
    a_switched_off_pack_is_not_below_its_cells PackBelowCell:
        |b, r| { voltages_alone(b, r); r.pack_voltage_mv = 1 }, |_, r| r.pack_voltage_mv = 0;
    energy_in_kwh_is_noticed MeanVoltage:
        |b, r| energy(b, r, 31_950), |b, r| energy(b, r, 16_538_125);
    energy_in_mwh_is_noticed MeanVoltage:
        |b, r| energy(b, r, 31_950_000_000), |b, r| energy(b, r, 66_152_496);
    capacity_in_ah_is_noticed CycleCapacity:
        |b, r| { charge(b, r, 91_270); energy(b, r, 31_950) },
        |b, r| { charge(b, r, 21_515_130); energy(b, r, 7_800_000) };
    capacity_in_mas_is_noticed CycleCapacity:
        |b, r| { charge(b, r, 91_270_000 * 3600); energy(b, r, 31_950_000 * 3600) },
        |b, r| { charge(b, r, 344_242_080); energy(b, r, 120_000_000) };
    remaining_energy_in_kwh_is_noticed RemainingVoltage:
        |_, r| r.remaining_energy_wh = Some(70), |_, r| r.remaining_energy_wh = Some(36_602);
    sequence Sequence:
        |b, r| r.sequence = b.sequence, |b, r| r.sequence = b.sequence + 1;
    sequence_of_a_device_that_began_again Sequence:
        |_, r| r.sequence = 0, |_, _| ();
    gateway_time_fell TimeFell:
        |_, r| r.device_time_s = NOON - 61, |_, r| r.device_time_s = NOON - 60;
    synchronised_time_fell TimeFell:
        |b, r| { synchronised(b, r); r.device_time_s = NOON - 2 },
        |b, r| { synchronised(b, r); r.device_time_s = NOON - 1 };
    time_above_limit_fell TimeAboveLimitFell:
        |_, r| r.time_above_limit_min = Some(37), |_, _| ();
    time_below_limit_fell TimeBelowLimitFell:
        |_, r| r.time_below_limit_min = Some(411), |_, _| ();
    time_above_limit_charging_fell TimeAboveLimitChargingFell:
        |_, r| r.time_above_limit_charging_min = Some(5), |_, _| ();
    time_below_limit_charging_fell TimeBelowLimitChargingFell:
        |_, r| r.time_below_limit_charging_min = Some(16), |_, _| ();
    full_cycles_fell FullCyclesFell:
        |_, r| r.full_cycles = 212, |_, _| ();
    energy_throughput_fell EnergyThroughputFell:
        |_, r| r.energy_throughput_wh = Some(31_949_999), |_, _| ();
    capacity_throughput_fell CapacityThroughputFell:
        |_, r| r.capacity_throughput_mah = Some(91_269_999), |_, _| ();
    deep_discharge_fell DeepDischargeFell:
        |_, r| r.deep_discharge_events = Some(1), |_, _| ();
    overcharge_fell OverchargeFell:
        |_, r| r.overcharge_events = Some(2), |_, _| ();
    over_temperature_fell OverTemperatureFell:
        |_, r| r.over_temperature_events = Some(3), |_, _| ();
    over_current_fell OverCurrentFell:
        |_, r| r.over_current_events = Some(4), |_, _| ();
    accident_fell AccidentFell:
        |_, r| r.accident_events = Some(0), |_, _| ();
    what_was_counted_stays_counted AccidentFell:
        |_, r| r.accident_events = None, |b, r| { b.accident_events = None; r.accident_events = None };
    // A minute between the records, a minute that a clock may step, and a minute of rounding.
    time_above_limit_rate TimeAboveLimitRate:
        |_, r| r.time_above_limit_min = Some(42), |_, r| r.time_above_limit_min = Some(41);
    time_below_limit_rate TimeBelowLimitRate:
        |_, r| r.time_below_limit_min = Some(416), |_, r| r.time_below_limit_min = Some(415);
    time_above_limit_charging_rate TimeAboveLimitChargingRate:
        |_, r| r.time_above_limit_charging_min = Some(10), |_, r| r.time_above_limit_charging_min = Some(9);
    time_below_limit_charging_rate TimeBelowLimitChargingRate:
        |_, r| r.time_below_limit_charging_min = Some(21), |_, r| r.time_below_limit_charging_min = Some(20);
    energy_throughput_rate EnergyThroughputRate:
        |_, r| r.energy_throughput_wh = Some(31_956_002), |_, r| r.energy_throughput_wh = Some(31_956_001);
    capacity_throughput_rate CapacityThroughputRate:
        |_, r| r.capacity_throughput_mah = Some(91_277_002), |_, r| r.capacity_throughput_mah = Some(91_277_001);
}

/// The same energy throughput before and now.
fn energy(before: &mut Record, now: &mut Record, wh: u64) {
    if wh == MAX_THROUGHPUT {
        // Nothing to compare it with.
        before.capacity_throughput_mah = None;
        now.capacity_throughput_mah = None;
    }
    before.energy_throughput_wh = Some(wh);
    now.energy_throughput_wh = Some(wh);
}

/// The same capacity throughput before and now.
fn charge(before: &mut Record, now: &mut Record, mah: u64) {
    if mah == MAX_THROUGHPUT {
        before.energy_throughput_wh = None;
        now.energy_throughput_wh = None;
        now.remaining_capacity_mah = None;
    }
    before.capacity_throughput_mah = Some(mah);
    now.capacity_throughput_mah = Some(mah);
}

/// Takes away what else the pack's voltage is compared with.
fn voltages_alone(before: &mut Record, now: &mut Record) {
    before.energy_throughput_wh = None;
    now.energy_throughput_wh = None;
    now.remaining_energy_wh = None;
}

fn synchronised(before: &mut Record, now: &mut Record) {
    before.time_quality = TimeQuality::Synchronised;
    now.time_quality = TimeQuality::Synchronised;
}

#[test]
fn every_rule_has_a_test() {
    for rule in Rule::ALL {
        assert!(TESTED.contains(rule), "{rule:?}");
    }
    assert_eq!(Rule::ALL.len(), 37);
}

#[test]
fn every_finding_is_reported_with_its_path() {
    let (before, mut now) = pair();
    now.sequence = 1;
    now.state_of_charge_permille = 1001;
    now.full_cycles = 0;
    now.energy_throughput_wh = Some(31_950_001);
    now.remaining_energy_wh = Some(70);
    let report = check(&now, Some(&before), &Options::default());
    assert!(!report.ok());
    let found: Vec<_> = report
        .findings()
        .into_iter()
        .map(|f| (f.code.as_str(), f.path, f.severity))
        .collect();
    assert_eq!(
        found,
        [
            (
                "out_of_range",
                "/state_of_charge_permille".into(),
                Severity::Error
            ),
            (
                "doubtful_unit",
                "/remaining_energy_wh".into(),
                Severity::Warning
            ),
            (
                "sequence_not_increasing",
                "/sequence".into(),
                Severity::Error
            ),
            ("counter_fell", "/full_cycles".into(), Severity::Error),
        ]
    );
}

#[test]
fn a_doubt_is_no_refusal() {
    for rule in Rule::ALL {
        let doubt = matches!(
            rule,
            Rule::PackBelowCell | Rule::MeanVoltage | Rule::CycleCapacity | Rule::RemainingVoltage
        );
        assert_eq!(rule.is_error(), !doubt, "{rule:?}");
    }
    let (_, mut now) = pair();
    now.remaining_energy_wh = Some(70);
    assert!(check(&now, None, &Options::default()).ok());
}

/// A device that restarts without the time counts from its boot, which tells nothing about the order.
#[test]
fn a_device_without_the_time_is_not_compared() {
    let unset: Change = |_, r| {
        r.time_quality = TimeQuality::Unset;
        r.device_time_s = 5;
        // Nor can the speed of a counter be judged.
        r.capacity_throughput_mah = Some(100_000_000);
    };
    assert_eq!(broken(unset), []);
    let both: Change = |b, r| {
        (b.time_quality, b.device_time_s) = (TimeQuality::Unset, 1000);
        (r.time_quality, r.device_time_s) = (TimeQuality::Unset, 5);
    };
    assert_eq!(broken(both), []);
}

#[test]
fn the_first_record_has_nothing_to_be_compared_with() {
    let (_, now) = pair();
    assert_eq!(check(&now, None, &Options::default()).findings(), []);
    let empty = Record::default();
    assert_eq!(check(&empty, None, &Options::default()).findings(), []);
}
