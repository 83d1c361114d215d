//! Contexts that were processed before. Every credential begins with the same few, which define hundreds
//! of terms, so they are processed once.
//!
//! Only what a set of [`Contexts`](super::Contexts) says itself is kept, nothing of what a document
//! defines. An entry is found by the addresses of the contexts that it came from: they are of values that
//! the cache itself holds for good, so that an address never comes to stand for something else.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::sync::Arc;
use std::sync::{PoisonError, RwLock};

use serde_json::Value;

use super::context::{Active, Mode};
use crate::prelude::*;

/// How many URLs at the start of a document's context are kept as one.
pub(super) const MAX_URLS: usize = 3;
/// How many results are kept of either kind: more than the bundled contexts can give.
const MAX_KEPT: usize = 300;

/// What was applied to what, by address, and how.
pub(super) type Key = (usize, usize, Mode);

pub(super) fn key(active: &Arc<Active>, local: &Value, mode: Mode) -> Key {
    (
        Arc::as_ptr(active).addr(),
        core::ptr::from_ref(local).addr(),
        mode,
    )
}

/// The results for one set of contexts.
#[derive(Debug, Default)]
pub(super) struct Cache(RwLock<Kept>);

#[derive(Debug, Default)]
struct Kept {
    /// What these URLs, one after the other, give at the start of a document.
    first: BTreeMap<Vec<String>, Arc<Active>>,
    /// What the contexts of terms and types give, where both sides are kept.
    scoped: BTreeMap<Key, Arc<Active>>,
    /// The addresses of all the contexts above.
    actives: BTreeSet<usize>,
    /// The addresses of the contexts in their terms.
    locals: BTreeSet<usize>,
}

impl Kept {
    fn own(&mut self, active: &Arc<Active>) {
        self.actives.insert(Arc::as_ptr(active).addr());
        let scoped = active
            .terms
            .values()
            .filter_map(|term| term.context.as_ref());
        let addresses = scoped.map(|local| core::ptr::from_ref(local).addr());
        self.locals.extend(addresses);
    }
}

impl Cache {
    pub(super) fn first(&self, urls: &[String]) -> Option<Arc<Active>> {
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
        kept.first.get(urls).cloned()
    }

    pub(super) fn scoped(&self, key: &Key) -> Option<Arc<Active>> {
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
        kept.scoped.get(key).cloned()
    }

    /// Keeps what the URLs give, and returns what is kept of it.
    pub(super) fn keep_first(&self, urls: &[String], result: Arc<Active>) -> Arc<Active> {
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = kept.first.get(urls) {
            return known.clone();
        }
        if kept.first.len() < MAX_KEPT {
            kept.own(&result);
            kept.first.insert(urls.to_vec(), result.clone());
        }
        result
    }

