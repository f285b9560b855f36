//! Liveness and readiness; and whether deploys can work at all.

use std::sync::Arc;

use app::{
    api::{Ask, DoctorApi, DoctorQuery, DoctorReport, ErrorCode, Problem},
    domain::Caller,
};
use axum::{
    Extension, Json,
    extract::{Query, State, rejection::QueryRejection},
    http::HeaderMap,
};
use runtime::supervisor::Supervisor;

use super::ApiError;
use crate::service::Console;

/// The process answers.
#[utoipa::path(get, path = "/healthz", tag = "health", responses((status = 200, description = "Alive", body = String)))]
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// Every part of the console runs; the database answers, takes writes, and has a schema that this build can work on;
/// and the journal was whole when it was last checked.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "health",
    responses(
        (status = 200, description = "Ready", body = String),
        (status = 500, description = "The schema is not one that this build can work on", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is not available, the journal is broken, or the console is stopping because a part of it ended", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn ready(
    State(console): State<Arc<Console>>,
    State(supervisor): State<Supervisor>,
) -> Result<&'static str, ApiError> {
    if let Some(ended) = supervisor.ended() {
        return Err(Problem::new(ErrorCode::Stopping)
            .with_detail(format!("It stops, because {ended}."))
            .into());
    }
    console.check().await?;
    console.check_proof()?;
    Ok("ready\n")
}

/// Whether each app can be deployed: its repository, its workflow, the token, and the way back.
///
/// GitHub is asked, and a signed callback for a deploy that does not exist is posted to the console itself. Nothing is
/// started, changed or recorded. It takes eight seconds at most.
#[utoipa::path(
    get,
    path = "/api/internal/doctor",
    tag = "health",
    params(DoctorQuery),
    responses(
        (status = 200, description = "What was found, problems too", body = DoctorReport),
        (status = 400, description = "A parameter is not of its form", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No app of this name is configured", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn doctor(
    State(console): State<Arc<Console>>,
    Extension(caller): Extension<Caller>,
    query: Result<Query<DoctorQuery>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Json<DoctorReport>, ApiError> {
    let Query(query) = query.map_err(|_| ErrorCode::InvalidQuery)?;
    Ok(Json(console.doctor().examine(&caller, query.app.as_deref(), Ask::of(&headers)).await?))
}
