//! Webhooks of GitHub: that something happened to a run, or that GitHub asks about its gate. They move nothing, and nothing in
//! them is taken for the record: they make the console read it now.

use std::sync::Arc;

use app::api::{ErrorCode, Problem};
use axum::{
    Json,
    extract::{FromRequest, Request, State},
    http::{HeaderMap, StatusCode},
};
use serde::Serialize;
use serde_json::{Map, Value};
use webhook::SigningSecrets;

use super::{
    ApiError, Forged,
    body::{check_declared_size, parse, read},
};
use crate::{
    router::state::AppState,
    service::{Console, Webhook, WebhookOutcome},
};

/// GitHub itself cuts at 25 MB; what the console reads is a hundredth of this.
const MAX_WEBHOOK: usize = 1024 * 1024;
/// GitHub's ids are UUIDs.
const MAX_ID: usize = 128;

/// What webhooks are checked with. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct WebhookGate {
    /// `GITHUB_WEBHOOK_SECRET`; none: the route is not there.
    secrets: Option<SigningSecrets>,
    /// Those that were not authentic, as the log has them.
    forged: Forged,
}

impl WebhookGate {
    #[must_use]
    pub fn new(secrets: Option<SigningSecrets>) -> Self {
        Self { secrets, forged: Forged::default() }
    }
}

/// A webhook whose signature was verified: there is no other way to make one.
pub(super) struct VerifiedWebhook(Webhook);

impl FromRequest<AppState> for VerifiedWebhook {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, ApiError> {
        let WebhookGate { secrets, forged } = &state.webhooks;
        let Some(secrets) = secrets else { return Err(ErrorCode::NotFound.into()) };
        let (parts, body) = request.into_parts();
        check_declared_size(&parts.headers, MAX_WEBHOOK)?;
        let body = read(body, MAX_WEBHOOK).await?;
        webhook::verify_github(secrets, &parts.headers, &body).map_err(|error| {
            if let Some(count) = forged.count(state.console.clock().now()) {
                tracing::warn!(%error, count, "webhook of GitHub not authentic");
            }
            ErrorCode::InvalidSignature
        })?;
        let payload: Map<String, Value> = parse(&body)?;
        let delivery = header(&parts.headers, "x-github-delivery")?;
        let event = header(&parts.headers, "x-github-event")?;
        Ok(Self(Webhook { delivery, event, payload: payload.into() }))
    }
}

/// A header that GitHub always sends.
fn header(headers: &HeaderMap, name: &str) -> Result<String, ApiError> {
    let text = headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .filter(|text| !text.is_empty() && text.len() <= MAX_ID);
    text.map(str::to_owned).ok_or_else(|| {
        Problem::new(ErrorCode::MalformedBody).with_detail(format!("The header {name} is missing.")).into()
    })
}

/// What became of a webhook, as GitHub shows it in its list of deliveries.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct WebhookAnswer {
    outcome: WebhookOutcome,
}

/// Tell that something happened on GitHub.
///
/// `workflow_run` and `workflow_job` make the console read that run now. They move nothing by themselves.
/// `deployment_protection_rule` is a question, which the console answers at GitHub.
#[utoipa::path(
    post,
    path = "/api/github/webhooks",
    tag = "callbacks",
    params(
        ("x-github-event" = String, Header, description = "What happened"),
        ("x-github-delivery" = String, Header, description = "The delivery id"),
        ("x-hub-signature-256" = String, Header, description = "`sha256=` and HMAC-SHA256 over the body, in hex"),
    ),
    request_body(content = serde_json::Value, description = "As GitHub sends it"),
    responses(
        (status = 200, description = "A ping, or a delivery that was taken before", body = WebhookAnswer),
        (status = 202, description = "Taken: what it is about is read, or it is of no use here", body = WebhookAnswer),
        (status = 400, description = "Not JSON, or without the headers of GitHub", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Not signed as it should be", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`GITHUB_WEBHOOK_SECRET` is not set", body = Problem, content_type = "application/problem+json"),
        (status = 408, description = "The body was too slow", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "The body is over 1 MiB", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "The console failed", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is not available", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn webhook(
    State(console): State<Arc<Console>>,
    VerifiedWebhook(webhook): VerifiedWebhook,
) -> Result<(StatusCode, Json<WebhookAnswer>), ApiError> {
    let outcome = console.take_webhook(webhook).await?;
    let status = match outcome {
        WebhookOutcome::Pong | WebhookOutcome::Repeated => StatusCode::OK,
        WebhookOutcome::Read | WebhookOutcome::Asked | WebhookOutcome::Ignored => StatusCode::ACCEPTED,
    };
    Ok((status, Json(WebhookAnswer { outcome })))
}
