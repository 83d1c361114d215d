use core::fmt;

use serde_json::{Map, Value, json};

use super::list::MAX_SIZE;
use super::{ENTRY, ENTRY_TYPE};
use crate::error::{Error, ErrorCode, Result};
use crate::prelude::*;
use crate::report::Findings;

/// What an entry other than 0 says about a credential, Bitstring Status List 1.0 section 2.1.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Purpose {
    /// The credential is cancelled for good.
    Revocation,
    /// The credential is not to be accepted for now.
    Suspension,
    /// One of the messages that the entry lists.
    Message,
    /// A newer credential is to be had from the refresh service; this one stays valid.
    Refresh,
}

impl Purpose {
    const ALL: [Self; 4] = [
        Self::Revocation,
        Self::Suspension,
        Self::Message,
        Self::Refresh,
    ];

    /// Returns the `statusPurpose` of the standard.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Revocation => "revocation",
            Self::Suspension => "suspension",
            Self::Message => "message",
            Self::Refresh => "refresh",
        }
    }

    /// Returns the purpose that the standard calls `text`; `None` for purposes of others.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|purpose| purpose.as_str() == text)
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What [`entry`] writes beside the place in the list.
#[derive(Clone, Copy, Debug, Default)]
pub struct EntryOptions<'a> {
    /// What each value means, from 0 on: 2, 4, 8, ... 256 texts for an entry of 1, 2, 3, ... 8 bits. Not
    /// for end users. None: an entry of one bit, which is set or not.
    pub messages: &'a [&'a str],
    /// Where the meaning is explained (URLs).
    pub references: &'a [&'a str],
}

/// Makes the `credentialStatus` of a credential: its place in the list at the URL `list`.
///
/// ```
/// use batterypass::status::{EntryOptions, Purpose, entry};
///
/// let url = "https://status.example/3";
/// let status = entry(url, 94_567, Purpose::Revocation, &EntryOptions::default())?;
/// assert_eq!(status["statusListIndex"], "94567");
/// # Ok::<(), batterypass::Error>(())
/// ```
///
/// # Errors
/// `invalid_argument` when the number of messages is not that of the values of 1 to 8 bits, or
/// [`Purpose::Message`] comes without any.
pub fn entry(
    list: &str,
    index: usize,
    purpose: Purpose,
    options: &EntryOptions<'_>,
) -> Result<Value> {
    let mut status = Map::new();
    let mut put = |name: &str, value: Value| status.insert(name.into(), value);
    put("id", format!("{list}#{index}").into());
    put("type", ENTRY_TYPE.into());
    put("statusPurpose", purpose.as_str().into());
    put("statusListIndex", index.to_string().into());
    put("statusListCredential", list.into());
    if let Some(size) = size_for(options.messages, purpose)? {
        put("statusSize", size.into());
        let message = |(value, text)| json!({ "status": format!("{value:#x}"), "message": text });
        put(
            "statusMessage",
            options.messages.iter().enumerate().map(message).collect(),
        );
    }
    match options.references {
        [] => None,
        [one] => put("statusReference", (*one).into()),
        several => put("statusReference", several.iter().copied().collect()),
    };
    Ok(Value::Object(status))
}

/// The size of an entry that tells so many messages apart; `None` without messages.
fn size_for(messages: &[&str], purpose: Purpose) -> Result<Option<u8>> {
    if messages.is_empty() && purpose != Purpose::Message {
        return Ok(None);
    }
    let size = (1..=MAX_SIZE).find(|size| 1 << size == messages.len());
    if size.is_none() {
        let detail = format!("expected 2, 4, 8, ... 256 messages, not {}", messages.len());
        return Err(Error::new(ErrorCode::InvalidArgument).because(detail));
    }
    Ok(size)
}

/// An entry as it was read from a credential.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    pub(super) purpose: &'a str,
    /// `None` for a position beyond every list.
    pub(super) index: Option<usize>,
    pub(super) url: &'a str,
    pub(super) size: u8,
    messages: Option<&'a [Value]>,
}

impl<'a> Entry<'a> {
    /// Reads an entry and reports all that is wrong with it. `None`: too wrong to be looked up.
    pub(super) fn read(status: &'a Value, path: &str, findings: &mut Findings) -> Option<Self> {
        let mut reader = Reader {
            status,
            path,
            findings,
        };
        if status.get("type").is_none_or(|t| !is_type(t, ENTRY_TYPE)) {
            let detail = "only BitstringStatusListEntry is known, so the status cannot be learnt";
            reader.refuse(ErrorCode::StatusUnsupported, "type", detail);
            return None;
        }
        let purpose = reader.text("statusPurpose", "the purpose as a text");
        let index = reader.index();
        let url = reader.text("statusListCredential", "the URL of the list");
        let size = reader.size();
        let messages = size.and_then(|size| reader.messages(size));
        reader.check_references();
        Some(Self {
            purpose: purpose?,
            index: index?,
            url: url?,
            size: size?,
            messages: messages?,
        })
    }

