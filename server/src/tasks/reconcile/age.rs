//! How long ago something was recorded of a deploy, even if the clock was set meanwhile: by hand, by NTP, or because the machine
//! was asleep. A jump must neither time deploys out nor prove that GitHub never started a run.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use app::domain::{DeployId, Timestamp};
use jiff::SignedDuration;
use runtime::clock::Clock;

/// By how much the clock was ahead of the time that had passed when each of these moments was first looked at. What the
/// clock did before that is not known.
#[derive(Debug, Default)]
pub(super) struct Ages(Mutex<HashMap<(DeployId, Timestamp), SignedDuration>>);

impl Ages {
    /// How long ago this moment of a deploy was.
    pub(super) fn since(&self, id: DeployId, at: Timestamp, clock: &dyn Clock) -> SignedDuration {
        let now = clock.now();
        let ahead = SignedDuration::from_millis(now.as_millisecond()) - clock.passed();
        let mut first = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let jumped = ahead - *first.entry((id, at)).or_insert(ahead);
        now.duration_since(at) - jumped
    }

    /// Forgets a row that has ended.
    pub(super) fn forget(&self, id: DeployId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|(of, _), _| *of != id);
    }
}
