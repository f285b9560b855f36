//! A database of its own for a test: a SQLite file, or a database on a Postgres server.

use std::sync::Arc;

use app::domain::DeployId;
use runtime::{fail_point::FailPoint, supervisor::Supervisor};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use store::{self, Announce, DatabaseSystem, DatabaseUrl, Store};
use tempfile::TempDir;

use super::postgres;

/// A database, migrated.
pub struct Database {
    pub store: Arc<dyn Store>,
    url: DatabaseUrl,
    _folder: Option<TempDir>,
}

/// A connection to either, for what the store offers no way to do or to see.
pub enum Raw {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// The columns of a deploy that every schema has, for statements.
pub const DEPLOY_COLUMNS: &str =
    "id, app, environment, git_ref, status, version, github_run_id, github_run_url,
   requested_by, reason, requested_at, updated_at, finished_at, failure_stage";

/// Where a test does not say: SQLite, unless `CONSOLE_TEST_DATABASE=postgres` asks for all of them on the other.
pub fn usual() -> DatabaseSystem {
    match std::env::var("CONSOLE_TEST_DATABASE").as_deref() {
        Ok("postgres") => DatabaseSystem::Postgres,
        _ => DatabaseSystem::Sqlite,
    }
}

impl Database {
    pub async fn on(system: DatabaseSystem) -> Self {
        let (url, folder) = match system {
            DatabaseSystem::Sqlite => {
                let folder = TempDir::new().unwrap();
                let url = DatabaseUrl::sqlite(&folder.path().join("test.db"));
                store::migrate(&url, None).await.unwrap();
                (url, Some(folder))
            }
            DatabaseSystem::Postgres => (postgres::migrated().await.parse().unwrap(), None),
        };
        Self { store: store::open(&url, FailPoint::default()).await.unwrap(), url, _folder: folder }
    }

    pub fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    /// Another store on the same database, as another instance has it.
    pub async fn another(&self) -> Arc<dyn Store> {
        store::open(&self.url, FailPoint::default()).await.unwrap()
    }

    /// The same, where that deploys end is announced.
    pub async fn announcing(&self, announce: &Announce) -> Arc<dyn Store> {
        let supervisor = Supervisor::default();
        store::open_with_outbox(&self.url, FailPoint::default(), announce.clone(), &supervisor).await.unwrap()
    }

    pub async fn raw(&self) -> Raw {
        Raw::open(&self.url).await
    }

    /// How many rows a table has.
    pub async fn count(&self, table: &str) -> i64 {
        let counted = self.raw().await.read(&format!("SELECT CAST(count(*) AS TEXT) FROM {table}")).await;
        counted[0].parse().unwrap()
    }

    /// Changes the journal as the owner of the database can: without the triggers that refuse it.
    pub async fn tamper(&self, statements: &[&str]) {
        let mut raw = self.raw().await;
        let without_triggers = match self.url.system() {
            DatabaseSystem::Sqlite => {
                "DROP TRIGGER audit_log_refuses_update; DROP TRIGGER audit_log_refuses_delete;
                 DROP TRIGGER audit_log_refuses_replacement"
            }
            DatabaseSystem::Postgres => "ALTER TABLE audit_log DISABLE TRIGGER USER",
        };
        for statement in std::iter::once(&without_triggers).chain(statements) {
            raw.run(statement).await.unwrap();
        }
    }

    /// Writes a status into a row as a newer build would, whose schema knows it.
    pub async fn force_status(&self, id: DeployId, status: &str) {
        let status = literal(status);
        let update = format!(
            "{}; UPDATE console_deploys SET status = {status}, version = version + 1 WHERE id = '{id}'",
            as_newer(self.url.system())
        );
        self.raw().await.run(&update).await.unwrap();
    }
}

impl Raw {
    pub async fn open(url: &DatabaseUrl) -> Self {
        match url.system() {
            DatabaseSystem::Sqlite => Self::Sqlite(SqliteConnection::connect(url.as_str()).await.unwrap()),
            DatabaseSystem::Postgres => Self::Postgres(PgConnection::connect(url.as_str()).await.unwrap()),
        }
    }

    /// Runs statements.
    pub async fn run(&mut self, sql: &str) -> Result<(), sqlx::Error> {
        let sql = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        match self {
            Self::Sqlite(connection) => sql.execute(connection).await.map(drop),
            Self::Postgres(connection) => sql.execute(connection).await.map(drop),
        }
    }

    /// Reads one column of texts.
    pub async fn read(&mut self, sql: &str) -> Vec<String> {
        let sql = AssertSqlSafe(sql.to_owned());
        match self {
            Self::Sqlite(connection) => sqlx::query_scalar(sql).fetch_all(connection).await.unwrap(),
            Self::Postgres(connection) => sqlx::query_scalar(sql).fetch_all(connection).await.unwrap(),
        }
    }
}

/// Lets a connection write statuses of a newer build, whose schema knows them.
pub const fn as_newer(system: DatabaseSystem) -> &'static str {
    match system {
        DatabaseSystem::Sqlite => "PRAGMA ignore_check_constraints = ON",
        DatabaseSystem::Postgres => {
            "ALTER TABLE console_deploys DROP CONSTRAINT console_deploys_status_check,
             ADD CONSTRAINT console_deploys_status_check CHECK (status <> '')"
        }
    }
}

/// A text as SQL has it.
pub fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Runs each case on each database.
macro_rules! on_both {
    ($($case:ident),* $(,)?) => {
        $crate::support::database::on_both!(in on_sqlite, Sqlite: $($case),*);
        $crate::support::database::on_both!(in on_postgres, Postgres: $($case),*);
    };
    (in $folder:ident, $system:ident: $($case:ident),*) => {
        mod $folder {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    super::$case(store::DatabaseSystem::$system).await;
                }
            )*
        }
    };
}
pub(crate) use on_both;
