//! The host names of this console.
//!
//! A page of another site can point its own name at our address (DNS rebinding), and is then same-origin with us for a
//! browser. So a request that names another host is not for us (RFC 9110, section 15.5.20).

use std::net::{IpAddr, SocketAddr};

use app::api::{ErrorCode, Problem};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, Uri, header, uri::Authority},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::ApiError;

#[derive(Clone, Debug)]
pub struct Hosts {
    /// The host and port of `CONSOLE_PUBLIC_URL`.
    public: Option<PublicHost>,
    /// Whether the console listens on a loopback address, among all perhaps: then every name of this machine for itself is ours, with any
    /// port.
    is_loopback: bool,
}

/// A host with its port, which may be omitted if it is the default of the scheme.
#[derive(Clone, Debug)]
struct PublicHost {
    name: String,
    port: u16,
    default_port: u16,
}

impl PublicHost {
    fn of(url: &str) -> Option<Self> {
        let uri: Uri = url.parse().ok()?;
        let default_port = if uri.scheme_str() == Some("https") { 443 } else { 80 };
        let name = uri.host()?.to_ascii_lowercase();
        Some(Self { name, port: uri.port_u16().unwrap_or(default_port), default_port })
    }

    fn is(&self, host: &str, port: Option<u16>) -> bool {
        self.name == host && self.port == port.unwrap_or(self.default_port)
    }
}

impl Hosts {
    /// The names of a console that listens on this address and has this public URL.
    #[must_use]
    pub fn new(public_url: Option<&str>, listen: SocketAddr) -> Self {
        Self {
            public: public_url.and_then(PublicHost::of),
            is_loopback: listen.ip().is_loopback() || listen.ip().is_unspecified(),
        }
    }

    /// Whether this `Host` or `:authority` is ours.
    fn admits(&self, authority: &str) -> bool {
        let Ok(authority) = authority.parse::<Authority>() else { return false };
        // A host carries no user, and `us@them` is them.
        if authority.as_str().contains('@') {
            return false;
        }
        let host = authority.host().to_ascii_lowercase();
        let is_public = self.public.as_ref().is_some_and(|public| public.is(&host, authority.port_u16()));
        is_public || (self.is_loopback && is_loopback(&host))
    }

    /// Whether every host that the request names is ours, and it names at least one.
    fn admit(&self, uri: &Uri, headers: &HeaderMap) -> bool {
        let mut named = headers.get_all(header::HOST).iter();
        let host = match (named.next(), named.next()) {
            (Some(host), None) => host.to_str().is_ok_and(|host| self.admits(host)),
            // HTTP/2 names it in the URI alone.
            (None, _) => uri.authority().is_some(),
            (Some(_), Some(_)) => false,
        };
        host && uri.authority().is_none_or(|authority| self.admits(authority.as_str()))
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    host == "localhost" || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Whether a path answers under any name: it reveals nothing and does nothing, or requires credentials of its own.
fn is_exempt(path: &str) -> bool {
    let is_callback = || {
        let id = path.strip_prefix("/api/internal/deploys/").and_then(|rest| rest.strip_suffix("/callback"));
        id.is_some_and(|id| !id.contains('/'))
    };
    matches!(path, "/healthz" | "/readyz" | "/sign-in" | "/api/github/webhooks")
        || path.starts_with("/pkg/")
        || path.starts_with("/auth/")
        || is_callback()
}

/// Refuses requests for other hosts, and those whose target is not a path of ours (RFC 9112, section 3.2).
pub async fn admit(State(hosts): State<Hosts>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if request.method() == Method::CONNECT || !path.starts_with('/') {
        return ApiError::from(ErrorCode::MethodNotAllowed).into_response();
    }
    if !is_exempt(path) && !hosts.admit(request.uri(), request.headers()) {
        tracing::debug!("a request for another host was refused");
        let detail =
            "Open the console by the address in CONSOLE_PUBLIC_URL, or set that to the address you use.";
        return ApiError::from(Problem::new(ErrorCode::WrongHost).with_detail(detail)).into_response();
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(public_url: Option<&str>, listen: &str) -> Hosts {
        Hosts::new(public_url, listen.parse().unwrap())
    }

    #[test]
    fn f88_loopback_answers_to_its_names() {
        let hosts = hosts(None, "127.0.0.1:3000");
        for ours in
            ["localhost", "LOCALHOST:3000", "127.0.0.1", "127.0.0.1:1", "127.8.8.8:80", "[::1]", "[::1]:3000"]
        {
            assert!(hosts.admits(ours), "{ours}");
        }
        for other in [
            "",
            "evil.test",
            "localhost.evil.test",
            "localhost@evil.test",
            "127.0.0.1@evil.test",
            "evil.test@127.0.0.1",
            "127.0.0.1.evil.test",
            "127.1",
            "0.0.0.0",
            "[::]",
            "192.0.2.1",
            "[::ffff:192.0.2.1]",
            "localhost:80:80",
            "local host",
            "localhost/",
        ] {
            assert!(!hosts.admits(other), "{other}");
        }
    }

    #[test]
    fn f88_public_name_includes_its_port() {
        let hosts = hosts(Some("https://deploys.example.com"), "192.0.2.1:80");
        for (authority, is_ours) in [
            ("deploys.example.com", true),
            ("deploys.example.com:443", true),
            ("Deploys.Example.Com:443", true),
            ("deploys.example.com:8443", false),
            ("example.com:443", false),
            ("localhost", false),
            ("127.0.0.1", false),
        ] {
            assert_eq!(hosts.admits(authority), is_ours, "{authority}");
        }
        let http = self::hosts(Some("http://deploys.example.com:8080"), "127.0.0.1:8080");
        assert!(http.admits("deploys.example.com:8080") && http.admits("localhost:8080"));
        assert!(!http.admits("deploys.example.com") && !http.admits("deploys.example.com:80"));
    }
}
