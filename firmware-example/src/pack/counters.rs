//! Everything that is counted over the whole life of the pack. No counter ever falls.

use serde::{Deserialize, Serialize};

/// Cell voltage of a deep discharge, and the one that ends it, in mV.
const DEEP_DISCHARGE_MV: (i32, i32) = (2800, 3000);
/// Cell voltage of an overcharge, and the one that ends it, in mV.
const OVERCHARGE_MV: (i32, i32) = (4250, 4220);
/// Temperature of an over-temperature event, and the one that ends it, in 0.1 degrees Celsius.
const OVER_TEMPERATURE_DDEGC: (i32, i32) = (550, 500);
/// Limits of the time counters (the recommended range of the cells), in 0.1 degrees Celsius.
pub const TEMPERATURE_LIMITS_DDEGC: (i32, i32) = (0, 450);

/// A counter of events by their rising edge, with hysteresis.
///
/// The edge state is stored with the count: a reset during an event does not count it twice.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Edges {
    count: u32,
    active: bool,
}

impl Edges {
    /// A number of past events.
    const fn past(count: u32) -> Self {
        Self {
            count,
            active: false,
        }
    }

    /// Returns how many events have begun.
    pub const fn count(&self) -> u32 {
        self.count
    }

    fn update(&mut self, begins: bool, ends: bool) {
        if begins && !self.active {
            self.count = self.count.saturating_add(1);
            self.active = true;
        } else if ends {
            self.active = false;
        }
    }
}

/// What one second of operation looked like.
#[derive(Clone, Copy, Debug)]
pub struct Second {
    /// Current in mA, positive = charging.
    pub current_ma: i32,
    /// Voltage of the pack in mV.
    pub pack_mv: u32,
    /// Lowest cell voltage in mV.
    pub cell_min_mv: i32,
    /// Highest cell voltage in mV.
    pub cell_max_mv: i32,
    /// Lowest temperature in 0.1 degrees Celsius.
    pub coldest_ddegc: i32,
    /// Highest temperature in 0.1 degrees Celsius.
    pub warmest_ddegc: i32,
}

/// The counters of a pack. Units are the smallest that one second yields, so nothing is rounded
/// away: mA for a second is a milliampere second, mW for a second is a millijoule.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Counters {
    /// Charge taken out, in mAs.
    pub discharged_mas: u64,
    /// Charge put in, by charger and regeneration, in mAs.
    pub charged_mas: u64,
    /// Energy moved in both directions, in mJ.
    pub energy_mj: u64,
    /// Seconds with a sensor above the upper limit.
    pub above_limit_s: u32,
    /// Seconds with a sensor below the lower limit.
    pub below_limit_s: u32,
    /// Seconds above the upper limit while current flowed in.
    pub above_limit_charging_s: u32,
    /// Seconds below the lower limit while current flowed in.
    pub below_limit_charging_s: u32,
    /// Events of a cell below 2.8 V.
    pub deep_discharge: Edges,
    /// Events of a cell above 4.25 V.
    pub overcharge: Edges,
    /// Events of a sensor above 55 degrees Celsius.
    pub over_temperature: Edges,
}

impl Counters {
    /// What the example passport reports of its battery.
    pub const EXAMPLE: Self = Self {
        // 17 090.2 Ah of capacity throughput, half in each direction: 40 full cycles.
        discharged_mas: 8_545_100 * 3600,
        charged_mas: 8_545_100 * 3600,
        energy_mj: 5_980_400 * 3_600_000,
        above_limit_s: 38 * 60,
        below_limit_s: 0,
        above_limit_charging_s: 6 * 60,
        below_limit_charging_s: 0,
        deep_discharge: Edges::past(0),
        overcharge: Edges::past(0),
        over_temperature: Edges::past(1),
    };

    /// Adds one second.
    pub fn add(&mut self, second: &Second) {
        let charge = u64::from(second.current_ma.unsigned_abs());
        let charging = second.current_ma > 0;
        if charging {
            self.charged_mas += charge;
        } else {
            self.discharged_mas += charge;
        }
        // mA * mV = uW.
        self.energy_mj += charge * u64::from(second.pack_mv) / 1000;

        let (low, high) = TEMPERATURE_LIMITS_DDEGC;
        if second.warmest_ddegc > high {
            self.above_limit_s = self.above_limit_s.saturating_add(1);
            self.above_limit_charging_s = self
                .above_limit_charging_s
                .saturating_add(u32::from(charging));
        }
        if second.coldest_ddegc < low {
            self.below_limit_s = self.below_limit_s.saturating_add(1);
            self.below_limit_charging_s = self
                .below_limit_charging_s
                .saturating_add(u32::from(charging));
        }
        self.deep_discharge.update(
            second.cell_min_mv < DEEP_DISCHARGE_MV.0,
            second.cell_min_mv > DEEP_DISCHARGE_MV.1,
        );
        self.overcharge.update(
            second.cell_max_mv > OVERCHARGE_MV.0,
            second.cell_max_mv < OVERCHARGE_MV.1,
        );
        self.over_temperature.update(
            second.warmest_ddegc > OVER_TEMPERATURE_DDEGC.0,
            second.warmest_ddegc < OVER_TEMPERATURE_DDEGC.1,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALM: Second = Second {
        current_ma: -100_000,
        pack_mv: 350_000,
        cell_min_mv: 3600,
        cell_max_mv: 3650,
        coldest_ddegc: 200,
        warmest_ddegc: 250,
    };

    #[test]
    fn throughput_counts_both_directions() {
        let mut counters = Counters::default();
        for _ in 0..3600 {
            counters.add(&CALM);
            counters.add(&Second {
                current_ma: 50_000,
                ..CALM
            });
        }
        assert_eq!(counters.discharged_mas, 100_000 * 3600);
        assert_eq!(counters.charged_mas, 50_000 * 3600);
        // 150 Ah at 350 V is 52.5 kWh.
        assert_eq!(counters.energy_mj / 3_600_000, 52_500);
    }

    #[test]
    fn events_count_their_edges_only() {
        let mut counters = Counters::default();
        let deep = Second {
            cell_min_mv: 2750,
            ..CALM
        };
        let recovering = Second {
            cell_min_mv: 2900,
            ..CALM
        };
        for second in [deep, deep, recovering, deep, CALM, deep, CALM, CALM] {
            counters.add(&second);
        }
        assert_eq!(counters.deep_discharge.count(), 2);

        let over = Second {
            cell_max_mv: 4300,
            warmest_ddegc: 650,
            ..CALM
        };
        for second in [over, over, CALM, over] {
            counters.add(&second);
        }
        assert_eq!(
            (
                counters.overcharge.count(),
                counters.over_temperature.count()
            ),
            (2, 2)
        );
    }

    #[test]
    fn time_outside_the_limits() {
        let mut counters = Counters::default();
        counters.add(&Second {
            warmest_ddegc: 451,
            ..CALM
        });
        counters.add(&Second {
            warmest_ddegc: 451,
            current_ma: 1,
            ..CALM
        });
        counters.add(&Second {
            coldest_ddegc: -1,
            ..CALM
        });
        counters.add(&Second {
            coldest_ddegc: -1,
            current_ma: 1,
            ..CALM
        });
        counters.add(&CALM);
        assert_eq!(
            (counters.above_limit_s, counters.above_limit_charging_s),
            (2, 1)
        );
        assert_eq!(
            (counters.below_limit_s, counters.below_limit_charging_s),
            (2, 1)
        );
    }
}
