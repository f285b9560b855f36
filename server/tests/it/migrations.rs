//! Migrations over rows, on a real file: up and down, with a row in every status, and with what refers to
//! them. And what the schema itself refuses, whoever writes.

use server::{config::DatabaseUrl, store::sqlite};
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};
use tempfile::TempDir;

const STATUSES: [&str; 11] = [
    "requested",
    "dispatched",
    "smoke_gate_started",
    "smoke_gate_passed",
    "freeze_check_started",
    "freeze_check_passed",
    "building",
    "deploying",
    "succeeded",
    "failed",
    "timed_out",
];
const PHASES: [&str; 4] =
    ["smoke_gate_started", "smoke_gate_passed", "freeze_check_started", "freeze_check_passed"];
const ENDS: [&str; 3] = ["succeeded", "failed", "timed_out"];

/// A file, its folder, and a connection as the server's own.
struct File {
    _folder: TempDir,
    url: String,
}

impl File {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let url = DatabaseUrl::sqlite(&folder.path().join("test.db")).as_str().to_owned();
        Self { _folder: folder, url }
    }

    async fn migrated() -> Self {
        let file = Self::new();
        sqlite::migrate(&file.url).await.unwrap();
        file
    }

    async fn down_to(&self, version: i64) {
        sqlite::migrate_to(&self.url, version).await.unwrap();
    }

    async fn run(&self, sql: &str) -> Result<(), sqlx::Error> {
        let mut raw = SqliteConnection::connect(&format!("{}?mode=rwc", self.url)).await?;
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut raw).await?;
        raw.close().await
    }

    /// A refusal, as SQLite says it.
    async fn refuses(&self, sql: &str) -> String {
        self.run(sql).await.expect_err(sql).to_string()
    }

    async fn read(&self, sql: &str) -> Vec<String> {
        let mut raw = SqliteConnection::connect(&self.url).await.unwrap();
        sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_all(&mut raw).await.unwrap()
    }

    /// Every row of a table, every column.
    async fn rows(&self, table: &str) -> Vec<String> {
        let columns =
            self.read(&format!("SELECT group_concat(name) FROM pragma_table_info('{table}')")).await;
        self.read(&format!("SELECT json_array({}) FROM {table} ORDER BY 1", columns[0])).await
    }

    async fn tables(&self) -> Vec<String> {
        self.read("SELECT name FROM sqlite_schema WHERE name NOT LIKE '\\_sqlx%' ESCAPE '\\' AND name NOT LIKE 'sqlite%' ORDER BY 1")
            .await
    }

    /// A row in each of these statuses, each with a key, a delivery and two entries in the journal.
    async fn fill(&self, statuses: &[&str]) {
        for (number, status) in statuses.iter().enumerate() {
            let sequence = 2 * number + 1;
            let ended = if ENDS.contains(status) { "'2026-11-22T12:09:00.000Z'" } else { "NULL" };
            self.run(&format!(
                "INSERT INTO console_deploys VALUES ('id-{status}', 'app-{status}', 'production', 'main', '{status}', {version},
                   {number}, 'https://x/{number}', 'somebody', 'because', '2026-11-22T12:00:00.000Z',
                   '2026-11-22T12:0{minute}:00.000Z', {ended}, NULL);
                 INSERT INTO idempotency_keys VALUES ('somebody', 'key-{status}', 'print', 'id-{status}', 'then', 'later');
                 INSERT INTO callback_deliveries VALUES ('delivery-{status}', 'id-{status}', 'hash', '{{}}', 'then');
                 INSERT INTO audit_log VALUES ({sequence}, 'then', 'somebody', 'an.action', 'id-{status}', '{{}}', 'p{sequence}', 'h{sequence}');
                 INSERT INTO audit_log VALUES ({next}, 'then', 'workflow', 'an.action', 'id-{status}', '{{\"status\":\"{status}\"}}', 'p{next}', 'h{next}');",
                version = number + 1,
                minute = number % 10,
                next = sequence + 1,
            ))
            .await
            .unwrap();
        }
    }
}

const REFERRING: [&str; 3] = ["audit_log", "callback_deliveries", "idempotency_keys"];

