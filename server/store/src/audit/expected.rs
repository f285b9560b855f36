//! What the journal of one deploy says of its row, column by column.
//!
//! What no entry says of a column is not compared. So it is from an entry of a newer build on, whose meaning is not known
//! here, for all columns but those of the request and the status: every build writes that as `status`.

use app::domain::{JournalEntry, Origin, StoredStatus, Timestamp};
use serde::Deserialize;
use serde_json::Value;

use super::{
    Action,
    difference::{Column, Difference, Expected, quoted},
};
use crate::{StoredEntry, row::to_text};

/// The row as the journal has it.
#[derive(Clone, Debug, Default)]
pub(crate) struct ExpectedRow {
    /// The first entry that this build can make nothing of though it should, and why.
    unclear: Option<(i64, &'static str)>,
    /// Whether there is an entry at all.
    begun: bool,
    request: Vec<(&'static str, Expected)>,
    status: Expected,
    failure_stage: Expected,
    finished_at: Expected,
    run: Option<i64>,
    /// The first commit that was named, and when.
    commit: Option<(String, Timestamp)>,
    /// The first that was named since the column was made.
    newer_commit: Option<String>,
    /// When its run had ended, where that was before it was imported.
    past: Option<Timestamp>,
    /// The latest time of an entry.
    latest: Option<Timestamp>,
    /// The time of the last transition.
    moved_at: Option<Timestamp>,
    has_newer: bool,
    /// When the column of commits was made, or made again after a way back: it holds nothing of what was named before.
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
        let action = Action::of_text(&entry.action);
        if is_first && action.is_some_and(|action| !matches!(action, Action::Requested | Action::Imported)) {
            self.unclear.get_or_insert((sequence, "is its first, and not of its request"));
        }
        let latest = self.latest;
        self.latest = latest.max(Some(entry.at));
        match action {
            Some(Action::Requested) => self.requested(&entry),
            Some(Action::Imported) => self.imported(&entry),
            Some(Action::RolledBack) => self.rolled_back(&entry, latest),
            Some(
                Action::Dispatched
                | Action::Refused
                | Action::Callback
                | Action::Reconciled
                | Action::RunFound,
            ) => {
                self.moved(&entry);
            }
            Some(
                Action::RunObserved
                | Action::CancelRequested
                | Action::CancelAnswered
                | Action::InputLeftOut
                | Action::FlagPromoted
                | Action::FreezeDeclared
                | Action::FreezeLifted,
            ) => {}
            None => {
                self.has_newer = true;
                self.set_status(&entry);
            }
        }
    }

    fn requested(&mut self, entry: &JournalEntry) {
        self.set_request(entry, Some(&entry.actor), Some(entry.at));
        self.moved(entry);
    }

    fn imported(&mut self, entry: &JournalEntry) {
        let started_at = Timestamp::deserialize(&entry.payload["started_at"]).ok();
        self.set_request(entry, text(&entry.payload["started_by"]), started_at);
        self.past = Origin::deserialize(&entry.payload["origin"]).ok().and_then(|origin| origin.past());
        self.moved(entry);
    }

    fn set_request(&mut self, entry: &JournalEntry, by: Option<&str>, at: Option<Timestamp>) {
        let said = |name: &str| text(&entry.payload[name]);
        let at = at.map(to_text);
        self.request = vec![
            ("app", Expected::is(said("app"))),
            ("environment", Expected::is(said("environment"))),
            ("git_ref", Expected::is(said("git_ref"))),
            ("requested_by", by.map_or(Expected::Unsaid, |by| Expected::is(Some(by)))),
            ("reason", Expected::is(said("reason"))),
            ("requested_at", at.map_or(Expected::Unsaid, |at| Expected::is(Some(&at)))),
        ];
    }

    /// A transition, or what names the run or the commit without one: a repeated report, a run that was found. A refused
    /// report names them too, and writes nothing.
    fn moved(&mut self, entry: &JournalEntry) {
        if entry.payload["outcome"] == "refused" {
            return;
        }
        self.run = self.run.or(entry.payload["run_id"].as_i64());
        if let Some(commit) = text(&entry.payload["commit"]) {
            self.commit.get_or_insert((commit.to_owned(), entry.at));
            if self.commits_since.is_some_and(|since| since < entry.at) {
                self.newer_commit.get_or_insert(commit.to_owned());
            }
        }
        if self.set_status(entry) {
            self.failure_stage = Expected::is(text(&entry.payload["failure_stage"]));
        }
    }

    /// A migration ended it, before this entry was written: at the time that the row had then.
    fn rolled_back(&mut self, entry: &JournalEntry, latest: Option<Timestamp>) {
        let moved_at = self.moved_at;
        self.moved(entry);
        self.set_end(moved_at, latest);
    }

    /// A migration ended it, and the entry is still to be written.
    pub(crate) fn owes_rolled_back(&mut self) {
        self.status = Expected::is(Some("failed"));
        self.failure_stage = Expected::Unsaid;
        self.set_end(self.moved_at, self.latest);
    }

    /// Answers whether the entry says one.
    fn set_status(&mut self, entry: &JournalEntry) -> bool {
        let Some(status) = text(&entry.payload["status"]) else { return false };
        self.status = Expected::is(Some(status));
        self.moved_at = Some(entry.at);
        match StoredStatus::from(status) {
            status if status.is_terminal() => self.set_end(Some(entry.at), self.latest),
            StoredStatus::Known(_) => self.finished_at = Expected::is(None),
            StoredStatus::Unknown(_) => self.finished_at = Expected::Unsaid,
        }
        true
    }

    /// It ended then: or, where the clock was set back, at the time that the row had already. What had ended before it
    /// was imported ended when GitHub says, unless that is before it began.
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

    /// The first column in which the row is not as the journal says.
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

fn text(value: &Value) -> Option<&str> {
    value.as_str()
}
