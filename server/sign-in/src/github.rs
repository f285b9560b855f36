//! Signing in with GitHub: an OAuth app, with PKCE and a state. GitHub gives no ID token, so [`api`] asks who it is.

mod api;

use std::sync::Arc;

use http::{Method, header};
use openidconnect::HttpRequest;
use runtime::clock::SharedClock;
use secrecy::ExposeSecret;
use serde::Deserialize;
use url::{Url, form_urlencoded};

use self::api::{Account, Api};
use crate::{
    attempt::{Answer, Attempt, Begun},
    error::{Cause, SettingsError, SignInError},
    http_client::{Http, beneath},
    person::{Person, usable, usable_groups},
    settings::{GitHubOAuthSettings, require_safe},
};

/// What it takes to see somebody's organizations and teams.
const SCOPE: &str = "read:org";

/// GitHub, or an Enterprise server.
#[derive(Clone)]
pub struct GitHub(Arc<Inner>);

struct Inner {
    settings: GitHubOAuthSettings,
    redirect_uri: Url,
    http: Http,
    clock: SharedClock,
}

impl std::fmt::Debug for GitHub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("GitHub").field(&self.0.settings).finish()
    }
}

/// GitHub answers with 200 in either case.
#[derive(Deserialize)]
struct TokenAnswer {
    access_token: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
}

impl GitHub {
    pub(crate) fn new(
        settings: GitHubOAuthSettings,
        redirect_uri: Url,
        clock: SharedClock,
    ) -> Result<Self, SettingsError> {
        require_safe(&settings.api_url)?;
        require_safe(&settings.web_url)?;
        Ok(Self(Arc::new(Inner { settings, redirect_uri, http: Http::new()?, clock })))
    }

    pub(crate) fn label(&self) -> &str {
        match self.0.settings.web_url.host_str() {
            Some(host) if host != "github.com" => host,
            Some(_) | None => "GitHub",
        }
    }

    pub(crate) fn begin(&self) -> Begun {
        let (attempt, challenge) = Attempt::begin(self.0.clock.now());
        let mut url = beneath(&self.0.settings.web_url, &["login", "oauth", "authorize"]);
        url.query_pairs_mut()
            .append_pair("client_id", &self.0.settings.client_id)
            .append_pair("redirect_uri", self.0.redirect_uri.as_str())
            .append_pair("scope", SCOPE)
            .append_pair("state", &attempt.state)
            .append_pair("code_challenge", challenge.as_str())
            .append_pair("code_challenge_method", challenge.method().as_str());
        Begun { url, attempt }
    }

    pub(crate) async fn finish(&self, attempt: Attempt, answer: Answer) -> Result<Person, SignInError> {
        attempt.check(&answer, self.0.clock.now())?;
        let token = self.redeem(&answer.into_code()?, &attempt.verifier).await?;
        let api = Api { http: &self.0.http, url: &self.0.settings.api_url, token: &token };
        let Account { id, login } = api.user().await?;
        let name = usable(&login).ok_or(SignInError::NoName)?.to_owned();
        let mut groups = api.organizations().await?;
        groups.extend(api.teams().await?);
        Ok(Person {
            id: format!("github:{id}"),
            name,
            groups: usable_groups(groups.iter().map(String::as_str)),
        })
    }

    /// Exchanges the code for a token, which is dropped as soon as it has been asked with.
    async fn redeem(&self, code: &str, verifier: &str) -> Result<String, SignInError> {
        let GitHubOAuthSettings { client_id, client_secret, web_url, .. } = &self.0.settings;
        let sent = form_urlencoded::Serializer::new(String::new())
            .append_pair("client_id", client_id)
            .append_pair("client_secret", client_secret.expose_secret())
            .append_pair("code", code)
            .append_pair("redirect_uri", self.0.redirect_uri.as_str())
            .append_pair("code_verifier", verifier)
            .finish();
        let mut request = HttpRequest::new(sent.into_bytes());
        *request.method_mut() = Method::POST;
        let address = beneath(web_url, &["login", "oauth", "access_token"]);
        *request.uri_mut() = address.as_str().parse().map_err(|_| unusable("it has no such address"))?;
        let headers = request.headers_mut();
        headers.insert(header::ACCEPT, header::HeaderValue::from_static("application/json"));
        let form = header::HeaderValue::from_static("application/x-www-form-urlencoded");
        headers.insert(header::CONTENT_TYPE, form);
        let answer = self.0.http.send(request).await?;
        // Of an answer that cannot be read nothing is said: there may be a token in it.
        match serde_json::from_slice(answer.body()) {
            Ok(TokenAnswer { error: Some(error), error_description, .. }) => {
                Err(refused(&error, error_description.as_deref()))
            }
            Ok(TokenAnswer { access_token: Some(token), .. }) if !token.is_empty() => Ok(token),
            Ok(_) | Err(_) => Err(unusable("its answer to the code is not what is documented")),
        }
    }
}

fn unusable(what: &str) -> SignInError {
    SignInError::ProviderUnusable(Cause::new(what))
}

fn refused(error: &str, description: Option<&str>) -> SignInError {
    let cause = Cause::said(error, description);
    match error {
        "bad_verification_code" => SignInError::CodeRefused(cause),
        "incorrect_client_credentials" | "redirect_uri_mismatch" => SignInError::ClientRefused(cause),
        _ => SignInError::RefusedByProvider(cause),
    }
}
