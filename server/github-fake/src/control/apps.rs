//! The GitHub App that the console may be.

use jiff::SignedDuration;

use crate::{SimulatedGitHub, clock::now};

/// A registered App, as its owner keeps it.
#[derive(Clone, Debug)]
pub struct RegisteredApp {
    pub id: String,
    /// In PEM.
    pub private_key: String,
}

/// What the console's App may do, unless it is said otherwise.
const PERMISSIONS: [(&str, &str); 5] = [
    ("actions", "write"),
    ("contents", "read"),
    ("deployments", "write"),
    ("environments", "read"),
    ("metadata", "read"),
];

impl SimulatedGitHub {
    /// Registers the App, with a new private key: the one before no longer counts.
    ///
    /// # Errors
    /// If the machine cannot make one.
    pub fn register_app(&self) -> std::io::Result<RegisteredApp> {
        let made = self.model.register_app();
        let (id, private_key) = made.ok_or_else(|| std::io::Error::other("no RSA key could be made"))?;
        Ok(RegisteredApp { id: id.to_string(), private_key })
    }

    /// Installs the App for all repositories of an owner.
    pub fn install_app(&self, owner: &str) {
        self.install_app_with(owner, None, &PERMISSIONS);
    }

    /// Installs the App for these repositories of an owner, or for all, with these permissions.
    pub fn install_app_with(&self, owner: &str, chosen: Option<&[&str]>, permissions: &[(&str, &str)]) {
        let chosen = chosen.map(|names| names.iter().map(|name| name.to_ascii_lowercase()).collect());
        let permissions =
            permissions.iter().map(|(name, level)| ((*name).to_owned(), (*level).to_owned())).collect();
        self.model.install_app(owner, chosen, permissions);
    }

    /// Takes the App away from an owner; its tokens are of no more use.
    pub fn uninstall_app(&self, owner: &str) {
        self.model.uninstall_app(owner);
    }

    /// Suspends the installation of an owner, or lets it go on.
    pub fn suspend_app(&self, owner: &str, is_suspended: bool) {
        self.model.suspend_app(owner, is_suspended.then(now));
    }

    /// Takes back every token that the App was given.
    pub fn revoke_app_tokens(&self) {
        self.model.revoke_app_tokens();
    }

    /// Says how long tokens last that are made from now on: an hour, if it is not said.
    pub fn set_app_token_life(&self, life: SignedDuration) {
        self.model.set_app_token_life(life);
    }

    /// How many tokens the App was given.
    #[must_use]
    pub fn app_tokens_made(&self) -> u32 {
        self.model.app_tokens_made()
    }
}
