//! GitHub's rate limits: once it asks to wait, nothing is read until it is time.
//!
//! <https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api>

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use reqwest::Response;

/// Where neither header says how long.
const UNSAID: SignedDuration = SignedDuration::from_secs(60);
/// GitHub's windows last an hour; whoever says more than a day is not believed.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);

/// Until when GitHub asked us to wait, for all that share it.
#[derive(Clone, Debug, Default)]
pub(super) struct RateLimit(Arc<Mutex<Option<Timestamp>>>);

impl RateLimit {
    /// Until when to wait, if it is not yet time.
    pub(super) fn active(&self, now: Timestamp) -> Option<Timestamp> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).filter(|until| *until > now)
    }

    /// Reads an answer: if it asks to wait, until when.
    pub(super) fn note(&self, answer: &Response, now: Timestamp) -> Option<Timestamp> {
        let until = asked_to_wait_until(answer, now)?;
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(until);
        Some(until)
    }
}

fn asked_to_wait_until(answer: &Response, now: Timestamp) -> Option<Timestamp> {
    let header =
        |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()?.parse::<i64>().ok());
    let (status, retry_after) = (answer.status().as_u16(), header("retry-after"));
    let exhausted = header("x-ratelimit-remaining") == Some(0);
    // A 403 that says neither is a matter of permission.
    if status != 429 && !(status == 403 && (retry_after.is_some() || exhausted)) {
        return None;
    }
    let after = |wait: SignedDuration| now.saturating_add(wait).unwrap_or(now);
    let reset = header("x-ratelimit-reset").filter(|_| exhausted);
    let until = match (retry_after, reset.and_then(|seconds| Timestamp::from_second(seconds).ok())) {
        (Some(seconds), _) => after(SignedDuration::from_secs(seconds.max(0))),
        (None, Some(at)) => at,
        (None, None) => after(UNSAID),
    };
    Some(until.min(after(LONGEST)))
}
