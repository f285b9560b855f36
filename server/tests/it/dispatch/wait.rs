//! A dispatch without the flag `CONSOLE_DEPLOY_ASYNC`: it waits for its run to be listed, up to a limit.

use std::time::Duration;

use app::domain::DeployId;
use github_fake::{Fault, Outage};
use serde_json::{Value, json};
use server::service::RUN_WAIT;

use crate::support::{Flags, Given, TestConsole, fresh, order};

/// Longer than any of these tests takes.
const LONG: Duration = Duration::from_secs(60);

async fn console(run_wait: Duration, deploy_async: bool) -> TestConsole {
    let flags = Flags { deploy_async, ..Flags::default() };
    let console = TestConsole::given(Given { flags, run_wait: Some(run_wait), ..Given::default() }).await;
    console.github.fail_next(Fault::AcceptedButAnswered(204, String::new()));
    console
}

#[tokio::test]
async fn finds_a_run_github_did_not_name() {
    let console = console(LONG, false).await;
    let answer = console.dispatch(&fresh(), &order("production")).await;
    assert_eq!((answer.status, answer.json["github_run_id"].is_i64()), (201, true), "{answer:?}");
    assert_eq!(console.github.reads(), 1);
}

#[tokio::test]
async fn waits_until_the_run_is_listed() {
    let console = console(LONG, false).await;
    console.github.set_outage(Some(Outage::Answering(500)));
    let recovery = async {
        while console.github.reads() == 0 {
            tokio::task::yield_now().await;
        }
        console.github.set_outage(None);
    };
    let order = order("production");
    let (answer, ()) = tokio::join!(console.dispatch("key", &order), recovery);
    assert_eq!((answer.status, answer.json["github_run_id"].is_i64()), (201, true), "{answer:?}");
}

#[tokio::test]
async fn after_timeout_answers_with_stored_state() {
    let console = console(Duration::from_millis(200), false).await;
    console.github.set_outage(Some(Outage::Answering(500)));
    let answer = console.dispatch("key", &order("production")).await;
    assert_eq!((answer.status, &answer.json["github_run_id"]), (201, &Value::Null), "{answer:?}");
    assert_eq!(answer.json["status"], "dispatched");
}

#[tokio::test]
async fn does_not_wait_with_the_flag() {
    let console = console(LONG, true).await;
    let answer = console.dispatch("key", &order("production")).await;
    assert_eq!((answer.status, &answer.json["github_run_id"]), (202, &Value::Null), "{answer:?}");
    assert_eq!(console.github.reads(), 0);
}

#[tokio::test]
async fn retry_while_waiting_is_answered_immediately() {
    let console = console(LONG, false).await;
    console.github.set_outage(Some(Outage::Answering(500)));
    let order = order("production");
    let retry = async {
        while console.github.reads() == 0 {
            tokio::task::yield_now().await;
        }
        let answer = console.dispatch("key", &order).await;
        console.github.set_outage(None);
        answer
    };
    let (first, again) = tokio::join!(console.dispatch("key", &order), retry);
    assert_eq!((first.status, again.status), (201, 200));
    assert_eq!((&again.json["id"], console.github.dispatches()), (&first.json["id"], 1));
}

#[tokio::test]
async fn unclear_or_refused_dispatch_is_not_awaited() {
    let console = TestConsole::given(Given { run_wait: Some(LONG), ..Given::default() }).await;
    let id: DeployId = console.requested("production").await;
    assert_eq!((console.deploy(id).await["status"].clone(), console.github.reads()), (json!("requested"), 0));
    console.github.fail_next(Fault::Refused(422, String::new()));
    let refused = console.dispatch(&fresh(), &order("staging")).await;
    assert_eq!((refused.status, &refused.json["status"]), (201, &json!("failed")));
}

/// GitHub is given 10 s for the dispatch; the rest is for the database.
#[test]
fn total_stays_below_25_seconds() {
    assert!(RUN_WAIT + Duration::from_secs(10) < Duration::from_secs(25));
}
