//! Signing in and out: where browsers are sent, and what comes back.

use std::sync::Arc;

use app::{
    api::{ErrorCode, Problem, SignInButton, SignInOptions, SignInProblem},
    domain::Role,
};
use axum::{
    Router,
    extract::{Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header, request::Parts},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sign_in::{Answer, Attempt, Begun, Person, Provider, SignInError};
use store::Identity;

use super::ApiError;
use crate::{
    access::{Access, attempts::Failure, cookie::Kind, gate::names_sender},
    config::SignInConfig,
    router::state::AppState,
    service::from_store,
};

/// The routes under `/auth`.
pub fn sign_in() -> Router<AppState> {
    Router::new()
        .route("/auth/start", get(start))
        .route("/auth/callback", get(callback))
        .route("/auth/sign-out", post(sign_out))
}

#[derive(Deserialize)]
struct Start {
    #[serde(default)]
    return_to: String,
    /// In a rehearsal: as whom.
    role: Option<Role>,
}

async fn start(
    State(access): State<Arc<Access>>,
    Query(Start { return_to, role }): Query<Start>,
    parts: Parts,
) -> Result<Response, ApiError> {
    let page = return_path(&return_to);
    if let Some(provider) = &access.provider {
        return Ok(to_provider(&access, provider, &parts, page).await);
    }
    match (&access.sign_in, role) {
        (SignInConfig::Rehearsal, Some(role)) => {
            signed_in(&access, rehearsing(role), &parts.headers, page).await
        }
        (SignInConfig::Rehearsal, None) => Ok(see_other("/sign-in")),
        (
            SignInConfig::None | SignInConfig::Oidc(_) | SignInConfig::GitHub(_) | SignInConfig::Proxy(_),
            _,
        ) => Ok(see_other(page)),
    }
}

/// What the browser keeps while somebody is at the provider.
#[derive(Deserialize, Serialize)]
struct Pending {
    attempt: Attempt,
    return_to: String,
}

async fn to_provider(access: &Access, provider: &Provider, parts: &Parts, page: &str) -> Response {
    if access.check_attempts(Failure::SignIn, access.client(parts)).is_err() {
        return again(page, SignInProblem::TooManyAttempts);
    }
    match provider.begin().await {
        Ok(Begun { url, attempt }) => {
            let pending = Pending { attempt, return_to: page.to_owned() };
            // Strings and a time: there is nothing that JSON cannot say.
            let text = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&pending).unwrap_or_default());
            let mut response = see_other(url.as_str());
            if let Some(cookie) = access.cookies.set(Kind::SignIn, &text) {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            response
        }
        Err(error) => failed(&error, page),
    }
}

/// The provider sends the browser back.
async fn callback(
    State(access): State<Arc<Access>>,
    Query(answer): Query<Answer>,
    parts: Parts,
) -> Result<Response, ApiError> {
    let client = access.client(&parts);
    if access.check_attempts(Failure::SignIn, client).is_err() {
        return Ok(again("/", SignInProblem::TooManyAttempts));
    }
    let pending = access.cookies.read(Kind::SignIn, &parts.headers).and_then(pending);
    let (Some(provider), Some(Pending { attempt, return_to })) = (&access.provider, pending) else {
        return Ok(again("/", SignInProblem::SignInExpired));
    };
    let page = return_path(&return_to);
    match provider.finish(attempt, answer).await {
        Ok(Person { id, name, groups }) => {
            signed_in(&access, Identity { id, name, groups }, &parts.headers, page).await
        }
        Err(error) => {
            access.note_failure(Failure::SignIn, client);
            Ok(failed(&error, page))
        }
    }
}

fn pending(cookie: &str) -> Option<Pending> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(cookie).ok()?).ok()
}

fn failed(error: &SignInError, page: &str) -> Response {
    tracing::warn!(code = error.code(), cause = error.cause(), "nobody was signed in");
    again(page, problem_of(error))
}

