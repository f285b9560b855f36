//! What a request has to get past before anything is looked up.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, header},
    middleware::Next,
    response::Response,
};

use super::{
    HttpState,
    errors::{not_found, refuse, with_header},
};
use crate::{
    clock::now,
    model::{Permission, Standing, TokenState, Whereabouts},
};

/// Versions of the API that are spoken here. A request that names none is answered in the oldest.
const VERSIONS: [&str; 2] = ["2022-11-28", "2026-03-10"];

pub(super) async fn is_as_documented(request: Request, next: Next) -> Response {
    match undocumented(request.headers()) {
        Some(refusal) => refusal,
        None => next.run(request).await,
    }
}

/// What is wrong with the headers of a request.
fn undocumented(headers: &HeaderMap) -> Option<Response> {
    let header = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    if header("user-agent").is_none_or(str::is_empty) {
        let message = "Request forbidden by administrative rules. Please make sure your request has a User-Agent header";
        return Some(refuse(403, message));
    }
    let is_known = header("x-github-api-version").is_none_or(|version| VERSIONS.contains(&version));
    (!is_known).then(|| refuse(400, "The version you specified is not a supported version."))
}

pub(super) async fn token_is_good(State(github): State<HttpState>, request: Request, next: Next) -> Response {
    let header = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token =
        header.and_then(|value| value.strip_prefix("Bearer ").or_else(|| value.strip_prefix("token ")));
    if let Some(token) = token.filter(|token| token.starts_with(OF_INSTALLATION)) {
        return match standing(&github, token, &request) {
            Standing::Good => next.run(request).await,
            Standing::Unknown => refuse(401, "Bad credentials"),
            Standing::Suspended => refuse(403, "This installation has been suspended"),
            Standing::Elsewhere => not_found(),
            Standing::Lacking => {
                let refusal = refuse(403, "Resource not accessible by integration");
                with_header(refusal, "x-accepted-github-permissions", needed(&request).as_str())
            }
        };
    }
    let state = match token.map(str::trim) {
        Some("") | None => TokenState::Revoked,
        Some(_) => github.model.token(),
    };
    match state {
        TokenState::Accepted | TokenState::Without(_) if is_for_apps(&request) => {
            refuse(403, "Resource not accessible by personal access token")
        }
        TokenState::Revoked => refuse(401, "Bad credentials"),
        TokenState::Without(missing) if missing == needed(&request) => {
            let refusal = refuse(403, "Resource not accessible by personal access token");
            with_header(refusal, "x-accepted-github-permissions", missing.as_str())
        }
        TokenState::WithoutSingleSignOn => {
            let message = "Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization.";
            let address = "required; url=https://github.com/orgs/acme/sso?authorization_request=1";
            with_header(refuse(403, message), "x-github-sso", address)
        }
        TokenState::Accepted | TokenState::Without(_) => next.run(request).await,
    }
}

/// How a token of an App's installation begins.
const OF_INSTALLATION: &str = "ghs_";

fn standing(github: &HttpState, token: &str, request: &Request) -> Standing {
    let mut segments = request.uri().path().splitn(5, '/').skip(1);
    let repo = match (segments.next(), segments.next(), segments.next()) {
        (Some("repos"), Some(owner), Some(name)) => Some(format!("{owner}/{name}")),
        _ => None,
    };
    let permission = needed(request).as_str().split_once('=').unwrap_or_default();
    github.model.standing(token, repo.as_deref(), permission, now())
}

/// The permission that a request takes.
fn needed(request: &Request) -> Permission {
    let path = request.uri().path();
    if is_for_apps(request) {
        return Permission::WriteDeployments;
    }
    if request.method() != Method::GET {
        return Permission::WriteActions;
    }
    if path.contains("/actions/") { Permission::ReadActions } else { Permission::ReadContents }
}

/// Whether only an App may ask it.
fn is_for_apps(request: &Request) -> bool {
    request.uri().path().ends_with("/deployment_protection_rule")
}

/// A repository that is not there is not found, and one of another name is pointed at by its number.
pub(super) async fn repository_is_here(
    State(github): State<HttpState>,
    request: Request,
    next: Next,
) -> Response {
    let mut segments = request.uri().path().splitn(5, '/').skip(1);
    let (Some("repos"), Some(owner), Some(name)) = (segments.next(), segments.next(), segments.next()) else {
        return next.run(request).await;
    };
    match github.model.whereabouts(&format!("{owner}/{name}")) {
        Whereabouts::Here => next.run(request).await,
        Whereabouts::Nowhere => not_found(),
        Whereabouts::Moved(number) => {
            let rest = segments.next().map(|rest| format!("/{rest}")).unwrap_or_default();
            let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
            let address = github.links.api(&format!("/repositories/{number}{rest}{query}"));
            moved(request.method() == Method::GET, &address)
        }
    }
}

fn moved(is_read: bool, address: &str) -> Response {
    let body = serde_json::json!({
        "message": "Moved Permanently",
        "url": address,
        "documentation_url": "https://docs.github.com/rest/guides/best-practices-for-using-the-rest-api#follow-redirects",
    });
    let status = super::errors::status_code(if is_read { 301 } else { 307 });
    let answer = axum::response::IntoResponse::into_response((status, axum::Json(body)));
    with_header(answer, "location", address)
}
