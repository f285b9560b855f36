//! Whether GitHub can be asked at all, as the last call showed, and since when it could not.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use app::domain::GitHubOutage;
use jiff::Timestamp;

use super::ReadError;

/// What the last call showed, for all that share it.
#[derive(Clone, Debug, Default)]
pub(super) struct Health(Arc<Mutex<Option<GitHubOutage>>>);

impl Health {
    /// What is wrong, if the last call failed.
    pub(super) fn outage(&self) -> Option<GitHubOutage> {
        self.lock().clone()
    }

    pub(super) fn note_answer(&self) {
        *self.lock() = None;
    }

    /// GitHub could not be asked, or gave no usable answer. The first failure since an answer says since
    /// when.
    pub(super) fn note_failure(&self, now: Timestamp, what: String, until: Option<Timestamp>) {
        let mut outage = self.lock();
        let since = outage.as_ref().map_or(now, |outage| outage.since);
        *outage = Some(GitHubOutage { since, what, until });
    }

    /// What a read showed.
    pub(super) fn note_read<T>(&self, now: Timestamp, read: &Result<T, ReadError>) {
        match read {
            Ok(_) | Err(ReadError::NotFound) => self.note_answer(),
            Err(ReadError::Limited(until)) => {
                self.note_failure(now, "it limits the console's requests".to_owned(), Some(*until));
            }
            Err(ReadError::NotLetIn(what) | ReadError::Unusable(what)) => {
                self.note_failure(now, what.clone(), None)
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<GitHubOutage>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
