//! Who the console is at GitHub: the owner of a token, or an App.

use std::fmt;

use app::domain::Timestamp;
use jiff::SignedDuration;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use secrecy::SecretString;
use serde::Serialize;

/// How long a proof of the App's identity is good: GitHub takes none of more than ten minutes.
const PROOF_LASTS: SignedDuration = SignedDuration::from_mins(9);
/// How far GitHub's clock may be behind ours: a proof from the future is refused.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_mins(1);

/// Who the console is at GitHub.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// The account that this token belongs to; never shown.
    Token(SecretString),
    /// An App, which gets tokens for the repositories of each owner that has installed it.
    App(AppCredentials),
}

/// What the console is at GitHub, for sentences that say what to do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Identity {
    Token,
    App,
}

/// The identity of a GitHub App.
///
/// <https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app>
#[derive(Clone)]
pub struct AppCredentials {
    id: String,
    key: EncodingKey,
}

/// The text is no RSA key in PEM.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("is no RSA private key in PEM")]
pub struct NotAPrivateKey;

#[derive(Serialize)]
struct Claims<'a> {
    iat: i64,
    exp: i64,
    iss: &'a str,
}

impl AppCredentials {
    /// The App of this id, or client id, with its private key in PEM.
    ///
    /// # Errors
    /// If the text is no such key.
    pub fn new(id: String, private_key: &str) -> Result<Self, NotAPrivateKey> {
        let key = EncodingKey::from_rsa_pem(private_key.as_bytes()).map_err(|_| NotAPrivateKey)?;
        // A key that can be read can still be one that nothing is signed with.
        let app = Self { id, key };
        app.proof(Timestamp::UNIX_EPOCH).map(|_| app).ok_or(NotAPrivateKey)
    }

    /// Its id, or its client id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Proves to GitHub that a request is the App's own: a JWT, signed with RS256.
    pub(crate) fn proof(&self, now: Timestamp) -> Option<SecretString> {
        let iat = now.as_second() - CLOCK_TOLERANCE.as_secs();
        let claims = Claims { iat, exp: iat + PROOF_LASTS.as_secs(), iss: &self.id };
        jsonwebtoken::encode(&Header::new(Algorithm::RS256), &claims, &self.key).ok().map(Into::into)
    }
}

/// Without the key.
impl fmt::Debug for AppCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AppCredentials").field("id", &self.id).finish_non_exhaustive()
    }
}
