//! Migrations over rows, on real databases of both kinds: up and down, with a row in every status, and with
//! what refers to them. And what the schema itself refuses, from any writer.

use store::{
    self,
    DatabaseSystem::{self, Postgres, Sqlite},
    DatabaseUrl, SchemaError,
};
use tempfile::TempDir;

use crate::support::{
    database::{self, DEPLOY_COLUMNS, Raw, on_both},
    postgres,
};

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

/// A database, and its folder if it is a file.
struct Schema {
    _folder: Option<TempDir>,
    url: DatabaseUrl,
}

impl Schema {
    async fn migrated(system: DatabaseSystem) -> Self {
        let schema = match system {
            Sqlite => {
                let folder = TempDir::new().unwrap();
                let url = DatabaseUrl::sqlite(&folder.path().join("test.db"));
                Self { _folder: Some(folder), url }
            }
            Postgres => Self { _folder: None, url: postgres::empty().await.parse().unwrap() },
        };
        schema.up().await.unwrap();
        schema
    }

    /// As the second migration left it.
    async fn of_phases(system: DatabaseSystem) -> Self {
        let schema = Self::migrated(system).await;
        schema.down_to(2).await.unwrap();
        schema
    }

    async fn up(&self) -> Result<(), SchemaError> {
        store::migrate(&self.url, None).await
    }

    async fn down_to(&self, version: i64) -> Result<(), SchemaError> {
        store::migrate(&self.url, Some(version)).await
    }

    /// One of two texts.
    fn pick<T>(&self, sqlite: T, postgres: T) -> T {
        match self.url.system() {
            Sqlite => sqlite,
            Postgres => postgres,
        }
    }

    async fn run(&self, sql: &str) -> Result<(), sqlx::Error> {
        Raw::open(&self.url).await.run(sql).await
    }

    /// A refusal, as the database says it, in lower case.
    async fn refuses(&self, sql: &str) -> String {
        self.run(sql).await.expect_err(sql).to_string().to_lowercase()
    }

    /// Runs statements as a newer build could, whose schema knows more statuses.
    fn as_newer(&self, sql: &str) -> String {
        format!("{}; {sql}", database::as_newer(self.url.system()))
    }

    async fn read(&self, sql: &str) -> Vec<String> {
        Raw::open(&self.url).await.read(sql).await
    }

    /// Every row of a table, every column.
    async fn rows(&self, table: &str) -> Vec<String> {
        let names = self.pick(
            format!("SELECT name FROM pragma_table_info('{table}')"),
            format!(
                "SELECT column_name::text FROM information_schema.columns WHERE table_name = '{table}'
                 ORDER BY ordinal_position"
            ),
        );
        self.columns(&self.read(&names).await.join(" "), table).await
    }

    /// These columns of every row.
    async fn columns(&self, names: &str, table: &str) -> Vec<String> {
        let texts = names.split(' ').map(|name| format!("coalesce(CAST({name} AS TEXT), 'none')"));
        let row = texts.collect::<Vec<_>>().join(" || ' | ' || ");
        self.read(&format!("SELECT {row} FROM {table} ORDER BY 1")).await
    }

    /// Every deploy, by the columns that each schema has.
    async fn deploys(&self) -> Vec<String> {
        let names: Vec<_> = DEPLOY_COLUMNS.split(',').map(str::trim).collect();
        self.columns(&names.join(" "), "console_deploys").await
    }

    async fn tables(&self) -> Vec<String> {
        self.read(self.pick(
            "SELECT name FROM sqlite_schema WHERE name NOT LIKE '\\_sqlx%' ESCAPE '\\' AND name NOT LIKE 'sqlite%' ORDER BY 1",
            "SELECT table_name::text FROM information_schema.tables
             WHERE table_schema = 'public' AND table_name NOT LIKE '\\_sqlx%'
             UNION SELECT indexname::text FROM pg_indexes
             WHERE schemaname = 'public' AND tablename NOT LIKE '\\_sqlx%'
             UNION SELECT tgname::text FROM pg_trigger WHERE NOT tgisinternal
             UNION SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace
             UNION SELECT conname::text FROM pg_constraint WHERE connamespace = 'public'::regnamespace
               AND conrelid <> '_sqlx_migrations'::regclass ORDER BY 1",
        ))
        .await
    }

