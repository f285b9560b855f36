//! The reconciler: what GitHub recorded and the console missed.
//!
//! One pass takes no input and is idempotent. It reads every live row, asks GitHub about each, and walks the
//! row forward along legal edges with what it found as evidence. A timer and a nudge start passes, so that
//! recovery from a lost callback, a crash or an outage is always the same code.
//!
//! It never overwrites: every step is a compare-and-swap, and a callback that was quicker has won. Only past
//! an environment's deadline does it write `timed_out`.

pub mod evidence;

use std::{sync::Arc, time::Duration};

use app::domain::{DeployId, Source, Status, transition};
use jiff::SignedDuration;
use tokio::sync::Notify;

use self::evidence::{Proof, proofs};
use crate::{
    clock::SharedClock,
    config::{AppConfig, Apps, EnvironmentConfig},
    github::{Client, FoundRun, ReadError},
    store::{Advance, Advanced, Attach, DeployFilter, RunRef, StatusFilter, Store, StoreError, StoredDeploy},
};

/// From one pass to the next, if nobody nudges.
const PERIOD: Duration = Duration::from_secs(60);
/// Live rows that one pass looks at.
const BATCH: u32 = 1_000;
/// GitHub's lists lag by seconds to minutes. A request whose run they do not show after this never started
/// one.
const LOOKUP_LAG: SignedDuration = SignedDuration::from_mins(10);
/// Who acts, for the journal.
const RECONCILER: &str = "reconciler";

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
}

