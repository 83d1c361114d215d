//! The device record: what a BMS reports, in integers of fixed units, about 70 bytes long.
//!
//! On the wire a record is one schema byte and the postcard encoding (postcard wire format 1) of
//! [`Record`]'s fields in their order. Signed, it is a COSE_Sign1 whose external AAD is the passport
//! id, so that a record of one battery is worth nothing as a record of another.

use serde::{Deserialize, Serialize};

use crate::cose::{self, Sign1, SignOptions};
use crate::crypto::Crypto;
use crate::error::{Error, ErrorCode, Result};
use crate::key::{PublicKey, SigningKey};

/// The schema byte of this version.
pub const SCHEMA: u8 = 1;
/// Bytes of the longest encoded record.
pub const MAX_LEN: usize = 160;
/// Bytes of the longest signed record.
pub const MAX_SIGNED_LEN: usize = MAX_LEN + 192;
/// Media type of an encoded record (COSE header 3).
pub const CONTENT_TYPE: &str = "application/vnd.batterypass.record";
/// Most temperature sensors that a record reports.
pub const MAX_TEMPERATURES: usize = 8;

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
    /// Remaining capacity in mAh (LMT, industrial).
    pub remaining_capacity_mah: Option<u32>,
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
    pub time_above_limit_min: u32,
    /// Time spent below the lower temperature limit, in minutes.
    pub time_below_limit_min: u32,
    /// Time spent charging above the upper temperature limit, in minutes.
    pub time_above_limit_charging_min: u32,
    /// Time spent charging below the lower temperature limit, in minutes.
    pub time_below_limit_charging_min: u32,
    /// Full equivalent charging and discharging cycles.
    pub full_cycles: u32,
    /// Energy throughput in Wh.
    pub energy_throughput_wh: u64,
    /// Capacity throughput in mAh.
    pub capacity_throughput_mah: u64,
    /// Internal resistance of the pack in microohm.
    pub internal_resistance_uohm: u32,
    /// Number of deep discharge events.
    pub deep_discharge_events: u32,
    /// Number of overcharge events.
    pub overcharge_events: u32,
    /// Number of over-temperature events.
    pub over_temperature_events: u32,
}

impl Record {
    /// Encodes the record; [`MAX_LEN`] bytes are always enough.
    ///
    /// # Errors
    /// `out_of_range` with the field's path; `buffer_too_small`.
    pub fn encode<'o>(&self, out: &'o mut [u8]) -> Result<&'o [u8]> {
        self.validate()?;
        let (schema, rest) = out
            .split_first_mut()
            .ok_or(Error::new(ErrorCode::BufferTooSmall))?;
        *schema = SCHEMA;
        let len = postcard::to_slice(self, rest)
            .map_err(|_| Error::new(ErrorCode::BufferTooSmall))?
            .len();
        Ok(&out[..=len])
    }

    /// Decodes a record. Each record has exactly one encoding; any other is refused.
    ///
    /// # Errors
    /// `truncated`, `trailing_bytes`, `malformed_record`, `too_large`, `unsupported_version`;
    /// `out_of_range` with the field's path.
    pub fn decode(data: &[u8]) -> Result<Self> {
        let (schema, rest) = data.split_first().ok_or(Error::new(ErrorCode::Truncated))?;
        if *schema != SCHEMA {
            return Err(ErrorCode::UnsupportedVersion.into());
        }
        if data.len() > MAX_LEN {
            return Err(ErrorCode::TooLarge.into());
        }
        let (record, unread) =
            postcard::take_from_bytes::<Self>(rest).map_err(|error| match error {
                postcard::Error::DeserializeUnexpectedEnd => ErrorCode::Truncated,
                _ => ErrorCode::MalformedRecord,
            })?;
        if !unread.is_empty() {
            return Err(ErrorCode::TrailingBytes.into());
        }
        let mut again = [0; MAX_LEN];
        // Varints have longer forms too; a second form of the same record must not pass.
        if record.encode(&mut again)? == data {
            Ok(record)
        } else {
            Err(ErrorCode::MalformedRecord.into())
        }
    }

    /// Checks the ranges that hold for every battery.
    ///
    /// # Errors
    /// `out_of_range` with the field's path.
    pub fn validate(&self) -> Result<()> {
        let rules = [
            (self.device_time_s <= LAST_TIME_S, "/device_time_s"),
            (
                self.state_of_charge_permille <= 1000,
                "/state_of_charge_permille",
            ),
            (
                self.state_of_certified_energy_permille
                    .is_none_or(|value| value <= 1000),
                "/state_of_certified_energy_permille",
            ),
            (
                self.cell_voltage_min_mv <= self.cell_voltage_max_mv,
                "/cell_voltage_min_mv",
            ),
            (
                self.temperatures_ddegc
                    .iter()
                    .all(|value| (-1000..=2000).contains(value)),
                "/temperatures_ddegc",
            ),
        ];
        match rules.iter().find(|(holds, _)| !holds) {
            Some((_, path)) => Err(Error::in_field(ErrorCode::OutOfRange, path)),
            None => Ok(()),
        }
    }
}

