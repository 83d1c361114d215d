//! What the accumulator counts is the exact integral of its samples, rounded down to one unit.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "std")]

use batterypass::ErrorCode;
use batterypass::accumulator::{
    Accumulator, Config, Limit, MAX_GAP_MS, MAX_STATE_LEN, Sample, State, Totals,
};
use batterypass::record::{MAX_THROUGHPUT, Record};
use proptest::prelude::*;

const CONFIG: Config = Config {
    rated_capacity_mah: 100_000,
    max_gap_ms: MAX_GAP_MS,
    over_current_ma: Limit {
        beyond: 500_000,
        within: 400_000,
    },
    ..Config::LITHIUM_ION
};
const CALM: Sample = Sample {
    current_ma: Some(-100_000),
    pack_mv: Some(350_000),
    cell_mv: Some((3600, 3650)),
    temperature_ddegc: Some((200, 250)),
};
const TWENTY_YEARS_MS: u64 = 20 * 8766 * 3_600_000;

fn count(samples: impl IntoIterator<Item = (Sample, u32)>) -> Totals {
    let mut accumulator = Accumulator::new(CONFIG, State::default()).unwrap();
    for (sample, ms) in samples {
        accumulator.add(&sample, ms);
    }
    accumulator.state().totals()
}

fn to_vec(value: &impl serde::Serialize) -> Vec<u8> {
    let mut out = [0; 256];
    postcard::to_slice(value, &mut out).unwrap().to_vec()
}

fn celsius(coldest: i16, warmest: i16) -> Sample {
    Sample {
        temperature_ddegc: Some((coldest, warmest)),
        ..CALM
    }
}

/// The integrals by 128-bit arithmetic: mAms, nJ and ms, in each direction.
fn exact(samples: &[(i32, u32, u32)]) -> [u128; 4] {
    let mut sums = [0; 4];
    for &(ma, mv, ms) in samples {
        let charge = u128::from(ma.unsigned_abs()) * u128::from(ms);
        let at = usize::from(ma <= 0);
        sums[at] += charge;
        sums[2 + at] += charge * u128::from(mv);
    }
    sums
}

fn sample(ma: i32, mv: u32) -> Sample {
    Sample {
        current_ma: Some(ma),
        pack_mv: Some(mv),
        ..CALM
    }
}

fn any_samples() -> impl Strategy<Value = Vec<(i32, u32, u32)>> {
    let usual = (-300_000..300_000, 200_000..420_000_u32, 0..2000_u32);
    let any = (any::<i32>(), any::<u32>(), 0..=MAX_GAP_MS);
    prop::collection::vec(prop_oneof![4 => usual, 1 => any], 0..200)
}

