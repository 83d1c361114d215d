//! Signed JSON Web Tokens (RFC 7519, RFC 7515) into the caller's buffer, for devices without an
//! allocator. The payload is written as JSON straight into its base64url form, so that it lies in
//! memory only once.

mod json;

use base64ct::{Base64UrlUnpadded, Encoder, Encoding};

use crate::crypto::{Crypto, SIGNATURE_LEN};
use crate::error::{Error, ErrorCode, Result};
use crate::key::SigningKey;

pub use json::JsonWriter;

/// Characters of a signature in base64url.
const SIGNATURE_CHARS: usize = (SIGNATURE_LEN * 4).div_ceil(3);

/// The header of a token; `alg` is ES256.
#[derive(Clone, Copy, Debug)]
pub struct Header<'a> {
    /// What the whole token is, such as `vc+jwt`.
    pub typ: &'a str,
    /// What the payload is, such as `vc`.
    pub cty: Option<&'a str>,
    /// The key: its DID URL.
    pub kid: &'a str,
}

/// Writes and signs a token. With the portable backend, which is the one of chips, the signature is
/// deterministic (RFC 6979).
///
/// ```
/// use batterypass::SigningKey;
/// use batterypass::jwt::{self, Header};
///
/// let key = SigningKey::from_bytes(&[7; 32])?;
/// let kid = key.public_key().did_url();
/// let header = Header { typ: "JWT", cty: None, kid: &kid };
/// let mut out = [0; 512];
/// let token = jwt::sign(&header, &key, &mut out, |json| {
///     json.object()?.name("iss")?.text("a")?.end()
/// })?;
/// assert_eq!(token.split('.').count(), 3);
/// # Ok::<(), batterypass::Error>(())
/// ```
///
/// # Errors
/// `buffer_too_small`; `invalid_argument` when `payload` leaves something open; the errors of `payload`.
pub fn sign<'o, C: Crypto>(
    header: &Header<'_>,
    key: &SigningKey<C>,
    out: &'o mut [u8],
    payload: impl FnOnce(&mut JsonWriter<'_, '_>) -> Result<()>,
) -> Result<&'o str> {
    let mut len = part(out, 0, |json| {
        json.object()?.name("alg")?.text("ES256")?;
        json.name("typ")?.text(header.typ)?;
        if let Some(cty) = header.cty {
            json.name("cty")?.text(cty)?;
        }
        json.name("kid")?.text(header.kid)?.end()
    })?;
    len = dot(out, len)?;
    len = part(out, len, payload)?;
    let signature = key.sign(out.get(..len).unwrap_or_default())?;
    len = dot(out, len)?;
    let room = out.get_mut(len..).unwrap_or_default();
    Base64UrlUnpadded::encode(&signature, room).map_err(|_| full())?;
    let token = out.get(..len + SIGNATURE_CHARS).ok_or_else(full)?;
    // Cannot fail: all of it is base64url and dots.
    core::str::from_utf8(token).map_err(|_| full())
}

/// Writes JSON as base64url at `start`. Returns where it ends.
fn part(
    out: &mut [u8],
    start: usize,
    write: impl FnOnce(&mut JsonWriter<'_, '_>) -> Result<()>,
) -> Result<usize> {
    let room = out.get_mut(start..).unwrap_or_default();
    let mut encoder = Encoder::<Base64UrlUnpadded>::new(room).map_err(|_| full())?;
    let mut json = JsonWriter::new(&mut encoder);
    write(&mut json)?;
    json.finish()?;
    let text = encoder.finish().map_err(|_| full())?;
    Ok(start + text.len())
}

fn dot(out: &mut [u8], at: usize) -> Result<usize> {
    *out.get_mut(at).ok_or_else(full)? = b'.';
    Ok(at + 1)
}

const fn full() -> Error {
    Error::new(ErrorCode::BufferTooSmall)
}
