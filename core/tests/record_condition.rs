//! Units between a record and a passport: each conversion has a test that a wrong unit breaks.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "std")]

use batterypass::ErrorCode;
use batterypass::model::performance::{BatteryCondition, BatteryTechnicalProperties};
use batterypass::passport::Passport;
use batterypass::record::{MAX_THROUGHPUT, Record, TimeQuality};
use batterypass::time::Timestamp;
use batterypass::validate::{Profile, validate};
use proptest::prelude::*;
use serde_json::{Value, json};

const RECEIVED: i64 = 1_800_000_300;

fn ratings() -> BatteryTechnicalProperties {
    let ratings = json!({ "ratedMaximumPower": 180, "initialSelfDischarge": 1.8 });
    serde_json::from_value(ratings).unwrap()
}

fn received() -> Timestamp {
    Timestamp::from_unix(RECEIVED).unwrap()
}

/// What a record with one value says at one place of the condition, and that the way back is the same.
fn converted(record: Record, place: &str) -> Value {
    let condition = record.to_condition(Some(&ratings()), received());
    let again = Record::from_condition(&condition, Some(&ratings())).unwrap();
    let expected = Record {
        device_time_s: again.device_time_s,
        time_quality: again.time_quality,
        ..record
    };
    assert_eq!(again, expected);
    let value = serde_json::to_value(condition).unwrap();
    value.pointer(place).cloned().unwrap_or_default()
}

macro_rules! units {
    ($($name:ident $field:ident: $value:expr => $place:literal $expected:expr;)*) => {$(
        #[test]
        fn $name() {
            let record = Record { $field: $value, ..Record::default() };
            assert_eq!(converted(record, $place), json!($expected));
        }
    )*};
}

units! {
    state_of_charge_is_permille_in_percent state_of_charge_permille:
        734 => "/stateOfCharge/stateOfChargeValue" 73.4;
    certified_energy_is_permille_in_percent state_of_certified_energy_permille:
        Some(962) => "/stateOfCertifiedEnergy/stateOfCertifiedEnergyValue" 96.2;
    remaining_capacity_is_mah_in_ah_and_not_in_kwh remaining_capacity_mah:
        Some(208_100) => "/remainingCapacity/remainingCapacityValue" 208.1;
    remaining_energy_is_wh_in_kwh remaining_energy_wh:
        Some(72_800) => "/remainingEnergy/remainingEnergyValue" 72.8;
    remaining_power_is_w_in_percent_of_kw remaining_power_w:
        Some(178_920) => "/remainingPowerCapability/remainingPowerCapabilityValue/powerCapabilityAt" 99.4;
    efficiency_is_permille_in_percent round_trip_efficiency_permille:
        Some(952) => "/remainingRoundTripEnergyEfficiency/remainingRoundTripEnergyEfficiencyValue" 95.2;
    self_discharge_is_ppm_in_percent self_discharge_ppm_per_month:
        Some(19_001) => "/currentSelfDischargingRate/currentSelfDischargingRateValue" 1.9001;
    evolution_of_self_discharge_is_in_points self_discharge_ppm_per_month:
        Some(19_001) => "/evolutionOfSelfDischarge/evolutionOfSelfDischargeValue" 0.1001;
    time_above_is_in_minutes time_above_limit_min:
        Some(61) => "/temperatureInformation/timeExtremeHighTemp" 61;
    time_below_is_in_minutes time_below_limit_min:
        Some(62) => "/temperatureInformation/timeExtremeLowTemp" 62;
    time_charging_above_is_in_minutes time_above_limit_charging_min:
        Some(63) => "/temperatureInformation/timeExtremeHighTempCharging" 63;
    time_charging_below_is_in_minutes time_below_limit_charging_min:
        Some(64) => "/temperatureInformation/timeExtremeLowTempCharging" 64;
    cycles_are_whole full_cycles:
        213 => "/numberOfFullCycles/numberOfFullCyclesValue" 213;
    energy_throughput_is_wh_in_kwh energy_throughput_wh:
        Some(12_345_678) => "/energyThroughput/energyThroughputValue" 12_345.678;
    capacity_throughput_is_mah_in_ah capacity_throughput_mah:
        Some(33_000_500) => "/capacityThroughput/capacityThroughputValue" 33_000.5;
    deep_discharges_are_counted deep_discharge_events:
        Some(2) => "/numberOfDeepDischargeEvents/numberOfDeepDischargeEventsValue" 2;
    overcharges_are_counted overcharge_events:
        Some(0) => "/numberOfOverchargeEvents/numberOfOverchargeEventsValue" 0;
    over_temperatures_are_events over_temperature_events:
        Some(3) => "/negativeEvents/0/negativeEvent" "Over-temperatures counted by the battery: 3";
    over_currents_are_events over_current_events:
        Some(4) => "/negativeEvents/0/negativeEvent" "Over-currents counted by the battery: 4";
    accidents_are_events accident_events:
        Some(1) => "/negativeEvents/0/negativeEvent" "Accidents counted by the battery: 1";
}

