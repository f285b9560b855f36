//! Server functions: one that failed answers with the status of its problem. The framework always says 500.

use app::api::{ErrorCode, Problem, UiError};
use axum::{
    body::to_bytes,
    extract::Request,
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::ApiError;

/// The path prefix of server functions.
const PREFIX: &str = "/api/ui/";
/// The largest problem that is read; ours are much shorter.
const LARGEST: usize = 64 * 1024;

/// Gives the response of a server function the status of its problem.
pub async fn as_problem(request: Request, next: Next) -> Response {
    let is_of_function = request.uri().path().starts_with(PREFIX);
    let response = next.run(request).await;
    match response.status() {
        StatusCode::INTERNAL_SERVER_ERROR if is_of_function => with_status_of_problem(response).await,
        // No server function has this name.
        StatusCode::BAD_REQUEST if is_of_function => ApiError::from(ErrorCode::NotFound).into_response(),
        _ => response,
    }
}

async fn with_status_of_problem(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(body) = to_bytes(body, LARGEST).await else {
        return ApiError::from(Problem::new(ErrorCode::Internal)).into_response();
    };
    let status = match serde_json::from_slice(&body) {
        Ok(UiError::Problem(problem)) => StatusCode::from_u16(problem.status).ok(),
        Ok(UiError::Unreachable | UiError::SignedOut) | Err(_) => None,
    };
    parts.status = status.unwrap_or(parts.status);
    (parts, body).into_response()
}
