//! Putting disclosures back in their places in the text itself: what [`process`](super::process) does with
//! values, for tokens in which nothing is unusual.

use super::disclosure::is_reserved;
use super::{ALGORITHM, DIGESTS, ELEMENT, MAX_DISCLOSURES, SHA_256};
use crate::crypto::{Backend, Crypto};
use crate::json::{Limits, Scan};
use crate::jws;
use crate::prelude::*;

/// Returns the text of the claims with everything that is disclosed.
///
/// Each disclosure was found to be in order, to belong to a digest and to be of the kind that its place asks
/// for; each digest stands in one place. The caller has to read the text strictly: only then is it known that
/// no member is there twice, and that the claims are not too deep. `None` says that something is wrong
/// or unusual, and not what.
pub(crate) fn splice<'d>(
    payload: &str,
    disclosures: impl Iterator<Item = &'d str> + Clone,
) -> Option<String> {
    let length: usize = disclosures.clone().map(str::len).sum();
    // A value takes a byte at least.
    if payload.len() + length > Limits::DEFAULT.values {
        return None;
    }
    let mut bytes = Vec::with_capacity(length);
    let mut disclosed = Vec::new();
    for text in disclosures {
        let start = bytes.len();
        jws::decode_onto(text, &mut bytes).ok()?;
        let digest = jws::encode(&Backend.sha256(&[text.as_bytes()]));
        disclosed.push((digest, start..bytes.len()));
    }
    if disclosed.len() > MAX_DISCLOSURES {
        return None;
    }
    let bytes = core::str::from_utf8(&bytes).ok()?;
    let parts = disclosed.into_iter().map(|(digest, range)| {
        let (name, value) = name_and_value(bytes.get(range)?)?;
        Some(Part {
            digest,
            name,
            value,
            met: false,
        })
    });
    let mut parts = parts.collect::<Option<Vec<_>>>()?;
    parts.sort_unstable_by(|a, b| a.digest.cmp(&b.digest));
    let mut splice = Splice {
        parts,
        undisclosed: Vec::new(),
        out: String::with_capacity(payload.len() + bytes.len()),
    };
    let mut scan = Scan::new(payload)?;
    splice.object(&mut scan, true)?;
    scan.end()?;
    splice.finish()
}

/// What stands behind a digest.
struct Part<'t> {
    digest: String,
    /// The name of a member; nothing for an element.
    name: Option<&'t str>,
    value: &'t str,
    /// Whether its digest was met.
    met: bool,
}

type NameAndValue<'t> = (Option<&'t str>, &'t str);

fn name_and_value(disclosure: &str) -> Option<NameAndValue<'_>> {
    let mut scan = Scan::new(disclosure)?;
    let mut texts = [""; 3];
    let mut count = 0;
    scan.array(|scan| {
        *texts.get_mut(count)? = scan.value()?;
        count += 1;
        Some(())
    })?;
    scan.end()?;
    let [salt, second, third] = texts;
    // Of the salt nothing is known but that it is a string.
    salt.starts_with('"').then_some(())?;
    match count {
        2 => Some((None, second)),
        3 => {
            let name = Scan::new(second)?.plain_string()?;
            let reserved = is_reserved(name) || name == ALGORITHM;
            (!reserved).then_some((Some(name), third))
        }
        _ => None,
    }
}

struct Splice<'t> {
    /// In the order of the digests.
    parts: Vec<Part<'t>>,
    /// Digests of what is not disclosed, and decoys.
    undisclosed: Vec<&'t str>,
    out: String,
}

impl<'t> Splice<'t> {
    fn value(&mut self, scan: &mut Scan<'t>) -> Option<()> {
        if scan.is_object() {
            self.object(scan, false)
        } else if scan.is_array() {
            self.array(scan)
        } else {
            self.out.push_str(scan.value()?);
            Some(())
        }
    }

    /// Writes an object without its digests, and what is disclosed of them at its end.
    fn object(&mut self, scan: &mut Scan<'t>, is_top: bool) -> Option<()> {
        self.out.push('{');
        let mut hidden = Vec::new();
        scan.object(|scan, name| match name {
            DIGESTS => self.digests(scan, &mut hidden),
            ELEMENT => None,
            ALGORITHM if is_top => (scan.plain_string()? == SHA_256).then_some(()),
            _ => {
                self.name(name);
                self.value(scan)
            }
        })?;
        for (name, value) in hidden {
            self.name(name?);
            self.nested(value, scan.depth().checked_sub(1)?)?;
        }
        self.out.push('}');
        Some(())
    }

    fn name(&mut self, name: &str) {
        if !self.out.ends_with('{') {
            self.out.push(',');
        }
        self.out.push('"');
        self.out.push_str(name);
        self.out.push_str("\":");
    }

    fn digests(&mut self, scan: &mut Scan<'t>, hidden: &mut Vec<NameAndValue<'t>>) -> Option<()> {
        scan.array(|scan| {
            hidden.extend(self.take(scan.plain_string()?)?);
            Some(())
        })
    }

    /// Writes an array, with an element that is disclosed in place of its digest, and without the digests of
    /// others.
    fn array(&mut self, scan: &mut Scan<'t>) -> Option<()> {
        self.out.push('[');
        let mut first = true;
        scan.array(|scan| {
            let before = self.out.len();
            if !first {
                self.out.push(',');
            }
            match placeholder(scan) {
                None => self.value(scan)?,
                Some(digest) => match self.take(digest)? {
                    Some((None, value)) => self.nested(value, scan.depth())?,
                    Some((Some(_), _)) => return None,
                    None => {
                        self.out.truncate(before);
                        return Some(());
                    }
                },
            }
            first = false;
            Some(())
        })?;
        self.out.push(']');
        Some(())
    }

    fn nested(&mut self, value: &'t str, depth: usize) -> Option<()> {
        self.value(&mut Scan::within(value, depth))
    }

    /// Takes a digest, of which there must not have been the same before, and finds what is disclosed.
    #[expect(clippy::option_option, reason = "the outer one ends the work")]
    fn take(&mut self, digest: &'t str) -> Option<Option<NameAndValue<'t>>> {
        let found = self
            .parts
            .binary_search_by(|part| part.digest.as_str().cmp(digest));
        let Ok(found) = found else {
            self.undisclosed.push(digest);
            return Some(None);
        };
        let part = self.parts.get_mut(found)?;
        (!part.met).then_some(())?;
        part.met = true;
        Some(Some((part.name, part.value)))
    }

    /// Checks that every disclosure has its place, and no digest has two.
    fn finish(mut self) -> Option<String> {
        self.undisclosed.sort_unstable();
        let twice = self.undisclosed.windows(2).any(|two| two[0] == two[1]);
        let complete = !twice && self.parts.iter().all(|part| part.met);
        complete.then_some(self.out)
    }
}

/// Passes over the placeholder of an element, and returns its digest. Anything else it leaves as it is.
fn placeholder<'t>(scan: &mut Scan<'t>) -> Option<&'t str> {
    scan.pass_if(|scan| {
        let mut digest = None;
        scan.object(|scan, name| {
            // With other members it is no placeholder: read as an object it is refused.
            (name == ELEMENT && digest.is_none()).then_some(())?;
            digest = Some(scan.plain_string()?);
            Some(())
        })?;
        digest
    })
}

#[cfg(test)]
mod tests;
