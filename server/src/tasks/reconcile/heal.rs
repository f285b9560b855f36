//! Healing one row: GitHub's record of its run is read, and the row walked along what that proves.

use app::{
    domain::{DeployId, ProtectionState, RunRef, RunReport, RunState, Source, Status, Timestamp},
    text::protection::decision_text,
};
use github::{FoundRun, ListedRun, ReadError, Rejection, Run, SoughtRun};
use jiff::SignedDuration;
use store::{Actor, Advance, Advanced, AttachRun, Note, Noted, ProtectionFilter, StoreError, StoredDeploy};

use super::{
    Reconciler, deadline,
    evidence::{self, Proof, Record, Stopped},
    title::Title,
};
use crate::{config::AppConfig, service::protection_view};

/// GitHub's lists lag by seconds to minutes. A request whose run they do not show after this never started
/// one.
const LOOKUP_LAG: SignedDuration = SignedDuration::from_mins(10);
/// For how long after a report of the workflow GitHub's record may still say that its run is queued.
const RECORD_LAG: SignedDuration = SignedDuration::from_mins(1);
/// Pages of GitHub's list that are read for one row, down to the time of its request.
const PAGES: usize = 10;
/// Who acts, for the journal.
pub(super) const RECONCILER: &str = "reconciler";

