//! Version 1 of the record: its bytes, its table, and what a reader refuses.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "alloc")]

use core::fmt::Write as _;
use std::path::PathBuf;

use batterypass::record::{
    FIELDS, Field, Kind, MAX_LEN, MAX_SIGNED_LEN, MAX_TEMPERATURES, MAX_THROUGHPUT, Record, SCHEMA,
    TimeQuality, sign, verify,
};
use batterypass::{ErrorCode, SigningKey, attribute};
use serde_json::{Value, json};

const PASSPORT: &str = "urn:uuid:3f4c9a4e-8d1b-4f0e-9c7a-2b6d5e1f0a93";
const LAST_TIME_S: u64 = 253_402_300_799;

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
        temperatures_ddegc: heapless(&[271, 284, 266]),
        full_cycles: 213,
        energy_throughput_wh: Some(31_950_000),
        capacity_throughput_mah: Some(91_270_000),
        internal_resistance_uohm: Some(52_000),
        ..Record::default()
    }
}

fn heapless<T: FromIterator<i16>>(values: &[i16]) -> T {
    values.iter().copied().collect()
}

fn longest() -> Record {
    Record {
        sequence: u64::MAX,
        device_time_s: LAST_TIME_S,
        time_quality: TimeQuality::Synchronised,
        state_of_charge_permille: 1000,
        state_of_certified_energy_permille: Some(1000),
        remaining_capacity_mah: Some(u32::MAX),
        remaining_energy_wh: Some(u32::MAX),
        remaining_power_w: Some(u32::MAX),
        round_trip_efficiency_permille: Some(1000),
        self_discharge_ppm_per_month: Some(1_000_000),
        internal_resistance_uohm: Some(u32::MAX),
        pack_voltage_mv: u32::MAX,
        cell_voltage_min_mv: u16::MAX,
        cell_voltage_max_mv: u16::MAX,
        current_ma: i32::MIN,
        temperatures_ddegc: heapless(&[2000; MAX_TEMPERATURES]),
        time_above_limit_min: Some(u32::MAX),
        time_below_limit_min: Some(u32::MAX),
        time_above_limit_charging_min: Some(u32::MAX),
        time_below_limit_charging_min: Some(u32::MAX),
        full_cycles: u32::MAX,
        energy_throughput_wh: Some(MAX_THROUGHPUT),
        capacity_throughput_mah: Some(MAX_THROUGHPUT),
        deep_discharge_events: Some(u32::MAX),
        overcharge_events: Some(u32::MAX),
        over_temperature_events: Some(u32::MAX),
        over_current_events: Some(u32::MAX),
        accident_events: Some(u32::MAX),
    }
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32]).unwrap()
}

fn schemas(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../schemas")
        .join(file)
}

fn compare(file: &str, text: &str) {
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(schemas(file), text).unwrap();
    }
    let found = std::fs::read_to_string(schemas(file)).unwrap_or_default();
    assert_eq!(found, text, "{file}: run UPDATE=1 cargo test --test record");
}

/// The bytes are written out by hand, least significant group first: no chip's byte order shows.
#[test]
fn every_byte_is_frozen_and_without_byte_order() {
    let mut out = [0; MAX_LEN];
    #[rustfmt::skip]
    let bytes = [
        0x01,                          // schema
        0xe7, 0x24,                    // sequence 4711 = 0x24 * 128 + 0x67
        0x80, 0xa4, 0xa7, 0xda, 0x06,  // device_time_s 1 800 000 000
        0x01,                          // time_quality gateway
        0xde, 0x05,                    // state_of_charge_permille 734
        0x01, 0xc2, 0x07,              // state_of_certified_energy_permille 962
        0x00, 0x00, 0x00, 0x00, 0x00,  // capacity, energy, power, efficiency, self-discharge: unknown
        0x01, 0xa0, 0x96, 0x03,        // internal_resistance_uohm 52 000
        0xa0, 0x8f, 0x16,              // pack_voltage_mv 362 400
        0xb9, 0x1d,                    // cell_voltage_min_mv 3769
        0xc5, 0x1d,                    // cell_voltage_max_mv 3781
        0x8f, 0xb0, 0x0a,              // current_ma -85 000, zigzag 169 999
        0x03, 0x9e, 0x04, 0xb8, 0x04, 0x94, 0x04, // three temperatures
        0x00, 0x00, 0x00, 0x00,        // times outside the limits: unknown
        0xd5, 0x01,                    // full_cycles 213
        0x01, 0xb0, 0x89, 0x9e, 0x0f,  // energy_throughput_wh 31 950 000
        0x01, 0xf0, 0xd6, 0xc2, 0x2b,  // capacity_throughput_mah 91 270 000
        0x00, 0x00, 0x00, 0x00, 0x00,  // events: unknown
    ];
    assert_eq!(record().encode(&mut out).unwrap(), bytes);
    assert_eq!(Record::decode(&bytes).unwrap(), record());
}