/// What the page says of it. The log has the rest.
const fn problem_of(error: &SignInError) -> SignInProblem {
    match error {
        SignInError::ProviderAway(_) => SignInProblem::ProviderUnavailable,
        SignInError::WrongState
        | SignInError::AttemptExpired
        | SignInError::NoCode
        | SignInError::CodeRefused(_) => SignInProblem::SignInExpired,
        SignInError::RefusedByPerson | SignInError::RefusedByProvider(_) => SignInProblem::SignInRefused,
        SignInError::ProviderUnusable(_)
        | SignInError::WrongProvider
        | SignInError::ClientRefused(_)
        | SignInError::Token(..)
        | SignInError::NoName => SignInProblem::SignInFailed,
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SignInQuery {
    return_to: String,
    problem: Option<String>,
}

/// What the page to sign in offers, at this address.
pub fn options(access: &Access, uri: &Uri) -> SignInOptions {
    let Query(SignInQuery { return_to, problem }) = Query::try_from_uri(uri).unwrap_or_default();
    let page = return_path(&return_to);
    let buttons = match (&access.sign_in, &access.provider) {
        (SignInConfig::Oidc(_), Some(provider)) => vec![SignInButton::oidc(provider.label(), page)],
        (SignInConfig::GitHub(_), Some(_)) => vec![SignInButton::github(page)],
        (SignInConfig::Rehearsal, _) => Role::ALL.map(|role| SignInButton::role(role, page)).to_vec(),
        (
            SignInConfig::None | SignInConfig::Oidc(_) | SignInConfig::GitHub(_) | SignInConfig::Proxy(_),
            _,
        ) => Vec::new(),
    };
    SignInOptions { buttons, problem }
}

/// The page to sign in, with what went wrong.
fn again(page: &str, problem: SignInProblem) -> Response {
    let problem = problem.as_str();
    let mut query = form_urlencoded::Serializer::for_suffix("/sign-in?".to_owned(), "/sign-in?".len());
    query.append_pair("problem", problem);
    if page != "/" {
        query.append_pair("return_to", page);
    }
    see_other(&query.finish())
}

/// Somebody of a rehearsal: the group of a role has that role.
fn rehearsing(role: Role) -> Identity {
    Identity { id: format!("rehearsal:{role}"), name: role.to_string(), groups: vec![format!("{role}s")] }
}

async fn signed_in(
    access: &Access,
    identity: Identity,
    headers: &HeaderMap,
    page: &str,
) -> Result<Response, ApiError> {
    tracing::info!(id = identity.id, name = identity.name, "signed in");
    let secret = access.begin(identity, headers).await.map_err(from_store)?;
    let mut response = see_other(page);
    let cookies = [access.cookies.set(Kind::Session, &secret), access.cookies.unset(Kind::SignIn)];
    for cookie in cookies.into_iter().flatten() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

async fn sign_out(State(access): State<Arc<Access>>, headers: HeaderMap) -> Result<Response, ApiError> {
    let has_session = access.cookies.read(Kind::Session, &headers).is_some();
    if has_session && !names_sender(&headers) {
        return Err(Problem::new(ErrorCode::CrossSite).into());
    }
    access.end(&headers).await.map_err(from_store)?;
    let mut response = see_other(&format!("/sign-in?problem={}", SignInProblem::SignedOut.as_str()));
    if let Some(cookie) = access.cookies.unset(Kind::Session) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// A path of this console, or the board: nobody is sent anywhere else.
fn return_path(text: &str) -> &str {
    let is_path = text.starts_with('/') && !text.starts_with("//") && !text.contains('\\');
    let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic());
    let is_page = !text.starts_with("/auth/") && !text.starts_with("/sign-in") && !text.starts_with("/api/");
    if is_path && is_plain && is_page { text } else { "/" }
}

fn see_other(path: &str) -> Response {
    let location = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_returns_to_this_console_alone() {
        for ours in ["/", "/deploys/1?x=%2F%2Fevil.test", "/deploy/shop/production#x"] {
            assert_eq!(return_path(ours), ours);
        }
        for other in [
            "",
            "evil.test",
            "//evil.test",
            "/\\evil.test",
            "/\t/evil.test",
            "https://evil.test",
            "/ /evil.test",
            "/auth/start",
            "/sign-in",
            "/api/internal/me",
            "javascript:alert(1)",
            "/ä",
        ] {
            assert_eq!(return_path(other), "/", "{other}");
        }
    }
}
