//! The device record: what a BMS reports, in integers of fixed units, about 90 bytes long.
//!
//! On the wire a record is one schema byte and the postcard encoding (postcard wire format 1) of
//! [`Record`]'s fields in their order. Signed, it is a COSE_Sign1 whose external AAD is the passport
//! id, so that a record of one battery is worth nothing as a record of another.
//!
//! **Version 1 is frozen.** Its fields, their order, types, units and ranges do not change; they are
//! listed in [`FIELDS`] and, generated from it, in `schemas/record.json` and `schemas/record.cddl`. A
//! later version appends fields after the last one and has a schema byte of its own. A reader refuses
//! a schema byte that it does not know (`unsupported_version`) and bytes after the last field
//! (`trailing_bytes`): nobody can hide data in a record, and no reader guesses where a field ends.

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorCode, Result};
use crate::time::Timestamp;

#[cfg(feature = "alloc")]
mod condition;
pub mod plausibility;
mod signed;
mod table;
mod wire;

pub use signed::{sign, verify};
pub use table::{FIELDS, Field, Kind};

/// The schema byte of this version.
pub const SCHEMA: u8 = 1;
/// Bytes of the longest encoded record: that of [`FIELDS`] with each value at its longest.
pub const MAX_LEN: usize = 164;
/// Bytes of the longest signed record.
pub const MAX_SIGNED_LEN: usize = MAX_LEN + 192;
/// Media type of an encoded record (COSE header 3).
pub const CONTENT_TYPE: &str = "application/vnd.batterypass.record";
/// Most temperature sensors that a record reports.
pub const MAX_TEMPERATURES: usize = 8;
/// Largest throughput, in Wh or mAh. Its 15 decimal digits survive a number of JSON in kWh or Ah.
pub const MAX_THROUGHPUT: u64 = 999_999_999_999_999;

/// 9999-12-31T23:59:59Z.
const LAST_TIME_S: u64 = 253_402_300_799;

/// How far [`Record::device_time_s`] can be trusted.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub enum TimeQuality {
    /// Seconds since boot: the device has no time.
    #[default]
    Unset,
    /// Unix time that a gateway gave and the device kept counting.
    Gateway,
    /// Unix time from a synchronised clock.
    Synchronised,
}

/// The dynamic data of one battery at one moment (Annex VII and Annex XIII point 4 of Regulation
/// (EU) 2023/1542). The unit is the end of the field's name.
///
/// What is `None` the device does not know. That is not the same as zero: a passport that says "no
/// overcharge" must have counted.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Record {
    /// Number of the record; grows with each record of a device key and is never used twice.
    pub sequence: u64,
    /// Time of measurement: Unix seconds, or seconds since boot where the quality says so.
    pub device_time_s: u64,
    /// Where the time comes from.
    pub time_quality: TimeQuality,
    /// State of charge in 0.1 %: 0 to 1000.
    pub state_of_charge_permille: u16,
    /// State of certified energy in 0.1 % of the certified usable energy (EV): 0 to 1000.
    pub state_of_certified_energy_permille: Option<u16>,
    /// Capacity of the full battery as it is now, in mAh (LMT, industrial).
    pub remaining_capacity_mah: Option<u32>,
    /// Usable energy of the full battery as it is now, in Wh (EV).
    pub remaining_energy_wh: Option<u32>,
    /// Power that the battery can give at this record's state of charge, in W (LMT, industrial).
    pub remaining_power_w: Option<u32>,
    /// Round-trip energy efficiency now, in 0.1 %: 0 to 1000 (LMT, industrial).
    pub round_trip_efficiency_permille: Option<u16>,
    /// Self-discharge now, in millionths of the capacity a month: 0 to 1 000 000 (industrial).
    pub self_discharge_ppm_per_month: Option<u32>,
    /// Internal resistance of the pack in microohm.
    pub internal_resistance_uohm: Option<u32>,
    /// Voltage of the pack in mV.
    pub pack_voltage_mv: u32,
    /// Lowest cell voltage in mV.
    pub cell_voltage_min_mv: u16,
    /// Highest cell voltage in mV.
    pub cell_voltage_max_mv: u16,
    /// Pack current in mA; positive while charging.
    pub current_ma: i32,
    /// Temperatures in 0.1 degree Celsius, one a sensor: -100.0 to 200.0 degrees.
    pub temperatures_ddegc: heapless::Vec<i16, MAX_TEMPERATURES>,
    /// Time spent above the upper temperature limit, in minutes.
    pub time_above_limit_min: Option<u32>,
    /// Time spent below the lower temperature limit, in minutes.
    pub time_below_limit_min: Option<u32>,
    /// Time spent charging above the upper temperature limit, in minutes.
    pub time_above_limit_charging_min: Option<u32>,
    /// Time spent charging below the lower temperature limit, in minutes.
    pub time_below_limit_charging_min: Option<u32>,
    /// Full equivalent charging and discharging cycles.
    pub full_cycles: u32,
    /// Energy throughput, in and out, in Wh: up to [`MAX_THROUGHPUT`].
    pub energy_throughput_wh: Option<u64>,
    /// Capacity throughput, in and out, in mAh: up to [`MAX_THROUGHPUT`].
    pub capacity_throughput_mah: Option<u64>,
    /// Number of deep discharge events.
    pub deep_discharge_events: Option<u32>,
    /// Number of overcharge events.
    pub overcharge_events: Option<u32>,
    /// Number of over-temperature events.
    pub over_temperature_events: Option<u32>,
    /// Number of over-current events, short circuits among them.
    pub over_current_events: Option<u32>,
    /// Number of accidents that the device was told of or saw: crash signal, insulation fault,
    /// thermal runaway.
    pub accident_events: Option<u32>,
}

impl Record {
    /// Returns when the values held, where the device has the time.
    pub fn measured_at(&self) -> Option<Timestamp> {
        let seconds = i64::try_from(self.device_time_s).ok()?;
        match self.time_quality {
            TimeQuality::Unset => None,
            TimeQuality::Gateway | TimeQuality::Synchronised => Timestamp::from_unix(seconds).ok(),
        }
    }

    /// Checks the ranges that hold for every battery, those of [`FIELDS`]. What is possible beyond
    /// that [`plausibility`] tells.
    ///
    /// # Errors
    /// `out_of_range` with the field's path.
    pub fn validate(&self) -> Result<()> {
        match plausibility::out_of_range(self) {
            Some(path) => Err(Error::in_field(ErrorCode::OutOfRange, path)),
            None => Ok(()),
        }
    }
}
