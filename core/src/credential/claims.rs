//! The claims of a verified credential.

#[cfg(not(feature = "std"))]
use core::cell::OnceCell as Once;
use core::fmt;
use core::ops::Deref;
#[cfg(feature = "std")]
use std::sync::OnceLock as Once;

use serde_json::Value;

use crate::json;
use crate::prelude::*;

/// The claims of a credential: a JSON object, which this dereferences to.
///
/// Those of a `vc+jwt` or `vc+sd-jwt` are kept as the text that was verified. All of it was checked, but its
/// values are only made when they are first read: who wants nothing but the verdict does not wait for them.
#[derive(Clone)]
pub struct Claims {
    value: Once<Value>,
    source: Source,
}

/// What the values are made of.
#[derive(Clone)]
pub(super) enum Source {
    /// Nothing: they are there.
    Value,
    /// JSON text that has an [`outline`](super::outline::of_text).
    Text(String),
}

impl Source {
    /// Cannot fail: the text was checked.
    fn read(&self) -> Value {
        let value = match self {
            Self::Value => None,
            Self::Text(text) => json::parse(text.as_bytes()).ok(),
        };
        value.unwrap_or_default()
    }
}

impl Claims {
    /// Takes what was checked.
    pub(super) const fn from_checked(source: Source) -> Self {
        Self {
            value: Once::new(),
            source,
        }
    }

    /// Returns the claims as JSON text, where they were read as text: of a `vc+jwt` what was signed, of a
    /// `vc+sd-jwt` that with the disclosures in their places. Every member stands once in it.
    pub fn text(&self) -> Option<&str> {
        match &self.source {
            Source::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the values.
    pub fn into_value(self) -> Value {
        match self.value.into_inner() {
            Some(value) => value,
            None => self.source.read(),
        }
    }
}

impl Deref for Claims {
    type Target = Value;

    fn deref(&self) -> &Value {
        self.value.get_or_init(|| self.source.read())
    }
}

impl From<Value> for Claims {
    fn from(value: Value) -> Self {
        Self {
            value: value.into(),
            source: Source::Value,
        }
    }
}

impl From<Claims> for Value {
    fn from(claims: Claims) -> Self {
        claims.into_value()
    }
}

impl PartialEq for Claims {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl PartialEq<Value> for Claims {
    fn eq(&self, other: &Value) -> bool {
        **self == *other
    }
}

impl PartialEq<Claims> for Value {
    fn eq(&self, other: &Claims) -> bool {
        *self == **other
    }
}

impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}
