//! What a BMS signs without an allocator is a credential like any other.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "alloc")]

use batterypass::credential::{VerifyOptions, verify};
use batterypass::jwt::{self, Header, JsonWriter};
use batterypass::record::{MAX_TEMPERATURES, MAX_THROUGHPUT, Record, TimeQuality};
use batterypass::status_record::{MAX_LEN, StatusRecord, sign};
use batterypass::time::Timestamp;
use batterypass::{ErrorCode, Result, SigningKey};
use serde_json::{Value, json};

const PASSPORT: &str = "urn:uuid:3f4c9a4e-8d1b-4f0e-9c7a-2b6d5e1f0a93";

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32]).unwrap()
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

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
        temperatures_ddegc: [271, -284].into_iter().collect(),
        full_cycles: 213,
        energy_throughput_wh: Some(31_950_000),
        ..Record::default()
    }
}

fn status(record: &Record) -> StatusRecord<'_> {
    StatusRecord {
        passport_id: PASSPORT,
        record,
        valid_from: None,
        valid_until: None,
    }
}

#[test]
fn verifies_as_a_credential() {
    let record = record();
    let status = StatusRecord {
        valid_until: Some(time("2027-02-01T00:00:00Z")),
        ..status(&record)
    };
    let mut out = [0; MAX_LEN];
    let token = sign(&status, &key(), &mut out).unwrap();
    let report = verify(token, &VerifyOptions::at(time("2027-01-20T00:00:00Z"))).unwrap();
    assert!(report.ok, "{:?}", report.findings);
    assert_eq!(report.findings, []);
    let claims = &report.claims;
    assert_eq!(
        claims["type"],
        json!(["VerifiableCredential", "BatteryStatusRecord"])
    );
    assert_eq!(claims["issuer"], key().public_key().did().as_str());
    assert_eq!(claims["validFrom"], "2027-01-15T08:00:00Z");
    let subject = claims["credentialSubject"].as_object().unwrap();
    for (name, value) in [
        ("id", json!(PASSPORT)),
        ("type", json!("BatteryStatus")),
        ("sequence", json!(4711)),
        ("timeQuality", json!("gateway")),
        ("stateOfChargePermille", json!(734)),
        ("stateOfCertifiedEnergyPermille", json!(962)),
        ("currentMa", json!(-85_000)),
        ("temperaturesDdegc", json!([271, -284])),
        ("energyThroughputWh", json!(31_950_000)),
    ] {
        assert_eq!(subject[name], value, "{name}");
    }
    assert!(!subject.contains_key("remainingCapacityMah"));
    let late = verify(token, &VerifyOptions::at(time("2027-02-02T00:00:00Z"))).unwrap();
    assert!(!late.ok);
    assert_eq!(late.findings[0].code, ErrorCode::Expired);
}

/// Every field of a record is in the credential, under its name in camelCase and with its value.
#[test]
fn no_field_is_forgotten() {
    let record = Record {
        remaining_capacity_mah: Some(1),
        remaining_energy_wh: Some(2),
        remaining_power_w: Some(3),
        round_trip_efficiency_permille: Some(4),
        self_discharge_ppm_per_month: Some(5),
        internal_resistance_uohm: Some(6),
        time_above_limit_min: Some(10),
        time_below_limit_min: Some(11),
        time_above_limit_charging_min: Some(8),
        time_below_limit_charging_min: Some(9),
        capacity_throughput_mah: Some(12),
        deep_discharge_events: Some(13),
        overcharge_events: Some(14),
        over_temperature_events: Some(15),
        over_current_events: Some(16),
        accident_events: Some(17),
        ..record()
    };
    let mut out = [0; MAX_LEN];
    let token = sign(&status(&record), &key(), &mut out).unwrap();
    let report = verify(token, &VerifyOptions::at(time("2027-01-20T00:00:00Z"))).unwrap();
    let mut subject = report.claims["credentialSubject"]
        .as_object()
        .unwrap()
        .clone();
    for (name, value) in serde_json::to_value(&record).unwrap().as_object().unwrap() {
        let mut words = name.split('_');
        let mut camel = words.next().unwrap().to_string();
        for word in words {
            camel.push_str(&word[..1].to_uppercase());
            camel.push_str(&word[1..]);
        }
        let found = subject.remove(&camel).expect(&camel);
        if name != "time_quality" {
            assert_eq!(found, *value, "{name}");
        }
    }
    let left: Vec<_> = subject.keys().collect();
    assert_eq!(left, ["id", "type"]);
}

