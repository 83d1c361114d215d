//! Sealed messages: COSE_Encrypt (RFC 9052) with an HPKE recipient each (draft-ietf-cose-hpke).
//!
//! The content is encrypted once with A256GCM under a fresh key. For each recipient that key is
//! sealed with HPKE-7-KE (DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM). HPKE-0-KE
//! (AES-128-GCM) is read too. The draft's algorithm ids are assumed, not registered yet. For one
//! recipient there is the shorter COSE_Encrypt0 ([`encrypt0`]), which is opened by the same calls.
//!
//! With `alloc`, [`encrypt`] and [`decrypt`] are one pair for this and JWE ([`jwe`](crate::jwe)), and
//! [`policy`] says who the recipients are.

use crate::cbor::{self, Writer};
use crate::cose::header::MAX_PROTECTED;
use crate::error::{Error, ErrorCode, Result};

mod decode;
pub mod encrypt0;
#[cfg(feature = "alloc")]
mod format;
mod open;
#[cfg(feature = "alloc")]
pub mod policy;
mod seal;

pub use decode::Envelope;
#[cfg(feature = "std")]
pub use format::encrypt;
#[cfg(feature = "alloc")]
pub use format::{
    DecryptOptions, EncryptOptions, Encrypted, Format, decrypt, decrypt_with, encrypt_with,
};
#[cfg(feature = "alloc")]
pub use open::open_to_vec;
pub use open::{OpenOptions, Psk, open, open_with};
#[cfg(feature = "std")]
pub use seal::seal_to_vec;
pub use seal::{SealOptions, seal, sealed_len};

/// Most recipients of one envelope.
pub const MAX_RECIPIENTS: usize = 8;
/// Bytes of the longest external AAD.
pub const MAX_AAD: usize = 256;
/// Bytes of the longest envelope that is read: 1 MiB.
pub const MAX_LEN: usize = 1 << 20;

const TAG_ENCRYPT: u64 = 96;
const TAG_ENCRYPT0: u64 = 16;
const A128GCM: i64 = 1;
const A256GCM: i64 = 3;
/// draft-ietf-cose-hpke-27, assumed.
const HPKE_0: i64 = 35;
/// draft-ietf-cose-hpke-27, assumed.
const HPKE_7: i64 = 45;
/// draft-ietf-cose-hpke-27, assumed.
const HPKE_0_KE: i64 = 46;
/// draft-ietf-cose-hpke-27, assumed.
const HPKE_7_KE: i64 = 53;
/// Room for a structure that names headers and AAD, with its CBOR heads.
const MAX_STRUCTURE: usize = MAX_PROTECTED + MAX_AAD + 32;

/// The context of a COSE_Encrypt's content.
const ENCRYPT: &str = "Encrypt";

/// The Enc_structure of the content (RFC 9052 section 5.3).
fn encrypt_structure<'o>(
    context: &str,
    protected: &[u8],
    aad: &[u8],
    out: &'o mut [u8],
) -> Result<&'o [u8]> {
    structure(out, |e| {
        e.array(3)?.str(context)?.bytes(protected)?.bytes(aad)?;
        Ok(())
    })
}

/// The Recipient_structure that HPKE takes as info (draft-ietf-cose-hpke section 3.1.2).
fn recipient_structure<'o>(
    content_algorithm: i64,
    protected: &[u8],
    extra_info: &[u8],
    out: &'o mut [u8],
) -> Result<&'o [u8]> {
    structure(out, |e| {
        e.array(4)?
            .str("HPKE Recipient")?
            .i64(content_algorithm)?
            .bytes(protected)?
            .bytes(extra_info)?;
        Ok(())
    })
}

fn structure(
    out: &mut [u8],
    write: impl FnOnce(
        &mut minicbor::Encoder<&mut Writer<'_>>,
    ) -> Result<(), minicbor::encode::Error<cbor::Full>>,
) -> Result<&[u8]> {
    let mut writer = Writer::new(out);
    writer
        .put(write)
        .map_err(|_| Error::new(ErrorCode::TooLarge))?;
    Ok(writer.finish())
}
