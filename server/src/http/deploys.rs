//! Dispatch, list, export, poll, cancel, abandon, approve and reject.

pub(super) mod export;

use std::sync::Arc;

use app::{
    api::{
        AbandonRequest, ApprovalRequest, DeployPage, DeployQuery, DeploysApi, DispatchApi, DispatchRequest,
        Dispatched, ErrorCode, Problem,
    },
    domain::{Caller, Deploy, DeployId},
};
use axum::{
    Extension, Json,
    extract::{FromRequestParts, Path, Query, State},
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};

use super::{
    ApiError,
    answer::{etag, is_known},
    body::{JsonBody, OptionalJsonBody},
    idempotency_key::IdempotencyKey,
};
use crate::service::Console;

/// The id in a path. One that is not a UUID names no deploy, and the database is not asked.
pub(super) struct DeployPath(pub(super) DeployId);

impl<S: Send + Sync> FromRequestParts<S> for DeployPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        let id = path.ok().and_then(|Path(text)| text.parse().ok());
        id.map(Self).ok_or_else(|| ErrorCode::UnknownDeploy.into())
    }
}

/// Request a deploy.
///
/// The request is recorded under its key before GitHub is asked, and GitHub is asked once.
///
/// 201 and 202 say that the request is recorded, and no more: the deploy in the answer may have failed already, because
/// GitHub refused it. Its `status` and the last `log_line` of its `history` say so.
#[utoipa::path(
    post,
    path = "/api/internal/deploys",
    tag = "deploys",
    params(("Idempotency-Key" = String, Header, description = "A quoted string or a token of up to 255 characters")),
    request_body = DispatchRequest,
    responses(
        (status = 200, description = "The same key and request came before: the deploy that they made", body = Deploy,
            headers(("Idempotency-Replayed" = String, description = "`true`"))),
        (status = 201, description = "Recorded, and GitHub has answered: the deploy may have failed already", body = Deploy,
            headers(("Location" = String, description = "The deploy"))),
        (status = 202, description = "Recorded (flag `CONSOLE_DEPLOY_ASYNC`): the deploy may have failed already", body = Deploy,
            headers(("Location" = String, description = "The deploy"))),
        (status = 400, description = "No or malformed key, or not JSON of this shape", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "Unknown app or environment", body = Problem, content_type = "application/problem+json"),
        (status = 408, description = "The body was too slow", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The key is in flight, another deploy or the run of an earlier one is under way, or the environment is frozen", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The key belongs to another request, or a field is not allowed", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "The console failed", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is not available", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn dispatch(
    State(console): State<Arc<Console>>,
    Extension(caller): Extension<Caller>,
    IdempotencyKey(key): IdempotencyKey,
    JsonBody(request): JsonBody<DispatchRequest>,
) -> Result<Response, ApiError> {
    Ok(match console.dispatch(&caller, &key, request).await? {
        Dispatched::Accepted(deploy) => made(StatusCode::ACCEPTED, *deploy),
        Dispatched::Created(deploy) => made(StatusCode::CREATED, *deploy),
        Dispatched::Replayed(deploy) => ([("idempotency-replayed", "true")], Json(*deploy)).into_response(),
    })
}

fn made(status: StatusCode, deploy: Deploy) -> Response {
    let location = format!("/api/internal/deploys/{}", deploy.id);
    (status, [(header::LOCATION, location)], Json(deploy)).into_response()
}

/// Deploys, newest first.
///
/// A page is shorter than `limit` where histories are long. There are more deploys as long as there is a `next_cursor`.
#[utoipa::path(
    get,
    path = "/api/internal/deploys",
    tag = "deploys",
    params(DeployQuery),
    responses(
        (status = 200, description = "A page", body = DeployPage),
        (status = 400, description = "A parameter is not of its form", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "The console failed", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is not available", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn list(
    State(console): State<Arc<Console>>,
    Extension(caller): Extension<Caller>,
    query: Result<Query<DeployQuery>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<DeployPage>, ApiError> {
    let Query(query) = query.map_err(|_| ErrorCode::InvalidQuery)?;
    Ok(Json(console.deploys(&caller, query).await?))
}

/// One deploy: the poll.
#[utoipa::path(
    get,
    path = "/api/internal/deploys/{id}",
    tag = "deploys",
    params(
        ("id" = uuid::Uuid, Path, description = "The deploy"),
        ("If-None-Match" = Option<String>, Header, description = "The entity tag of the version that is known"),
    ),
    responses(
        (status = 200, description = "The deploy", body = Deploy, headers(("ETag" = String, description = "Its version, and whether its commit is known"))),
        (status = 304, description = "Nothing changed since"),
        (status = 404, description = "No such deploy", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "The console failed", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is not available", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn poll(
    State(console): State<Arc<Console>>,
    Extension(caller): Extension<Caller>,
    DeployPath(id): DeployPath,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let polled = console.polled(&caller, id).await?;
    let tag = [(header::ETAG, etag(polled.deploy())), (header::CACHE_CONTROL, "no-cache".to_owned())];
    Ok(if is_known(&headers, &tag[0].1) {
        (StatusCode::NOT_MODIFIED, tag).into_response()
    } else {
        (tag, [(header::CONTENT_TYPE, "application/json")], polled.json()).into_response()
    })
}

/// Cancel a deploy.
///
/// GitHub is asked to cancel the run. The deploy ends when GitHub says that the run did; repeating the request does no
/// harm. Of a deploy that timed out or was abandoned, and whose run may still go on, the run alone is cancelled: the deploy
/// keeps its end.
#[utoipa::path(
    post,
    path = "/api/internal/deploys/{id}/cancel",
    tag = "deploys",
    params(("id" = uuid::Uuid, Path, description = "The deploy")),
    responses(
        (status = 202, description = "Recorded, and GitHub will cancel the run; or, of a deploy that had ended, GitHub says that its run has, too", body = Deploy),
        (status = 404, description = "No such deploy, or its app is no longer configured", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The deploy and its run have ended, as far as is known, or the run is ending or not known yet", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "The console failed", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is not available, or GitHub gave no clear answer", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn cancel(
    State(console): State<Arc<Console>>,
    Extension(caller): Extension<Caller>,
    DeployPath(id): DeployPath,
) -> Result<(StatusCode, Json<Deploy>), ApiError> {
    Ok((StatusCode::ACCEPTED, Json(console.cancel(&caller, id).await?)))
}

/// Abandon a deploy.
///
/// It ends here at once, as `failed`, whatever GitHub says of its run. Then GitHub is asked to cancel what may still run;
/// `cancellation` says what it answered, if it answered in time.
#[utoipa::path(
    post,
    path = "/api/internal/deploys/{id}/abandon",
    tag = "deploys",
    params(("id" = uuid::Uuid, Path, description = "The deploy")),
    request_body = AbandonRequest,
    responses(
        (status = 200, description = "It has ended", body = Deploy),
        (status = 400, description = "Not JSON of this shape", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such deploy", body = Problem, content_type = "application/problem+json"),
        (status = 408, description = "The body was too slow", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It had ended before, or its status is of a newer console", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The reason is missing, or too long", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "The console failed", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is not available", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn abandon(
    State(console): State<Arc<Console>>,
    Extension(caller): Extension<Caller>,
    DeployPath(id): DeployPath,
    JsonBody(AbandonRequest { reason }): JsonBody<AbandonRequest>,
) -> Result<Json<Deploy>, ApiError> {
    Ok(Json(console.abandon(&caller, id, reason).await?))
}

/// Approve a deploy.
///
/// Somebody else has to have requested it. Each person counts once. With the last approval that it needs, GitHub is asked
/// for its run, once; `status` and `history` say what became of that.
#[utoipa::path(
    post,
    path = "/api/internal/deploys/{id}/approve",
    tag = "deploys",
    params(("id" = uuid::Uuid, Path, description = "The deploy")),
    request_body = ApprovalRequest,
    responses(
        (status = 200, description = "It is approved: by this request, or before by the same person", body = Deploy),
        (status = 400, description = "Not JSON of this shape", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such deploy, or its app is no longer configured", body = Problem, content_type = "application/problem+json"),
        (status = 408, description = "The body was too slow", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It waits for no approval, the caller requested it, or the environment is frozen", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The comment is too long", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "The console failed", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is not available", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn approve(
    State(console): State<Arc<Console>>,
    Extension(caller): Extension<Caller>,
    DeployPath(id): DeployPath,
    OptionalJsonBody(ApprovalRequest { comment }): OptionalJsonBody<ApprovalRequest>,
) -> Result<Json<Deploy>, ApiError> {
    Ok(Json(console.approve(&caller, id, comment).await?))
}

/// Reject a deploy.
///
/// It ends, as `failed`. Whoever requested it abandons it instead.
#[utoipa::path(
    post,
    path = "/api/internal/deploys/{id}/reject",
    tag = "deploys",
    params(("id" = uuid::Uuid, Path, description = "The deploy")),
    request_body = ApprovalRequest,
    responses(
        (status = 200, description = "It has ended", body = Deploy),
        (status = 400, description = "Not JSON of this shape", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such deploy, or its app is no longer configured", body = Problem, content_type = "application/problem+json"),
        (status = 408, description = "The body was too slow", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It waits for no approval, or the caller requested it", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The comment is too long", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "The console failed", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is not available", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn reject(
    State(console): State<Arc<Console>>,
    Extension(caller): Extension<Caller>,
    DeployPath(id): DeployPath,
    OptionalJsonBody(ApprovalRequest { comment }): OptionalJsonBody<ApprovalRequest>,
) -> Result<Json<Deploy>, ApiError> {
    Ok(Json(console.reject(&caller, id, comment).await?))
}
