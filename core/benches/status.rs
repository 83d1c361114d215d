//! What a status list costs: the issuer who writes it, and the verifier with and without a kept list.
#![allow(missing_docs, reason = "criterion's macros make items without")]
#![allow(clippy::unwrap_used, reason = "a benchmark fails by panicking")]
#![cfg(feature = "std")]

use core::hint::black_box;

use batterypass::credential::{SignOptions, VerifyOptions, sign};
use batterypass::status::{
    Cached, EntryOptions, MIN_ENTRIES, Purpose, StatusList, StatusLists, check, entry,
    list_credential,
};
use batterypass::time::Timestamp;
use batterypass::{Result, SigningKey};
use criterion::{Criterion, criterion_group, criterion_main};
use serde_json::json;

const URL: &str = "https://status.example/3";

struct Served(Vec<u8>);

impl StatusLists for Served {
    fn fetch(&self, _: &str) -> Result<Vec<u8>> {
        Ok(self.0.clone())
    }
}

fn status(criterion: &mut Criterion) {
    // Every hundredth is revoked, at places without a pattern.
    let mut list = StatusList::new(MIN_ENTRIES, 1).unwrap();
    let mut place = 1;
    for _ in 0..MIN_ENTRIES / 100 {
        place = place * 75 % 65_537;
        list.set(place * 2, 1).unwrap();
    }
    let encoded = list.encode();
    let key = SigningKey::from_bytes(&[7; 32]).unwrap();
    let credential = list_credential(URL, &list, &[Purpose::Revocation], None).unwrap();
    let options = SignOptions::default();
    let secured = sign(credential.clone(), &key, &options)
        .unwrap()
        .into_text()
        .unwrap();
    let credential = json!({
        "issuer": key.public_key().did().as_str(),
        "credentialStatus": entry(URL, 1, Purpose::Revocation, &EntryOptions::default()).unwrap(),
    });
    let at = VerifyOptions::at(Timestamp::from_unix(1_800_000_000).unwrap());

    let mut group = criterion.benchmark_group("status list of 131,072, 1 % set");
    group.bench_function("encode", |b| b.iter(|| black_box(&list).encode()));
    group.bench_function("decode", |b| {
        b.iter(|| StatusList::decode(black_box(&encoded), 1).unwrap());
    });
    let served = Served(secured.into_bytes());
    group.bench_function("check: fetched each time", |b| {
        b.iter(|| check(black_box(&credential), &served, &at).ok);
    });
    let kept = Cached::new(served, 1);
    group.bench_function("check: kept", |b| {
        b.iter(|| check(black_box(&credential), &kept, &at).ok);
    });
    assert!(check(&credential, &kept, &at).ok);
    group.finish();
}

criterion_group!(benches, status);
criterion_main!(benches);
