//! The journal of the whole console: a page at a time.

use std::sync::Arc;

use app::api::{AuditApi, AuditFilter, AuditPaging, AuditTrail, ErrorCode, Problem};
use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
};

use super::ApiError;
use crate::service::Console;

type Asked<T> = Result<Query<T>, QueryRejection>;

fn asked<T>(query: Asked<T>) -> Result<T, ApiError> {
    let Query(query) = query.map_err(|_| ErrorCode::InvalidQuery)?;
    Ok(query)
}

/// The journal, the oldest entry first; with `before`, the newest.
///
/// A page holds at most as many entries as are asked for, and at most a megabyte of them or one entry: go on with
/// `next_after` or `next_before` until there is none. An entry that cannot be read has a member `unreadable` that says
/// why, its columns as they are stored, and no payload.
#[utoipa::path(
    get,
    path = "/api/internal/audit",
    tag = "audit",
    params(AuditFilter, AuditPaging),
    responses(
        (status = 200, description = "Entries in the order asked for", body = AuditTrail),
        (status = 400, description = "A parameter is not of its form", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "The console failed", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is not available", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn read(
    State(console): State<Arc<Console>>,
    filter: Asked<AuditFilter>,
    paging: Asked<AuditPaging>,
) -> Result<Json<AuditTrail>, ApiError> {
    Ok(Json(console.audit(asked(filter)?, asked(paging)?).await?))
}
