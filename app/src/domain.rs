//! The deploy as a state machine, and nothing else.
//!
//! A tour, in the order in which to read it:
//!
//! 1. [`status`] names the eleven statuses. A stored status of a newer build is [`StoredStatus::Unknown`]:
//!    data, not an error.
//! 2. [`transition`] is the one table of edges, with who may cause each. The guard in the database, the
//!    answer to a refused callback and the tests read it from there.
//! 3. [`history`](deploy::history) is what the journal says was accepted, each entry with its provenance.
//! 4. [`step`] turns a history into the four steps that an operator sees. No other file does.
//! 5. [`run`](github::run) is what GitHub says beside that, and [`cancel`](deploy::cancel) how a deploy is ended early: neither moves it. [`abandon`](deploy::abandon) is
//!    how a person ends it, and does.
//! 6. [`deploy`] is a deploy as the outside sees it; [`git_ref`](deploy::git_ref), [`commit`](deploy::commit), [`id`](deploy::id) and [`delivery`](deploy::delivery) are its
//!    validated parts, [`origin`](deploy::origin) says how it came to be, and [`end_kind`](deploy::end_kind) how it ended that did not fail by itself. [`leg`](deploy::leg) counts what the jobs of a matrix report.
//! 7. [`flag`] names what can be switched, [`freeze`] when nothing is deployed, [`input`](deploy::input) what a workflow file may lack,
//!    and what is configured to be filled in.
//! 8. [`journal`] is an entry as it is read. [`duration_stats`] says how long a step took before, [`insight`] what many deploys
//!    say in figures, [`outage`](github::outage) that GitHub cannot be asked: nothing follows from them.
//! 9. [`access`] says who acts, and what they may.
//! 10. [`scenario`](github::scenario) is what a rehearsal can show.
//!
//! Nothing here reads a clock, speaks to a network or knows a framework. Nothing here matches a status
//! with a wildcard: adding one stops compilation at every place that has to decide about it.

#![warn(missing_docs)]
#![deny(clippy::wildcard_enum_match_arm, clippy::match_wildcard_for_single_variants)]

pub mod access;
pub mod deploy;
pub mod duration_stats;
pub mod flag;
pub mod freeze;
pub mod github;
pub mod insight;
pub mod journal;
pub mod status;
pub mod step;
mod timestamp;
pub mod transition;

pub use access::caller::{Caller, CallerKind, LOCAL_OPERATOR, Visible};
pub use access::grant::Grant;
pub use access::role::{Action, Role};
pub use deploy::Deploy;
pub use deploy::abandon::Abandonment;
pub use deploy::aftermath::Aftermath;
pub use deploy::approval::{Approval, GivenApproval, MayApprove};
pub use deploy::cancel::{CancelState, Cancellation, CannotCancel, Overdue, ended_without_its_run};
pub use deploy::commit::Commit;
pub use deploy::commit_details::{CommitDetails, CommitDistance};
pub use deploy::delivery::DeliveryId;
pub use deploy::end_kind::{EndKind, NotAnEndKind};
pub use deploy::git_ref::{GitRef, NotAGitRef};
pub use deploy::history::{DEADLINE, GITHUB_JOB, GITHUB_REVIEW, HistoryEntry, RunProof, Source, shortened};
pub use deploy::id::DeployId;
pub use deploy::input::{InputKind, InputProblem, InputSpec, InputValues, InvalidInput, OptionalInput};
pub use deploy::leg::{Leg, LegReport, LegVerdict};
pub use deploy::origin::Origin;
pub use deploy::standing_run::StandingRun;
pub use deploy::totals::DeployTotals;
pub use duration_stats::DurationStats;
pub use flag::{Flag, Stage};
pub use freeze::{
    ActiveFreeze, Day, Freeze, FreezeId, FreezeVerdict, Frozen, Lifted, Scope, WeekTime, Window,
};
pub use github::claim::{Claim, ClaimOrigin};
pub use github::outage::GitHubOutage;
pub use github::protection::{Barred, Cleared, ProtectionRequest, ProtectionRequestId, ProtectionState};
pub use github::review::{AwaitedReview, RunReview, RunReviews};
pub use github::run::{RunRef, RunReport, RunSeen, RunState};
pub use github::scenario::Scenario;
pub use insight::{ChangeFailures, InsightDay, Rework, Spread};
pub use journal::{JournalEntry, StoredText, TrailEntry, UnreadableEntry};
pub use status::{FailureStage, Status, StoredStatus};
pub use step::{Gates, LegState, Step, StepKey, StepState};
pub use timestamp::Timestamp;
