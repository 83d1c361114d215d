//! COSE_Sign1 (RFC 9052) with ECDSA on P-256: alg -9 (ESP256, RFC 9864) or -7 (ES256).

pub mod credential;
pub(crate) mod header;

use minicbor::Decoder;
use minicbor::data::Tag;

pub(crate) use header::Headers;

use crate::cbor::{self, HEAD_LEN, Writer};
use crate::crypto::{Crypto, SIGNATURE_LEN};
use crate::error::{Error, ErrorCode, Result};
use crate::key::{PublicKey, SigningKey};

const TAG_SIGN1: u64 = 18;
/// `["Signature1", ...` of the Sig_structure (RFC 9052 section 4.4).
const SIGNATURE1: &[u8] = b"\x84\x6aSignature1";

/// How ECDSA with SHA-256 on P-256 is named in the protected header. The signature is the same.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Algorithm {
    /// -9, the fully specified name (RFC 9864).
    #[default]
    Esp256,
    /// -7, the older name that VC-JOSE-COSE uses.
    Es256,
}

impl Algorithm {
    const fn id(self) -> i64 {
        match self {
            Self::Esp256 => -9,
            Self::Es256 => -7,
        }
    }
}

/// What goes into a signature beside payload and key.
#[derive(Clone, Copy, Debug, Default)]
pub struct SignOptions<'a> {
    /// Bytes that both sides know and that are signed, but not sent.
    pub aad: &'a [u8],
    /// The algorithm's name.
    pub algorithm: Algorithm,
    /// Media type of the payload (header 3).
    pub content_type: Option<&'a str>,
    /// Name of the key (header 4); by default its thumbprint.
    pub kid: Option<&'a [u8]>,
    /// Media type of the whole message (header 16, RFC 9596).
    pub typ: Option<&'a str>,
}

/// Signs `payload` into a tagged COSE_Sign1. All headers are protected.
///
/// With the portable backend, and with a key made by [`SigningKey::deterministic`], the same input gives the
/// same bytes (RFC 6979).
///
/// # Errors
/// `buffer_too_small`, also when the headers are longer than 256 bytes.
pub fn sign1<'o, C: Crypto>(
    payload: &[u8],
    key: &SigningKey<C>,
    options: &SignOptions<'_>,
    out: &'o mut [u8],
) -> Result<&'o [u8]> {
    let mut scratch = [0; header::MAX_PROTECTED];
    let thumbprint = key.public_key().thumbprint();
    let protected = header::encode_sign1(
        options.algorithm.id(),
        options.content_type,
        options.kid.unwrap_or(&thumbprint.0),
        options.typ,
        &mut scratch,
    )?;
    let signature = sign_structure(protected, options.aad, payload, |parts| {
        key.sign_parts(parts)
    })?;

    let mut writer = Writer::new(out);
    writer.put(|e| {
        e.tag(Tag::new(TAG_SIGN1))?
            .array(4)?
            .bytes(protected)?
            .map(0)?
            .bytes(payload)?
            .bytes(&signature)?;
        Ok(())
    })?;
    Ok(writer.finish())
}

/// Verifies a COSE_Sign1 in the one encoding that [`sign1`] writes with these options, and returns its
/// payload. Any other encoding is refused, also one that means the same.
///
/// It needs no CBOR reader, which saves a firmware 7 KiB of flash; hosts take [`Sign1`].
///
/// # Errors
/// `signature_invalid`, for every difference; `buffer_too_small` when the headers are longer than 256
/// bytes.
pub fn verify1_exact<'a>(
    signed: &'a [u8],
    key: &PublicKey,
    options: &SignOptions<'_>,
) -> Result<&'a [u8]> {
    let mut scratch = [0; header::MAX_PROTECTED];
    let thumbprint = key.thumbprint();
    let protected = header::encode_sign1(
        options.algorithm.id(),
        options.content_type,
        options.kid.unwrap_or(&thumbprint.0),
        options.typ,
        &mut scratch,
    )?;
    let invalid = Error::new(ErrorCode::SignatureInvalid);
    let (payload, signature) = split_exact(signed, protected).ok_or(invalid)?;
    sign_structure(protected, options.aad, payload, |parts| {
        key.verify_parts(parts, signature)
    })?;
    Ok(payload)
}