/// Encodes and signs a record as the device of `passport_id`: COSE_Sign1, alg -9.
///
/// [`MAX_SIGNED_LEN`] bytes are always enough.
///
/// # Errors
/// `out_of_range` with the field's path; `buffer_too_small`.
pub fn sign<'o, C: Crypto>(
    record: &Record,
    passport_id: &str,
    key: &SigningKey<C>,
    out: &'o mut [u8],
) -> Result<&'o [u8]> {
    let mut scratch = [0; MAX_LEN];
    let options = SignOptions {
        aad: passport_id.as_bytes(),
        content_type: Some(CONTENT_TYPE),
        ..SignOptions::default()
    };
    cose::sign1(record.encode(&mut scratch)?, key, &options, out)
}

/// Verifies a signed record of `passport_id` against the device's registered key.
///
/// # Errors
/// Those of [`Sign1::decode`] and [`Record::decode`]; `key_mismatch` when the record names another
/// key; `signature_invalid`; `malformed_record` when the content is no record.
pub fn verify(signed: &[u8], passport_id: &str, key: &PublicKey) -> Result<Record> {
    let message = Sign1::decode(signed)?;
    if !message
        .kid()
        .is_some_and(|kid| key.thumbprint().matches(kid))
    {
        return Err(ErrorCode::KeyMismatch.into());
    }
    let payload = message.verify(passport_id.as_bytes(), key)?;
    if message.content_type() != Some(CONTENT_TYPE) {
        return Err(ErrorCode::MalformedRecord.into());
    }
    Record::decode(payload)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSPORT: &str = "urn:uuid:3f4c9a4e-8d1b-4f0e-9c7a-2b6d5e1f0a93";

    fn record() -> Record {
        Record {
            sequence: 4711,
            device_time_s: 1_800_000_000,
            time_quality: TimeQuality::Gateway,
            state_of_charge_permille: 734,
            state_of_certified_energy_permille: Some(962),
            pack_voltage_mv: 362_400,
            cell_voltage_min_mv: 3769,
            cell_voltage_max_mv: 3781,
            current_ma: -85_000,
            temperatures_ddegc: heapless::Vec::from_slice(&[271, 284, 266]).unwrap(),
            full_cycles: 213,
            energy_throughput_wh: 31_950_000,
            capacity_throughput_mah: 91_270_000,
            internal_resistance_uohm: 52_000,
            ..Record::default()
        }
    }

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_bytes(&[seed; 32]).unwrap()
    }

    #[test]
    fn the_first_bytes_are_frozen() {
        let mut out = [0; MAX_LEN];
        let bytes = record().encode(&mut out).unwrap();
        assert_eq!(bytes[..5], [SCHEMA, 0xe7, 0x24, 0x80, 0xa4]);
        assert_eq!(Record::decode(bytes).unwrap(), record());
    }

    #[test]
    fn the_largest_record_fits() {
        let largest = Record {
            sequence: u64::MAX,
            device_time_s: LAST_TIME_S,
            time_quality: TimeQuality::Synchronised,
            state_of_charge_permille: 1000,
            state_of_certified_energy_permille: Some(1000),
            remaining_capacity_mah: Some(u32::MAX),
            pack_voltage_mv: u32::MAX,
            cell_voltage_min_mv: u16::MAX,
            cell_voltage_max_mv: u16::MAX,
            current_ma: i32::MIN,
            temperatures_ddegc: heapless::Vec::from_slice(&[2000; MAX_TEMPERATURES]).unwrap(),
            time_above_limit_min: u32::MAX,
            time_below_limit_min: u32::MAX,
            time_above_limit_charging_min: u32::MAX,
            time_below_limit_charging_min: u32::MAX,
            full_cycles: u32::MAX,
            energy_throughput_wh: u64::MAX,
            capacity_throughput_mah: u64::MAX,
            internal_resistance_uohm: u32::MAX,
            deep_discharge_events: u32::MAX,
            overcharge_events: u32::MAX,
            over_temperature_events: u32::MAX,
        };
        let mut out = [0; MAX_LEN];
        assert_eq!(
            Record::decode(largest.encode(&mut out).unwrap()).unwrap(),
            largest
        );
        let mut out = [0; MAX_SIGNED_LEN];
        let signed = sign(&largest, PASSPORT, &key(7), &mut out).unwrap();
        assert_eq!(
            verify(signed, PASSPORT, key(7).public_key()).unwrap(),
            largest
        );
    }

    #[test]
    fn what_is_not_one_record_is_refused() {
        let mut out = [0; MAX_LEN];
        let len = record().encode(&mut out).unwrap().len();
        for end in 0..len {
            assert_eq!(
                Record::decode(&out[..end]).unwrap_err().code(),
                ErrorCode::Truncated,
                "{end}"
            );
        }
        assert_eq!(
            Record::decode(&out[..=len]).unwrap_err().code(),
            ErrorCode::TrailingBytes
        );
        out[0] = 2;
        assert_eq!(
            Record::decode(&out[..len]).unwrap_err().code(),
            ErrorCode::UnsupportedVersion
        );

        // The same sequence number with a longer varint.
        let mut long = [0; MAX_LEN];
        long[..4].copy_from_slice(&[SCHEMA, 0xe7, 0xa4, 0x00]);
        long[4..=len].copy_from_slice(&out[3..len]);
        assert_eq!(
            Record::decode(&long[..=len]).unwrap_err().code(),
            ErrorCode::MalformedRecord
        );
    }

    #[test]
    fn ranges_name_the_field() {
        type Change = fn(&mut Record);
        let changes: [(Change, &str); 5] = [
            (|r| r.device_time_s = LAST_TIME_S + 1, "/device_time_s"),
            (
                |r| r.state_of_charge_permille = 1001,
                "/state_of_charge_permille",
            ),
            (
                |r| r.state_of_certified_energy_permille = Some(1001),
                "/state_of_certified_energy_permille",
            ),
            (|r| r.cell_voltage_min_mv = 4000, "/cell_voltage_min_mv"),
            (|r| r.temperatures_ddegc[1] = 2001, "/temperatures_ddegc"),
        ];
        for (change, path) in changes {
            let mut bad = record();
            change(&mut bad);
            let error = bad.encode(&mut [0; MAX_LEN]).unwrap_err();
            assert_eq!((error.code(), error.path()), (ErrorCode::OutOfRange, path));
        }
    }

    #[test]
    fn a_signature_holds_for_one_passport_and_one_key() {
        let mut out = [0; MAX_SIGNED_LEN];
        let signed = sign(&record(), PASSPORT, &key(7), &mut out).unwrap();
        assert_eq!(
            verify(signed, PASSPORT, key(7).public_key()).unwrap(),
            record()
        );
        let code = |passport, seed| {
            verify(signed, passport, key(seed).public_key())
                .unwrap_err()
                .code()
        };
        assert_eq!(code("urn:uuid:another", 7), ErrorCode::SignatureInvalid);
        assert_eq!(code(PASSPORT, 8), ErrorCode::KeyMismatch);
    }
}
