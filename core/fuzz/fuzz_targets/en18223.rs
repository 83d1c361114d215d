//! EN 18223 documents: what imports exports to a document that imports to the same passport.
#![no_main]

use batterypass::en18223::{Representation, export, import};
use batterypass::json;

libfuzzer_sys::fuzz_target!(|text: &[u8]| {
    let Ok(document) = json::parse(text) else {
        return;
    };
    let Ok((passport, _)) = import(document) else {
        return;
    };
    for representation in [Representation::Compressed, Representation::Full] {
        if let Ok(exported) = export(&passport, representation) {
            // A second time, because ids and words are put in order by the first.
            let (again, lost) = import(exported).unwrap();
            assert!(lost.is_empty());
            let third = import(export(&again, representation).unwrap());
            assert_eq!(third, Ok((again, lost)));
        }
    }
});
