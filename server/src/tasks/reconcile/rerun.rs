//! Runs that were run again on GitHub after their deploy had ended. Each later attempt is a deploy of its own: the
//! verdict of the first stands, and what is live follows the later one.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

use app::domain::{DeployId, GitRef, Status};
use github::{ListedRun, Progress, ReadError, Run};
use runtime::ids::uuid_of;
use store::{Import, ImportOutcome, StoredDeploy};

use super::{
    Reconciler,
    evidence::Record,
    heal::{HealError, RECONCILER},
    import::says_how_it_ended,
};
use crate::config::AppConfig;

/// Attempts of one run that are taken in one pass. Each costs two requests.
const AT_A_PASS: usize = 5;

/// Attempts that need no second look: they are deploys, or do not say how they ended.
#[derive(Debug, Default)]
pub(super) struct SeenAttempts(Mutex<HashSet<(i64, i64)>>);

impl SeenAttempts {
    fn has(&self, run: &Run) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(&(run.id, run.run_attempt))
    }

    fn add(&self, run: i64, attempt: i64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert((run, attempt));
    }
}

/// The deploys of a run: the first, and how many attempts they cover.
struct Covered {
    first: StoredDeploy,
    attempts: i64,
}

impl Covered {
    /// None, if the run has no deploy, or one that has not ended and so follows the run itself.
    fn by(deploys: Vec<StoredDeploy>) -> Option<Self> {
        if deploys.iter().any(|deploy| !deploy.status.is_terminal()) {
            return None;
        }
        let attempts = deploys.iter().map(|deploy| deploy.attempt).max()?;
        let first = deploys.into_iter().min_by_key(|deploy| deploy.attempt)?;
        Some(Self { first, attempts })
    }
}

impl Reconciler {
    /// Takes later attempts of these runs of an app. Answers how many became deploys.
    pub(super) async fn reruns(&self, app: &AppConfig, runs: Vec<Run>) -> Result<usize, HealError> {
        let mut new = 0;
        for run in runs.into_iter().filter(|run| !self.seen_attempts.has(run)) {
            new += self.reruns_of(app, run).await?;
        }
        Ok(new)
    }

    async fn reruns_of(&self, app: &AppConfig, run: Run) -> Result<usize, HealError> {
        let Some(covered) = Covered::by(self.store.deploys_of_run(run.id).await?) else { return Ok(0) };
        // The run may be one of another app that shares the workflow.
        if covered.first.app != app.name {
            return Ok(0);
        }
        let mut new = 0;
        for attempt in (covered.attempts + 1..=run.run_attempt).take(AT_A_PASS) {
            match self.rerun(app, &covered.first, run.id, attempt).await? {
                ImportOutcome::New => new += 1,
                ImportOutcome::Known => {}
                // It has to wait, and those after it.
                ImportOutcome::Busy => return Ok(new),
            }
        }
        if covered.attempts >= run.run_attempt {
            self.seen_attempts.add(run.id, run.run_attempt);
        }
        Ok(new)
    }

    /// Makes a deploy of an attempt, unless it has to wait, or has ended and does not say how.
    async fn rerun(
        &self,
        app: &AppConfig,
        first: &StoredDeploy,
        run: i64,
        attempt: i64,
    ) -> Result<ImportOutcome, HealError> {
        let listed = self.github.attempt(&app.repo, run, attempt).await?;
        let Some(git_ref) = first.git_ref.parse().ok() else { return Ok(ImportOutcome::Known) };
        let record = self.record_of_attempt(app, &listed, attempt).await?;
        if listed.run.status == Progress::Completed && !says_how_it_ended(&record, app) {
            tracing::info!(app = app.name, run, attempt, "an attempt ended, and its jobs do not say how");
            return Ok(ImportOutcome::Known);
        }
        let import = self.rerun_draft(app, first, git_ref, (listed, attempt));
        let imported = self.store.import(&import).await?;
        if imported == ImportOutcome::New {
            tracing::info!(deploy_id = %import.id, app = app.name, run, attempt, "a run was run again: that is a deploy of its own");
            if let Some(row) = self.store.deploy(import.id).await? {
                self.heal_by(&row, Status::Dispatched, app, &record).await?;
            }
        }
        Ok(imported)
    }

    async fn record_of_attempt(
        &self,
        app: &AppConfig,
        listed: &ListedRun,
        attempt: i64,
    ) -> Result<Record, ReadError> {
        let jobs = self.github.attempt_jobs(&app.repo, listed.run.id, attempt).await?;
        Ok(Record { run: listed.run.clone(), jobs, newer: None, stopped: None, overdue: None })
    }

    fn rerun_draft(
        &self,
        app: &AppConfig,
        first: &StoredDeploy,
        git_ref: GitRef,
        (listed, attempt): (ListedRun, i64),
    ) -> Import {
        let run = self.github.run_ref(&app.repo, listed.run.id);
        let has_ended = listed.run.status == Progress::Completed;
        Import {
            id: DeployId::new(uuid_of(&format!("{}/attempts/{attempt}", run.url))),
            app: first.app.clone(),
            environment: first.environment.clone(),
            // What a branch named may be another commit by now. A commit stays itself.
            commit: GitRef::as_str(&git_ref).parse().ok(),
            git_ref,
            ended_at: has_ended.then_some(listed.updated_at),
            started_by: listed.started_by().unwrap_or("somebody").to_owned(),
            started_at: listed.started_at(),
            event: listed.event,
            run,
            rerun: Some((attempt, first.id)),
            actor: RECONCILER.to_owned(),
            at: self.clock.now(),
        }
    }
}
