//! The pack as a whole: plausible over seconds, days and years, and across a reset.

use super::profile::Phase;
use batterypass::accumulator::Totals;

use super::*;

fn record(pack: &Pack) -> Record {
    pack.record(1, 0, TimeQuality::Unset)
}

/// Runs for simulated seconds and hands every second's record to `check`.
fn run(pack: &mut Pack, seconds: u32, mut check: impl FnMut(&Record, &Pack)) {
    for _ in 0..seconds {
        pack.step();
        check(&record(pack), pack);
    }
}

#[test]
fn the_pack_begins_where_its_example_passport_ends() {
    let first = record(&Pack::new(State::EXAMPLE));
    assert_eq!(first.state_of_charge_permille, 634);
    assert_eq!(first.state_of_certified_energy_permille, Some(991));
    assert!((208_000..208_500).contains(&first.remaining_capacity_mah.unwrap()));
    assert_eq!(first.full_cycles, 40);
    assert_eq!(first.energy_throughput_wh, Some(5_980_400));
    assert_eq!(first.capacity_throughput_mah, Some(17_090_200));
    assert_eq!(
        (
            first.time_above_limit_min,
            first.time_above_limit_charging_min
        ),
        (Some(38), Some(6))
    );
    assert_eq!(first.over_temperature_events, Some(1));
    assert_eq!(first.temperatures_ddegc.len(), SENSORS);
    assert!(
        (340_000..370_000).contains(&first.pack_voltage_mv),
        "{}",
        first.pack_voltage_mv
    );
    assert!((52_000..60_000).contains(&first.internal_resistance_uohm.unwrap()));
}

#[test]
fn state_of_charge_moves_one_to_two_percent_a_record() {
    let mut pack = Pack::new(State::EXAMPLE);
    let mut last = record(&pack);
    let (mut moved, mut records) = (0, 0);
    for _ in 0..40 {
        pack.advance(1000);
        let now = record(&pack);
        let step = now
            .state_of_charge_permille
            .abs_diff(last.state_of_charge_permille);
        assert!(step <= 35, "{step} permille");
        moved += step;
        records += 1;
        last = now;
    }
    let average = moved / records;
    assert!((10..=20).contains(&average), "{average} permille a record");
}

#[test]
fn days_stay_inside_the_limits_of_a_healthy_pack() {
    let mut pack = Pack::new(State::EXAMPLE);
    let (mut lowest, mut highest, mut warmest) = (1000, 0, 0);
    let (mut charged, mut regenerated) = (false, false);
    run(&mut pack, 5 * 86_400, |now, pack| {
        assert!(now.cell_voltage_min_mv <= now.cell_voltage_max_mv);
        assert!((2900..=4201).contains(&now.cell_voltage_min_mv), "{now:?}");
        assert!(now.cell_voltage_max_mv <= 4201, "{now:?}");
        assert!(
            (290_000..=403_500).contains(&now.pack_voltage_mv),
            "{now:?}"
        );
        assert!((-294_000..=105_000).contains(&now.current_ma), "{now:?}");
        lowest = lowest.min(now.state_of_charge_permille);
        highest = highest.max(now.state_of_charge_permille);
        warmest = warmest.max(now.temperatures_ddegc.iter().copied().max().unwrap());
        charged |= pack.state.profile.phase() == Phase::Charge;
        regenerated |= pack.state.profile.phase() == Phase::Drive && now.current_ma > 0;
    });
    assert!(charged && regenerated);
    assert!((80..=110).contains(&lowest), "{lowest}");
    assert!((980..=1000).contains(&highest), "{highest}");
    assert!((300..=550).contains(&warmest), "{warmest}");
    let end = record(&pack);
    assert_eq!(
        (end.deep_discharge_events, end.overcharge_events),
        (Some(0), Some(0))
    );
    assert_eq!(
        end.over_temperature_events,
        Some(1),
        "the one of the example passport"
    );
    // A drive and a charge take about four hours: some 25 cycles in five days.
    assert!((55..=80).contains(&end.full_cycles), "{}", end.full_cycles);
}

#[test]
fn a_charge_ends_in_constant_voltage() {
    let mut pack = Pack::new(State::EXAMPLE);
    let mut held = 0;
    run(&mut pack, 86_400, |now, pack| {
        if pack.state.profile.phase() == Phase::Charge && now.cell_voltage_max_mv >= 4195 {
            held += 1;
        }
    });
    assert!(held > 300, "{held} s at the voltage limit");
}

#[test]
fn charge_balance_holds_to_a_mah() {
    let mut pack = Pack::new(State::EXAMPLE);
    run(&mut pack, 3600, |_, _| ());
    let moved = |state: &State| {
        let totals = state.counters.totals();
        totals.charged_mah.cast_signed() - totals.discharged_mah.cast_signed()
    };
    let counted = moved(&pack.state) - moved(&State::EXAMPLE);
    let stored = pack.state.charge_mas.cast_signed() - State::EXAMPLE.charge_mas.cast_signed();
    // Each direction is rounded down to a mAh.
    assert!((counted - stored / 3600).abs() <= 1, "{counted} {stored}");
}

#[test]
fn a_reset_goes_on_where_the_stored_state_was() {
    let mut pack = Pack::new(State::EXAMPLE);
    run(&mut pack, 5000, |_, _| ());
    let mut bytes = [0; crate::store::STATE_MAX];
    let stored = postcard::to_slice(pack.state(), &mut bytes).unwrap();
    let mut restarted = Pack::new(postcard::from_bytes(stored).unwrap());
    assert_eq!(record(&restarted), record(&pack));
    for _ in 0..1000 {
        pack.step();
        restarted.step();
    }
    assert_eq!(record(&restarted), record(&pack));
}

#[test]
fn an_old_pack_has_less_capacity_and_more_resistance() {
    let mut state = State::EXAMPLE;
    state.counters = accumulator::State::new(&Totals {
        discharged_mah: u64::from(RATED_CAPACITY_MAH) * 1500,
        ..Totals::default()
    });
    state.charge_mas = RATED_MAS / 3;
    let (old, new) = (
        record(&Pack::new(state)),
        record(&Pack::new(State::EXAMPLE)),
    );
    assert_eq!(old.full_cycles, 1500);
    assert!((700..=701).contains(&old.state_of_certified_energy_permille.unwrap()));
    assert!(old.remaining_capacity_mah.unwrap() < 148_000);
    assert!(
        old.internal_resistance_uohm.unwrap() > new.internal_resistance_uohm.unwrap() * 14 / 10
    );
}

#[test]
fn a_long_interruption_is_made_up_only_in_part() {
    let mut pack = Pack::new(State::EXAMPLE);
    pack.advance(u32::MAX);
    assert_eq!(
        pack.state.seconds,
        State::EXAMPLE.seconds + 10 * u64::from(TIME_SCALE)
    );
}
