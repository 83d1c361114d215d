//! A record that decodes encodes to the same bytes.
#![no_main]

use batterypass::record::{MAX_LEN, Record};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Ok(record) = Record::decode(data) {
        assert_eq!(record.encode(&mut [0; MAX_LEN]).unwrap(), data);
    }
});
