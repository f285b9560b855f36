//! Figures over many deploys. Each carries the number of its samples, and none is made up where nothing is known.

use serde::{Deserialize, Serialize};

/// What ended on one day.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct InsightDay {
    /// The day, as `YYYY-MM-DD`.
    pub day: String,
    /// Deploys that succeeded.
    pub succeeded: i64,
    /// Deploys that failed.
    pub failed: i64,
    /// Deploys that nothing ended in time.
    pub timed_out: i64,
    /// From the request to the end, of those that succeeded.
    pub duration: Spread,
}

impl InsightDay {
    /// All that ended.
    #[must_use]
    pub const fn ended(&self) -> i64 {
        self.succeeded + self.failed + self.timed_out
    }
}

/// Of the deploys that were rolled out, those that should not have been.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ChangeFailures {
    /// Deploys that were rolled out, and succeeded or failed.
    pub reached: i64,
    /// Those of them that failed.
    pub failed: i64,
    /// Those of them that succeeded and were rolled back.
    pub rolled_back: i64,
}

/// How long something takes. Percentiles are by nearest rank: each is one that was measured.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Spread {
    /// How many there are.
    pub all: i64,
    /// For how many of them it is known.
    pub known: i64,
    /// Half of these took no longer, in milliseconds.
    pub median: Option<i64>,
    /// Nine in ten took no longer, in milliseconds.
    #[serde(rename = "ninetieth")]
    pub p90: Option<i64>,
}