#[test]
fn the_longest_record_is_max_len() {
    let mut out = [0; MAX_LEN];
    let bytes = longest().encode(&mut out).unwrap();
    assert_eq!(bytes.len(), MAX_LEN);
    assert_eq!(Record::decode(bytes).unwrap(), longest());
    let mut short = [0; MAX_LEN - 1];
    assert_eq!(
        longest().encode(&mut short).unwrap_err().code(),
        ErrorCode::BufferTooSmall
    );
    let mut out = [0; MAX_SIGNED_LEN];
    let signed = sign(&longest(), PASSPORT, &key(7), &mut out).unwrap();
    assert_eq!(
        verify(signed, PASSPORT, key(7).public_key()).unwrap(),
        longest()
    );
}

/// The values of a busy pack of each category: what a vendor pays for.
#[test]
fn a_usual_record_has_at_most_120_bytes() {
    let vectors: Value =
        serde_json::from_str(&std::fs::read_to_string(schemas("vectors/records.json")).unwrap())
            .unwrap();
    let usual: Vec<_> = vectors["records"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|case| case["usual"] == true)
        .map(|case| case["hex"].as_str().unwrap().len() / 2)
        .collect();
    assert_eq!(usual.len(), 3);
    assert!(usual.iter().all(|len| *len <= 120), "{usual:?}");
}

#[test]
fn what_is_not_one_record_is_refused() {
    let mut out = [0; MAX_LEN];
    let len = record().encode(&mut out).unwrap().len();
    let code = |data: &[u8]| Record::decode(data).unwrap_err().code();
    for end in 0..len {
        assert_eq!(code(&out[..end]), ErrorCode::Truncated, "{end}");
    }
    // The same sequence number with a longer varint.
    let mut long = [0; MAX_LEN];
    long[..4].copy_from_slice(&[SCHEMA, 0xe7, 0xa4, 0x00]);
    long[4..=len].copy_from_slice(&out[3..len]);
    assert_eq!(code(&long[..=len]), ErrorCode::MalformedRecord);
    assert_eq!(code(&[SCHEMA; MAX_LEN + 1]), ErrorCode::TooLarge);
}

