//! The two cookies: of a session, and of a sign-in that is under way. Only the browser of whoever signed in has them, and
//! no script reads them.

use axum::http::{HeaderMap, HeaderValue, header};

/// How long a browser keeps the cookie of a session.
const SESSION_SECONDS: u32 = 12 * 60 * 60;
/// How long a sign-in may take.
const SIGN_IN_SECONDS: u32 = 10 * 60;

/// The names of the cookies, by how the console is reached.
#[derive(Clone, Copy, Debug)]
pub struct Cookies {
    /// Whether people reach it over https.
    pub is_https: bool,
}

/// Which cookie.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// Of a session.
    Session,
    /// Of a sign-in that is under way.
    SignIn,
}

impl Cookies {
    /// Over https no other host of the domain can set it: the browser refuses the prefix otherwise.
    const fn name(self, kind: Kind) -> &'static str {
        match (kind, self.is_https) {
            (Kind::Session, true) => "__Host-console",
            (Kind::Session, false) => "console",
            (Kind::SignIn, true) => "__Host-console-sign-in",
            (Kind::SignIn, false) => "console-sign-in",
        }
    }

    /// The value of a cookie; none if it is not there, or there twice.
    #[must_use]
    pub fn read(self, kind: Kind, headers: &HeaderMap) -> Option<&str> {
        let name = self.name(kind);
        let texts = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let pairs = texts.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let mut values = pairs.filter(|(given, _)| *given == name).map(|(_, value)| value);
        values.next().filter(|value| !value.is_empty() && values.next().is_none())
    }

    /// The header that sets it. The value has to be of characters that a cookie may have.
    #[must_use]
    pub fn set(self, kind: Kind, value: &str) -> Option<HeaderValue> {
        let seconds = match kind {
            Kind::Session => SESSION_SECONDS,
            Kind::SignIn => SIGN_IN_SECONDS,
        };
        HeaderValue::from_str(&self.header(kind, value, seconds)).ok()
    }

    /// The header that takes it away.
    #[must_use]
    pub fn unset(self, kind: Kind) -> Option<HeaderValue> {
        HeaderValue::from_str(&self.header(kind, "", 0)).ok()
    }

    fn header(self, kind: Kind, value: &str, seconds: u32) -> String {
        let secure = if self.is_https { "; Secure" } else { "" };
        let name = self.name(kind);
        format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(text: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_static(text))])
    }

    #[test]
    fn cookie_is_read_by_its_name() {
        let (plain, https) = (Cookies { is_https: false }, Cookies { is_https: true });
        for (text, read) in [
            ("console=a", Some("a")),
            ("x=1; console=a=b ; console-sign-in=c", Some("a=b")),
            ("Console=a", None),
            ("console=", None),
            ("console=a; console=b", None),
            ("__Host-console=a", None),
        ] {
            assert_eq!(plain.read(Kind::Session, &sent(text)), read, "{text}");
        }
        assert_eq!(https.read(Kind::Session, &sent("__Host-console=a; console=b")), Some("a"));
    }

    #[test]
    fn cookie_is_kept_from_scripts_and_other_hosts() {
        let set = Cookies { is_https: true }.set(Kind::Session, "a").unwrap();
        assert_eq!(set, "__Host-console=a; Path=/; Max-Age=43200; HttpOnly; SameSite=Lax; Secure");
        let unset = Cookies { is_https: false }.unset(Kind::SignIn).unwrap();
        assert_eq!(unset, "console-sign-in=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
        assert!(Cookies { is_https: true }.set(Kind::Session, "a\n").is_none());
    }
}
