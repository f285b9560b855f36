//! Who signs the tokens.

use std::{fmt, str::FromStr};

use reqwest::Url;

/// The address of an issuer, without a slash at its end: what `iss` of its tokens says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Issuer(String);

/// The text is no address of an issuer.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum WrongIssuer {
    #[error("is not the address of an issuer")]
    NoAddress,
    #[error("is not at https")]
    Insecure,
}

impl Issuer {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is what the issuer calls itself.
    pub(crate) fn is(&self, name: &str) -> bool {
        name.strip_suffix('/').unwrap_or(name) == self.0
    }

    /// Where it says where its keys are.
    pub(crate) fn discovery(&self) -> String {
        format!("{}/.well-known/openid-configuration", self.0)
    }

    /// An address on the issuer's own host. Keys of another one would be somebody else's.
    pub(crate) fn own(&self, address: &str) -> Option<Url> {
        let (url, own) = (Url::parse(address).ok()?, Url::parse(&self.0).ok()?);
        (url.origin() == own.origin() && !has_credentials(&url)).then_some(url)
    }
}

impl FromStr for Issuer {
    type Err = WrongIssuer;

    /// Over https, or on this machine: who can change an answer with keys can sign as GitHub.
    fn from_str(text: &str) -> Result<Self, WrongIssuer> {
        let text = text.trim().trim_end_matches('/');
        let url = Url::parse(text).map_err(|_| WrongIssuer::NoAddress)?;
        if url.host_str().is_none()
            || url.query().is_some()
            || url.fragment().is_some()
            || has_credentials(&url)
        {
            return Err(WrongIssuer::NoAddress);
        }
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&url) => {}
            _ => return Err(WrongIssuer::Insecure),
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn has_credentials(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare == "localhost" || bare.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_is_https_or_on_this_machine() {
        for (text, expected) in [
            ("https://token.actions.githubusercontent.com", "https://token.actions.githubusercontent.com"),
            (
                "https://token.actions.githubusercontent.com/acme/",
                "https://token.actions.githubusercontent.com/acme",
            ),
            (" https://ghe.example.com/_services/token\n", "https://ghe.example.com/_services/token"),
            ("http://127.0.0.1:8080/actions-identity", "http://127.0.0.1:8080/actions-identity"),
            ("http://[::1]:8080", "http://[::1]:8080"),
            ("http://localhost:8080/", "http://localhost:8080"),
        ] {
            assert_eq!(text.parse::<Issuer>().unwrap().as_str(), expected);
        }
        for (text, expected) in [
            ("", WrongIssuer::NoAddress),
            ("token.actions.githubusercontent.com", WrongIssuer::NoAddress),
            ("https://me:canary@ghe.example.com", WrongIssuer::NoAddress),
            ("https://ghe.example.com?x=1", WrongIssuer::NoAddress),
            ("https://ghe.example.com#x", WrongIssuer::NoAddress),
            ("http://ghe.example.com", WrongIssuer::Insecure),
            ("http://127.0.0.1.example.com", WrongIssuer::Insecure),
            ("ftp://localhost", WrongIssuer::Insecure),
        ] {
            assert_eq!(text.parse::<Issuer>().unwrap_err(), expected, "{text}");
        }
    }

    #[test]
    fn keys_are_on_the_own_host() {
        let issuer: Issuer = "https://ghe.example.com/_services/token".parse().unwrap();
        for (address, is_own) in [
            ("https://ghe.example.com/_services/token/.well-known/jwks", true),
            ("https://ghe.example.com:443/keys", true),
            ("http://ghe.example.com/keys", false),
            ("https://ghe.example.com:8443/keys", false),
            ("https://ghe.example.com.example.org/keys", false),
            ("https://ghe.example.com@example.org/keys", false),
            ("https://me@ghe.example.com/keys", false),
            ("/keys", false),
        ] {
            assert_eq!(issuer.own(address).is_some(), is_own, "{address}");
        }
    }
}
