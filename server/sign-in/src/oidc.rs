//! Signing in by OpenID Connect: the code flow, with PKCE, a state and a nonce.
//!
//! - [`discovery`]: what a provider says of itself, and its keys. [`claims`]: what it says of a person.
//! - [`refusal`]: what its refusals mean. [`types`]: which of OpenID's many extensions are spoken.

mod claims;
mod discovery;
mod refusal;
mod types;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use openidconnect::{
    AuthType, AuthorizationCode, ClientId, ClientSecret, CsrfToken, IdTokenVerifier, IssuerUrl, Nonce,
    OAuth2TokenResponse, PkceCodeVerifier, RedirectUrl, Scope, TokenResponse as _,
    core::{CoreAuthenticationFlow, CoreClientAuthMethod, CoreGenderClaim},
};
use runtime::clock::SharedClock;
use secrecy::ExposeSecret;
use url::Url;

use self::{
    claims::Claims,
    discovery::Discovery,
    types::{Client, IdTokenClaims, Metadata, OtherClaims, TokenResponse, Verifier, signing_algorithms},
};
use crate::{
    attempt::{Answer, Attempt, Begun},
    error::{Cause, SettingsError, SignInError, TokenFault},
    http_client::{Http, HttpError},
    person::Person,
    settings::{OidcSettings, is_safe, require_safe},
};

/// Seconds by which the provider's clock may be behind ours.
const LEEWAY: i64 = 60;

/// An OpenID provider.
#[derive(Clone)]
pub struct Oidc(Arc<Inner>);

struct Inner {
    settings: OidcSettings,
    label: String,
    redirect_uri: RedirectUrl,
    http: Http,
    discovery: Discovery,
    clock: SharedClock,
}

impl std::fmt::Debug for Oidc {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Oidc").field(&self.0.settings).finish()
    }
}

impl Oidc {
    pub(crate) fn new(
        settings: OidcSettings,
        redirect_uri: Url,
        clock: SharedClock,
    ) -> Result<Self, SettingsError> {
        let issuer = IssuerUrl::new(settings.issuer.clone()).map_err(|_| SettingsError::NoAddress)?;
        require_safe(issuer.url())?;
        let http = Http::new()?;
        Ok(Self(Arc::new(Inner {
            label: issuer.url().host_str().unwrap_or_default().to_owned(),
            redirect_uri: RedirectUrl::from_url(redirect_uri),
            discovery: Discovery::new(issuer, http.clone(), Arc::clone(&clock)),
            settings,
            http,
            clock,
        })))
    }

    pub(crate) fn label(&self) -> &str {
        &self.0.label
    }

