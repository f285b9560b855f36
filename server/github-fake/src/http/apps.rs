//! What a GitHub App asks as itself: where it is installed, and for tokens.

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Request, State},
    http::{StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    HttpState,
    errors::{not_found, refuse},
    records::node_id,
};
use crate::{
    clock::now,
    model::{Installation, NotMade, Permissions},
};

/// GitHub takes no proof that is good for longer.
const LONGEST: i64 = 600;

#[derive(Deserialize)]
struct Claims {
    iat: i64,
    exp: i64,
    iss: Issuer,
}

/// An id may be written as a number.
#[derive(Deserialize)]
#[serde(untagged)]
enum Issuer {
    Text(String),
    Number(i64),
}

/// What is asked for a token.
#[derive(Default, Deserialize)]
struct Wanted {
    repositories: Option<Vec<String>>,
    permissions: Option<Permissions>,
}

/// Lets only the App itself pass.
pub(super) async fn app_is_known(State(github): State<HttpState>, request: Request, next: Next) -> Response {
    let header = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let proof = header.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    match github.refused_proof(proof) {
        Some(refusal) => refusal,
        None => next.run(request).await,
    }
}

pub(super) async fn installation(
    State(github): State<HttpState>,
    Path((owner, name)): Path<(String, String)>,
) -> Response {
    match github.model.installation_for(&format!("{owner}/{name}")) {
        Some(installation) => Json(github.installation_record(&installation)).into_response(),
        None => not_found(),
    }
}

pub(super) async fn access_token(
    State(github): State<HttpState>,
    Path(installation): Path<i64>,
    body: Bytes,
) -> Response {
    let wanted = if body.is_empty() { Ok(Wanted::default()) } else { serde_json::from_slice(&body) };
    let Ok(Wanted { repositories, permissions }) = wanted else {
        return refuse(400, "Problems parsing JSON");
    };
    let is_narrow = repositories.is_some();
    match github.model.make_app_token(installation, repositories, permissions, now()) {
        Ok(token) => {
            let record = json!({
                "token": token.secret,
                "expires_at": token.expires_at,
                "permissions": token.permissions,
                "repository_selection": if is_narrow { "selected" } else { "all" },
            });
            (StatusCode::CREATED, Json(record)).into_response()
        }
        Err(NotMade::NoInstallation) => not_found(),
        Err(NotMade::Suspended) => refuse(403, "This installation has been suspended"),
        Err(NotMade::NoSuchRepository) => refuse(
            422,
            "There is at least one repository that does not exist or is not accessible to the parent installation.",
        ),
        Err(NotMade::NotGranted) => {
            refuse(422, "The permissions requested are not granted to this installation.")
        }
    }
}

impl HttpState {
    /// Why a proof is not taken, in GitHub's words.
    fn refused_proof(&self, proof: &str) -> Option<Response> {
        let mut open = Validation::new(Algorithm::RS256);
        (open.validate_exp, open.validate_aud) = (false, false);
        open.required_spec_claims.clear();
        let unread = || Some(refuse(401, "A JSON web token could not be decoded"));
        let Ok(read) = jsonwebtoken::dangerous::insecure_decode::<Claims>(proof) else { return unread() };
        let id = match &read.claims.iss {
            Issuer::Text(id) => id.clone(),
            Issuer::Number(id) => id.to_string(),
        };
        let Some(key) = self.model.app_key(&id) else { return Some(refuse(404, "Integration not found")) };
        let key = DecodingKey::from_rsa_der(&key);
        if jsonwebtoken::decode::<Claims>(proof, &key, &open).is_err() {
            return unread();
        }
        let (Claims { iat, exp, .. }, now) = (read.claims, now().as_second());
        let wrong = if iat > now {
            "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued"
        } else if exp <= now {
            "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires"
        } else if exp - now > LONGEST {
            "'Expiration time' claim ('exp') is too far in the future"
        } else {
            return None;
        };
        Some(refuse(401, wrong))
    }

    fn installation_record(&self, installation: &Installation) -> Value {
        let Installation { id, owner, chosen, permissions, suspended_at } = installation;
        let url = self.links.api(&format!("/app/installations/{id}/access_tokens"));
        let since = "2026-01-01T00:00:00Z";
        json!({
            "id": id,
            "account": self.links.account(owner),
            "repository_selection": if chosen.is_some() { "selected" } else { "all" },
            "access_tokens_url": url,
            "repositories_url": self.links.api("/installation/repositories"),
            "html_url": self.links.api(&format!("/organizations/{owner}/settings/installations/{id}")),
            "app_id": self.model.app_id(),
            "app_slug": "deploy-console",
            "target_id": 1,
            "target_type": "Organization",
            "permissions": permissions,
            "events": ["workflow_run", "workflow_job"],
            "created_at": since,
            "updated_at": since,
            "single_file_name": null,
            "suspended_by": suspended_at.map(|_| self.links.account(owner)),
            "suspended_at": suspended_at,
            "client_id": "Iv1.simulated",
            "node_id": node_id("I", usize::try_from(*id).unwrap_or_default()),
        })
    }
}