#[tokio::test]
async fn the_second_migration_down_ends_what_the_older_build_could_not_follow() {
    let file = File::migrated().await;
    file.fill(&STATUSES).await;
    let mut others = Vec::new();
    for status in STATUSES.iter().filter(|status| !PHASES.contains(status)) {
        others.push(file.read(&format!("SELECT json_array(status, version, updated_at, finished_at, failure_stage, github_run_id, reason) FROM console_deploys WHERE id = 'id-{status}'")).await);
    }
    file.down_to(1).await;
    // Written by hand: status, version, when it ended, and the step in which it did.
    for (status, version, minute, stage) in [
        ("smoke_gate_started", 4, 2, Some("smoke_gate_failed")),
        ("smoke_gate_passed", 5, 3, None),
        ("freeze_check_started", 6, 4, Some("freeze_check_failed")),
        ("freeze_check_passed", 7, 5, None),
    ] {
        let row = file
            .read(&format!(
                "SELECT json_array(status, version, finished_at, failure_stage) FROM console_deploys WHERE id = 'id-{status}'"
            ))
            .await;
        let expected =
            serde_json::json!(["failed", version, format!("2026-11-22T12:0{minute}:00.000Z"), stage]);
        assert_eq!(row, [expected.to_string()], "{status}");
    }
    for (status, before) in STATUSES.iter().filter(|status| !PHASES.contains(status)).zip(others) {
        let after = file.read(&format!("SELECT json_array(status, version, updated_at, finished_at, failure_stage, github_run_id, reason) FROM console_deploys WHERE id = 'id-{status}'")).await;
        assert_eq!(after, before, "{status}");
    }
}

#[tokio::test]
async fn both_ways_everything_else_stays_as_it_was() {
    let file = File::migrated().await;
    file.fill(&STATUSES).await;
    let mut before = Vec::new();
    for table in REFERRING {
        before.push(file.rows(table).await);
    }
    let schema = file.tables().await;
    file.down_to(1).await;
    let mapped = file.rows("console_deploys").await;
    assert_eq!(file.tables().await, schema);
    sqlite::migrate(&file.url).await.unwrap();
    assert_eq!(file.rows("console_deploys").await, mapped, "up again changes no row");
    assert_eq!(file.tables().await, schema);
    for (table, before) in REFERRING.into_iter().zip(before) {
        assert_eq!(file.rows(table).await, before, "{table}");
    }
    assert_eq!(file.read("SELECT \"table\" FROM pragma_foreign_key_check").await, [""; 0]);
}

#[tokio::test]
async fn the_second_migration_up_keeps_rows_of_the_first() {
    let file = File::migrated().await;
    file.down_to(1).await;
    let old: Vec<_> = STATUSES.into_iter().filter(|status| !PHASES.contains(status)).collect();
    file.fill(&old).await;
    let before = file.rows("console_deploys").await;
    sqlite::migrate(&file.url).await.unwrap();
    assert_eq!(file.rows("console_deploys").await, before);
}

#[tokio::test]
async fn each_schema_takes_its_own_statuses_and_no_other() {
    let file = File::migrated().await;
    let set =
        |status: &str| format!("UPDATE console_deploys SET status = '{status}' WHERE id = 'id-requested'");
    file.fill(&["requested"]).await;
    for status in STATUSES {
        file.run(&set(status)).await.unwrap();
    }
    assert!(file.refuses(&set("rolling_back")).await.contains("CHECK"));
    file.down_to(1).await;
    for status in PHASES.into_iter().chain(["rolling_back"]) {
        assert!(file.refuses(&set(status)).await.contains("CHECK"), "{status}");
    }
    sqlite::migrate(&file.url).await.unwrap();
    for status in STATUSES {
        file.run(&set(status)).await.unwrap();
    }
}

#[tokio::test]
async fn what_refers_to_deploys_still_does_after_both_ways() {
    let file = File::migrated().await;
    file.fill(&["building"]).await;
    file.down_to(1).await;
    sqlite::migrate(&file.url).await.unwrap();
    for sql in [
        "INSERT INTO callback_deliveries VALUES ('x', 'nobody', 'hash', '{}', 'then')",
        "INSERT INTO idempotency_keys VALUES ('somebody', 'x', 'print', 'nobody', 'then', NULL)",
        "DELETE FROM console_deploys",
    ] {
        let refusal = file.refuses(&format!("PRAGMA foreign_keys = ON; {sql}")).await;
        assert!(refusal.contains("FOREIGN KEY"), "{sql}: {refusal}");
    }
}

#[tokio::test]
async fn all_the_way_down_leaves_nothing_and_up_again_everything() {
    let file = File::migrated().await;
    let schema = file.tables().await;
    assert!(schema.len() > 4, "{schema:?}");
    file.fill(&STATUSES).await;
    file.down_to(0).await;
    assert_eq!(file.tables().await, [""; 0]);
    sqlite::migrate(&file.url).await.unwrap();
    assert_eq!(file.tables().await, schema);
    file.fill(&STATUSES).await;
}