#[test]
fn power_is_that_at_the_state_of_charge() {
    let record = Record {
        state_of_charge_permille: 201,
        remaining_power_w: Some(123_456),
        ..Record::default()
    };
    let power = "/remainingPowerCapability/remainingPowerCapabilityValue";
    let condition = record.to_condition(Some(&ratings()), received());
    let value = serde_json::to_value(&condition).unwrap();
    assert_eq!(value.pointer(power).unwrap()["atSoC"], 20.1);
    // 68.5866.. %: rounded to 0.01 %, which is 18 W of 180 kW.
    assert_eq!(value.pointer(power).unwrap()["powerCapabilityAt"], 68.59);
    let again = Record::from_condition(&condition, Some(&ratings())).unwrap();
    assert_eq!(again.remaining_power_w, Some(123_462));
    // Without a rating there is no percentage.
    let none = record.to_condition(None, received());
    assert!(none.remaining_power_capability.is_none());
}

/// Temperatures, voltages, current and resistance are of the record alone: upstream has no member.
#[test]
fn what_has_no_member_is_not_put_elsewhere() {
    let record = Record {
        pack_voltage_mv: 362_400,
        cell_voltage_min_mv: 3769,
        cell_voltage_max_mv: 3781,
        current_ma: -85_000,
        temperatures_ddegc: [271].into_iter().collect(),
        internal_resistance_uohm: Some(52_000),
        ..Record::default()
    };
    let bare = Record::default().to_condition(Some(&ratings()), received());
    assert_eq!(record.to_condition(Some(&ratings()), received()), bare);
}

#[test]
fn the_time_is_that_of_measurement_or_else_of_receipt() {
    let mut record = Record {
        device_time_s: 1_800_000_000,
        time_quality: TimeQuality::Gateway,
        ..Record::default()
    };
    let time = |record: &Record| {
        let condition = record.to_condition(None, received());
        condition.state_of_charge.unwrap().last_update.unwrap()
    };
    assert_eq!(time(&record), "2027-01-15T08:00:00Z");
    record.time_quality = TimeQuality::Unset;
    assert_eq!(time(&record), "2027-01-15T08:05:00Z");
}

fn condition(value: Value) -> BatteryCondition {
    serde_json::from_value(value).unwrap()
}

#[test]
fn numbers_that_a_record_cannot_hold_are_refused() {
    let read = |member: &str, number: Value| {
        let mut value = json!({
            "stateOfCharge": { "stateOfChargeValue": 50 },
            "numberOfFullCycles": { "numberOfFullCyclesValue": 1 },
        });
        value[member] = json!({ format!("{member}Value"): number });
        Record::from_condition(&condition(value), None)
    };
    for (member, number) in [
        ("stateOfCharge", json!(100.1)),
        ("stateOfCharge", json!(-0.1)),
        ("energyThroughput", json!(1e12)),
        ("numberOfFullCycles", json!(4_294_967_296_u64)),
        ("remainingCapacity", json!(-1)),
        ("currentSelfDischargingRate", json!(100.001)),
    ] {
        let error = read(member, number).unwrap_err();
        assert_eq!(error.code(), ErrorCode::OutOfRange);
        assert_eq!(error.path(), format!("/{member}/{member}Value"));
    }
    // Finer than a record: to the nearest.
    let rounded = read("stateOfCharge", json!(63.46)).unwrap();
    assert_eq!(rounded.state_of_charge_permille, 635);
    for missing in ["stateOfCharge", "numberOfFullCycles"] {
        let mut value = json!({
            "stateOfCharge": { "stateOfChargeValue": 50 },
            "numberOfFullCycles": { "numberOfFullCyclesValue": 1 },
        });
        value.as_object_mut().unwrap().remove(missing);
        let error = Record::from_condition(&condition(value), None).unwrap_err();
        assert_eq!(error.code(), ErrorCode::MissingMember);
        assert_eq!(error.path(), format!("/{missing}/{missing}Value"));
    }
}

