//! The store's arguments and results, in the terms of the domain.

mod access;
mod approval;
mod callback;
mod commits;
mod deploy;
mod dispatch;
mod entry;
mod figures;
mod flag;
mod freeze;
mod import;
mod protection;
mod transition;

pub(crate) use access::name_beside;
pub use access::{Actor, EndSessions, Identity, NewSession, NewToken, StoredSession, StoredToken};
pub use approval::{Approve, ApproveOutcome, NeededApproval, NotApproved, StoredApproval};
pub use callback::{Decided, Decision, Delivery, Received, RunPages};
pub use commits::CommitPair;
pub use deploy::{DeployFilter, EnvironmentSummary, Place, StatusFilter, StoredDeploy, StoredPage};
pub use dispatch::{CreateOutcome, NewDeploy};
pub use entry::{EntryFilter, EntryOrder, EntryPage, JournalEnd, StoredEntry};
pub use figures::{Figures, InsightFilter};
pub use flag::Promotion;
pub use freeze::Lift;
pub use import::{CandidateRun, Import, ImportOutcome};
pub use protection::{
    ApproveProtection, DecideProtection, NewProtectionRequest, ProtectedPlace, ProtectionApproved,
    ProtectionFilter, StartedBy, StoredProtectionApproval, StoredProtectionRequest,
};
pub use transition::{Abandon, Advance, Advanced, AttachRun, Note, Noted, RolledBack};
