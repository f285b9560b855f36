//! What the browser asks the server, and how the server answers.
//!
//! - [`model`], [`flags`], [`freezes`], [`insight`], [`plan`], [`run_record`], [`versions`]: what pages show, as
//!   data.
//! - [`error`]: every error that leaves the server, with its stable code.
//! - [`client`]: how the browser calls them.
//! - [`functions`]: the server functions. Each is one call of the [`DeployService`]: they hold no rule, and
//!   there is no second implementation behind them.

pub mod client;
pub mod error;
pub mod flags;
pub mod freezes;
pub mod functions;
pub mod insight;
pub mod model;
pub mod plan;
pub mod run_record;
#[cfg(feature = "ssr")]
mod service;
pub mod versions;

pub use error::{ErrorCode, Problem, UiError};
pub use flags::{FlagOrigin, FlagReport, FlagSetting, Observed, Promote};
pub use freezes::{FreezeReport, FreezeRequest, FreezeState};
pub use insight::{Frequency, Insight, InsightQuery};
pub use model::{
    AuditQuery, AuditTrail, Board, BoardApp, BoardEnvironment, DeployJournal, DeployPage, DeployQuery,
    DispatchRequest, NotificationTrouble, PollAnswer,
};
pub use plan::DeployPlan;
pub use run_record::{JobLine, JobState, JobsSeen, RunRecord};
#[cfg(feature = "ssr")]
pub use service::{Ask, DeployService, Dispatched, SharedService};
pub use versions::{
    Changes, CommitLine, CommitList, Redeploy, RedeployKind, RedeployPlan, VersionCheck, Versions,
};
