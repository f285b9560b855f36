//! What the history says in figures, over a range of time. Each figure carries the number of its samples, and none is
//! made up where nothing is known.

use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use super::{UiError, client::ApiClient};
use crate::domain::{ChangeFailures, InsightDay, Rework, Spread, Timestamp};

#[cfg(feature = "ssr")]
use super::service::{ServiceError, caller, service};
#[cfg(feature = "ssr")]
use crate::domain::Caller;

/// The history in figures.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait InsightApi: Send + Sync {
    /// The figures of a range.
    async fn insight(&self, caller: &Caller, query: InsightQuery) -> Result<Insight, ServiceError>;
}

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
    /// Until when; a day is included as a whole. Now, by default.
    pub until: Option<String>,
    /// Without `since`: this many days, the last of them that of `until`; 30 by default.
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
    /// Rework rate.
    pub rework: Rework,
}

/// How often something goes live.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Frequency {
    /// Successful deploys.
    pub successes: i64,
    /// Those of them that brought a change: the first success of each commit, until another one is rolled out there.
    pub changes: i64,
    /// The days over which they are counted: those of the range that have begun, from the first recorded deploy on.
    pub days: i64,
}

/// The history in figures.
///
/// # Errors
/// What the service answers, or why there was no answer.
#[server(client = ApiClient, prefix = "/api/ui", endpoint = "insight", input = GetUrl)]
pub async fn read_insight(#[server(default)] query: InsightQuery) -> Result<Insight, UiError> {
    Ok(service::<dyn InsightApi>()?.insight(&caller()?, query).await?)
}
