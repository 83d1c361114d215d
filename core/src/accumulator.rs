//! Turns samples of current, voltages and temperatures into what a battery passport asks for and most
//! BMSs lack: throughputs, full equivalent cycles, time outside the temperature limits, counted events.
//!
//! Integers only, no allocation. Each counter is a whole number of the record's unit and the exact
//! remainder, so it is the integral of its samples **rounded down to one unit**, however many samples
//! there were and however they were cut: 1 mAh in each direction, 1 Wh in each direction, 1 minute.
//! That is the whole error; there is no drift.
//!
//! A sample stands for the time that ended with it. With the largest values that a sample can have
//! (2.1 MA and 4.3 MV), without a pause, the counters of charge and energy hold for more than
//! 200 years, those of minutes for 8000. Counters stop at their largest value, they never wrap.
//!
//! ```
//! use batterypass::accumulator::{Accumulator, Config, Sample, State};
//! use batterypass::record::Record;
//!
//! let config = Config { rated_capacity_mah: 210_000, ..Config::LITHIUM_ION };
//! let mut accumulator = Accumulator::new(config, State::default())?;
//! let sample = Sample {
//!     current_ma: Some(-105_000),
//!     pack_mv: Some(350_000),
//!     cell_mv: Some((3640, 3655)),
//!     temperature_ddegc: Some((214, 236)),
//! };
//! for _ in 0..4 * 36_000 {
//!     accumulator.add(&sample, 100); // every 100 ms, for four hours
//! }
//! let mut record = Record::default();
//! accumulator.fill(&mut record);
//! assert_eq!(record.capacity_throughput_mah, Some(420_000));
//! assert_eq!(record.energy_throughput_wh, Some(147_000));
//! assert_eq!(record.full_cycles, 2);
//! # Ok::<(), batterypass::Error>(())
//! ```

use core::fmt;

use serde::de::{Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::error::{Error, ErrorCode, Result};
use crate::record::{MAX_THROUGHPUT, Record};

/// Longest time that one sample may stand for, in milliseconds. [`Config::max_gap_ms`] may be shorter.
pub const MAX_GAP_MS: u32 = 600_000;
/// Bytes of the longest [`State`] in postcard.
pub const MAX_STATE_LEN: usize = 121;

/// A limit with hysteresis.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limit<T> {
    /// What lies beyond this begins.
    pub beyond: T,
    /// What lies within this ends. Equal to `beyond` for a limit without hysteresis.
    pub within: T,
}

/// What a battery is, and where its limits lie.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Config {
    /// Rated capacity in mAh: one full equivalent cycle takes this out.
    pub rated_capacity_mah: u32,
    /// A sample that stands for more time is a gap: its time is not counted, except as unmeasured.
    pub max_gap_ms: u32,
    /// Currents up to this do not count, in either direction: the offset of the sensor, in mA.
    pub idle_current_ma: u32,
    /// Temperature above which time counts, in 0.1 degrees Celsius.
    pub upper_ddegc: Limit<i16>,
    /// Temperature below which time counts, in 0.1 degrees Celsius.
    pub lower_ddegc: Limit<i16>,
    /// Temperature of an over-temperature event, in 0.1 degrees Celsius.
    pub over_temperature_ddegc: Limit<i16>,
    /// Cell voltage of a deep discharge, in mV.
    pub deep_discharge_mv: Limit<u16>,
    /// Cell voltage of an overcharge, in mV.
    pub overcharge_mv: Limit<u16>,
    /// Current of an over-current event, in either direction, in mA.
    pub over_current_ma: Limit<u32>,
}

impl Config {
    /// Limits of a usual lithium-ion cell with graphite and a layered oxide. Set at least the capacity
    /// and the currents; the cell's data sheet has the rest.
    pub const LITHIUM_ION: Self = Self {
        rated_capacity_mah: 1,
        max_gap_ms: 10_000,
        idle_current_ma: 0,
        upper_ddegc: Limit {
            beyond: 450,
            within: 450,
        },
        lower_ddegc: Limit {
            beyond: 0,
            within: 0,
        },
        over_temperature_ddegc: Limit {
            beyond: 550,
            within: 500,
        },
        deep_discharge_mv: Limit {
            beyond: 2800,
            within: 3000,
        },
        overcharge_mv: Limit {
            beyond: 4250,
            within: 4220,
        },
        over_current_ma: Limit {
            beyond: u32::MAX,
            within: u32::MAX,
        },
    };

