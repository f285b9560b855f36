//! The reconciler: what GitHub recorded and the console missed.
//!
//! One pass takes no input and is idempotent. It reads every live row, asks GitHub about each, and walks the
//! row forward along legal edges with what it found as evidence. A timer starts passes, and nudges start passes
//! over single rows, so that recovery from a lost callback, a crash or an outage is always the same code.
//!
//! It never overwrites: every step is a compare-and-swap, and a callback that was quicker has won. Only past
//! an environment's deadline, and after asking GitHub to cancel the run, does it write `timed_out`.
//!
//! Before each timed pass, it looks for runs that were not requested from the console: they become rows of their
//! own, and are healed like all others.
//!
//! - [`evidence`]: what GitHub's record of a run proves.
//! - [`heal`]: one row, walked along it. [`deadline`]: what becomes of one that takes too long. [`wake`]: what is worth a
//!   look now; [`touched`]: which rows that is, where GitHub told of a run. [`ended`]: what becomes of the run of a deploy
//!   that ended here without it.
//! - [`import`]: rows for runs that the console did not start; [`title`] is what they say of themselves, and [`claims`]
//!   whether they are believed. [`rerun`]: rows for later attempts of runs whose deploy has ended.

mod age;
mod claims;
mod deadline;
mod ended;
pub mod evidence;
mod heal;
mod import;
mod rerun;
mod reviews;
pub mod title;
mod touched;
mod wake;

use std::{collections::HashSet, sync::Arc, time::Duration};

use app::domain::DeployId;
use futures::{StreamExt, stream};
use tokio::time::{MissedTickBehavior, interval, sleep};

pub(crate) use self::deadline::ends_at;
use self::heal::Healed;
use self::{
    age::Ages,
    import::{Horizons, LastLooks, SkippedRuns},
    rerun::SeenAttempts,
    wake::{Due, SecondLooks},
};
pub use self::{
    claims::Claims,
    reviews::Reviews,
    wake::{TouchedRun, Wake},
};
use crate::config::Apps;
use github::Client;
use runtime::clock::SharedClock;
use store::{DeployFilter, StatusFilter, Store, StoreError, StoredDeploy};

/// From one pass to the next, without a nudge.
pub const PERIOD: Duration = Duration::from_secs(60);
/// The same while GitHub has not confirmed a requested cancellation.
const HASTY_PERIOD: Duration = Duration::from_secs(5);
/// From one pass over nudged rows to the next: however many nudges come meanwhile, each row is read once.
const NUDGE_PERIOD: Duration = Duration::from_secs(1);
/// Rows that are healed at a time. One for which GitHub takes its time must not hold up the others.
const AT_A_TIME: usize = 8;
/// Live rows that one pass looks at.
const BATCH: u32 = 1_000;

/// Heals rows from GitHub's record.
pub struct Reconciler {
    store: Arc<dyn Store>,
    github: Client,
    apps: Apps,
    clock: SharedClock,
    /// From one pass to the next by the timer: [`PERIOD`], but in a rehearsal.
    pub period: Duration,
    /// Runs that ended and do not say how.
    skipped_runs: SkippedRuns,
    /// Runs that claim a deploy and are not ours, for the board.
    pub claims: Claims,
    /// Where it says that GitHub asks about its gate.
    pub wake: Wake,
    /// Who may review runs that wait, and what was said, for pages.
    pub reviews: Reviews,
    /// Down to which run those of each app are known.
    horizons: Horizons,
    /// When the runs of each app were last looked through.
    last_looks: LastLooks,
    /// Attempts of runs that were looked at.
    seen_attempts: SeenAttempts,
    /// How old rows are.
    ages: Ages,
}

/// What a pass did.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Pass {
    /// Rows that it changed.
    pub changed: usize,
    /// Deploys whose run was asked to be cancelled or is about to end, and which GitHub does not say of it.
    pub awaits_cancellation: HashSet<DeployId>,
}

impl Pass {
    fn and(mut self, other: Self) -> Self {
        self.changed += other.changed;
        self.awaits_cancellation.extend(other.awaits_cancellation);
        self
    }
}

/// Why a pass is made.
enum PassKind {
    Timer,
    These(Due),
    /// Of runs that were read a little before.
    SecondLook(HashSet<TouchedRun>),
    /// GitHub has not confirmed a cancellation.
    Cancelling,
}

