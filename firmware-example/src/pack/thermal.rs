//! Heat: what the current warms and the air cools, and what the sensors see of it.

use super::SENSORS;

/// Heat capacity of cells and casing, in J/K (430 kg at 1.05 kJ/kgK).
const HEAT_CAPACITY_J_PER_K: i64 = 450_000;
/// Heat that leaves to the ambient air, in mW for each kelvin above it.
const COOLING_MW_PER_K: i64 = 65_000;
/// Seconds of a day, the period of the ambient temperature.
const DAY_S: u32 = 86_400;
/// Coldest and warmest hour of the day, in microkelvin above 0 degrees Celsius.
const AMBIENT_UK: (i32, i32) = (12_000_000, 31_000_000);

/// Each sensor's share of the difference between pack and ambient, in percent: the module in the
/// middle is the warmest, the one at the cooling inlet the coldest.
const SENSOR_PERCENT: [i32; SENSORS] = [86, 97, 112, 104];

/// Ambient temperature in microkelvin above 0 degrees Celsius: coldest at the start of the
/// simulated day, warmest in its middle.
pub fn ambient_uk(seconds: u64) -> i32 {
    // The remainder of a day fits 32 bits.
    let second = (seconds % u64::from(DAY_S)) as u32;
    let from_cold = second.min(DAY_S - second);
    let (low, high) = AMBIENT_UK;
    // Half a day is 43 200 s; the product of the span in mK and that is below 2^31.
    low + (high - low) / 1000 * from_cold.cast_signed() / (DAY_S.cast_signed() / 2) * 1000
}

/// The pack's temperature one second later.
///
/// `resistance_uohm` is that of the whole pack, both temperatures are in microkelvin above
/// 0 degrees Celsius.
pub fn step_uk(temperature_uk: i32, ambient_uk: i32, current_ma: i32, resistance_uohm: u32) -> i32 {
    let current = i64::from(current_ma);
    // mA^2 * uOhm = pW.
    let heating_mw = current * current / 1000 * i64::from(resistance_uohm) / 1_000_000;
    let cooling_mw = i64::from(temperature_uk - ambient_uk) * COOLING_MW_PER_K / 1_000_000;
    // mJ / (J/K) = mK, so a thousand times that is uK.
    let change = (heating_mw - cooling_mw) * 1000 / HEAT_CAPACITY_J_PER_K;
    temperature_uk.saturating_add(i32::try_from(change).unwrap_or(i32::MAX))
}

/// What the sensors show, in tenths of a degree Celsius.
pub fn sensors_ddegc(temperature_uk: i32, ambient_uk: i32) -> [i16; SENSORS] {
    let above = (temperature_uk - ambient_uk) / 1000;
    SENSOR_PERCENT.map(|percent| {
        let millikelvin = ambient_uk / 1000 + above * percent / 100;
        i16::try_from(millikelvin / 100).unwrap_or(i16::MAX)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ambient_follows_the_day() {
        assert_eq!(ambient_uk(0), 12_000_000);
        assert_eq!(ambient_uk(43_200), 31_000_000);
        assert_eq!(ambient_uk(86_400 * 1000), 12_000_000);
        assert!(ambient_uk(20_000) > ambient_uk(10_000));
    }

    #[test]
    fn current_warms_and_rest_cools() {
        let (mut hot, ambient) = (25_000_000, 25_000_000);
        for _ in 0..3600 {
            hot = step_uk(hot, ambient, -210_000, 52_000);
        }
        // 2.3 kW for an hour, less what the air takes: between 10 and 20 K.
        assert!((35_000_000..45_000_000).contains(&hot), "{hot}");
        let mut cooled = hot;
        for _ in 0..36_000 {
            cooled = step_uk(cooled, ambient, 0, 52_000);
        }
        assert!(cooled < 25_200_000 && cooled >= ambient, "{cooled}");
    }

    #[test]
    fn the_middle_module_is_the_warmest() {
        assert_eq!(sensors_ddegc(35_000_000, 25_000_000), [336, 347, 362, 354]);
        assert_eq!(sensors_ddegc(-10_000_000, -10_000_000), [-100; SENSORS]);
    }
}
