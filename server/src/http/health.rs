//! Is it alive, is it ready?

use std::sync::Arc;

use app::api::Problem;
use axum::extract::State;

use super::ApiError;
use crate::service::Console;

/// The process answers.
#[utoipa::path(get, path = "/healthz", tag = "health", responses((status = 200, description = "Alive", body = String)))]
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// The database answers, has a schema that this build can work on, and a journal that was whole when it was last
/// looked at.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "health",
    responses(
        (status = 200, description = "Ready", body = String),
        (status = 500, description = "The schema is not one that this build can work on", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is not available, or the journal is broken", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn ready(State(console): State<Arc<Console>>) -> Result<&'static str, ApiError> {
    console.check().await?;
    console.check_proof()?;
    Ok("ready\n")
}