proptest! {
    #[test]
    fn totals_are_the_exact_integral_rounded_down(samples in any_samples()) {
        let totals = count(samples.iter().map(|&(ma, mv, ms)| (sample(ma, mv), ms)));
        let [charge_in, charge_out, energy_in, energy_out] = exact(&samples);
        prop_assert_eq!(u128::from(totals.charged_mah), charge_in / 3_600_000);
        prop_assert_eq!(u128::from(totals.discharged_mah), charge_out / 3_600_000);
        prop_assert_eq!(u128::from(totals.charged_wh), energy_in / 3_600_000_000_000);
        prop_assert_eq!(u128::from(totals.discharged_wh), energy_out / 3_600_000_000_000);
    }

    #[test]
    fn cutting_a_sample_changes_nothing(samples in any_samples(), cuts in prop::collection::vec(0..=100_u32, 200)) {
        let whole = count(samples.iter().map(|&(ma, mv, ms)| (sample(ma, mv), ms)));
        let cut = samples.iter().zip(cuts).flat_map(|(&(ma, mv, ms), percent)| {
            let first = u32::try_from(u64::from(ms) * u64::from(percent) / 100).unwrap();
            [(sample(ma, mv), first), (sample(ma, mv), ms - first)]
        });
        prop_assert_eq!(count(cut), whole);
    }

    #[test]
    fn order_changes_no_throughput(samples in any_samples()) {
        let there = count(samples.iter().map(|&(ma, mv, ms)| (sample(ma, mv), ms)));
        let back = count(samples.iter().rev().map(|&(ma, mv, ms)| (sample(ma, mv), ms)));
        prop_assert_eq!(
            Totals { over_current_events: 0, ..there },
            Totals { over_current_events: 0, ..back }
        );
    }

    #[test]
    fn no_counter_falls_and_a_loss_of_power_changes_nothing(samples in any_samples(), temperatures in prop::collection::vec((any::<i16>(), any::<i16>()), 200)) {
        let mut accumulator = Accumulator::new(CONFIG, State::default()).unwrap();
        let mut before = Record::default();
        accumulator.fill(&mut before);
        for (&(ma, mv, ms), temperature) in samples.iter().zip(temperatures) {
            let sample = Sample { temperature_ddegc: Some(temperature), ..sample(ma, mv) };
            let stored = to_vec(accumulator.state());
            prop_assert!(stored.len() <= MAX_STATE_LEN);
            let restored = postcard::from_bytes(&stored).unwrap();
            prop_assert_eq!(&restored, accumulator.state());
            accumulator = Accumulator::new(CONFIG, restored).unwrap();
            accumulator.add(&sample, ms);
            let mut now = Record { sequence: before.sequence + 1, ..Record::default() };
            accumulator.fill(&mut now);
            let report = batterypass::record::plausibility::check(&now, Some(&before), &Default::default());
            prop_assert!(report.ok(), "{:?}", report.findings());
            before = now;
        }
    }
}

/// 100 ms at a time for a year: the error does not grow with the number of samples.
#[test]
fn there_is_no_drift() {
    let mut accumulator = Accumulator::new(CONFIG, State::default()).unwrap();
    let odd = sample(-12_347, 351_113);
    for _ in 0..3_000_000 {
        accumulator.add(&odd, 107);
    }
    let totals = accumulator.state().totals();
    let charge = 12_347_u128 * 107 * 3_000_000;
    assert_eq!(u128::from(totals.discharged_mah), charge / 3_600_000);
    let energy = charge * 351_113;
    assert_eq!(u128::from(totals.discharged_wh), energy / 3_600_000_000_000);
}

#[test]
fn twenty_years_at_the_largest_values_do_not_overflow() {
    let mut accumulator = Accumulator::new(CONFIG, State::default()).unwrap();
    let most = Sample {
        current_ma: Some(i32::MIN),
        pack_mv: Some(u32::MAX),
        temperature_ddegc: Some((-1000, 2000)),
        ..CALM
    };
    let samples = TWENTY_YEARS_MS / u64::from(MAX_GAP_MS);
    for _ in 0..samples {
        accumulator.add(&most, MAX_GAP_MS);
    }
    let totals = accumulator.state().totals();
    let charge = (1_u128 << 31) * u128::from(TWENTY_YEARS_MS);
    assert_eq!(u128::from(totals.discharged_mah), charge / 3_600_000);
    let energy = charge * u128::from(u32::MAX);
    assert_eq!(u128::from(totals.discharged_wh), energy / 3_600_000_000_000);
    assert_eq!(u64::from(totals.above_limit_min), TWENTY_YEARS_MS / 60_000);
    assert_eq!(totals.unmeasured_min, 0);
    // A record holds 10^15 - 1: 5.7 GW for twenty years. It stops there.
    let mut record = Record::default();
    accumulator.fill(&mut record);
    assert_eq!(record.energy_throughput_wh, Some(MAX_THROUGHPUT));
    assert!(record.capacity_throughput_mah.unwrap() < MAX_THROUGHPUT);
    record.validate().unwrap();
}

