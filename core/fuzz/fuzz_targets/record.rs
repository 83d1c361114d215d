//! A record that decodes encodes to the same bytes, is judged without a panic against any other, and
//! is the same after a passport.
#![no_main]

use batterypass::record::plausibility::{Options, Rates, check};
use batterypass::record::{MAX_LEN, Record};
use batterypass::time::Timestamp;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    // Two records: the first byte is the length of the first.
    let Some((&len, rest)) = data.split_first() else {
        return;
    };
    let (first, second) = rest.split_at(rest.len().min(len.into()));
    let Ok(before) = Record::decode(first) else {
        return;
    };
    assert_eq!(before.encode(&mut [0; MAX_LEN]).unwrap(), first);
    let options = Options {
        received_at: before.measured_at(),
        rates: Some(Rates {
            max_current_ma: before.full_cycles,
            max_power_w: before.pack_voltage_mv,
        }),
    };
    if let Ok(record) = Record::decode(second) {
        let _ = check(&record, Some(&before), &options).findings();
    }
    let received = Timestamp::from_unix(0).unwrap();
    let condition = before.to_condition(None, received);
    let again = Record::from_condition(&condition, None).unwrap();
    assert_eq!(again.energy_throughput_wh, before.energy_throughput_wh);
    assert_eq!(again.remaining_capacity_mah, before.remaining_capacity_mah);
    assert_eq!(
        again.state_of_charge_permille,
        before.state_of_charge_permille
    );
});