    /// Keeps what a term's context gives, if nothing of it came from a document.
    pub(super) fn keep_scoped(&self, key: Key, result: Arc<Active>) -> Arc<Active> {
        let shared = |kept: &Kept| kept.actives.contains(&key.0) && kept.locals.contains(&key.1);
        // Most of what comes here is of a document, and readers do not wait for each other.
        if !shared(&self.0.read().unwrap_or_else(PoisonError::into_inner)) {
            return result;
        }
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = kept.scoped.get(&key) {
            return known.clone();
        }
        if kept.scoped.len() < MAX_KEPT {
            kept.own(&result);
            kept.scoped.insert(key, result.clone());
        }
        result
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{Canonical, Contexts, PASSPORT_CONTEXT, canonicalize};
    use super::*;

    const V2: &str = "https://www.w3.org/ns/credentials/v2";
    const UNDEFINED: &str = "https://www.w3.org/ns/credentials/undefined-terms/v2";

    fn fresh() -> Contexts {
        // Any new document makes a set of its own, with nothing kept.
        let other = json!({ "@context": { "@vocab": "urn:other:" } });
        let bundled = Contexts::bundled().expect("bundled").clone();
        bundled.with("urn:x", &other).expect("a context")
    }

    fn sizes(contexts: &Contexts) -> (usize, usize) {
        let kept = contexts.cache().0.read().expect("not poisoned");
        (kept.first.len(), kept.scoped.len())
    }

    fn documents() -> Vec<Value> {
        let subject = json!({
            "id": "urn:uuid:1", "type": "BatteryPassport", "name": "A",
            "generalProductInformation": { "batteryMass": 430, "inner": { "name": "B" } },
        });
        let evidence = json!([{ "type": ["Evidence", "Other"], "note": "C" }]);
        let contexts = [
            json!([V2]),
            json!([V2, UNDEFINED]),
            json!([V2, PASSPORT_CONTEXT]),
            json!([V2, PASSPORT_CONTEXT, UNDEFINED]),
            json!([V2, PASSPORT_CONTEXT, UNDEFINED, "urn:x"]),
            json!([V2, "urn:x"]),
            json!([V2, { "@vocab": "urn:own:" }]),
            json!([V2, { "Evidence": { "@id": "urn:own:E", "@context": { "note": "urn:own:n" } } }]),
            json!([V2, { "Evidence": { "@id": "urn:own:E", "@context": { "note": "urn:own:m" } } }]),
            json!([{ "@vocab": "urn:own:" }, "urn:x"]),
            json!("urn:x"),
            json!([V2, null]),
            json!([V2, "urn:missing"]),
            json!([UNDEFINED, V2]),
            json!([]),
        ];
        let document = |context| {
            json!({
                "@context": context, "type": ["VerifiableCredential"], "issuer": "did:x:1",
                "credentialSubject": subject, "evidence": evidence,
                "credentialStatus": { "type": "BitstringStatusListEntry", "statusPurpose": "x" },
            })
        };
        contexts.into_iter().map(document).collect()
    }

    fn run(document: &Value, contexts: &Contexts) -> Result<Canonical, String> {
        canonicalize(document, contexts).map_err(|error| format!("{error} at {}", error.path()))
    }

    #[test]
    fn what_is_kept_changes_nothing() {
        let shared = fresh();
        let documents = documents();
        let alone: Vec<_> = documents.iter().map(|one| run(one, &fresh())).collect();
        let refused: Vec<_> = alone
            .iter()
            .filter_map(|result| result.as_ref().err())
            .collect();
        assert_eq!(refused.len(), 2, "{refused:?}");
        for _ in 0..2 {
            for (document, expected) in documents.iter().zip(&alone) {
                assert_eq!(&run(document, &shared), expected, "{document}");
            }
        }
        let (first, scoped) = sizes(&shared);
        assert!(first >= 6 && scoped >= 6, "{first} {scoped}");
        // Whatever came first.
        let backwards = fresh();
        for (document, expected) in documents.iter().zip(&alone).rev() {
            assert_eq!(&run(document, &backwards), expected, "{document}");
        }
        let together = fresh();
        std::thread::scope(|scope| {
            for skip in 0..4 {
                let (documents, alone, together) = (&documents, &alone, &together);
                scope.spawn(move || {
                    for (document, expected) in documents.iter().zip(alone).skip(skip) {
                        assert_eq!(&run(document, together), expected);
                    }
                });
            }
        });
    }

    #[test]
    fn nothing_of_a_document_is_kept() {
        let contexts = fresh();
        let document = |i: usize| {
            let scoped = json!({ "@id": "urn:own:T", "@context": { "n": format!("urn:own:{i}") } });
            json!({
                "@context": [V2, { "T": scoped, "@propagate": true }],
                "type": ["VerifiableCredential", "T"], "n": "x",
                "credentialSubject": { "@context": { "m": "urn:own:m" }, "type": "T", "m": "y" },
            })
        };
        run(&document(0), &contexts).expect("processes");
        let before = sizes(&contexts);
        for i in 1..50 {
            let canonical = run(&document(i), &contexts).expect("processes");
            let own = format!("<urn:own:{i}>");
            assert!(canonical.lines.iter().any(|line| line.contains(&own)));
        }
        assert_eq!(sizes(&contexts), before);
        // Nor does it grow without end by URLs that are known, in any order and number.
        let urls = [V2, UNDEFINED, "urn:x", PASSPORT_CONTEXT];
        for i in 0..400_usize {
            let context: Vec<_> = (0..6).map(|digit| urls[(i >> digit) % 4]).collect();
            let _ = run(&json!({ "@context": context, "type": "T" }), &contexts);
        }
        assert!(sizes(&contexts).0 <= 4 + 16 + 64);
    }

    #[test]
    fn another_meaning_of_a_url_starts_anew() {
        let document = json!({ "@context": ["urn:x"], "@id": "urn:a", "name": "x" });
        let contexts = fresh();
        let line = |contexts: &Contexts| run(&document, contexts).expect("processes").lines;
        assert_eq!(line(&contexts), ["<urn:a> <urn:other:name> \"x\" .\n"]);
        let other = json!({ "@context": { "@vocab": "urn:new:" } });
        let changed = contexts.clone().with("urn:x", &other).expect("a context");
        assert_eq!(line(&changed), ["<urn:a> <urn:new:name> \"x\" .\n"]);
        assert_eq!(line(&contexts), ["<urn:a> <urn:other:name> \"x\" .\n"]);
    }
}
