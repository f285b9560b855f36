//! What a token says.

use jiff::Timestamp;
use serde::Deserialize;

use crate::{error::TokenFault, identity::Identity, issuer::Issuer};

/// Seconds by which our clock and GitHub's may differ.
const LEEWAY: i64 = 60;

/// The claims that are read; GitHub writes ids and attempts as strings. What started the run github.com always says; an
/// Enterprise server need not.
#[derive(Debug, Deserialize)]
pub(crate) struct Claims {
    iss: String,
    aud: Audience,
    exp: i64,
    nbf: i64,
    iat: i64,
    repository: String,
    workflow_ref: String,
    #[serde(default)]
    event_name: Option<String>,
    run_id: String,
    run_attempt: String,
    sha: String,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    /// A token for others as well could be sent on by them.
    fn is(&self, expected: &str) -> bool {
        let only = match self {
            Self::One(only) => only,
            Self::Several(all) => match all.as_slice() {
                [only] => only,
                [] | [_, _, ..] => return false,
            },
        };
        only.strip_suffix('/').unwrap_or(only) == expected
    }
}

impl Claims {
    /// Whether the token is of this issuer, for this audience, and for now.
    pub(crate) fn check(&self, issuer: &Issuer, audience: &str, now: Timestamp) -> Result<(), TokenFault> {
        let now = now.as_second();
        if !issuer.is(&self.iss) {
            Err(TokenFault::Issuer)
        } else if !self.aud.is(audience) {
            Err(TokenFault::Audience)
        } else if self.exp.saturating_add(LEEWAY) <= now {
            Err(TokenFault::Expired)
        } else if self.nbf.max(self.iat) > now.saturating_add(LEEWAY) {
            Err(TokenFault::NotYetValid)
        } else {
            Ok(())
        }
    }

    /// What is proved, after the signature was verified.
    pub(crate) fn identity(self) -> Result<Identity, TokenFault> {
        let Self { repository, workflow_ref, event_name, sha, .. } = self;
        let run_id = positive(&self.run_id).ok_or(TokenFault::Malformed)?;
        let run_attempt = positive(&self.run_attempt).ok_or(TokenFault::Malformed)?;
        Ok(Identity { repository, workflow_ref, event_name, run_id, run_attempt, sha })
    }
}

/// A number as GitHub writes it: digits, the first of which is not 0.
fn positive(text: &str) -> Option<i64> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    text.parse().ok().filter(|number| is_plain && *number > 0)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const NOW: i64 = 1_764_590_400;

    fn claims(changes: &Value) -> Result<Claims, serde_json::Error> {
        let mut claims = json!({
            "iss": "https://issuer.example", "aud": "https://console.example",
            "exp": NOW + 300, "nbf": NOW - 300, "iat": NOW,
            "repository": "acme/shop", "workflow_ref": "acme/shop/.github/workflows/deploy.yml@refs/heads/main",
            "event_name": "workflow_dispatch", "run_id": "77", "run_attempt": "1",
            "sha": "1f4c7a2e9b0d3c5a7e8f1a2b3c4d5e6f70819203",
        });
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        serde_json::from_value(claims)
    }

    fn check(changes: &Value) -> Result<(), TokenFault> {
        let issuer = "https://issuer.example".parse().unwrap();
        let now = Timestamp::from_second(NOW).unwrap();
        claims(changes).unwrap().check(&issuer, "https://console.example", now)
    }

    #[test]
    fn f98_times_have_a_minute_of_leeway() {
        for (changes, expected) in [
            (json!({}), Ok(())),
            (json!({ "exp": NOW - 59 }), Ok(())),
            (json!({ "exp": NOW - 60 }), Err(TokenFault::Expired)),
            (json!({ "exp": i64::MIN }), Err(TokenFault::Expired)),
            (json!({ "exp": i64::MAX }), Ok(())),
            (json!({ "nbf": NOW + 60 }), Ok(())),
            (json!({ "nbf": NOW + 61 }), Err(TokenFault::NotYetValid)),
            (json!({ "iat": NOW + 60 }), Ok(())),
            (json!({ "iat": NOW + 61 }), Err(TokenFault::NotYetValid)),
            (json!({ "iat": i64::MAX }), Err(TokenFault::NotYetValid)),
        ] {
            assert_eq!(check(&changes), expected, "{changes}");
        }
    }

    #[test]
    fn f98_audience_is_ours_alone() {
        let ours = "https://console.example";
        for (audience, is_ours) in [
            (json!(ours), true),
            (json!("https://console.example/"), true),
            (json!([ours]), true),
            (json!("https://console.example//"), false),
            (json!("https://console.example.org"), false),
            (json!("https://Console.example"), false),
            (json!(""), false),
            (json!([]), false),
            (json!([ours, "https://other.example"]), false),
            (json!([ours, ours]), false),
        ] {
            let expected = if is_ours { Ok(()) } else { Err(TokenFault::Audience) };
            assert_eq!(check(&json!({ "aud": audience })), expected, "{audience}");
        }
        assert_eq!(check(&json!({ "iss": "https://issuer.example.org" })), Err(TokenFault::Issuer));
    }

    #[test]
    fn f98_claims_that_prove_are_required() {
        for name in
            ["iss", "aud", "exp", "nbf", "iat", "repository", "workflow_ref", "run_id", "run_attempt", "sha"]
        {
            assert!(claims(&json!({ name: null })).is_err(), "{name}");
        }
        assert!(
            claims(&json!({ "exp": "1764590700" })).is_err() && claims(&json!({ "run_id": 77 })).is_err()
        );
    }

    #[test]
    fn f98_run_and_attempt_are_positive_integers() {
        for wrong in ["", "0", "-1", "+1", "01", "1.0", "1e3", " 1", "١", "9223372036854775808", "x"] {
            for name in ["run_id", "run_attempt"] {
                let read = claims(&json!({ name: wrong })).unwrap().identity();
                assert_eq!(read.unwrap_err(), TokenFault::Malformed, "{name} {wrong:?}");
            }
        }
        let read =
            claims(&json!({ "run_id": "9223372036854775807", "run_attempt": "12" })).unwrap().identity();
        assert_eq!(read.map(|read| (read.run_id, read.run_attempt)), Ok((i64::MAX, 12)));
    }
}
