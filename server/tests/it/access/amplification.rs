//! What people press and other sites open asks GitHub for little, and for the same thing once.

use app::domain::Caller;
use std::{collections::HashSet, sync::Arc, time::Duration};

use app::{api::DeploysApi, domain::DeployId};
use futures::future::join_all;

use crate::support::{Answer, TestConsole, claim, fresh, request};

const COMMIT: &str = "5bd1e3a6c0f94c2bb5b8a1de74fb5c3ae1d20f67";

async fn open(console: &TestConsole, path: &str, from: &str) -> Answer {
    let opened = request("GET", path).header("sec-fetch-site", from).header("sec-fetch-mode", "navigate");
    console.send(opened.body(axum::body::Body::empty()).unwrap()).await
}

/// Pages that are opened from another site ask GitHub for nothing.
#[tokio::test]
async fn f82_cross_site_pages_ask_github_nothing() {
    let console = TestConsole::new().await;
    let live = console.succeeded("production", COMMIT).await;
    let reads = console.github.reads();
    for path in ["/deploy/shop/production".to_owned(), format!("/deploys/{live}")] {
        for from in ["cross-site", "same-site"] {
            let page = open(&console, &path, from).await;
            assert!(page.status == 200 && page.text.contains("GitHub was not asked"), "{path} {from}");
        }
    }
    assert_eq!(console.github.reads(), reads);
    open(&console, "/deploy/shop/production", "none").await;
    assert!(console.github.reads() > reads);
}

#[tokio::test]
async fn f82_comparison_is_requested_once() {
    let console = TestConsole::new().await;
    let (_, commit) = console.github.push("acme/shop", "deploy.yml", "production");
    console.succeeded("production", &commit).await;
    let reads = console.github.reads();
    let pages = (0..40).map(|_| console.get("/deploy/shop/production"));
    assert!(join_all(pages).await.iter().all(|page| page.status == 200));
    console.get("/deploy/shop/production").await;
    assert!(console.github.reads() - reads <= 2, "{}", console.github.reads() - reads);
    console.get("/deploy/shop/production?ref=v2").await;
    assert!(console.github.reads() - reads <= 4, "another ref is another question");
}

/// Waits until it is so.
async fn until(mut is_so: impl AsyncFnMut() -> bool) {
    let wait = async {
        while !is_so().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), wait).await.expect("it never was so");
}

#[tokio::test]
async fn f82_many_refusals_cause_one_look() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    let (reconciler, wake) = console.reconciler();
    let passes = tokio::spawn(async move { reconciler.run(&wake).await });
    // The pass by the timer, and then what refusals ask for.
    until(async || console.github.reads() >= 3).await;
    let before = console.github.reads();
    for _ in 0..100 {
        let refused = console.callback(id, &fresh(), claim(id, "deploying").to_string()).await;
        assert_eq!(refused.status, 409);
    }
    until(async || console.github.reads() > before).await;
    // A run and its jobs are two questions; a hundred refusals take less than the time of three looks.
    let asked = console.github.reads() - before;
    assert!(asked <= 6, "{asked}");
    passes.abort();
}

#[tokio::test]
async fn f82_nudges_do_not_delay_the_timer() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    let (mut reconciler, wake) = console.reconciler();
    reconciler.period = Duration::from_millis(50);
    let nudges = wake.clone();
    let passes = tokio::spawn(async move { reconciler.run(&wake).await });
    let run = console.github.by_hand("acme/shop", "deploy.yml", "staging", "v2");
    console.github.succeed(run);
    until(async || {
        nudges.notify(id);
        console.database.count("console_deploys").await == 2
    })
    .await;
    passes.abort();
}

#[tokio::test]
async fn nudge_concerns_one_row() {
    let console = TestConsole::new().await;
    let (production, staging) = (console.dispatched("production").await, console.dispatched("staging").await);
    for id in [production, staging] {
        console.github.set_job(id, "smoke", "completed", Some("success"));
    }
    let (reconciler, _) = console.reconciler();
    let pass = reconciler.pass_over(HashSet::from([staging])).await.unwrap();
    assert_eq!(pass.changed, 1);
    assert_eq!(console.deploy(production).await["status"], "dispatched");
    assert_eq!(console.deploy(staging).await["status"], "smoke_gate_passed");
}

async fn wishes(console: &TestConsole, id: DeployId) -> usize {
    let journal = console.journal(id).await;
    journal.iter().filter(|entry| entry.action.starts_with("console.deploy.cancel")).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f82_cancel_is_recorded_once() {
    let console = Arc::new(TestConsole::new().await);
    let id = console.dispatched("production").await;
    let press = |console: Arc<TestConsole>| async move { console.console.cancel(&Caller::local(), id).await };
    let pressed = join_all((0..50).map(|_| tokio::spawn(press(Arc::clone(&console))))).await;
    assert!(pressed.into_iter().all(|pressed| pressed.unwrap().is_ok()));
    for _ in 0..50 {
        console.console.cancel(&Caller::local(), id).await.unwrap();
    }
    assert_eq!((wishes(&console, id).await, console.github.cancels()), (2, 1), "the wish, and its answer");
}

/// A cancellation that GitHub did not confirm is asked for again.
#[tokio::test]
async fn unconfirmed_cancel_is_requested_again() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    console.github.set_cancel_fault(Some(502));
    for _ in 0..3 {
        assert!(console.console.cancel(&Caller::local(), id).await.is_err());
    }
    assert_eq!(wishes(&console, id).await, 2, "asking again says nothing new");
    console.github.set_cancel_fault(None);
    assert!(console.console.cancel(&Caller::local(), id).await.is_ok());
    assert_eq!((wishes(&console, id).await, console.github.cancels()), (3, 1));
}
