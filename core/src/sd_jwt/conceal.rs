//! Hiding members and elements behind digests: RFC 9901 section 4.2.

use rand_core::TryCryptoRng;
use serde_json::{Map, Value, json};

use super::reveal::DEPTH;
use super::{ALGORITHM, DIGESTS, Disclosure, ELEMENT, SHA_256, SdJwt};
use crate::crypto::{self, Backend, Crypto, KEY_LEN};
use crate::error::{Error, ErrorCode, Result};
use crate::json::push_token;
use crate::jws;
use crate::key::SigningKey;
use crate::prelude::*;

/// How many digests stand for nothing, so that the number of hidden members and elements does not show,
/// RFC 9901 section 4.2.5.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Decoys {
    /// None: the number shows.
    #[default]
    None,
    /// The digests of an object or array are filled up to the next power of two, at least four. It
    /// happens where something is hidden and where [`Plan::pad`] says that something could be.
    PowerOfTwo,
}

impl Decoys {
    /// The fewest digests in a place that has any.
    const AT_LEAST: usize = 4;

    fn missing(self, hidden: usize) -> usize {
        match self {
            Self::None => 0,
            Self::PowerOfTwo => hidden.max(Self::AT_LEAST).next_power_of_two() - hidden,
        }
    }
}

/// What [`conceal`] hides: members and array elements, each by its JSON Pointer (RFC 6901).
///
/// What is hidden may lie within what is hidden: its digest then stands in the disclosure of the outer
/// one (recursive disclosure, RFC 9901 section 4.2.6).
#[derive(Clone, Debug, Default)]
pub struct Plan {
    hidden: BTreeSet<String>,
    padded: BTreeSet<String>,
    decoys: Decoys,
}

impl Plan {
    /// A plan that hides nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Hides the member or element at a pointer.
    #[must_use]
    pub fn hide(mut self, pointer: impl Into<String>) -> Self {
        self.hidden.insert(pointer.into());
        self
    }

    /// Gives the object or array at a pointer decoys even where nothing in it is hidden, so that
    /// whether something is does not show. Without effect under [`Decoys::None`].
    #[must_use]
    pub fn pad(mut self, pointer: impl Into<String>) -> Self {
        self.padded.insert(pointer.into());
        self
    }

    /// Sets how many decoys there are.
    #[must_use]
    pub const fn with_decoys(mut self, decoys: Decoys) -> Self {
        self.decoys = decoys;
        self
    }

    /// Tells whether the member or element at a pointer is hidden.
    pub fn hides(&self, pointer: &str) -> bool {
        self.hidden.contains(pointer)
    }

    /// Returns the pointers of what is hidden.
    pub fn hidden(&self) -> impl Iterator<Item = &str> {
        self.hidden.iter().map(String::as_str)
    }
}

/// Claims with digests in place of what is hidden, ready to be signed.
#[derive(Clone, Debug, PartialEq)]
pub struct Concealed {
    /// The payload.
    pub payload: Map<String, Value>,
    /// What stands behind the digests, outer ones before what lies in them.
    pub disclosures: Vec<Disclosure>,
}

impl Concealed {
    /// Signs the payload with ES256. `alg` is set; all other members of
    /// the header are the caller's, `typ` among them (RFC 9901 section 10.11 asks for an explicit one).
    ///
    /// # Errors
    /// `wrong_type` when the header is no object; `too_many_disclosures`, `too_large` and the other
    /// errors of [`SdJwt::parse`] for a token that nobody could read.
    pub fn sign(self, header: &Value, key: &SigningKey) -> Result<SdJwt> {
        let Value::Object(given) = header else {
            return Err(Error::new(ErrorCode::WrongType).because("expected an object as header"));
        };
        let mut header = Map::new();
        header.insert("alg".into(), jws::ES256.into());
        header.extend(given.clone().into_iter().filter(|(name, _)| name != "alg"));
        let payload = Value::Object(self.payload).to_string();
        let jwt = jws::sign(&Value::Object(header), payload.as_bytes(), key)?;
        let token = SdJwt::from_parts(&jwt, self.disclosures.iter().map(Disclosure::as_str), None)?;
        match token.without_binding().len() {
            0..=super::MAX_TOKEN_LEN => Ok(token),
            _ => Err(ErrorCode::TooLarge.into()),
        }
    }
}

/// Replaces what the plan hides by digests.
///
/// The digests of an object are sorted, so that their order tells nothing; decoys of an array stand at
/// random places among its elements. Salts and decoys come from the random source.
///
/// # Errors
/// `wrong_type` unless the claims are an object; `reserved_name` with the path of a member called `_sd`,
/// `...` or `_sd_alg`; `invalid_argument` with the path of a pointer that leads nowhere; `too_deep`;
/// `randomness_failed` when the source fails or repeats itself.
pub fn conceal<R: TryCryptoRng + ?Sized>(
    claims: Value,
    plan: &Plan,
    rng: &mut R,
) -> Result<Concealed> {
    let Value::Object(claims) = claims else {
        return Err(Error::new(ErrorCode::WrongType).because("expected an object"));
    };
    let mut work = Work {
        plan,
        rng,
        pointer: String::new(),
        reached: BTreeSet::new(),
        digests: BTreeSet::new(),
        disclosures: Vec::new(),
    };
    let mut payload = work.object(claims, DEPTH)?;
    payload.insert(ALGORITHM.into(), SHA_256.into());
    let asked = plan.hidden.iter().chain(&plan.padded);
    if let Some(missed) = asked
        .filter(|pointer| !work.reached.contains(*pointer))
        .min()
    {
        return Err(Error::new(ErrorCode::InvalidArgument)
            .at(missed.as_str())
            .because("the plan names what is not there"));
    }
    // What is inner was disclosed first.
    work.disclosures.reverse();
    Ok(Concealed {
        payload,
        disclosures: work.disclosures,
    })
}

