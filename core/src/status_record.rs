//! The credential `BatteryStatusRecord`: a record that the BMS signs for others than the cloud, as a
//! `vc+jwt` under its own `did:key`. Needs no allocator.
//!
//! The subject is the battery, by the id of its passport; it has the members of [`Record`] with their
//! units in the names, as integers: `stateOfChargePermille`, `packVoltageMv` and so on.

use crate::crypto::Crypto;
use crate::error::{ErrorCode, Result};
use crate::jwt::{self, Header, JsonWriter};
use crate::key::SigningKey;
use crate::record::{Record, TimeQuality};
use crate::time::Timestamp;

/// The type of the credential.
pub const TYPE: &str = "BatteryStatusRecord";
/// The type of its subject.
pub const SUBJECT_TYPE: &str = "BatteryStatus";
/// Bytes of the longest token whose passport id has up to 100 bytes.
pub const MAX_LEN: usize = 3072;

const CONTEXTS: [&str; 2] = [
    "https://www.w3.org/ns/credentials/v2",
    "https://www.w3.org/ns/credentials/undefined-terms/v2",
];

/// What the credential says beside the record.
#[derive(Clone, Copy, Debug)]
pub struct StatusRecord<'a> {
    /// The battery: the id of its passport, a URL.
    pub passport_id: &'a str,
    /// What was measured.
    pub record: &'a Record,
    /// From when on the credential is valid. By default the time of measurement, where the device has
    /// the time.
    pub valid_from: Option<Timestamp>,
    /// When it is not to be relied on any more.
    pub valid_until: Option<Timestamp>,
}

/// Signs the credential as `vc+jwt` (VC-JOSE-COSE section 3.1.1).
///
/// ```
/// use batterypass::SigningKey;
/// use batterypass::record::Record;
/// use batterypass::status_record::{MAX_LEN, StatusRecord, sign};
///
/// let bms = SigningKey::from_bytes(&[7; 32])?;
/// let record = Record { sequence: 1, state_of_charge_permille: 734, ..Record::default() };
/// let status = StatusRecord {
///     passport_id: "urn:uuid:3f4c9a4e-8d1b-4f0e-9c7a-2b6d5e1f0a93",
///     record: &record,
///     valid_from: None,
///     valid_until: None,
/// };
/// let mut out = [0; MAX_LEN];
/// let token = sign(&status, &bms, &mut out)?;
/// assert!(token.starts_with("eyJ"));
/// # Ok::<(), batterypass::Error>(())
/// ```
///
/// # Errors
/// `out_of_range` with the field's path; `invalid_argument` when the passport id is no URL; `buffer_too_small`.
pub fn sign<'o, C: Crypto>(
    status: &StatusRecord<'_>,
    key: &SigningKey<C>,
    out: &'o mut [u8],
) -> Result<&'o str> {
    status.record.validate()?;
    // VCDM 2.0 section 4.4: an id is a URL, so it has a scheme.
    if !status.passport_id.contains(':') {
        return Err(ErrorCode::InvalidArgument.into());
    }
    let kid = key.public_key().did_url();
    let header = Header {
        typ: "vc+jwt",
        cty: Some("vc"),
        kid: &kid,
    };
    let issuer = key.public_key().did();
    jwt::sign(&header, key, out, |json| credential(json, status, &issuer))
}

fn credential(
    json: &mut JsonWriter<'_, '_>,
    status: &StatusRecord<'_>,
    issuer: &str,
) -> Result<()> {
    json.object()?.name("@context")?.array()?;
    for context in CONTEXTS {
        json.text(context)?;
    }
    json.end()?;
    json.name("type")?
        .array()?
        .text("VerifiableCredential")?
        .text(TYPE)?
        .end()?;
    json.name("issuer")?.text(issuer)?;
    if let Some(time) = status.valid_from.or_else(|| status.record.measured_at()) {
        json.name("validFrom")?.display(&time)?;
    }
    if let Some(time) = status.valid_until {
        json.name("validUntil")?.display(&time)?;
    }
    json.name("credentialSubject")?;
    subject(json, status)?;
    json.end()
}

fn subject(json: &mut JsonWriter<'_, '_>, status: &StatusRecord<'_>) -> Result<()> {
    let record = status.record;
    json.object()?.name("id")?.text(status.passport_id)?;
    json.name("type")?.text(SUBJECT_TYPE)?;
    json.name("sequence")?.unsigned(record.sequence)?;
    json.name("deviceTimeS")?.unsigned(record.device_time_s)?;
    json.name("timeQuality")?.text(match record.time_quality {
        TimeQuality::Unset => "unset",
        TimeQuality::Gateway => "gateway",
        TimeQuality::Synchronised => "synchronised",
    })?;
    json.name("stateOfChargePermille")?
        .unsigned(record.state_of_charge_permille)?;
    json.name("currentMa")?.integer(record.current_ma)?;
    json.name("temperaturesDdegc")?.array()?;
    for temperature in &record.temperatures_ddegc {
        json.integer(*temperature)?;
    }
    json.end()?;
    let numbers: [(&str, Option<u64>); 22] = [
        (
            "stateOfCertifiedEnergyPermille",
            record.state_of_certified_energy_permille.map(u64::from),
        ),
        (
            "remainingCapacityMah",
            record.remaining_capacity_mah.map(u64::from),
        ),
        (
            "remainingEnergyWh",
            record.remaining_energy_wh.map(u64::from),
        ),
        ("remainingPowerW", record.remaining_power_w.map(u64::from)),
        (
            "roundTripEfficiencyPermille",
            record.round_trip_efficiency_permille.map(u64::from),
        ),
        (
            "selfDischargePpmPerMonth",
            record.self_discharge_ppm_per_month.map(u64::from),
        ),
        (
            "internalResistanceUohm",
            record.internal_resistance_uohm.map(u64::from),
        ),
        ("packVoltageMv", Some(record.pack_voltage_mv.into())),
        ("cellVoltageMinMv", Some(record.cell_voltage_min_mv.into())),
        ("cellVoltageMaxMv", Some(record.cell_voltage_max_mv.into())),
        (
            "timeAboveLimitMin",
            record.time_above_limit_min.map(u64::from),
        ),
        (
            "timeBelowLimitMin",
            record.time_below_limit_min.map(u64::from),
        ),
        (
            "timeAboveLimitChargingMin",
            record.time_above_limit_charging_min.map(u64::from),
        ),
        (
            "timeBelowLimitChargingMin",
            record.time_below_limit_charging_min.map(u64::from),
        ),
        ("fullCycles", Some(record.full_cycles.into())),
        ("energyThroughputWh", record.energy_throughput_wh),
        ("capacityThroughputMah", record.capacity_throughput_mah),
        (
            "deepDischargeEvents",
            record.deep_discharge_events.map(u64::from),
        ),
        ("overchargeEvents", record.overcharge_events.map(u64::from)),
        (
            "overTemperatureEvents",
            record.over_temperature_events.map(u64::from),
        ),
        (
            "overCurrentEvents",
            record.over_current_events.map(u64::from),
        ),
        ("accidentEvents", record.accident_events.map(u64::from)),
    ];
    for (name, value) in numbers {
        if let Some(value) = value {
            json.name(name)?.unsigned(value)?;
        }
    }
    json.end()
}