    /// Checks the parts against each other.
    ///
    /// # Errors
    /// `out_of_range` with the path of the part.
    pub fn validate(&self) -> Result<()> {
        let rules = [
            (self.rated_capacity_mah > 0, "/rated_capacity_mah"),
            ((1..=MAX_GAP_MS).contains(&self.max_gap_ms), "/max_gap_ms"),
            (
                self.upper_ddegc.within <= self.upper_ddegc.beyond,
                "/upper_ddegc",
            ),
            (
                self.lower_ddegc.within >= self.lower_ddegc.beyond,
                "/lower_ddegc",
            ),
            (
                self.over_temperature_ddegc.within <= self.over_temperature_ddegc.beyond,
                "/over_temperature_ddegc",
            ),
            (
                self.deep_discharge_mv.within >= self.deep_discharge_mv.beyond,
                "/deep_discharge_mv",
            ),
            (
                self.overcharge_mv.within <= self.overcharge_mv.beyond,
                "/overcharge_mv",
            ),
            (
                self.over_current_ma.within <= self.over_current_ma.beyond,
                "/over_current_ma",
            ),
        ];
        first_broken(&rules)
    }
}

fn first_broken(rules: &[(bool, &'static str)]) -> Result<()> {
    match rules.iter().find(|(holds, _)| !holds) {
        Some((_, path)) => Err(Error::in_field(ErrorCode::OutOfRange, path)),
        None => Ok(()),
    }
}

/// What the sensors show. `None` is a sensor that failed: what needs it does not count, and the time
/// is unmeasured.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Sample {
    /// Current in mA, positive while charging.
    pub current_ma: Option<i32>,
    /// Voltage of the pack in mV.
    pub pack_mv: Option<u32>,
    /// Lowest and highest cell voltage in mV.
    pub cell_mv: Option<(u16, u16)>,
    /// Lowest and highest temperature in 0.1 degrees Celsius. Outside -100.0 to 200.0 degrees, what a
    /// record can hold, they are taken for a failed sensor.
    pub temperature_ddegc: Option<(i16, i16)>,
}

/// What survives a loss of power. Store it as postcard, in at most [`MAX_STATE_LEN`] bytes, before a
/// record that reports it is sent; what was counted since is lost with the power.
///
/// Its serde form is a tuple of 19 unsigned integers. One that no accumulator has does not deserialise.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
pub struct State(Words);

/// What was counted so far, in whole units.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Totals {
    /// Charge that went in, in mAh.
    pub charged_mah: u64,
    /// Charge that came out, in mAh.
    pub discharged_mah: u64,
    /// Energy that went in, in Wh.
    pub charged_wh: u64,
    /// Energy that came out, in Wh.
    pub discharged_wh: u64,
    /// Time above the upper temperature limit, in minutes.
    pub above_limit_min: u32,
    /// Time below the lower temperature limit, in minutes.
    pub below_limit_min: u32,
    /// Time charging above the upper temperature limit, in minutes.
    pub above_limit_charging_min: u32,
    /// Time charging below the lower temperature limit, in minutes.
    pub below_limit_charging_min: u32,
    /// Time without a whole sample, in minutes: gaps and failed sensors.
    pub unmeasured_min: u32,
    /// Deep discharges.
    pub deep_discharge_events: u32,
    /// Overcharges.
    pub overcharge_events: u32,
    /// Over-temperatures.
    pub over_temperature_events: u32,
    /// Over-currents.
    pub over_current_events: u32,
    /// Accidents.
    pub accident_events: u32,
}

impl From<&Record> for Totals {
    /// Takes throughputs as half in, half out, and what is unknown as zero.
    fn from(record: &Record) -> Self {
        let charge = record.capacity_throughput_mah.unwrap_or(0);
        let energy = record.energy_throughput_wh.unwrap_or(0);
        Self {
            charged_mah: charge - charge / 2,
            discharged_mah: charge / 2,
            charged_wh: energy - energy / 2,
            discharged_wh: energy / 2,
            above_limit_min: record.time_above_limit_min.unwrap_or(0),
            below_limit_min: record.time_below_limit_min.unwrap_or(0),
            above_limit_charging_min: record.time_above_limit_charging_min.unwrap_or(0),
            below_limit_charging_min: record.time_below_limit_charging_min.unwrap_or(0),
            unmeasured_min: 0,
            deep_discharge_events: record.deep_discharge_events.unwrap_or(0),
            overcharge_events: record.overcharge_events.unwrap_or(0),
            over_temperature_events: record.over_temperature_events.unwrap_or(0),
            over_current_events: record.over_current_events.unwrap_or(0),
            accident_events: record.accident_events.unwrap_or(0),
        }
    }
}

