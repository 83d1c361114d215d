//! A list that can be read is bounded and survives; no credential gets a good status out of a list that
//! its issuer did not sign.
#![no_main]

use batterypass::credential::VerifyOptions;
use batterypass::status::{MAX_LIST_LEN, StatusList, StatusLists, check};
use batterypass::time::Timestamp;
use batterypass::{Result, json};

#[derive(Debug)]
struct Served<'a>(&'a [u8]);

impl StatusLists for Served<'_> {
    fn fetch(&self, _: &str) -> Result<Vec<u8>> {
        Ok(self.0.to_vec())
    }
}

libfuzzer_sys::fuzz_target!(|input: (u8, &str, &str, &[u8])| {
    let (size, encoded, status, secured) = input;
    if let Ok(list) = StatusList::decode(encoded, size) {
        assert!(list.len() * usize::from(size) <= MAX_LIST_LEN * 8);
        assert_eq!(StatusList::decode(&list.encode(), size), Ok(list));
    }
    let text = format!(
        "{{\"issuer\":\"did:key:zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169\",\"credentialStatus\":{status}}}"
    );
    let Ok(credential) = json::parse(text.as_bytes()) else {
        return;
    };
    let status = credential.get("credentialStatus");
    let none = status.is_none_or(|status| status.as_array().is_some_and(Vec::is_empty));
    let at = Timestamp::from_unix(1_800_000_000).unwrap();
    let report = check(&credential, &Served(secured), &VerifyOptions::at(at));
    assert_eq!(report.ok, none);
});
