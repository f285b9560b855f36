//! Many deploys at once, as years of them leave a database: in 150 places, each deploy with the first and the last of
//! its entries in the journal.
//!
//! One place has a tenth of them, and no success. Forty of all timed out, forty others were requested by a person who
//! requested nothing else, and at most forty are under way, however many there are.

use store::DatabaseSystem;

/// Apps, each with [`ENVIRONMENTS`].
pub const APPS: u32 = 50;
/// Environments of each app.
pub const ENVIRONMENTS: u32 = 3;
/// The place without a success.
pub const HOPELESS: (&str, &str) = ("app-0", "e0");
/// Who asked for forty.
pub const RARE_PERSON: &str = "person-rare";
/// When the first of them was asked for, in seconds; the others follow, one a minute.
pub const FIRST: i64 = 1_700_000_000;

/// The statements that write this many deploys into an empty database.
pub fn fill(system: DatabaseSystem, rows: u32) -> String {
    // Postgres analyzes its tables by itself, sooner or later; SQLite only does so on request.
    let (numbers, time, id, look) = match system {
        DatabaseSystem::Sqlite => (
            format!(
                "WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < {rows})"
            ),
            "strftime('%Y-%m-%dT%H:%M:%fZ', {seconds}, 'unixepoch')",
            "printf('00000000-0000-7000-8000-%012x', n)",
            "",
        ),
        DatabaseSystem::Postgres => (
            format!("WITH numbers (n) AS (SELECT generate_series(0, {rows} - 1))"),
            "to_char(to_timestamp({seconds}) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')",
            "'00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0')",
            "ANALYZE",
        ),
    };
    let at = |later: u32| time.replace("{seconds}", &format!("{FIRST} + n * 60 + {later}"));
    let every = (rows / 40).max(3);
    let place = format!("CASE WHEN n % 10 = 0 THEN 0 ELSE 1 + n % {} END", APPS * ENVIRONMENTS - 1);
    let is_live = format!("n >= {rows} - 40 AND n % 10 <> 0");
    let status = format!(
        "CASE WHEN n % 10 = 0 THEN 'failed' WHEN {is_live} THEN 'building' WHEN n % {every} = 1 THEN 'timed_out'
              WHEN n % 7 = 0 THEN 'failed' ELSE 'succeeded' END"
    );
    format!(
        "{before}{numbers}
         INSERT INTO console_deploys (id, app, environment, git_ref, status, version, requested_by, requested_at,
           updated_at, finished_at, rolled_out_at, committed_at, origin_kind)
         SELECT {id}, 'app-' || (({place}) / {ENVIRONMENTS}), 'e' || (({place}) % {ENVIRONMENTS}), 'main', {status}, 3,
           CASE WHEN n % {every} = 2 THEN '{RARE_PERSON}' ELSE 'person-' || (n % 20) END, {requested}, {ended},
           CASE WHEN {is_live} THEN NULL ELSE {ended} END, {rolled_out}, {committed},
           CASE WHEN n % 31 = 0 THEN 'rollback' ELSE 'request' END
         FROM numbers;
         {numbers}
         INSERT INTO audit_log (sequence, at, actor, action, deploy_id, payload, previous_hash, hash)
         SELECT 2 * n + 1, {requested}, 'person-1', 'console.deploy.requested', {id},
           '{{\"source\":\"console\",\"status\":\"requested\"}}', 'h' || (2 * n), 'h' || (2 * n + 1)
         FROM numbers;
         {numbers}
         INSERT INTO audit_log (sequence, at, actor, action, deploy_id, payload, previous_hash, hash)
         SELECT 2 * n + 2, {ended}, 'workflow', 'console.deploy.callback', {id},
           '{{\"source\":\"callback\",\"status\":\"' || ({status}) || '\"}}', 'h' || (2 * n + 1), 'h' || (2 * n + 2)
         FROM numbers;
         {look}",
        // The indexes are written all over: with SQLite's usual two megabytes, each page of them many times.
        before = match system {
            DatabaseSystem::Sqlite => "PRAGMA cache_size = -1000000; ",
            DatabaseSystem::Postgres => "",
        },
        requested = at(0),
        ended = at(300),
        rolled_out = at(200),
        committed = time.replace("{seconds}", &format!("{FIRST} + n * 60 - 5000")),
    )
}