impl State {
    /// The state of a battery that has a history, such as one whose BMS was replaced:
    /// `Totals::from(&record)` of the record that `Record::from_condition` makes of its passport.
    pub const fn new(past: &Totals) -> Self {
        Self([
            past.charged_mah,
            0,
            past.discharged_mah,
            0,
            past.charged_wh,
            0,
            past.discharged_wh,
            0,
            in_ms(past.above_limit_min),
            in_ms(past.below_limit_min),
            in_ms(past.above_limit_charging_min),
            in_ms(past.below_limit_charging_min),
            in_ms(past.unmeasured_min),
            past.deep_discharge_events as u64,
            past.overcharge_events as u64,
            past.over_temperature_events as u64,
            past.over_current_events as u64,
            past.accident_events as u64,
            0,
        ])
    }

    /// Returns the charge that came out, in whole mAh.
    pub const fn discharged_mah(&self) -> u64 {
        self.0[CHARGE_OUT]
    }

    /// Returns what was counted, each unit that is not whole left out.
    pub const fn totals(&self) -> Totals {
        // Each number is below its limit, so no cast cuts.
        let Self(words) = self;
        Totals {
            charged_mah: words[CHARGE_IN],
            discharged_mah: words[CHARGE_OUT],
            charged_wh: words[ENERGY_IN],
            discharged_wh: words[ENERGY_OUT],
            above_limit_min: in_minutes(words[ABOVE]),
            below_limit_min: in_minutes(words[BELOW]),
            above_limit_charging_min: in_minutes(words[ABOVE_CHARGING]),
            below_limit_charging_min: in_minutes(words[BELOW_CHARGING]),
            unmeasured_min: in_minutes(words[UNMEASURED]),
            deep_discharge_events: words[DEEP_DISCHARGE] as u32,
            overcharge_events: words[OVERCHARGE] as u32,
            over_temperature_events: words[OVER_TEMPERATURE] as u32,
            over_current_events: words[OVER_CURRENT] as u32,
            accident_events: words[ACCIDENTS] as u32,
        }
    }

    /// Counts one sample, which stands for the `elapsed_ms` that ended with it.
    ///
    /// After a gap, a longer time than [`Config::max_gap_ms`], nobody knows what happened: no charge, no
    /// energy and no time at a temperature is made up. Events count, because the sample shows them.
    pub fn add(&mut self, config: &Config, sample: &Sample, elapsed_ms: u32) {
        let temperature = sample.temperature_ddegc.filter(|(coldest, warmest)| {
            let possible = -1000..=2000;
            possible.contains(coldest) && possible.contains(warmest)
        });
        self.add_events(config, sample, temperature);
        let gap = elapsed_ms > config.max_gap_ms.min(MAX_GAP_MS);
        let whole = sample.current_ma.is_some() && sample.pack_mv.is_some();
        if gap || !whole || temperature.is_none() {
            self.count(UNMEASURED, elapsed_ms);
        }
        if gap {
            return;
        }
        let current = sample.current_ma.unwrap_or(0);
        let flows = current.unsigned_abs() > config.idle_current_ma;
        if flows {
            self.add_current(current, sample.pack_mv.unwrap_or(0), elapsed_ms);
        }
        if temperature.is_some() {
            for (outside, time) in [(IS_ABOVE, ABOVE), (IS_BELOW, BELOW)] {
                if self.is(outside) {
                    self.count(time, elapsed_ms);
                    if flows && current > 0 {
                        self.count(time + CHARGING, elapsed_ms);
                    }
                }
            }
        }
    }

    /// Counts an accident that the device was told of: a crash signal, an insulation fault.
    pub fn add_accident(&mut self) {
        self.count(ACCIDENTS, 1);
    }

    /// Writes the counters into a record. Full cycles are the discharged charge over the rated capacity.
    pub fn fill(&self, config: &Config, record: &mut Record) {
        let totals = self.totals();
        let sum = |a: u64, b: u64| Some(a.saturating_add(b).min(MAX_THROUGHPUT));
        let rated = u64::from(config.rated_capacity_mah);
        let cycles = totals.discharged_mah.checked_div(rated).unwrap_or(0);
        record.full_cycles = u32::try_from(cycles).unwrap_or(u32::MAX);
        record.capacity_throughput_mah = sum(totals.charged_mah, totals.discharged_mah);
        record.energy_throughput_wh = sum(totals.charged_wh, totals.discharged_wh);
        record.time_above_limit_min = Some(totals.above_limit_min);
        record.time_below_limit_min = Some(totals.below_limit_min);
        record.time_above_limit_charging_min = Some(totals.above_limit_charging_min);
        record.time_below_limit_charging_min = Some(totals.below_limit_charging_min);
        record.deep_discharge_events = Some(totals.deep_discharge_events);
        record.overcharge_events = Some(totals.overcharge_events);
        record.over_temperature_events = Some(totals.over_temperature_events);
        record.over_current_events = Some(totals.over_current_events);
        record.accident_events = Some(totals.accident_events);
    }

