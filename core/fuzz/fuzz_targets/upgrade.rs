//! Passports of all versions: what upgrades is of the newest version and does not change again.
#![no_main]

use batterypass::passport::Passport;

libfuzzer_sys::fuzz_target!(|text: &[u8]| {
    let Ok(passport) = Passport::parse(text) else {
        return;
    };
    let read_again = Passport::from_value(passport.to_value().unwrap());
    assert_eq!(read_again.as_ref(), Ok(&passport));
    if let Ok((new, _)) = passport.upgrade() {
        assert_eq!(new.upgrade(), Ok((new.clone(), Vec::new())));
    }
});
