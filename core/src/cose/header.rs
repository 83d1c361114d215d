//! The header parameters of RFC 9052 that batterypass reads and writes.

use minicbor::Decoder;
use minicbor::data::Type;

use crate::cbor::{self, Writer};
use crate::error::{Error, ErrorCode, Result};

/// Bytes of the longest protected header that is written, and that is read in an envelope.
pub(crate) const MAX_PROTECTED: usize = 256;
/// Most entries of one header map.
const MAX_ENTRIES: u64 = 16;

const ALG: i64 = 1;
const CRIT: i64 = 2;
const CONTENT_TYPE: i64 = 3;
const KID: i64 = 4;
const IV: i64 = 5;
/// CWT Claims (RFC 9597); claim 2 is the subject.
const CWT_CLAIMS: i64 = 15;
const CLAIM_SUBJECT: i64 = 2;
/// The type of the whole message (RFC 9596).
const TYP: i64 = 16;
/// X.509 certificates and where to fetch them (RFC 9360): x5bag, x5chain, x5u.
const CERTIFICATES: [i64; 3] = [32, 33, 35];
/// The encapsulated key of COSE HPKE (draft-ietf-cose-hpke).
const EK: i64 = -4;
/// The name of the pre-shared key of COSE HPKE (draft-ietf-cose-hpke).
const PSK_ID: i64 = -5;

/// The known parameters of both buckets.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Headers<'a> {
    pub(crate) algorithm: Option<i64>,
    pub(crate) content_type: Option<&'a str>,
    pub(crate) kid: Option<&'a [u8]>,
    pub(crate) iv: Option<&'a [u8]>,
    pub(crate) encapsulated_key: Option<&'a [u8]>,
    pub(crate) psk_id: Option<&'a [u8]>,
    pub(crate) subject: Option<&'a str>,
    pub(crate) typ: Option<&'a str>,
    /// The message brings a certificate along.
    pub(crate) certificates: bool,
}

impl<'a> Headers<'a> {
    /// Reads the protected bucket from its bytes and the unprotected one from `decoder`.
    ///
    /// A label may stand once in both together (RFC 9052 section 3).
    pub(crate) fn decode(protected: &'a [u8], decoder: &mut Decoder<'a>) -> Result<Self> {
        let mut headers = Self::default();
        let mut labels = Labels::default();
        if !protected.is_empty() {
            let mut inner = Decoder::new(protected);
            headers.read_map(&mut inner, &mut labels, true)?;
            cbor::end(&inner)?;
        }
        headers.read_map(decoder, &mut labels, false)?;
        Ok(headers)
    }

    fn read_map(
        &mut self,
        d: &mut Decoder<'a>,
        labels: &mut Labels<'a>,
        protected: bool,
    ) -> Result<()> {
        entries(d, labels, |label, d| {
            match label {
                // No algorithm with a text as its name is known.
                Label::Int(ALG) if is_text(d)? => {
                    return Err(ErrorCode::UnsupportedAlgorithm.into());
                }
                Label::Int(ALG) => self.algorithm = Some(d.i64().map_err(cbor::error)?),
                // Every header that we must understand we do know; `crit` is only sent for others.
                Label::Int(CRIT) => return Err(ErrorCode::UnsupportedHeader.into()),
                Label::Int(CONTENT_TYPE) if is_text(d)? => {
                    self.content_type = Some(d.str().map_err(cbor::error)?);
                }
                Label::Int(KID) => self.kid = Some(d.bytes().map_err(cbor::error)?),
                Label::Int(IV) => self.iv = Some(d.bytes().map_err(cbor::error)?),
                Label::Int(EK) => self.encapsulated_key = Some(d.bytes().map_err(cbor::error)?),
                Label::Int(PSK_ID) => self.psk_id = Some(d.bytes().map_err(cbor::error)?),
                // Type and subject count only where they are authenticated.
                Label::Int(TYP) if protected && is_text(d)? => {
                    self.typ = Some(d.str().map_err(cbor::error)?);
                }
                Label::Int(CWT_CLAIMS) if protected => self.subject = subject(d)?,
                label => {
                    self.certificates |=
                        matches!(label, Label::Int(label) if CERTIFICATES.contains(&label));
                    d.skip().map_err(cbor::error)?;
                }
            }
            Ok(())
        })
    }
}

