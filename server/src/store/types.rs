//! What a store is asked, and what it answers, in the words of the domain.

use app::domain::{
    CancelState, Cancellation, ChangeFailures, Commit, DeployId, FailureStage, FreezeVerdict, Frozen, GitRef,
    HistoryEntry, InsightDay, OptionalInput, Origin, Recorded, RunRef, RunReport, RunSeen, RunState, Source,
    Spread, Status, Timestamp, transition,
};
use serde::{Deserialize, Serialize};

use super::{StoredEntry, journal};
use crate::webhook::DeliveryId;

/// A request to record.
#[derive(Clone, Debug)]
pub struct OpenRequest {
    /// The id that the deploy gets.
    pub id: DeployId,
    /// Who asks.
    pub actor: String,
    /// The idempotency key, unique among the keys of this actor.
    pub key: String,
    /// A hash of what is asked for.
    pub fingerprint: String,
    /// The app.
    pub app: String,
    /// The environment.
    pub environment: String,
    /// What to deploy.
    pub git_ref: GitRef,
    /// The commit, where that is what is asked for.
    pub commit: Option<Commit>,
    /// How it came to be asked for.
    pub origin: Origin,
    /// Why.
    pub reason: Option<String>,
    /// Why it is to go ahead though it may be frozen.
    pub override_freeze: Option<String>,
    /// Now.
    pub at: Timestamp,
    /// A first request that was recorded before this and is still unanswered was left by a crash.
    pub in_flight_since: Timestamp,
}

/// What became of a request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Opened {
    /// Recorded; GitHub may be asked, once.
    New,
    /// The same key and request made this deploy before.
    Replayed(DeployId),
    /// The same key and request is being answered right now.
    InFlight,
    /// The key belongs to another request.
    KeyReused,
    /// Another deploy of this app and environment is under way.
    UnderWay(DeployId),
    /// It is frozen, and nobody said why to deploy all the same.
    Frozen(Frozen),
}

/// One edge, walked by the console or the reconciler.
#[derive(Clone, Debug)]
pub struct Advance {
    /// The deploy.
    pub id: DeployId,
    /// The status to reach.
    pub to: Status,
    /// On whose behalf.
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
    /// When it ended, where that was before the console knew of it. Then nobody is told: it is no news.
    pub past: Option<Timestamp>,
    /// Now.
    pub at: Timestamp,
}

/// A run that nobody asked the console for.
#[derive(Clone, Debug)]
pub struct Import {
    /// The id that its deploy gets. It is made from the run, so that whoever finds the run makes the same one.
    pub id: DeployId,
    /// The app.
    pub app: String,
    /// The environment, by the title of the run.
    pub environment: String,
    /// What is deployed, by the title of the run.
    pub git_ref: GitRef,
    /// The commit, where GitHub's record or the title says it.
    pub commit: Option<Commit>,
    /// What started it.
    pub event: String,
    /// When it had ended, if it had.
    pub ended_at: Option<Timestamp>,
    /// Who started it.
    pub started_by: String,
    /// When.
    pub started_at: Timestamp,
    /// The run.
    pub run: RunRef,
    /// Who found it, for the journal.
    pub actor: String,
    /// Now.
    pub at: Timestamp,
}

impl Import {
    /// As what it is recorded.
    #[must_use]
    pub fn origin(&self) -> Origin {
        Origin::GitHub { event: self.event.clone(), ended_at: self.ended_at }
    }
}

/// What became of a run that was found.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Imported {
    /// It is recorded as a deploy now.
    New,
    /// It was known: some deploy has this run.
    Known,
    /// A deploy of this app and environment is under way. It has to end first.
    Busy,
}

/// A run that may be nobody's, by what tells whose it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Suspect {
    /// The run.
    pub run: i64,
    /// The id in its title.
    pub named: Option<DeployId>,
}

/// A run that was found for a deploy.
#[derive(Clone, Debug)]
pub struct Attach {
    /// The deploy.
    pub id: DeployId,
    /// The run.
    pub run: RunRef,
    /// How we know that it is the deploy's.
    pub evidence: String,
    /// Who found it.
    pub actor: String,
    /// Now.
    pub at: Timestamp,
}

/// Something worth knowing of a live deploy that does not move it.
#[derive(Clone, Debug)]
pub struct Note {
    /// The deploy.
    pub id: DeployId,
    /// What is known.
    pub what: Noted,
    /// Who acts.
    pub actor: String,
    /// Now.
    pub at: Timestamp,
}

impl Note {
    /// More than one run carries the deploy's id.
    #[must_use]
    pub fn ambiguous(id: DeployId, actor: &str, at: Timestamp) -> Self {
        let report = RunReport { state: RunState::Ambiguous, attempt: None };
        Self { id, what: Noted::Run(report), actor: actor.to_owned(), at }
    }
}

/// What can be noted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Noted {
    /// What GitHub's record says of the run.
    Run(RunReport),
    /// Somebody asked for the end of the deploy.
    CancelRequested,
    /// What became of asking GitHub for it.
    CancelAnswered(CancelState),
    /// GitHub refused an input that the workflow does not declare, and the run was asked for without it.
    InputLeftOut(OptionalInput),
}

/// What became of an edge: the three outcomes of a compare-and-swap.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Advanced {
    /// The row moved, or has something new written to it.
    Moved,
    /// The row is not where that is possible, or has it already. It stays as it was, with this status.
    Refused(Recorded),
    /// There is no such row.
    Missing,
}

