//! The GitHub App that the console may be: its keys, where it is installed, and the tokens that it was given.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use app::domain::Timestamp;
use aws_lc_rs::{
    encoding::AsDer,
    rsa::{KeyPair, KeySize},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use jiff::SignedDuration;

use super::Model;

/// How long a token lasts, unless it is said otherwise.
const LASTS: SignedDuration = SignedDuration::from_hours(1);
/// Real ids have some digits more.
const APP: i64 = 7_001;
const FIRST_INSTALLATION: i64 = 70_001;

#[derive(Debug, Default)]
pub(super) struct Apps {
    app: Option<App>,
    installations: Vec<Installation>,
    tokens: HashMap<String, InstallationToken>,
    /// How many tokens there ever were.
    made: u32,
    life: Option<SignedDuration>,
}

#[derive(Debug)]
struct App {
    /// The public key, in the DER of PKCS #1.
    public_key: Vec<u8>,
}

/// Where an owner has installed the App, and what for.
#[derive(Clone, Debug)]
pub(crate) struct Installation {
    pub(crate) id: i64,
    pub(crate) owner: String,
    /// Its repositories; all of the owner, if they were not chosen.
    pub(crate) chosen: Option<BTreeSet<String>>,
    pub(crate) permissions: Permissions,
    pub(crate) suspended_at: Option<Timestamp>,
}

/// What may be done: `read` or `write`, by the name of what.
pub(crate) type Permissions = BTreeMap<String, String>;

#[derive(Clone, Debug)]
pub(crate) struct InstallationToken {
    pub(crate) secret: String,
    installation: i64,
    /// As `owner/name`, in small letters; all, if it was not narrowed down.
    repositories: Option<BTreeSet<String>>,
    pub(crate) permissions: Permissions,
    pub(crate) expires_at: Timestamp,
}

/// What a token of an installation can do for a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Standing {
    Good,
    /// It was revoked, has expired, or never was.
    Unknown,
    Suspended,
    /// It is not for this repository.
    Elsewhere,
    Lacking,
}

/// Why no token is made.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum NotMade {
    NoInstallation,
    Suspended,
    NoSuchRepository,
    NotGranted,
}

impl Installation {
    fn has(&self, repo: &str) -> bool {
        let (owner, name) = repo.split_once('/').unwrap_or((repo, ""));
        let is_chosen = |chosen: &BTreeSet<String>| chosen.contains(&name.to_ascii_lowercase());
        self.owner.eq_ignore_ascii_case(owner) && self.chosen.as_ref().is_none_or(is_chosen)
    }
}

/// Whether one permission holds the other.
fn covers(granted: &str, wanted: &str) -> bool {
    granted == wanted || granted == "write" && wanted == "read"
}

impl Apps {
    fn installation(&mut self, owner: &str) -> Option<&mut Installation> {
        self.installations.iter_mut().find(|installation| installation.owner.eq_ignore_ascii_case(owner))
    }
}

