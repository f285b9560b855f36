//! The journal of the whole console: by page, and exported.

use std::{io, sync::Arc};

use app::{
    api::{AuditApi, AuditFilter, AuditPaging, AuditTrail, ErrorCode, Problem},
    domain::{Caller, TrailEntry},
};
use axum::{
    Extension, Json,
    body::Body,
    extract::{Query, State, rejection::QueryRejection},
    http::header,
    response::{IntoResponse, Response},
};
use futures::{StreamExt, TryStreamExt, stream};
use serde::Deserialize;

use super::ApiError;
use crate::{audit::Format, service::Console};

/// Entries per chunk of the export: a page of the store.
const PIECE: usize = 1_000;

type Asked<T> = Result<Query<T>, QueryRejection>;

fn asked<T>(query: Asked<T>) -> Result<T, ApiError> {
    let Query(query) = query.map_err(|_| ErrorCode::InvalidQuery)?;
    Ok(query)
}

/// The journal, the oldest entry first; with `before`, the newest.
///
/// A page holds at most `limit` entries, and at most a megabyte of them or one entry: continue with `next_after` or
/// `next_before` until there is none. An entry that cannot be read has a member `unreadable` that says why, its columns
/// as they are stored, and no payload.
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
    Extension(caller): Extension<Caller>,
    filter: Asked<AuditFilter>,
    paging: Asked<AuditPaging>,
) -> Result<Json<AuditTrail>, ApiError> {
    Ok(Json(console.audit(&caller, asked(filter)?, asked(paging)?).await?))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Export {
    /// JSON lines by default.
    #[serde(default)]
    #[param(inline, required = false)]
    format: Format,
}

/// The journal as a file, the oldest entry first, however long it is.
///
/// A response that ends before its last chunk is incomplete: the database became unavailable.
#[utoipa::path(
    get,
    path = "/api/internal/audit/export",
    tag = "audit",
    params(AuditFilter, Export),
    responses(
        (status = 200, description = "The entries", content((String = "application/jsonl"), (String = "text/csv"))),
        (status = 400, description = "A parameter is not of its form", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "The console failed", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is not available", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn export(
    State(console): State<Arc<Console>>,
    Extension(caller): Extension<Caller>,
    filter: Asked<AuditFilter>,
    export: Asked<Export>,
) -> Result<Response, ApiError> {
    let Export { format } = asked(export)?;
    let entries = console.audit_export(&caller, asked(filter)?)?;
    let mut pieces = Box::pin(entries.try_ready_chunks(PIECE).map_err(|broken| broken.1));
    // The first page is read before the response begins: a journal that cannot be read is a problem, not a truncated
    // file.
    let first = pieces.try_next().await?.unwrap_or_default();
    let pieces = stream::once(async move { Ok(first) })
        .chain(pieces.map_err(|error| io::Error::other(error.code.title())));
    let head = stream::once(async move { format.head() });
    let text = head.chain(pieces.map(move |piece| lines(format, &piece?)));
    let headers = [
        (header::CONTENT_TYPE, format.content_type().to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", format.file_name())),
    ];
    Ok((headers, Body::from_stream(text)).into_response())
}

fn lines(format: Format, entries: &[TrailEntry]) -> io::Result<Vec<u8>> {
    let lines: Vec<_> = entries.iter().map(|entry| format.entry(entry)).collect::<io::Result<_>>()?;
    Ok(lines.concat())
}
