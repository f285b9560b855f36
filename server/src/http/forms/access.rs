//! The forms of the pages about tokens and sessions. A token that was made is in the answer to its form, and nowhere
//! else: not in an address, and not on the page when it is loaded again.

use std::{sync::Arc, time::Duration};

use app::{
    api::{ErrorCode, IssuedToken, Problem, SessionsApi, TokenRequest, TokensApi},
    domain::Caller,
};
use axum::{
    Extension, Form, Router,
    body::Body,
    extract::{FromRequest, Request, State},
    http::Method,
    response::{IntoResponse, Redirect, Response},
    routing::post,
};
use leptos::prelude::provide_context;
use serde::Deserialize;

use super::{Posted, back_to, back_with, read};
use crate::{
    router::{render_page, state::AppState},
    service::Console,
};

const TOKENS: &str = "/tokens";

/// Where these pages post their forms.
pub(super) fn forms() -> Router<AppState> {
    Router::new()
        .route(TOKENS, post(create_token))
        .route("/tokens/revoke", post(revoke_token))
        .route("/sessions/end", post(end_sessions))
}

/// The fields of a form, of which some may be there more than once.
type Fields = Vec<(String, String)>;

async fn create_token(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let form = Form::<Fields>::from_request(Request::from_parts(parts.clone(), body), &()).await;
    let fields = match read(form) {
        Ok(fields) => fields,
        Err(problem) => return back_with(TOKENS, &problem, &[]).into_response(),
    };
    match make_token(&state.console, &caller, &fields).await {
        Ok(issued) => {
            parts.method = Method::GET;
            let request = Request::from_parts(parts, Body::empty());
            render_page(state, request, move || provide_context(issued.clone())).await
        }
        Err(problem) => back_with(TOKENS, &problem, &fields).into_response(),
    }
}

async fn make_token(console: &Console, caller: &Caller, fields: &Fields) -> Result<IssuedToken, Problem> {
    let malformed = || Problem::new(ErrorCode::MalformedBody);
    let all = |name: &str| {
        let values = fields.iter().filter(move |(known, value)| known == name && !value.is_empty());
        values.map(|(_, value)| value.clone()).collect::<Vec<_>>()
    };
    let one = |name: &str| all(name).pop();
    let request = TokenRequest {
        name: one("name").ok_or_else(malformed)?,
        role: one("role").and_then(|text| text.parse().ok()).ok_or_else(malformed)?,
        apps: all("app"),
        environments: all("environment"),
        lifetime: one("expires_in_days").map(|text| days(&text).ok_or_else(malformed)).transpose()?,
    };
    Ok(console.access().create_token(caller, request).await?)
}

fn days(text: &str) -> Option<Duration> {
    Some(Duration::from_hours(24 * text.parse::<u32>().ok().map(u64::from)?))
}

#[derive(Deserialize)]
struct RevokeForm {
    name: String,
}

async fn revoke_token(
    State(console): State<Arc<Console>>,
    Extension(caller): Extension<Caller>,
    form: Posted<RevokeForm>,
) -> Redirect {
    let done = async { Ok(console.access().revoke_token(&caller, &read(form)?.name).await?) };
    back_to(TOKENS, done.await)
}

#[derive(Deserialize)]
struct EndForm {
    /// The id of the person.
    person: String,
}

async fn end_sessions(
    State(console): State<Arc<Console>>,
    Extension(caller): Extension<Caller>,
    form: Posted<EndForm>,
) -> Redirect {
    let done = async {
        console.access().end_sessions(&caller, &read(form)?.person).await?;
        Ok(())
    };
    back_to("/sessions", done.await)
}
