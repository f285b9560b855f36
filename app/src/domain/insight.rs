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

/// Of the changes that were rolled out, those that should not have been.
///
/// A change is a commit in an environment of an app: the first deploy that rolled it out there, and those of the same
/// commit that follow, retries and repetitions, until another commit is rolled out. A deploy whose commit is not known is
/// a change of its own.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ChangeFailures {
    /// Changes whose first deploy ended in the range, successfully or failed after it was rolled out.
    pub reached: i64,
    /// Those of them of which a deploy failed after it was rolled out.
    pub failed: i64,
    /// Those of the others that were rolled back.
    pub rolled_back: i64,
}

/// Of the successful deploys, those that nobody planned: they were made in answer to a failure.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Rework {
    /// Successful deploys, each of them: a repetition too.
    pub successes: i64,
    /// Those of them that are rollbacks.
    pub rollbacks: i64,
    /// Those of the others that are the first success after a deploy that failed after it was rolled out.
    pub fixes: i64,
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
