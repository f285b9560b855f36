//! How much may be asked in an hour.

use app::domain::Timestamp;
use jiff::SignedDuration;

use super::Model;

/// Requests in an hour, for a token of a person.
const AN_HOUR: u32 = 5_000;

#[derive(Debug)]
pub(super) struct Limits {
    limit: u32,
    /// Requests that counted, of this hour and of all.
    used: u32,
    counted: u32,
    /// When the hour is over that began with the first request.
    resets_at: Option<Timestamp>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { limit: AN_HOUR, used: 0, counted: 0, resets_at: None }
    }
}

/// What has been used, as the headers of an answer say it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Spent {
    pub(crate) limit: u32,
    pub(crate) used: u32,
    pub(crate) resets_at: Timestamp,
}

impl Spent {
    pub(crate) const fn remaining(self) -> u32 {
        self.limit.saturating_sub(self.used)
    }
}

impl Limits {
    fn spent(&mut self, now: Timestamp) -> Spent {
        let resets_at = match self.resets_at {
            Some(at) if at > now => at,
            Some(_) | None => {
                self.used = 0;
                now.saturating_add(SignedDuration::from_hours(1)).unwrap_or(now)
            }
        };
        self.resets_at = Some(resets_at);
        Spent { limit: self.limit, used: self.used, resets_at }
    }
}

impl Model {
    /// What has been used before the next request.
    pub(crate) fn spent(&self, now: Timestamp) -> Spent {
        self.state().limits.spent(now)
    }

    /// Counts an answered request.
    pub(crate) fn count(&self, now: Timestamp) -> Spent {
        let limits = &mut self.state().limits;
        let Spent { limit, .. } = limits.spent(now);
        limits.used = limit.min(limits.used + 1);
        limits.counted += 1;
        limits.spent(now)
    }

    pub(crate) fn counted(&self) -> u32 {
        self.state().limits.counted
    }

    pub(crate) fn set_limit(&self, limit: u32) {
        self.state().limits.limit = limit;
    }
}
