//! Selective disclosure: SD-JWT (RFC 9901) on any JSON claims.
//!
//! The issuer signs digests in place of the members and array elements that not everyone may see, and
//! hands out what stands behind each digest as a [`Disclosure`]. Whoever holds the token passes on the
//! disclosures that the next reader may see; the signature stays the issuer's.
//!
//! | step | call |
//! |---|---|
//! | issuer hides and signs | [`conceal`], [`Concealed::sign`] |
//! | holder keeps a part | [`SdJwt::present`], [`SdJwt::disclose_paths`] |
//! | server shows a reader of a passport its part | [`Plan::for_passport`], [`SdJwt::disclose`] |
//! | holder signs the presentation | [`SdJwt::bind`] |
//! | verifier | [`SdJwt::verify`] |
//!
//! ```
//! use batterypass::SigningKey;
//! use batterypass::sd_jwt::{Plan, SdJwt, VerifyOptions, conceal};
//! use serde_json::json;
//!
//! # #[cfg(feature = "std")] {
//! # let mut rng = getrandom::SysRng;
//! let issuer = SigningKey::random()?;
//! let claims = json!({ "mass": 430, "events": ["none", "deep discharge"] });
//! let plan = Plan::new().hide("/events/0").hide("/events/1");
//! let token = conceal(claims, &plan, &mut rng)?.sign(&json!({ "typ": "example+sd-jwt" }), &issuer)?;
//!
//! let presented = token.disclose_paths(&["/events/1"])?.to_string();
//! let options = VerifyOptions::new(issuer.public_key(), "2027-02-18T00:00:00Z".parse()?);
//! let report = presented.parse::<SdJwt>()?.verify(&options);
//! assert!(report.ok);
//! assert_eq!(report.claims, json!({ "mass": 430, "events": ["deep discharge"] }));
//! # }
//! # Ok::<(), batterypass::Error>(())
//! ```

mod conceal;
mod disclosure;
mod json_form;
mod key_binding;
mod passport;
mod present;
mod reveal;
mod splice;
mod verify;

use core::fmt;
use core::str::FromStr;

use serde_json::{Map, Value};

use crate::error::{Error, ErrorCode, Result};
use crate::json;
use crate::jws::{self, Compact};
use crate::prelude::*;

pub use conceal::{Concealed, Decoys, Plan, conceal};
pub use disclosure::{Disclosure, SALT_LEN};
pub use key_binding::{KeyBinding, KeyBindingOptions};
pub(crate) use key_binding::{MAX_AGE, check as check_key_binding};
pub use present::Place;
pub(crate) use reveal::process;
pub use reveal::reveal;
pub(crate) use splice::splice;
pub use verify::{VerifyOptions, VerifyReport};

/// The digest algorithm, as `_sd_alg` names it. No other is supported.
pub const SHA_256: &str = "sha-256";
/// The longest token in bytes; a longer one is refused before it is decoded.
pub const MAX_TOKEN_LEN: usize = jws::MAX_TOKEN_LEN;
/// The most disclosures in one token.
pub const MAX_DISCLOSURES: usize = 16_384;

/// The member that holds the digests of hidden members.
const DIGESTS: &str = "_sd";
/// The member that stands for a hidden array element.
const ELEMENT: &str = "...";
/// The member that names the digest algorithm.
const ALGORITHM: &str = "_sd_alg";

/// An SD-JWT, with a key binding JWT (SD-JWT+KB) or without. Nothing of it is verified until
/// [`SdJwt::verify`] is asked.
///
/// Displays as the compact serialization, RFC 9901 section 4:
/// `<issuer-signed JWT>~<disclosure>~...~[<key binding JWT>]`. What was read is written byte for byte.
#[derive(Clone, Debug, PartialEq)]
pub struct SdJwt {
    jwt: String,
    header: Map<String, Value>,
    payload: Map<String, Value>,
    disclosures: Vec<Disclosure>,
    key_binding: Option<String>,
}

