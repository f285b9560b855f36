//! `DATABASE_URL`: which database, and how to show it without its password.

use std::{fmt, str::FromStr};

/// A database that this build can use. Shown without its password.
#[derive(Clone, Eq, PartialEq)]
pub struct DatabaseUrl(String);

/// Which database it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum DatabaseSystem {
    /// A file.
    Sqlite,
    /// A server.
    Postgres,
}

impl DatabaseUrl {
    /// The URL for the driver, including the password.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Which database it is.
    #[must_use]
    pub fn system(&self) -> DatabaseSystem {
        if self.0.starts_with("sqlite:") { DatabaseSystem::Sqlite } else { DatabaseSystem::Postgres }
    }

    /// A SQLite file at this path.
    #[must_use]
    pub fn sqlite(path: &std::path::Path) -> Self {
        Self(format!("sqlite://{}", path.display()))
    }
}

impl FromStr for DatabaseUrl {
    type Err = &'static str;

    /// The error says what to do instead. It does not repeat the text, which may hold a password.
    fn from_str(text: &str) -> Result<Self, &'static str> {
        let is_postgres = ["postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme));
        if is_postgres {
            check_postgres(text)?;
        } else if !text
            .strip_prefix("sqlite://")
            .is_some_and(|path| !path.is_empty() && !path.starts_with('?'))
        {
            return Err("Write sqlite:// and the path of a file, such as sqlite://deploy-console.db, or \
                        postgres://user:password@host/database");
        }
        Ok(Self(text.to_owned()))
    }
}

/// Refuses what the driver would not understand, or would understand differently than it was meant.
fn check_postgres(text: &str) -> Result<(), &'static str> {
    const OPTIONS: [&str; 12] = [
        "application_name",
        "dbname",
        "host",
        "hostaddr",
        "options",
        "password",
        "port",
        "sslcert",
        "sslkey",
        "sslmode",
        "sslrootcert",
        "user",
    ];
    let wrong = "Write postgres://user:password@host:port/database; in user and password, write anything but \
                 letters and digits as %XX";
    let url = url::Url::parse(text).map_err(|_| wrong)?;
    let path = url.path().trim_start_matches('/');
    let dbname = url.query_pairs().find(|(key, _)| key == "dbname");
    // What follows a `/`, `?` or `#` that belongs to a password ends up here.
    if path.contains(['/', '@', ':']) || url.fragment().is_some() {
        return Err(wrong);
    }
    if path.is_empty() && dbname.is_none() {
        return Err("Name the database: postgres://user:password@host:port/database");
    }
    if url.query_pairs().any(|(key, _)| !OPTIONS.contains(&&*key)) {
        return Err(
            "After the ?, write only what libpq knows of: sslmode, sslrootcert, sslcert, sslkey, host, \
                    hostaddr, port, dbname, user, password, application_name or options",
        );
    }
    Ok(())
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = match self.system() {
            DatabaseSystem::Sqlite => self.0.clone(),
            // A password may also follow the `?`.
            DatabaseSystem::Postgres => url::Url::parse(&self.0).map_or_else(
                |_| "postgres://…".to_owned(),
                |mut url| {
                    url.set_query(None);
                    let _ = url.set_password(None);
                    url.to_string()
                },
            ),
        };
        f.write_str(&shown)
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}
