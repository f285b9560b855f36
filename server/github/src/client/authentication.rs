//! With which token a repository is asked about.

use secrecy::{ExposeSecret, SecretString};

use super::{Client, ReadError, app_tokens::AppTokens};
use crate::{Credentials, Granted, Identity};

/// Where tokens come from.
#[derive(Clone, Debug)]
pub(super) enum Authentication {
    /// It is always the same.
    Token(SecretString),
    /// Each owner has its own, for an hour.
    App(AppTokens),
}

/// Why there is no token to ask with. Nothing was asked.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub(crate) enum NoToken {
    #[error("the GitHub App is not installed on {0}")]
    NotInstalled(String),
    #[error("the installation of the GitHub App on {0} is suspended")]
    Suspended(String),
    #[error(
        "GitHub does not accept the App’s key (401): check GITHUB_APP_ID, GITHUB_APP_PRIVATE_KEY and this machine’s clock"
    )]
    KeyRefused,
    /// It could not be had now.
    #[error("{0}")]
    NotNow(ReadError),
}

impl NoToken {
    /// Whether there is none until a person changes something.
    pub(super) const fn is_lasting(&self) -> bool {
        match self {
            Self::NotInstalled(_) | Self::Suspended(_) | Self::KeyRefused => true,
            Self::NotNow(_) => false,
        }
    }
}

impl From<NoToken> for ReadError {
    fn from(reason: NoToken) -> Self {
        match reason {
            NoToken::NotNow(error) => error,
            reason @ (NoToken::NotInstalled(_) | NoToken::Suspended(_) | NoToken::KeyRefused) => {
                Self::NotLetIn(reason.to_string())
            }
        }
    }
}

impl From<Credentials> for Authentication {
    fn from(credentials: Credentials) -> Self {
        match credentials {
            Credentials::Token(token) => Self::Token(token),
            Credentials::App(app) => Self::App(AppTokens::of(app)),
        }
    }
}

impl Authentication {
    pub(super) const fn identity(&self) -> Identity {
        match self {
            Self::Token(_) => Identity::Token,
            Self::App(_) => Identity::App,
        }
    }

    /// The number of the App; none, where there is no App, or it is known by its client id.
    pub(super) fn app_number(&self) -> Option<u64> {
        match self {
            Self::Token(_) => None,
            Self::App(tokens) => tokens.app_id().parse().ok(),
        }
    }

    /// What the App may do with a repository, as far as it has a token for it.
    pub(super) async fn granted(&self, repo: &str) -> Option<Granted> {
        match self {
            Self::Token(_) => None,
            Self::App(tokens) => tokens.granted(repo).await,
        }
    }

    /// Names repositories that will be asked about.
    pub(super) async fn expect(&self, repos: impl Iterator<Item = &str>) {
        match self {
            Self::Token(_) => {}
            Self::App(tokens) => tokens.expect(repos).await,
        }
    }

    /// The token to ask about a repository with.
    pub(super) async fn token(&self, client: &Client, repo: &str) -> Result<SecretString, NoToken> {
        match self {
            Self::Token(token) => Ok(token.clone()),
            Self::App(tokens) => tokens.token(client, repo).await,
        }
    }

    /// Another token, where GitHub refused this one and there can be another: an App's may have been taken back.
    pub(super) async fn another(
        &self,
        client: &Client,
        repo: &str,
        refused: &SecretString,
    ) -> Option<Result<SecretString, NoToken>> {
        match self {
            Self::Token(_) => None,
            Self::App(tokens) => {
                tokens.forget(repo, refused).await;
                Some(tokens.token(client, repo).await)
            }
        }
    }

    /// What must never be shown, wherever it comes from. An App's tokens are known by how they begin.
    pub(super) fn secret(&self) -> &str {
        match self {
            Self::Token(token) => token.expose_secret(),
            Self::App(_) => "",
        }
    }
}
