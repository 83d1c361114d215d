//! A simulated electric-vehicle pack: 96 cells in series, 210 Ah, 73.5 kWh, 350 V nominal. It is
//! the battery of the example passport in `schemas/examples`.
//!
//! Plain physics in integers and no random numbers: charge is counted coulomb by coulomb, voltages
//! follow from an open-circuit curve and an internal resistance, heat from the current. On a real
//! board this module is what reads the cell monitors and the current sensor.

pub mod cell;
pub mod counters;
pub mod profile;
pub mod thermal;

use batterypass::accumulator::{self, Sample};
use batterypass::record::{Record, TimeQuality};
use serde::{Deserialize, Serialize};

use cell::FULL_PPM;
use profile::Profile;

/// Simulated seconds that pass in one real second. It makes the state of charge move by 1 to 2 %
/// between two records that are a second apart; the life-time counters run on simulated time too.
pub const TIME_SCALE: u32 = 100;
/// Capacity of the new pack in mAh; also the 1C current in mA.
pub const RATED_CAPACITY_MAH: u32 = 210_000;
/// Cells in series.
pub const CELLS: u32 = 96;
/// Temperature sensors.
pub const SENSORS: usize = 4;

/// Rated capacity in mAs.
const RATED_MAS: u64 = RATED_CAPACITY_MAH as u64 * 3600;
/// A drive ends at this state of charge ...
const EMPTY_PPM: i32 = 110_000;
/// ... or at this voltage of the weakest cell, in microvolt.
const EMPTY_UV: i32 = 3_050_000;
/// Voltage to which the strongest cell is charged, in microvolt.
const CHARGE_UV: i32 = 4_200_000;
/// A charge ends below this current (C/20), in mA.
const CHARGE_END_MA: i32 = RATED_CAPACITY_MAH.cast_signed() / 20;

/// How far the weakest cell's state of charge lies below the mean, in parts per million ...
const WEAKEST_PPM: i32 = 6000;
/// ... and the strongest cell's above it.
const STRONGEST_PPM: i32 = 4000;
/// Resistance of the worst and of the best cell against the mean, in percent.
const WORST_PERCENT: u32 = 105;
const BEST_PERCENT: u32 = 97;

/// Parts per million of the capacity that each full cycle takes: 30 % after 1500 cycles.
const FADE_PPM_PER_CYCLE: u64 = 200;

/// What survives a reset: stored by [`crate::store`] before a record that reports it is sent.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct State {
    charge_mas: u64,
    temperature_uk: i32,
    seconds: u64,
    profile: Profile,
    counters: accumulator::State,
}

impl State {
    /// The pack at the last update of its example passport, on a spring morning at eight: what it
    /// counts from now on is more than what its passport says.
    pub const EXAMPLE: Self = Self {
        charge_mas: capacity_mas(&counters::EXAMPLE) / 1000 * 635,
        temperature_uk: 19_000_000,
        seconds: 8 * 3600,
        profile: Profile::START,
        counters: counters::EXAMPLE,
    };
}

/// What the instruments show at one moment.
#[derive(Clone, Copy, Debug)]
struct Reading {
    current_ma: i32,
    resistance_nohm: u32,
    weakest_uv: i32,
    mean_uv: i32,
    strongest_uv: i32,
    sensors_ddegc: [i16; SENSORS],
}

/// The pack and its clock.
#[derive(Clone, Copy, Debug)]
pub struct Pack {
    state: State,
    reading: Reading,
    /// Simulated milliseconds that do not make up a second yet.
    pending_ms: u32,
}

impl Pack {
    /// Goes on from a stored state.
    pub fn new(state: State) -> Self {
        Self {
            state,
            reading: measure(&state),
            pending_ms: 0,
        }
    }

    /// Returns what has to survive a reset.
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// Lets real time pass.
    ///
    /// At most ten seconds are made up at once, so that a long interruption cannot starve the
    /// watchdog; the pack then simply aged a little less.
    pub fn advance(&mut self, elapsed_ms: u32) {
        self.pending_ms += elapsed_ms.min(10_000) * TIME_SCALE;
        while self.pending_ms >= 1000 {
            self.pending_ms -= 1000;
            self.step();
        }
    }

    /// Simulates one second.
    fn step(&mut self) {
        let now = self.reading;
        let state = &mut self.state;
        let warmest = now.sensors_ddegc.iter().copied().max().unwrap_or_default();
        let coldest = now.sensors_ddegc.iter().copied().min().unwrap_or_default();
        let sample = Sample {
            current_ma: Some(now.current_ma),
            pack_mv: Some(now.pack_mv()),
            cell_mv: Some(now.cell_mv()),
            temperature_ddegc: Some((coldest, warmest)),
        };
        state.counters.add(&counters::CONFIG, &sample, 1000);
        let capacity = capacity_mas(&state.counters);
        state.charge_mas = state
            .charge_mas
            .saturating_add_signed(now.current_ma.into())
            .min(capacity);
        state.temperature_uk = thermal::step_uk(
            state.temperature_uk,
            thermal::ambient_uk(state.seconds),
            now.current_ma,
            now.resistance_nohm / 1000 * CELLS,
        );
        state.seconds += 1;

        let soc = state_of_charge_ppm(state);
        let empty = soc <= EMPTY_PPM || now.weakest_uv <= EMPTY_UV;
        let full = soc >= FULL_PPM || now.current_ma < CHARGE_END_MA;
        state.profile.step(empty, full);
        self.reading = measure(&self.state);
    }

