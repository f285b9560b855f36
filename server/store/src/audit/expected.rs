//! What the journal of one deploy says of its row, column by column.
//!
//! A column that no entry mentions is not compared. After an entry of a newer build, whose meaning is not known here,
//! only the columns of the request and the status are compared: every build writes the status as `status`.

use app::domain::{JournalEntry, StoredStatus, Timestamp};

use super::{
    Action, Event,
    difference::{Column, Difference, Expected, quoted},
    event::{CallbackDecision, CallbackOutcome, Imported, NotApplied, Requested, Transition},
};
use crate::{StoredEntry, row::to_text};

/// The row according to the journal.
#[derive(Clone, Debug, Default)]
pub(crate) struct ExpectedRow {
    /// The first entry that this build should be able to read and cannot, and why.
    unclear: Option<(i64, &'static str)>,
    /// Whether any entry was applied.
    begun: bool,
    request: Vec<(&'static str, Expected)>,
    status: Expected,
    failure_stage: Expected,
    finished_at: Expected,
    run: Option<i64>,
    /// The first commit that was named, and when.
    commit: Option<(String, Timestamp)>,
    /// The first that was named since the column exists.
    newer_commit: Option<String>,
    /// When its run had ended, where that was before it was imported.
    past: Option<Timestamp>,
    /// The latest time of an entry.
    latest: Option<Timestamp>,
    /// The time of the last transition.
    moved_at: Option<Timestamp>,
    has_newer: bool,
    /// When the column of commits was created, or created again after a rollback of the schema: it holds nothing from
    /// before.
    commits_since: Option<Timestamp>,
}

impl ExpectedRow {
    /// Before the first entry.
    pub(crate) fn new(commits_since: Option<Timestamp>) -> Self {
        Self { commits_since, ..Self::default() }
    }

    /// Takes the next entry.
    pub(crate) fn apply(&mut self, stored: StoredEntry) {
        let sequence = stored.sequence;
        let is_first = !std::mem::replace(&mut self.begun, true);
        let Ok(entry) = JournalEntry::try_from(stored) else {
            self.unclear.get_or_insert((sequence, "cannot be read"));
            return;
        };
        if is_first && Action::of_text(&entry.action).is_some_and(|action| !action.is_first()) {
            self.unclear.get_or_insert((sequence, "is its first, and not of its request"));
        }
        let latest = self.latest;
        self.latest = latest.max(Some(entry.at));
        self.apply_event(&entry, latest);
    }

    fn apply_event(&mut self, entry: &JournalEntry, latest: Option<Timestamp>) {
        let at = entry.at;
        match Event::read_or_unknown(&entry.action, &entry.payload) {
            Event::Requested(requested) => self.requested(&requested, &entry.actor, at),
            Event::Imported(imported) => self.imported(&imported, at),
            Event::RolledBack(transition) => self.rolled_back(&transition, at, latest),
            Event::Dispatched(transition)
            | Event::Refused(transition)
            | Event::Callback(CallbackDecision::Applied(transition))
            | Event::Reconciled(transition) => self.moved(&transition, at),
            Event::Abandoned(abandoned) => self.moved(&abandoned.transition, at),
            Event::Rejected(rejected) => self.moved(&rejected.transition, at),
            Event::Callback(CallbackDecision::NotApplied(callback)) => self.not_applied(&callback, at),
            Event::RunFound(found) => self.names_run(Some(found.run_id)),
            Event::Unknown(unknown) => {
                self.has_newer = true;
                self.reached(unknown.status(), at);
            }
            Event::Approved(_)
            | Event::RunObserved(_)
            | Event::CancelRequested(_)
            | Event::CancelAnswered(_)
            | Event::InputLeftOut(_)
            | Event::FlagPromoted(_)
            | Event::FreezeDeclared(_)
            | Event::FreezeLifted(_)
            | Event::ProtectionDecided(_)
            | Event::ProtectionApproved(_)
            | Event::TokenCreated(_)
            | Event::TokenRevoked(_)
            | Event::SessionRevoked(_) => {}
        }
    }

    fn requested(&mut self, requested: &Requested, actor: &str, at: Timestamp) {
        let Requested { status, app, environment, git_ref, commit, reason, name, .. } = requested;
        let by = name.as_deref().unwrap_or(actor);
        self.request = request([app, environment, git_ref, by], reason.as_deref(), at);
        self.names_commit(commit.as_deref(), at);
        self.reached(Some(status.as_str()), at);
        self.failure_stage = Expected::is(None);
    }

    fn imported(&mut self, imported: &Imported, at: Timestamp) {
        let Imported { status, app, environment, git_ref, commit, started_by, started_at, .. } = imported;
        self.request = request([app, environment, git_ref, started_by], None, *started_at);
        self.past = imported.origin.past();
        self.names_run(Some(imported.run_id));
        self.names_commit(commit.as_deref(), at);
        self.reached(Some(status.as_str()), at);
        self.failure_stage = Expected::is(None);
    }

    fn moved(&mut self, transition: &Transition, at: Timestamp) {
        let Transition { status, reported, .. } = transition;
        self.names_run(reported.run_id);
        self.names_commit(reported.commit.as_deref(), at);
        self.reached(Some(status.as_str()), at);
        self.failure_stage = Expected::is(reported.failure_stage.as_deref());
    }

    /// A repeated callback, or one of a further leg, may be the first to name the run or the commit. A refused one names them too, and writes
    /// nothing.
    fn not_applied(&mut self, callback: &NotApplied, at: Timestamp) {
        match callback.outcome {
            CallbackOutcome::Refused => {}
            CallbackOutcome::Noted
            | CallbackOutcome::Repeated
            | CallbackOutcome::Applied
            | CallbackOutcome::Unknown => {
                self.names_run(callback.reported.run_id);
                self.names_commit(callback.reported.commit.as_deref(), at);
            }
        }
    }

    fn names_run(&mut self, run: Option<i64>) {
        self.run = self.run.or(run);
    }

    fn names_commit(&mut self, commit: Option<&str>, at: Timestamp) {
        let Some(commit) = commit else { return };
        self.commit.get_or_insert((commit.to_owned(), at));
        if self.commits_since.is_some_and(|since| since < at) {
            self.newer_commit.get_or_insert(commit.to_owned());
        }
    }

    /// A migration ended it before this entry was written: at the time that the row had then.
    fn rolled_back(&mut self, transition: &Transition, at: Timestamp, latest: Option<Timestamp>) {
        let moved_at = self.moved_at;
        self.moved(transition, at);
        self.set_end(moved_at, latest);
    }

    /// A migration ended it, and the entry is not written yet.
    pub(crate) fn owes_rolled_back(&mut self) {
        self.status = Expected::is(Some("failed"));
        self.failure_stage = Expected::Unsaid;
        self.set_end(self.moved_at, self.latest);
    }

    fn reached(&mut self, status: Option<&str>, at: Timestamp) {
        let Some(status) = status else { return };
        self.status = Expected::is(Some(status));
        self.moved_at = Some(at);
        match StoredStatus::from(status) {
            status if status.is_terminal() => self.set_end(Some(at), self.latest),
            StoredStatus::Known(_) => self.finished_at = Expected::is(None),
            StoredStatus::Unknown(_) => self.finished_at = Expected::Unsaid,
        }
    }

    /// It ended then: or, if the clock was set back, at the time that the row already had. A run that had ended before
    /// it was imported ended when GitHub says, unless that is before it began.
    fn set_end(&mut self, at: Option<Timestamp>, latest: Option<Timestamp>) {
        let Some((at, latest)) = at.zip(latest) else { return };
        let (first, last) = (to_text(at), to_text(latest));
        self.finished_at = match self.past {
            Some(past) => Expected::Among([to_text(past), first, last].map(Some).to_vec()),
            None => Expected::Between(first, last),
        };
    }

    fn expected_commit(&self) -> Expected {
        let Some((first, named_at)) = &self.commit else { return Expected::is(None) };
        let mut values = vec![Some(first.clone())];
        if self.commits_since.is_some_and(|since| *named_at <= since) {
            values.push(self.newer_commit.clone());
        }
        Expected::Among(values)
    }

    fn expected(&self, column: &str) -> Expected {
        let of_request = || self.request.iter().find(|(name, _)| *name == column);
        match column {
            "status" => self.status.clone(),
            "failure_stage" | "finished_at" | "github_run_id" | "commit_id" if self.has_newer => {
                Expected::Unsaid
            }
            "failure_stage" => self.failure_stage.clone(),
            "finished_at" => self.finished_at.clone(),
            "github_run_id" => Expected::is(self.run.map(|run| run.to_string()).as_deref()),
            "commit_id" => self.expected_commit(),
            _ => of_request().map(|(_, expected)| expected.clone()).unwrap_or_default(),
        }
    }

    /// The first column in which the row differs from the journal.
    pub(crate) fn difference(&self, id: &str, row: &[Column<'_>]) -> Option<Difference> {
        let here = |column, what| Some(Difference { deploy: id.to_owned(), column, what });
        if !self.begun {
            return here(None, "there is a row, and no entry in the journal".to_owned());
        }
        if let Some((sequence, what)) = self.unclear {
            return here(None, format!("entry {sequence} of the journal {what}"));
        }
        row.iter().find_map(|(column, stored)| {
            let expected = self.expected(column);
            let what = || format!("the row says {}, the journal {expected}", quoted(*stored));
            if expected.allows(*stored) { None } else { here(Some(column), what()) }
        })
    }
}

/// The columns of the request.
fn request(
    [app, environment, git_ref, by]: [&str; 4],
    reason: Option<&str>,
    at: Timestamp,
) -> Vec<(&'static str, Expected)> {
    vec![
        ("app", Expected::is(Some(app))),
        ("environment", Expected::is(Some(environment))),
        ("git_ref", Expected::is(Some(git_ref))),
        ("requested_by", Expected::is(Some(by))),
        ("reason", Expected::is(reason)),
        ("requested_at", Expected::is(Some(&to_text(at)))),
    ]
}