/// The rule for later versions: more fields come with another schema byte, and a reader of this
/// version refuses both the byte and the fields.
#[test]
fn a_reader_of_version_1_refuses_what_is_longer_or_later() {
    let mut out = [0; MAX_LEN];
    let len = record().encode(&mut out).unwrap().len();
    let code = |data: &[u8]| Record::decode(data).unwrap_err().code();
    assert_eq!(code(&out[..=len]), ErrorCode::TrailingBytes);
    for schema in [0, 2, 0x81, 0xff] {
        out[0] = schema;
        assert_eq!(code(&out[..len]), ErrorCode::UnsupportedVersion);
        assert_eq!(code(&out[..=len]), ErrorCode::UnsupportedVersion);
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

#[test]
fn the_table_is_that_of_the_code() {
    let value = serde_json::to_value(longest()).unwrap();
    let names: Vec<_> = value.as_object().unwrap().keys().collect();
    assert_eq!(names, FIELDS.map(|field| field.name));
    for (i, field) in FIELDS.iter().enumerate() {
        assert_eq!(usize::from(field.number), i + 1);
        if field.kind == Kind::Enum {
            continue;
        }
        // The bounds of the table are accepted, null where it says so, and nothing else.
        let max = json!(field.max);
        let bounds = [json!(field.min), max.clone()];
        for bound in bounds {
            assert!(holds(field, bound.clone()), "{} {bound}", field.name);
        }
        let below = json!(field.min - 1);
        assert!(!holds(field, below), "{} below", field.name);
        if let Some(above) = field.max.checked_add(1) {
            assert!(!holds(field, json!(above)), "{} above", field.name);
        }
        assert_eq!(holds(field, Value::Null), field.optional, "{}", field.name);
    }
    assert_eq!(longest_by(&FIELDS), MAX_LEN);
}

/// Tells whether a record may have this value.
fn holds(field: &Field, value: Value) -> bool {
    let mut fields = serde_json::to_value(Record {
        cell_voltage_max_mv: u16::MAX,
        ..Record::default()
    })
    .unwrap();
    if field.name == "cell_voltage_max_mv" {
        fields["cell_voltage_min_mv"] = json!(0);
    }
    fields[field.name] = match field.kind {
        Kind::I16List if value.is_number() => json!([value]),
        _ => value,
    };
    serde_json::from_value::<Record>(fields).is_ok_and(|record| record.validate().is_ok())
}

/// Bytes of the longest record by the table alone.
fn longest_by(fields: &[Field]) -> usize {
    let varint = |max: u64| (64 - max.leading_zeros() as usize).max(1).div_ceil(7);
    let one = |field: &Field| {
        usize::from(field.optional)
            + match field.kind {
                Kind::I32 => 5,
                Kind::I16List => 1 + MAX_TEMPERATURES * varint(field.max * 2),
                _ => varint(field.max),
            }
    };
    1 + fields.iter().map(one).sum::<usize>()
}

/// Every dynamic attribute of the passport is fed by a field, or is known not to be.
#[test]
fn attributes_of_the_condition_are_fed_or_come_from_tests() {
    let fed: Vec<u8> = FIELDS.iter().flat_map(|f| f.attributes).copied().collect();
    // Capacity fade and increase of the internal resistance are found in tests: DIN DKE SPEC 99100
    // has them as static values of the model, renewed when the battery changes its status.
    let from_tests = [54, 75];
    let condition = "performanceAndDurability.batteryCondition";
    let mut seen = 0;
    for attribute in attribute::all() {
        if attribute
            .paths
            .iter()
            .any(|path| path.starts_with(condition))
        {
            seen += 1;
            let number = attribute.number;
            let known = fed.contains(&number) != from_tests.contains(&number);
            assert!(known, "{number} {}", attribute.name);
        }
    }
    assert_eq!(seen, 21);
}

#[test]
fn the_json_table_is_generated() {
    let fields: Vec<_> = FIELDS
        .iter()
        .map(|field| {
            json!({
                "number": field.number, "name": field.name, "type": field.kind.as_str(),
                "optional": field.optional, "unit": field.unit, "min": field.min, "max": field.max,
                "meaning": field.meaning, "member": field.member, "attributes": field.attributes,
            })
        })
        .collect();
    let table = json!({
        "schema": SCHEMA, "maxLength": MAX_LEN, "maxTemperatures": MAX_TEMPERATURES,
        "encoding": "postcard", "fields": fields,
    });
    let text = serde_json::to_string_pretty(&table).unwrap() + "\n";
    compare("record.json", &text);
}

#[test]
fn the_cddl_is_generated() {
    let mut text = format!(
        "; Device record, version {SCHEMA}, of the batterypass SDK. Generated from core/src/record/table.rs.\n\
         ;\n\
         ; A signed record is a COSE_Sign1 (RFC 9052). Its external AAD is the passport id in UTF-8.\n\
         signed-record = #6.18([\n  \
           protected: bstr .cbor {{ 1: -9, 3: \"application/vnd.batterypass.record\", 4: bstr .size 32 }},\n  \
           unprotected: {{}},\n  \
           payload: record,\n  \
           signature: bstr .size 64,\n\
         ])\n\n\
         ; The byte {SCHEMA}, then the values of `fields` one after the other, without names, in the postcard\n\
         ; wire format: unsigned integers as varints (7 bits a byte, least significant group first), signed\n\
         ; ones zigzag first, time_quality as one byte, null as 00 and an optional value as 01 and the\n\
         ; value, the list as its length and its elements. Each varint is the shortest that holds the value.\n\
         record = bstr .size (29..{MAX_LEN})\n\n\
         fields = [\n"
    );
    for field in &FIELDS {
        let range = format!("{}..{}", field.min, field.max);
        let kind = match field.kind {
            Kind::I16List => format!("[ 0*{MAX_TEMPERATURES} {range} ]"),
            _ => range,
        };
        let null = if field.optional { " / null" } else { "" };
        let unit = if field.unit.is_empty() {
            String::new()
        } else {
            format!(" [{}]", field.unit)
        };
        writeln!(
            text,
            "  {}: {kind}{null}, ; {}{unit}",
            field.name, field.meaning
        )
        .unwrap();
    }
    text.push_str("]\n");
    compare("record.cddl", &text);
    // The shortest record has a byte a field and the schema byte.
    let mut out = [0; MAX_LEN];
    assert_eq!(Record::default().encode(&mut out).unwrap().len(), 29);
}

/// Whole records as bytes with their values. The file is frozen: cases are added, none is changed.
#[test]
fn golden_vectors() {
    let text = std::fs::read_to_string(schemas("vectors/records.json")).unwrap();
    let vectors: Value = serde_json::from_str(&text).unwrap();
    let bytes = |case: &Value| {
        let hex = case["hex"].as_str().unwrap();
        let byte = |i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap();
        (0..hex.len()).step_by(2).map(byte).collect::<Vec<u8>>()
    };
    let records = vectors["records"].as_array().unwrap();
    for case in records {
        let mut values = case["fields"].clone();
        let quality = values["time_quality"].as_u64().unwrap();
        let words = ["Unset", "Gateway", "Synchronised"];
        values["time_quality"] = json!(words[usize::try_from(quality).unwrap()]);
        let record: Record = serde_json::from_value(values).unwrap();
        let mut out = [0; MAX_LEN];
        assert_eq!(
            record.encode(&mut out).unwrap(),
            bytes(case),
            "{}",
            case["id"]
        );
        assert_eq!(Record::decode(&bytes(case)).unwrap(), record);
    }
    let refused = vectors["refused"].as_array().unwrap();
    for case in refused {
        let error = Record::decode(&bytes(case)).unwrap_err();
        assert_eq!(error.code().as_str(), case["code"], "{}", case["id"]);
        assert_eq!(error.path(), case["path"], "{}", case["id"]);
    }
    assert_eq!((records.len(), refused.len()), (6, 9));
}

#[test]
fn the_documented_table_is_that_of_the_code() {
    let page = schemas("../docs/src/records.md");
    let page = std::fs::read_to_string(page).unwrap();
    for field in &FIELDS {
        let option = if field.optional { "option of " } else { "" };
        let unit = if field.unit.is_empty() {
            "-"
        } else {
            field.unit
        };
        let attributes: Vec<_> = field.attributes.iter().map(u8::to_string).collect();
        let attributes = match attributes.as_slice() {
            [] => "-".into(),
            some => some.join(", "),
        };
        let row = format!(
            "| {} | `{}` | {option}{} | {unit} | {} to {} | {} | {attributes} |\n",
            field.number,
            field.name,
            field.kind.as_str(),
            field.min,
            field.max,
            field.meaning
        );
        assert!(page.contains(&row), "docs/src/records.md lacks: {row}");
    }
    assert!(page.contains(&format!("The longest record has {MAX_LEN} bytes")));
}
