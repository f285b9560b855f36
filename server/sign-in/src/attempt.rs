//! One attempt to sign in, from the redirect to the answer.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use openidconnect::{CsrfToken, Nonce, PkceCodeChallenge};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use url::Url;

use crate::error::{Cause, SignInError};

/// How long somebody may take at the provider.
const LIFETIME: SignedDuration = SignedDuration::from_mins(10);

/// What was begun.
#[derive(Clone, Debug)]
pub struct Begun {
    /// Where to send the person.
    pub url: Url,
    /// What [`crate::Provider::finish`] needs when they come back.
    pub attempt: Attempt,
}

/// What ties an answer to the browser that asked. It is kept in that browser, in a cookie that scripts cannot read, and
/// nowhere else.
#[derive(Clone, Deserialize, Serialize)]
pub struct Attempt {
    pub(crate) state: String,
    /// In the ID token of an OpenID provider; GitHub has none.
    pub(crate) nonce: String,
    /// Proves to the provider that whoever redeems the code is who asked for it (PKCE).
    pub(crate) verifier: String,
    began_at: Timestamp,
}

/// What the provider sent the person back with: the query of the redirect address.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Answer {
    pub code: Option<String>,
    pub state: Option<String>,
    pub error: Option<String>,
    pub error_description: Option<String>,
    pub iss: Option<String>,
}

impl Attempt {
    /// A new one, and the challenge that goes with its verifier.
    pub(crate) fn begin(now: Timestamp) -> (Self, PkceCodeChallenge) {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let attempt = Self {
            state: CsrfToken::new_random_len(32).into_secret(),
            nonce: Nonce::new_random_len(32).secret().clone(),
            verifier: verifier.into_secret(),
            began_at: now,
        };
        (attempt, challenge)
    }

    /// The answer is one to this attempt, and comes in time.
    pub(crate) fn check(&self, answer: &Answer, now: Timestamp) -> Result<(), SignInError> {
        let state = answer.state.as_deref().unwrap_or_default();
        if self.state.is_empty() || !is_same(state, &self.state) {
            return Err(SignInError::WrongState);
        }
        let age = now.duration_since(self.began_at);
        if age > LIFETIME { Err(SignInError::AttemptExpired) } else { Ok(()) }
    }
}

/// Takes as long for any two texts of these lengths: what is compared is what nobody can choose.
fn is_same(one: &str, other: &str) -> bool {
    Sha256::digest(one) == Sha256::digest(other)
}

impl Answer {
    /// The code, unless the provider or the person refused. Ask [`Attempt::check`] first: until then, anybody may have
    /// written the answer.
    pub(crate) fn into_code(self) -> Result<String, SignInError> {
        match (self.error.as_deref(), self.code) {
            (Some("access_denied"), _) => Err(SignInError::RefusedByPerson),
            (Some("redirect_uri_mismatch" | "unauthorized_client" | "invalid_client"), _) => {
                Err(SignInError::ClientRefused(said(self.error, self.error_description)))
            }
            (Some("temporarily_unavailable"), _) => {
                Err(SignInError::ProviderAway(said(self.error, self.error_description)))
            }
            (Some(_), _) => Err(SignInError::RefusedByProvider(said(self.error, self.error_description))),
            (None, Some(code)) if !code.is_empty() => Ok(code),
            (None, Some(_) | None) => Err(SignInError::NoCode),
        }
    }
}

fn said(error: Option<String>, description: Option<String>) -> Cause {
    Cause::said(&error.unwrap_or_default(), description.as_deref())
}

impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempt").field("began_at", &self.began_at).finish_non_exhaustive()
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let has_code = self.code.is_some();
        f.debug_struct("Answer")
            .field("has_code", &has_code)
            .field("error", &self.error)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn answer(state: &str) -> Answer {
        Answer { code: Some("c0de".to_owned()), state: Some(state.to_owned()), ..Answer::default() }
    }

    #[test]
    fn attempt_travels_and_shows_no_secret() {
        let (attempt, _) = Attempt::begin(NOW);
        let cookie = serde_json::to_string(&attempt).unwrap();
        assert!(cookie.len() < 400, "{}", cookie.len());
        let back: Attempt = serde_json::from_str(&cookie).unwrap();
        assert_eq!(back.check(&answer(&attempt.state), NOW), Ok(()));
        let shown = format!("{back:?} {:?}", answer(&attempt.state));
        for secret in [&attempt.state, &attempt.nonce, &attempt.verifier, "c0de"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }

    #[test]
    fn f89_answer_belongs_to_the_attempt_and_is_in_time() {
        let (attempt, _) = Attempt::begin(NOW);
        let at = |minutes: i64| NOW + SignedDuration::from_mins(minutes);
        assert_eq!(attempt.check(&Answer::default(), NOW), Err(SignInError::WrongState));
        assert_eq!(attempt.check(&answer("another"), NOW), Err(SignInError::WrongState));
        assert_eq!(attempt.check(&answer(&attempt.state), at(10)), Ok(()));
        assert_eq!(attempt.check(&answer(&attempt.state), at(11)), Err(SignInError::AttemptExpired));
    }

    #[test]
    fn refusals_are_told_apart() {
        let refused = |error: &str| {
            let answer = Answer { error: Some(error.to_owned()), ..answer("s") };
            answer.into_code().unwrap_err().code()
        };
        assert_eq!(refused("access_denied"), "refused_by_person");
        assert_eq!(refused("server_error"), "refused_by_provider");
        assert_eq!(refused("temporarily_unavailable"), "provider_away");
        assert_eq!(refused("redirect_uri_mismatch"), "client_refused");
        assert_eq!(Answer::default().into_code(), Err(SignInError::NoCode));
        assert_eq!(answer("s").into_code().unwrap(), "c0de");
    }
}
