//! Who is signed in and what they may, how to sign in, and what lets others in: tokens and sessions.

use form_urlencoded::Serializer;
use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use super::{UiError, client::ApiClient};
use crate::domain::{Caller, Grant, Role, Timestamp};

#[cfg(feature = "ssr")]
use super::service::{ServiceError, caller, service};

/// Where signing in begins.
pub const SIGN_IN_START: &str = "/auth/start";
/// The longest name of a token.
pub const TOKEN_NAME_LENGTH: usize = 64;
/// The longest life of a token that ends by itself, in days.
pub const TOKEN_DAYS: u32 = 3_650;

/// The caller's own standing.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait MeApi: Send + Sync {
    /// Who they are, what they may, and whom they can ask for more.
    async fn me(&self, caller: &Caller) -> Result<Me, ServiceError>;
}

/// Tokens, by which programs act. For admins alone.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait TokensApi: Send + Sync {
    /// Every token, newest first, with those that let nobody in any more.
    async fn tokens(&self, caller: &Caller) -> Result<Vec<TokenReport>, ServiceError>;

    /// Makes a token. The answer is the only place in which it ever stands.
    async fn create_token(&self, caller: &Caller, request: TokenRequest)
    -> Result<IssuedToken, ServiceError>;

    /// Ends a token, by its name.
    async fn revoke_token(&self, caller: &Caller, name: &str) -> Result<(), ServiceError>;
}

/// Sessions of people. For admins alone.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait SessionsApi: Send + Sync {
    /// The sessions that have not ended, newest first.
    async fn sessions(&self, caller: &Caller) -> Result<Vec<SessionReport>, ServiceError>;

    /// Ends every session of a person, by their name or id. Returns how many there were.
    async fn end_sessions(&self, caller: &Caller, person: &str) -> Result<u32, ServiceError>;
}

/// Who is signed in, and what they may.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Me {
    #[serde(flatten)]
    pub caller: Caller,
    /// Who can give them more: the admins of `console.toml`, in words.
    pub ask: Vec<String>,
    /// When their session ends, if they have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Timestamp>,
}

/// When the session of a request ends, where it has one. Provided to its page.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SessionEnd {
    pub at: Timestamp,
    /// Whether that is soon: time to sign in again.
    pub is_near: bool,
}

/// A token, without its secret.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct TokenReport {
    pub name: String,
    /// What it may, and where.
    pub grant: Grant,
    /// Who made it, by name.
    pub created_by: String,
    pub created_at: Timestamp,
    /// To the hour; none, if it was never used.
    pub last_used_at: Option<Timestamp>,
    pub state: TokenState,
}

/// Whether a token lets anybody in.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenState {
    /// It does.
    Live {
        /// Until then; none: until it is revoked.
        until: Option<Timestamp>,
    },
    /// It did until then.
    Expired { at: Timestamp },
    /// An admin ended it.
    Revoked { at: Timestamp },
}

/// A token to make.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TokenRequest {
    /// See [`is_token_name`].
    pub name: String,
    pub role: Role,
    /// The apps that it is for; none: every app.
    pub apps: Vec<String>,
    /// The environments that it is for; none: every environment.
    pub environments: Vec<String>,
    /// How long it is good for, up to [`TOKEN_DAYS`]; none: until it is revoked.
    pub lifetime: Option<std::time::Duration>,
}

/// A token that was just made. It is shown once, and not kept.
#[derive(Clone, Eq, PartialEq)]
pub struct IssuedToken {
    pub name: String,
    /// The secret itself.
    pub token: String,
}

impl std::fmt::Debug for IssuedToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IssuedToken").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A session that has not ended.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct SessionReport {
    /// Whose: what the journal keeps.
    pub id: String,
    /// What people call them.
    pub name: String,
    pub created_at: Timestamp,
    pub last_seen_at: Timestamp,
    pub expires_at: Timestamp,
}

/// What the sign-in page offers. Provided to that page alone.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct SignInOptions {
    /// One for each provider; in a rehearsal, one for each role. None where nobody signs in.
    pub buttons: Vec<SignInButton>,
    /// Why signing in did not work, by a code of [`SignInProblem`] or of an error.
    pub problem: Option<String>,
}

/// A way to sign in.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SignInButton {
    pub label: String,
    /// Where it leads.
    pub href: String,
}

impl SignInButton {
    /// With GitHub, and back to a path of this console.
    #[must_use]
    pub fn github(return_to: &str) -> Self {
        Self { label: "Sign in with GitHub".to_owned(), href: start(return_to, None) }
    }

    /// With an OpenID provider, called by the host of its issuer.
    #[must_use]
    pub fn oidc(host: &str, return_to: &str) -> Self {
        Self { label: format!("Sign in with {host}"), href: start(return_to, None) }
    }

    /// As somebody with this role, in a rehearsal.
    #[must_use]
    pub fn role(role: Role, return_to: &str) -> Self {
        Self { label: format!("Sign in as {role}"), href: start(return_to, Some(role)) }
    }
}

fn start(return_to: &str, role: Option<Role>) -> String {
    let mut query = Serializer::for_suffix(format!("{SIGN_IN_START}?"), SIGN_IN_START.len() + 1);
    query.append_pair("return_to", return_to);
    if let Some(role) = role {
        query.append_pair("role", role.as_str());
    }
    query.finish()
}

