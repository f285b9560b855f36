//! Who a request comes from.

use std::{net::IpAddr, sync::Arc};

use app::{
    api::{ErrorCode, ServiceError, SessionEnd},
    domain::{Caller, CallerKind, Timestamp},
};
use axum::http::{HeaderMap, HeaderName, header, request::Parts};
use jiff::SignedDuration;
use runtime::clock::SharedClock;
use sign_in::Provider;
use store::{EndSessions, Identity, NewSession, Store, StoreError};

use super::{
    attempts::{Attempts, Failure},
    cookie::{Cookies, Kind},
    recall::Recall,
    secret, token,
};
use crate::{
    config::{Grants, ProxyConfig, SignInConfig, TrustedProxies},
    service::from_store,
};

/// How long a session lasts at most.
const LONGEST: SignedDuration = SignedDuration::from_hours(12);
/// How long it lasts without a request.
const IDLE: SignedDuration = SignedDuration::from_hours(1);
/// How long before its end a session is about to end.
const NEAR: SignedDuration = SignedDuration::from_mins(10);
/// Of a name that a proxy gives, in bytes.
const LONGEST_NAME: usize = 255;

/// The address of the other end of the connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

/// By what a caller is known.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Proof {
    /// The cookie of the session with this hash.
    Session {
        /// What is kept of its secret.
        hash: String,
        /// When it ends at the latest.
        ends_at: Timestamp,
    },
    /// The token with this hash.
    Token(String),
    /// A header of a trusted proxy.
    Proxy,
    /// Nobody signs in.
    Nothing,
}

/// How callers are known, and what they are granted.
pub struct Access {
    pub(crate) sign_in: SignInConfig,
    /// Where people sign in, if the console asks a provider itself.
    pub(crate) provider: Option<Provider>,
    pub(crate) cookies: Cookies,
    /// Sessions and tokens that need not be read each time.
    pub recall: Recall,
    pub(crate) attempts: Attempts,
    proxies: TrustedProxies,
    grants: Grants,
    store: Arc<dyn Store>,
    clock: SharedClock,
}

/// What it is built from.
pub struct AccessDeps {
    pub sign_in: SignInConfig,
    pub provider: Option<Provider>,
    pub proxies: TrustedProxies,
    pub grants: Grants,
    /// Whether people reach the console over https.
    pub is_https: bool,
    pub store: Arc<dyn Store>,
    pub clock: SharedClock,
}

impl Access {
    #[must_use]
    pub fn new(deps: AccessDeps) -> Self {
        let AccessDeps { sign_in, provider, proxies, grants, is_https, store, clock } = deps;
        Self {
            sign_in,
            provider,
            cookies: Cookies { is_https },
            recall: Recall::new(Arc::clone(&store), Arc::clone(&clock)),
            attempts: Attempts::default(),
            proxies,
            grants,
            store,
            clock,
        }
    }

    /// Who sent a request; none if nobody who is known did.
    ///
    /// # Errors
    /// A token that is not known, or too many of them; or the database is not available.
    pub async fn identify(&self, parts: &Parts) -> Result<Option<(Caller, Proof)>, ServiceError> {
        if let Some(token) = bearer(&parts.headers) {
            return self.by_token(token, self.client(parts)).await.map(Some);
        }
        match &self.sign_in {
            SignInConfig::None => Ok(Some((Caller::local(), Proof::Nothing))),
            SignInConfig::Proxy(proxy) if self.is_trusted(parts) => {
                Ok(person_of_proxy(proxy, &parts.headers).map(|person| (self.person(person), Proof::Proxy)))
            }
            SignInConfig::Proxy(_) => Ok(None),
            SignInConfig::Oidc(_) | SignInConfig::GitHub(_) | SignInConfig::Rehearsal => {
                self.by_cookie(&parts.headers).await
            }
        }
    }