/// Payload and signature of a COSE_Sign1 whose other bytes are known.
fn split_exact<'a>(signed: &'a [u8], protected: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let mut head = [0; HEAD_LEN];
    // Tag 18, an array of four.
    let rest = signed
        .strip_prefix(b"\xd2\x84")?
        .strip_prefix(cbor::bytes_head(protected.len(), &mut head))?
        .strip_prefix(protected)?
        .strip_prefix(b"\xa0")?;
    let (rest, signature) = rest.split_last_chunk::<SIGNATURE_LEN>()?;
    let rest = rest.strip_suffix(cbor::bytes_head(SIGNATURE_LEN, &mut head))?;
    // The head of the payload is one to three bytes long, and tells the length of what follows it.
    let payload = (1..=3).find_map(|len| {
        let (found, payload) = rest.split_at_checked(len)?;
        (cbor::bytes_head(payload.len(), &mut head) == found).then_some(payload)
    })?;
    Some((payload, signature))
}

/// A decoded COSE_Sign1. Nothing in it is to be believed before [`Sign1::verify`].
#[derive(Clone, Copy, Debug)]
pub struct Sign1<'a> {
    protected: &'a [u8],
    headers: Headers<'a>,
    payload: &'a [u8],
    signature: &'a [u8],
}

impl<'a> Sign1<'a> {
    /// Decodes a COSE_Sign1, tagged or not.
    ///
    /// # Errors
    /// `malformed_cbor`, `truncated`, `trailing_bytes`, `duplicate_key`; `unsupported_header` when a
    /// critical header is not known; `unsupported_algorithm` for any but -7 and -9;
    /// `signature_malformed` for one that is not 64 bytes long.
    pub fn decode(data: &'a [u8]) -> Result<Self> {
        let mut decoder = Decoder::new(data);
        header::tag(&mut decoder, TAG_SIGN1)?;
        cbor::array(&mut decoder, 4)?;
        let protected = decoder.bytes().map_err(cbor::error)?;
        let headers = Headers::decode(protected, &mut decoder)?;
        let payload = decoder.bytes().map_err(cbor::error)?;
        let signature = decoder.bytes().map_err(cbor::error)?;
        cbor::end(&decoder)?;
        if !matches!(headers.algorithm, Some(-9 | -7)) {
            return Err(ErrorCode::UnsupportedAlgorithm.into());
        }
        if signature.len() != SIGNATURE_LEN {
            return Err(ErrorCode::SignatureMalformed.into());
        }
        Ok(Self {
            protected,
            headers,
            payload,
            signature,
        })
    }

    /// The key that the message names (header 4): a thumbprint in messages of this crate. Unverified.
    pub const fn kid(&self) -> Option<&'a [u8]> {
        self.headers.kid
    }

    /// The media type of the payload (header 3). Unverified.
    pub const fn content_type(&self) -> Option<&'a str> {
        self.headers.content_type
    }

    /// The media type of the whole message (header 16), where it is protected. Unverified.
    pub const fn typ(&self) -> Option<&'a str> {
        self.headers.typ
    }

    /// The payload, which nobody may be shown to have signed yet.
    #[cfg(feature = "alloc")]
    pub(crate) const fn unverified_payload(&self) -> &'a [u8] {
        self.payload
    }

    /// Whether the message brings a certificate along, or says where to fetch one (RFC 9360). A
    /// verifier must not take the key from there.
    pub const fn has_certificate(&self) -> bool {
        self.headers.certificates
    }

    /// Verifies the signature and only then returns the payload.
    ///
    /// # Errors
    /// `signature_invalid`.
    pub fn verify(&self, aad: &[u8], key: &PublicKey) -> Result<&'a [u8]> {
        // An empty header map may be sent as `a0`, but is always signed as nothing.
        let protected = if self.protected == [0xa0] {
            &[]
        } else {
            self.protected
        };
        sign_structure(protected, aad, self.payload, |parts| {
            key.verify_parts(parts, self.signature)
        })?;
        Ok(self.payload)
    }
}

