//! The environment variables.

use std::{net::SocketAddr, path::PathBuf, str::FromStr};

use actions_identity::Issuer;
use github::GitHubConfig;
use jiff::SignedDuration;
use reqwest::Url;
use runtime::fail_point::FailPoint;
use store::DatabaseUrl;
use webhook::SigningSecrets;

use super::{Apps, CallbackSecrets, ConfigError, NotifyConfig, SignInConfig, TrustedProxies};
use crate::flags::Flags;

/// What every command needs.
#[derive(Clone, Debug)]
pub struct Config {
    /// `CONSOLE_LISTEN`: address and port; loopback, unless people sign in.
    pub listen: SocketAddr,
    /// `CONSOLE_SIGN_IN`: how they do.
    pub sign_in: SignInConfig,
    /// `CONSOLE_TRUSTED_PROXIES`: whose word is taken for who a client is, and where it is.
    pub proxies: TrustedProxies,
    /// `CONSOLE_PUBLIC_URL`: what workflows call back, without a slash at its end; none: the address that is
    /// listened on.
    pub public_url: Option<String>,
    /// `CONSOLE_RETENTION_DAYS`: how long deliveries, keys and sent messages are kept.
    pub retention: SignedDuration,
    /// The flags, with the variables `FLAG_…`.
    pub flags: Flags,
    /// `SLACK_WEBHOOK_URL`, `CONSOLE_WEBHOOK_URL` and `CONSOLE_WEBHOOK_SECRET`: who is notified when a deploy ends.
    pub notify: NotifyConfig,
    /// `CONSOLE_FAIL_POINT`: where to stop dead. For tests of crashes; a release build does not read it.
    pub fail_point: FailPoint,
}

/// What `serve` needs besides.
#[derive(Clone, Debug)]
pub struct ServeConfig {
    /// `CONSOLE_CONFIG`: the apps.
    pub apps: Apps,
    /// `DATABASE_URL`.
    pub database: DatabaseUrl,
    /// `GITHUB_API_URL`, and `GITHUB_TOKEN` or the variables `GITHUB_APP_…`.
    pub github: GitHubConfig,
    /// `GITHUB_ACTIONS_ISSUER`: who signs the identity tokens of workflows.
    pub actions_issuer: Issuer,
    /// `DEPLOY_CALLBACK_HMAC_SECRET`, and the variables that apps name.
    pub secrets: CallbackSecrets,
    /// `GITHUB_WEBHOOK_SECRET`: what GitHub signs webhooks with; none: no webhook is taken.
    pub webhook_secrets: Option<SigningSecrets>,
}

/// How the log is written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// The error for an address with a user name or a password in it: addresses are shown where those must not be.
pub(super) const CREDENTIALS: &str = "has a user name or a password in it, where anybody would see them";

/// Whether an address has a user name or a password in it.
pub(super) fn has_credentials(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

/// Looks variables up; a function, so that tests need no process environment.
pub(super) struct Variables<'a>(pub(super) &'a dyn Fn(&str) -> Option<String>);

impl Config {
    /// Reads what every command needs.
    ///
    /// # Errors
    /// The first variable that is wrong.
    pub fn read(get: &dyn Fn(&str) -> Option<String>, flags: Flags) -> Result<Self, ConfigError> {
        let variables = Variables(get);
        let public_url = variables.public_url()?;
        let proxies = variables.trusted_proxies()?;
        let sign_in = SignInConfig::read(&variables, public_url.is_some(), &proxies)?;
        Ok(Self {
            listen: variables.listen(sign_in.asks())?,
            sign_in,
            proxies,
            public_url,
            retention: variables.retention()?,
            flags: flags.overridden(get)?,
            notify: NotifyConfig::read(get)?,
            fail_point: if cfg!(debug_assertions) { variables.fail_point()? } else { FailPoint::default() },
        })
    }
}

impl ServeConfig {
    /// Reads what `serve` needs.
    ///
    /// # Errors
    /// The first variable that is missing or wrong, or the apps file.
    pub fn read(get: &dyn Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let variables = Variables(get);
        let (github, apps, secrets) = (variables.github()?, apps(get)?, signing_secrets(get)?);
        Ok(Self {
            github,
            actions_issuer: variables.actions_issuer()?,
            secrets: CallbackSecrets::read(secrets, &apps, get)?,
            apps,
            database: database(get)?,
            webhook_secrets: webhook_secrets(get)?,
        })
    }
}

