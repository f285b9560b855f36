//! `CONSOLE_SIGN_IN`, and the variables that go with it.

use std::{fmt, net::IpAddr, str::FromStr};

use axum::http::HeaderName;
use ipnet::IpNet;
use secrecy::SecretString;
use sign_in::OidcSettings;

use super::{ConfigError, environment::Variables};

/// How people sign in.
#[derive(Clone, Debug)]
pub enum SignInConfig {
    /// They do not: the console listens on loopback alone, and everybody is the local operator.
    None,
    /// At an OpenID provider.
    Oidc(OidcSettings),
    /// At GitHub, where the console asks for deploys, too.
    GitHub(GitHubOAuthApp),
    /// A proxy in front of the console signs them in, and says who they are.
    Proxy(ProxyConfig),
    /// In a rehearsal, by a button for each role.
    Rehearsal,
}

/// The console's OAuth app at GitHub.
#[derive(Clone, Debug)]
pub struct GitHubOAuthApp {
    /// `GITHUB_OAUTH_CLIENT_ID`.
    pub client_id: String,
    /// `GITHUB_OAUTH_CLIENT_SECRET`.
    pub client_secret: SecretString,
}

/// What a proxy says of who is signed in.
#[derive(Clone, Debug)]
pub struct ProxyConfig {
    /// `CONSOLE_PROXY_USER_HEADER`: their name.
    pub user: HeaderName,
    /// `CONSOLE_PROXY_GROUPS_HEADER`: their groups, separated by commas.
    pub groups: HeaderName,
}

/// `CONSOLE_TRUSTED_PROXIES`: the addresses of proxies whose headers are believed.
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// Whether a connection from this address is one of a proxy that is believed.
    #[must_use]
    pub fn trust(&self, peer: IpAddr) -> bool {
        let peer = peer.to_canonical();
        self.0.iter().any(|network| network.contains(&peer))
    }
}

impl FromStr for TrustedProxies {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split([',', ' ', '\n']).map(str::trim).filter(|part| !part.is_empty());
        let network = |part: &str| {
            let address = part.parse::<IpAddr>().map(IpNet::from);
            part.parse().or(address).map_err(|_| format!("`{part}` is not an address"))
        };
        parts.map(network).collect::<Result<_, _>>().map(Self)
    }
}

impl fmt::Display for SignInConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::Oidc(_) => "oidc",
            Self::GitHub(_) => "github",
            Self::Proxy(_) => "proxy",
            Self::Rehearsal => "rehearsal",
        })
    }
}

impl SignInConfig {
    /// Whether people have to sign in.
    #[must_use]
    pub const fn asks(&self) -> bool {
        match self {
            Self::None => false,
            Self::Oidc(_) | Self::GitHub(_) | Self::Proxy(_) | Self::Rehearsal => true,
        }
    }

    pub(super) fn read(
        variables: &Variables<'_>,
        has_public_url: bool,
        proxies: &TrustedProxies,
    ) -> Result<Self, ConfigError> {
        const KEY: &str = "CONSOLE_SIGN_IN";
        let wanted = variables.get(KEY);
        let read = match wanted.as_deref() {
            None | Some("none") => return Ok(Self::None),
            Some("rehearsal") => return Ok(Self::Rehearsal),
            Some("oidc") => Self::Oidc(oidc(variables)?),
            Some("github") => Self::GitHub(GitHubOAuthApp {
                client_id: required(variables, "GITHUB_OAUTH_CLIENT_ID")?,
                client_secret: required(variables, "GITHUB_OAUTH_CLIENT_SECRET")?.into(),
            }),
            Some("proxy") => Self::Proxy(proxy(variables, proxies)?),
            Some(other) => {
                let fix = "Write oidc, github, proxy or none";
                return Err(ConfigError::new(KEY, format!("`{other}` is no way to sign in"), fix));
            }
        };
        if has_public_url {
            return Ok(read);
        }
        let fix =
            "Set it to the address by which people open the console, such as https://deploys.example.com";
        Err(ConfigError::new("CONSOLE_PUBLIC_URL", format!("is not set, and {KEY} is {read}"), fix))
    }
}

fn oidc(variables: &Variables<'_>) -> Result<OidcSettings, ConfigError> {
    let or = |key: &str, default: &str| variables.get(key).unwrap_or_else(|| default.to_owned());
    Ok(OidcSettings {
        issuer: required(variables, "OIDC_ISSUER")?,
        client_id: required(variables, "OIDC_CLIENT_ID")?,
        client_secret: required(variables, "OIDC_CLIENT_SECRET")?.into(),
        scopes: or("OIDC_SCOPES", "openid profile email groups")
            .split_whitespace()
            .map(str::to_owned)
            .collect(),
        name_claim: or("OIDC_NAME_CLAIM", "preferred_username"),
        groups_claim: or("OIDC_GROUPS_CLAIM", "groups"),
    })
}

