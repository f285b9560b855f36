//! GitHub's gate: what it asked, and the runs that people approve.

use std::sync::Arc;

use app::{
    api::{ApprovalRequest, ErrorCode, Problem, ProtectionApi},
    domain::{Caller, ProtectionRequest, ProtectionRequestId},
};
use axum::{
    Extension, Json,
    extract::{FromRequestParts, Path, State},
    http::request::Parts,
};
use serde::Serialize;

use super::{ApiError, body::OptionalJsonBody};
use crate::service::Console;

/// The id in a path. One that is not a UUID names nothing, and the database is not asked.
pub(super) struct RequestPath(ProtectionRequestId);

impl<S: Send + Sync> FromRequestParts<S> for RequestPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        let id = path.ok().and_then(|Path(text)| text.parse().ok());
        id.map(Self).ok_or_else(|| ErrorCode::UnknownDeploy.into())
    }
}

/// What GitHub asked.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct ProtectionRequests {
    /// The newest hundred, newest first.
    requests: Vec<ProtectionRequest>,
}

/// What GitHub asked about its gate, and what it was told.
///
/// Before a job goes on into an environment, GitHub asks the console as a custom deployment protection rule, whoever started
/// the run.
#[utoipa::path(
    get,
    path = "/api/internal/protection-requests",
    tag = "deploys",
    responses(
        (status = 200, description = "The newest hundred, newest first", body = ProtectionRequests),
        (status = 500, description = "The console failed", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is not available", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn protection_requests(
    State(console): State<Arc<Console>>,
    Extension(caller): Extension<Caller>,
) -> Result<Json<ProtectionRequests>, ApiError> {
    let reports = console.protection_requests(&caller).await?;
    Ok(Json(ProtectionRequests { requests: reports.into_iter().map(|report| report.request).collect() }))
}

/// Approve a run that waits at GitHub's gate.
///
/// Somebody else has to have started it. With the last approval that it needs, and unless the environment is frozen, GitHub is
/// told to let it go on.
#[utoipa::path(
    post,
    path = "/api/internal/protection-requests/{id}/approve",
    tag = "deploys",
    params(("id" = uuid::Uuid, Path, description = "The question of GitHub")),
    request_body = ApprovalRequest,
    responses(
        (status = 200, description = "It is approved: by this request, or before by the same person", body = ProtectionRequest),
        (status = 400, description = "Not JSON of this shape", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "GitHub asks nothing with this id", body = Problem, content_type = "application/problem+json"),
        (status = 408, description = "The body was too slow", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It waits for no approval, or the caller started the run", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The comment is too long", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "The console failed", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is not available", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn approve_run(
    State(console): State<Arc<Console>>,
    Extension(caller): Extension<Caller>,
    RequestPath(id): RequestPath,
    OptionalJsonBody(ApprovalRequest { comment }): OptionalJsonBody<ApprovalRequest>,
) -> Result<Json<ProtectionRequest>, ApiError> {
    Ok(Json(console.approve_run(&caller, id, comment).await?))
}

/// Reject a run that waits at GitHub's gate.
///
/// GitHub is told to stop it.
#[utoipa::path(
    post,
    path = "/api/internal/protection-requests/{id}/reject",
    tag = "deploys",
    params(("id" = uuid::Uuid, Path, description = "The question of GitHub")),
    request_body = ApprovalRequest,
    responses(
        (status = 200, description = "It is rejected", body = ProtectionRequest),
        (status = 400, description = "Not JSON of this shape", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "GitHub asks nothing with this id", body = Problem, content_type = "application/problem+json"),
        (status = 408, description = "The body was too slow", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It waits for no approval, or the caller started the run", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The comment is too long", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "The console failed", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is not available", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn reject_run(
    State(console): State<Arc<Console>>,
    Extension(caller): Extension<Caller>,
    RequestPath(id): RequestPath,
    OptionalJsonBody(ApprovalRequest { comment }): OptionalJsonBody<ApprovalRequest>,
) -> Result<Json<ProtectionRequest>, ApiError> {
    Ok(Json(console.reject_run(&caller, id, comment).await?))
}
