//! What Prometheus reads.

use std::sync::Arc;

use app::api::{ErrorCode, Problem};
use axum::{extract::State, http::header, response::IntoResponse};

use super::ApiError;
use crate::{
    metrics::{CONTENT_TYPE, Metrics},
    service::Console,
};

/// Metrics of this process, and the state of deploys by the database.
///
/// Answered without a database, too: then without the metrics that come from it.
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "health",
    responses(
        (status = 200, description = "Prometheus text", body = String, content_type = "text/plain"),
        (status = 500, description = "What is known cannot be put so", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn metrics(
    State(console): State<Arc<Console>>,
    State(metrics): State<Metrics>,
) -> Result<impl IntoResponse, ApiError> {
    let (overview, ready) = tokio::join!(console.overview(), console.check());
    let (is_github_well, is_writable) = (console.is_github_well(), ready.is_ok());
    let text = metrics.text(is_github_well, is_writable, &console.journal_state(), overview.ok().as_ref());
    let text = text.map_err(|error| {
        tracing::error!(%error, "the metrics cannot be told");
        Problem::new(ErrorCode::Internal)
    })?;
    Ok(([(header::CONTENT_TYPE, CONTENT_TYPE)], text))
}
