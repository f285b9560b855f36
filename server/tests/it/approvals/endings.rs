//! How a deploy ends that is not approved: rejected, too late, or given up.

use app::api::{DeploysApi, ErrorCode};
use jiff::SignedDuration;
use serde_json::json;
use store::DatabaseSystem;

use super::{approve, approver, assert_refused, done, end_of, needing, waiting};
use crate::support::{assert_problem, database::on_both};

async fn rejection_ends_it(system: DatabaseSystem) {
    let console = needing(system, "2").await;
    for (comment, said) in [(None, "Rejected by ben."), (Some("Not today"), "Rejected by ben: Not today")] {
        let id = waiting(&console).await;
        approve(&console, &approver("ada"), id).await.unwrap();
        let comment = comment.map(str::to_owned);
        let ended = console.console.reject(&approver("ben"), id, comment.clone()).await.unwrap();
        assert!(ended.finished_at.is_some() && ended.awaited_approval().is_none());
        assert_eq!(end_of(&console, id).await, (json!("failed"), json!(said)));
        let again = console.console.reject(&approver("cleo"), id, comment).await;
        assert_refused(again, ErrorCode::NotAwaitingApproval);
        assert_refused(approve(&console, &approver("ada"), id).await, ErrorCode::NotAwaitingApproval);
        assert_eq!(done(&console, id).await.last().unwrap(), &("rejected".to_owned(), "oidc:ben".to_owned()));
    }
    let own = waiting(&console).await;
    let rejected = console.console.reject(&app::domain::Caller::local(), own, None).await;
    assert_refused(rejected, ErrorCode::OwnRequest);
    assert_eq!(console.github.dispatches(), 0);
    server::audit::verify(&*console.database.store, None).await.unwrap();
}

/// At its time, by whichever instance looks; and nothing before.
async fn unapproved_deploy_ends_in_time(system: DatabaseSystem) {
    let console = needing(system, "2").await;
    let id = waiting(&console).await;
    approve(&console, &approver("ada"), id).await.unwrap();
    console.clock.advance(SignedDuration::from_mins(59));
    console.console.settle_approvals().await.unwrap();
    assert_eq!(console.pass().await, 0, "it is not taken for one that GitHub never answered");
    assert_eq!(console.deploy(id).await["status"], "requested");

    console.clock.advance(SignedDuration::from_mins(1));
    for _ in 0..2 {
        console.console.settle_approvals().await.unwrap();
    }
    let said = json!("Only 1 of 2 approved it in time.");
    assert_eq!(end_of(&console, id).await, (json!("failed"), said));
    assert_eq!(done(&console, id).await.last().unwrap(), &("rejected".to_owned(), "console".to_owned()));
    assert_eq!((done(&console, id).await.len(), console.github.dispatches()), (3, 0));
    console.dispatched("staging").await;
    waiting(&console).await;
    server::audit::verify(&*console.database.store, None).await.unwrap();
}

/// Whoever comes too late is told so, and ends it.
async fn late_approval_ends_it(system: DatabaseSystem) {
    let console = needing(system, "1, approval_expires = \"5m\"").await;
    let id = waiting(&console).await;
    console.clock.advance(SignedDuration::from_mins(5));
    assert_refused(approve(&console, &approver("ada"), id).await, ErrorCode::NotAwaitingApproval);
    assert_eq!(end_of(&console, id).await, (json!("failed"), json!("Nobody approved it in time.")));
}

/// GitHub is asked nothing for it: not to look for a run, and not to cancel one.
async fn awaiting_deploy_can_be_given_up(system: DatabaseSystem) {
    let console = needing(system, "1").await;
    let id = waiting(&console).await;
    let cancelled = console.console.cancel(&app::domain::Caller::local(), id).await;
    assert_refused(cancelled, ErrorCode::RunUnknown);
    let ended =
        console.console.abandon(&app::domain::Caller::local(), id, "Not needed".to_owned()).await.unwrap();
    assert_eq!(ended.abandoned.unwrap().reason, "Not needed");
    assert_refused(approve(&console, &approver("ada"), id).await, ErrorCode::NotAwaitingApproval);
    console.console.settle_approvals().await.unwrap();
    assert_eq!((console.github.dispatches(), console.pass().await), (0, 0));
}

/// A callback that names it is of a run that somebody started by hand. It proves no approval, and moves nothing.
async fn callback_does_not_approve(system: DatabaseSystem) {
    let console = needing(system, "1").await;
    let id = waiting(&console).await;
    for status in ["building", "failed", "succeeded"] {
        assert_problem(&console.report(id, status).await, ErrorCode::TransitionRefused);
    }
    assert_eq!(console.deploy(id).await["status"], "requested");
    approve(&console, &approver("ada"), id).await.unwrap();
    console.walk(id, &["building"]).await;
}

on_both!(
    rejection_ends_it,
    unapproved_deploy_ends_in_time,
    late_approval_ends_it,
    awaiting_deploy_can_be_given_up,
    callback_does_not_approve,
);