/// Why a row was left as it is this time.
#[derive(Debug, thiserror::Error)]
pub(super) enum HealError {
    #[error(transparent)]
    GitHub(#[from] ReadError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Reconciler {
    /// Heals one row, as far as GitHub's record goes.
    pub(super) async fn heal(&self, row: StoredDeploy) -> Result<Healed, HealError> {
        // A status of a newer build is for the newer build to move.
        let Some(status) = row.status.known() else { return Ok(Healed::NOTHING) };
        // GitHub was not asked for it, and no time runs but that for its approvals.
        if row.awaits_approval() {
            return Ok(Healed::NOTHING);
        }
        let Some((app, environment)) = self.apps.find(&row.app, &row.environment) else {
            return Ok(Healed::NOTHING);
        };
        let read = self.heal_from_github(&row, status, app).await;
        self.with_deadline(row, app, environment, read).await
    }

    async fn heal_from_github(
        &self,
        row: &StoredDeploy,
        status: Status,
        app: &AppConfig,
    ) -> Result<Healed, HealError> {
        let (run, status, found) = match &row.run {
            Some(run) if status != Status::Requested => (run.clone(), status, false),
            // The cancel request has found its run.
            Some(run) => {
                self.take(row, status, run).await?;
                (run.clone(), Status::Dispatched, true)
            }
            None => match self.find(row, status, app).await? {
                Lookup::Found(run) => (run, Status::Dispatched.max(status), true),
                Lookup::Ended => return Ok(Healed { changed: true, ended: true, state: None }),
                Lookup::Nothing { changed } => return Ok(Healed { changed, ended: false, state: None }),
            },
        };
        let is_cancelled = row.cancellation.is_some();
        let record = match self.github.run(&app.repo, run.id).await {
            Err(ReadError::NotFound) => return self.missing(row, found).await,
            read => read?,
        };
        let record = self.record(record, app, &row.environment, is_cancelled).await?;
        let record = Record { overdue: row.overdue.map(|(_, why)| why), ..record };
        let healed = self.heal_by(row, status, app, &record).await?;
        self.read_reviews(row, app, &record.run, &healed).await;
        Ok(Healed { changed: healed.changed || found, ..healed })
    }

    /// GitHub has no record of the run. That proves nothing of the deploy, and is said.
    async fn missing(&self, row: &StoredDeploy, found: bool) -> Result<Healed, HealError> {
        let attempt = row.run_seen.and_then(|seen| seen.report.attempt);
        let report = RunReport::new(RunState::Missing, attempt);
        let noted = is_news(row, report, self.clock.now()) && self.note(row.id, report).await?;
        Ok(Healed { changed: noted || found, ended: false, state: None })
    }

    /// Walks a row along what the record proves, and notes what it says beside that.
    pub(super) async fn heal_by(
        &self,
        row: &StoredDeploy,
        status: Status,
        app: &AppConfig,
        record: &Record,
    ) -> Result<Healed, HealError> {
        let attempt = Some(record.run.run_attempt);
        let path = evidence::path(status, record.proofs(&app.jobs));
        let ends = path.last().is_some_and(|proof| proof.status.is_terminal());
        // The run was cancelled, and its jobs say something else: why the deploy does not end has to be said.
        let contradicts_itself = record.state() == RunState::Cancelled && !ends && !status.is_terminal();
        let state = if contradicts_itself { RunState::Ended } else { record.state() };
        let report = RunReport { superseded_by: record.newer, ..RunReport::new(state, attempt) };
        // What is said of a run stands as long as nothing is newer; of a deploy that has ended less is noted.
        let is_news = is_news(row, report, self.clock.now());
        let noted = is_news && ends && self.note(row.id, report).await?;
        let healed = self.walk(row, path).await?;
        let noted = noted || is_news && !ends && self.note(row.id, report).await?;
        // Nothing more will come of the run, and nothing in its record ends the deploy: that has to be said.
        let is_left = !healed.ended && report.state == RunState::Ended;
        let noted = noted || (is_left && self.note(row.id, report).await?);
        Ok(Healed { changed: healed.changed || noted, state: Some(report.state), ..healed })
    }

    /// The whole record of a run for an environment; whether the console asked GitHub to cancel it.
    pub(super) async fn record(
        &self,
        run: Run,
        app: &AppConfig,
        environment: &str,
        is_cancelled: bool,
    ) -> Result<Record, HealError> {
        let jobs = self.github.jobs(&app.repo, run.id).await?;
        let mut record = Record { run, jobs, newer: None, stopped: None, overdue: None };
        if record.never_began() && !is_cancelled {
            record.newer = self.newer_run(app, environment, record.run.id).await?;
        }
        if record.may_be_rejected() {
            let by_console = self.stopped_at_gate(app, record.run.id).await?;
            record.stopped = match by_console {
                Some(reason) => Some(Stopped::AtGate(reason)),
                None => self.rejection(app, record.run.id).await?.map(Stopped::ByReviewer),
            };
        }
        Ok(record)
    }

    /// The newest run of the same app for the same environment, if it is newer than this one. Another one takes no place
    /// from it.
    async fn newer_run(
        &self,
        app: &AppConfig,
        environment: &str,
        than: i64,
    ) -> Result<Option<i64>, ReadError> {
        let runs = self.github.recent_runs(&app.repo, &app.workflow, Some(than)).await?;
        let is_shared = self.apps.shares_workflow(app);
        let is_of_this = |title: Title| title.environment == environment && title.is_of(&app.name, is_shared);
        let is_here = |listed: &&ListedRun| {
            listed.run.id > than && Title::read(&listed.display_title).is_some_and(is_of_this)
        };
        Ok(runs.iter().find(is_here).map(|listed| listed.run.id))
    }

    /// Why the console itself told GitHub to stop a run, if it did.
    async fn stopped_at_gate(&self, app: &AppConfig, run: i64) -> Result<Option<String>, StoreError> {
        let asked =
            ProtectionFilter { run: Some((app.repo.clone(), run)), limit: 1, ..ProtectionFilter::default() };
        let newest = self.store.protection_requests(&asked).await?.pop();
        let rejected = newest.filter(|asked| matches!(asked.state, ProtectionState::Rejected { .. }));
        Ok(rejected.map(|asked| decision_text(&protection_view(asked, &self.github))))
    }

    /// Why the approval was rejected, as far as GitHub says. A token that may not read approvals hides the reason, not the
    /// end of the run.
    async fn rejection(&self, app: &AppConfig, run: i64) -> Result<Option<Rejection>, ReadError> {
        match self.github.rejection(&app.repo, run).await {
            Err(ReadError::NotFound | ReadError::NotLetIn(_) | ReadError::Unusable(_)) => Ok(None),
            read @ (Ok(_) | Err(ReadError::Limited(_))) => read,
        }
    }

    /// Notes what the record says beside what it proves. Answers whether that is new.
    async fn note(&self, id: DeployId, report: RunReport) -> Result<bool, StoreError> {
        let note =
            Note { id, what: Noted::Run(report), actor: Actor::named(RECONCILER), at: self.clock.now() };
        Ok(self.store.note(&note).await? == Advanced::Moved)
    }

    /// Finds the run of a row that does not know it, and writes it down.
    async fn find(&self, row: &StoredDeploy, status: Status, app: &AppConfig) -> Result<Lookup, HealError> {
        let sought = SoughtRun {
            repo: &app.repo,
            workflow: &app.workflow,
            deploy: row.id,
            requested_at: row.released_at(),
        };
        let found = self.github.find_run(sought, PAGES).await?;
        match found {
            FoundRun::One(run) => {
                self.take(row, status, &run).await?;
                Ok(Lookup::Found(run))
            }
            FoundRun::Several => {
                let note = Note::ambiguous(row.id, RECONCILER, self.clock.now());
                let changed = self.store.note(&note).await? == Advanced::Moved;
                Ok(Lookup::Nothing { changed })
            }
            FoundRun::None
                if status == Status::Requested && self.age(row, row.released_at()) > LOOKUP_LAG =>
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
            FoundRun::None => Ok(Lookup::Nothing { changed: false }),
        }
    }

    /// Writes down that this is the run of the row, and so that GitHub accepted it.
    async fn take(&self, row: &StoredDeploy, status: Status, run: &RunRef) -> Result<(), StoreError> {
        let (id, run, evidence) = (row.id, run.clone(), run.title_evidence());
        if status == Status::Requested {
            let edge = self.edge(id, Status::Dispatched, evidence);
            self.store.advance(&Advance { run: Some(run), ..edge }).await?;
        } else {
            let (actor, at) = (RECONCILER.to_owned(), self.clock.now());
            self.store.attach_run(&AttachRun { id, run, evidence, actor, at }).await?;
        }
        Ok(())
    }

    /// Walks the row along a path that is proved and legal.
    async fn walk(&self, row: &StoredDeploy, path: Vec<Proof>) -> Result<Healed, HealError> {
        let mut healed = Healed::NOTHING;
        for proof in path {
            let edge = Advance {
                log_line: proof.log_line,
                failure_stage: proof.stage,
                past: row.origin.past(),
                ..self.edge(row.id, proof.status, proof.evidence)
            };
            match self.store.advance(&edge).await? {
                Advanced::Moved => {
                    healed = Healed { changed: true, ended: proof.status.is_terminal(), ..healed }
                }
                // Another writer was quicker. The next pass sees the result.
                Advanced::Refused(_) | Advanced::Missing => break,
            }
        }
        Ok(healed)
    }

    pub(super) fn edge(&self, id: DeployId, to: Status, evidence: String) -> Advance {
        Advance {
            id,
            to,
            source: Source::Reconciler,
            actor: RECONCILER.to_owned(),
            log_line: None,
            evidence: Some(evidence),
            failure_stage: None,
            run: None,
            past: None,
            at: self.clock.now(),
        }
    }
}

/// Whether this is worth an entry by itself. That a first attempt runs, or has ended, goes without saying.
fn is_news(row: &StoredDeploy, report: RunReport, now: Timestamp) -> bool {
    let said = row.run_seen.map(|seen| seen.report);
    let has_reported = deadline::last_report(row).is_some_and(|at| now.duration_since(at) <= RECORD_LAG);
    let goes_without_saying = match report.state {
        RunState::InProgress | RunState::Ended => report.attempt == Some(1),
        // GitHub's record lags behind the callbacks of its own jobs. Later its next job waits for a runner.
        RunState::Queued => report.attempt == Some(1) && has_reported,
        // It may be too new to be found.
        RunState::Missing => {
            deadline::last_report(row).is_none() && now.duration_since(row.released_at()) <= RECORD_LAG
        }
        RunState::AwaitingTurn
        | RunState::AwaitingApproval
        | RunState::Cancelled
        | RunState::Superseded
        | RunState::Ambiguous
        | RunState::Unknown => false,
    };
    said != Some(report) && !(said.is_none() && goes_without_saying)
}

/// What healing a row did.
#[derive(Clone, Copy, Debug)]
pub(super) struct Healed {
    pub(super) changed: bool,
    pub(super) ended: bool,
    /// Where GitHub's record says that the run stands, if it was read.
    pub(super) state: Option<RunState>,
}

impl Healed {
    pub(super) const NOTHING: Self = Self { changed: false, ended: false, state: None };
}

/// What looking for the run of a row brought.
enum Lookup {
    Found(RunRef),
    Ended,
    /// No run is matched to the deploy; a note may say why.
    Nothing {
        changed: bool,
    },
}