    /// Adds up to 2^31 mA at up to 2^32 mV for up to 10 minutes.
    fn add_current(&mut self, current_ma: i32, pack_mv: u32, elapsed_ms: u32) {
        let (charge, energy) = match current_ma > 0 {
            true => (CHARGE_IN, ENERGY_IN),
            false => (CHARGE_OUT, ENERGY_OUT),
        };
        let elapsed = u64::from(elapsed_ms);
        let current = u64::from(current_ma.unsigned_abs());
        // Below 2^51.
        self.carry(charge, 0, current * elapsed, MA_MS);
        // The power in uW is below 2^63, for 10 minutes below 2^83: too much for 64 bits, so whole
        // watts (below 2^44, for 10 minutes below 2^63) and the rest go separate ways.
        let (watts, microwatts) = split(current * u64::from(pack_mv), 1_000_000);
        let (whole, rest) = split(watts * elapsed, UW_MS / 1_000_000);
        // Each part is at most a Wh.
        self.carry(
            energy,
            whole,
            rest * 1_000_000 + microwatts * elapsed,
            UW_MS,
        );
    }

    /// Adds whole units and parts of one to a count and its remainder.
    fn carry(&mut self, place: usize, whole: u64, parts: u64, unit: u64) {
        if let Some([count, rest, ..]) = self.0.get_mut(place..) {
            let (carry, left) = split(*rest + parts, unit);
            *count = count.saturating_add(whole + carry);
            *rest = left;
        }
    }

    /// Adds to a number, which stops below its limit.
    fn count(&mut self, place: usize, more: u32) {
        if let (Some(word), Some(limit)) = (self.0.get_mut(place), LIMITS.get(place)) {
            *word = (*word + u64::from(more)).min(limit - 1);
        }
    }

    fn is(&self, flag: u64) -> bool {
        self.0[FLAGS] & flag != 0
    }

    fn add_events(&mut self, config: &Config, sample: &Sample, temperature: Option<(i16, i16)>) {
        if let Some((coldest, warmest)) = temperature {
            let (coldest, warmest) = (coldest.into(), warmest.into());
            self.edge(IS_ABOVE, &config.upper_ddegc.above(), warmest, None);
            self.edge(IS_BELOW, &config.lower_ddegc.below(), coldest, None);
            let limit = config.over_temperature_ddegc.above();
            self.edge(IS_HOT, &limit, warmest, Some(OVER_TEMPERATURE));
        }
        if let Some((lowest, highest)) = sample.cell_mv {
            let limit = config.deep_discharge_mv.below();
            self.edge(IS_DEEP, &limit, lowest.into(), Some(DEEP_DISCHARGE));
            let limit = config.overcharge_mv.above();
            self.edge(IS_OVERCHARGED, &limit, highest.into(), Some(OVERCHARGE));
        }
        if let Some(current) = sample.current_ma {
            let limit = config.over_current_ma.above();
            let magnitude = current.unsigned_abs().into();
            self.edge(IS_OVER_CURRENT, &limit, magnitude, Some(OVER_CURRENT));
        }
    }

    /// Sets or clears a flag by a limit with hysteresis, and counts the event that begins with it.
    fn edge(&mut self, flag: u64, limit: &Bound, value: i64, event: Option<usize>) {
        let was = self.is(flag);
        let bound = if was { limit.within } else { limit.beyond };
        let now = if limit.below {
            value < bound
        } else {
            value > bound
        };
        if now == was {
            return;
        }
        self.0[FLAGS] ^= flag;
        if let (true, Some(event)) = (now, event) {
            self.count(event, 1);
        }
    }
}

impl<'de> Deserialize<'de> for State {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // A loop, where serde's own arrays are unrolled: a chip has better uses for its flash.
        struct Numbers;