    async fn by_cookie(&self, headers: &HeaderMap) -> Result<Option<(Caller, Proof)>, ServiceError> {
        let Some(secret) = self.cookies.read(Kind::Session, headers) else { return Ok(None) };
        let hash = secret::hash(secret);
        let known = self.by_session(&hash).await.map_err(from_store)?;
        Ok(known.map(|(identity, ends_at)| (self.person(identity), Proof::Session { hash, ends_at })))
    }

    async fn by_session(&self, hash: &str) -> Result<Option<(Identity, Timestamp)>, StoreError> {
        let Some((session, is_new)) = self.recall.session(hash).await? else { return Ok(None) };
        let now = self.clock.now();
        let is_idle = is_new && now.duration_since(session.last_seen_at) > IDLE;
        if session.ended_at.is_some() || session.expires_at <= now || is_idle {
            return Ok(None);
        }
        if is_new {
            self.store.see_session(hash, now).await?;
        }
        Ok(Some((session.identity, session.expires_at)))
    }

    async fn by_token(&self, given: &str, address: Option<IpAddr>) -> Result<(Caller, Proof), ServiceError> {
        let now = self.clock.now();
        self.check_attempts(Failure::Token, address)?;
        let hash = token::hash(given);
        let known = if token::is_well_formed(given) {
            self.recall.token(&hash).await.map_err(from_store)?
        } else {
            None
        };
        let known = known.filter(|(token, _)| {
            token.revoked_at.is_none() && token.expires_at.is_none_or(|expires_at| now < expires_at)
        });
        let Some((token, is_new)) = known else {
            self.note_failure(Failure::Token, address);
            return Err(ServiceError::new(ErrorCode::NotSignedIn)
                .with_detail("The token is not one of this console, or is no longer."));
        };
        if is_new {
            self.store.use_token(&hash, now).await.map_err(from_store)?;
        }
        let caller = Caller {
            kind: CallerKind::Token,
            id: format!("token:{}", token.name),
            name: token.name,
            groups: Vec::new(),
            grants: vec![token.grant],
        };
        Ok((caller, Proof::Token(hash)))
    }

    /// Refuses an address that was wrong too often.
    ///
    /// # Errors
    /// `too_many_attempts`.
    pub fn check_attempts(&self, failure: Failure, address: Option<IpAddr>) -> Result<(), ServiceError> {
        let now = self.clock.now();
        let until = address.and_then(|address| self.attempts.wait(failure, address, now));
        until.map_or(Ok(()), |until| {
            let after = until.duration_since(now).try_into().unwrap_or_default();
            Err(ServiceError::new(ErrorCode::TooManyAttempts).with_retry_after(after))
        })
    }

    /// An address was wrong.
    pub fn note_failure(&self, failure: Failure, address: Option<IpAddr>) {
        if let Some(address) = address {
            self.attempts.note(failure, address, self.clock.now());
        }
    }

    /// Whether what a caller is known by still holds: a stream asks, which is one request for as long as it is open.
    pub async fn holds(&self, proof: &Proof) -> bool {
        match proof {
            Proof::Session { hash, .. } => self.by_session(hash).await.is_ok_and(|known| known.is_some()),
            Proof::Token(hash) => {
                let now = self.clock.now();
                self.recall.token(hash).await.is_ok_and(|known| {
                    known.is_some_and(|(token, _)| {
                        token.revoked_at.is_none() && token.expires_at.is_none_or(|at| now < at)
                    })
                })
            }
            Proof::Proxy | Proof::Nothing => true,
        }
    }

    /// When the session of a request ends, if it has one.
    #[must_use]
    pub fn session_end(&self, proof: &Proof) -> Option<SessionEnd> {
        match proof {
            Proof::Session { ends_at, .. } => {
                let is_near = ends_at.duration_since(self.clock.now()) <= NEAR;
                Some(SessionEnd { at: *ends_at, is_near })
            }
            Proof::Token(_) | Proof::Proxy | Proof::Nothing => None,
        }
    }

