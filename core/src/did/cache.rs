//! Not asking for the same document every time.

use core::fmt;
use core::time::Duration;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use super::{DidDocument, Resolver};
use crate::error::Result;
use crate::prelude::*;

/// Keeps the documents of another resolver for a while. Failures are not kept.
///
/// A key that is revoked in the meantime is trusted until its document's time is up, so the time
/// should be short: minutes.
pub struct Cache<R> {
    inner: R,
    capacity: usize,
    lifetime: Duration,
    held: Mutex<HashMap<String, (Instant, DidDocument)>>,
}

impl<R: Resolver> Cache<R> {
    /// Makes a cache of at most `capacity` documents, each kept for `lifetime`.
    pub fn new(inner: R, capacity: usize, lifetime: Duration) -> Self {
        Self {
            inner,
            capacity,
            lifetime,
            held: Mutex::new(HashMap::new()),
        }
    }

    fn resolve_at(&self, did: &str, now: Instant) -> Result<DidDocument> {
        let fresh = |since: &Instant| now.saturating_duration_since(*since) < self.lifetime;
        if let Some((since, document)) = self.locked(|held| held.get(did).cloned())
            && fresh(&since)
        {
            return Ok(document);
        }
        // Not locked while the other resolver works, which may take seconds.
        let document = self.inner.resolve(did)?;
        self.locked(|held| {
            held.retain(|_, (since, _)| fresh(since));
            held.remove(did);
            if held.len() >= self.capacity
                && let Some(oldest) = held.iter().min_by_key(|(_, (since, _))| *since)
            {
                let oldest = oldest.0.clone();
                held.remove(&oldest);
            }
            if self.capacity > 0 {
                held.insert(did.to_string(), (now, document.clone()));
            }
        });
        Ok(document)
    }

    fn locked<T>(&self, with: impl FnOnce(&mut HashMap<String, (Instant, DidDocument)>) -> T) -> T {
        // A panic elsewhere leaves the map whole: each step replaces whole entries.
        with(&mut self.held.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<R: Resolver> Resolver for Cache<R> {
    fn resolve(&self, did: &str) -> Result<DidDocument> {
        self.resolve_at(did, Instant::now())
    }
}

impl<R> fmt::Debug for Cache<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache")
            .field("capacity", &self.capacity)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use core::cell::Cell;

    use serde_json::json;

    use super::*;
    use crate::error::ErrorCode;

    /// Counts how often it is asked; knows no `did:x:none`.
    struct Counting(Cell<usize>);

    impl Resolver for Counting {
        fn resolve(&self, did: &str) -> Result<DidDocument> {
            self.0.set(self.0.get() + 1);
            if did == "did:x:none" {
                return Err(ErrorCode::DidNotResolved.into());
            }
            DidDocument::from_value(json!({ "id": did }))
        }
    }

    #[test]
    fn documents_are_kept_for_a_while() {
        let cache = Cache::new(Counting(Cell::new(0)), 2, Duration::from_secs(60));
        let start = Instant::now();
        let at = |did: &str, second| {
            let document = cache.resolve_at(did, start + Duration::from_secs(second));
            document
                .map(|document| document.id().to_string())
                .map_err(|error| error.code())
        };
        for (did, second, asked) in [
            ("did:x:a", 0, 1),
            ("did:x:a", 59, 1),
            ("did:x:a", 60, 2),
            ("did:x:b", 61, 3),
            // The third entry puts out the oldest.
            ("did:x:c", 62, 4),
            ("did:x:b", 62, 4),
            ("did:x:a", 62, 5),
        ] {
            assert_eq!(at(did, second), Ok(did.to_string()));
            assert_eq!(cache.inner.0.get(), asked, "{did} {second}");
        }
        for asked in [6, 7] {
            assert_eq!(at("did:x:none", 63), Err(ErrorCode::DidNotResolved));
            assert_eq!(cache.inner.0.get(), asked);
        }
        assert_eq!(cache.locked(|held| held.len()), 2);
    }
}