#[test]
fn counters_stop_at_their_largest_value() {
    let full = Totals {
        charged_mah: u64::MAX - 1,
        discharged_mah: u64::MAX - 1,
        charged_wh: u64::MAX - 1,
        discharged_wh: u64::MAX - 1,
        above_limit_min: u32::MAX,
        below_limit_min: u32::MAX,
        above_limit_charging_min: u32::MAX,
        below_limit_charging_min: u32::MAX,
        unmeasured_min: u32::MAX,
        deep_discharge_events: u32::MAX,
        overcharge_events: u32::MAX,
        over_temperature_events: u32::MAX,
        over_current_events: u32::MAX,
        accident_events: u32::MAX,
    };
    let mut accumulator = Accumulator::new(CONFIG, State::new(&full)).unwrap();
    let all = Sample {
        current_ma: Some(i32::MAX),
        pack_mv: Some(u32::MAX),
        cell_mv: Some((0, u16::MAX)),
        temperature_ddegc: Some((-1000, 2000)),
    };
    for _ in 0..3 {
        accumulator.add(&all, MAX_GAP_MS);
        accumulator.add(&CALM, MAX_GAP_MS);
        accumulator.add_accident();
    }
    let totals = accumulator.state().totals();
    assert!(totals.charged_mah >= u64::MAX - 1 && totals.discharged_wh >= u64::MAX - 1);
    assert_eq!(
        Totals {
            charged_mah: u64::MAX - 1,
            discharged_mah: u64::MAX - 1,
            charged_wh: u64::MAX - 1,
            discharged_wh: u64::MAX - 1,
            ..totals
        },
        full
    );
    let mut record = Record::default();
    accumulator.fill(&mut record);
    record.validate().unwrap();
    assert_eq!(record.full_cycles, u32::MAX);
}

#[test]
fn throughput_counts_both_directions_and_cycles_one() {
    let hour = |ma| (0..3600).map(move |_| (sample(ma, 350_000), 1000));
    let mut accumulator = Accumulator::new(CONFIG, State::default()).unwrap();
    for (sample, ms) in hour(-100_000).chain(hour(50_000)).chain(hour(-100_000)) {
        accumulator.add(&sample, ms);
    }
    let mut record = Record::default();
    accumulator.fill(&mut record);
    // 250 Ah at 350 V are 87.5 kWh.
    assert_eq!(record.capacity_throughput_mah, Some(250_000));
    assert_eq!(record.energy_throughput_wh, Some(87_500));
    assert_eq!(record.full_cycles, 2);
    let totals = accumulator.state().totals();
    assert_eq!((totals.charged_wh, totals.discharged_wh), (17_500, 70_000));
}

#[test]
fn events_count_their_edges_only() {
    let deep = Sample {
        cell_mv: Some((2750, 3000)),
        ..CALM
    };
    let recovering = Sample {
        cell_mv: Some((2900, 3100)),
        ..CALM
    };
    let unknown = Sample {
        cell_mv: None,
        ..CALM
    };
    let run = |samples: &[Sample]| count(samples.iter().map(|sample| (*sample, 100)));
    let totals = run(&[
        deep, deep, recovering, unknown, deep, CALM, deep, CALM, CALM,
    ]);
    assert_eq!(totals.deep_discharge_events, 2);

    let over = Sample {
        cell_mv: Some((3600, 4300)),
        temperature_ddegc: Some((200, 650)),
        current_ma: Some(-600_000),
        ..CALM
    };
    let totals = run(&[over, over, CALM, over]);
    assert_eq!(
        (
            totals.overcharge_events,
            totals.over_temperature_events,
            totals.over_current_events
        ),
        (2, 2, 2)
    );
}

/// Exactly at a limit nothing begins and nothing ends.
#[test]
fn hysteresis_holds_at_its_edges() {
    type Event = fn(&Totals) -> u32;
    let cells = |low, high| Sample {
        cell_mv: Some((low, high)),
        ..CALM
    };
    let amperes = |ma| Sample {
        current_ma: Some(ma),
        ..CALM
    };
    // Before the limit, at it, beyond it; back at the other limit, and within it.
    let cases: [(Event, [Sample; 4]); 4] = [
        (
            |t| t.deep_discharge_events,
            [
                cells(2800, 3600),
                cells(2799, 3600),
                cells(2999, 3600),
                cells(3000, 3600),
            ],
        ),
        (
            |t| t.overcharge_events,
            [
                cells(3600, 4250),
                cells(3600, 4251),
                cells(3600, 4221),
                cells(3600, 4220),
            ],
        ),
        (
            |t| t.over_temperature_events,
            [
                celsius(200, 550),
                celsius(200, 551),
                celsius(200, 501),
                celsius(200, 500),
            ],
        ),
        (
            |t| t.over_current_events,
            [
                amperes(500_000),
                amperes(-500_001),
                amperes(400_001),
                amperes(-400_000),
            ],
        ),
    ];
    for (event, [at, beyond, not_yet, within]) in cases {
        let run = |samples: &[Sample]| event(&count(samples.iter().map(|s| (*s, 100))));
        assert_eq!(run(&[at, at]), 0);
        assert_eq!(run(&[at, beyond]), 1);
        assert_eq!(run(&[beyond, not_yet, beyond]), 1);
        assert_eq!(run(&[beyond, within, at, beyond]), 2);
    }
}

