//! A stored state that is read goes on counting without an overflow, never backwards, and is stored
//! again in the bytes that are promised.
#![no_main]

use batterypass::accumulator::{Accumulator, Config, MAX_STATE_LEN, Sample, State};
use batterypass::record::Record;
use batterypass::record::plausibility::{Options, check};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Ok((state, mut samples)) = postcard::take_from_bytes::<State>(data) else {
        return;
    };
    let config = Config {
        rated_capacity_mah: 210_000,
        ..Config::LITHIUM_ION
    };
    let mut accumulator = Accumulator::new(config, state).unwrap();
    let mut before = Record::default();
    accumulator.fill(&mut before);
    if !check(&before, None, &Options::default()).ok() {
        // No battery ever stored this: a storage that is damaged is found by its own checksum.
        return;
    }
    // A byte that says which sensors work, four values of four bytes, and the time.
    while let Some((sample, rest)) = samples.split_at_checked(21) {
        let word = |at: usize| u32::from_le_bytes(sample[at..at + 4].try_into().unwrap());
        let pair = |at: usize| {
            let [low, high] = [word(at) & 0xffff, word(at) >> 16];
            (low as u16, high as u16)
        };
        let (coldest, warmest) = pair(13);
        let works = |bit: u8| sample[0] & bit != 0;
        let read = Sample {
            current_ma: works(1).then_some(word(1).cast_signed()),
            pack_mv: works(2).then_some(word(5)),
            cell_mv: works(4).then_some(pair(9)),
            temperature_ddegc: works(8).then_some((coldest.cast_signed(), warmest.cast_signed())),
        };
        accumulator.add(&read, word(17));
        samples = rest;
    }
    let mut now = Record {
        sequence: 1,
        ..Record::default()
    };
    accumulator.fill(&mut now);
    assert!(check(&now, Some(&before), &Options::default()).ok());
    let mut out = [0; MAX_STATE_LEN];
    let stored = postcard::to_slice(accumulator.state(), &mut out).unwrap();
    assert_eq!(
        postcard::from_bytes::<State>(stored).unwrap(),
        *accumulator.state()
    );
});
