//! Signing in by OpenID Connect, or with GitHub: who somebody is, and in which groups, as a provider says it now.
//!
//! It knows nothing of HTTP routes, of sessions or of grants. No token of a provider outlives [`Provider::finish`], and
//! none, nor a code or a secret, is in a `Display`, a `Debug` or a log line.
//!
//! - [`oidc`]: any OpenID provider, found by discovery. [`github`]: GitHub's OAuth apps.
//! - [`attempt`]: what has to be remembered from the redirect to the answer. [`person`]: what comes of it.
//! - [`http_client`]: how a provider is asked. [`error`]: what is said when it goes wrong.

mod attempt;
mod error;
mod github;
mod http_client;
mod oidc;
mod person;
mod settings;

use runtime::clock::SharedClock;
use url::Url;

pub use self::{
    attempt::{Answer, Attempt, Begun},
    error::{Cause, SettingsError, SignInError, TokenFault},
    github::GitHub,
    oidc::Oidc,
    person::Person,
    settings::{GitHubOAuthSettings, OidcSettings},
};

/// Who tells the console who somebody is.
#[derive(Clone, Debug)]
pub enum Provider {
    /// An OpenID provider.
    Oidc(Oidc),
    /// GitHub, or an Enterprise server.
    GitHub(GitHub),
}

impl Provider {
    /// An OpenID provider. It is not asked for anything yet, so that one that is away keeps no console from starting.
    ///
    /// # Errors
    /// If the issuer is neither at https nor on this machine, or the machine has no TLS to offer.
    pub fn oidc(
        settings: OidcSettings,
        redirect_uri: Url,
        clock: SharedClock,
    ) -> Result<Self, SettingsError> {
        Oidc::new(settings, redirect_uri, clock).map(Self::Oidc)
    }

    /// GitHub. It is not asked for anything yet.
    ///
    /// # Errors
    /// If its addresses are neither at https nor on this machine, or the machine has no TLS to offer.
    pub fn github(
        settings: GitHubOAuthSettings,
        redirect_uri: Url,
        clock: SharedClock,
    ) -> Result<Self, SettingsError> {
        GitHub::new(settings, redirect_uri, clock).map(Self::GitHub)
    }

    /// What a sign-in page calls it: `GitHub`, or the host of the issuer.
    #[must_use]
    pub fn label(&self) -> &str {
        match self {
            Self::Oidc(oidc) => oidc.label(),
            Self::GitHub(github) => github.label(),
        }
    }

    /// Where to send somebody who wants to sign in, and what to keep until they come back.
    ///
    /// # Errors
    /// If the provider is away, or is not what the settings say.
    pub async fn begin(&self) -> Result<Begun, SignInError> {
        match self {
            Self::Oidc(oidc) => oidc.begin().await,
            Self::GitHub(github) => Ok(github.begin()),
        }
    }

    /// Who came back. An attempt is good for one answer: the caller forgets it whatever comes of this.
    ///
    /// # Errors
    /// If the answer is none to this attempt, the provider or the person refused, or what it says cannot be believed.
    pub async fn finish(&self, attempt: Attempt, answer: Answer) -> Result<Person, SignInError> {
        match self {
            Self::Oidc(oidc) => oidc.finish(attempt, answer).await,
            Self::GitHub(github) => github.finish(attempt, answer).await,
        }
    }
}
