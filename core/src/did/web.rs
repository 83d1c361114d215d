//! `did:web` (W3C CCG): an organisation's DID is where it publishes its document.
//!
//! The host is written in lower case, an internationalised name in its ASCII form (`xn--`), and IP
//! addresses are refused, so that one place has one name.

use serde_json::{Map, Value, json};

use super::document::{DidDocument, Relationship};
use crate::error::{Error, ErrorCode, Result};
use crate::key::PublicKey;
use crate::prelude::*;
use crate::time::Timestamp;

const WELL_KNOWN: &str = "/.well-known/did.json";
const FILE: &str = "/did.json";

/// Returns the URL of a `did:web`'s document.
///
/// ```
/// let url = batterypass::did::web::url("did:web:maker.example%3A8443:cells")?;
/// assert_eq!(url, "https://maker.example:8443/cells/did.json");
/// # Ok::<(), batterypass::Error>(())
/// ```
///
/// # Errors
/// `invalid_did` for another method, a host that is no domain name in ASCII and lower case, a bad port,
/// and a path that is empty or leads elsewhere.
pub fn url(did: &str) -> Result<String> {
    let ("web", specific) = super::check(did)? else {
        return Err(invalid("expected did:web"));
    };
    let mut segments = specific.split(':');
    let authority = segments.next().unwrap_or_default();
    let (host, port) = match authority.split_once("%3A") {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    };
    check_host(host)?;
    let mut url = format!("https://{host}");
    if let Some(port) = port {
        check_port(port)?;
        url.push(':');
        url.push_str(port);
    }
    let before = url.len();
    for segment in segments {
        check_segment(segment)?;
        url.push('/');
        url.push_str(segment);
    }
    url.push_str(if url.len() == before {
        WELL_KNOWN
    } else {
        FILE
    });
    Ok(url)
}

/// Returns the `did:web` whose document is at an `https` URL: the inverse of [`url`].
///
/// # Errors
/// `invalid_did` for another scheme, user information, a query or fragment, a file that is not called
/// `did.json`, and what [`url`] refuses.
pub fn did(url: &str) -> Result<String> {
    let rest = url.strip_prefix("https://");
    let rest = rest.ok_or_else(|| invalid("expected an https URL"))?;
    let (authority, path) = match rest.find('/') {
        Some(at) => rest.split_at(at),
        None => return Err(invalid("expected a file called did.json")),
    };
    let mut did = String::from("did:web:");
    match authority.split_once(':') {
        Some((host, port)) => {
            did.push_str(host);
            did.push_str("%3A");
            did.push_str(port);
        }
        None => did.push_str(authority),
    }
    if path != WELL_KNOWN {
        let folders = path
            .strip_suffix(FILE)
            .filter(|folders| !folders.is_empty());
        let folders = folders.ok_or_else(|| invalid("expected a file called did.json"))?;
        did.push_str(&folders.replace('/', ":"));
    }
    // The way back finds everything that does not belong into a URL or a DID.
    if self::url(&did)? == url {
        Ok(did)
    } else {
        Err(invalid("the URL has another form"))
    }
}

/// A key of a document that [`document`] writes.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct DocumentKey<'a> {
    /// The name within the document, without `#`. A rotated key never leaves its name to a successor.
    pub fragment: &'a str,
    /// The key.
    pub key: PublicKey,
    /// What it is for.
    pub relationships: &'a [Relationship],
    /// When it is planned to end.
    pub expires: Option<Timestamp>,
    /// When it was withdrawn.
    pub revoked: Option<Timestamp>,
}

impl<'a> DocumentKey<'a> {
    /// A key for credentials and presentations.
    pub const fn new(fragment: &'a str, key: PublicKey) -> Self {
        Self {
            fragment,
            key,
            relationships: &[Relationship::AssertionMethod, Relationship::Authentication],
            expires: None,
            revoked: None,
        }
    }

    /// Sets what the key is for.
    #[must_use]
    pub const fn for_purposes(mut self, relationships: &'a [Relationship]) -> Self {
        self.relationships = relationships;
        self
    }