/// Why a row was left as it is this time.
#[derive(Debug, thiserror::Error)]
enum Left {
    #[error(transparent)]
    GitHub(#[from] ReadError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Reconciler {
    /// Passes by timer and nudge, until it is dropped.
    pub async fn run(&self, nudge: &Nudge) {
        let mut timer = tokio::time::interval(PERIOD);
        loop {
            tokio::select! {
                _ = timer.tick() => {}
                () = nudge.0.notified() => {}
            }
            if let Err(error) = self.pass().await {
                tracing::warn!(%error, "reconciler: the rows cannot be read");
            }
        }
    }

    /// One pass. Answers how many rows it changed.
    ///
    /// # Errors
    /// If the live rows cannot be read. What goes wrong with one row does not keep it from the next.
    pub async fn pass(&self) -> Result<usize, StoreError> {
        let filter = DeployFilter { status: StatusFilter::Live, limit: BATCH, ..DeployFilter::default() };
        let mut changed = 0;
        for row in self.store.deploys(&filter).await? {
            let id = row.id;
            match self.heal(row).await {
                Ok(did_change) => changed += usize::from(did_change),
                Err(error) => tracing::info!(deploy_id = %id, %error, "reconciler: left as it is"),
            }
        }
        Ok(changed)
    }

    async fn heal(&self, row: StoredDeploy) -> Result<bool, Left> {
        // A status of a newer build is for the newer build to move.
        let Some(status) = row.status.known() else { return Ok(false) };
        let Some((app, environment)) = self.apps.find(&row.app, &row.environment) else { return Ok(false) };
        let read = self.heal_from_github(&row, status, app).await;
        let overdue = self.is_overdue(&row, environment);
        match read {
            Ok(Healed { changed, ended: false }) if overdue => {
                Ok(self.time_out(row.id, environment).await? || changed)
            }
            Ok(healed) => Ok(healed.changed),
            Err(Left::GitHub(_)) if overdue => Ok(self.time_out(row.id, environment).await?),
            Err(error) => Err(error),
        }
    }

    async fn heal_from_github(
        &self,
        row: &StoredDeploy,
        status: Status,
        app: &AppConfig,
    ) -> Result<Healed, Left> {
        let (run, status, found) = match &row.run {
            Some(run) if status != Status::Requested => (run.clone(), status, false),
            _ => match self.find(row, status, app).await? {
                Lookup::Found(run) => (run, Status::Dispatched.max(status), true),
                Lookup::Ended => return Ok(Healed { changed: true, ended: true }),
                Lookup::Nothing => return Ok(Healed { changed: false, ended: false }),
            },
        };
        let record = self.github.run(&app.repo, run.id).await?;
        let jobs = self.github.jobs(&app.repo, run.id).await?;
        let healed = self.walk(row.id, status, proofs(&record, &jobs, &app.jobs)).await?;
        Ok(Healed { changed: healed.changed || found, ..healed })
    }

    /// Finds the run of a row that does not know it, and writes it down.
    async fn find(&self, row: &StoredDeploy, status: Status, app: &AppConfig) -> Result<Lookup, Left> {
        let found = self.github.find_run(&app.repo, &app.workflow, row.id, row.requested_at).await?;
        match found {
            FoundRun::One(run) => {
                let evidence = run.title_evidence();
                if status == Status::Requested {
                    let advance =
                        Advance { run: Some(run.clone()), ..self.edge(row.id, Status::Dispatched, evidence) };
                    self.store.advance(&advance).await?;
                } else {
                    let attach = Attach {
                        id: row.id,
                        run: run.clone(),
                        evidence,
                        actor: RECONCILER.to_owned(),
                        at: self.clock.now(),
                    };
                    self.store.attach_run(&attach).await?;
                }
                Ok(Lookup::Found(run))
            }
            FoundRun::Several => {
                tracing::warn!(deploy_id = %row.id, "two runs carry this deploy id: none is taken");
                Ok(Lookup::Nothing)
            }
            FoundRun::None
                if status == Status::Requested
                    && self.clock.now().duration_since(row.requested_at) > LOOKUP_LAG =>
            {
                let never = Advance {
                    log_line: Some("GitHub never started a run for this request.".to_owned()),
                    ..self.edge(
                        row.id,
                        Status::Failed,
                        "GitHub lists no run with the deploy id in its title".to_owned(),
                    )
                };
                self.store.advance(&never).await?;
                Ok(Lookup::Ended)
            }
            FoundRun::None => Ok(Lookup::Nothing),
        }
    }

    /// Walks the row along every edge that is proved and legal.
    async fn walk(&self, id: DeployId, from: Status, proofs: Vec<Proof>) -> Result<Healed, Left> {
        let mut current = from;
        let mut changed = false;
        for proof in proofs {
            if !transition::allowed(current, proof.status, Source::Reconciler) {
                continue;
            }
            let edge = Advance {
                log_line: proof.log_line,
                failure_stage: proof.stage,
                ..self.edge(id, proof.status, proof.evidence)
            };
            match self.store.advance(&edge).await? {
                Advanced::Moved => {
                    (current, changed) = (proof.status, true);
                }
                // Somebody was quicker. The next pass sees what became of it.
                Advanced::Refused(_) | Advanced::Missing => break,
            }
        }
        Ok(Healed { changed, ended: current.is_terminal() })
    }

    fn is_overdue(&self, row: &StoredDeploy, environment: &EnvironmentConfig) -> bool {
        self.clock.now().duration_since(row.requested_at) > environment.deadline
    }

    async fn time_out(&self, id: DeployId, environment: &EnvironmentConfig) -> Result<bool, Left> {
        let minutes = environment.deadline.as_mins();
        let edge = Advance {
            log_line: Some(format!("No event ended it within its deadline of {minutes} min.")),
            ..self.edge(id, Status::TimedOut, "deadline".to_owned())
        };
        Ok(self.store.advance(&edge).await? == Advanced::Moved)
    }

    fn edge(&self, id: DeployId, to: Status, evidence: String) -> Advance {
        Advance {
            id,
            to,
            source: Source::Reconciler,
            actor: RECONCILER.to_owned(),
            log_line: None,
            evidence: Some(evidence),
            failure_stage: None,
            run: None,
            at: self.clock.now(),
        }
    }
}

/// What healing a row did.
#[derive(Clone, Copy, Debug)]
struct Healed {
    changed: bool,
    ended: bool,
}

/// What looking for the run of a row brought.
enum Lookup {
    Found(RunRef),
    Ended,
    Nothing,
}