impl Reconciler {
    /// A reconciler of these rows, with GitHub's record of the runs of these apps.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, github: Client, apps: Apps, clock: SharedClock) -> Self {
        Self {
            store,
            github,
            apps,
            clock,
            period: PERIOD,
            skipped_runs: SkippedRuns::default(),
            claims: Claims::default(),
            reviews: Reviews::default(),
            wake: Wake::default(),
            horizons: Horizons::default(),
            last_looks: LastLooks::default(),
            seen_attempts: SeenAttempts::default(),
            ages: Ages::default(),
        }
    }

    /// Passes by the timer, over every live row; and by nudges, over those that were nudged. Neither delays the timer.
    pub async fn run(&self, wake: &Wake) {
        let mut timer = interval(self.period);
        timer.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut rest = Box::pin(sleep(Duration::ZERO));
        let (mut cancelling, mut second_looks) = (HashSet::new(), SecondLooks::default());
        loop {
            let due = tokio::select! {
                _ = timer.tick() => PassKind::Timer,
                nudged = async { rest.as_mut().await; wake.taken().await } => PassKind::These(nudged),
                runs = second_looks.taken() => PassKind::SecondLook(runs),
                () = sleep(HASTY_PERIOD), if !cancelling.is_empty() => PassKind::Cancelling,
            };
            let pass = match due {
                PassKind::Timer => {
                    self.import_due(|app, now| wake.is_told_of(&app.repo, now)).await;
                    let ended = self.ended_among(&cancelling).await;
                    self.pass().await.map(|pass| pass.and(ended))
                }
                PassKind::These(due) => {
                    let pass = self.pass_over_due(&due, &cancelling).await;
                    second_looks.add(due.runs);
                    rest = Box::pin(sleep(NUDGE_PERIOD));
                    pass
                }
                PassKind::SecondLook(runs) => {
                    self.pass_over_due(&Due { runs, ..Due::default() }, &cancelling).await
                }
                PassKind::Cancelling => self.pass_over(cancelling.clone()).await,
            };
            match pass {
                Ok(pass) => cancelling = pass.awaits_cancellation,
                Err(error) => tracing::warn!(%error, "reconciler: the rows cannot be read"),
            }
        }
    }

    /// One pass.
    ///
    /// # Errors
    /// If the live rows cannot be read. What goes wrong with one row does not keep it from the next.
    pub async fn pass(&self) -> Result<Pass, StoreError> {
        let filter = DeployFilter { status: StatusFilter::Live, limit: BATCH, ..DeployFilter::default() };
        Ok(self.heal_each(self.store.deploys(&filter).await?).await)
    }

    /// One pass over these rows alone.
    ///
    /// # Errors
    /// If they cannot be read.
    pub async fn pass_over(&self, ids: HashSet<DeployId>) -> Result<Pass, StoreError> {
        let (mut rows, mut of_ended) = (Vec::new(), Pass::default());
        for id in ids {
            match self.store.deploy(id).await? {
                Some(ended) if ended.status.is_terminal() => {
                    of_ended = of_ended.and(self.follow_ended(&ended).await);
                }
                live => rows.extend(live),
            }
        }
        Ok(self.heal_each(rows).await.and(of_ended))
    }

    /// One pass over what was nudged, and what is being cancelled.
    async fn pass_over_due(&self, due: &Due, cancelling: &HashSet<DeployId>) -> Result<Pass, StoreError> {
        let mut ids = self.rows_of(&due.runs).await?;
        ids.extend(due.ids.iter().chain(cancelling));
        self.pass_over(ids).await
    }

    async fn heal_each(&self, rows: Vec<StoredDeploy>) -> Pass {
        let healed = stream::iter(rows).map(async |row| {
            let (id, is_cancelled) = (row.id, row.cancellation.is_some());
            let healed = self.heal(row).await.unwrap_or_else(|error| {
                tracing::info!(deploy_id = %id, %error, "reconciler: left as it is");
                Healed::NOTHING
            });
            if healed.ended {
                self.ages.forget(id);
            }
            let awaits_cancellation = (is_cancelled && !healed.ended).then_some(id);
            Pass {
                changed: usize::from(healed.changed),
                awaits_cancellation: awaits_cancellation.into_iter().collect(),
            }
        });
        healed.buffer_unordered(AT_A_TIME).fold(Pass::default(), async |all, row| all.and(row)).await
    }
}