/// `DATABASE_URL`, or a SQLite file beside the process.
///
/// # Errors
/// If it is set and is not one that this build can use.
pub fn database(get: &dyn Fn(&str) -> Option<String>) -> Result<DatabaseUrl, ConfigError> {
    Ok(database_url(get)?.unwrap_or_else(|| DatabaseUrl::sqlite("deploy-console.db".as_ref())))
}

/// `DATABASE_URL`, if it is set.
///
/// # Errors
/// If it is not one that this build can use.
pub fn database_url(get: &dyn Fn(&str) -> Option<String>) -> Result<Option<DatabaseUrl>, ConfigError> {
    let Some(url) = Variables(get).get("DATABASE_URL") else { return Ok(None) };
    let wrong = |fix| ConfigError::new("DATABASE_URL", "is not a database that this build can use", fix);
    url.parse().map(Some).map_err(wrong)
}

/// The apps of the file that `CONSOLE_CONFIG` names.
///
/// # Errors
/// As [`Apps::read`].
pub fn apps(get: &dyn Fn(&str) -> Option<String>) -> Result<Apps, ConfigError> {
    Apps::read(&Variables(get).config_path())
}

/// `DEPLOY_CALLBACK_HMAC_SECRET`, if it is set.
///
/// # Errors
/// If it holds no usable secret.
pub fn signing_secrets(get: &dyn Fn(&str) -> Option<String>) -> Result<Option<SigningSecrets>, ConfigError> {
    secrets(get, "DEPLOY_CALLBACK_HMAC_SECRET")
}

/// `GITHUB_WEBHOOK_SECRET`, if it is set: GitHub signs with the text as it is.
///
/// # Errors
/// If it is set and empty.
pub fn webhook_secrets(get: &dyn Fn(&str) -> Option<String>) -> Result<Option<SigningSecrets>, ConfigError> {
    const KEY: &str = "GITHUB_WEBHOOK_SECRET";
    let Some(text) = get(KEY) else { return Ok(None) };
    SigningSecrets::of_bytes(text.split_whitespace()).map(Some).map_err(|error| {
        ConfigError::new(KEY, error.to_string(), "Write what GitHub signs with, or unset it")
    })
}

/// Secrets to sign with, if the variable is set.
pub(super) fn secrets(
    get: &dyn Fn(&str) -> Option<String>,
    key: &str,
) -> Result<Option<SigningSecrets>, ConfigError> {
    // Set but empty is a mistake, not the same as unset.
    let Some(text) = get(key) else { return Ok(None) };
    let fix = "Write one or more secrets, separated by spaces: whsec_ and base64, or any other text";
    text.parse()
        .map(Some)
        .map_err(|error: webhook::SecretError| ConfigError::new(key, error.to_string(), fix))
}

/// `CONSOLE_LOG_FORMAT`.
///
/// # Errors
/// If it is neither.
pub fn log_format(get: &dyn Fn(&str) -> Option<String>) -> Result<LogFormat, ConfigError> {
    match Variables(get).get("CONSOLE_LOG_FORMAT").as_deref() {
        None | Some("text") => Ok(LogFormat::Text),
        Some("json") => Ok(LogFormat::Json),
        Some(other) => Err(ConfigError::new(
            "CONSOLE_LOG_FORMAT",
            format!("`{other}` is not a format"),
            "Write text or json",
        )),
    }
}

