use super::source::VerifiedList;
use crate::prelude::*;
use crate::time::Timestamp;

/// For how many seconds a list without `ttl` is kept.
pub const UNTOLD_AGE_S: i64 = 300;
/// For how many seconds a list is kept at most, whatever it says: a revocation must get through.
pub const MAX_AGE_S: i64 = 86_400;

/// Lists that were verified, each until it ends (`validUntil`) or grows old (`ttl`), whichever is first.
///
/// Keeps no more than a given number of lists, each of which is at most
/// [`MAX_LIST_LEN`](super::MAX_LIST_LEN) bytes. Time is what the caller says; a list is never given out
/// for a time before it was fetched.
#[derive(Clone, Debug)]
pub struct Cache {
    lists: BTreeMap<String, Kept>,
    capacity: usize,
}

#[derive(Clone, Debug)]
struct Kept {
    list: Arc<VerifiedList>,
    fetched: Timestamp,
}

impl Kept {
    fn is_usable(&self, at: Timestamp) -> bool {
        let age = at.unix() - self.fetched.unix();
        let told = match self.list.ttl_ms() {
            Some(ttl_ms) => i64::try_from(ttl_ms / 1000).unwrap_or(i64::MAX),
            None => UNTOLD_AGE_S,
        };
        // Whole seconds: the true age may be nearly one more.
        at >= self.fetched
            && age < told.min(MAX_AGE_S)
            && self.list.valid_until().is_none_or(|until| at <= until)
    }
}

impl Cache {
    /// Makes an empty cache for `capacity` lists.
    pub const fn new(capacity: usize) -> Self {
        Self {
            lists: BTreeMap::new(),
            capacity,
        }
    }

    /// Returns the list of a URL that may be used at a time.
    pub fn get(&self, url: &str, at: Timestamp) -> Option<Arc<VerifiedList>> {
        let kept = self.lists.get(url)?;
        kept.is_usable(at).then(|| Arc::clone(&kept.list))
    }

    /// Keeps a list that was fetched at a time, in place of the one that was fetched first if it is full.
    pub fn put(&mut self, url: &str, list: &Arc<VerifiedList>, at: Timestamp) {
        let kept = Kept {
            list: Arc::clone(list),
            fetched: at,
        };
        if self.capacity == 0 || !kept.is_usable(at) {
            return;
        }
        if !self.lists.contains_key(url) && self.lists.len() >= self.capacity {
            self.lists.retain(|_, kept| kept.is_usable(at));
        }
        if !self.lists.contains_key(url) && self.lists.len() >= self.capacity {
            let oldest = self.lists.iter().min_by_key(|(_, kept)| kept.fetched);
            if let Some(url) = oldest.map(|(url, _)| url.clone()) {
                self.lists.remove(&url);
            }
        }
        self.lists.insert(url.into(), kept);
    }

    /// Returns how many lists are kept, old ones included.
    pub fn len(&self) -> usize {
        self.lists.len()
    }

    /// Says whether no list is kept.
    pub fn is_empty(&self) -> bool {
        self.lists.is_empty()
    }
}

#[cfg(feature = "std")]
mod shared {
    use std::sync::{Mutex, PoisonError};

    use super::Cache;
    use crate::error::Result;
    use crate::prelude::*;
    use crate::status::{StatusLists, VerifiedList};
    use crate::time::Timestamp;

    /// A source of lists with a [`Cache`] before it, for any number of threads.
    #[derive(Debug)]
    pub struct Cached<L> {
        lists: L,
        cache: Mutex<Cache>,
    }

    impl<L: StatusLists> Cached<L> {
        /// Puts a cache for `capacity` lists before a source.
        pub const fn new(lists: L, capacity: usize) -> Self {
            Self {
                lists,
                cache: Mutex::new(Cache::new(capacity)),
            }
        }
    }

    impl<L: StatusLists> StatusLists for Cached<L> {
        fn fetch(&self, url: &str) -> Result<Vec<u8>> {
            self.lists.fetch(url)
        }

        fn is_trusted(&self, list_issuer: &str, credential_issuer: &str) -> bool {
            self.lists.is_trusted(list_issuer, credential_issuer)
        }

        fn recall(&self, url: &str, at: Timestamp) -> Option<Arc<VerifiedList>> {
            // Each change is whole, so a cache is sound even after a panic elsewhere.
            let cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
            cache.get(url, at)
        }

        fn remember(&self, url: &str, list: &Arc<VerifiedList>, at: Timestamp) {
            let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
            cache.put(url, list, at);
        }
    }
}

#[cfg(feature = "std")]
pub use shared::Cached;
