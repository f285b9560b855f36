//! The one place that reads the time. Everything else is handed a [`Clock`], so that tests set it.

use std::{
    sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp, Unit};
use tokio::sync::watch;

/// Tells the time, in UTC, to the millisecond: what every database and the wire can hold.
#[async_trait]
pub trait Clock: Send + Sync {
    fn now(&self) -> Timestamp;

    /// Time that has passed since a fixed moment. Setting the clock does not change it.
    fn passed(&self) -> SignedDuration;

    /// Waits until it is this time.
    async fn until(&self, at: Timestamp);
}

/// A clock as it is shared.
pub type SharedClock = Arc<dyn Clock>;

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        #[allow(clippy::disallowed_methods, reason = "this is the place")]
        let now = Timestamp::now();
        to_milliseconds(now)
    }

    fn passed(&self) -> SignedDuration {
        #[allow(clippy::disallowed_methods, reason = "this is the place")]
        static START: LazyLock<Instant> = LazyLock::new(Instant::now);
        SignedDuration::try_from(START.elapsed()).unwrap_or(SignedDuration::MAX)
    }

    async fn until(&self, at: Timestamp) {
        // A time that is past has no duration.
        let wait = Duration::try_from(at.duration_since(self.now())).unwrap_or_default();
        tokio::time::sleep(wait).await;
    }
}

fn to_milliseconds(at: Timestamp) -> Timestamp {
    let down = jiff::TimestampRound::new().smallest(Unit::Millisecond).mode(jiff::RoundMode::Floor);
    at.round(down).unwrap_or(at)
}

/// A clock that stands still until it is set.
#[derive(Debug)]
pub struct ManualClock {
    now: watch::Sender<Timestamp>,
    /// The time without the jumps of [`set`](Self::set).
    unset: Mutex<Timestamp>,
    awaited: Mutex<Vec<Timestamp>>,
}

impl ManualClock {
    /// A clock that shows `at`.
    #[must_use]
    pub fn at(at: Timestamp) -> Self {
        Self { now: watch::Sender::new(at), unset: Mutex::new(at), awaited: Mutex::default() }
    }

    /// Lets time pass. A negative duration sets the clock back.
    pub fn advance(&self, by: SignedDuration) {
        if by.is_positive() {
            let mut unset = self.unset.lock().unwrap_or_else(PoisonError::into_inner);
            *unset = unset.saturating_add(by).unwrap_or(*unset);
        }
        self.set(by);
    }

    /// Sets the clock, and no time passes.
    pub fn set(&self, by: SignedDuration) {
        self.now.send_modify(|now| *now = now.saturating_add(by).unwrap_or(*now));
    }

    /// How many tasks wait for a time that has not come yet. A test that moves the clock only when all of them wait
    /// cannot race with them.
    #[must_use]
    pub fn waiting(&self) -> usize {
        let now = self.now();
        self.awaited().iter().filter(|at| **at > now).count()
    }

    fn awaited(&self) -> MutexGuard<'_, Vec<Timestamp>> {
        self.awaited.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A task waits for a time, until this is dropped.
struct Waits<'a> {
    clock: &'a ManualClock,
    at: Timestamp,
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        let mut awaited = self.clock.awaited();
        if let Some(ours) = awaited.iter().position(|at| *at == self.at) {
            awaited.swap_remove(ours);
        }
    }
}

#[async_trait]
impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.now.borrow()
    }

    fn passed(&self) -> SignedDuration {
        self.unset.lock().unwrap_or_else(PoisonError::into_inner).duration_since(Timestamp::UNIX_EPOCH)
    }

    async fn until(&self, at: Timestamp) {
        self.awaited().push(at);
        let _waits = Waits { clock: self, at };
        // It cannot fail: the clock is there as long as it is asked.
        let _ = self.now.subscribe().wait_for(|now| *now >= at).await;
    }
}