    /// What a value means: the entry's own text, or the standard's for one bit without texts.
    pub(super) fn message(&self, value: u8) -> Option<&'a str> {
        let Some(messages) = self.messages else {
            return Some(if value == 0 { "unset" } else { "set" });
        };
        let is_it = |message: &&Value| message_value(message) == Some(u64::from(value));
        messages.iter().find(is_it)?.get("message")?.as_str()
    }
}

/// Reads the members of one entry.
struct Reader<'a, 'f> {
    status: &'a Value,
    path: &'f str,
    findings: &'f mut Findings,
}

impl<'a> Reader<'a, '_> {
    fn refuse(&mut self, code: ErrorCode, name: &str, detail: &str) {
        let path = format!("{}/{name}", self.path);
        self.findings.error(code, path, detail, ENTRY);
    }

    fn text(&mut self, name: &str, expected: &str) -> Option<&'a str> {
        let value = self.status.get(name);
        let text = value
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty());
        if text.is_none() {
            let code = match value {
                None => ErrorCode::MissingMember,
                Some(_) => ErrorCode::InvalidMember,
            };
            self.refuse(code, name, &format!("expected {expected}"));
        }
        text
    }

    fn index(&mut self) -> Option<Option<usize>> {
        const NAME: &str = "statusListIndex";
        let text = self.text(NAME, "a whole number as a text")?;
        if !text.bytes().all(|byte| byte.is_ascii_digit()) {
            let detail = "expected a whole number in base 10 as a text";
            self.refuse(ErrorCode::InvalidMember, NAME, detail);
            return None;
        }
        // Only digits, so what does not fit is too large.
        Some(text.parse().ok())
    }

    fn size(&mut self) -> Option<u8> {
        const NAME: &str = "statusSize";
        let Some(value) = self.status.get(NAME) else {
            return Some(1);
        };
        let size = value.as_u64();
        match size.and_then(|size| u8::try_from(size).ok()) {
            Some(size @ 1..=MAX_SIZE) => return Some(size),
            _ if size.is_none_or(|size| size == 0) => {
                let detail = "expected a whole number above 0";
                self.refuse(ErrorCode::InvalidMember, NAME, detail);
            }
            _ => {
                let detail = format!("entries of more than {MAX_SIZE} bits are not supported");
                self.refuse(ErrorCode::StatusUnsupported, NAME, &detail);
            }
        }
        None
    }

    fn messages(&mut self, size: u8) -> Option<Option<&'a [Value]>> {
        const NAME: &str = "statusMessage";
        let Some(value) = self.status.get(NAME) else {
            if size == 1 {
                return Some(None);
            }
            let detail = "an entry of several bits says what each value means";
            self.refuse(ErrorCode::MissingMember, NAME, detail);
            return None;
        };
        let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
        let mut seen = BTreeSet::new();
        let complete = list.len() == 1 << size
            && list.iter().all(|message| {
                message.get("message").is_some_and(Value::is_string)
                    && message_value(message).is_some_and(|v| v >> size == 0 && seen.insert(v))
            });
        if !complete {
            let detail = format!("expected a status and a message for each of {}", 1 << size);
            self.refuse(ErrorCode::InvalidMember, NAME, &detail);
            return None;
        }
        Some(Some(list))
    }

    fn check_references(&mut self) {
        const NAME: &str = "statusReference";
        let good = match self.status.get(NAME) {
            None | Some(Value::String(_)) => true,
            Some(Value::Array(urls)) => urls.iter().all(Value::is_string),
            Some(_) => false,
        };
        if !good {
            self.refuse(ErrorCode::InvalidMember, NAME, "expected one or more URLs");
        }
    }
}

/// The number of a message: hexadecimal with the prefix `0x`.
fn message_value(message: &Value) -> Option<u64> {
    let digits = message.get("status")?.as_str()?.strip_prefix("0x")?;
    // `from_str_radix` would take a sign.
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    u64::from_str_radix(digits, 16).ok()
}

/// Whether a `type` member is or contains `name`.
pub(super) fn is_type(types: &Value, name: &str) -> bool {
    match types {
        Value::Array(list) => list.iter().any(|one| one == name),
        one => one == name,
    }
}
