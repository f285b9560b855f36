//! Slack is told once that a deploy waits for an approval, and not when nobody waits any more; the webhook is not told.

use app::{
    api::DeploysApi,
    domain::{Caller, CallerKind, Grant, Role},
};
use jiff::SignedDuration;
use store::DatabaseSystem;

use super::{
    World,
    channel::{FakeChannel, Mood},
    to_slack, to_webhook, until,
};
use crate::support::{
    CONSOLE_TOML, Given, TestConsole,
    database::{on_both, usual},
    fresh, id_of, order,
};

async fn needing_one(system: DatabaseSystem) -> TestConsole {
    let apps = CONSOLE_TOML.replacen("freeze_check = true", "freeze_check = true, approvals = 1", 1);
    TestConsole::given(Given { database: system, apps: &apps, ..Given::default() }).await
}

fn ben() -> Caller {
    Caller {
        kind: CallerKind::Person,
        id: "oidc:ben".to_owned(),
        name: "ben".to_owned(),
        groups: Vec::new(),
        grants: vec![Grant::everywhere(Role::Approver)],
    }
}

/// With two instances that send, and the same request twice.
async fn f94_slack_is_asked_once_for_an_approval(system: DatabaseSystem) {
    let slack = FakeChannel::new().await;
    let world = World::with(needing_one(system).await, &to_slack(&slack), 2).await;
    let key = fresh();
    let id = id_of(&world.test.dispatch(&key, &order("production")).await);
    world.test.dispatch(&key, &order("production")).await;
    until("taken", || slack.taken().len() == 1).await;
    let message = slack.taken()[0].json();
    assert_eq!(
        message["text"],
        "shop to production: main waits for 1 approval, asked by local operator, until 2026-11-22 13:00 UTC"
    );
    assert_eq!(
        message["blocks"][0]["text"]["text"],
        ":raised_hand: *shop* to *production*: `main` waits for 1 approval, asked by local operator · until 2026-11-22 13:00 UTC"
    );
    let link = format!("<https://console.test/deploys/{id}|Approve or reject it>");
    assert_eq!(message["blocks"][1]["elements"][0]["text"], link);

    world.test.console.reject(&ben(), id, None).await.unwrap();
    until("the end is told", || slack.taken().len() == 2).await;
    let text = slack.taken()[1].json()["text"].clone();
    assert_eq!(text, ":x: Not approved — GitHub was not asked — shop · production · main");
    assert_eq!(world.test.database.count("outbox").await, 2, "what needs no approval asks nobody");
}

/// What was approved while Slack was away is not asked for any more.
#[tokio::test]
async fn outdated_question_is_not_sent() {
    let slack = FakeChannel::new().await;
    slack.refuse(503);
    let world = World::with(needing_one(usual()).await, &to_slack(&slack), 1).await;
    let id = id_of(&world.test.dispatch(&fresh(), &order("production")).await);
    slack.was_asked(1).await;
    world.test.console.approve(&ben(), id, None).await.unwrap();
    slack.set(Mood::Takes);
    world.test.walk(id, &["failed"]).await;
    world.after(SignedDuration::from_mins(10)).await;
    until("the end is told", || slack.taken().len() == 1).await;
    let said = slack.taken()[0].json()["text"].clone();
    assert!(said.as_str().is_some_and(|text| text.starts_with(":x: Failed")), "{said}");
    world.after(SignedDuration::from_mins(10)).await;
    let open = "SELECT id FROM outbox WHERE sent_at IS NULL";
    assert_eq!(world.test.database.raw().await.read(open).await, [""; 0]);
}

/// The webhook sends what it is documented to send.
#[tokio::test]
async fn webhook_is_not_asked_for_an_approval() {
    let receiver = FakeChannel::new().await;
    let world = World::with(needing_one(usual()).await, &to_webhook(&receiver, "a-secret"), 1).await;
    let id = id_of(&world.test.dispatch(&fresh(), &order("production")).await);
    assert_eq!(world.test.database.count("outbox").await, 0);
    world.test.console.approve(&ben(), id, None).await.unwrap();
    world.test.walk(id, &["failed"]).await;
    until("the end is told", || receiver.taken().len() == 1).await;
    assert_eq!(receiver.taken()[0].json()["type"], "deploy.failed");
}

on_both!(f94_slack_is_asked_once_for_an_approval);
