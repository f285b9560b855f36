//! Runs that the console did not start: a push that deploys, a workflow that was run by hand. The board has to show
//! what is really deployed, so they become deploys, with an origin of their own.
//!
//! A run is imported if its title says what goes where, and if it runs our workflow: see `claims`. One that has ended is imported if its record says how; it is
//! not announced, because it is not news. While a deploy of the same environment is under way it has to wait: GitHub
//! runs them one after the other, too.

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, PoisonError},
};

use app::domain::{Commit, DeployId, GitRef, Status, Timestamp};
use futures::{StreamExt, stream};
use github::{ListedRun, Progress};
use jiff::SignedDuration;
use runtime::ids::uuid_of;
use store::{CandidateRun, Import, ImportOutcome};

use super::{
    AT_A_TIME, Reconciler,
    claims::{claims, not_ours},
    evidence::{self, Record},
    heal::{HealError, RECONCILER},
    title::Title,
};
use crate::config::AppConfig;

/// Runs of one app that are taken in one pass. Each costs a request, and a new console has many before it.
const AT_A_PASS: usize = 5;
/// From one look through the runs of an app to the next, where GitHub tells of new ones: for those of which it did not.
const IDLE_PERIOD: SignedDuration = SignedDuration::from_mins(10);
/// What GitHub says of a run for a push. Its commit is the one that was pushed. That of any other run is of the
/// workflow file: which one is deployed is for the workflow to decide.
const PUSH: &str = "push";

/// Runs that ended and whose record does not say how the deploy did. There is no use in reading them again.
#[derive(Debug, Default)]
pub(super) struct SkippedRuns(Mutex<HashSet<i64>>);

impl SkippedRuns {
    fn has(&self, run: i64) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(&run)
    }

    fn add(&self, run: i64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(run);
    }
}

/// The run of each app down to which its runs are known: those after it are read, however many there are.
#[derive(Debug, Default)]
pub(super) struct Horizons(Mutex<HashMap<String, i64>>);

impl Horizons {
    fn of(&self, app: &AppConfig) -> Option<i64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&app.name).copied()
    }

    fn set(&self, app: &AppConfig, run: Option<i64>) {
        if let Some(run) = run {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(app.name.clone(), run);
        }
    }
}

/// When the runs of each app were last looked through with nothing left to do.
#[derive(Debug, Default)]
pub(super) struct LastLooks(Mutex<HashMap<String, Timestamp>>);

impl LastLooks {
    fn is_due(&self, app: &AppConfig, now: Timestamp) -> bool {
        let looks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        looks.get(&app.name).is_none_or(|at| now.duration_since(*at) >= IDLE_PERIOD)
    }

    fn set(&self, app: &AppConfig, at: Option<Timestamp>) {
        let mut looks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match at {
            Some(at) => looks.insert(app.name.clone(), at),
            None => looks.remove(&app.name),
        };
    }
}

/// A run whose title says what goes where.
pub(super) struct ImportCandidate {
    pub(super) listed: ListedRun,
    pub(super) title: Title,
}

impl ImportCandidate {
    fn of(app: &AppConfig, is_shared: bool, listed: ListedRun) -> Option<Self> {
        let title = Title::read(&listed.display_title).filter(|title| title.is_of(&app.name, is_shared))?;
        let is_here = app.environments.iter().any(|environment| environment.name == title.environment);
        is_here.then_some(Self { listed, title })
    }

    const fn id(&self) -> i64 {
        self.listed.run.id
    }

    pub(super) fn has_ended(&self) -> bool {
        self.listed.run.status == Progress::Completed
    }

    fn suspect(&self) -> CandidateRun {
        CandidateRun { run: self.id(), named: self.title.deploy }
    }

    /// The commit that is deployed, if this can be known.
    fn commit(&self) -> Option<Commit> {
        let pushed = (self.listed.event == PUSH).then_some(self.listed.head_sha.as_str());
        pushed.unwrap_or(GitRef::as_str(&self.title.git_ref)).parse().ok()
    }
}

impl Reconciler {
    /// One pass over the runs of every app. Answers how many became deploys. What goes wrong with one app does not
    /// keep it from the next.
    pub async fn import(&self) -> usize {
        self.import_due(|_, _| false).await
    }

    /// The same, but of apps of whose runs GitHub tells, only over those whose turn has come.
    pub(super) async fn import_due(&self, is_told_of: impl Fn(&AppConfig, Timestamp) -> bool) -> usize {
        let now = self.clock.now();
        let is_due = |app: &&AppConfig| !is_told_of(app, now) || self.last_looks.is_due(app, now);
        let apps = stream::iter(self.apps.iter().filter(is_due).cloned().collect::<Vec<_>>());
        let imported = apps.map(async |app| self.import_app(&app).await);
        imported.buffer_unordered(AT_A_TIME).fold(0, async |all, one| all + one).await
    }

    /// Looks through the runs of one app. Answers how many became deploys.
    pub(super) async fn import_app(&self, app: &AppConfig) -> usize {
        self.import_of(app).await.unwrap_or_else(|error| {
            tracing::info!(app = app.name, %error, "its runs could not be looked through");
            self.last_looks.set(app, None);
            0
        })
    }

