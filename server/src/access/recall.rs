//! Rows that are asked about with every request: sessions and tokens. Each is read once a minute. Which of them ended
//! since is read every two seconds, so that one that was revoked, here or by another instance, is refused within five;
//! while that cannot be read, nothing is recalled.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use app::domain::Timestamp;
use jiff::SignedDuration;
use moka::future::Cache;
use runtime::clock::SharedClock;
use store::{Store, StoreError, StoredSession, StoredToken};

/// How long a row is recalled.
const MINUTE: Duration = Duration::from_secs(60);
/// From one look at what ended to the next.
const LOOK: Duration = Duration::from_secs(2);
/// After a look that succeeded, what is recalled is good for this long.
const GOOD: SignedDuration = SignedDuration::from_secs(4);
/// What ended is read from so long before now: clocks of instances differ, and a write takes its time.
const OVERLAP: SignedDuration = SignedDuration::from_secs(60);
/// Rows of each kind that are recalled.
const ROWS: u64 = 10_000;

/// What is recalled.
pub struct Recall {
    store: Arc<dyn Store>,
    clock: SharedClock,
    sessions: Cache<String, StoredSession>,
    tokens: Cache<String, StoredToken>,
    /// The last look that succeeded.
    looked: Mutex<Option<Timestamp>>,
}

impl Recall {
    #[must_use]
    pub fn new(store: Arc<dyn Store>, clock: SharedClock) -> Self {
        Self { store, clock, sessions: kept(), tokens: kept(), looked: Mutex::default() }
    }

    /// Follows what ends, until it is dropped.
    pub async fn run(&self) {
        let mut looks = tokio::time::interval(LOOK);
        looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            looks.tick().await;
            // Before it is read: what ends meanwhile is seen at the next look.
            let began = self.clock.now();
            match self.look().await {
                Ok(()) => *self.looked.lock().unwrap_or_else(PoisonError::into_inner) = Some(began),
                Err(error) => tracing::warn!(%error, "which sessions and tokens ended is not known"),
            }
        }
    }

    async fn look(&self) -> Result<(), StoreError> {
        let since = self.clock.now().saturating_sub(OVERLAP).unwrap_or(self.clock.now());
        for hash in self.store.ended_since(since).await? {
            self.forget(&hash).await;
        }
        Ok(())
    }

    /// What ends here is refused at once.
    pub async fn forget(&self, hash: &str) {
        self.sessions.invalidate(hash).await;
        self.tokens.invalidate(hash).await;
    }

    /// The session, and whether it was read just now.
    pub(super) async fn session(&self, hash: &str) -> Result<Option<(StoredSession, bool)>, StoreError> {
        if let Some(session) = self.sessions.get(hash).await.filter(|_| self.is_good()) {
            return Ok(Some((session, false)));
        }
        let read = self.store.session(hash).await?;
        if let Some(session) = &read {
            self.sessions.insert(hash.to_owned(), session.clone()).await;
        }
        Ok(read.map(|session| (session, true)))
    }

    /// The token, and whether it was read just now.
    pub(super) async fn token(&self, hash: &str) -> Result<Option<(StoredToken, bool)>, StoreError> {
        if let Some(token) = self.tokens.get(hash).await.filter(|_| self.is_good()) {
            return Ok(Some((token, false)));
        }
        let read = self.store.token(hash).await?;
        if let Some(token) = &read {
            self.tokens.insert(hash.to_owned(), token.clone()).await;
        }
        Ok(read.map(|token| (token, true)))
    }

    fn is_good(&self) -> bool {
        let looked = *self.looked.lock().unwrap_or_else(PoisonError::into_inner);
        // A clock that was set back makes nothing good.
        looked.is_some_and(|at| (SignedDuration::ZERO..GOOD).contains(&self.clock.now().duration_since(at)))
    }
}

fn kept<T: Clone + Send + Sync + 'static>() -> Cache<String, T> {
    Cache::builder().max_capacity(ROWS).time_to_live(MINUTE).build()
}
