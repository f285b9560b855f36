//! Who there is, which OAuth apps they sign in to, and what these were given: codes, once, and tokens.

use std::collections::{HashMap, HashSet};

use app::domain::Timestamp;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::SignedDuration;
use sha2::{Digest, Sha256};

use super::Model;

/// How long a code is good.
const OF_CODE: SignedDuration = SignedDuration::from_mins(10);

#[derive(Debug, Default)]
pub(super) struct People {
    people: Vec<SimulatedPerson>,
    apps: Vec<OAuthApp>,
    /// Organizations that show themselves only after their own sign-on.
    with_single_sign_on: HashSet<String>,
    codes: HashMap<String, CodeGrant>,
    /// The login and the scopes of each.
    tokens: HashMap<String, (String, String)>,
    /// How many codes and tokens there ever were.
    given: u64,
}

#[derive(Clone, Debug)]
pub(crate) struct SimulatedPerson {
    pub(crate) login: String,
    pub(crate) id: u64,
    pub(crate) organizations: Vec<String>,
    /// As `organization/slug`.
    pub(crate) teams: Vec<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct OAuthApp {
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) redirect_uri: String,
}

/// What somebody allowed an app.
#[derive(Clone, Debug)]
pub(crate) struct CodeGrant {
    pub(crate) client_id: String,
    pub(crate) login: String,
    pub(crate) scope: String,
    pub(crate) redirect_uri: String,
    /// By S256.
    pub(crate) challenge: Option<String>,
    pub(crate) at: Timestamp,
}

/// What an app sends to get a token.
#[derive(Clone, Debug)]
pub(crate) struct Redemption<'a> {
    pub(crate) client_id: &'a str,
    pub(crate) client_secret: &'a str,
    pub(crate) code: &'a str,
    pub(crate) redirect_uri: Option<&'a str>,
    pub(crate) verifier: Option<&'a str>,
}

/// What is wrong where there is no token.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum NoToken {
    Client,
    Code,
    Redirect,
}

/// A token, and its scopes.
#[derive(Clone, Debug)]
pub(crate) struct GivenToken {
    pub(crate) token: String,
    pub(crate) scope: String,
}

impl People {
    /// Whether a person is in a team, `organization/slug`.
    pub(super) fn is_in_team(&self, login: &str, team: &str) -> bool {
        let person = self.people.iter().find(|person| person.login.eq_ignore_ascii_case(login));
        person.is_some_and(|person| person.teams.iter().any(|known| known.eq_ignore_ascii_case(team)))
    }

    /// A text that is there once.
    fn secret(&mut self, length: usize, now: Timestamp) -> String {
        self.given += 1;
        let mut text = hex::encode(Sha256::digest(format!("{} {now}", self.given)));
        text.truncate(length);
        text
    }

    fn redeem(&mut self, sent: &Redemption<'_>, now: Timestamp) -> Result<GivenToken, NoToken> {
        let app = self.apps.iter().find(|app| app.client_id == sent.client_id);
        if app.is_none_or(|app| app.client_secret != sent.client_secret) {
            return Err(NoToken::Client);
        }
        let grant = self.codes.get(sent.code).filter(|grant| grant.client_id == sent.client_id);
        let grant = grant.cloned().ok_or(NoToken::Code)?;
        if sent.redirect_uri.is_some_and(|address| address != grant.redirect_uri) {
            return Err(NoToken::Redirect);
        }
        self.codes.remove(sent.code);
        let is_in_time = now.duration_since(grant.at) <= OF_CODE;
        let challenge = sent.verifier.map(|text| BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(text)));
        if !is_in_time || grant.challenge.is_some() && grant.challenge != challenge {
            return Err(NoToken::Code);
        }
        let token = format!("gho_{}", self.secret(36, now));
        self.tokens.insert(token.clone(), (grant.login, grant.scope.clone()));
        Ok(GivenToken { token, scope: grant.scope })
    }
}

impl Model {
    pub(crate) fn set_oauth_app(&self, app: OAuthApp) {
        let apps = &mut self.state().people.apps;
        apps.retain(|known| known.client_id != app.client_id);
        apps.push(app);
    }

    pub(crate) fn oauth_app(&self, client_id: &str) -> Option<OAuthApp> {
        self.state().people.apps.iter().find(|app| app.client_id == client_id).cloned()
    }

    pub(crate) fn set_person(&self, person: SimulatedPerson) {
        let people = &mut self.state().people.people;
        match people.iter_mut().find(|known| known.login == person.login) {
            Some(known) => *known = person,
            None => people.push(person),
        }
    }

    pub(crate) fn people(&self) -> Vec<SimulatedPerson> {
        self.state().people.people.clone()
    }

    pub(crate) fn set_single_sign_on(&self, organization: &str, is_required: bool) {
        let organizations = &mut self.state().people.with_single_sign_on;
        if is_required {
            organizations.insert(organization.to_owned());
        } else {
            organizations.remove(organization);
        }
    }

    pub(crate) fn needs_single_sign_on(&self, organization: &str) -> bool {
        self.state().people.with_single_sign_on.contains(organization)
    }

    /// A code for what somebody allowed.
    pub(crate) fn allow(&self, grant: CodeGrant) -> String {
        let people = &mut self.state().people;
        let code = people.secret(20, grant.at);
        people.codes.insert(code.clone(), grant);
        code
    }

    /// Makes every code that was not used yet too old.
    pub(crate) fn expire_codes(&self) {
        for grant in self.state().people.codes.values_mut() {
            grant.at = Timestamp::UNIX_EPOCH;
        }
    }

    pub(crate) fn redeem(&self, sent: &Redemption<'_>, now: Timestamp) -> Result<GivenToken, NoToken> {
        self.state().people.redeem(sent, now)
    }

    pub(crate) fn revoke_tokens(&self) {
        self.state().people.tokens.clear();
    }

    /// Whose token this is, and its scopes.
    pub(crate) fn person_of(&self, token: &str) -> Option<(SimulatedPerson, String)> {
        let people = &self.state().people;
        let (login, scope) = people.tokens.get(token)?;
        let person = people.people.iter().find(|person| person.login == *login)?;
        Some((person.clone(), scope.clone()))
    }
}
