//! The binary as a process, with a Slack that takes what it is told.

use serde_json::json;

use super::{
    channel::{FakeChannel, Mood},
    until,
};
use crate::support::{
    CONSOLE_TOML, SECRET, TOKEN, fresh, order,
    process::Workplace,
    raw::exchange,
    stub::{Stub, reply},
};

const CANARY: &str = "address-canary";

/// A process tells each channel once, and no log where.
/// GitHub refuses the deploy, and both channels hear of it: in a log that holds neither address. Stopped while
/// Slack takes its time, it waits for the answer; started again, it has nothing more to say.
#[tokio::test]
async fn f58_process_notifies_once_without_logging_addresses() {
    let github = Stub::start([reply(401, ""), reply(401, "")]).await;
    let slack = FakeChannel::at(&format!("/services/{CANARY}")).await;
    let receiver = FakeChannel::at(&format!("/{CANARY}")).await;
    let workplace = Workplace::new();
    workplace.write("console.toml", CONSOLE_TOML);
    let variables = [
        ("DATABASE_URL", "sqlite://test.db"),
        ("GITHUB_API_URL", &*github.url()),
        ("GITHUB_TOKEN", TOKEN),
        ("DEPLOY_CALLBACK_HMAC_SECRET", SECRET),
        ("SLACK_WEBHOOK_URL", &*slack.url()),
        ("CONSOLE_WEBHOOK_URL", &*receiver.url()),
        ("CONSOLE_WEBHOOK_SECRET", "secret-canary"),
        ("CONSOLE_PUBLIC_URL", "https://deploys.example.com/"),
        ("RUST_LOG", "trace"),
    ];
    let serving = workplace.serve(&["serve"], &variables).await;
    slack.set(Mood::Waits);
    let headers = [("content-type", "application/json"), ("idempotency-key", &*fresh())];
    let order = order("production").to_string();
    let answer = exchange(serving.address, "POST", "/api/internal/deploys", &headers, &order).await;
    assert_eq!((answer.status(), &answer.json()["status"]), (Some(201), &json!("failed")), "{answer:?}");
    slack.was_asked(1).await;
    until("the webhook", || receiver.taken().len() == 1).await;

    serving.signal("TERM").await;
    slack.set(Mood::Takes);
    let ended = serving.end().await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stderr.contains("TRACE") && ended.stderr.contains("message taken"), "{}", ended.stderr);
    for canary in [CANARY, "secret-canary"] {
        assert_eq!(ended.stderr.lines().find(|line| line.contains(canary)), None);
    }
    let said = slack.taken()[0].text();
    let id = answer.json()["id"].as_str().unwrap().to_owned();
    assert!(said.contains(&format!("<https://deploys.example.com/deploys/{id}|Open the deploy>")), "{said}");
    assert!(said.contains("Failed — GitHub did not start a run"), "{said}");

    let again = workplace.serve(&["serve"], &variables).await;
    let board = exchange(again.address, "GET", "/api/ui/board", &[], "").await.json();
    assert!(board["apps"].is_array() && board.get("notifications").is_none(), "{board}");
    assert_eq!(again.stop("TERM").await.code, Some(0));
    assert_eq!((slack.asked(), receiver.asked()), (1, 1));
}

/// A rehearsal that is told where to say so, says what it is.
#[tokio::test]
async fn rehearsal_messages_say_rehearsal() {
    let (slack, receiver) = (FakeChannel::new().await, FakeChannel::new().await);
    let workplace = Workplace::new();
    let variables = [
        ("SLACK_WEBHOOK_URL", &*slack.url()),
        ("CONSOLE_WEBHOOK_URL", &*receiver.url()),
        ("CONSOLE_WEBHOOK_SECRET", "secret"),
    ];
    let serving = workplace.serve(&["rehearse", "--pace", "5ms"], &variables).await;
    let body = json!({
        "key": "key",
        "request": { "app": "storefront", "environment": "staging", "git_ref": "main" },
        "scenario": "build_fails",
    });
    let headers = [("content-type", "application/json")];
    exchange(serving.address, "POST", "/api/ui/dispatch", &headers, &body.to_string()).await;
    until("both", || slack.taken().len() + receiver.taken().len() == 2).await;
    let text = slack.taken()[0].json()["text"].clone();
    assert_eq!(text, "Rehearsal: :x: Failed in the deploy step — storefront · staging · main");
    let event = receiver.taken()[0].json();
    assert_eq!((&event["type"], &event["rehearsal"]), (&json!("deploy.failed"), &json!(true)));
    assert_eq!(serving.stop("TERM").await.code, Some(0));
}
