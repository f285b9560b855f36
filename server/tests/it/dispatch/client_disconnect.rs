//! A client may disconnect at any moment, and the future of its request is dropped at that point. Each request
//! here is dropped after its first poll, its second, and so on until one completes: every time all of it happened
//! or nothing, and the next client is served.

use std::{
    collections::HashSet,
    future::poll_fn,
    pin::pin,
    task::Poll::{Pending, Ready},
};

use app::{
    api::ErrorCode,
    domain::{DeployId, Status},
};
use jiff::SignedDuration;
use serde_json::Value;
use server::audit;
use store::{DatabaseSystem, DeployFilter};

use crate::support::{
    TestConsole, assert_problem, claim, database::on_both, fresh, id_of, invariants::assert_path, order,
};

/// So often something is dropped: more often than there are connections, and in the middle of everything, as
/// what is ready by the time of a poll differs from time to time.
const DROPS: usize = 50;
/// Against a request that never waits, and so is never dropped.
const ROUNDS: usize = 2_000;

/// Does it with one poll, with two, and so on until it says that it came to its end; and all of that again.
async fn at_every_moment(mut once: impl AsyncFnMut(usize) -> bool) {
    let mut dropped = 0;
    for _ in 0..ROUNDS {
        let mut polls = 1;
        while !once(polls).await {
            polls += 1;
        }
        dropped += polls - 1;
        if dropped >= DROPS {
            return;
        }
    }
    panic!("it waits for nothing: {dropped} were dropped");
}

/// Drops it when it was polled so often and has not ended.
async fn dropped_after<F: Future>(polls: usize, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut polled = 0;
    poll_fn(|context| {
        polled += 1;
        match future.as_mut().poll(context) {
            Ready(output) => Ready(Some(output)),
            Pending if polled == polls => Ready(None),
            Pending => Pending,
        }
    })
    .await
}

/// Everything that can be seen at this moment is consistent.
async fn assert_agrees(console: &TestConsole) {
    let newest = DeployFilter { limit: 9, ..DeployFilter::default() };
    for row in console.database.store.deploys(&newest).await.unwrap() {
        assert_eq!(row.history.last().map(|entry| &entry.status), Some(&row.status), "{row:#?}");
    }
}

/// This deploy, from its first entry to its last.
async fn assert_whole(console: &TestConsole, id: DeployId, status: Status) {
    let row = console.database.store.deploy(id).await.unwrap().unwrap();
    assert_path(&row, &console.journal(id).await);
    assert_eq!(row.status.known(), Some(status));
}

/// A callback that is dropped is decided, or was never there.
async fn f42_dropped_callback_is_decided_or_absent(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    at_every_moment(async |polls| {
        let id = console.dispatched("production").await;
        let (delivery, body) = (fresh(), claim(id, "smoke_gate_started").to_string());
        let dropped = dropped_after(polls, console.callback(id, &delivery, &body)).await;
        assert_agrees(&console).await;

        let again = console.callback(id, &delivery, &body).await;
        let outcome = again.json["outcome"].as_str();
        assert!(again.status == 200 && matches!(outcome, Some("applied" | "replayed")), "{polls}: {again:?}");
        if let Some(answer) = &dropped {
            assert_eq!((answer.status, outcome), (200, Some("replayed")), "{answer:?}");
        }
        assert_whole(&console, id, Status::SmokeGateStarted).await;
        assert_eq!(console.journal(id).await.len(), 3, "after {polls} polls");
        console.walk(id, &["failed"]).await;
        dropped.is_some()
    })
    .await;
    audit::verify(&*console.database.store, None).await.unwrap();
}

/// A dispatch that is dropped is recorded, or was never there.
async fn f42_dropped_dispatch_is_recorded_or_absent(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let mut deploys = HashSet::new();
    at_every_moment(async |polls| {
        let (key, order) = (fresh(), order("production"));
        let dropped = dropped_after(polls, console.dispatch(&key, &order)).await;
        assert_agrees(&console).await;

        let again = recorded(&console, &key, &order).await;
        // From `requested` too: if GitHub was asked, its run can be quicker than the record of its answer.
        console.walk(again, &["smoke_gate_started", "failed"]).await;
        assert_whole(&console, again, Status::Failed).await;
        deploys.insert(again.to_string());
        if let Some(answer) = &dropped {
            assert_eq!((answer.status, id_of(answer)), (201, again), "{answer:?}");
        }
        dropped.is_some()
    })
    .await;
    for table in ["console_deploys", "idempotency_keys"] {
        assert_eq!(console.database.count(table).await as usize, deploys.len(), "one each: {table}");
    }
    // A dispatch that is still under way is completed, though no client waits for it.
    console.console.drain().await;
    let asked = console.github.asked_for();
    let once: HashSet<_> = asked.iter().cloned().collect();
    assert_eq!(once.len(), asked.len(), "{asked:?}");
    assert_eq!(once, deploys, "GitHub is asked for whatever is recorded, once");
    audit::verify(&*console.database.store, None).await.unwrap();
}

/// The deploy of this key: recorded before, or now.
async fn recorded(console: &TestConsole, key: &str, order: &Value) -> DeployId {
    let mut answer = console.dispatch(key, order).await;
    if answer.status == 409 {
        // In time, a client is no longer told to wait for the answer to the first request.
        assert_problem(&answer, ErrorCode::IdempotencyKeyInFlight);
        console.clock.advance(SignedDuration::from_secs(30));
        answer = console.dispatch(key, order).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    assert!(matches!(answer.status, 200 | 201), "{answer:?}");
    id_of(&answer)
}

/// A poll that is dropped leaves its connection to the next.
async fn f42_dropped_poll_frees_its_connection(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let id = console.dispatched("production").await;
    let path = format!("/api/internal/deploys/{id}");
    at_every_moment(async |polls| {
        // What was read before this is read again.
        console.database.store.probe().await.unwrap();
        let answer = dropped_after(polls, console.get(&path)).await;
        assert!(answer.as_ref().is_none_or(|answer| answer.status == 200), "{answer:?}");
        answer.is_some()
    })
    .await;
    console.walk(id, &["smoke_gate_started"]).await;
}

on_both!(
    f42_dropped_callback_is_decided_or_absent,
    f42_dropped_dispatch_is_recorded_or_absent,
    f42_dropped_poll_frees_its_connection,
);
