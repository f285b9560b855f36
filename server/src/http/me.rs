//! Who asks.

use app::{api::Problem, domain::Caller};
use axum::{Extension, Json};

/// Who the console takes the caller for, and what they may.
#[utoipa::path(
    get,
    path = "/api/internal/me",
    tag = "access",
    responses(
        (status = 200, description = "The caller, and their grants", body = Caller),
        (status = 401, description = "Nobody is signed in, or the token is not one of this console", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn me(Extension(caller): Extension<Caller>) -> Json<Caller> {
    Json(caller)
}