#[test]
fn an_event_that_lasts_over_a_reset_is_counted_once() {
    let deep = Sample {
        cell_mv: Some((2000, 3000)),
        ..CALM
    };
    let mut accumulator = Accumulator::new(CONFIG, State::default()).unwrap();
    accumulator.add(&deep, 100);
    let stored = to_vec(accumulator.state());
    let state = postcard::from_bytes(&stored).unwrap();
    let mut accumulator = Accumulator::new(CONFIG, state).unwrap();
    accumulator.add(&deep, 100);
    assert_eq!(accumulator.state().totals().deep_discharge_events, 1);
}

#[test]
fn time_outside_the_limits_is_counted_by_sensor_and_direction() {
    let charging = |sample: Sample| Sample {
        current_ma: Some(1),
        ..sample
    };
    let minute = |sample| (sample, 60_000);
    let totals = count([
        minute(celsius(200, 451)),
        minute(charging(celsius(200, 451))),
        minute(celsius(-1, 200)),
        minute(charging(celsius(-1, 460))),
        minute(celsius(0, 450)),
    ]);
    assert_eq!(
        (totals.above_limit_min, totals.above_limit_charging_min),
        (3, 2)
    );
    assert_eq!(
        (totals.below_limit_min, totals.below_limit_charging_min),
        (2, 1)
    );
}

#[test]
fn a_gap_is_not_made_up() {
    let config = Config {
        max_gap_ms: 10_000,
        ..CONFIG
    };
    let mut accumulator = Accumulator::new(config, State::default()).unwrap();
    let hot_and_deep = Sample {
        cell_mv: Some((2000, 3000)),
        ..celsius(200, 600)
    };
    accumulator.add(&hot_and_deep, 10_001);
    accumulator.add(&hot_and_deep, u32::MAX);
    let totals = accumulator.state().totals();
    assert_eq!(
        totals,
        Totals {
            unmeasured_min: (u32::MAX as u64 + 10_001).div_euclid(60_000) as u32,
            deep_discharge_events: 1,
            over_temperature_events: 1,
            ..Totals::default()
        }
    );
    accumulator.add(&hot_and_deep, 10_000);
    assert_eq!(accumulator.state().totals().discharged_mah, 277);
}

#[test]
fn a_failed_sensor_counts_nothing_and_its_time_is_known() {
    let minutes = |sample| count((0..600).map(|_| (sample, 60_000)));
    let blind = minutes(Sample::default());
    assert_eq!(
        blind,
        Totals {
            unmeasured_min: 600,
            ..Totals::default()
        }
    );
    let no_voltage = minutes(Sample {
        pack_mv: None,
        ..CALM
    });
    assert_eq!(
        (no_voltage.discharged_mah, no_voltage.discharged_wh),
        (1_000_000, 0)
    );
    assert_eq!(no_voltage.unmeasured_min, 600);
    // A broken thermistor shows its end of the scale.
    let impossible = minutes(celsius(-1001, 200));
    assert_eq!(
        (impossible.below_limit_min, impossible.unmeasured_min),
        (0, 600)
    );
    assert_eq!(impossible.discharged_mah, 1_000_000);
    assert_eq!(minutes(CALM).unmeasured_min, 0);
}