    /// Begins a session, and ends the one that the browser had. Returns the secret, for its cookie.
    ///
    /// # Errors
    /// If the database is not available.
    pub async fn begin(&self, identity: Identity, headers: &HeaderMap) -> Result<String, StoreError> {
        self.end(headers).await?;
        let (secret, at) = (secret::new(), self.clock.now());
        let expires_at = at.checked_add(LONGEST).unwrap_or(at);
        let session = NewSession { hash: secret::hash(&secret), identity, at, expires_at };
        self.store.open_session(&session).await?;
        Ok(secret)
    }

    /// Ends the session of a cookie, if there is one.
    ///
    /// # Errors
    /// If the database is not available.
    pub async fn end(&self, headers: &HeaderMap) -> Result<(), StoreError> {
        let Some(secret) = self.cookies.read(Kind::Session, headers) else { return Ok(()) };
        let hash = secret::hash(secret);
        self.store.end_sessions(&EndSessions::This(hash.clone()), None, self.clock.now()).await?;
        self.recall.forget(&hash).await;
        Ok(())
    }

    fn person(&self, identity: Identity) -> Caller {
        let Identity { id, name, groups } = identity;
        let grants = self.grants.of(&name, &groups);
        Caller { kind: CallerKind::Person, id, name, groups, grants }
    }

    fn is_trusted(&self, parts: &Parts) -> bool {
        peer(parts).is_some_and(|peer| self.proxies.trust(peer))
    }

    /// Takes away what only a trusted proxy may say.
    pub fn clean(&self, parts: &mut Parts) {
        if let SignInConfig::Proxy(ProxyConfig { user, groups }) = &self.sign_in
            && !self.is_trusted(parts)
        {
            for name in [user, groups] {
                parts.headers.remove(name);
            }
        }
    }

    /// The address of the client: behind trusted proxies, the nearest that is none of them.
    #[must_use]
    pub fn client(&self, parts: &Parts) -> Option<IpAddr> {
        let peer = peer(parts)?;
        if !self.proxies.trust(peer) {
            return Some(peer);
        }
        let forwarded = parts.headers.get_all(FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok());
        let addresses: Vec<IpAddr> =
            forwarded.flat_map(|text| text.split(',')).filter_map(|text| text.trim().parse().ok()).collect();
        Some(addresses.into_iter().rev().find(|address| !self.proxies.trust(*address)).unwrap_or(peer))
    }

    /// Whether a request comes from this machine itself, and not through a proxy on it.
    #[must_use]
    pub fn is_from_here(&self, parts: &Parts) -> bool {
        let is_forwarded =
            [FORWARDED_FOR, header::FORWARDED].iter().any(|name| parts.headers.contains_key(name));
        !is_forwarded
            && !self.is_trusted(parts)
            && peer(parts).is_some_and(|peer| peer.to_canonical().is_loopback())
    }
}

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

fn peer(parts: &Parts) -> Option<IpAddr> {
    parts.extensions.get::<Peer>().map(|Peer(address)| *address)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Who a proxy says it is. Two names are none: somebody may have sent the first.
fn person_of_proxy(proxy: &ProxyConfig, headers: &HeaderMap) -> Option<Identity> {
    let mut users = headers.get_all(&proxy.user).iter();
    let (Some(user), None) = (users.next(), users.next()) else { return None };
    let name = std::str::from_utf8(user.as_bytes()).ok()?.trim();
    if name.is_empty() || name.len() > LONGEST_NAME || name.chars().any(char::is_control) {
        return None;
    }
    let texts = headers.get_all(&proxy.groups).iter().filter_map(|text| str::from_utf8(text.as_bytes()).ok());
    let groups = texts.flat_map(|text| text.split(',')).map(str::trim).filter(|group| !group.is_empty());
    let groups = groups.map(str::to_owned).collect();
    Some(Identity { id: format!("proxy:{name}"), name: name.to_owned(), groups })
}
