//! What is recorded about one deploy, here and by GitHub. Rendered by the server alone.

pub mod commits;
pub mod jobs;
pub mod journal;
pub mod later_attempt;