struct Work<'p, 'r, R: ?Sized> {
    plan: &'p Plan,
    rng: &'r mut R,
    pointer: String,
    /// The pointers of the plan that led somewhere.
    reached: BTreeSet<String>,
    /// All digests so far.
    digests: BTreeSet<String>,
    disclosures: Vec<Disclosure>,
}

impl<R: TryCryptoRng + ?Sized> Work<'_, '_, R> {
    fn value(&mut self, value: Value, depth: usize) -> Result<Value> {
        let deeper = || {
            let depth = depth.checked_sub(1);
            depth.ok_or_else(|| Error::new(ErrorCode::TooDeep))
        };
        match value {
            Value::Object(members) => self.object(members, deeper()?).map(Value::Object),
            Value::Array(elements) => self.array(elements, deeper()?).map(Value::Array),
            scalar => Ok(scalar),
        }
    }

    fn object(&mut self, members: Map<String, Value>, depth: usize) -> Result<Map<String, Value>> {
        let padded = self.is_padded();
        let mut out = Map::new();
        let mut digests = Vec::new();
        for (name, value) in members {
            let length = self.enter(&name);
            if matches!(name.as_str(), DIGESTS | ELEMENT | ALGORITHM) {
                return Err(Error::new(ErrorCode::ReservedName).at(self.pointer.as_str()));
            }
            let value = self.value(value, depth)?;
            if self.is_hidden() {
                let disclosure = Disclosure::member(name, value, self.rng)?;
                digests.push(self.add(disclosure)?);
            } else {
                out.insert(name, value);
            }
            self.pointer.truncate(length);
        }
        if padded || !digests.is_empty() {
            for _ in 0..self.plan.decoys.missing(digests.len()) {
                digests.push(self.decoy()?);
            }
        }
        if !digests.is_empty() {
            digests.sort_unstable();
            out.insert(DIGESTS.into(), json!(digests));
        }
        Ok(out)
    }

    fn array(&mut self, elements: Vec<Value>, depth: usize) -> Result<Vec<Value>> {
        let padded = self.is_padded();
        let mut hidden = 0;
        let mut out = Vec::with_capacity(elements.len());
        for (i, element) in elements.into_iter().enumerate() {
            let length = self.enter(&i.to_string());
            let element = self.value(element, depth)?;
            if self.is_hidden() {
                hidden += 1;
                let disclosure = Disclosure::element(element, self.rng)?;
                out.push(json!({ ELEMENT: self.add(disclosure)? }));
            } else {
                out.push(element);
            }
            self.pointer.truncate(length);
        }
        if padded || hidden != 0 {
            for _ in 0..self.plan.decoys.missing(hidden) {
                let at = self.below(out.len() + 1)?;
                out.insert(at, json!({ ELEMENT: self.decoy()? }));
            }
        }
        Ok(out)
    }

    fn add(&mut self, disclosure: Disclosure) -> Result<String> {
        let digest = self.unique(disclosure.digest())?;
        self.disclosures.push(disclosure);
        Ok(digest)
    }

    fn decoy(&mut self) -> Result<String> {
        let mut random = [0; KEY_LEN];
        crypto::fill(self.rng, &mut random)?;
        self.unique(jws::encode(&Backend.sha256(&[&random])))
    }

    /// Two equal digests mean that the random source repeats itself.
    fn unique(&mut self, digest: String) -> Result<String> {
        if self.digests.insert(digest.clone()) {
            Ok(digest)
        } else {
            Err(ErrorCode::RandomnessFailed.into())
        }
    }

    /// A random number below `bound`. The bias of the remainder is below 2^-32 for any array in memory.
    fn below(&mut self, bound: usize) -> Result<usize> {
        let mut random = [0; 8];
        crypto::fill(self.rng, &mut random)?;
        let bound = u64::try_from(bound.max(1)).unwrap_or(u64::MAX);
        Ok(usize::try_from(u64::from_le_bytes(random) % bound).unwrap_or(0))
    }

    fn is_hidden(&mut self) -> bool {
        let hidden = self.plan.hidden.contains(&self.pointer);
        if hidden {
            self.reached.insert(self.pointer.clone());
        }
        hidden
    }

    fn is_padded(&mut self) -> bool {
        let padded = self.plan.padded.contains(&self.pointer);
        if padded {
            self.reached.insert(self.pointer.clone());
        }
        padded
    }

    fn enter(&mut self, token: &str) -> usize {
        let length = self.pointer.len();
        push_token(&mut self.pointer, token);
        length
    }
}