impl Model {
    /// Registers the App, with a new private key, in PEM.
    pub(crate) fn register_app(&self) -> Option<(i64, String)> {
        let key = KeyPair::generate(KeySize::Rsa2048).ok()?;
        let private = AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&key).ok()?;
        let public_key = aws_lc_rs::signature::KeyPair::public_key(&key).as_ref().to_vec();
        self.state().apps.app = Some(App { public_key });
        Some((APP, pem(private.as_ref())))
    }

    /// The public key of an App.
    pub(crate) fn app_key(&self, id: &str) -> Option<Vec<u8>> {
        let state = self.state();
        state.apps.app.as_ref().filter(|_| id == APP.to_string()).map(|app| app.public_key.clone())
    }

    pub(crate) fn app_id(&self) -> i64 {
        APP
    }

    /// Installs the App for all repositories of an owner, or for these.
    pub(crate) fn install_app(
        &self,
        owner: &str,
        chosen: Option<BTreeSet<String>>,
        permissions: Permissions,
    ) {
        let apps = &mut self.state().apps;
        let known = apps.installation(owner).map(|installation| installation.id);
        let next = FIRST_INSTALLATION + i64::try_from(apps.installations.len()).unwrap_or_default();
        apps.installations.retain(|installation| Some(installation.id) != known);
        let (id, owner) = (known.unwrap_or(next), owner.to_owned());
        apps.installations.push(Installation { id, owner, chosen, permissions, suspended_at: None });
    }

    pub(crate) fn uninstall_app(&self, owner: &str) {
        let apps = &mut self.state().apps;
        apps.installations.retain(|installation| !installation.owner.eq_ignore_ascii_case(owner));
    }

    pub(crate) fn suspend_app(&self, owner: &str, at: Option<Timestamp>) {
        if let Some(installation) = self.state().apps.installation(owner) {
            installation.suspended_at = at;
        }
    }

    /// Takes back every token.
    pub(crate) fn revoke_app_tokens(&self) {
        self.state().apps.tokens.clear();
    }

    pub(crate) fn set_app_token_life(&self, life: SignedDuration) {
        self.state().apps.life = Some(life);
    }

    pub(crate) fn app_tokens_made(&self) -> u32 {
        self.state().apps.made
    }

    /// The installation for a repository.
    pub(crate) fn installation_for(&self, repo: &str) -> Option<Installation> {
        self.state().apps.installations.iter().find(|installation| installation.has(repo)).cloned()
    }

    /// Whether webhooks are sent about this repository: to an App where it is installed and not suspended,
    /// without an App about every one.
    pub(crate) fn is_told_of(&self, repo: &str) -> bool {
        let apps = &self.state().apps;
        let is_good = |found: &Installation| found.has(repo) && found.suspended_at.is_none();
        apps.app.is_none() || apps.installations.iter().any(is_good)
    }

    /// Whether the App is asked about the protected environments of this repository.
    pub(crate) fn is_asked_about(&self, repo: &str) -> bool {
        let apps = &self.state().apps;
        let is_good = |found: &Installation| {
            let may_read =
                found.permissions.get("deployments").is_some_and(|granted| covers(granted, "read"));
            found.has(repo) && found.suspended_at.is_none() && may_read
        };
        apps.app.is_some() && apps.installations.iter().any(is_good)
    }

    /// Makes a token, for these repositories and permissions where some are named.
    pub(crate) fn make_app_token(
        &self,
        installation: i64,
        names: Option<Vec<String>>,
        wanted: Option<Permissions>,
        now: Timestamp,
    ) -> Result<InstallationToken, NotMade> {
        let apps = &mut self.state().apps;
        let found = apps.installations.iter().find(|known| known.id == installation);
        let found = found.ok_or(NotMade::NoInstallation)?;
        if found.suspended_at.is_some() {
            return Err(NotMade::Suspended);
        }
        let full = |name: String| format!("{}/{name}", found.owner).to_ascii_lowercase();
        let repositories = names.map(|names| names.into_iter().map(full).collect::<BTreeSet<_>>());
        if !repositories.iter().flatten().all(|repo| found.has(repo)) {
            return Err(NotMade::NoSuchRepository);
        }
        let granted = |(name, level): (&String, &String)| {
            found.permissions.get(name).is_some_and(|granted| covers(granted, level))
        };
        let permissions = wanted.unwrap_or_else(|| found.permissions.clone());
        if !permissions.iter().all(granted) {
            return Err(NotMade::NotGranted);
        }
        apps.made += 1;
        let secret = format!("ghs_simulated{:08}", apps.made);
        let expires_at = now.saturating_add(apps.life.unwrap_or(LASTS)).unwrap_or(now);
        let token =
            InstallationToken { secret: secret.clone(), installation, repositories, permissions, expires_at };
        apps.tokens.insert(secret, token.clone());
        Ok(token)
    }

    /// What a token can do with a repository where this is needed.
    pub(crate) fn standing(
        &self,
        secret: &str,
        repo: Option<&str>,
        (name, level): (&str, &str),
        now: Timestamp,
    ) -> Standing {
        let state = self.state();
        let token = state.apps.tokens.get(secret).filter(|token| now < token.expires_at);
        let of = |id| state.apps.installations.iter().find(|installation| installation.id == id);
        let Some((token, installation)) = token.and_then(|token| Some((token, of(token.installation)?)))
        else {
            return Standing::Unknown;
        };
        let is_for = |repo: &str| {
            let is_named = |named: &BTreeSet<String>| named.contains(&repo.to_ascii_lowercase());
            installation.has(repo) && token.repositories.as_ref().is_none_or(is_named)
        };
        // What an owner takes back is gone from the tokens that there are.
        let is_granted = |all: &Permissions| all.get(name).is_some_and(|granted| covers(granted, level));
        if installation.suspended_at.is_some() {
            Standing::Suspended
        } else if repo.is_some_and(|repo| !is_for(repo)) {
            Standing::Elsewhere
        } else if [&token.permissions, &installation.permissions].into_iter().all(is_granted) {
            Standing::Good
        } else {
            Standing::Lacking
        }
    }
}

pub(super) fn pem(der: &[u8]) -> String {
    let text = BASE64_STANDARD.encode(der);
    let lines: Vec<_> = text.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"))
}
