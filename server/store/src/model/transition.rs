//! An edge to walk, a run to attach, or a note; and the result.

use super::Actor;
use app::domain::{
    CancelState, DeployId, FailureStage, OptionalInput, Overdue, RunRef, RunReport, RunState, Source, Status,
    StoredStatus, Timestamp,
};

/// One edge, walked by the console or the reconciler.
#[derive(Clone, Debug)]
pub struct Advance {
    /// The deploy.
    pub id: DeployId,
    /// The status to reach.
    pub to: Status,
    /// Who caused it.
    pub source: Source,
    /// Who acts, for the journal.
    pub actor: String,
    /// What to say about it.
    pub log_line: Option<String>,
    /// What proves it.
    pub evidence: Option<String>,
    /// With `failed`: the stage, where it is known.
    pub failure_stage: Option<FailureStage>,
    /// The run, if it is known now.
    pub run: Option<RunRef>,
    /// When it ended, if that was before the console knew of it. Then no message is sent, since it is old news.
    pub past: Option<Timestamp>,
    /// Now.
    pub at: Timestamp,
}

/// A live deploy that a person gives up.
#[derive(Clone, Debug)]
pub struct Abandon {
    /// The deploy.
    pub id: DeployId,
    /// Who gives it up.
    pub actor: Actor,
    /// Why.
    pub reason: String,
    /// Now.
    pub at: Timestamp,
}

/// A run that was found for a deploy.
#[derive(Clone, Debug)]
pub struct AttachRun {
    /// The deploy.
    pub id: DeployId,
    /// The run.
    pub run: RunRef,
    /// How it is known that the run belongs to the deploy.
    pub evidence: String,
    /// Who found it.
    pub actor: String,
    /// Now.
    pub at: Timestamp,
}

/// A fact about a deploy that does not move it.
#[derive(Clone, Debug)]
pub struct Note {
    /// The deploy.
    pub id: DeployId,
    /// What is known.
    pub what: Noted,
    /// Who acts.
    pub actor: Actor,
    /// Now.
    pub at: Timestamp,
}

impl Note {
    /// More than one run carries the deploy's id.
    #[must_use]
    pub fn ambiguous(id: DeployId, actor: &str, at: Timestamp) -> Self {
        let report = RunReport::new(RunState::Ambiguous, None);
        Self { id, what: Noted::Run(report), actor: Actor::named(actor), at }
    }
}

/// What can be noted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Noted {
    /// What GitHub's record says of the run.
    Run(RunReport),
    /// The cancellation of the deploy was requested.
    CancelRequested,
    /// It ran past this limit, and its cancellation was requested for that.
    Overdue(Overdue),
    /// The result of asking GitHub for a cancellation.
    CancelAnswered(CancelState),
    /// GitHub refused an input that the workflow does not declare, and the run was requested without it.
    InputLeftOut(OptionalInput),
}

/// The result of a write: the three outcomes of a compare-and-swap.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Advanced {
    /// The row moved, or has something new written to it.
    Moved,
    /// The status of the row does not allow it, or the row has the value already. It stays as it was, with this status.
    Refused(StoredStatus),
    /// There is no such row.
    Missing,
}

/// A deploy that a migration down ended.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RolledBack {
    /// The deploy.
    pub id: DeployId,
    /// Its status before. It is `failed` now.
    pub was: Status,
    /// The stage that the migration gives as the reason.
    pub failure_stage: Option<FailureStage>,
}
