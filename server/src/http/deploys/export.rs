//! Deploys as a table for spreadsheets, as RFC 4180 has it.

use std::{io, sync::Arc};

use app::{
    api::{DeployQuery, ErrorCode, Problem},
    domain::{Caller, Deploy, EndKind, FailureStage},
};
use axum::{
    Extension,
    body::Body,
    extract::{Query, State, rejection::QueryRejection},
    http::header,
    response::{IntoResponse, Response},
};
use csv::{Terminator, WriterBuilder};
use futures::{StreamExt, TryStreamExt, stream};

use crate::{csv_cell::text, http::ApiError, service::Console};

/// Deploys per chunk: a page of the store.
const PIECE: usize = 100;

const COLUMNS: [&str; 16] = [
    "id",
    "app",
    "environment",
    "git_ref",
    "commit",
    "status",
    "ended_as",
    "failure_stage",
    "requested_by",
    "reason",
    "requested_at",
    "finished_at",
    "seconds",
    "attempt",
    "github_run_id",
    "github_run_url",
];

/// Deploys as a CSV file, newest first, however many there are.
///
/// The filters are those of the list; `limit` and `cursor` have no effect. `ended_as` says how a deploy ended that is
/// `failed` and did not fail by itself, `seconds` how long it took from the request to the end. Texts that a spreadsheet
/// would run as a formula get a leading apostrophe. A response that ends before its last chunk is incomplete: the database
/// became unavailable.
#[utoipa::path(
    get,
    path = "/api/internal/deploys.csv",
    tag = "deploys",
    params(DeployQuery),
    responses(
        (status = 200, description = "The deploys", content((String = "text/csv"))),
        (status = 400, description = "A parameter is not of its form", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "The console failed", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is not available", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(in crate::http) async fn deploys_csv(
    State(console): State<Arc<Console>>,
    Extension(caller): Extension<Caller>,
    query: Result<Query<DeployQuery>, QueryRejection>,
) -> Result<Response, ApiError> {
    let Query(query) = query.map_err(|_| ErrorCode::InvalidQuery)?;
    let deploys = console.deploys_export(&caller, query)?;
    let mut pieces = Box::pin(deploys.try_ready_chunks(PIECE).map_err(|broken| broken.1));
    // The first page is read before the response begins: what cannot be read is a problem, not a truncated file.
    let first = pieces.try_next().await?.unwrap_or_default();
    let pieces = stream::once(async move { Ok(first) })
        .chain(pieces.map_err(|error| io::Error::other(error.code.title())));
    let head = stream::once(async { lines([COLUMNS.map(str::to_owned)]) });
    let table = head.chain(pieces.map(|piece| lines(piece?.iter().map(cells))));
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"deploys.csv\""),
    ];
    Ok((headers, Body::from_stream(table)).into_response())
}

fn lines(rows: impl IntoIterator<Item = [String; COLUMNS.len()]>) -> io::Result<Vec<u8>> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    for row in rows {
        writer.write_record(row)?;
    }
    writer.into_inner().map_err(|error| io::Error::other(error.to_string()))
}

fn cells(deploy: &Deploy) -> [String; COLUMNS.len()] {
    let optional = |words: Option<&str>| text(words.unwrap_or_default());
    let took = deploy.finished_at.map(|at| (at.as_second() - deploy.requested_at.as_second()).max(0));
    [
        deploy.id.to_string(),
        text(&deploy.app),
        text(&deploy.environment),
        text(&deploy.git_ref),
        deploy.commit.as_ref().map(ToString::to_string).unwrap_or_default(),
        text(deploy.status.as_str()),
        deploy.end_kind().map(EndKind::as_str).unwrap_or_default().to_owned(),
        deploy.failure_stage.map(FailureStage::as_str).unwrap_or_default().to_owned(),
        text(&deploy.requested_by),
        optional(deploy.reason.as_deref()),
        deploy.requested_at.to_string(),
        deploy.finished_at.map(|at| at.to_string()).unwrap_or_default(),
        took.map(|seconds| seconds.to_string()).unwrap_or_default(),
        deploy.attempt.to_string(),
        deploy.github_run_id.map(|id| id.to_string()).unwrap_or_default(),
        optional(deploy.github_run_url.as_deref()),
    ]
}
