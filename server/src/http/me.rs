//! Who asks.

use app::domain::Caller;
use axum::{Extension, Json};

/// Who the console takes the caller for, and what they may.
#[utoipa::path(
    get,
    path = "/api/internal/me",
    tag = "access",
    responses(
        (status = 200, description = "The caller, and their grants", body = Caller),
    ),
)]
pub(super) async fn me(Extension(caller): Extension<Caller>) -> Json<Caller> {
    Json(caller)
}
