//! Answers that are kept with their entity tags: asking again for what has not changed costs nothing of
//! GitHub's rate limit.
//!
//! <https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api>

use std::{
    num::NonZeroUsize,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use lru::LruCache;
use reqwest::header::HeaderValue;

/// Answers that are kept if nothing else is said; the least recently used is removed first.
const MOST: NonZeroUsize = NonZeroUsize::new(256).unwrap();
/// Bytes of an answer that is worth keeping.
const LARGEST: usize = 64 * 1024;

/// An answer as it was given.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub(super) etag: HeaderValue,
    pub(super) body: Arc<[u8]>,
}

/// Answers by their URL, for all that share them.
#[derive(Clone)]
pub(super) struct EtagCache(Arc<Mutex<LruCache<String, Kept>>>);

impl Default for EtagCache {
    fn default() -> Self {
        Self::of(MOST)
    }
}

impl EtagCache {
    /// One that keeps this many.
    pub(super) fn of(most: NonZeroUsize) -> Self {
        Self(Arc::new(Mutex::new(LruCache::new(most))))
    }

    pub(super) fn get(&self, url: &str) -> Option<Kept> {
        self.lock().get(url).cloned()
    }

    pub(super) fn keep(&self, url: String, etag: HeaderValue, body: &[u8]) {
        if body.len() <= LARGEST {
            self.lock().put(url, Kept { etag, body: body.into() });
        }
    }

    fn lock(&self) -> MutexGuard<'_, LruCache<String, Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
