//! What is kept for a while only, and what is never deleted.

use jiff::SignedDuration;
use store::DatabaseSystem;

use crate::support::{TestConsole, claim, database::on_both, fresh, order};

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// What cannot be repeated any more is taken away.
async fn expired_answers_are_deleted(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let old = console.dispatched("production").await;
    console.walk(old, &["building", "deploying", "succeeded"]).await;
    console.clock.advance(DAY * 20);
    let key = fresh();
    let pressed = console.dispatch(&key, &order("staging")).await;
    let young = crate::support::id_of(&pressed);
    let body = claim(young, "building").to_string();
    assert_eq!(console.callback(young, "young", &body).await.json["outcome"], "applied");
    let counts = async || {
        let mut counts = Vec::new();
        for table in ["callback_deliveries", "idempotency_keys", "console_deploys", "audit_log"] {
            counts.push(console.database.count(table).await);
        }
        counts
    };
    let before = counts().await;
    console.console.prune().await.unwrap();
    assert_eq!(counts().await, before, "nothing is thirty days old");

    console.clock.advance(DAY * 11);
    console.console.prune().await.unwrap();
    assert_eq!(counts().await, [1, 1, before[2], before[3]], "the journal and the rows stay");
    let again = console.dispatch(&key, &order("staging")).await;
    assert_eq!((again.status, again.header("idempotency-replayed")), (200, Some("true")));
}

/// More than one transaction takes.
async fn deletion_covers_any_amount(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let id = console.dispatched("production").await;
    let mut raw = console.database.raw().await;
    for number in 0..1_100 {
        raw.run(&format!(
            "INSERT INTO callback_deliveries (delivery_id, deploy_id, body_hash, answer, received_at)
             VALUES ('{number}', '{id}', 'hash', '{{}}', '2026-01-01T00:00:00.000Z')"
        ))
        .await
        .unwrap();
    }
    console.console.prune().await.unwrap();
    assert_eq!(console.database.count("callback_deliveries").await, 0);
}

/// What was given up counts as sent; what is still to be sent is kept, however old it is.
async fn sent_messages_are_deleted(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let id = console.dispatched("production").await;
    let unclear = if system == DatabaseSystem::Sqlite { "0" } else { "false" };
    let old = "'2026-01-01T00:00:00.000Z'";
    for (name, outcome, sent_at, gave_up_at) in [
        ("sent", "succeeded", old, "NULL"),
        ("given up", "failed", "NULL", old),
        ("unsent", "timed_out", "NULL", "NULL"),
    ] {
        let row = format!(
            "INSERT INTO outbox (id, deploy_id, channel, outcome, created_at, due_at, attempts, unclear, sent_at, gave_up_at)
             VALUES ('{name}', '{id}', 'slack', '{outcome}', {old}, {old}, 1, {unclear}, {sent_at}, {gave_up_at})"
        );
        console.database.raw().await.run(&row).await.unwrap();
    }
    console.console.prune().await.unwrap();
    assert_eq!(console.database.raw().await.read("SELECT id FROM outbox").await, ["unsent"]);
}

on_both!(expired_answers_are_deleted, deletion_covers_any_amount, sent_messages_are_deleted);
