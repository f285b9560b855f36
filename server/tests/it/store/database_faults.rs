//! A database that is locked, full or read-only: writes are refused whole, with when to try again; reads go
//! on; and when the trouble is over, so is its effect, without a restart.

use app::{api::ErrorCode, domain::DeployId};
use axum::body::Body;
use runtime::fail_point::FailPoint;
use store::{self, DatabaseSystem, DatabaseUrl};
use tokio::process::Command;

use crate::support::{
    Answer, CONSOLE_TOML, TestConsole, assert_problem,
    database::{Raw, on_both},
    fresh, order,
    process::Workplace,
    raw::exchange,
    request,
};

/// Everything that writes, on a deploy of production.
async fn writes(console: &TestConsole, id: DeployId) -> [Answer; 3] {
    let cancel = request("POST", &format!("/api/internal/deploys/{id}/cancel"));
    let order = order("staging");
    let (dispatch, callback, cancel) = tokio::join!(
        console.dispatch("a-key", &order),
        console.report(id, "smoke_gate_started"),
        console.send(cancel.body(Body::empty()).unwrap()),
    );
    [dispatch, callback, cancel]
}

/// Every write is refused, whole; every read goes on.
async fn assert_only_read(console: &TestConsole, id: DeployId) {
    let before = (console.deploy(id).await, console.database.count("audit_log").await);
    for answer in writes(console, id).await {
        assert_problem(&answer, ErrorCode::DatabaseUnavailable);
        assert_eq!(answer.header("retry-after"), Some("2"), "{answer:?}");
    }
    assert_eq!((console.deploy(id).await, console.database.count("audit_log").await), before);
    assert_eq!(console.database.count("console_deploys").await, 1, "no half of a dispatch");
    for path in ["/", "/deploys", &format!("/deploys/{id}"), "/api/internal/deploys", "/api/internal/audit"] {
        assert_eq!(console.get(path).await.status, 200, "{path}");
    }
    assert_eq!(
        (console.github.dispatches(), console.github.cancels()),
        (1, 0),
        "GitHub was asked for nothing"
    );
}

/// What was refused is taken now, under the same key.
async fn assert_recovered(console: &TestConsole, id: DeployId) {
    let [dispatch, callback, cancel] = writes(console, id).await;
    assert_eq!((dispatch.status, callback.status, cancel.status), (201, 200, 202), "{dispatch:?}");
    assert_eq!(console.github.dispatches(), 2);
}

/// Where Postgres says that its disk is full, writes are 503.
/// Postgres says so itself, here by a trigger in its stead.
#[tokio::test]
async fn f37_postgres_disk_full_is_503() {
    let console = TestConsole::over(DatabaseSystem::Postgres).await;
    let id = console.dispatched("production").await;
    let full = "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$;
                CREATE TRIGGER full_disk BEFORE INSERT ON audit_log FOR EACH ROW EXECUTE FUNCTION full_disk()";
    console.database.raw().await.run(full).await.unwrap();
    assert_only_read(&console, id).await;
    console.database.raw().await.run("DROP TRIGGER full_disk ON audit_log").await.unwrap();
    assert_recovered(&console, id).await;
}

/// A lock that is held too long is 503, and then over.
/// Takes the 5 s that a writer waits.
async fn f36_long_lock_is_503_then_recovers(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let id = console.dispatched("production").await;
    let mut holder = console.database.raw().await;
    holder.run("BEGIN").await.unwrap();
    holder
        .run(match system {
            DatabaseSystem::Sqlite => "UPDATE console_deploys SET version = version",
            DatabaseSystem::Postgres => {
                "LOCK TABLE console_deploys, audit_log, idempotency_keys, callback_deliveries IN EXCLUSIVE MODE"
            }
        })
        .await
        .unwrap();
    assert_only_read(&console, id).await;
    holder.run("ROLLBACK").await.unwrap();
    assert_recovered(&console, id).await;
}

async fn f38_read_only_database_serves_reads(system: DatabaseSystem) {
    let mut console = TestConsole::over(system).await;
    let id = console.dispatched("production").await;
    let writable = console.database.url().clone();
    let url = writable.as_str();
    let read_only: DatabaseUrl = match system {
        DatabaseSystem::Sqlite => format!("{url}?mode=ro"),
        DatabaseSystem::Postgres => format!("{url}?options=-c%20default_transaction_read_only%3Don"),
    }
    .parse()
    .unwrap();
    console.database.store = store::open(&read_only, FailPoint::default()).await.unwrap();
    console.restart(FailPoint::default());
    assert_only_read(&console, id).await;
    console.database.store = store::open(&writable, FailPoint::default()).await.unwrap();
    console.restart(FailPoint::default());
    assert_recovered(&console, id).await;
}

on_both!(f36_long_lock_is_503_then_recovers, f38_read_only_database_serves_reads);

/// On a full disk writes are 503, reads go on, and space heals it.
/// On a real process, which may write no more bytes to any file; the limit is lifted while it runs.
#[tokio::test]
async fn f37_full_disk_is_503_and_heals() {
    let workplace = Workplace::new();
    workplace.write("console.toml", CONSOLE_TOML);
    let database = DatabaseUrl::sqlite(&workplace.path().join("test.db"));
    let variables = [
        ("DATABASE_URL", database.as_str()),
        ("GITHUB_API_URL", "http://127.0.0.1:9"),
        ("GITHUB_TOKEN", "none"),
        ("DEPLOY_CALLBACK_HMAC_SECRET", "secret"),
    ];
    // The signal that comes with the limit would end the process; a full disk sends none.
    let serving = workplace.serve_ignoring("XFSZ", &["serve"], &variables).await;
    let dispatch = async |environment: &str| {
        let headers = [("content-type", "application/json"), ("idempotency-key", &*fresh())];
        let body = order(environment).to_string();
        exchange(serving.address, "POST", "/api/internal/deploys", &headers, &body).await.status()
    };
    let limit = async |bytes: &str| {
        let (process, limit) = (format!("--pid={}", serving.id()), format!("--fsize={bytes}"));
        assert!(Command::new("prlimit").args([process, limit]).status().await.unwrap().success());
    };
    assert_eq!(dispatch("production").await, Some(201));
    limit("1:unlimited").await;
    assert_eq!(dispatch("staging").await, Some(503));
    for path in ["/", "/api/internal/deploys"] {
        assert_eq!(exchange(serving.address, "GET", path, &[], "").await.status(), Some(200), "{path}");
    }
    let count = "SELECT CAST(count(*) AS TEXT) FROM console_deploys";
    assert_eq!(Raw::open(&database).await.read(count).await, ["1"]);
    limit("unlimited:unlimited").await;
    assert_eq!(dispatch("staging").await, Some(201));
    assert_eq!(Raw::open(&database).await.read(count).await, ["2"]);
    serving.stop("TERM").await;
}
