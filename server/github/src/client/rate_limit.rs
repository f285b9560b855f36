//! GitHub's rate limits: once it asks to wait, nothing is read until it is time.
//!
//! <https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api>

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use reqwest::{StatusCode, Url, header::HeaderMap};

/// Where neither header says how long.
const UNSAID: SignedDuration = SignedDuration::from_secs(60);
/// GitHub's windows last an hour; a longer wait is a mistake, of GitHub's clock or of ours.
const LONGEST: SignedDuration = SignedDuration::from_hours(1);

/// Until when GitHub asked us to wait, for all that share it.
#[derive(Clone, Debug, Default)]
pub(super) struct RateLimit(Arc<Mutex<HashMap<LimitScope, Timestamp>>>);

/// What a limit is about.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
enum LimitScope {
    /// The hour's requests are used up.
    Everything,
    /// Too many requests of this kind at once.
    Endpoint(String),
}

impl LimitScope {
    /// The endpoint of a URL: its path without what is different for each run, and without commits.
    fn endpoint(url: &Url) -> Self {
        let is_of_run = |segment: &str| segment.bytes().all(|byte| byte.is_ascii_digit());
        let segments = url.path_segments().into_iter().flatten().filter(|segment| !is_of_run(segment));
        let fixed = segments.map(|segment| if segment.contains("...") { "..." } else { segment });
        Self::Endpoint(fixed.collect::<Vec<_>>().join("/"))
    }
}

impl RateLimit {
    /// Until when to wait with a request to this URL, if it is not yet time.
    pub(super) fn active(&self, url: &Url, now: Timestamp) -> Option<Timestamp> {
        let mut waits = self.lock();
        waits.retain(|_, until| *until > now);
        let of = |scope| waits.get(&scope).copied();
        of(LimitScope::Everything).max(of(LimitScope::endpoint(url)))
    }

    /// Reads an answer: if it asks to wait, until when.
    pub(super) fn note(
        &self,
        url: &Url,
        status: StatusCode,
        headers: &HeaderMap,
        message: &str,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let (until, is_for_all) = asked_to_wait_until(status, headers, message, now)?;
        let scope = if is_for_all { LimitScope::Everything } else { LimitScope::endpoint(url) };
        self.lock().insert(scope, until);
        Some(until)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<LimitScope, Timestamp>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Until when, and whether that is for every request.
fn asked_to_wait_until(
    status: StatusCode,
    headers: &HeaderMap,
    message: &str,
    now: Timestamp,
) -> Option<(Timestamp, bool)> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()?.parse::<i64>().ok());
    let (status, retry_after) = (status.as_u16(), header("retry-after"));
    let exhausted = header("x-ratelimit-remaining") == Some(0);
    // A 403 that says none of these is a matter of permission.
    if status != 429 && !(status == 403 && (retry_after.is_some() || exhausted || speaks_of_a_limit(message)))
    {
        return None;
    }
    let after = |wait: SignedDuration| now.saturating_add(wait).unwrap_or(now);
    let reset = header("x-ratelimit-reset").filter(|_| exhausted);
    let until = match (retry_after, reset.and_then(|seconds| Timestamp::from_second(seconds).ok())) {
        (Some(seconds), _) => after(SignedDuration::from_secs(seconds.max(0))),
        (None, Some(at)) => at,
        (None, None) => after(UNSAID),
    };
    Some((until.min(after(LONGEST)), exhausted))
}

/// The secondary limit may be said by the message alone. "Abuse" is its older name.
fn speaks_of_a_limit(message: &str) -> bool {
    let message = message.to_lowercase();
    ["rate limit", "abuse detection"].iter().any(|words| message.contains(words))
}
