//! Callbacks. The order of the answers is the order of the checks below, and no part of a message is parsed before it is
//! proved: [`proof`] says by what.

mod proof;

use std::sync::Arc;

use app::{
    api::{ErrorCode, Problem},
    domain::{Commit, DeployId, FailureStage, Leg, StoredStatus, Timestamp},
};
use axum::{
    Json,
    extract::{FromRequest, FromRequestParts, Request, State},
};
use serde::{Deserialize, Deserializer};
use sha2::{Digest, Sha256};

pub use self::proof::IdentityGate;
use self::proof::{Proof, prove};
use super::{
    ApiError,
    body::{MAX_BODY, check_content_type, check_declared_size, parse, read},
    deploys::DeployPath,
};
use crate::{
    router::state::AppState,
    service::{Callback, CallbackAnswer, Console},
};

/// The body of a callback. Members that are not named here are ignored.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub(super) struct CallbackBody {
    /// The deploy: the one of the path.
    #[schema(value_type = uuid::Uuid)]
    console_deploy_id: String,
    /// The status that was reached.
    status: String,
    log_line: Option<String>,
    /// The GitHub run.
    run_id: Option<i64>,
    /// Which attempt of it.
    run_attempt: Option<i64>,
    /// With `failed`: the stage that failed.
    failure_stage: Option<String>,
    /// The commit that was checked out, in full. A malformed one is ignored.
    #[serde(default, deserialize_with = "commit")]
    #[schema(value_type = Option<String>)]
    commit: Option<Commit>,
    /// When that commit was made. Anything but an RFC 3339 time from 1970 on is ignored.
    #[serde(default, deserialize_with = "committed_at")]
    #[schema(value_type = Option<String>, format = DateTime)]
    committed_at: Option<Timestamp>,
    /// Where the job is one of several that do the same step: which one of how many.
    leg: Option<Leg>,
}

/// A status must not be lost because of a malformed optional member.
fn commit<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Commit>, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    Ok(value.as_str().and_then(|text| text.parse().ok()))
}

/// The same. Nothing was committed before 1970, and no database has to calculate with such times.
fn committed_at<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    let at: Option<Timestamp> = value.as_str().and_then(|text| text.parse().ok());
    Ok(at.filter(|at| *at >= Timestamp::UNIX_EPOCH))
}

/// A callback that was proved to be of its app's workflow: there is no other way to make one.
pub(super) struct VerifiedCallback(Callback);

impl FromRequest<AppState> for VerifiedCallback {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, ApiError> {
        let (mut parts, body) = request.into_parts();
        let DeployPath(deploy_id) = DeployPath::from_request_parts(&mut parts, state).await?;
        check_declared_size(&parts.headers, MAX_BODY)?;
        let body = read(body, MAX_BODY).await?;
        let proof = prove(state, deploy_id, &parts.headers, &body).await?;
        check_content_type(&parts.headers)?;
        let message: CallbackBody = parse(&body)?;
        check_binding(deploy_id, &message, &proof)?;
        Ok(Self(Callback {
            delivery_id: proof.delivery_id,
            proof: proof.run,
            body_hash: hex::encode(Sha256::digest(&body)),
            deploy_id,
            claim: StoredStatus::from(message.status.as_str()),
            log_line: message.log_line,
            // A stage that only a newer workflow knows fails the deploy all the same.
            failure_stage: message.failure_stage.and_then(|text| text.parse::<FailureStage>().ok()),
            run_id: message.run_id,
            run_attempt: message.run_attempt,
            commit: message.commit,
            committed_at: message.committed_at,
            leg: message.leg,
        }))
    }
}

/// The id in the body binds the deploy into the signature: a signature made for another deploy is invalid here.
fn check_binding(path: DeployId, message: &CallbackBody, proof: &Proof) -> Result<(), ApiError> {
    match message.console_deploy_id.parse::<DeployId>() {
        Ok(signed_for) if signed_for == path => Ok(()),
        Ok(signed_for) => {
            tracing::warn!(deploy_id = %path, %signed_for, "callback signed for another deploy");
            Err(proof.refusal().into())
        }
        Err(_) => {
            let detail = "console_deploy_id is not a deploy id.";
            Err(Problem::new(ErrorCode::MalformedBody).with_detail(detail).into())
        }
    }
}

/// Report how a deploy goes.
///
/// Standard Webhooks 1.0. A retry carries the same `webhook-id` and a new signature. Where the app has
/// `callback_identity = "github"` or `"either"`, an identity token of GitHub Actions for the console's public address, in
/// `Authorization`, stands in place of the signature.
#[utoipa::path(
    post,
    path = "/api/internal/deploys/{id}/callback",
    tag = "callbacks",
    params(
        ("id" = uuid::Uuid, Path, description = "The deploy"),
        ("webhook-id" = String, Header, description = "The delivery id"),
        ("webhook-timestamp" = i64, Header, description = "Unix seconds, within 300 of the console's clock"),
        ("webhook-signature" = Option<String>, Header, description = "`v1,` and base64 of HMAC-SHA256 over `{id}.{timestamp}.{body}`; several separated by spaces"),
        ("authorization" = Option<String>, Header, description = "`Bearer` and an identity token of GitHub Actions, in place of the signature"),
    ),
    request_body = CallbackBody,
    responses(
        (status = 200, description = "Applied, noted, repeated or replayed", body = CallbackAnswer),
        (status = 400, description = "Not JSON of this shape", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Not signed as it should be, or the identity token is not of the deploy's workflow and run", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such deploy", body = Problem, content_type = "application/problem+json"),
        (status = 408, description = "The body was too slow", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The table has no such transition, or the delivery id was used for another body", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "The body is over 64 KiB", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Not a status that a callback may claim", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "The console failed", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is not available, or the keys of identity tokens cannot be read", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn callback(
    State(console): State<Arc<Console>>,
    VerifiedCallback(callback): VerifiedCallback,
) -> Result<Json<CallbackAnswer>, ApiError> {
    Ok(Json(console.receive(callback).await?))
}