#[test]
fn the_longest_record_fits() {
    let record = Record {
        sequence: u64::MAX,
        device_time_s: 253_402_300_799,
        time_quality: TimeQuality::Synchronised,
        state_of_charge_permille: 1000,
        state_of_certified_energy_permille: Some(1000),
        remaining_capacity_mah: Some(u32::MAX),
        remaining_energy_wh: Some(u32::MAX),
        remaining_power_w: Some(u32::MAX),
        round_trip_efficiency_permille: Some(1000),
        self_discharge_ppm_per_month: Some(1_000_000),
        pack_voltage_mv: u32::MAX,
        cell_voltage_min_mv: u16::MAX,
        cell_voltage_max_mv: u16::MAX,
        current_ma: i32::MIN,
        temperatures_ddegc: [-1000; MAX_TEMPERATURES].into_iter().collect(),
        time_above_limit_min: Some(u32::MAX),
        time_below_limit_min: Some(u32::MAX),
        time_above_limit_charging_min: Some(u32::MAX),
        time_below_limit_charging_min: Some(u32::MAX),
        full_cycles: u32::MAX,
        energy_throughput_wh: Some(MAX_THROUGHPUT),
        capacity_throughput_mah: Some(MAX_THROUGHPUT),
        internal_resistance_uohm: Some(u32::MAX),
        deep_discharge_events: Some(u32::MAX),
        overcharge_events: Some(u32::MAX),
        over_temperature_events: Some(u32::MAX),
        over_current_events: Some(u32::MAX),
        accident_events: Some(u32::MAX),
    };
    let passport_id = format!("urn:{}", "a".repeat(96));
    let last = "9999-12-31T23:59:59.999999999Z";
    let status = StatusRecord {
        passport_id: &passport_id,
        record: &record,
        valid_from: Some(time(last)),
        valid_until: Some(time(last)),
    };
    let mut out = [0; MAX_LEN];
    let len = sign(&status, &key(), &mut out).unwrap().len();
    // Every shorter buffer is told to be too short, and nothing panics.
    for short in (0..len).step_by(16).chain([len - 87, len - 86, len - 1]) {
        let error = sign(&status, &key(), &mut out[..short]).unwrap_err();
        assert_eq!(error.code(), ErrorCode::BufferTooSmall, "{short}");
    }
    assert!(sign(&status, &key(), &mut out[..len]).is_ok());
}

#[test]
fn bad_input() {
    let mut out = [0; MAX_LEN];
    let bad = Record {
        state_of_charge_permille: 1001,
        ..record()
    };
    let error = sign(&status(&bad), &key(), &mut out).unwrap_err();
    assert_eq!(
        (error.code(), error.path()),
        (ErrorCode::OutOfRange, "/state_of_charge_permille")
    );
    let record = record();
    let nameless = StatusRecord {
        passport_id: "battery",
        ..status(&record)
    };
    let error = sign(&nameless, &key(), &mut out).unwrap_err();
    assert_eq!(error.code(), ErrorCode::InvalidArgument);
    // A device without a clock says nothing about the time.
    let unset = Record {
        time_quality: TimeQuality::Unset,
        ..record
    };
    let token = sign(&status(&unset), &key(), &mut out).unwrap();
    let report = verify(token, &VerifyOptions::at(time("1990-01-01T00:00:00Z"))).unwrap();
    assert!(report.claims.get("validFrom").is_none());
}

/// What is written, or the code that refuses it.
fn payload(write: impl FnOnce(&mut JsonWriter<'_, '_>) -> Result<()>) -> Result<Value, ErrorCode> {
    let header = Header {
        typ: "JWT",
        cty: None,
        kid: "a",
    };
    let mut out = [0; 1024];
    let token = jwt::sign(&header, &key(), &mut out, write);
    token.map(decoded).map_err(|error| error.code())
}

fn decoded(token: &str) -> Value {
    use base64ct::Encoding;
    let part = token.split('.').nth(1).unwrap();
    let text = base64ct::Base64UrlUnpadded::decode_vec(part).unwrap();
    serde_json::from_slice(&text).unwrap()
}

#[test]
fn json_is_written_as_it_must_be() {
    let text = "\u{0}\u{1f}\"\\/\u{7f}\u{e9}\u{1f50b}\n";
    let written = payload(|json| {
        json.object()?.name(text)?.text(text)?;
        json.name("a")?.array()?.object()?.end()?;
        json.array()?.end()?;
        json.boolean(true)?
            .boolean(false)?
            .integer(i64::MIN)?
            .unsigned(u64::MAX)?;
        json.end()?;
        json.name("t")?
            .display(&time("2027-01-01T00:00:00Z"))?
            .end()
    });
    let expected = json!({
        text: text,
        "a": [{}, [], true, false, i64::MIN, u64::MAX],
        "t": "2027-01-01T00:00:00Z",
    });
    assert_eq!(written, Ok(expected));
    assert_eq!(payload(|json| json.text("a").map(|_| ())), Ok(json!("a")));
}

#[test]
fn json_that_would_be_broken_is_refused() {
    type Write = fn(&mut JsonWriter<'_, '_>) -> Result<()>;
    let broken: [Write; 10] = [
        |_| Ok(()),
        |json| json.object().map(|_| ()),
        |json| json.end(),
        |json| json.object()?.name("a")?.end(),
        |json| json.object()?.text("a")?.end(),
        |json| json.object()?.name("a")?.name("b")?.text("c")?.end(),
        |json| json.array()?.name("a")?.end(),
        |json| json.name("a").map(|_| ()),
        |json| json.text("a")?.text("b").map(|_| ()),
        |json| {
            for _ in 0..33 {
                json.array()?;
            }
            Ok(())
        },
    ];
    for (i, write) in broken.into_iter().enumerate() {
        assert_eq!(payload(write), Err(ErrorCode::InvalidArgument), "{i}");
    }
}
