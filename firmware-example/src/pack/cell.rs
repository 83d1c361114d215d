//! One lithium-ion cell (nickel-manganese-cobalt, graphite) in integers: the open-circuit voltage
//! by state of charge and the internal resistance by temperature, state of charge and age.

/// State of charge that counts as full, in parts per million.
pub const FULL_PPM: i32 = 1_000_000;

/// Distance of two points of [`OCV_MV`], in parts per million of the state of charge.
const OCV_STEP_PPM: i32 = 50_000;

/// Rest voltage in mV at 0 %, 5 %, 10 % .. 100 %.
///
/// The shape is that of a common NMC 622 cell: steep below 10 %, a flat middle, a slow climb.
const OCV_MV: [i32; 21] = [
    3000, 3330, 3450, 3500, 3540, 3570, 3595, 3615, 3635, 3660, 3690, 3730, 3775, 3820, 3865, 3910,
    3955, 4005, 4060, 4120, 4190,
];

/// Resistance of a new cell at 25 degrees Celsius and half charge, in nanoohm, with its share of the
/// connections: 96 of it are the 52 milliohm of the example passport.
const RESISTANCE_NOHM: u32 = 540_000;

/// Open-circuit voltage in microvolt at a state of charge; outside 0..=[`FULL_PPM`] the ends hold.
pub fn open_circuit_uv(state_of_charge_ppm: i32) -> i32 {
    let ppm = state_of_charge_ppm.clamp(0, FULL_PPM - 1);
    let (index, rest) = ((ppm / OCV_STEP_PPM) as usize, ppm % OCV_STEP_PPM);
    let (low, high) = (OCV_MV[index], OCV_MV[index + 1]);
    // mV * ppm / 50 = uV for a step of 50 000 ppm; at most 330 * 50 000, well inside 32 bits.
    low * 1000 + (high - low) * rest / (OCV_STEP_PPM / 1000)
}

/// Internal resistance in nanoohm.
///
/// It rises by 1.5 % for each kelvin below 25 degrees Celsius, falls by 0.5 % for each kelvin above
/// (at most by a fifth), rises by up to 40 % below a tenth of the charge, and with age.
pub fn resistance_nohm(
    state_of_charge_ppm: i32,
    temperature_ddegc: i32,
    growth_permille: u32,
) -> u32 {
    let colder = 250 - temperature_ddegc.clamp(-300, 650);
    let by_temperature = if colder > 0 {
        1000 + colder * 3 / 2
    } else {
        1000 + colder / 2
    };
    let empty = (100_000 - state_of_charge_ppm).clamp(0, 100_000);
    let by_charge = 1000 + empty * 4 / 1000;
    // The product stays below 2^32: 540 000 * 1825 / 1000 * 1400 / 1000 * 2000.
    let scaled = RESISTANCE_NOHM * by_temperature.unsigned_abs() / 1000;
    let scaled = scaled * by_charge.unsigned_abs() / 1000;
    scaled / 100 * (1000 + growth_permille.min(1000)) / 10
}

/// Voltage in microvolt over a resistance in nanoohm at a current in mA.
pub fn drop_uv(current_ma: i32, resistance_nohm: u32) -> i32 {
    // mA * nOhm = pV. A pack that carries less than 2 kA per cell stays inside 32 bits of uV.
    i32::try_from(i64::from(current_ma) * i64::from(resistance_nohm) / 1_000_000)
        .unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn voltage_rises_with_charge_and_joins_at_the_points() {
        let mut last = 0;
        for ppm in (0..=FULL_PPM).step_by(1000) {
            let uv = open_circuit_uv(ppm);
            assert!(uv > last, "{ppm} ppm: {uv} uV after {last} uV");
            last = uv;
        }
        assert_eq!(open_circuit_uv(500_000), 3_690_000);
        assert_eq!(open_circuit_uv(525_000), 3_710_000);
        assert_eq!(open_circuit_uv(-5), 3_000_000);
        assert!((4_189_990..=4_190_000).contains(&open_circuit_uv(FULL_PPM + 1)));
    }

    #[test]
    fn resistance_depends_on_cold_emptiness_and_age() {
        let new = resistance_nohm(500_000, 250, 0);
        assert_eq!(new, 540_000);
        assert_eq!(resistance_nohm(500_000, 50, 0), 702_000);
        assert_eq!(resistance_nohm(500_000, 450, 0), 486_000);
        assert_eq!(resistance_nohm(0, 250, 0), 756_000);
        assert_eq!(resistance_nohm(500_000, 250, 500), 810_000);
        // The worst case of all inputs must not overflow.
        assert!(resistance_nohm(i32::MIN / 2, i32::MIN, u32::MAX) > 2_500_000);
    }

    #[test]
    fn ohms_law() {
        assert_eq!(drop_uv(100_000, 700_000), 70_000);
        assert_eq!(drop_uv(-100_000, 700_000), -70_000);
    }
}
