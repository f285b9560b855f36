//! The order of the answers to a callback. Every combination of eight faults, one or all at once, gets the
//! answer of the earliest: a later check never speaks before an earlier one.

use app::{api::ErrorCode, domain::DeployId};
use axum::{body::Body, http::Request};
use serde_json::json;

use crate::support::{Answer, TestConsole, assert_problem, claim, fresh, nobody, request};

/// The faults, in the order of the answers that the contract lists.
const FAULTS: [(&str, ErrorCode); 8] = [
    ("the path is no id", ErrorCode::UnknownDeploy),
    ("declared too large", ErrorCode::BodyTooLarge),
    ("forged", ErrorCode::InvalidSignature),
    ("not called JSON", ErrorCode::UnsupportedMediaType),
    ("not of the shape", ErrorCode::MalformedBody),
    ("not a callback status", ErrorCode::NotACallbackStatus),
    ("for a deploy that is not there", ErrorCode::UnknownDeploy),
    ("not an edge", ErrorCode::TransitionRefused),
];

/// A callback with the faults whose bits are set.
fn faulty(console: &TestConsole, id: DeployId, faults: u32) -> Request<Body> {
    let has = |fault: usize| faults & (1 << fault) != 0;
    let id = if has(6) { nobody() } else { id };
    let status = match (has(5), has(7)) {
        (true, _) => "rolling_back",
        (false, true) => "succeeded",
        (false, false) => "building",
    };
    let body = if has(4) { "{".to_owned() } else { claim(id, status).to_string() };
    let signed = if has(2) { "something else" } else { &body };
    let mut request = console.signed(id, &fresh(), signed.as_bytes()).body(Body::from(body)).unwrap();
    if has(0) {
        *request.uri_mut() = "/api/internal/deploys/42/callback".parse().unwrap();
    }
    if has(1) {
        request.headers_mut().insert("content-length", "65537".parse().unwrap());
    }
    if has(3) {
        request.headers_mut().insert("content-type", "text/plain".parse().unwrap());
    }
    request
}

#[tokio::test]
async fn earliest_of_several_faults_is_answered() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    let before = console.deploy(id).await;
    for faults in 1..1 << FAULTS.len() {
        let answer = console.send(faulty(&console, id, faults)).await;
        let (what, code) = FAULTS[faults.trailing_zeros() as usize];
        assert_eq!(answer.json["code"], json!(code), "{what}, of {faults:#010b}: {answer:?}");
        assert_problem(&answer, code);
    }
    assert_eq!(console.deploy(id).await, before);
    assert_eq!(console.send(faulty(&console, id, 0)).await.status, 200);
}

/// The database is asked for nothing that can be decided without it.
#[tokio::test]
async fn only_valid_callbacks_reach_the_database() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    console.database.store.close().await;
    for (fault, (what, code)) in FAULTS.iter().enumerate().take(5) {
        let answer = console.send(faulty(&console, id, 1 << fault)).await;
        assert_eq!(answer.json["code"], json!(code), "{what}: {answer:?}");
    }
    let answer = console.send(faulty(&console, id, 0)).await;
    assert_problem(&answer, ErrorCode::DatabaseUnavailable);
    assert!(answer.header("retry-after").is_some_and(|seconds| seconds.parse::<u32>().is_ok()), "{answer:?}");
}

#[tokio::test]
async fn invalid_path_id_names_no_deploy() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    console.database.store.close().await;
    let simple = id.to_string().replace('-', "");
    for path in
        ["1", "not-an-id", &simple, &format!("%7B{id}%7D"), &format!("{id}%00"), "%ff", "'%20OR%20'1'='1"]
    {
        let request = request("POST", &format!("/api/internal/deploys/{path}/callback"));
        let answer = Answer::of(&console.router, request.body(Body::empty()).unwrap()).await;
        assert_problem(&answer, ErrorCode::UnknownDeploy);
    }
}
