//! GitHub is asked once for what was approved: whoever gives the last approval, and whatever comes in between.

use app::{
    api::{DeploysApi, ErrorCode},
    domain::DeployId,
};
use futures::future::join_all;
use github_fake::Fault;
use jiff::SignedDuration;
use runtime::fail_point::FailPoint;
use serde_json::json;
use store::{Actor, Approve, ApproveOutcome, DatabaseSystem, Lift};

use super::{approve, approver, assert_refused, done, end_of, needing, waiting};
use crate::support::{TestConsole, assert_problem, claim, database::on_both, fresh, id_of, order};

/// The last approval, and nothing after it: as a crash leaves it.
async fn approved_by_store(console: &TestConsole, id: DeployId) {
    let at = app_now(console);
    let approve = Approve { id, by: Actor::named("ada"), comment: None, at };
    assert_eq!(console.database.store.approve(&approve).await.unwrap(), ApproveOutcome::Complete);
}

fn app_now(console: &TestConsole) -> app::domain::Timestamp {
    runtime::clock::Clock::now(&*console.clock)
}

/// Several people at once on one console, while it looks for what is to be sent.
async fn f94_racing_last_approvals_post_once(system: DatabaseSystem) {
    let console = needing(system, "2").await;
    let id = waiting(&console).await;
    approve(&console, &approver("ada"), id).await.unwrap();
    let approvals = ["ben", "cleo", "dan"].map(|name| {
        let service = console.console.clone();
        tokio::spawn(async move { service.approve(&approver(name), id, None).await.is_ok() })
    });
    let looks = (0..4).map(|_| {
        let service = console.console.clone();
        tokio::spawn(async move { service.settle_approvals().await.unwrap() })
    });
    let (approved, looked) = tokio::join!(join_all(approvals), join_all(looks));
    assert!(looked.iter().all(Result::is_ok));
    assert_eq!(approved.into_iter().filter(|one| *one.as_ref().unwrap()).count(), 1);
    console.console.settle_approvals().await.unwrap();
    assert_eq!(
        (console.github.dispatches(), console.deploy(id).await["status"].as_str()),
        (1, Some("dispatched"))
    );
}

/// A crash after the last approval, and before it was taken to be sent.
async fn crash_before_sending_is_gone_on_with(system: DatabaseSystem) {
    let mut console = needing(system, "1").await;
    let id = waiting(&console).await;
    approved_by_store(&console, id).await;
    console.restart(FailPoint::default());
    assert_eq!(console.pass().await, 0);
    for _ in 0..3 {
        console.console.settle_approvals().await.unwrap();
    }
    assert_eq!(
        (console.github.dispatches(), console.deploy(id).await["status"].as_str()),
        (1, Some("dispatched"))
    );
    let said = done(&console, id).await.into_iter().map(|(what, _)| what).collect::<Vec<_>>();
    assert_eq!(said, ["requested", "approved", "dispatched"]);
}

/// A crash after it was taken: it may have been sent. It is never sent again, but looked for.
async fn crash_while_sending_is_looked_for(system: DatabaseSystem) {
    let mut console = needing(system, "1").await;
    let id = waiting(&console).await;
    // It waits for its approval for longer than GitHub's lists lag.
    console.clock.advance(SignedDuration::from_mins(30));
    approved_by_store(&console, id).await;
    assert!(console.database.store.claim_dispatch(id, app_now(&console)).await.unwrap());
    assert!(!console.database.store.claim_dispatch(id, app_now(&console)).await.unwrap());
    console.restart(FailPoint::default());
    console.console.settle_approvals().await.unwrap();
    assert_eq!((console.github.dispatches(), console.pass().await), (0, 0), "the run may still show");
    console.clock.advance(SignedDuration::from_mins(11));
    assert_eq!(console.pass().await, 1);
    let said = json!("GitHub never started a run for this request.");
    assert_eq!(end_of(&console, id).await, (json!("failed"), said));
    assert_eq!(console.github.dispatches(), 0);
}

