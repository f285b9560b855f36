//! Concurrent dispatches, and clients that disconnect: GitHub is asked exactly once each time.

use std::sync::Arc;

use app::api::ErrorCode;
use axum::body::Body;
use futures::future::join_all;
use serde_json::{Value, json};
use store::DatabaseSystem;

use crate::support::{
    Answer, Flags, TestConsole, assert_problem,
    database::on_both,
    fresh, id_of, order, request, shape,
    stub::{Stub, accepted},
};

const RACERS: usize = 24;

/// The same order from many sides at once, with these keys.
async fn race(console: &Arc<TestConsole>, keys: Vec<String>) -> Vec<Answer> {
    let racers = keys.into_iter().map(|key| {
        let console = Arc::clone(console);
        tokio::spawn(async move { console.dispatch(&key, &order("production")).await })
    });
    join_all(racers).await.into_iter().map(Result::unwrap).collect()
}

/// One key many times at once is one deploy and one POST.
async fn f47_concurrent_same_key_is_one_post(system: DatabaseSystem) {
    let console = Arc::new(TestConsole::over(system).await);
    let answers = race(&console, vec!["key".to_owned(); RACERS]).await;
    let winners: Vec<_> = answers.iter().filter(|answer| answer.status == 201).collect();
    assert_eq!(winners.len(), 1, "{answers:?}");
    for answer in &answers {
        match answer.status {
            200 | 201 => assert_eq!(id_of(answer), id_of(winners[0])),
            _ => drop(assert_problem(answer, ErrorCode::IdempotencyKeyInFlight)),
        }
    }
    assert_eq!((console.github.dispatches(), console.database.count("console_deploys").await), (1, 1));
}

/// Many keys at once are one deploy, of which the others are told.
async fn f49_concurrent_keys_make_one_deploy(system: DatabaseSystem) {
    let console = Arc::new(TestConsole::over(system).await);
    let keys = (0..RACERS).map(|_| fresh()).collect();
    let answers = race(&console, keys).await;
    let winner = answers.iter().find(|answer| answer.status == 201).expect("one wins");
    let losers: Vec<_> = answers.iter().filter(|answer| answer.status != 201).collect();
    assert_eq!(losers.len(), RACERS - 1);
    for loser in losers {
        let problem = assert_problem(loser, ErrorCode::DeployUnderWay);
        assert_eq!(problem.active_deploy_id, Some(id_of(winner)));
    }
    assert_eq!((console.github.dispatches(), console.database.count("console_deploys").await), (1, 1));
}

/// While GitHub thinks: the key is in flight, the deploy is visible, and another request is told to wait.
#[tokio::test]
async fn f47_key_is_in_flight_while_github_thinks() {
    let github = Stub::closed([accepted(7)]).await;
    let console = Arc::new(TestConsole::facing(&github, Flags::default()).await);
    let first = spawn(&console, "key");
    github.arrived().await;

    let again = console.dispatch("key", &order("production")).await;
    assert_problem(&again, ErrorCode::IdempotencyKeyInFlight);
    let seen = console.get("/api/internal/deploys").await.json["deploys"][0].clone();
    assert_eq!((&seen["status"], shape::path(&seen)), (&json!("requested"), vec!["requested"]));
    let other = console.dispatch("other", &order("production")).await;
    assert_eq!(
        assert_problem(&other, ErrorCode::DeployUnderWay).active_deploy_id,
        seen["id"].as_str().map(|id| id.parse().unwrap())
    );

    github.let_one_through();
    let first = first.await.unwrap();
    assert_eq!((first.status, &first.json["id"]), (201, &seen["id"]));
    assert_eq!(console.dispatch("key", &order("production")).await.status, 200);
    assert_eq!(github.posted().len(), 1);
}

/// A client that goes away loses the answer and nothing else.
#[tokio::test]
async fn f42_disconnect_loses_only_the_answer() {
    let github = Stub::closed([accepted(7)]).await;
    let console = Arc::new(TestConsole::facing(&github, Flags::default()).await);
    let first = spawn(&console, "key");
    github.arrived().await;
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    github.let_one_through();
    console.console.drain().await;

    let again = console.dispatch("key", &order("production")).await;
    assert_eq!(
        (again.status, &again.json["status"], &again.json["github_run_id"]),
        (200, &json!("dispatched"), &json!(7))
    );
    assert_eq!(github.posted().len(), 1);
}

/// A workflow that is quicker than GitHub's own answer.
#[tokio::test]
async fn f22_early_callback_survives_githubs_answer() {
    let github = Stub::closed([accepted(7)]).await;
    let console = Arc::new(TestConsole::facing(&github, Flags::default()).await);
    let first = spawn(&console, "key");
    github.arrived().await;
    let id = github.posted()[0].body["inputs"]["console_deploy_id"].as_str().unwrap().parse().unwrap();
    console.walk(id, &["smoke_gate_started"]).await;
    github.let_one_through();
    let answer = first.await.unwrap();
    assert_eq!(answer.status, 201);
    let deploy = console.deploy(id).await;
    assert_eq!(shape::path(&deploy), ["requested", "dispatched", "smoke_gate_started"]);
    assert_eq!(deploy["history"][1]["source"], "callback");
    assert_eq!(answer.json, deploy);
}

/// GitHub said no, yet a run of it has reported: the workflow is believed.
#[tokio::test]
async fn f22_early_callback_survives_githubs_refusal() {
    let github = Stub::closed([crate::support::stub::reply(422, "{}")]).await;
    let console = Arc::new(TestConsole::facing(&github, Flags::default()).await);
    let first = spawn(&console, "key");
    github.arrived().await;
    let id = github.posted()[0].body["inputs"]["console_deploy_id"].as_str().unwrap().parse().unwrap();
    console.walk(id, &["building"]).await;
    github.let_one_through();
    assert_eq!(first.await.unwrap().json["status"], "building");
}

fn spawn(console: &Arc<TestConsole>, key: &'static str) -> tokio::task::JoinHandle<Answer> {
    let console = Arc::clone(console);
    tokio::spawn(async move { console.dispatch(key, &order("production")).await })
}

/// Twice the same press of a button that the page could not confirm.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f61_double_press_is_one_deploy() {
    let console = Arc::new(TestConsole::new().await);
    let body = json!({ "key": "press", "request": order("production"), "scenario": Value::Null }).to_string();
    let presses = (0..8).map(|_| {
        let (console, body) = (Arc::clone(&console), body.clone());
        tokio::spawn(async move {
            let request = request("POST", "/api/ui/dispatch").header("content-type", "application/json");
            console.send(request.body(Body::from(body)).unwrap()).await
        })
    });
    let answers: Vec<_> = join_all(presses).await.into_iter().map(Result::unwrap).collect();
    assert!(answers.iter().any(|answer| answer.status == 200), "{answers:?}");
    assert_eq!(console.github.dispatches(), 1);
}

on_both!(f47_concurrent_same_key_is_one_post, f49_concurrent_keys_make_one_deploy);
