//! Health and readiness: a process that answers is alive; it is ready with a database of its own schema.

use app::api::ErrorCode;
use store::{self, DatabaseSystem};

use crate::support::{TestConsole, assert_problem, database::on_both};

#[tokio::test]
async fn console_with_database_is_ready() {
    let console = TestConsole::new().await;
    for path in ["/healthz", "/readyz"] {
        assert_eq!(console.get(path).await.status, 200, "{path}");
    }
}

/// Without its database, it is alive and not ready.
async fn console_without_database_is_not_ready(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    console.database.store.close().await;
    assert_eq!(console.get("/healthz").await.status, 200);
    let answer = console.get("/readyz").await;
    assert_problem(&answer, ErrorCode::DatabaseUnavailable);
    assert!(answer.header("retry-after").is_some());
}

/// With the schema of another build, it is not ready.
async fn f44_foreign_schema_is_not_ready(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    store::migrate(console.database.url(), Some(1)).await.unwrap();
    assert_problem(&console.get("/readyz").await, ErrorCode::Internal);
}

#[tokio::test]
async fn unknown_endpoint_answers_with_a_problem() {
    let console = TestConsole::new().await;
    for path in ["/api/internal/", "/api/internal/nothing", "/api/internal/deploys/a/b/c"] {
        assert_problem(&console.get(path).await, ErrorCode::NotFound);
    }
}

on_both!(console_without_database_is_not_ready, f44_foreign_schema_is_not_ready);
