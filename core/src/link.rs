//! The text in the QR code: a link to one battery's passport that also names the battery's key.
//!
//! Two forms: a GS1 Digital Link (ISO/IEC 15459 by GTIN and serial number, GS1 Digital Link URI Syntax
//! 1.2) and a plain link by passport id. Both need no allocator.

use core::fmt::{self, Write as _};
use core::net::{Ipv4Addr, Ipv6Addr};
use core::str::FromStr;

use crate::error::{Error, ErrorCode, Result};
use crate::key::Thumbprint;

/// Bytes of the longest base, scheme and host included.
pub const MAX_BASE_LEN: usize = 128;
/// Bytes of the longest passport id.
pub const MAX_ID_LEN: usize = 128;
/// Characters of the longest serial number, AI (21).
pub const MAX_SERIAL_LEN: usize = 20;
/// Bytes of the longest text that is read as a link.
pub const MAX_LINK_LEN: usize = 2048;

/// Tells whether a text can be a passport id: 1 to 128 bytes of visible ASCII.
pub fn is_valid_id(id: &str) -> bool {
    (1..=MAX_ID_LEN).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic())
}

/// A link to a passport: `https://<base>/01/<gtin>/21/<serial>?k=<thumbprint>` or
/// `https://<base>/p/<passport id>?k=<thumbprint>`.
///
/// `Display` writes the link, `FromStr` reads it. Reading accepts what a label or a resolver may have
/// added and leaves it out: GTINs shorter than 14 digits, the qualifiers AI (22) and AI (10) before the
/// serial number, other query parameters, a fragment.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PassportLink {
    base: heapless::String<MAX_BASE_LEN>,
    target: Target,
    key: Option<Thumbprint>,
}

/// What a link points to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Target {
    /// One trade item by its GTIN, AI (01), and its serial number, AI (21).
    Item {
        /// The GTIN.
        gtin: Gtin,
        /// The serial number: 1 to 20 characters of GS1's character set 82.
        serial: heapless::String<MAX_SERIAL_LEN>,
    },
    /// One passport by its id: 1 to 128 bytes of visible ASCII.
    Passport {
        /// The passport id.
        id: heapless::String<MAX_ID_LEN>,
    },
}

impl PassportLink {
    /// Makes a GS1 Digital Link.
    ///
    /// `base` is scheme, host and, if need be, port and path: `https://id.example.com/dpp`. Only
    /// loopback hosts may use `http`.
    ///
    /// # Errors
    /// `invalid_link` for a base or a serial number that cannot stand in a link, `invalid_gtin`.
    pub fn to_item(base: &str, gtin: &str, serial: &str, key: Option<Thumbprint>) -> Result<Self> {
        if !is_text82(serial) || is_dots(serial) {
            return Err(INVALID);
        }
        Ok(Self {
            base: checked_base(base)?,
            target: Target::Item {
                gtin: gtin.parse()?,
                serial: copied(serial)?,
            },
            key,
        })
    }

    /// Makes a link by passport id. For `base` see [`PassportLink::to_item`].
    ///
    /// # Errors
    /// `invalid_link` for a base or an id that cannot stand in a link.
    pub fn to_passport(base: &str, id: &str, key: Option<Thumbprint>) -> Result<Self> {
        if !is_valid_id(id) || is_dots(id) {
            return Err(INVALID);
        }
        Ok(Self {
            base: checked_base(base)?,
            target: Target::Passport { id: copied(id)? },
            key,
        })
    }

    /// Returns scheme, host, port and leading path, without a slash at the end.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Returns what the link points to.
    pub const fn target(&self) -> &Target {
        &self.target
    }

    /// Returns the thumbprint of the battery's key, `k`, where the link has one.
    pub const fn key(&self) -> Option<&Thumbprint> {
        self.key.as_ref()
    }
}

impl fmt::Display for PassportLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.base)?;
        match &self.target {
            Target::Item { gtin, serial } => {
                write!(f, "/01/{gtin}/21/")?;
                write_encoded(f, serial, b"")?;
            }
            Target::Passport { id } => {
                f.write_str("/p/")?;
                write_encoded(f, id, b":")?;
            }
        }
        match &self.key {
            Some(key) => write!(f, "?k={key}"),
            None => Ok(()),
        }
    }
}

