//! A newer build, as far as its traces in the database go: its migrations, rows in its statuses, and entries of
//! what it does.

use std::{fs, path::Path};

use app::domain::{DeployId, JournalEntry};
use serde_json::{Value, json};
use sqlx::migrate::Migrator;
use store::{DatabaseSystem, DatabaseUrl, Store, audit};
use tempfile::TempDir;

use crate::support::database::{DEPLOY_COLUMNS, Raw, literal};

/// What it adds: a table, a column, and statuses.
const ON_POSTGRES: &str = "
    CREATE TABLE tomorrow (what TEXT NOT NULL);
    ALTER TABLE console_deploys ADD COLUMN approved_by TEXT;
    ALTER TABLE console_deploys DROP CONSTRAINT console_deploys_status_check,
      ADD CONSTRAINT console_deploys_status_check CHECK (status <> '')";

/// The same. SQLite cannot alter a CHECK: the table, as this build has it, is created again.
const ON_SQLITE: &str = "
    CREATE TABLE tomorrow (what TEXT NOT NULL) STRICT;
    CREATE TABLE newer_deploys {columns};
    INSERT INTO newer_deploys SELECT *, NULL FROM console_deploys;
    DROP TABLE console_deploys;
    ALTER TABLE newer_deploys RENAME TO console_deploys;
    {indexes}";

/// Migrates as a newer build does, which has all of our migrations and this one, of this name.
pub(super) async fn migrate(database: &DatabaseUrl, name: &str) {
    let (folder, additions) = match database.system() {
        DatabaseSystem::Sqlite => ("sqlite", on_sqlite(&mut Raw::open(database).await).await),
        DatabaseSystem::Postgres => ("postgres", ON_POSTGRES.to_owned()),
    };
    let theirs = TempDir::new().unwrap();
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations").join(folder);
    for file in fs::read_dir(ours).unwrap().map(Result::unwrap) {
        fs::copy(file.path(), theirs.path().join(file.file_name())).unwrap();
    }
    fs::write(theirs.path().join(format!("0099_{name}.up.sql")), additions).unwrap();
    let migrator = Migrator::new(theirs.path()).await.unwrap();
    match &mut Raw::open(database).await {
        Raw::Postgres(connection) => migrator.run(connection).await.unwrap(),
        Raw::Sqlite(connection) => {
            sqlx::query("PRAGMA foreign_keys = OFF").execute(&mut *connection).await.unwrap();
            migrator.run(connection).await.unwrap();
        }
    }
}

async fn on_sqlite(raw: &mut Raw) -> String {
    let schema =
        "SELECT sql FROM sqlite_schema WHERE tbl_name = 'console_deploys' AND sql IS NOT NULL AND type = ";
    let table = raw.read(&format!("{schema} 'table'")).await.concat();
    let columns = table[table.find('(').unwrap()..]
        .replace("'timed_out')", "'timed_out', 'rolling_back', 'awaiting_window')")
        .replace(") STRICT", ", approved_by TEXT) STRICT");
    assert!(columns.contains("approved_by"), "{columns}");
    let indexes = raw.read(&format!("{schema} 'index'")).await.join(";\n");
    ON_SQLITE.replace("{columns}", &columns).replace("{indexes}", &indexes)
}

/// Takes a deploy further than this build can, and makes another, with a column of its own.
pub(super) async fn work(database: &DatabaseUrl, store: &dyn Store, rolling_back: DeployId, new: DeployId) {
    let mut raw = Raw::open(database).await;
    raw.run(&format!(
        "UPDATE console_deploys SET status = 'rolling_back', version = version + 1, approved_by = 'ada'
           WHERE id = '{rolling_back}';
         INSERT INTO console_deploys ({DEPLOY_COLUMNS}, approved_by) VALUES ('{new}', 'shop', 'waiting', 'main', 'awaiting_window', 2, NULL, NULL,
           'somebody', 'because', '2026-11-22T12:00:00.000Z', '2026-11-22T12:00:00.000Z', NULL, NULL, 'grace');
         INSERT INTO tomorrow VALUES ('something')"
    ))
    .await
    .unwrap();
    for (action, about, payload) in [
        (
            "console.deploy.rolled_back",
            Some(rolling_back),
            json!({ "status": "rolling_back", "previous": "building", "source": "callback", "wave": 3 }),
        ),
        (
            "console.deploy.window_set",
            Some(new),
            json!({ "status": "awaiting_window", "source": "calendar" }),
        ),
        ("console.freeze.declared", None, json!({ "until": "2026-12-24" })),
    ] {
        append(&mut raw, store, action, about, payload).await;
    }
}

/// Appends an entry, as every build chains it.
async fn append(raw: &mut Raw, store: &dyn Store, action: &str, about: Option<DeployId>, payload: Value) {
    let last = store.last_entry().await.unwrap().unwrap();
    let at = "2026-11-22T12:00:00.000Z";
    let mut entry = JournalEntry {
        sequence: last.sequence + 1,
        at: at.parse().unwrap(),
        actor: "a newer build".to_owned(),
        action: action.to_owned(),
        deploy_id: about,
        payload,
        previous_hash: last.hash,
        hash: String::new(),
    };
    entry.hash = audit::hash(&entry);
    let about = about.map_or_else(|| "NULL".to_owned(), |id| literal(&id.to_string()));
    raw.run(&format!(
        "INSERT INTO audit_log VALUES ({}, '{at}', {}, {}, {about}, {}, {}, {})",
        entry.sequence,
        literal(&entry.actor),
        literal(&entry.action),
        literal(&entry.payload.to_string()),
        literal(&entry.previous_hash),
        literal(&entry.hash),
    ))
    .await
    .unwrap();
}
