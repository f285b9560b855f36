//! The issuer of identity tokens: what it says of itself, and its keys. Nobody has to sign in for that.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::HttpState;
use crate::control::ISSUER;

pub(super) async fn discovery(State(github): State<HttpState>) -> Response {
    if github.model.is_identity_away() {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let issuer = github.links.api(ISSUER);
    let claims = vec![
        "sub",
        "aud",
        "exp",
        "iat",
        "iss",
        "jti",
        "nbf",
        "ref",
        "sha",
        "repository",
        "repository_id",
        "repository_owner",
        "repository_owner_id",
        "run_id",
        "run_number",
        "run_attempt",
        "actor",
        "actor_id",
        "workflow",
        "workflow_ref",
        "workflow_sha",
        "head_ref",
        "base_ref",
        "event_name",
        "ref_type",
        "ref_protected",
        "environment",
        "environment_node_id",
        "job_workflow_ref",
        "job_workflow_sha",
        "repository_visibility",
        "runner_environment",
        "issuer_scope",
    ];
    Json(json!({
        "issuer": issuer,
        "jwks_uri": format!("{issuer}/.well-known/jwks"),
        "subject_types_supported": ["public", "pairwise"],
        "response_types_supported": ["id_token"],
        "claims_supported": claims,
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid"],
    }))
    .into_response()
}

pub(super) async fn keys(State(github): State<HttpState>) -> Response {
    match github.model.read_identity_keys() {
        Some(keys) => Json(json!({ "keys": keys })).into_response(),
        None => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}
