//! What the history says in figures, over a range of time. Each figure carries the number of its samples, and none is
//! made up where nothing is known.

use serde::{Deserialize, Serialize};

use crate::domain::Timestamp;

/// Which deploys to count.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema, utoipa::IntoParams))]
#[cfg_attr(feature = "ssr", into_params(parameter_in = Query))]
pub struct InsightQuery {
    /// Only this app.
    pub app: Option<String>,
    /// Only this environment.
    pub environment: Option<String>,
    /// From when on: an RFC 3339 time, or a day of UTC as `YYYY-MM-DD`.
    pub since: Option<String>,
    /// Until when; a day is meant with the whole of it. Now, if not said.
    pub until: Option<String>,
    /// Where `since` is not said: so many days, the last of them that of `until`; 30 if not said.
    pub days: Option<u32>,
}

/// What the history says of a range.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Insight {
    /// Where the range begins.
    #[cfg_attr(feature = "ssr", schema(value_type = String, format = DateTime))]
    pub since: Timestamp,
    /// The first instant after it.
    #[cfg_attr(feature = "ssr", schema(value_type = String, format = DateTime))]
    pub until: Timestamp,
    /// Each day of UTC in it, those without deploys too.
    pub days: Vec<InsightDay>,
    /// Deployment frequency.
    pub frequency: Frequency,
    /// Lead time for changes: from the commit until it was live. Of the successful deploys that are no rollback.
    pub lead_time: Spread,
    /// Change failure rate.
    pub change_failures: ChangeFailures,
    /// Time to restore: from a failure that reached the environment, or the request of a rollback, to the next success.
    pub restore: Spread,
}

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

/// How often something goes live.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Frequency {
    /// Successful deploys.
    pub successes: i64,
    /// The days over which they are counted: those of the range that have begun, from the first recorded deploy on.
    pub days: i64,
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
    pub ninetieth: Option<i64>,
}