/// A variable without which this way to sign in does not work. Files end with a line end, and so does what is read from them.
fn required(variables: &Variables<'_>, key: &str) -> Result<String, ConfigError> {
    let value = variables.get(key).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let fix = "Set it to what the sign-in provider says; docs/operating/sign-in.md has an example for each";
    value.ok_or_else(|| ConfigError::new(key, "is not set, and people sign in by it", fix))
}

fn proxy(variables: &Variables<'_>, proxies: &TrustedProxies) -> Result<ProxyConfig, ConfigError> {
    if proxies.0.is_empty() {
        let fix = "Set it to the addresses of the proxy that signs people in, such as 10.0.0.0/8";
        let problem = "is not set, and CONSOLE_SIGN_IN is proxy: nobody could sign in";
        return Err(ConfigError::new("CONSOLE_TRUSTED_PROXIES", problem, fix));
    }
    let header = |key: &str, default: &'static str| {
        let fix = "Write the name of the header that the proxy sets";
        let given = variables.parse::<HeaderName>(key, fix)?;
        Ok(given.unwrap_or_else(|| HeaderName::from_static(default)))
    };
    Ok(ProxyConfig {
        user: header("CONSOLE_PROXY_USER_HEADER", "x-forwarded-user")?,
        groups: header("CONSOLE_PROXY_GROUPS_HEADER", "x-forwarded-groups")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<SignInConfig, String> {
        let get =
            |key: &str| pairs.iter().find(|(name, _)| *name == key).map(|(_, value)| (*value).to_owned());
        let variables = Variables(&get);
        let proxies = variables.trusted_proxies().map_err(|error| error.to_string())?;
        let has_public_url = variables.get("CONSOLE_PUBLIC_URL").is_some();
        SignInConfig::read(&variables, has_public_url, &proxies).map_err(|error| error.to_string())
    }

    #[test]
    fn proxy_needs_addresses_and_a_public_url() {
        let url = ("CONSOLE_PUBLIC_URL", "https://deploys.example.com");
        let by_proxy = ("CONSOLE_SIGN_IN", "proxy");
        let trusted = ("CONSOLE_TRUSTED_PROXIES", "10.0.0.0/8, 192.0.2.1 ::1");
        let SignInConfig::Proxy(proxy) = read(&[url, by_proxy, trusted]).unwrap() else {
            panic!("not a proxy")
        };
        assert_eq!((proxy.user.as_str(), proxy.groups.as_str()), ("x-forwarded-user", "x-forwarded-groups"));
        for (pairs, key) in [
            (&[by_proxy, trusted][..], "CONSOLE_PUBLIC_URL: "),
            (&[url, by_proxy], "CONSOLE_TRUSTED_PROXIES: "),
            (&[url, by_proxy, ("CONSOLE_TRUSTED_PROXIES", "proxy.internal")], "CONSOLE_TRUSTED_PROXIES: "),
            (&[url, by_proxy, trusted, ("CONSOLE_PROXY_USER_HEADER", "a b")], "CONSOLE_PROXY_USER_HEADER: "),
            (&[url, ("CONSOLE_SIGN_IN", "saml")], "CONSOLE_SIGN_IN: "),
            (&[url, ("CONSOLE_SIGN_IN", "oidc")], "OIDC_ISSUER: "),
            (&[url, ("CONSOLE_SIGN_IN", "github")], "GITHUB_OAUTH_CLIENT_ID: "),
        ] {
            let line = read(pairs).unwrap_err();
            assert!(line.starts_with(key) && !line.contains('\n'), "{line}");
        }
        assert!(!read(&[]).unwrap().asks());
    }

    #[test]
    fn trusted_addresses_are_networks() {
        let proxies: TrustedProxies = "10.0.0.0/8, 192.0.2.1 ::1".parse().unwrap();
        for (peer, is_trusted) in [
            ("10.9.8.7", true),
            ("::ffff:10.9.8.7", true),
            ("192.0.2.1", true),
            ("192.0.2.2", false),
            ("::1", true),
            ("127.0.0.1", false),
        ] {
            assert_eq!(proxies.trust(peer.parse().unwrap()), is_trusted, "{peer}");
        }
    }
}
