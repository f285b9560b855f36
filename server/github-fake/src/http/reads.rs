//! Around every read of the record: is something wrong, and has it changed since it was last given?

use axum::{
    body::to_bytes,
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};

use super::{
    HttpState,
    errors::{faulty, limited, refuse},
};
use crate::model::Outage;

pub(super) async fn out_of_order(State(github): State<HttpState>, request: Request, next: Next) -> Response {
    if request.method() != Method::GET {
        return next.run(request).await;
    }
    match github.model.read() {
        Some(Outage::Answering(status)) => faulty(refuse(status, "Server Error")),
        Some(Outage::Limited(seconds)) => faulty(limited(seconds)),
        None => next.run(request).await,
    }
}

pub(super) async fn unless_known(State(github): State<HttpState>, request: Request, next: Next) -> Response {
    let known = request.headers().get(header::IF_NONE_MATCH).cloned();
    let (mut parts, body) = next.run(request).await.into_parts();
    if parts.status != StatusCode::OK {
        return (parts, body).into_response();
    }
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let tag = format!("W/\"{}\"", hex::encode(Sha256::digest(&body)));
    let is_known =
        known.as_ref().and_then(|known| known.to_str().ok()).is_some_and(|known| is_in(&tag, known));
    let Ok(tag) = HeaderValue::from_str(&tag) else { return (parts, body).into_response() };
    parts.headers.insert(header::ETAG, tag);
    if is_known {
        github.model.read_unchanged();
        parts.headers.remove(header::CONTENT_LENGTH);
        parts.headers.remove(header::CONTENT_TYPE);
        parts.status = StatusCode::NOT_MODIFIED;
        return (parts, ()).into_response();
    }
    (parts, body).into_response()
}

/// Whether a list of tags has this one, weak or not.
fn is_in(tag: &str, known: &str) -> bool {
    let plain = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    known.split(',').any(|one| plain(one) == plain(tag))
}