/// Why somebody is on the sign-in page again.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SignInProblem {
    /// The answer of the provider did not belong to a sign-in that this browser began, or came too late.
    SignInExpired,
    /// The provider did not let them in, or they changed their mind there.
    SignInRefused,
    /// What the provider said of them could not be verified.
    SignInFailed,
    /// The provider does not answer.
    ProviderUnavailable,
    /// Too many attempts of this address failed.
    TooManyAttempts,
    /// Their session has ended.
    SessionEnded,
    /// They signed out.
    SignedOut,
}

impl SignInProblem {
    /// Every problem.
    pub const ALL: [Self; 7] = [
        Self::SignInExpired,
        Self::SignInRefused,
        Self::SignInFailed,
        Self::ProviderUnavailable,
        Self::TooManyAttempts,
        Self::SessionEnded,
        Self::SignedOut,
    ];

    /// Its code, in the address.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignInExpired => "sign_in_expired",
            Self::SignInRefused => "sign_in_refused",
            Self::SignInFailed => "sign_in_failed",
            Self::ProviderUnavailable => "provider_unavailable",
            Self::TooManyAttempts => "too_many_attempts",
            Self::SessionEnded => "session_ended",
            Self::SignedOut => "signed_out",
        }
    }
}

impl std::str::FromStr for SignInProblem {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|problem| problem.as_str() == text).ok_or(())
    }
}

/// Whether a token may be called so: it stands in the journal, in lists and on command lines.
#[must_use]
pub fn is_token_name(name: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    name.len() <= TOKEN_NAME_LENGTH
        && name.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric())
        && name.bytes().all(is_inner)
}

/// Who is signed in, what they may, and until when.
///
/// # Errors
/// What the service answers, or why there was no answer.
#[server(client = ApiClient, prefix = "/api/ui", endpoint = "me", input = GetUrl)]
pub async fn read_me() -> Result<Me, UiError> {
    let me = service::<dyn MeApi>()?.me(&caller()?).await?;
    let ends_at = use_context::<SessionEnd>().map(|end| end.at);
    Ok(Me { ends_at: ends_at.or(me.ends_at), ..me })
}

/// Every token.
///
/// # Errors
/// What the service answers, or why there was no answer.
#[server(client = ApiClient, prefix = "/api/ui", endpoint = "tokens", input = GetUrl)]
pub async fn read_tokens() -> Result<Vec<TokenReport>, UiError> {
    Ok(service::<dyn TokensApi>()?.tokens(&caller()?).await?)
}

/// The sessions that have not ended.
///
/// # Errors
/// What the service answers, or why there was no answer.
#[server(client = ApiClient, prefix = "/api/ui", endpoint = "sessions", input = GetUrl)]
pub async fn read_sessions() -> Result<Vec<SessionReport>, UiError> {
    Ok(service::<dyn SessionsApi>()?.sessions(&caller()?).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::LOCAL_OPERATOR;

    #[test]
    fn contract_of_me_is_the_caller() {
        let me = Me { caller: Caller::local(), ask: vec!["ada".to_owned()], ends_at: None };
        let json = serde_json::to_value(&me).unwrap();
        let grant = serde_json::json!({ "role": "admin", "apps": null, "environments": null });
        assert_eq!(
            json,
            serde_json::json!({
                "kind": "local",
                "id": LOCAL_OPERATOR,
                "name": LOCAL_OPERATOR,
                "groups": [],
                "grants": [grant],
                "ask": ["ada"],
            })
        );
        assert_eq!(serde_json::from_value::<Me>(json).unwrap(), me);
    }

    #[test]
    fn sign_in_address_carries_the_way_back() {
        let button = SignInButton::role(Role::Viewer, "/deploys?app=a&b=c#d");
        assert_eq!(button.href, "/auth/start?return_to=%2Fdeploys%3Fapp%3Da%26b%3Dc%23d&role=viewer");
        assert_eq!(SignInButton::oidc("id.example", "/").label, "Sign in with id.example");
        assert_eq!(SignInButton::github("/").href, "/auth/start?return_to=%2F");
    }

    #[test]
    fn problems_have_their_codes() {
        for problem in SignInProblem::ALL {
            assert_eq!(serde_json::to_value(problem).unwrap(), problem.as_str());
            assert_eq!(problem.as_str().parse(), Ok(problem));
        }
        assert_eq!("<script>".parse::<SignInProblem>(), Err(()));
    }

    #[test]
    fn token_name_is_one_plain_word() {
        for name in ["ci", "9", "release-bot_2.eu", &"a".repeat(64)] {
            assert!(is_token_name(name), "{name}");
        }
        for name in ["", "-x", ".x", "a b", "a/b", "é", "a\n", &"a".repeat(65)] {
            assert!(!is_token_name(name), "{name}");
        }
    }

    #[test]
    fn issued_token_is_not_logged() {
        let issued = IssuedToken { name: "ci".to_owned(), token: "dct_secret".to_owned() };
        assert!(!format!("{issued:?}").contains("dct_"));
    }
}
