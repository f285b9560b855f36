//! Callbacks and webhooks that were not authentic: counted, and logged once a minute. Strangers must not be able to fill the log.

use std::sync::{Arc, Mutex, PoisonError};

use app::domain::Timestamp;
use jiff::SignedDuration;

/// The interval between two lines of the log.
const PERIOD: SignedDuration = SignedDuration::from_mins(1);

/// The messages of one kind that were not authentic. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Forged(Arc<Mutex<Unsaid>>);

#[derive(Debug, Default)]
struct Unsaid {
    since: Option<Timestamp>,
    count: u64,
}

impl Forged {
    /// Counts one. Says how many there were since that was last said, if it is time to log it: at once for the first.
    pub(super) fn count(&self, now: Timestamp) -> Option<u64> {
        let mut unsaid = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        unsaid.count += 1;
        // A clock that was set back must not silence it.
        let is_time = unsaid
            .since
            .is_none_or(|since| !(SignedDuration::ZERO..PERIOD).contains(&now.duration_since(since)));
        is_time.then(|| std::mem::replace(&mut *unsaid, Unsaid { since: Some(now), count: 0 }).count)
    }
}
