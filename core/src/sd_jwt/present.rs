//! Passing on a part: RFC 9901 section 7.2.

use super::reveal::{self, Spot};
use super::{Disclosure, SdJwt};
use crate::error::{Error, ErrorCode, Result};
use crate::prelude::*;
use crate::report::Findings;

/// A disclosure in its place.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Place<'a> {
    /// JSON Pointer of the member or element, in the claims with all disclosures of the token.
    pub pointer: &'a str,
    /// The disclosure.
    pub disclosure: &'a Disclosure,
}

impl SdJwt {
    /// Returns each disclosure with its place, in the order of the token.
    ///
    /// # Errors
    /// Those of [`reveal`](super::reveal()): a token with such a fault is passed on to nobody.
    pub fn places(&self) -> Result<Vec<(String, &Disclosure)>> {
        let spots = self.spots()?.into_iter().map(|spot| spot.pointer);
        Ok(spots.zip(&self.disclosures).collect())
    }

    /// Keeps the disclosures that `keep` says, and those in whose values they lie. A key binding is
    /// dropped: it holds for the token that it was made for.
    ///
    /// # Errors
    /// Those of [`reveal`](super::reveal()).
    pub fn present(&self, mut keep: impl FnMut(&Place<'_>) -> bool) -> Result<Self> {
        let spots = self.spots()?;
        let mut kept = vec![false; spots.len()];
        for (i, (spot, disclosure)) in spots.iter().zip(&self.disclosures).enumerate() {
            let place = Place {
                pointer: &spot.pointer,
                disclosure,
            };
            if keep(&place) {
                keep_with_parents(i, &spots, &mut kept);
            }
        }
        let disclosures = (self.disclosures.iter().zip(&kept))
            .filter(|(_, kept)| **kept)
            .map(|(disclosure, _)| disclosure.clone());
        Ok(Self {
            jwt: self.jwt.clone(),
            header: self.header.clone(),
            payload: self.payload.clone(),
            disclosures: disclosures.collect(),
            key_binding: None,
        })
    }

    /// Keeps what lies at or under any of the given JSON Pointers, and what is needed to reach it.
    /// Pointers lead into the claims with all disclosures of the token ([`SdJwt::claims`]).
    ///
    /// # Errors
    /// `invalid_argument` with a pointer that leads nowhere; those of [`reveal`](super::reveal()).
    pub fn disclose_paths(&self, pointers: &[&str]) -> Result<Self> {
        let claims = self.claims()?;
        if let Some(missed) = pointers.iter().find(|p| claims.pointer(p).is_none()) {
            return Err(Error::new(ErrorCode::InvalidArgument)
                .at(*missed)
                .because("there is nothing in the token"));
        }
        self.present(|place| {
            let mut asked = pointers.iter();
            asked.any(|asked| is_within(place.pointer, asked) || is_within(asked, place.pointer))
        })
    }

    pub(super) fn spots(&self) -> Result<Vec<Spot>> {
        let mut findings = Findings::default();
        let revealed = reveal::process(&self.payload, &self.disclosures, &mut findings);
        findings.into_result()?;
        // Without a finding every disclosure has its place.
        Ok(revealed.spots.into_iter().flatten().collect())
    }
}

fn keep_with_parents(i: usize, spots: &[Spot], kept: &mut [bool]) {
    let mut next = Some(i);
    while let Some(i) = next {
        match kept.get_mut(i) {
            // Its parents are kept already.
            None | Some(true) => return,
            Some(flag) => *flag = true,
        }
        next = spots.get(i).and_then(|spot| spot.parent);
    }
}

/// Tells whether a pointer leads to `outer` or into it.
fn is_within(pointer: &str, outer: &str) -> bool {
    pointer
        .strip_prefix(outer)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
