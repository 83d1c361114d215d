//! A message that a stream holds encodes to a frame that holds the same message.
#![no_main]

use batterypass::frame::{Decoder, MAX_FRAME, encode};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let mut decoder = Decoder::<MAX_FRAME>::new();
    for byte in data {
        if let Some(Ok(message)) = decoder.push(*byte) {
            let mut out = [0; MAX_FRAME];
            let frame = encode(&message, &mut out).unwrap();
            let mut again = Decoder::<MAX_FRAME>::new();
            let last = frame
                .iter()
                .filter_map(|byte| again.push(*byte).map(|m| m.map(|m| m == message)));
            assert_eq!(last.last(), Some(Ok(true)));
        }
    }
});