    /// Returns the record of this moment.
    pub fn record(&self, sequence: u64, device_time_s: u64, time_quality: TimeQuality) -> Record {
        let Self { state, reading, .. } = self;
        let capacity = capacity_mas(&state.counters);
        let (cell_min, cell_max) = reading.cell_mv();
        // The casts below cannot cut: ratios are at most 1000.
        let mut record = Record {
            sequence,
            device_time_s,
            time_quality,
            state_of_charge_permille: (state_of_charge_ppm(state) / 1000) as u16,
            state_of_certified_energy_permille: Some((capacity * 1000 / RATED_MAS) as u16),
            remaining_capacity_mah: Some((capacity / 3600) as u32),
            pack_voltage_mv: reading.pack_mv(),
            cell_voltage_min_mv: cell_min,
            cell_voltage_max_mv: cell_max,
            current_ma: reading.current_ma,
            internal_resistance_uohm: Some(reading.resistance_nohm / 1000 * CELLS),
            ..Record::default()
        };
        state.counters.fill(&counters::CONFIG, &mut record);
        record.temperatures_ddegc.extend(reading.sensors_ddegc);
        record
    }
}

impl Reading {
    fn pack_mv(&self) -> u32 {
        (self.mean_uv / 1000).unsigned_abs() * CELLS
    }

    /// Lowest and highest cell voltage. Both are far below 65 V.
    fn cell_mv(&self) -> (u16, u16) {
        let mv = |uv: i32| (uv / 1000) as u16;
        (mv(self.weakest_uv), mv(self.strongest_uv))
    }
}

/// Reads the instruments: the current that the vehicle wants within what the cells allow, and the
/// voltages and temperatures under it.
fn measure(state: &State) -> Reading {
    let soc = state_of_charge_ppm(state);
    let growth_permille = fade_ppm(&state.counters) / 1000 * 2;
    let resistance =
        cell::resistance_nohm(soc, state.temperature_uk / 100_000, growth_permille as u32);
    let (best, worst) = (
        resistance / 100 * BEST_PERCENT,
        resistance / 100 * WORST_PERCENT,
    );

    let wanted = state.profile.wanted_permille() * (RATED_CAPACITY_MAH.cast_signed() / 1000);
    // The constant-voltage part of a charge, and the limit of regeneration into a full pack:
    // uV / nOhm = kA, so a million times that is mA.
    let headroom_uv = CHARGE_UV - cell::open_circuit_uv(soc + STRONGEST_PPM);
    let limit = i64::from(headroom_uv.max(0)) * 1_000_000 / i64::from(worst);
    let current_ma = wanted.min(i32::try_from(limit).unwrap_or(i32::MAX));

    // Under load the worst cell sags most, on charge it rises most.
    let (at_weakest, at_strongest) = if current_ma > 0 {
        (best, worst)
    } else {
        (worst, best)
    };
    let uv = |offset_ppm, resistance| {
        cell::open_circuit_uv(soc + offset_ppm) + cell::drop_uv(current_ma, resistance)
    };
    Reading {
        current_ma,
        resistance_nohm: resistance,
        weakest_uv: uv(-WEAKEST_PPM, at_weakest),
        mean_uv: uv(0, resistance),
        strongest_uv: uv(STRONGEST_PPM, at_strongest),
        sensors_ddegc: thermal::sensors_ddegc(
            state.temperature_uk,
            thermal::ambient_uk(state.seconds),
        ),
    }
}

/// Lost capacity in parts per million of the rated capacity; 60 % at most.
const fn fade_ppm(counters: &accumulator::State) -> u64 {
    let ppm =
        counters.discharged_mah() / (RATED_CAPACITY_MAH as u64 / 1000) * FADE_PPM_PER_CYCLE / 1000;
    if ppm < 600_000 { ppm } else { 600_000 }
}

/// Capacity of the aged pack in mAs.
const fn capacity_mas(counters: &accumulator::State) -> u64 {
    RATED_MAS * (1_000_000 - fade_ppm(counters)) / 1_000_000
}

fn state_of_charge_ppm(state: &State) -> i32 {
    // The charge is never above the capacity, so the quotient is at most a million.
    (state.charge_mas * 1_000_000 / capacity_mas(&state.counters)) as i32
}

#[cfg(test)]
mod tests;
