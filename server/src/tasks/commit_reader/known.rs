//! What this process knows of commits, and what it is to ask.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use app::domain::{Commit, CommitDetails, CommitDistance, Timestamp};
use moka::sync::Cache;
use store::CommitPair;
use tokio::sync::Notify;

use super::wanted::{Question, Wanted};

/// Commits, and pairs of them, that are remembered: others are in the database.
const REMEMBERED: u64 = 10_000;

/// Shared by the pages and the task that reads. Cheap to clone.
#[derive(Clone)]
pub struct KnownCommits(Arc<State>);

struct State {
    details: Cache<Commit, CommitDetails>,
    distances: Cache<CommitPair, CommitDistance>,
    wanted: Mutex<Wanted>,
    /// Something is to be read.
    some: Notify,
}

impl Default for KnownCommits {
    fn default() -> Self {
        Self(Arc::new(State {
            details: Cache::new(REMEMBERED),
            distances: Cache::new(REMEMBERED),
            wanted: Mutex::default(),
            some: Notify::new(),
        }))
    }
}

impl KnownCommits {
    #[must_use]
    pub fn details(&self, of: &Commit) -> Option<CommitDetails> {
        self.0.details.get(of)
    }

    pub fn keep_details(&self, of: Commit, details: CommitDetails) {
        self.0.details.insert(of, details);
    }

    #[must_use]
    pub fn distance(&self, of: &CommitPair) -> Option<CommitDistance> {
        self.0.distances.get(of)
    }

    pub fn keep_distance(&self, of: CommitPair, distance: CommitDistance) {
        self.0.distances.insert(of, distance);
    }

    /// Has this read, unless it waits already, or could not be read a while ago.
    pub fn want(&self, question: Question, now: Timestamp) {
        let mut wanted = self.wanted();
        // What was read since the page looked into the database was kept before it stopped to be pending.
        if !self.is_known(&question) && wanted.add(question, now) {
            self.0.some.notify_one();
        }
    }

    fn is_known(&self, question: &Question) -> bool {
        match question {
            Question::Details { commit, .. } => self.0.details.contains_key(commit),
            Question::Distance { pair, .. } => self.0.distances.contains_key(pair),
        }
    }

    /// Waits until something is to be read.
    pub(super) async fn wait_for_questions(&self) {
        while self.is_idle() {
            self.0.some.notified().await;
        }
    }

    /// Whether nothing waits.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.wanted().is_idle()
    }

    /// The next question. It is pending until it is finished or has failed.
    pub(super) fn take(&self) -> Option<Question> {
        self.wanted().take()
    }

    pub(super) fn finish(&self, question: &Question) {
        self.wanted().finish(question);
    }

    pub(super) fn fail(&self, question: &Question, now: Timestamp, until: Timestamp) {
        self.wanted().fail(question, now, until);
    }

    pub(super) fn forget_waiting(&self) {
        self.wanted().forget_waiting();
    }

    fn wanted(&self) -> MutexGuard<'_, Wanted> {
        self.0.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
