//! The history in figures.

use std::sync::Arc;

use app::{
    api::{ErrorCode, Insight, InsightApi, InsightQuery, Problem},
    domain::Caller,
};
use axum::{
    Extension, Json,
    extract::{Query, State, rejection::QueryRejection},
};

use super::ApiError;
use crate::service::Console;

/// Outcomes and durations by day, and the four figures of DORA.
#[utoipa::path(
    get,
    path = "/api/internal/insight",
    tag = "deploys",
    params(InsightQuery),
    responses(
        (status = 200, description = "The figures of the range", body = Insight),
        (status = 400, description = "A parameter is not of its form", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "The console failed", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is not available", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn figures(
    State(console): State<Arc<Console>>,
    Extension(caller): Extension<Caller>,
    query: Result<Query<InsightQuery>, QueryRejection>,
) -> Result<Json<Insight>, ApiError> {
    let Query(query) = query.map_err(|_| ErrorCode::InvalidQuery)?;
    Ok(Json(console.insight(&caller, query).await?))
}