/// The subject among CWT claims.
fn subject<'a>(d: &mut Decoder<'a>) -> Result<Option<&'a str>> {
    let mut subject = None;
    entries(d, &mut Labels::default(), |label, d| {
        match label {
            Label::Int(CLAIM_SUBJECT) => subject = Some(d.str().map_err(cbor::error)?),
            _ => d.skip().map_err(cbor::error)?,
        }
        Ok(())
    })?;
    Ok(subject)
}

/// Reads a map: `each` gets every label, which may not repeat, and takes its value.
fn entries<'a>(
    d: &mut Decoder<'a>,
    labels: &mut Labels<'a>,
    mut each: impl FnMut(Label<'a>, &mut Decoder<'a>) -> Result<()>,
) -> Result<()> {
    let count = cbor::count(d.map())?;
    if count > MAX_ENTRIES {
        return Err(ErrorCode::TooLarge.into());
    }
    for _ in 0..count {
        let label = Label::decode(d)?;
        labels.add(label)?;
        each(label, d)?;
    }
    Ok(())
}

fn is_text(d: &Decoder<'_>) -> Result<bool> {
    Ok(d.datatype().map_err(cbor::error)? == Type::String)
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Label<'a> {
    Int(i64),
    Text(&'a str),
}

impl<'a> Label<'a> {
    fn decode(d: &mut Decoder<'a>) -> Result<Self> {
        if is_text(d)? {
            d.str().map(Self::Text).map_err(cbor::error)
        } else {
            d.i64().map(Self::Int).map_err(cbor::error)
        }
    }
}

/// The labels seen so far.
#[derive(Default)]
struct Labels<'a>(heapless::Vec<Label<'a>, { 2 * MAX_ENTRIES as usize }>);

impl<'a> Labels<'a> {
    fn add(&mut self, label: Label<'a>) -> Result<()> {
        if self.0.contains(&label) {
            return Err(ErrorCode::DuplicateKey.into());
        }
        self.0
            .push(label)
            .map_err(|_| Error::new(ErrorCode::TooLarge))
    }
}

/// Reads the tag `expected` where there is a tag; accepts none, refuses others.
pub(crate) fn tag(d: &mut Decoder<'_>, expected: u64) -> Result<()> {
    if d.datatype().map_err(cbor::error)? != Type::Tag {
        return Ok(());
    }
    if d.tag().map_err(cbor::error)?.as_u64() == expected {
        Ok(())
    } else {
        Err(ErrorCode::MalformedCbor.into())
    }
}

/// The protected header of a COSE_Sign1: alg, content type, kid, type, in the order of their labels.
pub(crate) fn encode_sign1<'o>(
    algorithm: i64,
    content_type: Option<&str>,
    kid: &[u8],
    typ: Option<&str>,
    out: &'o mut [u8],
) -> Result<&'o [u8]> {
    let mut writer = Writer::new(out);
    writer.put(|e| {
        e.map(2 + u64::from(content_type.is_some()) + u64::from(typ.is_some()))?
            .i64(ALG)?
            .i64(algorithm)?;
        if let Some(content_type) = content_type {
            e.i64(CONTENT_TYPE)?.str(content_type)?;
        }
        e.i64(KID)?.bytes(kid)?;
        if let Some(typ) = typ {
            e.i64(TYP)?.str(typ)?;
        }
        Ok(())
    })?;
    Ok(writer.finish())
}

/// The protected header of an envelope's content: alg, where it is its own recipient the kid, and, as CWT
/// claim, the subject.
pub(crate) fn encode_content<'o>(
    algorithm: i64,
    kid: Option<&[u8]>,
    subject: Option<&str>,
    out: &'o mut [u8],
) -> Result<&'o [u8]> {
    let mut writer = Writer::new(out);
    writer.put(|e| {
        e.map(1 + u64::from(kid.is_some()) + u64::from(subject.is_some()))?
            .i64(ALG)?
            .i64(algorithm)?;
        if let Some(kid) = kid {
            e.i64(KID)?.bytes(kid)?;
        }
        if let Some(subject) = subject {
            e.i64(CWT_CLAIMS)?
                .map(1)?
                .i64(CLAIM_SUBJECT)?
                .str(subject)?;
        }
        Ok(())
    })?;
    Ok(writer.finish())
}

/// The protected header of an envelope's recipient: alg and kid.
pub(crate) fn encode_recipient<'o>(
    algorithm: i64,
    kid: &[u8],
    out: &'o mut [u8],
) -> Result<&'o [u8]> {
    encode_sign1(algorithm, None, kid, None, out)
}

/// The unprotected header labels that an envelope writes.
pub(crate) const LABEL_IV: i64 = IV;
pub(crate) const LABEL_EK: i64 = EK;
