//! What the pack counts over its life: the SDK's accumulator with this pack's limits.

use batterypass::accumulator::{Config, Limit, State, Totals};

use super::RATED_CAPACITY_MAH;

/// The limits of the cells.
pub const CONFIG: Config = Config {
    rated_capacity_mah: RATED_CAPACITY_MAH,
    // Far above what the inverter may draw: 2.4 kA is a short circuit.
    over_current_ma: Limit {
        beyond: 2_400_000,
        within: 1_000_000,
    },
    ..Config::LITHIUM_ION
};

/// What the example passport reports of its battery: 17 090.2 Ah of capacity throughput, half in each
/// direction, are 40 full cycles.
pub const EXAMPLE: State = State::new(&Totals {
    charged_mah: 8_545_100,
    discharged_mah: 8_545_100,
    charged_wh: 2_990_200,
    discharged_wh: 2_990_200,
    above_limit_min: 38,
    below_limit_min: 0,
    above_limit_charging_min: 6,
    below_limit_charging_min: 0,
    unmeasured_min: 0,
    deep_discharge_events: 0,
    overcharge_events: 0,
    over_temperature_events: 1,
    over_current_events: 0,
    accident_events: 0,
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_fit_together() {
        CONFIG.validate().unwrap();
    }
}
