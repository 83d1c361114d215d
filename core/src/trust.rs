//! Chains of trust: who may say what about a battery, up to an authority that the verifier trusts.
//!
//! A signature proves who signed, not that the signer had the right to. These credentials carry the
//! rights, each in a file of its own:
//!
//! | credential | by | for | says |
//! |---|---|---|---|
//! | [`OperatorAccreditation`] | authority | operator or authority | roles, battery categories, operator id |
//! | [`BmsProduction`] | operator | key of a BMS | which battery the key belongs to |
//! | [`ProcessorAuthorisation`] | operator | delegate | what it may do for the operator, Art. 77(4), 78(c) |
//! | [`AccessGrant`] | operator or authority | reader | purpose, batteries, points of Annex XIII, Art. 77(2) |
//! | [`ResponsibilityTransfer`] | both operators | passports | who is responsible from when on, Art. 77(7) |
//! | [`BatteryStatusRecord`] | BMS | anyone | what it measured |
//!
//! [`Trust`] holds the anchors, the supporting credentials and the policy. Given to
//! [`credential::verify`](crate::credential::verify()) by
//! [`VerifyOptions::trust`](crate::credential::VerifyOptions), it makes the verification walk from the
//! issuer up to an anchor at the point in time and report each link. Whatever does not lead to an anchor
//! is an error. Nothing is fetched: what is not given does not count.
//!
//! ```
//! use batterypass::SigningKey;
//! use batterypass::attribute::Category;
//! use batterypass::credential::{SignOptions, VerifyOptions, sign, verify};
//! use batterypass::trust::{OperatorAccreditation, OperatorRole, Trust};
//! use serde_json::json;
//!
//! let [authority, maker] = [1, 2].map(|seed| SigningKey::from_bytes(&[seed; 32]));
//! let (authority, maker) = (authority?, maker?);
//! let id = "https://id.example/417/9520123000011";
//! let accreditation = OperatorAccreditation::new(
//!     maker.public_key().did().as_str(), id, &[OperatorRole::Manufacturer], &[Category::Ev],
//! );
//! let accreditation = sign(accreditation.to_credential()?, &authority, &SignOptions::default())?;
//! let passport = json!({
//!     "type": "BatteryPassportCredential",
//!     "credentialSubject": {
//!         "id": "urn:uuid:1",
//!         "type": "BatteryPassport",
//!         "digitalProductPassportId": "urn:uuid:1",
//!         "economicOperatorId": id,
//!         "generalProductInformation": { "batteryCategory": "ev" },
//!     },
//! });
//! let passport = sign(passport, &maker, &SignOptions::default())?;
//!
//! let trust = Trust::anchor(authority.public_key().did().as_str()).with(&accreditation);
//! let mut options = VerifyOptions::at("2027-06-01T00:00:00Z".parse()?);
//! options.trust = Some(&trust);
//! let report = verify(&passport, &options)?;
//! assert!(report.ok);
//! assert_eq!(report.chain.len(), 1);
//! # Ok::<(), batterypass::Error>(())
//! ```

mod accreditation;
mod anchor;
mod authorisation;
mod chain;
mod context;
mod evidence;
mod explain;
mod grant;
mod passport;
mod production;
mod read;
mod rights;
mod scope;
mod status_record;
mod transfer;
mod words;

pub use accreditation::OperatorAccreditation;
pub use anchor::{Anchor, Support, Trust};
pub use authorisation::ProcessorAuthorisation;
pub use chain::Link;
pub(crate) use chain::walk;
pub use context::context;
pub use evidence::Evidence;
pub use grant::AccessGrant;
pub use passport::PassportFacts;
pub use production::BmsProduction;
pub use scope::Scope;
pub use status_record::BatteryStatusRecord;
pub use transfer::ResponsibilityTransfer;
pub use words::{Action, OperatorRole};

/// The JSON-LD context of these credentials: `schemas/context/trust.jsonld`.
pub const TRUST_CONTEXT: &str = "urn:batterypass:context:trust:1.0.0";
/// The longest chain that is accepted unless the policy says otherwise.
pub const MAX_DEPTH: usize = 8;
/// The most supporting credentials that are looked at: each costs a verification.
pub const MAX_SUPPORT: usize = 64;
/// The most passports, models, roles and so on that one credential may list.
pub const MAX_LISTED: usize = 1000;

const LAW: &str = "Regulation (EU) 2023/1542 Art. 77(4)";
