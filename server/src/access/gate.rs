//! The gate: before any handler, whoever does not meet what a route asks for is refused.

use std::sync::Arc;

use app::{
    api::{ErrorCode, Problem},
    domain::{Caller, Role, Visible},
};
use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{
    Access, Proof,
    routes::{Asks, asks},
};
use crate::http::ApiError;

/// Lets a request through, with its [`Caller`] and its [`Proof`] among its extensions, or refuses it.
pub async fn let_in(State(access): State<Arc<Access>>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    access.clean(&mut parts);
    let asks = asks(&parts.method, parts.extensions.get::<MatchedPath>().map(MatchedPath::as_str));
    match admit(&access, &parts, asks).await {
        Ok(Some((caller, proof))) => {
            parts.extensions.insert(caller);
            parts.extensions.insert(proof);
        }
        Ok(None) => {}
        Err(refused) => return refused,
    }
    next.run(Request::from_parts(parts, body)).await
}

/// Who is let in; nobody in particular, where nothing is asked for.
async fn admit(access: &Access, parts: &Parts, asks: Asks) -> Result<Option<(Caller, Proof)>, Response> {
    if asks == Asks::Nothing || (asks == Asks::Metrics && access.is_from_here(parts)) {
        return Ok(None);
    }
    let known = access.identify(parts).await.map_err(|error| refuse(error.into()))?;
    let Some((caller, proof)) = known else { return Err(not_signed_in(parts)) };
    if !is_same_origin(parts, &proof) {
        return Err(refuse(Problem::new(ErrorCode::CrossSite)));
    }
    match asks {
        Asks::Nothing | Asks::Known => {}
        Asks::Role(role) if caller.has(role) => {}
        Asks::Role(_) if is_page(parts) && !caller.has(Role::Viewer) => return Err(see_other("/me")),
        // The page says what is missing, as its service does.
        Asks::Role(_) if is_page(parts) => {}
        Asks::Role(role) => return Err(refuse(missing(role, "an app"))),
        Asks::Metrics if caller.has(Role::Viewer) && caller.visible() == Visible::All => {}
        Asks::Metrics => return Err(refuse(missing(Role::Viewer, "every app"))),
    }
    Ok(Some((caller, proof)))
}

fn missing(role: Role, place: &str) -> Problem {
    Problem::new(ErrorCode::NotAllowed).with_detail(format!("It needs the role {role} on {place}."))
}

/// Whether a request that changes something, sent with a cookie, says that a page of this console sent it. What it says is
/// compared elsewhere; here nothing said is refused.
fn is_same_origin(parts: &Parts, proof: &Proof) -> bool {
    let has_cookie = match proof {
        Proof::Session { .. } => true,
        Proof::Proxy => parts.headers.contains_key(header::COOKIE),
        Proof::Token(_) | Proof::Nothing => false,
    };
    !has_cookie || parts.method.is_safe() || names_sender(&parts.headers)
}

/// Whether the browser says which page sent a request.
pub(crate) fn names_sender(headers: &HeaderMap) -> bool {
    headers.contains_key(header::ORIGIN) || headers.contains_key("sec-fetch-site")
}

/// Whether people see the answer: what is not data is a page.
fn is_page(parts: &Parts) -> bool {
    let path = parts.uri.path();
    !path.starts_with("/api/") && path != "/metrics"
}

fn not_signed_in(parts: &Parts) -> Response {
    if is_page(parts) {
        return see_other(&sign_in_at(&parts.uri));
    }
    refuse(Problem::new(ErrorCode::NotSignedIn))
}

/// The page to sign in, from which one comes back to this one.
fn sign_in_at(uri: &Uri) -> String {
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    if path == "/" {
        return "/sign-in".to_owned();
    }
    let mut query = form_urlencoded::Serializer::for_suffix("/sign-in?".to_owned(), "/sign-in?".len());
    query.append_pair("return_to", path);
    query.finish()
}

fn see_other(path: &str) -> Response {
    let location = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/sign-in"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

/// The problem; with what a program can do about it, if nobody is signed in (RFC 6750).
fn refuse(problem: Problem) -> Response {
    let is_unknown = problem.code == ErrorCode::NotSignedIn;
    let mut response = ApiError::from(problem).into_response();
    if is_unknown {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}
