//! How an issuer is asked for its keys: with a limit on the time, on what is read, and without following redirects.

use std::{collections::HashMap, time::Duration};

use jsonwebtoken::DecodingKey;
use reqwest::redirect;
use runtime::read_limited;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{error::KeysError, issuer::Issuer};

/// For each of the two requests: a workflow that reports waits for both, and gives up after eight seconds.
const TIMEOUT: Duration = Duration::from_secs(3);
/// Bytes of an answer that are read. GitHub's are a tenth of this.
const MAX_ANSWER: usize = 256 * 1024;

/// The keys of an issuer, by their ids.
pub(crate) type KeySet = HashMap<String, DecodingKey>;

#[derive(Debug)]
pub(crate) struct IssuerClient {
    http: reqwest::Client,
    issuer: Issuer,
}

/// The machine has no TLS to offer.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct NoTls(#[from] reqwest::Error);

/// What an issuer says of itself.
#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    jwks_uri: String,
}

#[derive(Deserialize)]
struct Keys {
    keys: Vec<Value>,
}

#[derive(Deserialize)]
struct RsaKey {
    kid: String,
    kty: String,
    #[serde(rename = "use")]
    purpose: Option<String>,
    alg: Option<String>,
    n: String,
    e: String,
}

impl IssuerClient {
    pub(crate) fn new(issuer: Issuer) -> Result<Self, NoTls> {
        let http = reqwest::Client::builder()
            .user_agent(concat!("deploy-console/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .timeout(TIMEOUT)
            .build()?;
        Ok(Self { http, issuer })
    }

    pub(crate) fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// The keys that the issuer publishes now.
    pub(crate) async fn keys(&self) -> Result<KeySet, KeysError> {
        let discovery: Discovery = self.read(&self.issuer.discovery()).await?;
        if !self.issuer.is(&discovery.issuer) {
            return Err(KeysError::OtherIssuer);
        }
        let address = self.issuer.own(&discovery.jwks_uri).ok_or(KeysError::KeysElsewhere)?;
        let Keys { keys } = self.read(address.as_str()).await?;
        let keys: KeySet = keys.into_iter().filter_map(usable).collect();
        if keys.is_empty() { Err(KeysError::NoKeys) } else { Ok(keys) }
    }

    async fn read<T: DeserializeOwned>(&self, address: &str) -> Result<T, KeysError> {
        let answer =
            self.http.get(address).send().await.map_err(|error| {
                if error.is_timeout() { KeysError::TooSlow } else { KeysError::Unreachable }
            })?;
        if answer.status() != reqwest::StatusCode::OK {
            return Err(KeysError::Status(answer.status().as_u16()));
        }
        let body = read_limited(answer, MAX_ANSWER).await.ok_or(KeysError::Broken)?;
        serde_json::from_slice(&body).map_err(|_| KeysError::Unreadable)
    }
}

/// A key that may sign tokens by RS256. One that is for something else does not spoil the others.
fn usable(key: Value) -> Option<(String, DecodingKey)> {
    let key: RsaKey = serde_json::from_value(key).ok()?;
    let signs = key.kty == "RSA"
        && key.purpose.is_none_or(|purpose| purpose == "sig")
        && key.alg.is_none_or(|algorithm| algorithm == "RS256");
    let decoding = DecodingKey::from_rsa_components(&key.n, &key.e).ok()?;
    signs.then_some((key.kid, decoding))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_rsa_keys_for_signatures_are_used() {
        let key = json!({ "kid": "1", "kty": "RSA", "use": "sig", "alg": "RS256", "n": "AQAB", "e": "AQAB" });
        let with = |member: &str, value: Value| {
            let mut key = key.clone();
            key[member] = value;
            usable(key).is_some()
        };
        assert!(with("x5t", json!("thumb")) && with("use", Value::Null) && with("alg", Value::Null));
        for (member, value) in [
            ("kty", json!("oct")),
            ("use", json!("enc")),
            ("alg", json!("RS512")),
            ("kid", Value::Null),
            ("n", json!("not base64!")),
            ("e", Value::Null),
        ] {
            assert!(!with(member, value.clone()), "{member} {value}");
        }
    }
}
