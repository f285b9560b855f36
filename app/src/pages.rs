//! One file per route. Resources live here; components are given what they show.

pub mod access;
pub mod approvals;
pub mod audit;
pub mod board;
pub mod deploy;
pub mod doctor;
pub mod flags;
pub mod freezes;
pub mod history;
pub mod insight;
pub mod not_found;
pub mod plan;
pub mod protection;
pub mod redeploy;
pub mod versions;

pub use access::{MePage, SessionsPage, SignInPage, TokensPage};
pub use approvals::ApprovalsPage;
pub use audit::AuditPage;
pub use board::BoardPage;
pub use deploy::DeployDetailPage;
pub use doctor::DoctorPage;
pub use flags::FlagsPage;
pub use freezes::FreezesPage;
pub use history::HistoryPage;
pub use insight::InsightPage;
pub use not_found::NotFound;
pub use plan::PlanPage;
pub use protection::ProtectionPage;
pub use redeploy::RedeployPage;
pub use versions::VersionsPage;
