//! An environment that needs approvals has others approve the runs that were not requested here, too.

use app::{
    api::{DeploysApi, ErrorCode, ProtectionApi, ServiceError},
    domain::{Caller, CallerKind, Grant, ProtectionRequest, ProtectionRequestId, Role},
};
use github_fake::ProtectionState::*;
use jiff::SignedDuration;
use serde_json::json;
use store::DatabaseSystem;

use super::{Gated, PRODUCTION};
use crate::support::{database::on_both, fresh, id_of, order};

fn person(id: &str, name: &str, role: Role) -> Caller {
    let (id, name) = (id.to_owned(), name.to_owned());
    let grants = vec![Grant::everywhere(role)];
    Caller { kind: CallerKind::Person, id, name, groups: Vec::new(), grants }
}

fn approver(name: &str) -> Caller {
    person(&format!("oidc:{name}"), name, Role::Approver)
}

async fn question(gated: &Gated) -> ProtectionRequestId {
    gated.requests().await[0]["id"].as_str().unwrap().parse().unwrap()
}

async fn approve(gated: &Gated, caller: &Caller) -> Result<ProtectionRequest, ServiceError> {
    gated.console.console.approve_run(caller, question(gated).await, Some("Fine.".to_owned())).await
}

#[track_caller]
fn assert_refused(answer: Result<ProtectionRequest, ServiceError>, code: ErrorCode) {
    assert_eq!(answer.map(|request| request.state).map_err(|error| error.code), Err(code));
}

async fn f97_run_by_hand_waits_for_approvals(system: DatabaseSystem) {
    let gated = Gated::with(system, "approvals = 2").await;
    let run = gated.by_hand().await;
    gated.settle().await;
    assert_eq!((gated.told(run), gated.state().await.as_str()), (vec![], "awaits_approval"));
    approve(&gated, &approver("ada")).await.unwrap();
    approve(&gated, &approver("ada")).await.unwrap();
    assert_eq!(gated.told(run), [], "the same person counts once");
    approve(&gated, &approver("ben")).await.unwrap();
    let (state, comment) = gated.answered_once(run);
    assert_eq!((state, comment.contains("Approved by ada, ben.")), (Approved, true), "{comment}");
    let said: Vec<_> = gated.decided().await.into_iter().map(|(action, actor, _)| (action, actor)).collect();
    let entry = |action: &str, actor: &str| (format!("console.protection.{action}"), actor.to_owned());
    assert_eq!(
        said,
        [entry("approved", "oidc:ada"), entry("approved", "oidc:ben"), entry("decided", "console")]
    );
    assert_refused(approve(&gated, &approver("cleo")).await, ErrorCode::NotAwaitingApproval);
}

/// Who started it is known by GitHub's number, or by the name.
async fn f97_who_started_a_run_approves_it_not(system: DatabaseSystem) {
    let gated = Gated::with(system, "approvals = 1").await;
    let run = gated.by_hand().await;
    gated.settle().await;
    let requests = gated.console.database.store.open_protection_requests(1).await.unwrap();
    let number = requests[0].started_by.as_ref().unwrap().id.unwrap();
    for own in [
        person(&format!("github:{number}"), "renamed", Role::Admin),
        person("proxy:Octocat", "Octocat", Role::Admin),
    ] {
        assert_refused(approve(&gated, &own).await, ErrorCode::OwnRequest);
        let rejected = gated.console.console.reject_run(&own, question(&gated).await, None).await;
        assert_refused(rejected, ErrorCode::OwnRequest);
    }
    let viewer = person("oidc:eve", "eve", Role::Deployer);
    assert_refused(approve(&gated, &viewer).await, ErrorCode::NotAllowed);
    assert_eq!(gated.told(run), []);
}

async fn f97_rejected_by_a_person(system: DatabaseSystem) {
    let gated = Gated::with(system, "approvals = 1").await;
    let run = gated.by_hand().await;
    gated.settle().await;
    let comment = Some("Not on a Friday".to_owned());
    let id = question(&gated).await;
    gated.console.console.reject_run(&approver("ada"), id, comment).await.unwrap();
    let (state, comment) = gated.answered_once(run);
    assert_eq!(
        (state, comment.contains("Rejected by ada: “Not on a Friday”.")),
        (Rejected, true),
        "{comment}"
    );
    assert_eq!(gated.decided().await[0].1, "oidc:ada");
}

async fn f97_nobody_approves_in_time(system: DatabaseSystem) {
    let gated = Gated::with(system, "approvals = 1, approval_expires = \"5m\"").await;
    let run = gated.by_hand().await;
    gated.settle().await;
    gated.console.clock.advance(SignedDuration::from_mins(4));
    gated.settle().await;
    assert_eq!(gated.told(run), []);
    gated.console.clock.advance(SignedDuration::from_mins(1));
    assert_refused(approve(&gated, &approver("ada")).await, ErrorCode::NotAwaitingApproval);
    gated.settle().await;
    assert_eq!(gated.answered_once(run).0, Rejected);
    assert_eq!(gated.decided().await[0].2["because"], json!({ "kind": "not_approved" }));
}

/// A freeze that begins while it waits binds it, whatever was approved.
async fn f95_freeze_while_a_run_waits_stops_it(system: DatabaseSystem) {
    let gated = Gated::with(system, "approvals = 1").await;
    let run = gated.by_hand().await;
    gated.settle().await;
    gated.freeze().await;
    approve(&gated, &approver("ada")).await.unwrap();
    assert_eq!(gated.answered_once(run).0, Rejected);
}

/// What was requested here had its approvals before GitHub was asked: it waits for no more.
async fn f97_approved_deploy_waits_for_no_more(system: DatabaseSystem) {
    let gated = Gated::with(system, "approvals = 1").await;
    let id = id_of(&gated.console.dispatch(&fresh(), &order(PRODUCTION)).await);
    gated.console.console.approve(&approver("ada"), id, None).await.unwrap();
    let run = gated.console.github.runs_for(id)[0];
    gated.asked(run).await;
    gated.settle().await;
    assert_eq!(gated.answered_once(run).0, Approved);
}

/// A run that became a deploy here can be approved as that.
async fn f97_imported_deploy_is_approved_as_one(system: DatabaseSystem) {
    let gated = Gated::with(system, "approvals = 1").await;
    let run = gated.by_hand().await;
    assert_eq!(gated.console.import().await, 1);
    gated.settle().await;
    let request = &gated.requests().await[0];
    let id = request["deploy_id"].as_str().expect("the run is a deploy here").parse().unwrap();
    gated.console.console.approve(&approver("ada"), id, None).await.unwrap();
    assert_eq!(gated.answered_once(run).0, Approved);
    let done: Vec<_> = gated.console.journal(id).await.into_iter().map(|entry| entry.action).collect();
    assert!(
        done.ends_with(&["console.protection.approved".to_owned(), "console.protection.decided".to_owned()]),
        "{done:?}"
    );
}

on_both!(
    f97_run_by_hand_waits_for_approvals,
    f97_who_started_a_run_approves_it_not,
    f97_rejected_by_a_person,
    f97_nobody_approves_in_time,
    f95_freeze_while_a_run_waits_stops_it,
    f97_approved_deploy_waits_for_no_more,
    f97_imported_deploy_is_approved_as_one,
);
