//! What a holder cannot leave out of a credential with selective disclosure.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "ssi")]

use batterypass::SigningKey;
use batterypass::credential::{
    Securing, SignOptions, VerifyOptions, add_proof, derive, sign, verify,
};
use serde_json::json;

#[test]
fn status_and_times_are_always_shown() {
    let issuer = SigningKey::from_bytes(&[7; 32]).unwrap();
    let status = json!({
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "94567",
        "statusListCredential": "https://maker.example/status/1",
    });
    let credential = json!({
        "credentialSubject": { "id": "urn:example:1", "stateOfHealth": 91.5, "owner": "Example" },
    });
    for chosen in [&[][..], &["/credentialSubject/stateOfHealth"], &["/issuer"]] {
        let mut options = SignOptions {
            valid_from: Some("2027-01-01T00:00:00Z".parse().unwrap()),
            valid_until: Some("2028-01-01T00:00:00Z".parse().unwrap()),
            status: Some(&status),
            ..SignOptions::securing(Securing::EcdsaSd2023)
        };
        options.proof.mandatory = chosen;
        let issued = sign(credential.clone(), &issuer, &options)
            .unwrap()
            .into_json()
            .unwrap();
        let shown = derive(&issued, &["/credentialSubject/id"], None).unwrap();
        for name in ["issuer", "validFrom", "validUntil", "credentialStatus"] {
            assert_eq!(shown[name], issued[name], "{name}");
        }
        let health = shown["credentialSubject"].get("stateOfHealth");
        assert_eq!(
            health.is_some(),
            chosen.contains(&"/credentialSubject/stateOfHealth")
        );
        assert!(shown["credentialSubject"].get("owner").is_none());
        let at = VerifyOptions::at("2027-02-18T00:00:00Z".parse().unwrap());
        let report = verify(&shown, &at).unwrap();
        assert!(report.ok, "{:?}", report.findings);

        // Nor can it be cut off afterwards.
        let mut cut = shown;
        cut.as_object_mut()
            .unwrap()
            .shift_remove("credentialStatus");
        assert!(!verify(&cut, &at).unwrap().ok);
    }
}

/// A proof that is added later is no way around it.
#[test]
fn an_added_proof_shows_the_same() {
    let issuer = SigningKey::from_bytes(&[7; 32]).unwrap();
    let credential = json!({
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://www.w3.org/ns/credentials/undefined-terms/v2",
        ],
        "type": ["VerifiableCredential"],
        "issuer": issuer.public_key().did().as_str(),
        "validUntil": "2028-01-01T00:00:00Z",
        "credentialSubject": { "id": "urn:example:1", "owner": "Example" },
    });
    let options = SignOptions::securing(Securing::EcdsaSd2023);
    let issued = add_proof(credential, &issuer, &options).unwrap();
    let shown = derive(&issued, &["/credentialSubject/id"], None).unwrap();
    for name in ["issuer", "validUntil"] {
        assert_eq!(shown[name], issued[name], "{name}");
    }
}