impl FromStr for PassportLink {
    type Err = Error;

    /// Reads a link. Fails with `too_large`, `invalid_link` (among others when `k` occurs twice) or
    /// `invalid_gtin`.
    fn from_str(text: &str) -> Result<Self> {
        if text.len() > MAX_LINK_LEN {
            return Err(ErrorCode::TooLarge.into());
        }
        let text = text.split_once('#').map_or(text, |(before, _)| before);
        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        let key = key_of(query)?;
        let (rest, last) = path.rsplit_once('/').ok_or(INVALID)?;
        let (rest, name) = rest.rsplit_once('/').ok_or(INVALID)?;
        match name {
            "p" => Self::to_passport(unended(rest)?, &decoded::<MAX_ID_LEN>(last)?, key),
            "21" => {
                let rest = without_qualifier(rest, "10")?;
                let rest = without_qualifier(rest, "22")?;
                let (rest, gtin) = rest.rsplit_once('/').ok_or(INVALID)?;
                let base = rest.strip_suffix("/01").ok_or(INVALID)?;
                Self::to_item(unended(base)?, gtin, &decoded::<MAX_SERIAL_LEN>(last)?, key)
            }
            _ => Err(INVALID),
        }
    }
}

/// A Global Trade Item Number with its check digit verified, as 14 digits.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Gtin([u8; 14]);

impl FromStr for Gtin {
    type Err = Error;

    /// Reads a GTIN-8, -12, -13 or -14. Fails with `invalid_gtin`.
    fn from_str(text: &str) -> Result<Self> {
        let digits = text.as_bytes();
        let known_length = matches!(digits.len(), 8 | 12 | 13 | 14);
        if !known_length || !digits.iter().all(u8::is_ascii_digit) {
            return Err(ErrorCode::InvalidGtin.into());
        }
        let mut gtin = [b'0'; 14];
        gtin[14 - digits.len()..].copy_from_slice(digits);
        // GS1 General Specifications section 7.9: weights 3 and 1 from the left, sum a multiple of 10.
        let sum: u32 = gtin
            .iter()
            .zip([3, 1].into_iter().cycle())
            .map(|(digit, weight)| u32::from(digit - b'0') * weight)
            .sum();
        if sum.is_multiple_of(10) {
            Ok(Self(gtin))
        } else {
            Err(ErrorCode::InvalidGtin.into())
        }
    }
}

impl fmt::Display for Gtin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .try_for_each(|digit| f.write_char(char::from(*digit)))
    }
}

const INVALID: Error = Error::new(ErrorCode::InvalidLink);

/// Refuses the slash at the end that [`checked_base`] allows a person to write.
fn unended(base: &str) -> Result<&str> {
    if base.ends_with('/') {
        Err(INVALID)
    } else {
        Ok(base)
    }
}

/// Checks a base and writes its scheme and host, which know no case, in lower case.
fn checked_base(base: &str) -> Result<heapless::String<MAX_BASE_LEN>> {
    let base = base.strip_suffix('/').unwrap_or(base);
    let (scheme, rest) = base.split_once("://").ok_or(INVALID)?;
    let (authority, path) = match rest.find('/') {
        Some(slash) => rest.split_at(slash),
        None => (rest, ""),
    };
    let is_http = scheme.eq_ignore_ascii_case("http");
    if !is_http && !scheme.eq_ignore_ascii_case("https") {
        return Err(INVALID);
    }
    let loopback = host_is_loopback(authority).ok_or(INVALID)?;
    if is_http && !loopback {
        return Err(INVALID);
    }
    for segment in path.split('/').skip(1) {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@%".contains(&b);
        if segment.is_empty() || !segment.bytes().all(plain) {
            return Err(INVALID);
        }
        // Browsers take a dot segment away, percent-encoded or not, and so would change the link.
        if is_dots(&decoded::<MAX_BASE_LEN>(segment)?) {
            return Err(INVALID);
        }
    }
    let mut checked = copied::<MAX_BASE_LEN>(if is_http { "http" } else { "https" })?;
    checked.push_str("://").map_err(|_| INVALID)?;
    for c in authority.chars() {
        checked.push(c.to_ascii_lowercase()).map_err(|_| INVALID)?;
    }
    checked.push_str(path).map_err(|_| INVALID)?;
    Ok(checked)
}

