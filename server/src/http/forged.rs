//! Callbacks that were not authentic: counted, and logged once a minute. Strangers must not be able to fill the log.

use std::sync::{Arc, Mutex, PoisonError};

use app::domain::{DeployId, Timestamp};
use jiff::SignedDuration;
use webhook::SignatureError;

/// The interval between two lines of the log.
const PERIOD: SignedDuration = SignedDuration::from_mins(1);

/// The callbacks that were not authentic. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Forged(Arc<Mutex<Unsaid>>);

#[derive(Debug, Default)]
struct Unsaid {
    since: Option<Timestamp>,
    count: u64,
}

impl Forged {
    /// Counts one. The first is logged at once; the next line says how many there were meanwhile.
    pub(super) fn note(&self, deploy_id: DeployId, error: SignatureError, now: Timestamp) {
        let mut unsaid = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        unsaid.count += 1;
        // A clock that was set back must not silence it.
        let is_time = unsaid
            .since
            .is_none_or(|since| !(SignedDuration::ZERO..PERIOD).contains(&now.duration_since(since)));
        if is_time {
            tracing::warn!(%deploy_id, %error, count = unsaid.count, "callback not authentic");
            *unsaid = Unsaid { since: Some(now), count: 0 };
        }
    }
}