        impl<'de> Visitor<'de> for Numbers {
            type Value = State;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the numbers of an accumulator")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<State, A::Error> {
                let mut words = Words::default();
                for (word, limit) in words.iter_mut().zip(&LIMITS) {
                    let number = seq.next_element()?;
                    *word = number
                        .filter(|number| number < limit)
                        .ok_or_else(|| A::Error::custom("not a state of an accumulator"))?;
                }
                Ok(State(words))
            }
        }

        deserializer.deserialize_tuple(LIMITS.len(), Numbers)
    }
}

/// The numbers of a state: one array takes a chip less code than a structure.
type Words = [u64; 19];

// Counts of whole units (mAh, Wh), each with its remainder (mA and uW for a millisecond) behind it.
const CHARGE_IN: usize = 0;
const CHARGE_OUT: usize = 2;
const ENERGY_IN: usize = 4;
const ENERGY_OUT: usize = 6;
// Times in milliseconds.
const ABOVE: usize = 8;
const BELOW: usize = 9;
const ABOVE_CHARGING: usize = ABOVE + CHARGING;
const BELOW_CHARGING: usize = BELOW + CHARGING;
/// From a time to the one that is spent charging.
const CHARGING: usize = 2;
const UNMEASURED: usize = 12;
// Events.
const DEEP_DISCHARGE: usize = 13;
const OVERCHARGE: usize = 14;
const OVER_TEMPERATURE: usize = 15;
const OVER_CURRENT: usize = 16;
const ACCIDENTS: usize = 17;
/// What is going on. It is stored with the counts: a reset during an event does not count it twice.
const FLAGS: usize = 18;
const IS_ABOVE: u64 = 1;
const IS_BELOW: u64 = 2;
const IS_HOT: u64 = 4;
const IS_DEEP: u64 = 8;
const IS_OVERCHARGED: u64 = 16;
const IS_OVER_CURRENT: u64 = 32;

/// mA for a millisecond that are a mAh.
const MA_MS: u64 = 3_600_000;
/// uW for a millisecond that are a Wh.
const UW_MS: u64 = 3_600_000_000_000;
/// Milliseconds of a minute.
const MINUTE_MS: u64 = 60_000;
/// Numbers that 32 bits hold.
const U32: u64 = 1 << 32;
const TIME: u64 = U32 * MINUTE_MS;

/// What each number is less than.
static LIMITS: Words = [
    u64::MAX,
    MA_MS,
    u64::MAX,
    MA_MS,
    u64::MAX,
    UW_MS,
    u64::MAX,
    UW_MS,
    TIME,
    TIME,
    TIME,
    TIME,
    TIME,
    U32,
    U32,
    U32,
    U32,
    U32,
    64,
];

const fn in_ms(minutes: u32) -> u64 {
    minutes as u64 * MINUTE_MS
}

const fn in_minutes(ms: u64) -> u32 {
    (ms / MINUTE_MS) as u32 // below TIME
}

/// Quotient and remainder. Most samples add less than a unit, and a chip with 32 bits divides 64 in
/// software, so the division is left out where it can be.
fn split(sum: u64, unit: u64) -> (u64, u64) {
    match sum < unit {
        true => (0, sum),
        false => (sum / unit, sum % unit),
    }
}

/// A limit of any type, and on which side of it lies what counts.
struct Bound {
    beyond: i64,
    within: i64,
    below: bool,
}

impl<T: Copy + Into<i64>> Limit<T> {
    fn above(&self) -> Bound {
        Bound {
            beyond: self.beyond.into(),
            within: self.within.into(),
            below: false,
        }
    }

    fn below(&self) -> Bound {
        Bound {
            below: true,
            ..self.above()
        }
    }
}

/// Counts over the life of a battery: a [`State`] and its [`Config`] in one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Accumulator {
    config: Config,
    state: State,
}

impl Accumulator {
    /// Goes on from a stored state, or from `State::default()` for a new battery.
    ///
    /// # Errors
    /// Those of [`Config::validate`].
    pub fn new(config: Config, state: State) -> Result<Self> {
        config.validate()?;
        Ok(Self { config, state })
    }

    /// Returns what has to survive a loss of power.
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// Counts one sample: [`State::add`].
    pub fn add(&mut self, sample: &Sample, elapsed_ms: u32) {
        self.state.add(&self.config, sample, elapsed_ms);
    }

    /// Counts an accident that the device was told of: a crash signal, an insulation fault.
    pub fn add_accident(&mut self) {
        self.state.add_accident();
    }

    /// Writes the counters into a record: [`State::fill`].
    pub fn fill(&self, record: &mut Record) {
        self.state.fill(&self.config, record);
    }
}
