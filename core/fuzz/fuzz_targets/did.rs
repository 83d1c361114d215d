//! DIDs and their documents: what is read is written back the same, and names and places map to each
//! other.
#![no_main]

use batterypass::did::{self, DidDocument, Relationship, web};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Ok(document) = DidDocument::parse(data) {
        let again = DidDocument::from_value(document.to_value()).unwrap();
        assert_eq!(again, document);
        let at = "2027-02-18T00:00:00Z".parse().unwrap();
        for method in document.verification_methods() {
            if let Ok(found) = document.method(&method.id, Relationship::AssertionMethod, at) {
                assert_eq!(found, method);
            }
        }
    }
    let Ok(text) = core::str::from_utf8(data) else {
        return;
    };
    if let Ok(document) = did::resolve(text, None) {
        assert_eq!(document.id(), text);
        assert_eq!(document.verification_methods().len(), 1);
    }
    if let Ok(url) = web::url(text) {
        assert_eq!(web::did(&url).unwrap(), text);
    }
    if let Ok(did) = web::did(text) {
        assert_eq!(web::url(&did).unwrap(), text);
    }
});
