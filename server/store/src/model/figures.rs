//! Figures over many deploys.

use app::domain::{ChangeFailures, InsightDay, Rework, Spread, Timestamp, Visible};

/// Which deploys to count.
#[derive(Clone, Debug)]
pub struct InsightFilter {
    /// Only this app.
    pub app: Option<String>,
    /// Only this environment.
    pub environment: Option<String>,
    /// Only apps that are seen.
    pub visible: Visible,
    /// Where the range begins.
    pub since: Timestamp,
    /// The first instant after it.
    pub until: Timestamp,
}

/// What was counted.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Figures {
    /// When the first recorded deploy was requested.
    pub recorded_since: Option<Timestamp>,
    /// The days on which something ended, in their order.
    pub days: Vec<InsightDay>,
    /// Successes that brought a change: see [`ChangeFailures`].
    pub changes: i64,
    /// From the commit until it was live.
    pub lead_time: Spread,
    /// Deploys that should not have been rolled out.
    pub change_failures: ChangeFailures,
    /// From a failure to the next success.
    pub restore: Spread,
    /// Successes that answered a failure.
    pub rework: Rework,
}
