//! DID documents (DID 1.0 section 5, CID 1.0 section 2).

use serde_json::{Map, Value};

use super::material::KeyMaterial;
use crate::error::{Error, ErrorCode, Result};
use crate::json::{self, Limits};
use crate::prelude::*;
use crate::time::Timestamp;

const LIMITS: Limits = Limits {
    bytes: 256 << 10,
    depth: 16,
    values: 10_000,
};
/// Most verification methods in a document, and most entries in each of its lists.
const MAX_ENTRIES: usize = 128;

/// What a key may be used for (CID 1.0 section 2.3).
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Relationship {
    /// Issuing credentials.
    AssertionMethod,
    /// Proving to be the subject, as in presentations.
    Authentication,
    /// Receiving encrypted messages.
    KeyAgreement,
    /// Using a capability.
    CapabilityInvocation,
    /// Passing a capability on.
    CapabilityDelegation,
}

impl Relationship {
    /// Every relationship.
    pub const ALL: [Self; 5] = [
        Self::AssertionMethod,
        Self::Authentication,
        Self::KeyAgreement,
        Self::CapabilityInvocation,
        Self::CapabilityDelegation,
    ];
    /// Those of a key that signs.
    pub(super) const SIGNING: [Self; 4] = [
        Self::AssertionMethod,
        Self::Authentication,
        Self::CapabilityInvocation,
        Self::CapabilityDelegation,
    ];

    /// Returns the name of the document's member, `assertionMethod` and so on.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AssertionMethod => "assertionMethod",
            Self::Authentication => "authentication",
            Self::KeyAgreement => "keyAgreement",
            Self::CapabilityInvocation => "capabilityInvocation",
            Self::CapabilityDelegation => "capabilityDelegation",
        }
    }
}

/// A key of a DID document (CID 1.0 section 2.2).
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct VerificationMethod {
    /// The absolute DID URL.
    pub id: String,
    /// Who controls the key.
    pub controller: String,
    /// The key.
    pub key: KeyMaterial,
    /// From when on nothing by this key is to be accepted, as planned.
    pub expires: Option<Timestamp>,
    /// From when on nothing by this key is to be accepted, as decided later.
    pub revoked: Option<Timestamp>,
}

/// A DID document that was checked when it was read. All members are kept as they came.
#[derive(Clone, Debug, PartialEq)]
pub struct DidDocument {
    id: String,
    methods: Vec<VerificationMethod>,
    /// Which absolute URLs are listed for which purpose.
    listed: Vec<(Relationship, String)>,
    members: Map<String, Value>,
}

impl DidDocument {
    /// Reads a document from JSON of at most 256 KiB, 16 levels and 128 verification methods.
    ///
    /// # Errors
    /// Those of [`json::parse`](crate::json::parse()) and of [`DidDocument::from_value`].
    pub fn parse(text: &[u8]) -> Result<Self> {
        Self::from_value(json::parse_with(text, &LIMITS)?)
    }

    /// Reads a document. A key of an unknown type does not make it unreadable.
    ///
    /// # Errors
    /// With the path of the member: `wrong_type`, `missing_member`, `invalid_did`, `invalid_member` for
    /// a time, `invalid_key`, `malformed_base64`, `inconsistent` for a key in two forms, `private_key`,
    /// `duplicate_value` for a method's id, `too_many_values` for more than 128 entries in a list.
    pub fn from_value(value: Value) -> Result<Self> {
        let Value::Object(members) = value else {
            return Err(ErrorCode::WrongType.into());
        };
        let id = string(&members, "id")?.to_string();
        super::check(&id).map_err(|error| error.at("/id"))?;
        let mut document = Self {
            id,
            methods: Vec::new(),
            listed: Vec::new(),
            members: Map::new(),
        };
        for (i, method) in list(&members, "verificationMethod")?.iter().enumerate() {
            let path = format!("/verificationMethod/{i}");
            document.add_method(method, &path)?;
        }
        for relationship in Relationship::ALL {
            let name = relationship.as_str();
            for (i, entry) in list(&members, name)?.iter().enumerate() {
                document.add_listed(relationship, entry, &format!("/{name}/{i}"))?;
            }
        }
        for name in ["alsoKnownAs", "service"] {
            list(&members, name)?;
        }
        check_strings(&members, "alsoKnownAs")?;
        check_strings(&members, "controller")?;
        document.members = members;
        Ok(document)
    }

    /// Returns the document as JSON, with every member it was read with.
    pub fn to_value(&self) -> Value {
        Value::Object(self.members.clone())
    }

    /// The DID.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Other identifiers of the same subject, as it claims.
    pub fn also_known_as(&self) -> impl Iterator<Item = &str> {
        strings(self.members.get("alsoKnownAs"))
    }

    /// Who may change the document; empty where that is the subject alone.
    pub fn controllers(&self) -> impl Iterator<Item = &str> {
        strings(self.members.get("controller"))
    }

    /// Every key, listed or embedded, for whatever purpose and at whatever time.
    pub fn verification_methods(&self) -> &[VerificationMethod] {
        &self.methods
    }

    /// The service entries, as they came (DID 1.0 section 5.4).
    pub fn services(&self) -> &[Value] {
        let services = self.members.get("service").and_then(Value::as_array);
        services.map_or(&[], |services| services)
    }

