//! Where people allow an OAuth app to know who they are, and where the app gets its token.

use axum::{
    Form, Json,
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::json;

use super::{
    HttpState,
    pages::{escape, page},
};
use crate::{
    clock::now,
    model::{CodeGrant, NoToken, OAuthApp, Redemption},
};

const DOCUMENTATION: &str = "https://docs.github.com/apps/managing-oauth-apps/troubleshooting";

/// What an app asks for, and, from the page's form, who allows it.
#[derive(Deserialize)]
pub(super) struct Authorization {
    client_id: String,
    redirect_uri: Option<String>,
    #[serde(default)]
    scope: String,
    state: Option<String>,
    code_challenge: Option<String>,
    code_challenge_method: Option<String>,
    /// Not GitHub's: the button that was pressed; empty: the one that refuses.
    login: Option<String>,
}

/// Where an answer goes.
struct Return {
    address: String,
    state: Option<String>,
}

impl Return {
    fn with(&self, answer: &[(&str, &str)]) -> Response {
        let state = self.state.as_deref().map(|state| ("state", state));
        let query = encoded(answer.iter().copied().chain(state));
        let separator = if self.address.contains('?') { '&' } else { '?' };
        let location = format!("{}{separator}{query}", self.address);
        (StatusCode::FOUND, [(header::LOCATION, location)]).into_response()
    }

    fn refuse(&self, error: &str, description: &str) -> Response {
        let documentation = format!("{DOCUMENTATION}-authorization-request-errors");
        self.with(&[("error", error), ("error_description", description), ("error_uri", &documentation)])
    }
}

/// A page with a button for each person, which works without scripts.
pub(super) async fn ask(State(github): State<HttpState>, Query(asked): Query<Authorization>) -> Response {
    let (_, back) = match github.checked(&asked) {
        Ok(checked) => checked,
        Err(refusal) => return refusal,
    };
    let field = |(name, value): (&str, Option<&str>)| {
        value.map(|value| format!("<input type=hidden name={name} value=\"{}\">", escape(value)))
    };
    let fields: String = [
        ("client_id", Some(asked.client_id.as_str())),
        ("redirect_uri", Some(back.address.as_str())),
        ("scope", Some(asked.scope.as_str())),
        ("state", asked.state.as_deref()),
        ("code_challenge", asked.code_challenge.as_deref()),
        ("code_challenge_method", asked.code_challenge_method.as_deref()),
    ]
    .into_iter()
    .filter_map(field)
    .collect();
    let button = |login: &str| {
        let login = escape(login);
        format!("<p><button name=login value=\"{login}\">Continue as {login}</button></p>")
    };
    let buttons: String = github.model.people().iter().map(|person| button(&person.login)).collect();
    let form = format!(
        "<form method=post action=/login/oauth/authorize>{fields}{buttons}\
         <p><button name=login value=\"\">Cancel</button></p></form>"
    );
    page(&asked.client_id, "Sign in", &form).into_response()
}

pub(super) async fn answer(State(github): State<HttpState>, Form(asked): Form<Authorization>) -> Response {
    let (app, back) = match github.checked(&asked) {
        Ok(checked) => checked,
        Err(refusal) => return refusal,
    };
    let login = asked.login.unwrap_or_default();
    if !github.model.people().iter().any(|person| person.login == login) {
        return back.refuse("access_denied", "The user has denied your application access.");
    }
    let code = github.model.allow(CodeGrant {
        client_id: app.client_id,
        login,
        scope: asked.scope.replace(' ', ","),
        redirect_uri: back.address.clone(),
        challenge: asked.code_challenge,
        at: now(),
    });
    back.with(&[("code", &code)])
}

impl HttpState {
    /// The app that asks, and where its answer goes.
    fn checked(&self, asked: &Authorization) -> Result<(OAuthApp, Return), Response> {
        let Some(app) = self.model.oauth_app(&asked.client_id) else {
            return Err((StatusCode::NOT_FOUND, Html("Not Found")).into_response());
        };
        let state = asked.state.clone();
        let registered = Return { address: app.redirect_uri.clone(), state: state.clone() };
        let address = asked.redirect_uri.clone().unwrap_or_else(|| app.redirect_uri.clone());
        if !is_beneath(&app.redirect_uri, &address) {
            let description = "The redirect_uri MUST match the registered callback URL for this application.";
            return Err(registered.refuse("redirect_uri_mismatch", description));
        }
        let is_known = matches!(asked.code_challenge_method.as_deref(), None | Some("S256"));
        if !is_known || asked.code_challenge.is_some() != asked.code_challenge_method.is_some() {
            return Err(registered.refuse("invalid_request", "The code challenge is not one by S256."));
        }
        Ok((app, Return { address, state }))
    }
}

/// Whether an address is the registered one, or a path beneath it.
fn is_beneath(registered: &str, address: &str) -> bool {
    let rest = address.strip_prefix(registered.trim_end_matches('/'));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?'])) && !address.contains("/..")
}

/// Pairs as in a query.
fn encoded<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

#[derive(Deserialize)]
pub(super) struct TokenRequest {
    #[serde(default)]
    client_id: String,
    #[serde(default)]
    client_secret: String,
    #[serde(default)]
    code: String,
    redirect_uri: Option<String>,
    code_verifier: Option<String>,
}

/// A token for a code; errors are 200, too.
pub(super) async fn token(
    State(github): State<HttpState>,
    headers: HeaderMap,
    Form(sent): Form<TokenRequest>,
) -> Response {
    let redemption = Redemption {
        client_id: &sent.client_id,
        client_secret: &sent.client_secret,
        code: &sent.code,
        redirect_uri: sent.redirect_uri.as_deref(),
        verifier: sent.code_verifier.as_deref(),
    };
    let answer = match github.model.redeem(&redemption, now()) {
        Ok(given) => {
            vec![("access_token", given.token), ("scope", given.scope), ("token_type", "bearer".to_owned())]
        }
        Err(refusal) => {
            let (error, description) = words(refusal);
            let documentation = format!("{DOCUMENTATION}-oauth-app-access-token-request-errors");
            vec![
                ("error", error.to_owned()),
                ("error_description", description.to_owned()),
                ("error_uri", documentation),
            ]
        }
    };
    let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if accepts.contains("application/json") {
        let answer = answer.into_iter().map(|(name, value)| (name.to_owned(), json!(value)));
        return Json(serde_json::Map::from_iter(answer)).into_response();
    }
    let pairs = encoded(answer.iter().map(|(name, value)| (*name, value.as_str())));
    ([(header::CONTENT_TYPE, "application/x-www-form-urlencoded")], pairs).into_response()
}

const fn words(refusal: NoToken) -> (&'static str, &'static str) {
    match refusal {
        NoToken::Client => {
            ("incorrect_client_credentials", "The client_id and/or client_secret passed are incorrect.")
        }
        NoToken::Code => ("bad_verification_code", "The code passed is incorrect or expired."),
        NoToken::Redirect => (
            "redirect_uri_mismatch",
            "The redirect_uri MUST match the registered callback URL for this application.",
        ),
    }
}
