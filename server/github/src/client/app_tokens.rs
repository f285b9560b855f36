//! The tokens of a GitHub App: one for the repositories of each owner, that may do no more than the console does.
//!
//! - It is made when it is needed, by one request at a time, and anew five minutes before it ends.
//! - It is narrowed down to the repositories that are asked about. GitHub makes none if the App is not installed on one of
//!   them: then each is looked at, and those are left out.
//! - Where there is none to be had, GitHub is asked again after a minute, and not for each request.
//!
//! <https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-an-installation-access-token-for-a-github-app>

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, Mutex as SyncMutex, PoisonError},
};

use app::domain::Timestamp;
use jiff::SignedDuration;
use reqwest::{Method, RequestBuilder, StatusCode, Url};
use runtime::read_limited;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, de::DeserializeOwned};
use tokio::sync::Mutex;

use super::{Client, MAX_ANSWER, ReadError, authentication::NoToken, endpoint};
use crate::{Access, AppCredentials, Granted};

/// What the console does with a repository: it runs and cancels workflows, reads commits and files, and answers GitHub
/// about its gate.
const NEEDED: [(&str, Access); 3] =
    [("actions", Access::Write), ("contents", Access::Read), ("deployments", Access::Write)];
/// How long before its end a token is no longer used.
const EARLY: SignedDuration = SignedDuration::from_mins(5);
/// How long a refusal is believed.
const BELIEVED: SignedDuration = SignedDuration::from_mins(1);

/// The tokens of an App, for all that share them.
#[derive(Clone, Debug)]
pub(super) struct AppTokens {
    app: AppCredentials,
    owners: Arc<SyncMutex<HashMap<String, Arc<Mutex<Owner>>>>>,
}

/// What is known of one owner.
#[derive(Debug, Default)]
struct Owner {
    /// The names of the repositories that are asked about.
    repositories: BTreeSet<String>,
    token: Option<OwnerToken>,
    /// Why the newest attempt to make one was refused, and when.
    refused: Option<(NoToken, Timestamp)>,
}

#[derive(Debug)]
struct OwnerToken {
    secret: SecretString,
    expires_at: Timestamp,
    /// The repositories that it is for.
    repositories: BTreeSet<String>,
    /// Those that were wanted, and on which the App was not installed then.
    left_out: BTreeMap<String, Timestamp>,
    /// What it may do with them.
    granted: Granted,
}

#[derive(Deserialize)]
pub(super) struct Installation {
    id: i64,
    #[serde(default)]
    suspended_at: Option<String>,
    #[serde(default)]
    permissions: Granted,
}

#[derive(Deserialize)]
pub(super) struct AccessToken {
    token: SecretString,
    expires_at: Timestamp,
}

impl AppTokens {
    pub(super) fn of(app: AppCredentials) -> Self {
        Self { app, owners: Arc::default() }
    }

    pub(super) fn app_id(&self) -> &str {
        self.app.id()
    }

    /// Names repositories that will be asked about, so that one token is made for all of them.
    pub(super) async fn expect(&self, repos: impl Iterator<Item = &str>) {
        for repo in repos {
            let (owner, name) = parts(repo);
            self.owner(&owner).lock().await.repositories.insert(name);
        }
    }

    pub(super) async fn token(&self, client: &Client, repo: &str) -> Result<SecretString, NoToken> {
        let (login, name) = parts(repo);
        let owner = self.owner(&login);
        // Other requests wait meanwhile, and find what was made.
        let mut owner = owner.lock().await;
        let now = client.clock.now();
        owner.repositories.insert(name.clone());
        if let Some(token) = owner.token.as_mut().filter(|token| token.is_good(now)) {
            if token.repositories.contains(&name) {
                return Ok(token.secret.clone());
            }
            if self.is_left_out(client, token, (&login, &name), now).await? {
                return Err(NoToken::NotInstalled(repo.to_owned()));
            }
        }
        if let Some((reason, _)) = owner.refused.as_ref().filter(|(_, at)| is_believed(*at, now)) {
            return Err(reason.clone());
        }
        match self.make(client, &login, &owner.repositories, now).await {
            Ok(made) => {
                let secret = made.repositories.contains(&name).then(|| made.secret.clone());
                (owner.token, owner.refused) = (Some(made), None);
                secret.ok_or_else(|| NoToken::NotInstalled(repo.to_owned()))
            }
            Err(reason) => {
                owner.refused = Some((reason.clone(), now)).filter(|_| reason.is_lasting());
                Err(reason)
            }
        }
    }

    /// What the App may do with a repository, as far as it has a token for it.
    pub(super) async fn granted(&self, repo: &str) -> Option<Granted> {
        let (login, name) = parts(repo);
        let owner = self.owner(&login);
        let owner = owner.lock().await;
        let token = owner.token.as_ref().filter(|token| token.repositories.contains(&name))?;
        Some(token.granted.clone())
    }

    /// Whether the App is not installed on a repository that was left out: looked up again after a while.
    async fn is_left_out(
        &self,
        client: &Client,
        token: &mut OwnerToken,
        (owner, name): (&str, &str),
        now: Timestamp,
    ) -> Result<bool, NoToken> {
        let Some(looked_at) = token.left_out.get_mut(name) else { return Ok(false) };
        if is_believed(*looked_at, now) {
            return Ok(true);
        }
        *looked_at = now;
        Ok(self.installation(client, owner, name).await?.is_none())
    }