    /// Finds the key that may be used for a purpose at a point in time.
    ///
    /// `url` is the absolute DID URL with a fragment, or the fragment alone, `#key-1`. The time is the
    /// one that the caller believes the signature to be made at.
    ///
    /// # Errors
    /// `invalid_did` for another form; `did_mismatch` for a URL of another DID; `method_not_found`;
    /// `method_not_authorised` when the document does not list it for the purpose;
    /// `controller_mismatch`; `key_revoked`, `key_expired`.
    pub fn method(
        &self,
        url: &str,
        relationship: Relationship,
        at: Timestamp,
    ) -> Result<&VerificationMethod> {
        let url = self.absolute(url)?;
        if super::split_url(&url)?.0 != self.id {
            return Err(ErrorCode::DidMismatch.into());
        }
        let found = self.methods.iter().find(|method| method.id == url);
        let method = found.ok_or(Error::new(ErrorCode::MethodNotFound))?;
        let listed =
            |(purpose, id): &(Relationship, String)| *purpose == relationship && *id == url;
        if !self.listed.iter().any(listed) {
            return Err(ErrorCode::MethodNotAuthorised.into());
        }
        // A key that its own controller does not vouch for proves nothing about this subject.
        if method.controller != self.id {
            return Err(ErrorCode::ControllerMismatch.into());
        }
        if method.revoked.is_some_and(|revoked| at >= revoked) {
            return Err(ErrorCode::KeyRevoked.into());
        }
        if method.expires.is_some_and(|expires| at >= expires) {
            return Err(ErrorCode::KeyExpired.into());
        }
        Ok(method)
    }

    fn absolute(&self, url: &str) -> Result<String> {
        let url = match url.strip_prefix('#') {
            Some(fragment) => format!("{}#{fragment}", self.id),
            None => url.to_string(),
        };
        super::split_url(&url)?;
        Ok(url)
    }

    fn add_method(&mut self, method: &Value, path: &str) -> Result<String> {
        let method = self
            .read_method(method)
            .map_err(|error| error.under(path))?;
        if self.methods.iter().any(|other| other.id == method.id) {
            return Err(Error::new(ErrorCode::DuplicateValue).at(format!("{path}/id")));
        }
        if self.methods.len() == MAX_ENTRIES {
            return Err(Error::new(ErrorCode::TooManyValues).at(path));
        }
        let id = method.id.clone();
        self.methods.push(method);
        Ok(id)
    }

    fn read_method(&self, method: &Value) -> Result<VerificationMethod> {
        let members = method.as_object().ok_or(Error::new(ErrorCode::WrongType))?;
        let id = self
            .absolute(string(members, "id")?)
            .map_err(|error| error.at("/id"))?;
        let controller = string(members, "controller")?;
        super::check(controller).map_err(|error| error.at("/controller"))?;
        Ok(VerificationMethod {
            id,
            controller: controller.to_string(),
            key: KeyMaterial::of_method(members)?,
            expires: time(members, "expires")?,
            revoked: time(members, "revoked")?,
        })
    }

    /// Reads an entry of a relationship: a reference, or a key that is embedded for this purpose only.
    fn add_listed(&mut self, relationship: Relationship, entry: &Value, path: &str) -> Result<()> {
        let id = match entry {
            Value::String(url) => self.absolute(url).map_err(|error| error.at(path))?,
            Value::Object(_) => self.add_method(entry, path)?,
            _ => return Err(Error::new(ErrorCode::WrongType).at(path)),
        };
        self.listed.push((relationship, id));
        Ok(())
    }
}

pub(super) fn string<'m>(members: &'m Map<String, Value>, name: &str) -> Result<&'m str> {
    let fault = |code| Error::new(code).at(format!("/{name}"));
    let value = members.get(name);
    let value = value.ok_or_else(|| fault(ErrorCode::MissingMember))?;
    value.as_str().ok_or_else(|| fault(ErrorCode::WrongType))
}

/// A member that is a list, at most [`MAX_ENTRIES`] long; empty where it is absent.
fn list<'m>(members: &'m Map<String, Value>, name: &str) -> Result<&'m [Value]> {
    let fault = |code| Error::new(code).at(format!("/{name}"));
    match members.get(name) {
        None => Ok(&[]),
        Some(Value::Array(list)) if list.len() > MAX_ENTRIES => {
            Err(fault(ErrorCode::TooManyValues))
        }
        Some(Value::Array(list)) => Ok(list),
        Some(_) => Err(fault(ErrorCode::WrongType)),
    }
}

/// The strings of a member that is a string or a list of them.
fn strings(member: Option<&Value>) -> impl Iterator<Item = &str> {
    let all = match member {
        Some(Value::Array(all)) => &all[..],
        Some(one) => core::slice::from_ref(one),
        None => &[],
    };
    all.iter().filter_map(Value::as_str)
}

fn check_strings(members: &Map<String, Value>, name: &str) -> Result<()> {
    let count = match members.get(name) {
        None => return Ok(()),
        Some(Value::Array(all)) => all.len(),
        Some(_) => 1,
    };
    if count > MAX_ENTRIES {
        return Err(Error::new(ErrorCode::TooManyValues).at(format!("/{name}")));
    }
    if strings(members.get(name)).count() == count {
        Ok(())
    } else {
        Err(Error::new(ErrorCode::WrongType).at(format!("/{name}")))
    }
}

fn time(members: &Map<String, Value>, name: &str) -> Result<Option<Timestamp>> {
    if !members.contains_key(name) {
        return Ok(None);
    }
    let fault = |_| Error::new(ErrorCode::InvalidMember).at(format!("/{name}"));
    string(members, name)?.parse().map(Some).map_err(fault)
}
