//! The signed webhook: Standard Webhooks 1.0, so that any of its libraries verifies it.

use jiff::Timestamp;
use reqwest::{RequestBuilder, StatusCode, header};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use store::Outcome;
use webhook::{MessageId, sign_with_each};

use super::Notice;
use crate::config::WebhookConfig;

/// The request. A repetition carries the same id, and a new signature.
pub(super) fn request(
    http: &reqwest::Client,
    config: &WebhookConfig,
    notice: &Notice,
    now: Timestamp,
) -> RequestBuilder {
    let body = body(notice).to_string();
    let id = MessageId::from(notice.id.as_str());
    let signature = sign_with_each(&config.secrets, &id, now.as_second(), body.as_bytes());
    http.post(config.url.expose_secret())
        .header(header::CONTENT_TYPE, "application/json")
        .header("webhook-id", id.as_str())
        .header("webhook-timestamp", now.as_second())
        .header("webhook-signature", signature)
        .body(body)
}

/// Only "gone" is for ever: it is how the specification lets a receiver say so. A receiver that is being moved,
/// or does not know the secret yet, may say anything else for a while.
pub(super) fn is_final(status: StatusCode) -> bool {
    status == StatusCode::GONE
}

fn body(notice: &Notice) -> Value {
    let ended_at = notice.deploy.finished_at.unwrap_or(notice.deploy.updated_at);
    let mut body = json!({ "type": event(notice.outcome), "timestamp": ended_at, "data": notice.deploy });
    if notice.is_rehearsal {
        body["rehearsal"] = true.into();
    }
    body
}

const fn event(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Succeeded => "deploy.succeeded",
        Outcome::Failed => "deploy.failed",
        Outcome::TimedOut => "deploy.timed_out",
        // No such message is written for this channel.
        Outcome::AwaitsApproval => "deploy.awaits_approval",
    }
}
