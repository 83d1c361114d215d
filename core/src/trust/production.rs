use serde_json::{Value, json};

use super::read::{self, Readable, Subject};
use crate::error::{ErrorCode, Result};
use crate::key::PublicKey;
use crate::prelude::*;
use crate::report::Findings;
use crate::time::Timestamp;

/// An operator's word that a key is that of the BMS of a battery.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct BmsProduction {
    /// The `did:key` of the BMS.
    pub bms: String,
    /// The passport of its battery.
    pub passport_id: String,
    /// The RFC 7638 thumbprint of the key, base64url: what a label or a record names the key by.
    pub key_thumbprint: String,
    /// The serial number of the battery.
    pub serial_number: Option<String>,
    /// The model of the battery: the GTIN of 14 digits.
    pub model: Option<String>,
    /// From when on it is valid.
    pub valid_from: Option<Timestamp>,
    /// Until when it is valid.
    pub valid_until: Option<Timestamp>,
}

impl BmsProduction {
    /// The word on one key and one passport, without an end.
    pub fn new(key: &PublicKey, passport_id: impl Into<String>) -> Self {
        Self {
            bms: key.did().to_string(),
            passport_id: passport_id.into(),
            key_thumbprint: key.thumbprint().to_string(),
            serial_number: None,
            model: None,
            valid_from: None,
            valid_until: None,
        }
    }

    /// Makes the credential, to be signed by the operator.
    ///
    /// # Errors
    /// `invalid_member`, `invalid_did`, `key_mismatch` with the path of what cannot stand so.
    pub fn to_credential(&self) -> Result<Value> {
        let subject = json!({
            "id": self.bms,
            "digitalProductPassportId": self.passport_id,
            "keyThumbprint": self.key_thumbprint,
            "serialNumber": self.serial_number,
            "model": self.model,
        });
        read::to_credential::<Self>(subject, self.valid_from, self.valid_until, None)
    }

    /// Reads the claims of a credential. It says nothing about who signed them.
    ///
    /// # Errors
    /// The first rule that does not hold, with its path: `missing_member`, `invalid_member`,
    /// `invalid_did`, `invalid_key`; `key_mismatch` when thumbprint and `did:key` are of different keys.
    pub fn from_claims(claims: &Value) -> Result<Self> {
        read::from_claims(claims)
    }
}

impl Readable for BmsProduction {
    const TYPE: &'static str = "BmsProduction";
    const SUBJECT_TYPE: &'static str = "BatteryManagementSystem";

    fn read(claims: &Value, findings: &mut Findings) -> Option<Self> {
        let mut subject = Subject::typed::<Self>(claims, findings)?;
        let bms = subject.text("id");
        let thumbprint = subject.text("keyThumbprint");
        let passport_id = subject.passport_id("digitalProductPassportId");
        match bms.as_deref().map(PublicKey::from_did) {
            None => {}
            Some(Err(error)) => {
                subject.refuse(error.code(), "id", "expected the did:key of a P-256 key");
            }
            Some(Ok(key)) => {
                let own = key.thumbprint().to_string();
                if thumbprint.as_ref().is_some_and(|named| *named != own) {
                    let detail = "the thumbprint is not that of the did:key";
                    subject.refuse(ErrorCode::KeyMismatch, "keyThumbprint", detail);
                }
            }
        }
        Some(Self {
            serial_number: subject.optional_text("serialNumber"),
            model: subject.optional_text("model"),
            bms: bms?,
            passport_id: passport_id?,
            key_thumbprint: thumbprint?,
            valid_from: read::validity(claims, "validFrom"),
            valid_until: read::validity(claims, "validUntil"),
        })
    }
}