#[tokio::test]
async fn a_migration_that_fails_changes_nothing() {
    let file = File::migrated().await;
    file.fill(&["building", "smoke_gate_passed"]).await;
    // A newer build wrote it: going back two builds at once must not guess.
    file.run("PRAGMA ignore_check_constraints = ON; UPDATE console_deploys SET status = 'rolling_back' WHERE id = 'id-building'")
        .await
        .unwrap();
    let before = (file.rows("console_deploys").await, file.tables().await);
    let line = sqlite::migrate_to(&file.url, 1).await.unwrap_err().to_string();
    assert!(!line.contains('\n'), "{line}");
    assert_eq!((file.rows("console_deploys").await, file.tables().await), before);
    sqlite::migrate(&file.url).await.unwrap();
}

#[tokio::test]
async fn f44_a_newer_schema_and_a_half_done_migration_are_refused_in_one_line() {
    for (sql, says) in [
        (
            "INSERT INTO _sqlx_migrations SELECT 99, 'of tomorrow', installed_on, true, checksum, 0 FROM _sqlx_migrations WHERE version = 2",
            ["newer build", "99"],
        ),
        ("UPDATE _sqlx_migrations SET success = false WHERE version = 2", ["half done", "2"]),
        ("UPDATE _sqlx_migrations SET checksum = x'00' WHERE version = 1", ["migrat", "1"]),
    ] {
        let file = File::migrated().await;
        file.fill(&STATUSES).await;
        file.run(sql).await.unwrap();
        let before = file.rows("console_deploys").await;
        let lines = [
            sqlite::migrate(&file.url).await.unwrap_err().to_string(),
            sqlite::migrate_to(&file.url, 0).await.err().map(|error| error.to_string()).unwrap_or_default(),
        ];
        assert!(says.iter().all(|word| lines[0].contains(word)), "{lines:?}");
        assert!(lines.iter().all(|line| !line.contains('\n')), "{lines:?}");
        if says[0] != "migrat" {
            assert_eq!(lines[0], lines[1]);
            assert_eq!(file.rows("console_deploys").await, before);
        }
    }
}

#[tokio::test]
async fn the_journal_is_append_only_whoever_writes() {
    let file = File::migrated().await;
    file.fill(&["building", "failed"]).await;
    file.down_to(1).await;
    sqlite::migrate(&file.url).await.unwrap();
    let before = file.rows("audit_log").await;
    for sql in [
        "UPDATE audit_log SET payload = '{}'",
        "UPDATE audit_log SET actor = 'mallory' WHERE sequence = 1",
        "UPDATE OR REPLACE audit_log SET sequence = 2 WHERE sequence = 1",
        "DELETE FROM audit_log",
        "DELETE FROM audit_log WHERE sequence = 4",
        "INSERT OR REPLACE INTO audit_log VALUES (1, 'then', 'mallory', 'x', NULL, '{}', 'p', 'new')",
        "INSERT OR REPLACE INTO audit_log VALUES (9, 'then', 'mallory', 'x', NULL, '{}', 'p', 'h1')",
        "INSERT INTO audit_log VALUES (1, 'then', 'm', 'x', NULL, '{}', 'p', 'new') ON CONFLICT DO UPDATE SET actor = 'm'",
    ] {
        let refusal = file.refuses(sql).await;
        assert!(refusal.contains("append-only"), "{sql}: {refusal}");
        assert_eq!(file.rows("audit_log").await, before, "{sql}");
    }
}

#[tokio::test]
async fn f49_the_schema_itself_allows_one_live_deploy_per_app_and_environment() {
    let file = File::migrated().await;
    file.fill(&["building", "failed"]).await;
    let insert = |id: &str, app: &str, environment: &str, status: &str| {
        format!(
            "PRAGMA ignore_check_constraints = ON;
             INSERT INTO console_deploys VALUES ('{id}', '{app}', '{environment}', 'main', '{status}', 1, NULL, NULL,
               'somebody', NULL, 'then', 'then', NULL, NULL)"
        )
    };
    for status in STATUSES.into_iter().chain(["rolling_back"]).filter(|status| !ENDS.contains(status)) {
        let refusal = file.refuses(&insert("second", "app-building", "production", status)).await;
        assert!(refusal.contains("UNIQUE"), "{status}: {refusal}");
    }
    for (number, status) in ENDS.into_iter().enumerate() {
        file.run(&insert(&format!("ended {number}"), "app-building", "production", status)).await.unwrap();
    }
    file.run(&insert("elsewhere", "app-building", "staging", "building")).await.unwrap();
    let back = "UPDATE console_deploys SET status = 'deploying' WHERE id = 'ended 0'";
    assert!(file.refuses(back).await.contains("UNIQUE"));
    for version in [1, 2] {
        if version == 1 {
            file.down_to(1).await;
        } else {
            sqlite::migrate(&file.url).await.unwrap();
        }
        assert!(file.refuses(back).await.contains("UNIQUE"), "the index is gone at {version}");
    }
}