    pub(crate) async fn begin(&self) -> Result<Begun, SignInError> {
        let metadata = self.0.discovery.metadata().await?;
        let (attempt, challenge) = Attempt::begin(self.0.clock.now());
        let scopes = self.0.settings.scopes.iter().filter(|scope| *scope != "openid");
        let (state, nonce) = (attempt.state.clone(), attempt.nonce.clone());
        let (url, _, _) = self
            .client(&metadata)
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                || CsrfToken::new(state),
                || Nonce::new(nonce),
            )
            .add_scopes(scopes.cloned().map(Scope::new))
            .set_pkce_challenge(challenge)
            .url();
        if is_safe(&url) { Ok(Begun { url, attempt }) } else { Err(HttpError::Insecure.into()) }
    }

    pub(crate) async fn finish(&self, attempt: Attempt, answer: Answer) -> Result<Person, SignInError> {
        attempt.check(&answer, self.0.clock.now())?;
        let metadata = self.0.discovery.metadata().await?;
        check_issuer(&metadata, answer.iss.as_deref())?;
        let tokens = self.redeem(&metadata, answer.into_code()?, attempt.verifier).await?;
        let in_token = self.verified(&metadata, &tokens, &Nonce::new(attempt.nonce)).await?;
        let claims = Claims::of(&in_token)?;
        let OidcSettings { name_claim, groups_claim, .. } = &self.0.settings;
        let is_complete = claims.has(name_claim) && claims.has(groups_claim);
        let more = if is_complete { None } else { self.user_info(&metadata, &tokens, &in_token).await? };
        let claims = match more {
            Some(more) => claims.or(more),
            None => claims,
        };
        claims.person(in_token.subject(), name_claim, groups_claim)
    }

    fn client(&self, metadata: &Metadata) -> Client {
        let OidcSettings { client_id, client_secret, .. } = &self.0.settings;
        let (id, secret) = (ClientId::new(client_id.clone()), client_secret.expose_secret().to_owned());
        Client::from_provider_metadata(metadata.clone(), id, Some(ClientSecret::new(secret)))
            .set_redirect_uri(self.0.redirect_uri.clone())
            .set_auth_type(auth_type(metadata))
    }

    /// Exchanges the code for tokens.
    async fn redeem(
        &self,
        metadata: &Metadata,
        code: String,
        verifier: String,
    ) -> Result<TokenResponse, SignInError> {
        let client = self.client(metadata);
        let request = client.exchange_code(AuthorizationCode::new(code));
        let request = request.map_err(|_| refusal::unusable("it names no token endpoint"))?;
        let request = request.set_pkce_verifier(PkceCodeVerifier::new(verifier));
        request.request_async(&self.0.http).await.map_err(refusal::of_code)
    }

    /// The claims of the ID token. If it is signed by a key that is not known, the keys are read again: they may have been
    /// changed since.
    async fn verified(
        &self,
        metadata: &Arc<Metadata>,
        tokens: &TokenResponse,
        nonce: &Nonce,
    ) -> Result<IdTokenClaims, SignInError> {
        let Some(token) = tokens.id_token() else {
            return Err(SignInError::Token(TokenFault::Malformed, Cause::new("there is no ID token")));
        };
        let verified = token.claims(&self.verifier(metadata), nonce).cloned();
        let verified = match verified {
            Err(error) if refusal::is_of_key(&error) => {
                let metadata = self.0.discovery.with_keys_again(metadata).await?;
                token.claims(&self.verifier(&metadata), nonce).cloned()
            }
            Ok(_) | Err(_) => verified,
        };
        let claims = verified.map_err(refusal::of_token)?;
        match claims.authorized_party() {
            Some(party) if **party != self.0.settings.client_id => {
                Err(SignInError::Token(TokenFault::Audience, Cause::said("authorized party", Some(party))))
            }
            Some(_) | None => Ok(claims),
        }
    }

    /// Only the provider's own keys count: with a shared secret, whoever has it could sign as the provider.
    fn verifier(&self, metadata: &Metadata) -> Verifier {
        let client_id = ClientId::new(self.0.settings.client_id.clone());
        let now = self.0.clock.now().as_second() - LEEWAY;
        // A time that cannot be told is later than any.
        let now = DateTime::from_timestamp(now, 0).unwrap_or(DateTime::<Utc>::MAX_UTC);
        IdTokenVerifier::new_public_client(client_id, metadata.issuer().clone(), metadata.jwks().clone())
            .set_allowed_algs(signing_algorithms(metadata))
            .set_time_fn(move || now)
    }

    /// What the provider says of the same person elsewhere, if it does.
    async fn user_info(
        &self,
        metadata: &Metadata,
        tokens: &TokenResponse,
        in_token: &IdTokenClaims,
    ) -> Result<Option<Claims>, SignInError> {
        let token = tokens.access_token();
        if !token.secret().bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(refusal::unusable("its access token cannot be in a header"));
        }
        let client = self.client(metadata);
        let Ok(request) = client.user_info(token.clone(), Some(in_token.subject().clone())) else {
            return Ok(None);
        };
        let told = request.request_async::<OtherClaims, _, CoreGenderClaim>(&self.0.http).await;
        told.map_err(refusal::of_user_info).and_then(|told| Claims::of(&told)).map(Some)
    }
}

/// How the provider wants to be told the secret. What it does not say is that it takes the header.
fn auth_type(metadata: &Metadata) -> AuthType {
    let Some(methods) = metadata.token_endpoint_auth_methods_supported() else { return AuthType::BasicAuth };
    let takes = |method: &CoreClientAuthMethod| methods.contains(method);
    let only_in_body =
        takes(&CoreClientAuthMethod::ClientSecretPost) && !takes(&CoreClientAuthMethod::ClientSecretBasic);
    if only_in_body { AuthType::RequestBody } else { AuthType::BasicAuth }
}

/// The answer comes from the provider that was asked (RFC 9207), and not from one that was given its code.
fn check_issuer(metadata: &Metadata, iss: Option<&str>) -> Result<(), SignInError> {
    match iss {
        Some(iss) if iss == metadata.issuer().as_str() => Ok(()),
        None if !metadata.additional_metadata().authorization_response_iss_parameter_supported => Ok(()),
        Some(_) | None => Err(SignInError::WrongProvider),
    }
}