impl Variables<'_> {
    fn fail_point(&self) -> Result<FailPoint, ConfigError> {
        let Some(name) = self.get("CONSOLE_FAIL_POINT") else { return Ok(FailPoint::default()) };
        name.parse().map_err(|wrong: String| {
            ConfigError::new("CONSOLE_FAIL_POINT", wrong, "Unset it; it is for tests of crashes")
        })
    }

    /// A variable that is set and not empty.
    pub(super) fn get(&self, key: &str) -> Option<String> {
        (self.0)(key).filter(|value| !value.is_empty())
    }

    pub(super) fn parse<T: FromStr>(&self, key: &str, fix: &str) -> Result<Option<T>, ConfigError> {
        let Some(text) = self.get(key) else { return Ok(None) };
        let wrong = |_| ConfigError::new(key, format!("`{text}` cannot be read"), fix);
        text.parse().map(Some).map_err(wrong)
    }

    pub(super) fn trusted_proxies(&self) -> Result<TrustedProxies, ConfigError> {
        const KEY: &str = "CONSOLE_TRUSTED_PROXIES";
        let Some(text) = self.get(KEY) else { return Ok(TrustedProxies::default()) };
        let fix = "Write addresses or networks, separated by commas, such as 10.0.0.0/8";
        text.parse().map_err(|wrong: String| ConfigError::new(KEY, wrong, fix))
    }

    fn listen(&self, people_sign_in: bool) -> Result<SocketAddr, ConfigError> {
        const KEY: &str = "CONSOLE_LISTEN";
        let address: SocketAddr = self
            .parse(KEY, "Write an address and a port, such as 127.0.0.1:3000")?
            .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 3000)));
        if address.ip().is_loopback() || people_sign_in {
            Ok(address)
        } else {
            Err(ConfigError::new(
                KEY,
                format!("{address} can be reached from other machines, where nobody would have to sign in"),
                "Set CONSOLE_SIGN_IN, or listen on 127.0.0.1",
            ))
        }
    }

    fn public_url(&self) -> Result<Option<String>, ConfigError> {
        const KEY: &str = "CONSOLE_PUBLIC_URL";
        let Some(url) = self.url(KEY)? else { return Ok(None) };
        if url.path() != "/" {
            let fix = "Give the console a host name of its own, and write https:// and that name";
            return Err(ConfigError::new(KEY, "has a path, below which the console cannot answer", fix));
        }
        Ok(Some(url.as_str().trim_end_matches('/').to_owned()))
    }

    /// An address. What is wrong with it is said without quoting it: it may hold a password.
    pub(super) fn url(&self, key: &str) -> Result<Option<Url>, ConfigError> {
        let Some(text) = self.get(key) else { return Ok(None) };
        let fix = "Write it out, such as https://console.example.com";
        let wrong = || ConfigError::new(key, "is not an http(s) URL", fix);
        let url = Url::parse(text.trim()).map_err(|_| wrong())?;
        if !matches!(url.scheme(), "http" | "https") || url.query().is_some() || url.fragment().is_some() {
            return Err(wrong());
        }
        if has_credentials(&url) {
            return Err(ConfigError::new(key, CREDENTIALS, fix));
        }
        Ok(Some(url))
    }

    /// A day at least: a signature is good for ten minutes, and a page that lost its answer asks again for longer.
    fn retention(&self) -> Result<SignedDuration, ConfigError> {
        const KEY: &str = "CONSOLE_RETENTION_DAYS";
        const FIX: &str = "Write a whole number of days, 1 or more";
        match self.parse(KEY, FIX)?.unwrap_or(30) {
            0 => Err(ConfigError::new(KEY, "is less than a day", FIX)),
            days @ 1_u16.. => Ok(SignedDuration::from_hours(24 * i64::from(days))),
        }
    }

    fn config_path(&self) -> PathBuf {
        self.get("CONSOLE_CONFIG").unwrap_or_else(|| "console.toml".to_owned()).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::DatabaseSystem;

    fn read(pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let pairs: Vec<(String, String)> =
            pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let get = move |key: &str| pairs.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone());
        Config::read(&get, Flags::shipped()?)
    }

    #[test]
    fn unset_variables_use_documented_defaults() {
        let config = read(&[]).unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:3000");
        assert_eq!(config.public_url, None);
        assert!(config.flags.iter().all(|known| known.variable.is_none()));
    }

    /// A wrong variable is one line that names it and the fix.
    #[test]
    fn invalid_variable_error_is_one_line() {
        for (key, value, expected) in [
            ("CONSOLE_LISTEN", "3000", "such as 127.0.0.1:3000"),
            ("CONSOLE_LISTEN", "0.0.0.0:3000", "nobody would have to sign in"),
            ("CONSOLE_LISTEN", "192.0.2.1:3000", "nobody would have to sign in"),
            ("CONSOLE_PUBLIC_URL", "console", "not an http(s) URL"),
            ("CONSOLE_PUBLIC_URL", "ftp://console", "not an http(s) URL"),
            ("CONSOLE_RETENTION_DAYS", "0", "1 or more"),
            ("CONSOLE_RETENTION_DAYS", "-1", "1 or more"),
            ("CONSOLE_RETENTION_DAYS", "1.5", "1 or more"),
            ("CONSOLE_PUBLIC_URL", "https://console.example.com/deploys", "has a path"),
            ("CONSOLE_PUBLIC_URL", "https://me:canary@console.example.com", "a password"),
            ("CONSOLE_PUBLIC_URL", "https://canary@console.example.com", "a user name"),
            ("CONSOLE_PUBLIC_URL", "https://me:canary@[", "not an http(s) URL"),
            ("FLAG_CONSOLE_DEPLOY_ASYNC", "maybe", "true or false"),
        ] {
            let line = read(&[(key, value)]).unwrap_err().to_string();
            assert!(line.starts_with(key) && line.contains(expected) && !line.contains('\n'), "{line}");
            assert!(!line.contains("canary"), "{line}");
        }
        let url = read(&[("CONSOLE_PUBLIC_URL", "https://console.example.com/")]).unwrap().public_url;
        assert_eq!(url.as_deref(), Some("https://console.example.com"));
    }

    #[test]
    fn f03_empty_secret_is_an_error() {
        for value in ["", "  ", "whsec_%"] {
            let error = signing_secrets(&|_| Some(value.to_owned())).unwrap_err().to_string();
            assert!(error.starts_with("DEPLOY_CALLBACK_HMAC_SECRET: "), "{error}");
        }
        assert!(signing_secrets(&|_| None).unwrap().is_none());
    }

    fn database(url: &str) -> Result<DatabaseUrl, String> {
        let read = database_url(&|_| Some(url.to_owned()));
        read.map(Option::unwrap).map_err(|error| error.to_string())
    }

    #[test]
    fn database_is_sqlite_or_postgres() {
        for (url, system) in [
            ("sqlite:///var/x.db", DatabaseSystem::Sqlite),
            ("sqlite://postgres.db", DatabaseSystem::Sqlite),
            ("postgres://host/x", DatabaseSystem::Postgres),
            ("postgresql://me:pw@host:5432/x?sslmode=require", DatabaseSystem::Postgres),
            ("postgres://me@%2Fvar%2Frun/x", DatabaseSystem::Postgres),
            ("postgres:///x?host=/var/run", DatabaseSystem::Postgres),
            ("postgres://host?dbname=x", DatabaseSystem::Postgres),
        ] {
            let read = database(url).unwrap();
            assert_eq!((read.as_str(), read.system()), (url, system));
        }
        for bad in
            ["sqlite::memory:", "deploy.db", "sqlite://", "sqlite://?mode=ro", "mysql://host/x", "postgres:x"]
        {
            let line = database(bad).unwrap_err();
            assert!(line.starts_with("DATABASE_URL: ") && line.contains("sqlite://"), "{bad}: {line}");
        }
    }

    /// In malformed URLs too, and in every place where the driver would look for it.
    #[test]
    fn f58_database_url_never_shows_its_password() {
        for url in [
            "postgres://me:canary@host/x",
            "postgres://me:canary@host:5433/x?sslmode=require",
            "postgres:///x?host=/run&password=canary&user=me",
        ] {
            let read = database(url).unwrap();
            let shown = format!("{read} {read:?}");
            assert!(shown.contains("/x") && !shown.contains("canary"), "{shown}");
        }
        for wrong in [
            "postgres://me:canary",
            "postgres://me:canary@host",
            "postgres://me:canary@host/",
            "postgres://me:1/canary@host/x",
            "postgres://me:1?canary@host/x",
            "postgres://me:1/x?canary@host",
            "postgres://me:1#canary@host/x",
            "postgres://me:1/x#canary",
            "postgres://me:can/ary@host/x",
            "postgres://me:canary@host:port/x",
            "postgres://me:canary@host/x?pasword=canary",
            "mysql://me:canary@host/x",
        ] {
            let line = database(wrong).unwrap_err();
            assert!(!line.contains("canary") && !line.contains('\n'), "{line}");
        }
    }
}
