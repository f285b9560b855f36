//! What a provider says of itself, and its keys: read when they are needed first, and kept for an hour.

use std::sync::Arc;

use jiff::SignedDuration;
use openidconnect::{IssuerUrl, JsonWebKeySet};
use runtime::clock::SharedClock;
use tokio::sync::Mutex;

use super::{refusal, types::Metadata};
use crate::{error::SignInError, http_client::Http};

/// How long it is believed.
const LIFETIME: SignedDuration = SignedDuration::from_hours(1);
/// How soon a provider that is away is asked again: many people may be waiting for it.
const PAUSE: SignedDuration = SignedDuration::from_secs(5);
/// How soon keys are read again that were read again already.
const KEYS_PAUSE: SignedDuration = SignedDuration::from_mins(1);

pub(super) struct Discovery {
    issuer: IssuerUrl,
    http: Http,
    clock: SharedClock,
    /// Held while the provider is asked, so that it is asked once.
    cache: Mutex<Cache>,
}

#[derive(Default)]
struct Cache {
    read: Option<Read>,
    keys_again_at: Option<SignedDuration>,
}

struct Read {
    at: SignedDuration,
    result: Result<Arc<Metadata>, SignInError>,
}

impl Read {
    fn is_fresh(&self, now: SignedDuration) -> bool {
        let lifetime = if self.result.is_ok() { LIFETIME } else { PAUSE };
        now - self.at < lifetime
    }
}

impl Discovery {
    pub(super) fn new(issuer: IssuerUrl, http: Http, clock: SharedClock) -> Self {
        Self { issuer, http, clock, cache: Mutex::default() }
    }

    pub(super) async fn metadata(&self) -> Result<Arc<Metadata>, SignInError> {
        let mut cache = self.cache.lock().await;
        if let Some(read) = cache.read.as_ref().filter(|read| read.is_fresh(self.clock.passed())) {
            return read.result.clone();
        }
        let result = Metadata::discover_async(self.issuer.clone(), &self.http).await;
        let result = result.map(Arc::new).map_err(refusal::of_discovery);
        cache.read = Some(Read { at: self.clock.passed(), result: result.clone() });
        result
    }

    /// The same with newer keys, unless these were read again a moment ago.
    pub(super) async fn with_keys_again(&self, old: &Arc<Metadata>) -> Result<Arc<Metadata>, SignInError> {
        let mut cache = self.cache.lock().await;
        let now = self.clock.passed();
        match cache.read.as_ref().map(|read| &read.result) {
            Some(Ok(newer)) if !Arc::ptr_eq(newer, old) => return Ok(Arc::clone(newer)),
            Some(_) | None => {}
        }
        if cache.keys_again_at.is_some_and(|at| now - at < KEYS_PAUSE) {
            return Ok(Arc::clone(old));
        }
        cache.keys_again_at = Some(now);
        let keys = JsonWebKeySet::fetch_async(old.jwks_uri(), &self.http).await;
        let newer = Arc::new(Metadata::clone(old).set_jwks(keys.map_err(refusal::of_discovery)?));
        if let Some(read) = &mut cache.read {
            read.result = Ok(Arc::clone(&newer));
        }
        Ok(newer)
    }
}