    /// A row in each of these statuses, each with a key, a delivery and two entries in the journal. (Messages are
    /// put in by [`Self::fill_outbox`]: their table is not in every schema.)
    async fn fill(&self, statuses: &[&str]) {
        for (number, status) in statuses.iter().enumerate() {
            let sequence = 2 * number + 1;
            let ended = if ENDS.contains(status) { "'2026-11-22T12:09:00.000Z'" } else { "NULL" };
            self.run(&format!(
                "INSERT INTO console_deploys ({DEPLOY_COLUMNS}) VALUES ('id-{status}', 'app-{status}', 'production', 'main', '{status}', {version},
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

impl Schema {
    /// Messages about the rows that have ended, for each channel.
    async fn fill_outbox(&self) {
        let unclear = self.pick("0", "false");
        for (channel, status) in ["slack", "webhook"].into_iter().flat_map(|c| ENDS.map(|status| (c, status)))
        {
            self.run(&outbox_row(
                &format!("{channel}-{status}"),
                &format!("id-{status}"),
                channel,
                status,
                unclear,
            ))
            .await
            .unwrap();
        }
    }
}

fn outbox_row(id: &str, deploy: &str, channel: &str, outcome: &str, unclear: &str) -> String {
    format!(
        "INSERT INTO outbox VALUES ('{id}', '{deploy}', '{channel}', '{outcome}', '2026-11-22T12:00:00.000Z',
           '2026-11-22T12:00:00.000Z', 1, {unclear}, NULL, NULL, NULL, NULL, 'it took too long')"
    )
}

/// Tables that were there from the start.
const REFERRING: [&str; 3] = ["audit_log", "callback_deliveries", "idempotency_keys"];

/// The second migration down ends what the older build could not follow.
async fn second_migration_down_ends_unfollowable_deploys(system: DatabaseSystem) {
    const ALL_BUT_ID: &str =
        "status version updated_at finished_at failure_stage github_run_id reason requested_at";
    let of = |status: &str| format!("console_deploys WHERE id = 'id-{status}'");
    let schema = Schema::migrated(system).await;
    schema.fill(&STATUSES).await;
    let mut others = Vec::new();
    for status in STATUSES.iter().filter(|status| !PHASES.contains(status)) {
        others.push(schema.columns(ALL_BUT_ID, &of(status)).await);
    }
    schema.down_to(1).await.unwrap();
    // Written by hand: status, version, when it ended, and the step in which it did.
    for (status, version, minute, stage) in [
        ("smoke_gate_started", 4, 2, "smoke_gate_failed"),
        ("smoke_gate_passed", 5, 3, "none"),
        ("freeze_check_started", 6, 4, "freeze_check_failed"),
        ("freeze_check_passed", 7, 5, "none"),
    ] {
        let row = schema.columns("status version finished_at failure_stage", &of(status)).await;
        let expected = format!("failed | {version} | 2026-11-22T12:0{minute}:00.000Z | {stage}");
        assert_eq!(row, [expected], "{status}");
    }
    for (status, before) in STATUSES.iter().filter(|status| !PHASES.contains(status)).zip(others) {
        let after = schema.columns(ALL_BUT_ID, &of(status)).await;
        assert_eq!(after, before, "{status}");
    }
}

async fn unrelated_data_survives_both_ways(system: DatabaseSystem) {
    let schema = Schema::of_phases(system).await;
    schema.fill(&STATUSES).await;
    let mut before = Vec::new();
    for table in REFERRING {
        before.push(schema.rows(table).await);
    }
    let tables = schema.tables().await;
    schema.down_to(1).await.unwrap();
    let mapped = schema.deploys().await;
    assert_eq!(schema.tables().await, tables);
    schema.up().await.unwrap();
    assert_eq!(schema.deploys().await, mapped, "up again changes no row");
    schema.down_to(2).await.unwrap();
    assert_eq!(schema.tables().await, tables);
    for (table, before) in REFERRING.into_iter().zip(before) {
        assert_eq!(schema.rows(table).await, before, "{table}");
    }
    let dangling =
        schema.pick("SELECT \"table\" FROM pragma_foreign_key_check", "SELECT 'a table' WHERE false");
    assert_eq!(schema.read(dangling).await, [""; 0]);
}

async fn f51_second_migration_up_keeps_rows(system: DatabaseSystem) {
    let schema = Schema::migrated(system).await;
    schema.down_to(1).await.unwrap();
    let old: Vec<_> = STATUSES.into_iter().filter(|status| !PHASES.contains(status)).collect();
    schema.fill(&old).await;
    let before = schema.deploys().await;
    schema.up().await.unwrap();
    assert_eq!(schema.deploys().await, before);
}

/// Commits come and go, and nothing else with them.
async fn commits_migration_changes_nothing_else(system: DatabaseSystem) {
    let schema = Schema::migrated(system).await;
    schema.fill(&STATUSES).await;
    schema.run("UPDATE console_deploys SET commit_id = 'a commit'").await.unwrap();
    let (tables, before) = (schema.tables().await, schema.deploys().await);
    schema.down_to(5).await.unwrap();
    let older = schema.tables().await;
    assert!(!older.contains(&"console_deploys_of_run".to_owned()), "{older:?}");
    assert_eq!(schema.deploys().await, before);
    schema.up().await.unwrap();
    assert_eq!((schema.tables().await, schema.deploys().await), (tables, before));
    let known = "SELECT id FROM console_deploys WHERE commit_id IS NOT NULL";
    assert_eq!(schema.read(known).await, [""; 0], "what was forgotten is not made up");
}

/// Sessions and tokens come and go; what they did stays.
async fn sign_in_migration_changes_nothing_else(system: DatabaseSystem) {
    let schema = Schema::migrated(system).await;
    schema.fill(&STATUSES).await;
    let at = "'2026-11-22T12:00:00.000Z'";
    let session = format!(
        "INSERT INTO console_sessions
           (hash, person_id, person_name, person_groups, created_at, last_seen_at, expires_at)
         VALUES ('one', 'oidc:42', 'ada', '[]', {at}, {at}, {at})"
    );
    let token = |hash: &str, revoked_at: &str| {
        format!(
            "INSERT INTO console_tokens (hash, name, role, created_by, created_at, revoked_at)
             VALUES ('{hash}', 'ci', 'deployer', 'ada', {at}, {revoked_at})"
        )
    };
    schema.run(&session).await.unwrap();
    for (hash, revoked_at) in [("one", at), ("two", at), ("three", "NULL")] {
        schema.run(&token(hash, revoked_at)).await.unwrap();
    }
    assert!(schema.refuses(&token("four", "NULL")).await.contains("unique"));
    assert!(schema.refuses(&session).await.contains("unique"));
    let (tables, before) = (schema.tables().await, schema.deploys().await);
    schema.down_to(11).await.unwrap();
    let older = schema.tables().await;
    assert!(
        !older.iter().any(|table| table.contains("console_sessions") || table.contains("console_tokens"))
    );
    schema.up().await.unwrap();
    assert_eq!((schema.tables().await, schema.deploys().await), (tables, before));
    assert_eq!(schema.rows("console_tokens").await, [""; 0]);
}

/// What was taken to be sent is forgotten, and nothing else.
async fn approvals_migration_changes_nothing_else(system: DatabaseSystem) {
    let schema = Schema::migrated(system).await;
    schema.fill(&STATUSES).await;
    let claim = "INSERT INTO approved_dispatches (deploy_id, claimed_at)
                 SELECT id, updated_at FROM console_deploys WHERE status = 'requested'";
    schema.run(claim).await.unwrap();
    assert!(schema.refuses(claim).await.contains("unique"));
    let (tables, before) = (schema.tables().await, schema.deploys().await);
    schema.down_to(12).await.unwrap();
    assert!(!schema.tables().await.iter().any(|table| table.contains("approved_dispatches")));
    schema.up().await.unwrap();
    assert_eq!((schema.tables().await, schema.deploys().await), (tables, before));
    assert_eq!(schema.rows("approved_dispatches").await, [""; 0]);
}

/// What GitHub said of commits is forgotten, and nothing else.
async fn commit_details_migration_changes_nothing_else(system: DatabaseSystem) {
    let schema = Schema::migrated(system).await;
    schema.fill(&STATUSES).await;
    let commit = "INSERT INTO commits (sha, subject) VALUES ('a', 'so')";
    let distance = "INSERT INTO commit_distances (base, head, ahead, behind) VALUES ('a', 'b', 1, 0)";
    for insert in [commit, distance] {
        schema.run(insert).await.unwrap();
        assert!(schema.refuses(insert).await.contains("unique"));
    }
    let (tables, before) = (schema.tables().await, schema.deploys().await);
    schema.down_to(14).await.unwrap();
    assert!(!schema.tables().await.iter().any(|table| ["commits", "commit_distances"].contains(&&**table)));
    schema.up().await.unwrap();
    assert_eq!((schema.tables().await, schema.deploys().await), (tables, before));
    assert_eq!(schema.rows("commits").await, [""; 0]);
}

/// What figures are counted from comes and goes, and is read from the journal.
/// What the journal knows, it still knows afterwards.
async fn figures_are_rebuilt_from_the_journal(system: DatabaseSystem) {
    const FACTS: &str = "id committed_at rolled_out_at origin_kind";
    let schema = Schema::migrated(system).await;
    schema.down_to(7).await.unwrap();
    schema.fill(&["deploying", "failed", "building", "succeeded"]).await;
    for (sequence, action, id, payload) in [
        (
            101,
            "requested",
            "failed",
            r#"{"origin":{"deploy_id":"x","kind":"rollback"},"status":"requested"}"#,
        ),
        (102, "callback", "failed", r#"{"source":"callback","status":"deploying"}"#),
        (
            103,
            "requested",
            "building",
            r#"{"reason":"\"kind\":\"rollback\" \"status\":\"deploying\"","status":"requested"}"#,
        ),
        (104, "callback", "building", r#"{"claimed":"deploying","outcome":"refused"}"#),
        (
            105,
            "imported",
            "succeeded",
            r#"{"origin":{"event":"push","kind":"github"},"status":"dispatched"}"#,
        ),
    ] {
        schema
            .run(&format!(
                "INSERT INTO audit_log VALUES ({sequence}, 'at {sequence}', 'x', 'console.deploy.{action}', 'id-{id}', '{payload}', 'p{sequence}', 'h{sequence}')"
            ))
            .await
            .unwrap();
    }
    let (tables, before) = (schema.tables().await, schema.deploys().await);
    schema.up().await.unwrap();
    let known = schema.columns(FACTS, "console_deploys").await;
    assert_eq!(
        known,
        [
            "id-building | none | none | request",
            "id-deploying | none | then | none",
            "id-failed | none | at 102 | rollback",
            "id-succeeded | none | none | github",
        ]
    );
    assert_eq!(schema.deploys().await, before);
    schema.down_to(7).await.unwrap();
    assert_eq!((schema.tables().await, schema.deploys().await), (tables, before));
}

/// How deploys ended comes and goes, and is read from the journal.
async fn end_kinds_are_rebuilt_from_the_journal(system: DatabaseSystem) {
    let schema = Schema::migrated(system).await;
    schema.down_to(15).await.unwrap();
    schema.fill(&["failed", "succeeded"]).await;
    let as_failed = ["cancelled", "superseded", "abandoned", "rejected", "both", "named"];
    for (number, id) in as_failed.into_iter().enumerate() {
        let insert = format!(
            "INSERT INTO console_deploys ({DEPLOY_COLUMNS}) VALUES ('{id}', 'app {number}', 'production', 'main', 'failed', 1,
               NULL, NULL, 'somebody', NULL, 'then', 'then', 'then', NULL)"
        );
        schema.run(&insert).await.unwrap();
    }
    let observed = |state: &str| ("run_observed", format!(r#"{{"run_attempt":1,"run_state":"{state}"}}"#));
    let entries = [
        ("cancelled", observed("in_progress")),
        ("cancelled", observed("cancelled")),
        ("superseded", observed("superseded")),
        ("abandoned", ("abandoned", r#"{"reason":"it hangs"}"#.to_owned())),
        ("rejected", ("rejected", "{}".to_owned())),
        ("both", observed("cancelled")),
        ("both", ("abandoned", "{}".to_owned())),
        ("named", ("callback", r#"{"log_line":"\"run_state\":\"cancelled\""}"#.to_owned())),
        ("id-succeeded", observed("cancelled")),
    ];
    for (sequence, (id, (action, payload))) in (101..).zip(entries) {
        let insert = format!(
            "INSERT INTO audit_log VALUES ({sequence}, 'at {sequence}', 'x', 'console.deploy.{action}', '{id}', '{payload}', 'p{sequence}', 'h{sequence}')"
        );
        schema.run(&insert).await.unwrap();
    }
    let (tables, before) = (schema.tables().await, schema.deploys().await);
    schema.up().await.unwrap();
    assert_eq!(
        schema.columns("id end_kind", "console_deploys").await,
        [
            "abandoned | abandoned",
            "both | abandoned",
            "cancelled | cancelled",
            "id-failed | none",
            "id-succeeded | none",
            "named | none",
            "rejected | not_approved",
            "superseded | superseded",
        ]
    );
    assert_eq!(schema.deploys().await, before);
    schema.down_to(15).await.unwrap();
    assert_eq!((schema.tables().await, schema.deploys().await), (tables, before));
}

/// A promotion is of a flag that came with a migration.
/// What the older build takes, the newer one keeps; and after that, no flag without a migration.
async fn promotion_requires_a_migrated_flag(system: DatabaseSystem) {
    let promoted = |flag: &str, is_on: &str| {
        format!(
            "INSERT INTO console_flag_promotions (flag, environment, is_on, promoted_by, promoted_at)
                 VALUES ('{flag}', 'staging', {is_on}, 'somebody', 'then')"
        )
    };
    let schema = Schema::migrated(system).await;
    let on = schema.pick("1", "true");
    let shipped = include_str!("../../../../feature_flags.yaml");
    let shipped = shipped.lines().filter_map(|line| line.strip_prefix("- name: "));
    for flag in shipped {
        schema
            .run(&promoted(flag, on))
            .await
            .unwrap_or_else(|error| panic!("{flag} of feature_flags.yaml comes with no migration: {error}"));
    }
    assert!(schema.refuses(&promoted("OF_TOMORROW", on)).await.contains("foreign key"));
    schema.down_to(8).await.unwrap();
    schema.run(&promoted("OF_TOMORROW", on)).await.unwrap();
    let before = schema.rows("console_flag_promotions").await;
    schema.up().await.unwrap();
    assert_eq!((before.len(), schema.rows("console_flag_promotions").await), (3, before));
}

/// What a migration down ended is owed an entry.
/// Rows of the four gates, with a journal that ends where they were; and of those that failed by themselves.
async fn deploy_ended_by_downgrade_is_owed_entry(system: DatabaseSystem) {
    let schema = Schema::migrated(system).await;
    schema.fill(&STATUSES).await;
    let owed = async || schema.rows("rolled_back_deploys").await;
    assert_eq!(owed().await, [""; 0]);
    schema.down_to(1).await.unwrap();
    schema.up().await.unwrap();
    let expected = PHASES.map(|status| format!("id-{status} | {status}"));
    let mut sorted = expected.to_vec();
    sorted.sort();
    assert_eq!(owed().await, sorted);
    // Until it is written, also after other migrations.
    schema.down_to(9).await.unwrap();
    schema.up().await.unwrap();
    assert_eq!(owed().await, sorted);
}

async fn each_schema_takes_only_its_statuses(system: DatabaseSystem) {
    let schema = Schema::migrated(system).await;
    let set =
        |status: &str| format!("UPDATE console_deploys SET status = '{status}' WHERE id = 'id-requested'");
    schema.fill(&["requested"]).await;
    for status in STATUSES {
        schema.run(&set(status)).await.unwrap();
    }
    assert!(schema.refuses(&set("rolling_back")).await.contains("check"));
    schema.down_to(1).await.unwrap();
    for status in PHASES.into_iter().chain(["rolling_back"]) {
        assert!(schema.refuses(&set(status)).await.contains("check"), "{status}");
    }
    schema.up().await.unwrap();
    for status in STATUSES {
        schema.run(&set(status)).await.unwrap();
    }
}

async fn references_survive_both_ways(system: DatabaseSystem) {
    let schema = Schema::migrated(system).await;
    schema.fill(&["building"]).await;
    schema.down_to(1).await.unwrap();
    schema.up().await.unwrap();
    for sql in [
        "INSERT INTO callback_deliveries VALUES ('x', 'nobody', 'hash', '{}', 'then')",
        "INSERT INTO idempotency_keys VALUES ('somebody', 'x', 'print', 'nobody', 'then', NULL)",
        "DELETE FROM console_deploys",
    ] {
        let refusal = schema.refuses(sql).await;
        assert!(refusal.contains("foreign key"), "{sql}: {refusal}");
    }
}

/// All the way down leaves nothing, and up again everything.
async fn all_down_empties_and_up_restores(system: DatabaseSystem) {
    let schema = Schema::migrated(system).await;
    let tables = schema.tables().await;
    assert!(tables.len() > 4, "{tables:?}");
    schema.fill(&STATUSES).await;
    schema.down_to(0).await.unwrap();
    assert_eq!(schema.tables().await, [""; 0]);
    schema.up().await.unwrap();
    assert_eq!(schema.tables().await, tables);
    schema.fill(&STATUSES).await;
}

async fn failed_migration_changes_nothing(system: DatabaseSystem) {
    let schema = Schema::of_phases(system).await;
    schema.fill(&["building", "smoke_gate_passed"]).await;
    // A newer build wrote it: going back two builds at once must not guess.
    let newer = "UPDATE console_deploys SET status = 'rolling_back' WHERE id = 'id-building'";
    schema.run(&schema.as_newer(newer)).await.unwrap();
    let before = (schema.rows("console_deploys").await, schema.tables().await);
    let line = schema.down_to(1).await.unwrap_err().to_string();
    assert!(!line.contains('\n'), "{line}");
    assert_eq!((schema.rows("console_deploys").await, schema.tables().await), before);
    let back = "UPDATE console_deploys SET status = 'building' WHERE id = 'id-building'";
    schema.run(back).await.unwrap();
    schema.up().await.unwrap();
}

/// The outbox comes and goes, and nothing else with it.
async fn outbox_migration_changes_nothing_else(system: DatabaseSystem) {
    let schema = Schema::migrated(system).await;
    schema.fill(&STATUSES).await;
    schema.fill_outbox().await;
    let mut before = Vec::new();
    for table in REFERRING {
        before.push((table, schema.rows(table).await));
    }
    let deploys = schema.deploys().await;
    schema.down_to(4).await.unwrap();
    let older = schema.tables().await;
    assert!(!older.iter().any(|name| name.starts_with("outbox")), "{older:?}");
    for (table, rows) in &before {
        assert_eq!(&schema.rows(table).await, rows, "{table}");
    }
    schema.up().await.unwrap();
    for (table, rows) in &before {
        assert_eq!(&schema.rows(table).await, rows, "{table}");
    }
    assert_eq!(schema.deploys().await, deploys);
    assert_eq!(schema.rows("outbox").await, [""; 0], "what was to be sent is not sent twice");
    schema.fill_outbox().await;
}

/// Messages about what waits for an approval go, and those about ends stay.
async fn approval_messages_go_and_others_stay(system: DatabaseSystem) {
    let schema = Schema::migrated(system).await;
    schema.fill(&STATUSES).await;
    schema.fill_outbox().await;
    let unclear = schema.pick("0", "false");
    let waiting = outbox_row("waiting", "id-requested", "slack", "awaits_approval", unclear);
    let before = schema.rows("outbox").await;
    schema.run(&waiting).await.unwrap();
    schema.down_to(13).await.unwrap();
    assert_eq!(schema.rows("outbox").await, before);
    assert!(schema.refuses(&waiting).await.contains("check"));
    let twice = outbox_row("another", "id-failed", "slack", "failed", unclear);
    assert!(schema.refuses(&twice).await.contains("unique"));
    schema.up().await.unwrap();
    assert_eq!(schema.rows("outbox").await, before);
    schema.run(&waiting).await.unwrap();
}

/// The schema itself allows one message per deploy, channel and outcome.
async fn schema_allows_one_message_per_outcome(system: DatabaseSystem) {
    let schema = Schema::migrated(system).await;
    schema.fill(&STATUSES).await;
    schema.fill_outbox().await;
    let unclear = schema.pick("0", "false");
    for (id, deploy, channel, outcome, says) in [
        ("another", "id-failed", "slack", "failed", "unique"),
        ("slack-failed", "id-building", "slack", "failed", "unique"),
        ("x", "nobody", "slack", "failed", "foreign key"),
        ("x", "id-building", "pager", "failed", "check"),
        ("x", "id-building", "slack", "building", "check"),
        ("x", "id-building", "slack", "approved", "check"),
    ] {
        let refusal = schema.refuses(&outbox_row(id, deploy, channel, outcome, unclear)).await;
        assert!(refusal.contains(says), "{id} {deploy} {channel} {outcome}: {refusal}");
    }
    let both = "UPDATE outbox SET sent_at = 'then', gave_up_at = 'then'";
    assert!(schema.refuses(both).await.contains("check"));
    schema.run(&outbox_row("second", "id-failed", "slack", "timed_out", unclear)).await.unwrap();
}

/// A newer schema and a half-done migration are refused in one line.
async fn f44_newer_or_unfinished_schema_is_refused(system: DatabaseSystem) {
    for (sql, says) in [
        (
            "INSERT INTO _sqlx_migrations SELECT 99, 'of tomorrow', installed_on, true, checksum, 0 FROM _sqlx_migrations WHERE version = 2",
            ["newer build", "99"],
        ),
        ("UPDATE _sqlx_migrations SET success = false WHERE version = 2", ["half done", "2"]),
        ("UPDATE _sqlx_migrations SET checksum = CAST('0' AS {bytes}) WHERE version = 1", ["migrat", "1"]),
    ] {
        let schema = Schema::migrated(system).await;
        schema.fill(&STATUSES).await;
        schema.run(&sql.replace("{bytes}", schema.pick("BLOB", "BYTEA"))).await.unwrap();
        let before = schema.rows("console_deploys").await;
        let lines = [
            schema.up().await.unwrap_err().to_string(),
            schema.down_to(0).await.err().map(|error| error.to_string()).unwrap_or_default(),
        ];
        assert!(says.iter().all(|word| lines[0].contains(word)), "{lines:?}");
        assert!(lines.iter().all(|line| !line.contains('\n')), "{lines:?}");
        if says[0] != "migrat" {
            assert_eq!(lines[0], lines[1]);
            assert_eq!(schema.rows("console_deploys").await, before);
        }
    }
}

async fn journal_is_append_only(system: DatabaseSystem) {
    let schema = Schema::migrated(system).await;
    schema.fill(&["building", "failed"]).await;
    schema.down_to(1).await.unwrap();
    schema.up().await.unwrap();
    let before = schema.rows("audit_log").await;
    let own = match system {
        Sqlite => [
            "UPDATE OR REPLACE audit_log SET sequence = 2 WHERE sequence = 1",
            "INSERT OR REPLACE INTO audit_log VALUES (1, 'then', 'mallory', 'x', NULL, '{}', 'p', 'new')",
            "INSERT OR REPLACE INTO audit_log VALUES (9, 'then', 'mallory', 'x', NULL, '{}', 'p', 'h1')",
        ],
        Postgres => [
            "TRUNCATE audit_log",
            "TRUNCATE console_deploys, idempotency_keys, callback_deliveries, audit_log CASCADE",
            "MERGE INTO audit_log a USING (SELECT 1) AS b ON a.sequence = 1 WHEN MATCHED THEN DELETE",
        ],
    };
    let both = [
        "UPDATE audit_log SET payload = '{}'",
        "UPDATE audit_log SET actor = 'mallory' WHERE sequence = 1",
        "DELETE FROM audit_log",
        "DELETE FROM audit_log WHERE sequence = 4",
        "INSERT INTO audit_log VALUES (1, 'then', 'm', 'x', NULL, '{}', 'p', 'new')
           ON CONFLICT (sequence) DO UPDATE SET actor = 'm'",
    ];
    for sql in both.into_iter().chain(own) {
        let refusal = schema.refuses(sql).await;
        assert!(refusal.contains("append-only"), "{sql}: {refusal}");
        assert_eq!(schema.rows("audit_log").await, before, "{sql}");
    }
}

/// The schema itself allows one live deploy per app and environment.
async fn f49_schema_allows_one_live_deploy(system: DatabaseSystem) {
    let schema = Schema::migrated(system).await;
    schema.fill(&["building", "failed"]).await;
    let insert = |id: &str, app: &str, environment: &str, status: &str| {
        schema.as_newer(&format!(
            "INSERT INTO console_deploys ({DEPLOY_COLUMNS}) VALUES ('{id}', '{app}', '{environment}', 'main', '{status}', 1, NULL, NULL,
               'somebody', NULL, 'then', 'then', NULL, NULL)"
        ))
    };
    for status in STATUSES.into_iter().chain(["rolling_back"]).filter(|status| !ENDS.contains(status)) {
        let refusal = schema.refuses(&insert("second", "app-building", "production", status)).await;
        assert!(refusal.contains("unique"), "{status}: {refusal}");
    }
    for (number, status) in ENDS.into_iter().enumerate() {
        schema.run(&insert(&format!("ended {number}"), "app-building", "production", status)).await.unwrap();
    }
    schema.run(&insert("elsewhere", "app-building", "staging", "building")).await.unwrap();
    let back = "UPDATE console_deploys SET status = 'deploying' WHERE id = 'ended 0'";
    assert!(schema.refuses(back).await.contains("unique"));
    for version in [1, 2] {
        if version == 1 {
            schema.down_to(1).await.unwrap();
        } else {
            schema.up().await.unwrap();
        }
        assert!(schema.refuses(back).await.contains("unique"), "the index is gone at {version}");
    }
}

on_both!(
    commits_migration_changes_nothing_else,
    sign_in_migration_changes_nothing_else,
    approvals_migration_changes_nothing_else,
    commit_details_migration_changes_nothing_else,
    figures_are_rebuilt_from_the_journal,
    end_kinds_are_rebuilt_from_the_journal,
    second_migration_down_ends_unfollowable_deploys,
    unrelated_data_survives_both_ways,
    f51_second_migration_up_keeps_rows,
    promotion_requires_a_migrated_flag,
    deploy_ended_by_downgrade_is_owed_entry,
    each_schema_takes_only_its_statuses,
    references_survive_both_ways,
    all_down_empties_and_up_restores,
    failed_migration_changes_nothing,
    outbox_migration_changes_nothing_else,
    approval_messages_go_and_others_stay,
    schema_allows_one_message_per_outcome,
    f44_newer_or_unfinished_schema_is_refused,
    journal_is_append_only,
    f49_schema_allows_one_live_deploy,
);