    /// Forgets a token that GitHub refused, so that another is made; unless that was made already.
    pub(super) async fn forget(&self, repo: &str, refused: &SecretString) {
        let owner = self.owner(&parts(repo).0);
        let mut owner = owner.lock().await;
        let is_refused = |token: &mut OwnerToken| token.secret.expose_secret() == refused.expose_secret();
        owner.token.take_if(is_refused);
    }

    fn owner(&self, login: &str) -> Arc<Mutex<Owner>> {
        let mut owners = self.owners.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(owners.entry(login.to_owned()).or_default())
    }

    /// Makes a token for these repositories of an owner, or for those of them on which the App is installed.
    async fn make(
        &self,
        client: &Client,
        owner: &str,
        names: &BTreeSet<String>,
        now: Timestamp,
    ) -> Result<OwnerToken, NoToken> {
        let mut left = names.iter();
        let installation = loop {
            let Some(name) = left.next() else { return Err(NoToken::NotInstalled(owner.to_owned())) };
            if let Some(found) = self.installation(client, owner, name).await? {
                break found;
            }
        };
        if installation.suspended_at.is_some() {
            return Err(NoToken::Suspended(owner.to_owned()));
        }
        if let Some(token) = self.make_for(client, &installation, names).await? {
            return Ok(token);
        }
        let (mut installed, mut left_out) = (BTreeSet::new(), BTreeMap::new());
        for name in names {
            if self.installation(client, owner, name).await?.is_some() {
                installed.insert(name.clone());
            } else {
                left_out.insert(name.clone(), now);
            }
        }
        let token = self.make_for(client, &installation, &installed).await?;
        let token = token.ok_or_else(|| NoToken::NotInstalled(owner.to_owned()))?;
        Ok(OwnerToken { left_out, ..token })
    }

    /// The App's installation for a repository; none, if there is none.
    async fn installation(
        &self,
        client: &Client,
        owner: &str,
        name: &str,
    ) -> Result<Option<Installation>, NoToken> {
        let url = endpoint(&client.api, &format!("{owner}/{name}"), &["installation"]);
        let (status, body) = self.ask(client, client.http.request(Method::GET, url)).await?;
        match status {
            StatusCode::OK => parse(&body).map(Some),
            StatusCode::NOT_FOUND => Ok(None),
            status => Err(unusable(status)),
        }
    }

    /// A token for these repositories; none, if GitHub does not make one for all of them.
    async fn make_for(
        &self,
        client: &Client,
        Installation { id, permissions, .. }: &Installation,
        names: &BTreeSet<String>,
    ) -> Result<Option<OwnerToken>, NoToken> {
        let granted =
            |(name, wanted): (&str, Access)| Some((name.to_owned(), permissions.of(name)?.min(wanted)));
        let permissions: Granted = NEEDED.into_iter().filter_map(granted).collect();
        let body = serde_json::json!({ "repositories": names, "permissions": permissions });
        let url = access_tokens(&client.api, *id);
        let (status, body) = self.ask(client, client.http.request(Method::POST, url).json(&body)).await?;
        match status {
            StatusCode::CREATED => {
                let AccessToken { token, expires_at } = parse(&body)?;
                Ok(Some(OwnerToken {
                    secret: token,
                    expires_at,
                    repositories: names.clone(),
                    left_out: BTreeMap::new(),
                    granted: permissions,
                }))
            }
            // The installation was removed meanwhile, or one of the repositories from it.
            StatusCode::NOT_FOUND | StatusCode::UNPROCESSABLE_ENTITY => Ok(None),
            status => Err(unusable(status)),
        }
    }

    /// Asks as the App itself.
    async fn ask(&self, client: &Client, request: RequestBuilder) -> Result<(StatusCode, Vec<u8>), NoToken> {
        let now = client.clock.now();
        let proof = self.app.proof(now).ok_or(NoToken::KeyRefused)?;
        let answer = client.send_as(request, &proof).await.map_err(NoToken::NotNow)?;
        let status = answer.status();
        if status == StatusCode::UNAUTHORIZED {
            return Err(NoToken::KeyRefused);
        }
        if matches!(status, StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS) {
            return Err(NoToken::NotNow(client.refusal(answer).await.into_read_error()));
        }
        let body = read_limited(answer, MAX_ANSWER).await;
        let broken = || NoToken::NotNow(ReadError::Unusable("its answer broke off".to_owned()));
        Ok((status, body.ok_or_else(broken)?))
    }
}

impl OwnerToken {
    fn is_good(&self, now: Timestamp) -> bool {
        now < self.expires_at.saturating_sub(EARLY).unwrap_or(self.expires_at)
    }
}

/// Whether a refusal of this time still counts.
fn is_believed(at: Timestamp, now: Timestamp) -> bool {
    now < at.saturating_add(BELIEVED).unwrap_or(at)
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, NoToken> {
    serde_json::from_slice(body).map_err(|_| NoToken::NotNow(ReadError::undocumented()))
}

fn unusable(status: StatusCode) -> NoToken {
    NoToken::NotNow(ReadError::Unusable(format!("it answered {} when asked for a token", status.as_u16())))
}

/// Owner and name of a repository. GitHub makes no difference between large and small letters.
fn parts(repo: &str) -> (String, String) {
    let (owner, name) = repo.split_once('/').unwrap_or((repo, ""));
    (owner.to_ascii_lowercase(), name.to_ascii_lowercase())
}

fn access_tokens(api: &Url, installation: i64) -> Url {
    let mut url = api.clone();
    // Only an address like `data:…` has no segments, and that is no API.
    if let Ok(mut segments) = url.path_segments_mut() {
        let path = ["app", "installations", &installation.to_string(), "access_tokens"];
        segments.pop_if_empty().extend(path);
    }
    url
}
