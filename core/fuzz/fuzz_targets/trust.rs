//! What is presented in support is read without harm, and nothing that the anchor did not sign makes a
//! stranger trusted.
#![no_main]

use batterypass::credential::{SecuredRef, VerifyOptions};
use batterypass::json;
use batterypass::time::Timestamp;
use batterypass::trust::{
    AccessGrant, Action, BatteryStatusRecord, BmsProduction, OperatorAccreditation, PassportFacts,
    ProcessorAuthorisation, ResponsibilityTransfer, Trust,
};

libfuzzer_sys::fuzz_target!(|input: (&[u8], &[u8])| {
    for text in [input.0, input.1] {
        let Ok(claims) = json::parse(text) else {
            continue;
        };
        // What can be read can be written, and is then the same.
        if let Ok(read) = OperatorAccreditation::from_claims(&claims) {
            let again = read.to_credential().unwrap();
            assert_eq!(OperatorAccreditation::from_claims(&again), Ok(read));
        }
        if let Ok(read) = ProcessorAuthorisation::from_claims(&claims) {
            let again = read.to_credential().unwrap();
            assert_eq!(ProcessorAuthorisation::from_claims(&again), Ok(read));
        }
        if let Ok(read) = AccessGrant::from_claims(&claims) {
            let again = read.to_credential().unwrap();
            assert_eq!(AccessGrant::from_claims(&again), Ok(read));
        }
        if let Ok(read) = ResponsibilityTransfer::from_claims(&claims) {
            let again = read.to_credential().unwrap();
            assert_eq!(ResponsibilityTransfer::from_claims(&again), Ok(read));
        }
        let _ = BmsProduction::from_claims(&claims);
        let _ = BatteryStatusRecord::from_claims(&claims);
    }
    let trust = Trust::anchor("did:key:zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169")
        .with(input.0)
        .with(SecuredRef::Bytes(input.1));
    let at = Timestamp::from_unix(1_800_000_000).unwrap();
    let evidence = trust.evidence(&VerifyOptions::at(at));
    let passport = PassportFacts::new("urn:uuid:1", "operator");
    assert!(!evidence.authorises("did:web:stranger.example", Action::Read, &passport));
});