/// An authentic callback.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Its delivery id.
    pub id: DeliveryId,
    /// A hash of its body: the same id with another one is a mistake of the sender.
    pub body_hash: String,
    /// The deploy.
    pub deploy_id: DeployId,
    /// The status that it claims, whatever it is.
    pub claim: Recorded,
    /// What the workflow says.
    pub log_line: Option<String>,
    /// The step that failed, if it says so.
    pub failure_stage: Option<FailureStage>,
    /// The run that sent it.
    pub run: Option<RunRef>,
    /// Which attempt of that run.
    pub run_attempt: Option<i64>,
    /// The commit that it checked out.
    pub commit: Option<Commit>,
    /// When that was made.
    pub committed_at: Option<Timestamp>,
    /// Now.
    pub at: Timestamp,
}

/// What became of a callback.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Received {
    /// Decided now.
    Decided(Decision),
    /// Decided before, with this result; nothing happened this time.
    Replayed(Decision),
    /// The delivery id belongs to another body.
    DeliveryIdReused,
    /// There is no such deploy.
    Missing,
}

/// The decision on a callback, as it is kept for a repetition.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Decision {
    /// The row moved to this status.
    Applied {
        /// Where the row is now.
        status: Status,
    },
    /// The row was there already. The log line is kept.
    Repeated {
        /// Where the row is.
        status: Status,
    },
    /// No edge leads there.
    Refused {
        /// Where the row is.
        current: Recorded,
        /// What was claimed.
        claimed: Status,
    },
    /// No callback may claim that, from wherever the row is.
    NotAStatus,
}

impl Decision {
    /// Decides a claim against the status of the row.
    #[must_use]
    pub fn of(current: &Recorded, claim: &Recorded) -> Self {
        let Some(claimed) = transition::claimable(claim) else {
            return Self::NotAStatus;
        };
        match current {
            Recorded::Known(status) if *status == claimed => Self::Repeated { status: claimed },
            Recorded::Known(status) if !transition::callback_path(*status, claimed).is_empty() => {
                Self::Applied { status: claimed }
            }
            Recorded::Known(_) | Recorded::Unknown(_) => Self::Refused { current: current.clone(), claimed },
        }
    }
}

/// Which entries of the journal to read.
#[derive(Clone, Copy, Debug)]
pub struct EntryFilter {
    /// Only those about this deploy.
    pub deploy_id: Option<DeployId>,
    /// Only those after this one.
    pub after: i64,
    /// At most so many; fewer, if they are long.
    pub limit: u32,
}

/// A page of the journal, as it is stored.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct EntryPage {
    /// The entries, in sequence.
    pub entries: Vec<StoredEntry>,
    /// Whether there are more after them.
    pub has_more: bool,
}

/// A page of deploys, with their histories.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct StoredPage {
    /// The deploys, newest first.
    pub deploys: Vec<StoredDeploy>,
    /// Whether there are more after them.
    pub has_more: bool,
}

/// The end of the journal of one deploy.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct JournalEnd {
    /// The newest entries, in sequence.
    pub entries: Vec<StoredEntry>,
    /// How many there are before these.
    pub earlier: u32,
}

impl EntryFilter {
    /// The first so many of all.
    #[must_use]
    pub const fn page(limit: u32) -> Self {
        Self { deploy_id: None, after: 0, limit }
    }
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
    /// Only those that this person asked for.
    pub requested_by: Option<String>,
    /// Only those asked for then or later.
    pub since: Option<Timestamp>,
    /// Only those asked for before then.
    pub until: Option<Timestamp>,
    /// Only those older than this one.
    pub before: Option<(Timestamp, DeployId)>,
    /// At most so many.
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
    /// Those from which something can still happen, unknown ones among them.
    Live,
    /// Those at which it ended.
    Ended,
}

/// Which deploys to count.
#[derive(Clone, Debug)]
pub struct InsightFilter {
    /// Only this app.
    pub app: Option<String>,
    /// Only this environment.
    pub environment: Option<String>,
    /// Where the range begins.
    pub since: Timestamp,
    /// The first instant after it.
    pub until: Timestamp,
}

/// What was counted.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Figures {
    /// When the first deploy of all was asked for.
    pub recorded_since: Option<Timestamp>,
    /// The days on which something ended, in their order.
    pub days: Vec<InsightDay>,
    /// From the commit until it was live.
    pub lead_time: Spread,
    /// What should not have been rolled out.
    pub change_failures: ChangeFailures,
    /// From a failure to the next success.
    pub restore: Spread,
}

/// One environment of one app.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Place {
    /// The app.
    pub app: String,
    /// The environment.
    pub environment: String,
}

/// How a place stands.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Standing {
    /// The deploy from which something can still happen.
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
    /// How far it has come.
    pub status: Recorded,
    /// Grows with every change.
    pub version: i64,
    /// GitHub's run.
    pub run: Option<RunRef>,
    /// Who asked.
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
    /// Why it was asked for though it was frozen, read from the journal.
    pub freeze_override: Option<String>,
    /// What its workflow was told at the freeze check, read from the journal.
    pub freeze: Option<FreezeVerdict>,
    /// How it came to be, read from the journal.
    pub origin: Origin,
    /// The inputs that its workflow does not declare, read from the journal.
    pub left_out: Vec<OptionalInput>,
}

impl StoredDeploy {
    /// The row with what its journal says.
    #[must_use]
    pub(crate) fn with(self, story: journal::Story) -> Self {
        let journal::Story { history, run, cancellation, freeze, freeze_override, origin, left_out } = story;
        Self { history, run_seen: run, cancellation, freeze, freeze_override, origin, left_out, ..self }
    }
}
