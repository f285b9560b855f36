//! Who the console is to a provider.

use secrecy::SecretString;
use url::{Host, Url};

use crate::error::SettingsError;

/// An OpenID provider.
#[derive(Clone, Debug)]
pub struct OidcSettings {
    /// Exactly as the provider writes it, with or without a slash at its end.
    pub issuer: String,
    pub client_id: String,
    pub client_secret: SecretString,
    /// What is asked for; `openid` is, in any case.
    pub scopes: Vec<String>,
    /// The claim with the name by which people and grants know somebody.
    pub name_claim: String,
    /// The claim with their groups: a list of strings, or one string.
    pub groups_claim: String,
}

/// An OAuth app at GitHub.
#[derive(Clone, Debug)]
pub struct GitHubOAuthSettings {
    pub client_id: String,
    pub client_secret: SecretString,
    /// `https://api.github.com`, or `https://host/api/v3`.
    pub api_url: Url,
    /// `https://github.com`, or `https://host`.
    pub web_url: Url,
}

/// Secrets and tokens go there: never in the clear, but on this machine.
pub(crate) fn is_safe(url: &Url) -> bool {
    let is_loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.scheme() == "https" || url.scheme() == "http" && is_loopback
}

pub(crate) fn require_safe(url: &Url) -> Result<(), SettingsError> {
    if is_safe(url) { Ok(()) } else { Err(SettingsError::Insecure(url.origin().ascii_serialization())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_travel_in_the_clear_on_this_machine_alone() {
        for (url, safe) in [
            ("https://id.example.com/realm", true),
            ("http://127.0.0.1:8080", true),
            ("http://[::1]:8080", true),
            ("http://localhost", true),
            ("http://id.example.com", false),
            ("http://127.0.0.1.example.com", false),
            ("ftp://localhost", false),
        ] {
            assert_eq!(is_safe(&url.parse().unwrap()), safe, "{url}");
        }
    }
}