/// Checks host and port. Returns whether the host is this machine, or nothing for a malformed one.
fn host_is_loopback(authority: &str) -> Option<bool> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (address, port) = rest.split_once(']')?;
            let address: Ipv6Addr = address.parse().ok()?;
            return port_is_valid(port).then(|| address.is_loopback());
        }
        None => match authority.find(':') {
            Some(colon) => authority.split_at(colon),
            None => (authority, ""),
        },
    };
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'.';
    if host.is_empty() || host.starts_with('.') || !host.bytes().all(plain) || !port_is_valid(port)
    {
        return None;
    }
    let address: Option<Ipv4Addr> = host.parse().ok();
    Some(host.eq_ignore_ascii_case("localhost") || address.is_some_and(|a| a.is_loopback()))
}

/// Accepts nothing or a colon with a port number.
fn port_is_valid(port: &str) -> bool {
    port.is_empty()
        || port.strip_prefix(':').is_some_and(|port| {
            port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok()
        })
}

/// Reads the parameter `k` of a query and ignores all others.
fn key_of(query: &str) -> Result<Option<Thumbprint>> {
    let mut key = None;
    for parameter in query.split('&') {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        // A server decodes names, so an encoded `k` is a `k`.
        if !matches!(name, "k" | "%6b" | "%6B") {
            continue;
        }
        let value: Thumbprint = value.parse().map_err(|_| INVALID)?;
        if key.replace(value).is_some() {
            return Err(INVALID);
        }
    }
    Ok(key)
}

/// Takes `/<ai>/<value>` from the end of a path, if it is there.
fn without_qualifier<'p>(path: &'p str, ai: &str) -> Result<&'p str> {
    let parts = path
        .rsplit_once('/')
        .and_then(|(rest, value)| Some((rest.strip_suffix(ai)?.strip_suffix('/')?, value)));
    match parts {
        Some((rest, value)) if is_text82(&decoded::<MAX_SERIAL_LEN>(value)?) => Ok(rest),
        Some(_) => Err(INVALID),
        None => Ok(path),
    }
}

/// Undoes percent-encoding. Everything but visible ASCII is refused.
fn decoded<const N: usize>(text: &str) -> Result<heapless::String<N>> {
    let mut out = heapless::String::new();
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let byte = if byte == b'%' {
            let mut nibble = || {
                bytes
                    .next()
                    .and_then(|b| char::from(b).to_digit(16))
                    .ok_or(INVALID)
            };
            let value = nibble()? << 4 | nibble()?;
            u8::try_from(value).map_err(|_| INVALID)?
        } else {
            byte
        };
        if !byte.is_ascii_graphic() {
            return Err(INVALID);
        }
        out.push(char::from(byte)).map_err(|_| INVALID)?;
    }
    Ok(out)
}

/// Percent-encodes everything but RFC 3986's unreserved characters and those in `plain`.
fn write_encoded(f: &mut fmt::Formatter<'_>, text: &str, plain: &[u8]) -> fmt::Result {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || plain.contains(&byte) {
            f.write_char(char::from(byte))?;
        } else {
            write!(f, "%{byte:02X}")?;
        }
    }
    Ok(())
}

/// Tells whether a text is 1 to 20 characters of GS1's character set 82 (General Specifications, figure 7.11-1).
fn is_text82(text: &str) -> bool {
    (1..=MAX_SERIAL_LEN).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"!\"%&'()*+,-./:;<=>?_".contains(&b))
}

fn is_dots(segment: &str) -> bool {
    matches!(segment, "." | "..")
}

fn copied<const N: usize>(text: &str) -> Result<heapless::String<N>> {
    heapless::String::try_from(text).map_err(|_| INVALID)
}
