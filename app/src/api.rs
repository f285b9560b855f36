//! What the browser asks the server, and how the server answers: by area, each with its data, its server functions and
//! the trait of the service that answers them.
//!
//! - [`access`], [`audit`], [`board`], [`deploys`], [`dispatch`], [`doctor`], [`flags`], [`freezes`], [`insight`], [`protection`], [`versions`]: the
//!   areas. A server function is a typed argument and one call of its service: it holds no rule. Its path is set by hand, so
//!   that a page of yesterday finds it today.
//! - [`outcome`]: what a deploy left behind.
//! - [`run_record`]: what GitHub's record says of the jobs of a run.
//! - `service`: what the services have in common; `ServiceError`.
//! - [`error`]: every error that leaves the server, with its stable code.
//! - [`client`]: how the browser calls server functions.

pub mod access;
pub mod audit;
pub mod board;
pub mod client;
pub mod deploys;
pub mod dispatch;
pub mod doctor;
pub mod error;
pub mod flags;
pub mod freezes;
pub mod insight;
pub mod outcome;
pub mod places;
pub mod protection;
pub mod run_record;
#[cfg(feature = "ssr")]
mod service;
pub mod versions;

pub use access::{
    IssuedToken, Me, SessionEnd, SessionReport, SignInButton, SignInOptions, SignInProblem, TokenReport,
    TokenRequest, TokenState,
};
#[cfg(feature = "ssr")]
pub use access::{MeApi, SessionsApi, TokensApi};
#[cfg(feature = "ssr")]
pub use audit::AuditApi;
pub use audit::{AuditFilter, AuditHead, AuditPaging, AuditTrail};
#[cfg(feature = "ssr")]
pub use board::BoardApi;
pub use board::{Board, BoardApp, BoardEnvironment, NotificationTrouble, Upstream};
#[cfg(feature = "ssr")]
pub use deploys::DeploysApi;
pub use deploys::{
    AbandonRequest, ApprovalRequest, AwaitedApprovals, DeployJournal, DeployPage, DeployQuery, GateAnswer,
    PollAnswer, RunWait,
};
pub use dispatch::{DeployPlan, DispatchRequest};
#[cfg(feature = "ssr")]
pub use dispatch::{DispatchApi, Dispatched, RehearsalApi};
#[cfg(feature = "ssr")]
pub use doctor::DoctorApi;
pub use doctor::{AppChecks, Check, CheckResult, CheckSubject, DoctorQuery, DoctorReport};
pub use error::{ErrorCode, Problem, UiError};
#[cfg(feature = "ssr")]
pub use flags::FlagsApi;
pub use flags::{FlagOrigin, FlagReport, FlagSetting, Observed, Promote};
#[cfg(feature = "ssr")]
pub use freezes::FreezesApi;
pub use freezes::{
    FieldProblem, FreezeDraft, FreezeEffect, FreezePeriod, FreezePreview, FreezeReport, FreezeState,
};
#[cfg(feature = "ssr")]
pub use insight::InsightApi;
pub use insight::{Frequency, Insight, InsightQuery};
pub use outcome::{DeployName, Outcome};
pub use places::KnownPlace;
#[cfg(feature = "ssr")]
pub use protection::ProtectionApi;
pub use protection::ProtectionReport;
pub use run_record::{JobLine, JobState, JobsSeen, RunRecord};
#[cfg(feature = "ssr")]
pub use service::{Ask, Obstacle, ServiceError};
#[cfg(feature = "ssr")]
pub use versions::VersionsApi;
pub use versions::{
    Brought, Changes, CommitLine, CommitList, Redeploy, RedeployKind, RedeployPlan, VersionCheck, Versions,
};
