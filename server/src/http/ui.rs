//! Server functions: one that failed answers with the status of its problem, and says when to try again. The framework
//! always says 500.

use app::api::{ErrorCode, Problem, UiError};
use axum::{
    body::to_bytes,
    extract::Request,
    http::{HeaderValue, StatusCode, header},
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
    if let Ok(UiError::Problem(problem)) = serde_json::from_slice(&body) {
        parts.status = StatusCode::from_u16(problem.status).unwrap_or(parts.status);
        if let Some(seconds) = problem.retry_after {
            parts.headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
    }
    (parts, body).into_response()
}

#[cfg(test)]
mod tests {
    use axum::{Json, Router, body::Body, extract::Path, middleware::from_fn, routing::get};
    use tower::ServiceExt;

    use super::*;

    /// One code of each status, by hand.
    const CODES: [(ErrorCode, u16); 15] = [
        (ErrorCode::MalformedBody, 400),
        (ErrorCode::NotSignedIn, 401),
        (ErrorCode::NotAllowed, 403),
        (ErrorCode::UnknownDeploy, 404),
        (ErrorCode::BodyTooSlow, 408),
        (ErrorCode::Frozen, 409),
        (ErrorCode::DeployUnderWay, 409),
        (ErrorCode::RunUnderWay, 409),
        (ErrorCode::BodyTooLarge, 413),
        (ErrorCode::UnsupportedMediaType, 415),
        (ErrorCode::InvalidField, 422),
        (ErrorCode::TooManyAttempts, 429),
        (ErrorCode::Internal, 500),
        (ErrorCode::DatabaseUnavailable, 503),
        (ErrorCode::GitHubUnavailable, 503),
    ];

    /// As the framework answers for a server function that failed.
    async fn refused(Path(place): Path<usize>) -> (StatusCode, Json<UiError>) {
        let problem = Problem { retry_after: Some(7), ..Problem::new(CODES[place].0) };
        (StatusCode::INTERNAL_SERVER_ERROR, Json(UiError::Problem(problem.into())))
    }

    async fn answer(path: String) -> Response {
        let function = Router::new().route("/api/ui/{place}", get(refused)).layer(from_fn(as_problem));
        let request = Request::builder().uri(path).body(Body::empty()).unwrap();
        function.oneshot(request).await.unwrap()
    }

    #[tokio::test]
    async fn refusal_has_the_status_of_its_code() {
        for (place, (code, status)) in CODES.into_iter().enumerate() {
            let answer = answer(format!("/api/ui/{place}")).await;
            assert_eq!((code.http_status(), answer.status().as_u16()), (status, status), "{code:?}");
            assert_eq!(answer.headers()[header::RETRY_AFTER], "7", "{code:?}");
        }
    }
}