/// Calls `with` with the pieces of the Sig_structure, so that it never lies in memory as a whole.
fn sign_structure<T>(
    protected: &[u8],
    aad: &[u8],
    payload: &[u8],
    with: impl FnOnce(&[&[u8]]) -> Result<T>,
) -> Result<T> {
    let mut heads = [[0; HEAD_LEN]; 3];
    let [head_protected, head_aad, head_payload] = &mut heads;
    with(&[
        SIGNATURE1,
        cbor::bytes_head(protected.len(), head_protected),
        protected,
        cbor::bytes_head(aad.len(), head_aad),
        aad,
        cbor::bytes_head(payload.len(), head_payload),
        payload,
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_bytes(&[seed; 32]).unwrap()
    }

    #[test]
    fn round_trip_and_every_flipped_bit() {
        let options = SignOptions {
            aad: b"aad",
            content_type: Some("text/plain"),
            ..SignOptions::default()
        };
        let mut out = [0; 256];
        let signed = sign1(b"payload", &key(7), &options, &mut out).unwrap();
        let message = Sign1::decode(signed).unwrap();
        assert!(
            key(7)
                .public_key()
                .thumbprint()
                .matches(message.kid().unwrap())
        );
        assert_eq!(message.content_type(), Some("text/plain"));
        assert_eq!(
            message.verify(b"aad", key(7).public_key()).unwrap(),
            b"payload"
        );
        assert!(message.verify(b"AAD", key(7).public_key()).is_err());
        assert!(message.verify(b"aad", key(8).public_key()).is_err());

        let mut copy = [0; 256];
        let copy = &mut copy[..signed.len()];
        for bit in 0..signed.len() * 8 {
            copy.copy_from_slice(signed);
            copy[bit / 8] ^= 1 << (bit % 8);
            let refused = Sign1::decode(copy)
                .and_then(|message| message.verify(b"aad", key(7).public_key()).map(|_| ()));
            assert!(refused.is_err(), "bit {bit}");
        }
    }

    #[test]
    fn the_exact_form_and_no_other() {
        let options = SignOptions {
            aad: b"aad",
            content_type: Some("text/plain"),
            ..SignOptions::default()
        };
        let payload = [0x5a; 700];
        let mut out = [0; 1024];
        // Every length of a head, and its edges.
        for len in [0, 1, 23, 24, 255, 256, 700] {
            let signed = sign1(&payload[..len], &key(7), &options, &mut out).unwrap();
            let read = verify1_exact(signed, key(7).public_key(), &options).unwrap();
            assert_eq!(read, &payload[..len]);
            let other = verify1_exact(signed, key(8).public_key(), &options).unwrap_err();
            assert_eq!(other.code(), ErrorCode::SignatureInvalid);
            for end in 0..signed.len() {
                assert!(verify1_exact(&signed[..end], key(7).public_key(), &options).is_err());
            }
        }
        let len = sign1(b"payload", &key(7), &options, &mut out)
            .unwrap()
            .len();
        for bit in 0..len * 8 {
            out[bit / 8] ^= 1 << (bit % 8);
            let refused = verify1_exact(&out[..len], key(7).public_key(), &options).unwrap_err();
            assert_eq!(refused.code(), ErrorCode::SignatureInvalid, "bit {bit}");
            out[bit / 8] ^= 1 << (bit % 8);
        }
        // The same message without its tag means the same, but is not the one encoding.
        assert!(Sign1::decode(&out[1..len]).is_ok());
        assert!(verify1_exact(&out[1..len], key(7).public_key(), &options).is_err());
        let unlike = SignOptions {
            aad: b"AAD",
            ..options
        };
        assert!(verify1_exact(&out[..len], key(7).public_key(), &unlike).is_err());
        let unlike = SignOptions {
            content_type: None,
            ..options
        };
        assert!(verify1_exact(&out[..len], key(7).public_key(), &unlike).is_err());
    }

    #[test]
    fn structural_errors() {
        let mut out = [0; 256];
        let len = sign1(b"payload", &key(7), &SignOptions::default(), &mut out)
            .unwrap()
            .len();
        for end in 0..len {
            let error = Sign1::decode(&out[..end]).unwrap_err();
            assert_eq!(error.code(), ErrorCode::Truncated, "{end}");
        }
        assert_eq!(
            Sign1::decode(&out[..=len]).unwrap_err().code(),
            ErrorCode::TrailingBytes
        );
        let small = sign1(b"payload", &key(7), &SignOptions::default(), &mut out[..20]);
        assert_eq!(small.unwrap_err().code(), ErrorCode::BufferTooSmall);
    }
}
