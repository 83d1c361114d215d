//! The two forms of `proofValue` (VC-DI-ECDSA 1.0 sections 3.5.2 to 3.5.8): CBOR behind three bytes that
//! tell them apart, in base64url with the multibase prefix `u`.

use alloc::collections::BTreeMap;

use base64ct::{Base64UrlUnpadded, Encoding};
use minicbor::{Decoder, Encoder};

use crate::cbor;
use crate::error::{Error, ErrorCode, Result};
use crate::json_ld::MAX_STATEMENTS;
use crate::key::PublicKey;
use crate::prelude::*;

const BASE: [u8; 3] = [0xd9, 0x5d, 0x00];
const DERIVED: [u8; 3] = [0xd9, 0x5d, 0x01];
/// The multicodec of a compressed P-256 point.
const P256: [u8; 2] = [0x80, 0x24];
/// Bytes of a P-256 key with its multicodec.
const MULTIKEY_LEN: usize = 35;

type Signature = [u8; 64];

/// What the issuer gives to the holder.
#[derive(Debug, PartialEq)]
pub(super) struct Base {
    pub(super) base_signature: Signature,
    pub(super) public_key: [u8; MULTIKEY_LEN],
    pub(super) hmac_key: [u8; 32],
    pub(super) signatures: Vec<Signature>,
    pub(super) mandatory: Vec<String>,
}

/// What the holder gives to a verifier.
#[derive(Debug, PartialEq)]
pub(super) struct Derived {
    pub(super) base_signature: Signature,
    pub(super) public_key: [u8; MULTIKEY_LEN],
    pub(super) signatures: Vec<Signature>,
    /// The names of the blank nodes by the number of their canonical label in the derived credential.
    pub(super) labels: BTreeMap<u32, [u8; 32]>,
    /// The places of the statements that the issuer demands, in rising order.
    pub(super) mandatory: Vec<usize>,
}

pub(super) fn multikey(key: &PublicKey) -> [u8; MULTIKEY_LEN] {
    let mut out = [0; MULTIKEY_LEN];
    out[..2].copy_from_slice(&P256);
    out[2..].copy_from_slice(&key.to_sec1_compressed());
    out
}

/// The P-256 key of a proof.
///
/// # Errors
/// `invalid_key` for another kind of key or a point off the curve.
pub(super) fn public_key(multikey: &[u8; MULTIKEY_LEN]) -> Result<PublicKey> {
    let point = multikey.strip_prefix(&P256);
    PublicKey::from_sec1(point.ok_or(Error::new(ErrorCode::InvalidKey))?)
}

impl Base {
    pub(super) fn encode(&self) -> Result<String> {
        text(&BASE, |out| {
            out.array(5)?
                .bytes(&self.base_signature)?
                .bytes(&self.public_key)?
                .bytes(&self.hmac_key)?
                .array(self.signatures.len() as u64)?;
            for signature in &self.signatures {
                out.bytes(signature)?;
            }
            out.array(self.mandatory.len() as u64)?;
            for pointer in &self.mandatory {
                out.str(pointer)?;
            }
            Ok(())
        })
    }

    pub(super) fn decode(value: &str) -> Result<Self> {
        let bytes = bytes(value, &BASE)?;
        let mut cbor = Decoder::new(&bytes);
        cbor::array(&mut cbor, 5)?;
        let base = Self {
            base_signature: fixed(&mut cbor)?,
            public_key: fixed(&mut cbor)?,
            hmac_key: fixed(&mut cbor)?,
            signatures: list(&mut cbor, fixed)?,
            mandatory: list(&mut cbor, |cbor| {
                Ok(cbor.str().map_err(cbor::error)?.into())
            })?,
        };
        cbor::end(&cbor)?;
        Ok(base)
    }
}

