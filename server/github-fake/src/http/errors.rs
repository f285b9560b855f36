//! Answers that are no success, with GitHub's words.

use axum::{
    Json,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

/// Marks an answer that is given because a test or a rehearsal wanted something to go wrong.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Faulty;

pub(super) fn refuse(status: u16, message: &str) -> Response {
    let body = json!({
        "message": message,
        "documentation_url": "https://docs.github.com/rest",
        "status": status.to_string(),
    });
    (status_code(status), Json(body)).into_response()
}

pub(super) fn not_found() -> Response {
    refuse(404, "Not Found")
}

pub(super) async fn no_such_endpoint() -> Response {
    not_found()
}

/// The secondary limit, which says how long to wait.
pub(super) fn limited(seconds: u32) -> Response {
    let retry_after = [(header::RETRY_AFTER, seconds.to_string())];
    (retry_after, refuse(429, "You have exceeded a secondary rate limit")).into_response()
}

pub(super) fn status_code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The same answer, as one that something went wrong with.
pub(super) fn faulty(mut response: Response) -> Response {
    response.extensions_mut().insert(Faulty);
    response
}

/// The same answer, with this header.
pub(super) fn with_header(mut response: Response, name: &'static str, value: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(HeaderName::from_static(name), value);
    }
    response
}
