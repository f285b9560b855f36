//! The routes, each with its description, and the OpenAPI document that is made of them.

mod refusals;

use std::sync::{Arc, OnceLock};

use app::api::ErrorCode;
use axum::{Router, body::Bytes, http::header, routing::get};
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    ApiError, audit, callback, deploys, events, github_webhook, health, insight, me, metrics, protection,
};
use crate::router::state::AppState;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Deploy Console",
        description = "Ask for deploys, follow them, report on them.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    tags(
        (name = "deploys", description = "Ask for deploys and follow them"),
        (name = "callbacks", description = "For workflows: Standard Webhooks 1.0. And for GitHub itself"),
        (name = "access", description = "Who asks, and what they may"),
        (name = "audit", description = "The journal of the whole console"),
        (name = "health", description = "For whoever runs the console"),
    ),
)]
struct Description;

/// Everything under `/api/internal`, and the health checks.
pub fn router() -> Router<AppState> {
    let (router, mut description) = OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(deploys::dispatch, deploys::list))
        .routes(routes!(deploys::export::deploys_csv))
        .routes(routes!(deploys::poll))
        .routes(routes!(deploys::cancel))
        .routes(routes!(deploys::abandon))
        .routes(routes!(deploys::approve))
        .routes(routes!(deploys::reject))
        .routes(routes!(protection::protection_requests))
        .routes(routes!(protection::approve_run))
        .routes(routes!(protection::reject_run))
        .routes(routes!(callback::callback))
        .routes(routes!(github_webhook::webhook))
        .routes(routes!(events::events))
        .routes(routes!(audit::read))
        .routes(routes!(audit::export))
        .routes(routes!(insight::figures))
        .routes(routes!(me::me))
        .routes(routes!(health::doctor))
        .routes(routes!(health::alive))
        .routes(routes!(health::ready))
        .routes(routes!(metrics::metrics))
        .split_for_parts();
    refusals::describe(&mut description);
    // Written once, when it is first asked for: it is the largest answer there is, and always the same.
    // A handler is cloned for each request, so what it holds has to be cheap to clone.
    let (written, description) = (Arc::new(OnceLock::new()), Arc::new(description));
    let describe = async move || {
        let text = written.get_or_init(|| Bytes::from(serde_json::to_vec(&*description).unwrap_or_default()));
        ([(header::CONTENT_TYPE, "application/json")], text.clone())
    };
    router
        .route("/api/internal/openapi.json", get(describe))
        .route("/api/internal/", axum::routing::any(nothing_here))
        .route("/api/internal/{*rest}", axum::routing::any(nothing_here))
        .method_not_allowed_fallback(wrong_method)
}

async fn nothing_here() -> ApiError {
    ErrorCode::NotFound.into()
}

async fn wrong_method() -> ApiError {
    ErrorCode::MethodNotAllowed.into()
}