    /// Sets when the key is planned to end.
    #[must_use]
    pub const fn expires(mut self, at: Timestamp) -> Self {
        self.expires = Some(at);
        self
    }

    /// Sets when the key was withdrawn. What it signed before stays verifiable.
    #[must_use]
    pub const fn revoked(mut self, at: Timestamp) -> Self {
        self.revoked = Some(at);
        self
    }
}

/// Writes the document to publish at [`url`], with the given services (DID 1.0 section 5.4).
///
/// To rotate a key, add the new one and keep the old one, with the time from when on it counts no more:
/// credentials that were issued before stay verifiable.
///
/// ```
/// use batterypass::SigningKey;
/// use batterypass::did::web::{DocumentKey, document};
///
/// let old = SigningKey::from_bytes(&[7; 32])?;
/// let new = SigningKey::from_bytes(&[8; 32])?;
/// let keys = [
///     DocumentKey::new("key-1", *old.public_key()).revoked("2027-06-01T00:00:00Z".parse()?),
///     DocumentKey::new("key-2", *new.public_key()),
/// ];
/// let document = document("did:web:maker.example", &keys, &[])?;
/// assert_eq!(document.verification_methods().len(), 2);
/// # Ok::<(), batterypass::Error>(())
/// ```
///
/// # Errors
/// `invalid_did` for another DID or a bad fragment; `duplicate_value` for a fragment that occurs twice;
/// `too_many_values` for more than 128 keys or services.
pub fn document(did: &str, keys: &[DocumentKey<'_>], services: &[Value]) -> Result<DidDocument> {
    url(did)?;
    let mut members = Map::new();
    members.insert(
        "@context".into(),
        json!([
            "https://www.w3.org/ns/did/v1",
            "https://w3id.org/security/multikey/v1"
        ]),
    );
    members.insert("id".into(), did.into());
    let methods = keys.iter().map(|key| method(did, key)).collect();
    members.insert("verificationMethod".into(), Value::Array(methods));
    for relationship in Relationship::ALL {
        let listed: Vec<Value> = keys
            .iter()
            .filter(|key| key.relationships.contains(&relationship))
            .map(|key| format!("{did}#{}", key.fragment).into())
            .collect();
        if !listed.is_empty() {
            members.insert(relationship.as_str().into(), listed.into());
        }
    }
    if !services.is_empty() {
        members.insert("service".into(), services.into());
    }
    DidDocument::from_value(Value::Object(members))
}

fn method(did: &str, key: &DocumentKey<'_>) -> Value {
    let mut method = json!({
        "id": format!("{did}#{}", key.fragment),
        "type": "Multikey",
        "controller": did,
        "publicKeyMultibase": key.key.multikey().as_str(),
    });
    for (name, time) in [("expires", key.expires), ("revoked", key.revoked)] {
        if let Some(time) = time {
            method[name] = time.to_string().into();
        }
    }
    method
}

/// Checks a domain name (RFC 1123 section 2.1) in ASCII and lower case.
pub(crate) fn check_host(host: &str) -> Result<()> {
    let label_ok = |label: &str| {
        let inner = label
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        // RFC 5891 section 4.2.3.1: hyphens in third and fourth place are reserved for `xn--`.
        let reserved = label.get(2..4) == Some("--");
        let idn = label
            .strip_prefix("xn--")
            .is_some_and(|rest| !rest.is_empty());
        (1..=63).contains(&label.len())
            && inner
            && !label.starts_with('-')
            && !label.ends_with('-')
            && (!reserved || idn)
    };
    // What ends in a number is read as an IPv4 address by URL parsers (WHATWG URL, "ends in a number").
    let last = host.rsplit('.').next().unwrap_or_default();
    let number = last.bytes().all(|b| b.is_ascii_digit()) || last.starts_with("0x");
    if host.len() <= 253 && host.split('.').all(label_ok) && !number {
        Ok(())
    } else {
        Err(invalid("expected a domain name in ASCII and lower case"))
    }
}

pub(crate) fn check_port(port: &str) -> Result<u16> {
    let plain = port.bytes().all(|b| b.is_ascii_digit()) && !port.starts_with('0');
    match port.parse() {
        Ok(port) if plain => Ok(port),
        _ => Err(invalid("expected a port from 1 to 65535")),
    }
}

/// Checks a folder's name. Escapes may hide neither a separator nor a step upwards.
fn check_segment(segment: &str) -> Result<()> {
    let mut plain = Vec::new();
    let mut bytes = segment.bytes();
    while let Some(b) = bytes.next() {
        let digit = |b: Option<u8>| b.and_then(|b| char::from(b).to_digit(16));
        plain.push(match b {
            b'%' => match (digit(bytes.next()), digit(bytes.next())) {
                (Some(high), Some(low)) => u8::try_from(high * 16 + low).unwrap_or_default(),
                _ => return Err(invalid("a percent escape is broken")),
            },
            b => b,
        });
    }
    let bad = |b: &u8| b.is_ascii_control() || b"/\\?#%:".contains(b);
    if plain.is_empty() || plain == b"." || plain == b".." || plain.iter().any(bad) {
        return Err(invalid("a folder's name is empty or leads elsewhere"));
    }
    Ok(())
}

fn invalid(detail: &str) -> Error {
    Error::new(ErrorCode::InvalidDid).because(detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_names() {
        for (name, place) in [
            (
                "did:web:a.example",
                "https://a.example/.well-known/did.json",
            ),
            (
                "did:web:a.example%3A3000",
                "https://a.example:3000/.well-known/did.json",
            ),
            ("did:web:a.example:b:c", "https://a.example/b/c/did.json"),
            (
                "did:web:a.example%3A3000:b",
                "https://a.example:3000/b/did.json",
            ),
            (
                "did:web:xn--bcher-kva.example",
                "https://xn--bcher-kva.example/.well-known/did.json",
            ),
            (
                "did:web:a.example:%C3%A9",
                "https://a.example/%C3%A9/did.json",
            ),
            (
                "did:web:localhost%3A8443",
                "https://localhost:8443/.well-known/did.json",
            ),
        ] {
            assert_eq!(url(name).expect(name), place);
            assert_eq!(did(place).expect(place), name);
        }
    }

    #[test]
    fn hosts_ports_and_paths_that_are_refused() {
        for name in [
            "did:key:z",
            "did:web:127.0.0.1",
            "did:web:2130706433",
            "did:web:a.0x7f",
            "did:web:A.example",
            "did:web:-a.example",
            "did:web:a-.example",
            "did:web:a..example",
            "did:web:a.example.",
            "did:web:ab--c.example",
            "did:web:xn--.example",
            "did:web:a_b.example",
            "did:web:%61.example",
            "did:web:a.example%3A",
            "did:web:a.example%3A0",
            "did:web:a.example%3A65536",
            "did:web:a.example%3A080",
            "did:web:a.example%3a80",
            "did:web:a.example%3A80%3A80",
            "did:web:user%40a.example",
            "did:web:%5B%3A%3A1%5D",
            "did:web:a.example::b",
            "did:web:a.example:..",
            "did:web:a.example:%2e%2E",
            "did:web:a.example:b%2Fc",
            "did:web:a.example:b%00",
            "did:web:a.example:b%3Fc",
        ] {
            assert_eq!(url(name).expect_err(name).code(), ErrorCode::InvalidDid);
        }
        for place in [
            "http://a.example/.well-known/did.json",
            "https://a.example",
            "https://a.example/did.json",
            "https://a.example/b/",
            "https://u@a.example/b/did.json",
            "https://a.example/b/did.json?c",
            "https://a.example/b/did.json#c",
            "https://a.example//did.json",
            "https://b\u{fc}cher.example/.well-known/did.json",
            "https://a.example:80:90/b/did.json",
            "https://a.example/b:c/did.json",
        ] {
            assert_eq!(did(place).expect_err(place).code(), ErrorCode::InvalidDid);
        }
    }
}
