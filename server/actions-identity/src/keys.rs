//! The keys of the issuer, as they were read last.
//!
//! - They count for an hour, and are read again by the first token that needs them after that.
//! - While the issuer does not answer, they go on to count until they are a day old: GitHub being away for an hour must not
//!   stop reports. So a key that the issuer took back counts for an hour at most, and for a day only while it is away.
//! - A token with a key that is not among them makes them be read again, once a minute at most, whoever sent it: strangers can
//!   make up as many names of keys as they like.
//! - Who needs what is being read waits for that. It is read to its end also where that client has gone.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::SignedDuration;
use jsonwebtoken::DecodingKey;
use runtime::clock::SharedClock;
use tokio_util::task::TaskTracker;

use crate::{
    error::{IdentityError, KeysError, TokenFault},
    http_client::{IssuerClient, KeySet},
};

/// How long keys are taken for what the issuer publishes.
const LIFETIME: SignedDuration = SignedDuration::from_hours(1);
/// How long they count while the issuer does not answer.
const LIFETIME_WHILE_AWAY: SignedDuration = SignedDuration::from_hours(24);
/// How soon an issuer is asked again, where there are keys that count.
const PAUSE: SignedDuration = SignedDuration::from_mins(1);
/// The same where there are none: a workflow tries its report again for 40 seconds.
const PAUSE_WITHOUT_KEYS: SignedDuration = SignedDuration::from_secs(10);

#[derive(Clone, Debug)]
pub(crate) struct Keys(Arc<Inner>);

struct Inner {
    client: IssuerClient,
    clock: SharedClock,
    state: Mutex<State>,
    /// Held while the issuer is asked.
    flight: tokio::sync::Mutex<()>,
    reads: TaskTracker,
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Keys").field(&self.client).finish()
    }
}

#[derive(Default)]
struct State {
    read: Option<Read>,
    /// When the issuer was asked last, with whatever result.
    asked_at: Option<SignedDuration>,
    /// When it was asked last because of a key that was not known.
    asked_for_unknown_at: Option<SignedDuration>,
    /// What came of asking it last.
    failure: Option<KeysError>,
}

struct Read {
    keys: KeySet,
    at: SignedDuration,
}

/// Why the issuer is asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Reason {
    /// There are no keys, or they are older than an hour.
    Age,
    UnknownKey,
}

impl State {
    /// The keys that count.
    fn counting(&self, now: SignedDuration) -> Option<&Read> {
        self.read.as_ref().filter(|read| now - read.at < LIFETIME_WHILE_AWAY)
    }

    fn has_fresh(&self, key: &str, now: SignedDuration) -> bool {
        self.read.as_ref().is_some_and(|read| now - read.at < LIFETIME && read.keys.contains_key(key))
    }

    /// Whether the issuer is to be asked, for a token that names this key.
    fn reason_to_ask(&self, key: &str, now: SignedDuration) -> Option<Reason> {
        let has_passed = |since: Option<SignedDuration>, pause| since.is_none_or(|at| now - at >= pause);
        match self.counting(now) {
            None => has_passed(self.asked_at, PAUSE_WITHOUT_KEYS).then_some(Reason::Age),
            Some(read) if now - read.at >= LIFETIME => {
                has_passed(self.asked_at, PAUSE).then_some(Reason::Age)
            }
            Some(read) if read.keys.contains_key(key) => None,
            Some(_) => has_passed(self.asked_for_unknown_at, PAUSE).then_some(Reason::UnknownKey),
        }
    }

    /// The key as it is known now.
    fn find(&self, key: &str, now: SignedDuration) -> Result<DecodingKey, IdentityError> {
        let counting = self.counting(now);
        match (counting.and_then(|read| read.keys.get(key)), self.failure) {
            (Some(known), _) => Ok(known.clone()),
            (None, None) => Err(TokenFault::UnknownKey.into()),
            // It may be a new one.
            (None, Some(_)) => {
                let pause = if counting.is_some() { PAUSE } else { PAUSE_WITHOUT_KEYS };
                let passed = self.asked_at.map_or(pause, |at| now - at);
                let retry_after = (pause - passed).max(SignedDuration::from_secs(1));
                Err(IdentityError::KeysUnavailable { retry_after })
            }
        }
    }
}

impl Keys {
    pub(crate) fn new(client: IssuerClient, clock: SharedClock) -> Self {
        Self(Arc::new(Inner {
            client,
            clock,
            state: Mutex::default(),
            flight: tokio::sync::Mutex::default(),
            reads: TaskTracker::new(),
        }))
    }

    pub(crate) fn client(&self) -> &IssuerClient {
        &self.0.client
    }

    /// The key of this name.
    pub(crate) async fn key(&self, name: &str) -> Result<DecodingKey, IdentityError> {
        if !self.state().has_fresh(name, self.now()) {
            let (keys, name) = (self.clone(), name.to_owned());
            // It panics nowhere; and if it did, there would be no new keys.
            let _ = self.0.reads.spawn(async move { keys.ask(&name).await }).await;
        }
        self.state().find(name, self.now())
    }

    /// How many keys the issuer publishes, asked now. Nothing is kept of the answer.
    pub(crate) async fn count(&self) -> Result<usize, KeysError> {
        self.0.client.keys().await.map(|keys| keys.len())
    }

    /// Asks the issuer, if it is to be asked: another may just have done that.
    async fn ask(&self, name: &str) {
        let _flight = self.0.flight.lock().await;
        let now = self.now();
        let Some(reason) = self.state().reason_to_ask(name, now) else { return };
        self.state().asked_at = Some(now);
        if reason == Reason::UnknownKey {
            self.state().asked_for_unknown_at = Some(now);
        }
        match self.0.client.keys().await {
            Ok(keys) => {
                let mut state = self.state();
                state.failure = None;
                state.read = Some(Read { keys, at: now });
            }
            Err(error) => {
                let issuer = self.0.client.issuer();
                tracing::warn!(%issuer, %error, "the keys of GitHub Actions cannot be read");
                self.state().failure = Some(error);
            }
        }
    }

    fn now(&self) -> SignedDuration {
        self.0.clock.passed()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
