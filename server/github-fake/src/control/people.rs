//! Who signs in, and to what.

use crate::{
    SimulatedGitHub,
    model::{OAuthApp, SimulatedPerson},
};

impl SimulatedGitHub {
    /// Registers an OAuth app, or changes it.
    pub fn set_oauth_app(&self, client_id: &str, client_secret: &str, redirect_uri: &str) {
        self.model.set_oauth_app(OAuthApp {
            client_id: client_id.to_owned(),
            client_secret: client_secret.to_owned(),
            redirect_uri: redirect_uri.to_owned(),
        });
    }

    /// Says who somebody is from now on. A team is `organization/slug`.
    pub fn set_person(&self, login: &str, id: u64, organizations: &[&str], teams: &[&str]) {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let (organizations, teams) = (owned(organizations), owned(teams));
        self.model.set_person(SimulatedPerson { login: login.to_owned(), id, organizations, teams });
    }

    /// Hides an organization and its teams from OAuth apps, as one does that has a single sign-on of its own; or shows it.
    pub fn set_single_sign_on(&self, organization: &str, is_required: bool) {
        self.model.set_single_sign_on(organization, is_required);
    }

    /// Makes every OAuth code that was not used yet too old.
    pub fn expire_oauth_codes(&self) {
        self.model.expire_codes();
    }

    /// Revokes every token that OAuth apps were given.
    pub fn revoke_oauth_tokens(&self) {
        self.model.revoke_tokens();
    }
}