/// GitHub's answer is lost: the run that it started is found, and it is not asked again.
async fn unclear_answer_after_approval_is_looked_for(system: DatabaseSystem) {
    let console = needing(system, "1").await;
    let id = waiting(&console).await;
    console.clock.advance(SignedDuration::from_mins(30));
    console.github.fail_next(Fault::AcceptedButAnswered(502, "<h1>Bad gateway</h1>".to_owned()));
    let deploy = approve(&console, &approver("ada"), id).await.unwrap();
    assert_eq!(deploy.status.to_string(), "requested");
    console.console.settle_approvals().await.unwrap();
    console.pass().await;
    assert_eq!(
        (console.github.dispatches(), console.deploy(id).await["status"].as_str()),
        (1, Some("dispatched"))
    );
}

/// What was approved long ago is not sent any more: that would surprise everybody.
async fn approval_of_long_ago_is_not_sent(system: DatabaseSystem) {
    let mut console = needing(system, "1").await;
    let id = waiting(&console).await;
    approved_by_store(&console, id).await;
    console.restart(FailPoint::default());
    console.clock.advance(SignedDuration::from_mins(11));
    console.console.settle_approvals().await.unwrap();
    assert_eq!((console.github.dispatches(), console.pass().await), (0, 1));
    assert_eq!(console.deploy(id).await["status"], "failed");
}

/// A freeze that began since the request is obeyed; without it, the same approval counts.
async fn f95_freeze_since_the_request_is_obeyed(system: DatabaseSystem) {
    let console = needing(system, "1").await;
    let id = waiting(&console).await;
    console.freeze().await;
    let refused = approve(&console, &approver("ada"), id).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Frozen);
    assert!(refused.obstacle.is_some());
    assert_eq!((console.github.dispatches(), done(&console, id).await.len()), (0, 1));
    let [freeze] = &console.database.store.freezes(0, &Default::default()).await.unwrap()[..] else {
        panic!()
    };
    let lift = Lift { id: freeze.id, by: Actor::named("else"), at: app_now(&console) };
    assert!(console.database.store.lift(&lift).await.unwrap());
    approve(&console, &approver("ada"), id).await.unwrap();
    assert_eq!(console.github.dispatches(), 1);
}

/// What was requested in spite of a freeze is approved in spite of it.
async fn overridden_freeze_stays_overridden(system: DatabaseSystem) {
    let console = needing(system, "1").await;
    console.freeze().await;
    assert_problem(&console.dispatch(&fresh(), &order("production")).await, ErrorCode::Frozen);
    let mut body = order("production");
    body["override_freeze"] = json!("The shop is down");
    let id = id_of(&console.dispatch(&fresh(), &body).await);
    approve(&console, &approver("ada"), id).await.unwrap();
    assert_eq!(console.github.dispatches(), 1);
}

/// A deploy to production that was approved, and succeeded.
async fn succeeded(console: &TestConsole, commit: &str) -> DeployId {
    let id = waiting(console).await;
    approve(console, &approver("ada"), id).await.unwrap();
    console.walk(id, &["building", "deploying"]).await;
    let mut end = claim(id, "succeeded");
    end["commit"] = json!(commit);
    assert_eq!(console.callback(id, &fresh(), end.to_string()).await.status, 200);
    console.clock.advance(SignedDuration::from_secs(1));
    id
}

/// A rollback passes where that is configured, and waits where it is not.
async fn rollback_passes_when_configured(system: DatabaseSystem) {
    let commit = "1".repeat(40);
    for (more, status) in [("1", 202), ("1, rollback_needs_approval = false", 201)] {
        let console = needing(system, more).await;
        let first = succeeded(&console, &commit).await;
        succeeded(&console, &"2".repeat(40)).await;
        let mut rollback = order("production");
        (rollback["git_ref"], rollback["pinned_to"]) = (json!(commit), json!(first));
        let answer = console.dispatch(&fresh(), &rollback).await;
        assert_eq!(answer.status, status, "{answer:?}");
        assert_eq!(answer.json["approval"].is_null(), status == 201);
        assert_refused(
            console.console.reject(&approver("ada"), first, None).await,
            ErrorCode::NotAwaitingApproval,
        );
    }
}

on_both!(
    f94_racing_last_approvals_post_once,
    crash_before_sending_is_gone_on_with,
    crash_while_sending_is_looked_for,
    unclear_answer_after_approval_is_looked_for,
    approval_of_long_ago_is_not_sent,
    f95_freeze_since_the_request_is_obeyed,
    overridden_freeze_stays_overridden,
    rollback_passes_when_configured,
);
