//! The issuer of identity tokens: what it says of itself, and its keys. Nobody has to sign in for that.

use axum::{
    Json,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::json;

use super::HttpState;
use crate::{clock::now, control::ISSUER};

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

#[derive(Deserialize)]
pub(super) struct For {
    audience: String,
}

/// A token for a job of a run that is carried out elsewhere: what `ACTIONS_ID_TOKEN_REQUEST_URL` leads to. As on GitHub it is
/// asked for with a token of the job's own, of which there is no more to be known here.
pub(super) async fn token(
    State(github): State<HttpState>,
    Path(run): Path<i64>,
    Query(For { audience }): Query<For>,
    headers: HeaderMap,
) -> Response {
    if !headers.contains_key(header::AUTHORIZATION) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let issuer = github.links.api(ISSUER);
    let claims = github.model.identity_claims(run, &issuer, &audience, now());
    match claims.and_then(|claims| github.model.sign_identity(&claims)) {
        Some(token) => Json(json!({ "count": token.len(), "value": token })).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

pub(super) async fn keys(State(github): State<HttpState>) -> Response {
    match github.model.read_identity_keys() {
        Some(keys) => Json(json!({ "keys": keys })).into_response(),
        None => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}
