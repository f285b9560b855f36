//! The reconciler: what GitHub recorded and the console missed.
//!
//! One pass takes no input and is idempotent. It reads every live row, asks GitHub about each, and walks the
//! row forward along legal edges with what it found as evidence. A timer and a nudge start passes, so that
//! recovery from a lost callback, a crash or an outage is always the same code.
//!
//! It never overwrites: every step is a compare-and-swap, and a callback that was quicker has won. Only past
//! an environment's deadline does it write `timed_out`.
//!
//! Before each pass by the timer, runs are looked for that nobody asked the console for: they become rows of
//! their own, and are healed like all others.
//!
//! - [`evidence`]: what GitHub's record of a run proves.
//! - [`heal`]: one row, walked along it.
//! - [`import`]: rows for runs that the console did not start; [`title`] is what they say of themselves.

pub mod evidence;
mod heal;
mod import;
pub mod title;

use std::{sync::Arc, time::Duration};

use futures::{StreamExt, stream};
use tokio::sync::Notify;

use self::heal::Healed;
pub use self::import::PassedOver;
use crate::{
    clock::SharedClock,
    config::Apps,
    github::Client,
    store::{DeployFilter, StatusFilter, Store, StoreError},
};

/// From one pass to the next, if nobody nudges.
pub const PERIOD: Duration = Duration::from_secs(60);
/// The same while a deploy is to be cancelled and GitHub has not said yet that it was.
const HASTY_PERIOD: Duration = Duration::from_secs(5);
/// Rows that are healed at a time. One for which GitHub takes its time must not hold up the others.
const AT_A_TIME: usize = 8;
/// Live rows that one pass looks at.
const BATCH: u32 = 1_000;

/// Asks for a pass now. Cheap to clone; many nudges make one pass.
#[derive(Clone, Debug, Default)]
pub struct Nudge(Arc<Notify>);

impl Nudge {
    /// Asks for a pass now.
    pub fn give(&self) {
        self.0.notify_one();
    }
}

/// Heals rows from GitHub's record.
pub struct Reconciler {
    /// The rows.
    pub store: Arc<dyn Store>,
    /// GitHub's record.
    pub github: Client,
    /// What is deployed where.
    pub apps: Apps,
    /// The time.
    pub clock: SharedClock,
    /// From one pass to the next, if nobody nudges: [`PERIOD`].
    pub period: Duration,
    /// Runs that ended and do not say how.
    pub passed_over: PassedOver,
}

/// What a pass did.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Pass {
    /// Rows that it changed.
    pub changed: usize,
    /// Whether a deploy is still live that somebody asked to be cancelled.
    pub awaits_cancellation: bool,
}

impl Reconciler {
    /// Passes by timer and nudge, until it is dropped.
    pub async fn run(&self, nudge: &Nudge) {
        let mut is_time = true;
        loop {
            if is_time {
                self.import().await;
            }
            let pass = self.pass().await.unwrap_or_else(|error| {
                tracing::warn!(%error, "reconciler: the rows cannot be read");
                Pass::default()
            });
            let wait = if pass.awaits_cancellation { HASTY_PERIOD.min(self.period) } else { self.period };
            is_time = tokio::select! {
                () = tokio::time::sleep(wait) => wait == self.period,
                () = nudge.0.notified() => false,
            };
        }
    }

    /// One pass.
    ///
    /// # Errors
    /// If the live rows cannot be read. What goes wrong with one row does not keep it from the next.
    pub async fn pass(&self) -> Result<Pass, StoreError> {
        let filter = DeployFilter { status: StatusFilter::Live, limit: BATCH, ..DeployFilter::default() };
        let rows = stream::iter(self.store.deploys(&filter).await?);
        let healed = rows.map(async |row| {
            let (id, awaits_cancellation) = (row.id, row.cancellation.is_some());
            let healed = self.heal(row).await.unwrap_or_else(|error| {
                tracing::info!(deploy_id = %id, %error, "reconciler: left as it is");
                Healed { changed: false, ended: false }
            });
            Pass {
                changed: usize::from(healed.changed),
                awaits_cancellation: awaits_cancellation && !healed.ended,
            }
        });
        let all = healed.buffer_unordered(AT_A_TIME).fold(Pass::default(), async |all, row| Pass {
            changed: all.changed + row.changed,
            awaits_cancellation: all.awaits_cancellation || row.awaits_cancellation,
        });
        Ok(all.await)
    }
}
