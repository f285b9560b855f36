//! A deploy as it is stored, and filters for reading deploys.

use app::domain::{
    Abandonment, Cancellation, Commit, DeployId, EndKind, FailureStage, FreezeVerdict, HistoryEntry,
    InputValues, LegReport, OptionalInput, Origin, Overdue, RunRef, RunSeen, StoredStatus, Timestamp,
    Visible, ended_without_its_run,
};

use super::StoredApproval;

/// A page of deploys, with their histories.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct StoredPage {
    /// The deploys, newest first.
    pub deploys: Vec<StoredDeploy>,
    /// Whether there are more after them.
    pub has_more: bool,
}

/// Which deploys to read.
#[derive(Clone, Debug, Default)]
pub struct DeployFilter {
    /// Only this app.
    pub app: Option<String>,
    /// Only this environment.
    pub environment: Option<String>,
    /// Only these statuses.
    pub status: StatusFilter,
    /// Only those that this person requested.
    pub requested_by: Option<String>,
    /// Only those of people whose name has this in it, small and capital letters of ASCII being the same.
    pub person: Option<String>,
    /// Only those of apps that are seen.
    pub visible: Visible,
    /// Only those requested then or later.
    pub since: Option<Timestamp>,
    /// Only those requested before then.
    pub until: Option<Timestamp>,
    /// Only those that ended then or later.
    pub ended_since: Option<Timestamp>,
    /// Only those that ended before then.
    pub ended_until: Option<Timestamp>,
    /// Only those older than this one.
    pub before: Option<(Timestamp, DeployId)>,
    /// At most this many.
    pub limit: u32,
}

/// Which statuses to read.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum StatusFilter {
    /// All.
    #[default]
    Any,
    /// This one, which may be of another build.
    Is(String),
    /// Those that can still change, unknown ones among them.
    Live,
    /// The terminal ones.
    Ended,
    /// Those that are recorded as failed and ended in this way.
    EndedAs(EndKind),
}

/// One environment of one app.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Place {
    /// The app.
    pub app: String,
    /// The environment.
    pub environment: String,
}

/// The state of a place.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct EnvironmentSummary {
    /// The deploy that has not ended.
    pub under_way: Option<StoredDeploy>,
    /// The newest that succeeded.
    pub last_success: Option<StoredDeploy>,
    /// The newest that ended.
    pub last_ended: Option<StoredDeploy>,
}

/// A deploy as it is stored: what is known without the configuration.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StoredDeploy {
    /// Its id.
    pub id: DeployId,
    /// The app.
    pub app: String,
    /// The environment.
    pub environment: String,
    /// What is deployed. Stored text: perhaps of a build with other rules.
    pub git_ref: String,
    /// The commit, as far as it is known.
    pub commit: Option<Commit>,
    /// Its status.
    pub status: StoredStatus,
    /// Grows with every change.
    pub version: i64,
    /// GitHub's run.
    pub run: Option<RunRef>,
    /// Who requested it.
    pub requested_by: String,
    /// Why.
    pub reason: Option<String>,
    /// When.
    pub requested_at: Timestamp,
    /// When the row last changed.
    pub updated_at: Timestamp,
    /// When it ended; there exactly if its status is terminal.
    pub finished_at: Option<Timestamp>,
    /// The stage that the workflow named.
    pub failure_stage: Option<FailureStage>,
    /// Its accepted path, read from the journal.
    pub history: Vec<HistoryEntry>,
    /// What was last noted of its run, read from the journal.
    pub run_seen: Option<RunSeen>,
    /// The newest request to end it, read from the journal.
    pub cancellation: Option<Cancellation>,
    /// When it was found to have run past which limit, read from the journal.
    pub overdue: Option<(Timestamp, Overdue)>,
    /// Who gave it up by hand, read from the journal.
    pub abandoned: Option<Abandonment>,
    /// The approvals that it needs and was given, read from the journal; none, if it needs none.
    pub approval: Option<StoredApproval>,
    /// Why it was requested although it was frozen, read from the journal.
    pub freeze_override: Option<String>,
    /// The verdict of its freeze check, read from the journal.
    pub freeze: Option<FreezeVerdict>,
    /// Which attempt of the run it follows, from 1, read from the journal.
    pub attempt: i64,
    /// What its legs reported, read from the journal.
    pub legs: Vec<LegReport>,
    /// Its origin, read from the journal.
    pub origin: Origin,
    /// The inputs that its workflow does not declare, read from the journal.
    pub left_out: Vec<OptionalInput>,
    /// The inputs that were sent beside the console's own, read from the journal.
    pub inputs: InputValues,
}

impl StoredDeploy {
    /// Whether it ended here and not on GitHub, and nothing in GitHub's record has said since that its run ended.
    #[must_use]
    pub fn lacks_end_of_run(&self) -> bool {
        let has_ended = self.run_seen.is_some_and(|seen| seen.report.state.has_ended());
        !has_ended && ended_without_its_run(&self.status, self.abandoned.is_some())
    }
}