impl Derived {
    pub(super) fn encode(&self) -> Result<String> {
        text(&DERIVED, |out| {
            out.array(5)?
                .bytes(&self.base_signature)?
                .bytes(&self.public_key)?
                .array(self.signatures.len() as u64)?;
            for signature in &self.signatures {
                out.bytes(signature)?;
            }
            out.map(self.labels.len() as u64)?;
            for (number, name) in &self.labels {
                out.u32(*number)?.bytes(name)?;
            }
            out.array(self.mandatory.len() as u64)?;
            for index in &self.mandatory {
                out.u64(*index as u64)?;
            }
            Ok(())
        })
    }

    /// # Errors
    /// `invalid_member` for a base proof; `malformed_base64`, `malformed_cbor`, `truncated`,
    /// `trailing_bytes`, `duplicate_key`.
    pub(super) fn decode(value: &str) -> Result<Self> {
        let bytes = bytes(value, &DERIVED)?;
        let mut cbor = Decoder::new(&bytes);
        cbor::array(&mut cbor, 5)?;
        let base_signature = fixed(&mut cbor)?;
        let public_key = fixed(&mut cbor)?;
        let signatures = list(&mut cbor, fixed)?;
        let mut labels = BTreeMap::new();
        for _ in 0..bounded(cbor.map())? {
            let number = cbor.u32().map_err(cbor::error)?;
            if labels.insert(number, fixed(&mut cbor)?).is_some() {
                return Err(ErrorCode::DuplicateKey.into());
            }
        }
        let mandatory: Vec<usize> = list(&mut cbor, |cbor| {
            Ok(cbor.u32().map_err(cbor::error)? as usize)
        })?;
        if !mandatory.is_sorted_by(|a, b| a < b) {
            return Err(ErrorCode::MalformedCbor.into());
        }
        cbor::end(&cbor)?;
        Ok(Self {
            base_signature,
            public_key,
            signatures,
            labels,
            mandatory,
        })
    }
}

type Written = Result<(), minicbor::encode::Error<core::convert::Infallible>>;

fn text(
    header: &[u8; 3],
    write: impl FnOnce(&mut Encoder<&mut Vec<u8>>) -> Written,
) -> Result<String> {
    let mut bytes = header.to_vec();
    write(&mut Encoder::new(&mut bytes)).map_err(|_| Error::new(ErrorCode::BufferTooSmall))?;
    Ok(format!("u{}", Base64UrlUnpadded::encode_string(&bytes)))
}

/// The CBOR of a value with the given header.
fn bytes(value: &str, header: &[u8; 3]) -> Result<Vec<u8>> {
    let place = |code| Error::new(code).at("/proof/proofValue");
    let digits = value
        .strip_prefix('u')
        .ok_or_else(|| place(ErrorCode::MalformedBase64))?;
    let bytes =
        Base64UrlUnpadded::decode_vec(digits).map_err(|_| place(ErrorCode::MalformedBase64))?;
    match bytes.split_first_chunk() {
        Some((found, cbor)) if found == header => Ok(cbor.to_vec()),
        Some((&BASE | &DERIVED, _)) => Err(place(ErrorCode::InvalidMember)
            .because("holders derive from a base proof, verifiers check a derived one")),
        _ => Err(place(ErrorCode::MalformedCbor)),
    }
}

fn fixed<const N: usize>(cbor: &mut Decoder<'_>) -> Result<[u8; N]> {
    let bytes = cbor.bytes().map_err(cbor::error)?;
    bytes
        .try_into()
        .map_err(|_| Error::new(ErrorCode::MalformedCbor))
}

fn bounded(head: Result<Option<u64>, minicbor::decode::Error>) -> Result<u64> {
    let count = cbor::count(head)?;
    if count > MAX_STATEMENTS as u64 {
        return Err(ErrorCode::TooManyValues.into());
    }
    Ok(count)
}

fn list<T>(
    cbor: &mut Decoder<'_>,
    mut read: impl FnMut(&mut Decoder<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    let count = bounded(cbor.array())?;
    (0..count).map(|_| read(cbor)).collect()
}
