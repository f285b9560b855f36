//! The journal of the whole console, in sequence.

use std::sync::Arc;

use app::api::{AuditQuery, AuditTrail, ErrorCode, Problem};
use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
};

use super::ApiError;
use crate::service::Console;

/// The journal, oldest first.
///
/// A page holds at most as many entries as are asked for, and at most a megabyte of them or one entry: go on with
/// `next_after` until there is none. An entry that cannot be read has a member `unreadable` that says why, its columns
/// as they are stored, and no payload.
#[utoipa::path(
    get,
    path = "/api/internal/audit",
    tag = "audit",
    params(AuditQuery),
    responses(
        (status = 200, description = "Entries in sequence", body = AuditTrail),
        (status = 400, description = "A parameter is not of its form", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "The console failed", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is not available", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn read(
    State(console): State<Arc<Console>>,
    query: Result<Query<AuditQuery>, QueryRejection>,
) -> Result<Json<AuditTrail>, ApiError> {
    let Query(query) = query.map_err(|_| ErrorCode::InvalidQuery)?;
    Ok(Json(console.audit(query).await?))
}