    async fn import_of(&self, app: &AppConfig) -> Result<usize, HealError> {
        let listed = self.github.recent_runs(&app.repo, &app.workflow, self.horizons.of(app)).await?;
        let newest = listed.iter().map(|listed| listed.run.id).max();
        let again =
            listed.iter().filter(|listed| listed.run.run_attempt > 1).map(|listed| listed.run.clone());
        let reruns = self.reruns(app, again.collect()).await?;
        let is_shared = self.apps.shares_workflow(app);
        let found = listed.into_iter().filter_map(|run| ImportCandidate::of(app, is_shared, run));
        let found: Vec<_> = found.filter(|found| !self.skipped_runs.has(found.id())).collect();
        let unclaimed =
            self.store.unclaimed_runs(found.iter().map(ImportCandidate::suspect).collect()).await?;
        let unclaimed: HashSet<i64> = unclaimed.into_iter().collect();
        let (mut ours, mut others) = (Vec::new(), Vec::new());
        for found in found {
            match not_ours(app, &found.listed) {
                None if unclaimed.contains(&found.id()) => ours.push(found),
                None => {}
                Some(origin) => others.push((found, origin)),
            }
        }
        let url = |run| self.github.run_ref(&app.repo, run).url;
        self.claims.replace(app, claims(others, &unclaimed, url));
        let (new, waiting) = self.import_each(app, ours).await?;
        self.last_looks.set(app, waiting.is_none().then(|| self.clock.now()));
        self.horizons.set(app, waiting.map(|waiting| waiting - 1).or(newest));
        Ok(new + reruns)
    }

    /// Takes those that can be taken now. Answers how many, and the oldest of those that have to wait.
    async fn import_each(
        &self,
        app: &AppConfig,
        mut found: Vec<ImportCandidate>,
    ) -> Result<(usize, Option<i64>), HealError> {
        // The newest first; but what has ended needs its place for a moment only, and goes before what has not.
        found.sort_by_key(|found| !found.has_ended());
        let (mut new, mut busy, mut waiting) = (0, HashSet::new(), None);
        let mut waits = |run: i64| waiting = Some(waiting.map_or(run, |oldest: i64| oldest.min(run)));
        for found in found {
            let (run, environment) = (found.id(), found.title.environment.clone());
            if new == AT_A_PASS || busy.contains(&environment) {
                waits(run);
                continue;
            }
            match self.import_one(app, found).await? {
                ImportOutcome::New => new += 1,
                // Other runs for this environment have to wait as well; the other environments do not.
                ImportOutcome::Busy => {
                    waits(run);
                    busy.insert(environment);
                }
                ImportOutcome::Known => {}
            }
        }
        Ok((new, waiting))
    }

    /// Makes a deploy of a run, unless it has to wait. One that does not say how it ended is as good as known: there
    /// is nothing to be made of it.
    async fn import_one(&self, app: &AppConfig, found: ImportCandidate) -> Result<ImportOutcome, HealError> {
        let record = if found.has_ended() {
            let record = self.record(found.listed.run.clone(), app, &found.title.environment, false).await?;
            if !says_how_it_ended(&record, app) {
                tracing::info!(
                    app = app.name,
                    run = found.id(),
                    "a run that nobody asked for ended, and its jobs do not say how"
                );
                self.skipped_runs.add(found.id());
                return Ok(ImportOutcome::Known);
            }
            Some(record)
        } else {
            None
        };
        let import = self.draft(app, found);
        let imported = self.store.import(&import).await?;
        if imported != ImportOutcome::New {
            return Ok(imported);
        }
        tracing::info!(deploy_id = %import.id, app = app.name, run = import.run.id, "a run that nobody asked for is a deploy now");
        if let (Some(record), Some(row)) = (record, self.store.deploy(import.id).await?) {
            self.heal_by(&row, Status::Dispatched, app, &record).await?;
        }
        Ok(ImportOutcome::New)
    }

    fn draft(&self, app: &AppConfig, found: ImportCandidate) -> Import {
        let run = self.github.run_ref(&app.repo, found.id());
        let ended_at = found.has_ended().then_some(found.listed.updated_at);
        Import {
            id: DeployId::new(uuid_of(&run.url)),
            app: app.name.clone(),
            commit: found.commit(),
            environment: found.title.environment,
            git_ref: found.title.git_ref,
            event: found.listed.event,
            ended_at,
            started_by: found.listed.actor.map_or_else(|| "somebody".to_owned(), |actor| actor.login),
            started_at: found.listed.created_at,
            run,
            rerun: None,
            actor: RECONCILER.to_owned(),
            at: self.clock.now(),
        }
    }
}

pub(super) fn says_how_it_ended(record: &Record, app: &AppConfig) -> bool {
    let path = evidence::path(Status::Dispatched, record.proofs(&app.jobs));
    path.last().is_some_and(|proof| proof.status.is_terminal())
}
