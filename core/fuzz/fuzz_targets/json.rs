//! A passport that parses survives a round trip.
#![no_main]

use batterypass::passport::Passport;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Ok(passport) = Passport::parse(data) {
        let again = Passport::parse(passport.to_json().unwrap().as_bytes()).unwrap();
        assert_eq!(again.to_value().unwrap(), passport.to_value().unwrap());
    }
});
