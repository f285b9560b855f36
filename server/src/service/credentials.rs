//! What lets people and programs in: sessions and tokens. For admins, but for who one is oneself.

use std::{sync::Arc, time::Duration};

use app::{
    api::{
        ErrorCode, IssuedToken, Me, MeApi, ServiceError, SessionReport, SessionsApi, TokenReport,
        TokenRequest, TokenState, TokensApi,
        access::{TOKEN_DAYS, is_token_name},
    },
    domain::{Action, Caller, Grant, Role, Scope, Timestamp},
};
use async_trait::async_trait;
use jiff::SignedDuration;
use runtime::clock::SharedClock;
use store::{EndSessions, NewToken, Store, StoredSession, StoredToken};

use super::{
    access::{actor, check},
    from_store,
};
use crate::{access::token, config::Apps};

/// How many sessions are shown.
const SESSIONS: u32 = 500;
/// The longest life of a token that ends by itself.
const LONGEST_LIFE: SignedDuration = SignedDuration::from_hours(24 * TOKEN_DAYS as i64);
/// What tokens and sessions belong to: no app and no environment.
const EVERYTHING: Scope = Scope { app: None, environment: None };

/// Tokens and sessions. The command line uses it without the rest of the console.
#[derive(Clone)]
pub struct AccessService {
    pub store: Arc<dyn Store>,
    /// Names the apps and environments that a token can be for.
    pub apps: Apps,
    pub clock: SharedClock,
}

#[async_trait]
impl MeApi for AccessService {
    async fn me(&self, caller: &Caller) -> Result<Me, ServiceError> {
        let ask = self.apps.grants().admins().iter().filter_map(|to| in_words(to)).collect();
        Ok(Me { caller: caller.clone(), ask, ends_at: None })
    }
}

#[async_trait]
impl TokensApi for AccessService {
    async fn tokens(&self, caller: &Caller) -> Result<Vec<TokenReport>, ServiceError> {
        check(caller, Action::ManageTokens, &EVERYTHING)?;
        let now = self.clock.now();
        let tokens = self.store.tokens().await.map_err(from_store)?;
        Ok(tokens.into_iter().map(|token| token_report(token, now)).collect())
    }

    async fn create_token(
        &self,
        caller: &Caller,
        request: TokenRequest,
    ) -> Result<IssuedToken, ServiceError> {
        check(caller, Action::ManageTokens, &EVERYTHING)?;
        let TokenRequest { name, role, apps, environments, lifetime } = request;
        if !is_token_name(&name) {
            return Err(invalid("name: 1 to 64 letters, digits, dots, hyphens and underscores."));
        }
        let (at, secret) = (self.clock.now(), token::make());
        let token = NewToken {
            name: name.clone(),
            hash: token::hash(&secret),
            grant: self.grant(role, apps, environments)?,
            created_by: actor(caller),
            at,
            expires_at: lifetime.map(|lifetime| end_of_life(at, lifetime)).transpose()?,
        };
        if !self.store.create_token(&token).await.map_err(from_store)? {
            return Err(ServiceError::new(ErrorCode::TokenNameTaken));
        }
        tracing::info!(token = name, by = caller.id, "token created");
        Ok(IssuedToken { name, token: secret })
    }

    async fn revoke_token(&self, caller: &Caller, name: &str) -> Result<(), ServiceError> {
        check(caller, Action::ManageTokens, &EVERYTHING)?;
        let now = self.clock.now();
        if !self.store.revoke_token(name, &actor(caller), now).await.map_err(from_store)? {
            return Err(ServiceError::new(ErrorCode::UnknownToken));
        }
        tracing::info!(token = name, by = caller.id, "token revoked");
        Ok(())
    }
}

#[async_trait]
impl SessionsApi for AccessService {
    async fn sessions(&self, caller: &Caller) -> Result<Vec<SessionReport>, ServiceError> {
        check(caller, Action::ManageSessions, &EVERYTHING)?;
        let sessions = self.store.sessions(self.clock.now(), SESSIONS).await.map_err(from_store)?;
        Ok(sessions.into_iter().map(session_report).collect())
    }

    async fn end_sessions(&self, caller: &Caller, person: &str) -> Result<u32, ServiceError> {
        check(caller, Action::ManageSessions, &EVERYTHING)?;
        let (whose, now) = (EndSessions::Of(person.to_owned()), self.clock.now());
        let ended = self.store.end_sessions(&whose, Some(&actor(caller)), now).await.map_err(from_store)?;
        tracing::info!(person, ended, by = caller.id, "sessions ended");
        Ok(ended)
    }
}

impl AccessService {
    /// What a token is good for. It names what is configured: with a slip in a name it would be good for nothing.
    fn grant(&self, role: Role, apps: Vec<String>, environments: Vec<String>) -> Result<Grant, ServiceError> {
        let knows_app = |name: &String| self.apps.iter().any(|app| app.name == *name);
        let known = self.apps.environment_names();
        let knows_environment = |name: &String| known.contains(&name.as_str());
        if !apps.iter().all(knows_app) || !environments.iter().all(knows_environment) {
            return Err(ServiceError::new(ErrorCode::UnknownEnvironment));
        }
        let unless_empty = |names: Vec<String>| (!names.is_empty()).then_some(names);
        Ok(Grant { role, apps: unless_empty(apps), environments: unless_empty(environments) })
    }
}

fn end_of_life(at: Timestamp, lifetime: Duration) -> Result<Timestamp, ServiceError> {
    let invalid = || invalid("expires: up to 3650 days.");
    let lifetime = SignedDuration::try_from(lifetime).map_err(|_| invalid())?;
    if !(SignedDuration::from_nanos(1)..=LONGEST_LIFE).contains(&lifetime) {
        return Err(invalid());
    }
    at.checked_add(lifetime).map_err(|_| invalid())
}

fn token_report(token: StoredToken, now: Timestamp) -> TokenReport {
    let state = match (token.revoked_at, token.expires_at) {
        (Some(at), _) => TokenState::Revoked { at },
        (None, Some(at)) if at <= now => TokenState::Expired { at },
        (None, until) => TokenState::Live { until },
    };
    TokenReport {
        name: token.name,
        grant: token.grant,
        created_by: token.created_by,
        created_at: token.created_at,
        last_used_at: token.last_used_at,
        state,
    }
}

fn session_report(session: StoredSession) -> SessionReport {
    SessionReport {
        id: session.identity.id,
        name: session.identity.name,
        created_at: session.created_at,
        last_seen_at: session.last_seen_at,
        expires_at: session.expires_at,
    }
}

/// Whom to ask, as `console.toml` names them. Where everyone is an admin, there is nobody to ask.
fn in_words(to: &str) -> Option<String> {
    match to.split_once(':') {
        Some(("user", name)) => Some(name.to_owned()),
        Some(("group", name)) => Some(format!("the group {name}")),
        Some(_) | None => None,
    }
}

fn invalid(detail: &str) -> ServiceError {
    ServiceError::new(ErrorCode::InvalidField).with_detail(detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn admins_are_named_in_words() {
        let words = ["user:ada", "group:acme/ops", "everyone", "user:a:b"].map(in_words);
        let expected = [Some("ada"), Some("the group acme/ops"), None, Some("a:b")];
        assert_eq!(words.map(|word| word.unwrap_or_default()), expected.map(Option::unwrap_or_default));
    }
}
