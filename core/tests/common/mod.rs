//! What the tests with third-party vectors share.

#![allow(dead_code, reason = "each test crate uses a part")]

use std::path::PathBuf;

/// Reads a JSON file of the third-party vectors; see [`vector_bytes`].
pub fn vectors(file: &str) -> Option<serde_json::Value> {
    let bytes = vector_bytes(file)?;
    Some(serde_json::from_slice(&bytes).expect("vectors are JSON"))
}

/// Reads a file of the third-party vectors; `None`, said aloud, where they are not there.
///
/// The folder is `BATTERYPASS_VECTORS`, by default `../shared/vectors` beside the checkout. With
/// `BATTERYPASS_VECTORS` set, a missing file is a failure.
pub fn vector_bytes(file: &str) -> Option<Vec<u8>> {
    outside("BATTERYPASS_VECTORS", "vectors", file)
}

/// Reads a file of the BatteryPassDataModel, as UTF-8; `None`, said aloud, where it is not there.
///
/// The folder is `BATTERYPASS_UPSTREAM`, by default `../shared/upstream` beside the checkout. With
/// `BATTERYPASS_UPSTREAM` set, a missing file is a failure.
pub fn upstream(file: &str) -> Option<Vec<u8>> {
    outside("BATTERYPASS_UPSTREAM", "upstream", file)
}

fn outside(variable: &str, folder: &str, file: &str) -> Option<Vec<u8>> {
    let given = std::env::var_os(variable);
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let folder = given
        .clone()
        .map_or_else(|| beside.join(folder), PathBuf::from);
    match std::fs::read(folder.join(file)) {
        Ok(bytes) => Some(bytes),
        Err(error) if given.is_some() => panic!("{file}: {error}"),
        Err(_) => {
            eprintln!("NOT RUN: third-party file {file} is not on this machine");
            None
        }
    }
}

/// Decodes the hexadecimal member `name`; an absent member is empty.
pub fn hex(value: &serde_json::Value, name: &str) -> Vec<u8> {
    let text = value[name].as_str().unwrap_or_default();
    (0..text.len())
        .step_by(2)
        .map(|i| u8::from_str_radix(&text[i..i + 2], 16).expect("hex"))
        .collect()
}

/// A random source that returns prepared bytes and then fails.
#[derive(Debug)]
pub struct Prepared(pub Vec<u8>);

#[derive(Debug)]
pub struct Exhausted;

impl core::fmt::Display for Exhausted {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("no prepared bytes left")
    }
}

impl core::error::Error for Exhausted {}

impl rand_core::TryRng for Prepared {
    type Error = Exhausted;

    fn try_next_u32(&mut self) -> Result<u32, Exhausted> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Exhausted> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Exhausted> {
        if self.0.len() < out.len() {
            return Err(Exhausted);
        }
        out.copy_from_slice(&self.0[..out.len()]);
        self.0.drain(..out.len());
        Ok(())
    }
}

impl rand_core::TryCryptoRng for Prepared {}

/// Runs a property on as many cases as asked, the same ones each time.
pub fn runner(cases: u32) -> proptest::test_runner::TestRunner {
    use proptest::test_runner::{Config, TestRunner};

    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new_with_rng(config, TestRunner::deterministic().new_rng())
}
