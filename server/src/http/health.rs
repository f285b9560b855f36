//! Liveness and readiness.

use std::sync::Arc;

use app::api::{ErrorCode, Problem};
use axum::extract::State;
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