/// The example passports are read as records, and a record put into them leaves them valid.
#[test]
fn the_examples_take_a_record() {
    for (file, cycles, throughput_mah) in [
        ("ev-battery", 40, 17_090_200),
        ("lmt-ebike", 8, 308_400),
        ("stationary-storage", 105, 58_990_000),
    ] {
        let path = format!(
            "{}/../schemas/examples/{file}.json",
            env!("CARGO_MANIFEST_DIR")
        );
        let text = std::fs::read(path).unwrap();
        let mut passport = Passport::parse(&text).unwrap();
        let performance = passport.performance_and_durability.as_ref().unwrap();
        let ratings = performance.battery_technical_properties.as_ref();
        let said = performance.battery_condition.as_ref().unwrap();
        let record = Record::from_condition(said, ratings).unwrap();
        assert_eq!(record.full_cycles, cycles);
        assert_eq!(record.capacity_throughput_mah, Some(throughput_mah));
        // The same record changes nothing but times.
        let before = passport.clone();
        record.apply(&mut passport, received());
        let at = Timestamp::from_unix(RECEIVED).unwrap();
        let findings = |passport: &Passport| {
            let report = validate(passport, Profile::Regulation, at);
            let errors = report.findings.into_iter().map(|f| (f.code, f.path));
            errors.collect::<Vec<_>>()
        };
        assert_eq!(findings(&passport), findings(&before), "{file}");
    }
}

#[test]
fn applying_keeps_what_the_record_does_not_know() {
    let mut passport = Passport::from_value(json!({
        "lastUpdate": "2028-01-01T00:00:00Z",
        "performanceAndDurability": { "batteryCondition": {
            "capacityFade": { "capacityFadeValue": 0.9 },
            "remainingEnergy": { "remainingEnergyValue": 70 },
            "negativeEvents": [
                { "negativeEvent": "Flooded" },
                { "negativeEvent": "Accidents counted by the battery: 1" },
            ],
        }},
    }))
    .unwrap();
    let record = Record {
        accident_events: Some(2),
        over_current_events: Some(0),
        ..Record::default()
    };
    record.apply(&mut passport, received());
    let value = passport.to_value().unwrap();
    let condition = &value["performanceAndDurability"]["batteryCondition"];
    assert_eq!(value["lastUpdate"], "2028-01-01T00:00:00Z");
    assert_eq!(condition["capacityFade"]["capacityFadeValue"], 0.9);
    assert_eq!(condition["remainingEnergy"]["remainingEnergyValue"], 70);
    let events = condition["negativeEvents"].as_array().unwrap().iter();
    let events: Vec<_> = events
        .map(|event| event["negativeEvent"].as_str().unwrap())
        .collect();
    assert_eq!(events, ["Flooded", "Accidents counted by the battery: 2"]);
}

proptest! {
    /// The way back gives the same record, at any size.
    #[test]
    fn nothing_is_lost(
        soc in 0..=1000_u16, soce in prop::option::of(0..=1000_u16), capacity in any::<Option<u32>>(),
        energy in prop::option::of(0..=MAX_THROUGHPUT), charge in prop::option::of(0..=MAX_THROUGHPUT),
        ppm in prop::option::of(0..=1_000_000_u32), time in any::<[Option<u32>; 4]>(), cycles: u32,
        remaining in any::<Option<u32>>(), events in any::<[Option<u32>; 2]>(),
        counted in prop::array::uniform3(prop::option::of(1..=u32::MAX)),
        seconds in 0..253_402_300_799_u64,
    ) {
        let record = Record {
            device_time_s: seconds,
            time_quality: TimeQuality::Gateway,
            state_of_charge_permille: soc,
            state_of_certified_energy_permille: soce,
            remaining_capacity_mah: capacity,
            remaining_energy_wh: remaining,
            round_trip_efficiency_permille: soce,
            self_discharge_ppm_per_month: ppm,
            time_above_limit_min: time[0],
            time_below_limit_min: time[1],
            time_above_limit_charging_min: time[2],
            time_below_limit_charging_min: time[3],
            full_cycles: cycles,
            energy_throughput_wh: energy,
            capacity_throughput_mah: charge,
            deep_discharge_events: events[0],
            overcharge_events: events[1],
            over_temperature_events: counted[0],
            over_current_events: counted[1],
            accident_events: counted[2],
            ..Record::default()
        };
        let condition = record.to_condition(None, received());
        // Through the text of a document, as a passport travels.
        let text = serde_json::to_string(&condition).unwrap();
        let condition: BatteryCondition = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(Record::from_condition(&condition, None).unwrap(), record);
    }
}
