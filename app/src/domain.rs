//! The deploy as a state machine, and nothing else.
//!
//! A tour, in the order in which to read it:
//!
//! 1. [`status`] names the eleven statuses. A stored status of a newer build is [`StoredStatus::Unknown`]:
//!    data, not an error.
//! 2. [`transition`] is the one table of edges, with who may cause each. The guard in the database, the
//!    answer to a refused callback and the tests read it from there.
//! 3. [`history`] is what the journal says was accepted, each entry with its provenance.
//! 4. [`step`] turns a history into the four steps that an operator sees. No other file does.
//! 5. [`run`] is what GitHub says beside that, and [`cancel`] how a deploy is ended early. Neither moves it.
//! 6. [`deploy`] is a deploy as the outside sees it; [`git_ref`], [`commit`], [`id`] and [`delivery`] are its
//!    validated parts, and [`origin`] says how it came to be.
//! 7. [`flag`] names what can be switched, [`freeze`] when nothing is deployed, [`input`] what a workflow file may lack.
//! 8. [`journal`] is an entry as it is read. [`duration_stats`] says how long a step took before, [`insight`] what many deploys
//!    say in figures, [`outage`] that GitHub cannot be asked: nothing follows from them.
//! 9. [`scenario`] is what a rehearsal can show.
//!
//! Nothing here reads a clock, speaks to a network or knows a framework. Nothing here matches a status
//! with a wildcard: adding one stops compilation at every place that has to decide about it.

#![deny(clippy::wildcard_enum_match_arm, clippy::match_wildcard_for_single_variants)]

pub mod cancel;
pub mod commit;
pub mod delivery;
pub mod deploy;
pub mod duration_stats;
pub mod flag;
pub mod freeze;
pub mod git_ref;
pub mod history;
pub mod id;
pub mod input;
pub mod insight;
pub mod journal;
pub mod origin;
pub mod outage;
pub mod run;
pub mod scenario;
pub mod status;
pub mod step;
mod timestamp;
pub mod transition;

pub use cancel::{CancelState, Cancellation, CannotCancel};
pub use commit::Commit;
pub use delivery::DeliveryId;
pub use deploy::Deploy;
pub use duration_stats::DurationStats;
pub use flag::{Flag, Stage};
pub use freeze::{
    ActiveFreeze, Day, Freeze, FreezeId, FreezeVerdict, Frozen, Lifted, Scope, WeekTime, Window,
};
pub use git_ref::{GitRef, NotAGitRef};
pub use history::{DEADLINE, HistoryEntry, Source, shortened};
pub use id::DeployId;
pub use input::OptionalInput;
pub use insight::{ChangeFailures, InsightDay, Spread};
pub use journal::{JournalEntry, StoredText, TrailEntry, UnreadableEntry};
pub use origin::Origin;
pub use outage::GitHubOutage;
pub use run::{RunRef, RunReport, RunSeen, RunState};
pub use scenario::Scenario;
pub use status::{FailureStage, Status, StoredStatus};
pub use step::{Gates, Step, StepKey, StepState};
pub use timestamp::Timestamp;
