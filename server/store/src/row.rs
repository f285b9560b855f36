//! Rows as they come from a database, and the check that turns them into the domain's types. An impossible row is a
//! named error, never a panic and never a guess.

use std::str::FromStr;

use app::domain::{
    DeployId, InputValues, JournalEntry, Origin, RunRef, StoredStatus, StoredText, Timestamp, TrailEntry,
    UnreadableEntry,
};
use serde_json::Value;

use crate::{
    error::ImpossibleRow,
    model::{StoredDeploy, StoredEntry},
};

/// A row of `console_deploys`.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct DeployRow {
    pub(crate) id: String,
    app: String,
    environment: String,
    git_ref: String,
    status: String,
    version: i64,
    github_run_id: Option<i64>,
    github_run_url: Option<String>,
    requested_by: String,
    reason: Option<String>,
    requested_at: String,
    updated_at: String,
    finished_at: Option<String>,
    failure_stage: Option<String>,
    commit_id: Option<String>,
}

impl TryFrom<DeployRow> for StoredDeploy {
    type Error = ImpossibleRow;

    fn try_from(row: DeployRow) -> Result<Self, ImpossibleRow> {
        let reader = Reader { table: "console_deploys", id: &row.id };
        let status = StoredStatus::from(row.status.as_str());
        let finished_at =
            row.finished_at.as_deref().map(|text| reader.parse("finished_at", text)).transpose()?;
        if status.known().is_some() && status.is_terminal() != finished_at.is_some() {
            return Err(reader.error("status and finished_at contradict each other"));
        }
        Ok(Self {
            id: reader.parse("id", &row.id)?,
            status,
            finished_at,
            requested_at: reader.parse("requested_at", &row.requested_at)?,
            updated_at: reader.parse("updated_at", &row.updated_at)?,
            run: row.github_run_id.map(|id| RunRef { id, url: row.github_run_url.unwrap_or_default() }),
            // A stage that only a newer build knows cannot be shown by this one.
            failure_stage: row.failure_stage.and_then(|text| text.parse().ok()),
            app: row.app,
            environment: row.environment,
            git_ref: row.git_ref,
            // A newer build may accept commits that are invalid here.
            commit: row.commit_id.and_then(|text| text.parse().ok()),
            version: row.version,
            requested_by: row.requested_by,
            reason: row.reason,
            history: Vec::new(),
            run_seen: None,
            cancellation: None,
            overdue: None,
            abandoned: None,
            approval: None,
            freeze_override: None,
            freeze: None,
            attempt: 1,
            legs: Vec::new(),
            origin: Origin::Request,
            left_out: Vec::new(),
            inputs: InputValues::default(),
        })
    }
}

impl TryFrom<StoredEntry> for JournalEntry {
    type Error = ImpossibleRow;

    fn try_from(row: StoredEntry) -> Result<Self, ImpossibleRow> {
        let (at, deploy_id, payload) = row.parse()?;
        Ok(row.into_entry(at, deploy_id, payload))
    }
}

/// An entry that cannot be read is data: it is shown as it is stored, and the others are read.
impl From<StoredEntry> for TrailEntry {
    fn from(row: StoredEntry) -> Self {
        match row.parse() {
            Ok((at, deploy_id, payload)) => Self::Readable(row.into_entry(at, deploy_id, payload)),
            Err(error) => Self::Unreadable(Box::new(row.into_unreadable(error.what))),
        }
    }
}

impl StoredEntry {
    fn parse(&self) -> Result<(Timestamp, Option<DeployId>, Value), ImpossibleRow> {
        let id = self.sequence.to_string();
        let reader = Reader { table: "audit_log", id: &id };
        let payload = serde_json::from_str(&self.payload).map_err(|_| reader.error("payload is not JSON"))?;
        let deploy_id = self.deploy_id.as_deref().map(|text| reader.parse("deploy_id", text)).transpose()?;
        Ok((reader.parse("at", &self.at)?, deploy_id, payload))
    }

    fn into_entry(self, at: Timestamp, deploy_id: Option<DeployId>, payload: Value) -> JournalEntry {
        let Self { sequence, actor, action, previous_hash, hash, .. } = self;
        JournalEntry { sequence, at, actor, action, deploy_id, payload, previous_hash, hash }
    }

    fn into_unreadable(self, why: String) -> UnreadableEntry {
        UnreadableEntry {
            sequence: self.sequence,
            unreadable: why,
            at: self.at.parse().ok(),
            actor: self.actor,
            action: self.action,
            deploy_id: self.deploy_id.as_deref().and_then(|text| text.parse().ok()),
            stored: StoredText { at: self.at, deploy_id: self.deploy_id, payload: self.payload },
            previous_hash: self.previous_hash,
            hash: self.hash,
        }
    }
}

/// Names the row in the errors.
pub(crate) struct Reader<'a> {
    pub(crate) table: &'static str,
    pub(crate) id: &'a str,
}

impl Reader<'_> {
    pub(crate) fn parse<T: FromStr>(&self, column: &str, text: &str) -> Result<T, ImpossibleRow> {
        text.parse().map_err(|_| self.error(&format!("{column} cannot be read")))
    }

    pub(crate) fn error(&self, what: &str) -> ImpossibleRow {
        ImpossibleRow { table: self.table, id: self.id.to_owned(), what: what.to_owned() }
    }
}

/// A time as it is stored: RFC 3339, UTC, always with milliseconds, so that it sorts as text.
pub(crate) fn to_text(at: Timestamp) -> String {
    format!("{at:.3}")
}
