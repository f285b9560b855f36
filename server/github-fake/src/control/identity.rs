//! Identity tokens of GitHub Actions: their issuer, and tokens as they are and as they should not be.

use app::domain::Timestamp;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use crate::SimulatedGitHub;

/// Where the issuer is, beneath the address of everything else.
pub(crate) const ISSUER: &str = "/actions-identity";

/// How a token is signed that GitHub would not make.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Spoiled<'a> {
    /// By nothing: `alg` is `none`.
    Unsigned,
    /// By HS256, with the public key for a secret.
    BySharedSecret,
    /// By a key of this name, which GitHub never had.
    ByStranger(&'a str),
    /// By the key of a stranger, under the name of the newest one of GitHub.
    ByStrangerAsGitHub,
}

impl SimulatedGitHub {
    /// What `GITHUB_ACTIONS_ISSUER` has to be.
    #[must_use]
    pub fn identity_issuer(&self) -> String {
        format!("{}{ISSUER}", self.url())
    }

    /// What GitHub would say now in a token for this run, to be changed before it is signed.
    #[must_use]
    pub fn identity_claims(&self, run: i64, audience: &str, now: Timestamp) -> Option<Value> {
        self.model.identity_claims(run, &self.identity_issuer(), audience, now)
    }

    /// Signs claims by GitHub's newest key.
    #[must_use]
    pub fn sign_identity(&self, claims: &Value) -> Option<String> {
        self.model.sign_identity(claims)
    }

    /// A token for this run: what GitHub would give to a job of it.
    #[must_use]
    pub fn identity_token(&self, run: i64, audience: &str, now: Timestamp) -> Option<String> {
        self.sign_identity(&self.identity_claims(run, audience, now)?)
    }

    /// Makes a token that GitHub would not make.
    #[must_use]
    pub fn spoil_identity(&self, claims: &Value, how: Spoiled<'_>) -> Option<String> {
        let key = self.model.identity_key()?;
        let name = key["kid"].as_str()?;
        match how {
            Spoiled::Unsigned => Some(unsigned(claims, name)),
            Spoiled::BySharedSecret => {
                let header = Header { kid: Some(name.to_owned()), ..Header::new(Algorithm::HS256) };
                let public = key["n"].as_str()?;
                jsonwebtoken::encode(&header, claims, &EncodingKey::from_secret(public.as_bytes())).ok()
            }
            Spoiled::ByStranger(name) => self.model.sign_identity_with_stranger(claims, name),
            Spoiled::ByStrangerAsGitHub => self.model.sign_identity_with_stranger(claims, name),
        }
    }

    /// Signs with a new key from now on. The one before is published for some time more, or is taken back at once.
    pub fn rotate_identity_keys(&self, keep_old: bool) {
        self.model.rotate_identity_keys(keep_old);
    }

    /// Answers questions for the keys with 503 from now on, or no longer.
    pub fn take_identity_away(&self, is_away: bool) {
        self.model.set_identity_away(is_away);
    }

    /// How often the keys were asked for.
    #[must_use]
    pub fn identity_reads(&self) -> u32 {
        self.model.identity_reads()
    }

    /// Lets the simulated workflows of a repository prove themselves by tokens, in place of signatures.
    pub fn report_by_identity(&self, repo: &str) {
        self.model.report_by_identity(repo);
    }
}

fn unsigned(claims: &Value, name: &str) -> String {
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.", part(&json!({ "alg": "none", "kid": name, "typ": "JWT" })), part(claims))
}
