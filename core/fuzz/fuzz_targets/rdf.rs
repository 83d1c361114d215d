//! JSON-LD, its statements and the proofs over them: no input crashes, hangs or verifies.
#![no_main]

use batterypass::SigningKey;
use batterypass::credential::{VerifyOptions, derive, verify};
use batterypass::json;
use batterypass::json_ld::{Contexts, canonicalize};
use batterypass::time::Timestamp;
use serde_json::{Value, json};

libfuzzer_sys::fuzz_target!(|input: (u8, &str, &str)| {
    let (suite, document, value) = input;
    let Ok(mut document) = json::parse(document.as_bytes()) else {
        return;
    };
    if let (Ok(contexts), Value::Object(_)) = (Contexts::bundled(), &document) {
        let _ = canonicalize(&document, contexts);
        let key = SigningKey::from_bytes(&[7; 32]).unwrap();
        let did = key.public_key().did();
        let suites = ["ecdsa-rdfc-2019", "ecdsa-sd-2023", "eddsa-rdfc-2022"];
        document["issuer"] = did.as_str().into();
        document["proof"] = json!({
            "type": "DataIntegrityProof",
            "cryptosuite": suites[usize::from(suite) % suites.len()],
            "verificationMethod": format!("{did}#{}", &did[8..]),
            "proofPurpose": "assertionMethod",
            "proofValue": value,
        });
        let _ = derive(&document, &["/issuer"], None);
        let at = Timestamp::from_unix(1_800_000_000).unwrap();
        if let Ok(report) = verify(&document, &VerifyOptions::at(at)) {
            assert!(!report.ok);
        }
    }
});
