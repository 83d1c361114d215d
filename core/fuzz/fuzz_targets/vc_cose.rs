//! Credentials in CBOR: broken messages, and any payload under a good signature.
#![no_main]

use batterypass::SigningKey;
use batterypass::cose::Algorithm;
use batterypass::cose::credential::{self, Kind};
use batterypass::credential::{VerifyOptions, verify, verify_presentation};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let options = VerifyOptions::at("2027-02-18T00:00:00Z".parse().unwrap());
    // With the first bytes of a COSE_Sign1 in front, the rest is read as one from the start.
    for head in [&b""[..], b"\xd2\x84"] {
        let message = [head, data].concat();
        let _ = verify(&message, &options);
        let _ = verify_presentation(&message, &options);
    }
    // Any payload under a good signature: the rules of the data model are what is tried then.
    let key = SigningKey::from_bytes(&[7; 32]).unwrap();
    let mut out = vec![0; data.len() + credential::OVERHEAD];
    let signed =
        credential::sign(data, Kind::Credential, &key, Algorithm::Es256, &mut out).unwrap();
    if let Ok(report) = verify(signed, &options)
        && report.ok
    {
        assert_eq!(
            report.issuer.as_deref(),
            Some(key.public_key().did().as_str())
        );
    }
});