#[test]
fn an_idle_sensor_offset_does_not_count() {
    let config = Config {
        idle_current_ma: 50,
        ..CONFIG
    };
    let mut accumulator = Accumulator::new(config, State::default()).unwrap();
    for ma in [50, -50] {
        for _ in 0..1000 {
            accumulator.add(&sample(ma, 350_000), MAX_GAP_MS);
        }
    }
    assert_eq!(accumulator.state().totals(), Totals::default());
    for _ in 0..6 {
        accumulator.add(&sample(51, 350_000), MAX_GAP_MS);
    }
    assert_eq!(accumulator.state().totals().charged_mah, 51);
}

#[test]
fn a_history_goes_on() {
    let record = Record {
        full_cycles: 40,
        capacity_throughput_mah: Some(17_090_201),
        energy_throughput_wh: Some(5_980_401),
        time_above_limit_min: Some(38),
        over_temperature_events: Some(1),
        ..Record::default()
    };
    let config = Config {
        rated_capacity_mah: 210_000,
        ..CONFIG
    };
    let state = State::new(&Totals::from(&record));
    let accumulator = Accumulator::new(config, state).unwrap();
    let mut filled = Record::default();
    accumulator.fill(&mut filled);
    assert_eq!(filled.full_cycles, 40);
    assert_eq!(filled.capacity_throughput_mah, Some(17_090_201));
    assert_eq!(filled.energy_throughput_wh, Some(5_980_401));
    assert_eq!(filled.time_above_limit_min, Some(38));
    assert_eq!(filled.over_temperature_events, Some(1));
    assert_eq!(filled.accident_events, Some(0));
}

#[test]
fn a_configuration_that_contradicts_itself_is_refused() {
    let bad = |beyond, within| Limit { beyond, within };
    let cases = [
        (
            Config {
                rated_capacity_mah: 0,
                ..CONFIG
            },
            "/rated_capacity_mah",
        ),
        (
            Config {
                max_gap_ms: 0,
                ..CONFIG
            },
            "/max_gap_ms",
        ),
        (
            Config {
                max_gap_ms: MAX_GAP_MS + 1,
                ..CONFIG
            },
            "/max_gap_ms",
        ),
        (
            Config {
                upper_ddegc: bad(450, 451),
                ..CONFIG
            },
            "/upper_ddegc",
        ),
        (
            Config {
                lower_ddegc: bad(0, -1),
                ..CONFIG
            },
            "/lower_ddegc",
        ),
        (
            Config {
                over_temperature_ddegc: bad(500, 550),
                ..CONFIG
            },
            "/over_temperature_ddegc",
        ),
        (
            Config {
                deep_discharge_mv: Limit {
                    beyond: 3000,
                    within: 2800,
                },
                ..CONFIG
            },
            "/deep_discharge_mv",
        ),
        (
            Config {
                overcharge_mv: Limit {
                    beyond: 4220,
                    within: 4250,
                },
                ..CONFIG
            },
            "/overcharge_mv",
        ),
        (
            Config {
                over_current_ma: Limit {
                    beyond: 1,
                    within: 2,
                },
                ..CONFIG
            },
            "/over_current_ma",
        ),
    ];
    for (config, path) in cases {
        let error = Accumulator::new(config, State::default()).unwrap_err();
        assert_eq!((error.code(), error.path()), (ErrorCode::OutOfRange, path));
    }
}

#[test]
fn a_state_that_no_accumulator_has_is_not_read() {
    let words = |at: usize, value: u64| {
        let mut words = [0_u64; 19];
        words[at] = value;
        to_vec(&words)
    };
    let read = |bytes: &[u8]| postcard::from_bytes::<State>(bytes);
    let limits = [
        (1, 3_600_000),
        (3, 3_600_000),
        (5, 3_600_000_000_000),
        (7, 3_600_000_000_000),
        (8, 60_000 << 32),
        (12, 60_000 << 32),
        (13, 1 << 32),
        (17, 1 << 32),
        (18, 64),
    ];
    for (at, limit) in limits {
        assert!(read(&words(at, limit - 1)).is_ok(), "{at}");
        assert!(read(&words(at, limit)).is_err(), "{at}");
    }
    let whole = words(0, 5);
    assert!(read(&whole[..18]).is_err());
}
