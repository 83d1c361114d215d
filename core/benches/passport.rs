//! What a backend does with each passport: read it, validate it, cut it to an audience. Beside the bare
//! parser, which is the floor, and upstream's own schemas, run by the crate `jsonschema`, where they are.
#![allow(missing_docs, reason = "criterion's macros make items without")]
#![allow(clippy::unwrap_used, reason = "a benchmark fails by panicking")]
#![cfg(feature = "alloc")]

use core::hint::black_box;
use std::path::PathBuf;

use batterypass::access::Audience;
use batterypass::jcs;
use batterypass::passport::Passport;
use batterypass::time::Timestamp;
use batterypass::validate::{Profile, validate};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use jsonschema::{Draft, Validator};
use serde_json::Value;

const TEXT: &[u8] = include_bytes!("../../schemas/examples/lmt-ebike.json");

fn passport(criterion: &mut Criterion) {
    let day = Timestamp::from_day("2027-02-18").unwrap();
    // Without the blanks for people, as it travels.
    let value: Value = serde_json::from_slice(TEXT).unwrap();
    let text = serde_json::to_vec(&value).unwrap();
    let passport = Passport::parse(&text).unwrap();
    assert!(validate(&passport, Profile::Regulation, day).ok);

    let mut group = criterion.benchmark_group("passport");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("parse: serde_json's Value", |b| {
        b.iter(|| serde_json::from_slice::<Value>(black_box(&text)).unwrap());
    });
    group.bench_function("parse", |b| {
        b.iter(|| Passport::parse(black_box(&text)).unwrap());
    });
    for profile in [Profile::Wire, Profile::Regulation] {
        group.bench_function(format!("validate: {}", profile.as_str()), |b| {
            b.iter(|| validate(black_box(&passport), profile, day));
        });
    }
    group.bench_function("parse and validate: regulation", |b| {
        b.iter(|| {
            let passport = Passport::parse(black_box(&text)).unwrap();
            validate(&passport, Profile::Regulation, day)
        });
    });
    group.bench_function("view: public", |b| {
        b.iter(|| black_box(&passport).view(Audience::Public).unwrap());
    });
    group.bench_function("JCS", |b| b.iter(|| jcs::to_string(black_box(&value))));
    group.bench_function("JCS: serde_json_canonicalizer", |b| {
        b.iter(|| serde_json_canonicalizer::to_string(black_box(&value)).unwrap());
    });
    match schemas() {
        Some(schemas) => {
            // All errors, as a report has all findings; a lawful passport of an e-bike has some (D14).
            group.bench_function("validate: upstream's seven schemas, jsonschema", |b| {
                b.iter(|| {
                    schemas
                        .iter()
                        .map(|(name, schema)| schema.iter_errors(black_box(&value[*name])).count())
                        .sum::<usize>()
                });
            });
        }
        None => eprintln!("NOT RUN: upstream's schemas are not on this machine"),
    }
    group.finish();
}

/// Upstream's schemas, from the same folder as in the tests.
fn schemas() -> Option<Vec<(&'static str, Validator)>> {
    let folder = std::env::var_os("BATTERYPASS_UPSTREAM").map_or_else(
        || {
            PathBuf::from(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/../../shared/upstream"
            ))
        },
        PathBuf::from,
    );
    [
        (
            "generalProductInformation",
            "GeneralProductInformation-1.2.0",
        ),
        ("carbonFootprint", "CarbonFootprint-1.2.0"),
        ("circularity", "Circularity-1.2.0"),
        ("materialComposition", "MaterialComposition-1.2.0"),
        ("performanceAndDurability", "Performance-1.2.1"),
        ("labels", "Labels-1.2.0"),
        ("supplyChainDueDiligence", "SupplyChainDueDiligence-1.2.0"),
    ]
    .into_iter()
    .map(|(name, file)| {
        let text = std::fs::read(folder.join(format!("{file}.schema.json"))).ok()?;
        let options = jsonschema::options();
        let options = options
            .with_draft(Draft::Draft4)
            .should_validate_formats(true);
        Some((
            name,
            options.build(&serde_json::from_slice(&text).ok()?).ok()?,
        ))
    })
    .collect()
}

criterion_group!(benches, passport);
criterion_main!(benches);
