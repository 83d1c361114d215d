use core::fmt;
use core::str::FromStr;

use serde_json::Value;

use crate::error::{Error, ErrorCode, Result};
use crate::prelude::*;

/// How a credential is secured.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Securing {
    /// A JWS whose payload is the credential (VC-JOSE-COSE section 3.1.1): what most libraries read.
    #[default]
    VcJwt,
    /// An SD-JWT (RFC 9901, VC-JOSE-COSE section 3.2.1): each audience gets its part of it.
    VcSdJwt,
    /// A COSE_Sign1 (VC-JOSE-COSE section 3.3.1): for constrained links.
    VcCose,
    /// An embedded proof over the canonical JSON (VC-DI-ECDSA section 3.3): for people who read JSON.
    EcdsaJcs2019,
    /// An embedded proof over the canonical RDF dataset (VC-DI-ECDSA section 3.2).
    EcdsaRdfc2019,
    /// An embedded proof from which parts can be derived (VC-DI-ECDSA section 3.4).
    EcdsaSd2023,
    /// An embedded Ed25519 proof over the canonical RDF dataset (VC-DI-EDDSA section 3.1). Verified only.
    EddsaRdfc2022,
}

impl Securing {
    /// All forms.
    pub const ALL: [Self; 7] = [
        Self::VcJwt,
        Self::VcSdJwt,
        Self::VcCose,
        Self::EcdsaJcs2019,
        Self::EcdsaRdfc2019,
        Self::EcdsaSd2023,
        Self::EddsaRdfc2022,
    ];

    /// Returns the name in all bindings, which is that of the media type or of the cryptosuite.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::VcJwt => "vc+jwt",
            Self::VcSdJwt => "vc+sd-jwt",
            Self::VcCose => "vc+cose",
            Self::EcdsaJcs2019 => "ecdsa-jcs-2019",
            Self::EcdsaRdfc2019 => "ecdsa-rdfc-2019",
            Self::EcdsaSd2023 => "ecdsa-sd-2023",
            Self::EddsaRdfc2022 => "eddsa-rdfc-2022",
        }
    }

    /// Tells whether the proof stands inside the document (VC Data Integrity).
    pub const fn is_embedded(self) -> bool {
        matches!(
            self,
            Self::EcdsaJcs2019 | Self::EcdsaRdfc2019 | Self::EcdsaSd2023 | Self::EddsaRdfc2022
        )
    }
}

impl fmt::Display for Securing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Securing {
    type Err = Error;

    /// Reads the name that [`Securing::as_str`] gives. Fails with `invalid_argument` for others.
    fn from_str(name: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|securing| securing.as_str() == name)
            .ok_or_else(|| {
                let names = Self::ALL.map(Self::as_str).join(", ");
                Error::new(ErrorCode::InvalidArgument)
                    .at("/securing")
                    .because(format!("expected one of {names}"))
            })
    }
}

/// A secured credential or presentation, in the shape of its form.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Secured {
    /// A token: `vc+jwt`, `vc+sd-jwt`.
    Text(String),
    /// CBOR: `vc+cose`.
    Bytes(Vec<u8>),
    /// A JSON document with its proof inside.
    Json(Value),
}

impl Secured {
    /// Returns what can be written to a file or a response: JSON as text.
    pub fn into_bytes(self) -> Vec<u8> {
        match self {
            Self::Text(text) => text.into_bytes(),
            Self::Bytes(bytes) => bytes,
            Self::Json(value) => value.to_string().into_bytes(),
        }
    }

    /// Returns the token.
    ///
    /// # Errors
    /// `invalid_argument` for forms that are no text.
    pub fn into_text(self) -> Result<String> {
        match self {
            Self::Text(text) => Ok(text),
            _ => Err(Error::new(ErrorCode::InvalidArgument).because("the form is no text")),
        }
    }

    /// Returns the document with its proof.
    ///
    /// # Errors
    /// `invalid_argument` for forms that do not embed the proof.
    pub fn into_json(self) -> Result<Value> {
        match self {
            Self::Json(value) => Ok(value),
            _ => Err(Error::new(ErrorCode::InvalidArgument).because("the form is no JSON")),
        }
    }
}

/// A borrowed secured credential or presentation, as [`verify`](super::verify()) takes it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum SecuredRef<'a> {
    /// A token, or a JSON document as text.
    Text(&'a str),
    /// CBOR, or a text in UTF-8.
    Bytes(&'a [u8]),
    /// A JSON document.
    Json(&'a Value),
}

impl<'a> From<&'a str> for SecuredRef<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a String> for SecuredRef<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a [u8]> for SecuredRef<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Bytes(bytes)
    }
}

impl<'a> From<&'a Vec<u8>> for SecuredRef<'a> {
    fn from(bytes: &'a Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}

impl<'a> From<&'a Value> for SecuredRef<'a> {
    fn from(value: &'a Value) -> Self {
        Self::Json(value)
    }
}

impl<'a> From<&'a Secured> for SecuredRef<'a> {
    fn from(secured: &'a Secured) -> Self {
        match secured {
            Secured::Text(text) => Self::Text(text),
            Secured::Bytes(bytes) => Self::Bytes(bytes),
            Secured::Json(value) => Self::Json(value),
        }
    }
}
