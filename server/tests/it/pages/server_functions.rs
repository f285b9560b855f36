//! What server functions answer when something is wrong: the status of the problem, and not 500.

use app::api::{ErrorCode, UiError};
use serde_json::json;

use crate::support::{Answer, TestConsole, fresh, nobody, order, request};

async fn post(console: &TestConsole, function: &str, body: &str) -> Answer {
    let posted = request("POST", &format!("/api/ui/{function}")).header("content-type", "application/json");
    console.send(posted.body(body.to_owned().into()).unwrap()).await
}

#[track_caller]
fn assert_problem(answer: &Answer, code: ErrorCode) {
    let Ok(UiError::Problem(problem)) = serde_json::from_value(answer.json.clone()) else {
        panic!("{answer:?}");
    };
    assert_eq!((problem.code, answer.status), (code, code.http_status()), "{answer:?}");
}

/// The mistakes of a client are its own.
#[tokio::test]
async fn client_errors_are_4xx() {
    let console = TestConsole::new().await;
    let get = async |path: &str| console.get(&format!("/api/ui/{path}")).await;
    assert_problem(&get(&format!("deploy?id={}", nobody())).await, ErrorCode::UnknownDeploy);
    for path in ["deploy", "deploy?id=1", "deploy_plan?app=shop"] {
        assert_problem(&get(path).await, ErrorCode::MalformedBody);
    }
    assert_problem(&get("deploy_plan?app=shop&environment=moon").await, ErrorCode::UnknownEnvironment);
    for body in ["", "{", "[]", r#"{"key":"k"}"#] {
        assert_problem(&post(&console, "dispatch", body).await, ErrorCode::MalformedBody);
    }
    assert_eq!(get("nothing").await.status, 404);
}

#[tokio::test]
async fn freeze_refusal_is_a_conflict() {
    let console = TestConsole::new().await;
    console.freeze().await;
    let press = json!({ "key": fresh(), "request": order("production") }).to_string();
    assert_problem(&post(&console, "dispatch", &press).await, ErrorCode::Frozen);
}

/// A lost database is not reported as an error of the console.
#[tokio::test]
async fn lost_database_is_reported_as_unavailable() {
    let console = TestConsole::new().await;
    console.database.store.close().await;
    assert_problem(&console.get("/api/ui/board").await, ErrorCode::DatabaseUnavailable);
}