impl SdJwt {
    /// Reads the compact serialization.
    ///
    /// # Errors
    /// `too_large`, `too_many_disclosures`; `malformed_sd_jwt` without a `~`; `malformed_disclosure` with
    /// the path of the disclosure; `too_many_values` for the token with all its disclosures;
    /// `malformed_jwt`, `malformed_base64` and those of [`json::parse`] for the JWT and, under `/kb_jwt`,
    /// for the key binding JWT.
    pub fn parse(token: &str) -> Result<Self> {
        if token.len() > MAX_TOKEN_LEN {
            return Err(ErrorCode::TooLarge.into());
        }
        let (signed, binding) = token.rsplit_once('~').ok_or_else(|| {
            Error::new(ErrorCode::MalformedSdJwt).because("expected a JWT and a tilde")
        })?;
        let mut parts = signed.split('~');
        let jwt = parts.next().unwrap_or_default();
        let binding = (!binding.is_empty()).then_some(binding);
        Self::from_parts(jwt, parts, binding)
    }

    /// Puts a token together from its parts, checking the form of each.
    fn from_parts<'t>(
        jwt: &str,
        texts: impl Iterator<Item = &'t str>,
        key_binding: Option<&str>,
    ) -> Result<Self> {
        let compact = Compact::parse(jwt)?;
        let Value::Object(payload) = json::parse(&compact.payload)? else {
            return Err(Error::new(ErrorCode::MalformedJwt).because("the payload is not an object"));
        };
        let mut left = json::Limits::DEFAULT.values;
        let mut disclosures = Vec::new();
        for (i, text) in texts.enumerate() {
            if i == MAX_DISCLOSURES {
                return Err(ErrorCode::TooManyDisclosures.into());
            }
            let disclosure = Disclosure::parse_within(text, &mut left)
                .map_err(|error| error.at(format!("/disclosures/{i}")))?;
            disclosures.push(disclosure);
        }
        if let Some(binding) = key_binding {
            key_binding::claims(binding)?;
        }
        Ok(Self {
            jwt: jwt.into(),
            header: compact.header,
            payload,
            disclosures,
            key_binding: key_binding.map(Into::into),
        })
    }

    /// Returns the issuer-signed JWT.
    pub fn jwt(&self) -> &str {
        &self.jwt
    }

    /// Returns the protected header of the issuer-signed JWT.
    pub const fn header(&self) -> &Map<String, Value> {
        &self.header
    }

    /// Returns the payload of the issuer-signed JWT, with digests where something is hidden.
    pub const fn payload(&self) -> &Map<String, Value> {
        &self.payload
    }

    /// Returns the disclosures, in the order of the token.
    pub fn disclosures(&self) -> &[Disclosure] {
        &self.disclosures
    }

    /// Returns the key binding JWT, if the token has one.
    pub fn key_binding(&self) -> Option<&str> {
        self.key_binding.as_deref()
    }

    /// Returns the claims with everything that is disclosed, without verifying any signature.
    ///
    /// # Errors
    /// Those of [`reveal`].
    pub fn claims(&self) -> Result<Value> {
        reveal(&self.payload, &self.disclosures).map(Value::Object)
    }

    /// The part of the token that a key binding JWT signs, RFC 9901 section 4.3.1.
    fn without_binding(&self) -> String {
        let disclosures = self.disclosures.iter().map(|d| d.as_str().len() + 1);
        let mut text = String::with_capacity(self.jwt.len() + 1 + disclosures.sum::<usize>());
        text.push_str(&self.jwt);
        text.push('~');
        for disclosure in &self.disclosures {
            text.push_str(disclosure.as_str());
            text.push('~');
        }
        text
    }
}

impl fmt::Display for SdJwt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.without_binding())?;
        f.write_str(self.key_binding().unwrap_or_default())
    }
}

impl FromStr for SdJwt {
    type Err = Error;

    fn from_str(token: &str) -> Result<Self> {
        Self::parse(token)
    }
}
